"""A deployed app on storage, a service and an engine in memory, in simulated time."""

import itertools
from collections.abc import Callable, Mapping
from datetime import datetime, timedelta

import poll_state.blueprint
from shared.inbox import owner_of
from shared.sds.port import Answer, Failure, Reply
from shared.settings import Settings
from shared.steps import Room
from shared.steps.sweep import asleep, release
from tests.model.service import MemoryIndustryData, MemorySds
from tests.model.store import MemoryStore

from .engine import Clock, Engine

SWEEP = 1200.0
"""Seconds from one sweep to the next."""


class Deployment:
    """What an admin has deployed. `environment` holds the app's settings."""

    def __init__(self, environment: Mapping[str, str], now: datetime, name: str = "i") -> None:
        self.environment = dict(environment)
        self.clock = Clock(now)
        self.engine = Engine(self.clock)
        self.store = MemoryStore(self.clock)
        settings = Settings.load(environment)
        self.sds: MemorySds = (MemoryIndustryData if settings.api == "industryData" else MemorySds)(self.clock)
        self.room = Room(self.store, lambda: self.sds, settings, self.clock)
        self.landed: list[bytes] = []
        self.provisioned_at = now
        self.access_denied = False
        self.sds.state = lambda: "provisioned" if self.clock.now >= self.provisioned_at else "provisioning"
        self._names = (f"{name}{number}" for number in itertools.count(1))
        self.engine.at(now + timedelta(seconds=SWEEP), self._sweep)

    def deny_access(self) -> None:
        """The role that the app needs at Graph is never granted."""
        self.access_denied = True
        refusal = Reply(Answer.FORBIDDEN, failure=Failure("accessDenied", "No."))
        self.sds.faults["readiness"] = [refusal] * 1000

    def at(self, seconds: float, event: Callable[[], None]) -> None:
        """Something happens in so many seconds."""
        self.engine.at(self.clock.now + timedelta(seconds=seconds), event)

    def run(self, seconds: float) -> None:
        """Let time pass."""
        poll_state.blueprint.room = lambda: self.room  # type: ignore[assignment]
        self.engine.run(self.clock.now + timedelta(seconds=seconds))

    def land(self, name: str, data: bytes) -> None:
        """A blob lands, and its event comes a second later."""
        self.store.put("sds-drop", name, data)
        self.landed.append(data)
        self.at(1, lambda: self.wake(owner_of(name, self.room.settings)))

    def wake(self, profile: str) -> None:
        self.engine.start(profile, next(self._names))

    def before(self, hook: Callable[[str], None]) -> None:
        """Have a hook called before each operation of storage and service that an activity makes."""

        def call(operation: str) -> None:
            if self.engine.working:
                hook(operation)

        self.store.before = self.sds.before = call

    def _sweep(self) -> None:
        self.at(SWEEP, self._sweep)
        for profile, driver in asleep(self.room):
            if driver in self.engine.histories:
                continue
            if driver is not None:
                release(self.room, profile, driver)
            self.wake(profile)
