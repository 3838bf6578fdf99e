"""The settings as values."""

import os
import re
from collections.abc import Mapping
from typing import Literal

import msgspec

GUID = re.compile(r"[0-9a-fA-F]{8}(-[0-9a-fA-F]{4}){3}-[0-9a-fA-F]{12}")
ALIAS = re.compile(r"[A-Za-z0-9][A-Za-z0-9._-]{0,62}")

_GIB = 1024**3


class Settings(msgspec.Struct, frozen=True):
    """What an admin can set, with its defaults. All durations are seconds, all shares percentages."""

    drop_container: str = "sds-drop"
    run_container: str = "sds-runs"
    state_container: str = "sds-state"
    results_queue: str = "sds-results"
    api: Literal["classic", "industryData"] = "classic"
    graph_base_url: str = "https://graph.microsoft.com/beta"
    graph_scope: str = "https://graph.microsoft.com/.default"
    upload_hosts: tuple[str, ...] = ("core.windows.net",)
    profiles: dict[str, str] = {}
    """Allowed profiles, key to GUID; the key is the alias, or the lower-case GUID itself. Empty: any GUID."""
    files: tuple[str, ...] = ()
    allow_empty: bool = False
    unchanged: str = "skip"
    settle: float = 60
    set_spread: float = 21600
    incomplete_after: float = 3600
    poll: float = 5
    poll_max: float = 300
    operation_poll: float = 5
    provision_timeout: float = 86400
    start_confirm: float = 300
    follow: float = 86400
    preflight: str = "block"
    error_rows_percent: float = 1
    allowed_values: dict[str, frozenset[str]] = {}
    max_file_bytes: int = 2 * _GIB
    max_set_bytes: int = 4 * _GIB
    max_removed_percent: dict[str, float] = msgspec.field(
        default_factory=lambda: {"people": 20, "orgs": 20, "classes": 100, "enrollments": 100}
    )
    """By kind, the share of the last accepted drop's ids that may be missing. 100 is off."""
    max_removed_least: int = 10
    hold: float = 604800
    time_zone: str = "UTC"
    sweep_schedule: str = "0 */5 * * * *"
    driver: float = 120

    own: dict[str, "Settings"] = {}
    """What `of` gives, by profile key: profiles with settings of their own."""
    problems: dict[str, str] = {}
    """What `problem` gives, by profile key."""

    def profile_id(self, profile: str) -> str | None:
        """The GUID that a profile key stands for, None if the key isn't an allowed profile."""
        if self.profiles:
            return self.profiles.get(profile)
        return profile if GUID.fullmatch(profile) else None

    def of(self, profile: str) -> "Settings":
        """The settings that hold for one profile: these, with those of `NAME__alias` in their places.

        A bad one of those is left out; `problem` tells of it.
        """
        return self.own.get(profile, self)

    def problem(self, profile: str) -> str | None:
        """One line that names a bad setting of this profile alone, None if there is none."""
        return self.problems.get(profile)

    @classmethod
    def load(cls, environment: Mapping[str, str] = os.environ, *, app: bool = False) -> "Settings":
        """Read the settings. Raises BadSetting.

        `app`: for the function app itself, which also refuses what only people's commands may do (`load.check_app`).
        """
        from .load import load

        return load(environment, app=app)
