"""Everything the emulator knows: profiles with their upload containers, and the tenant of the industry data API."""

from collections.abc import Mapping
from pathlib import Path
from typing import NamedTuple

from .classic.containers import Containers
from .classic.profile import Profile
from .clock import Clock
from .industry.tenant import Tenant
from .registry import Registry
from .specs import ProfileSpec, Scenario


class Subject(NamedTuple):
    """What a request is about, for the log. See `log.Entry`."""

    profile: str | None = None
    phase: str | None = None
    sync: str | None = None


class State:
    def __init__(self, clock: Clock, storage_connection_string: str, data: Path) -> None:
        self.clock = clock
        self.containers = Containers(storage_connection_string)
        self.profiles: Registry[ProfileSpec, Profile] = Registry(lambda spec: Profile(spec, clock), ProfileSpec(id="*"))
        self.tenant = Tenant(clock, data)

    def add(self, scenario: Scenario) -> None:
        """Create or change the profiles and flows that a scenario names."""
        self.profiles.put_all(scenario.profiles)
        self.tenant.flows.put_all(scenario.flows)
        if scenario.runs:
            self.tenant.runs.change(scenario.runs)

    def subject(self, keys: Mapping[str, str]) -> Subject:
        """Whom the names in a path mean, and how that is now. Counts as no poll."""
        if "id" in keys:
            profile = self.profiles.get(keys["id"])
            return Subject(keys["id"], profile.state.state(), profile.sync.status()) if profile else Subject(keys["id"])
        run = self.tenant.runs.newest()
        sync = run.state.state() if run else None
        flow = None
        if "flow" in keys:
            flow = self.tenant.flows.get(keys["flow"])
        elif "connector" in keys:
            flow = self.tenant.by_connector(keys["connector"])
        return Subject(flow.spec.id, flow.readiness(), sync) if flow else Subject(keys.get("flow"), None, sync)
