"""Settings: the one place where the environment is read. Names, meanings and defaults are the README's table."""

import ipaddress
import math
import os
import re
from collections.abc import Mapping
from typing import Any, Literal
from urllib.parse import urlsplit

import msgspec

GUID = re.compile(r"[0-9a-fA-F]{8}(-[0-9a-fA-F]{4}){3}-[0-9a-fA-F]{12}")
ALIAS = re.compile(r"[A-Za-z0-9][A-Za-z0-9._-]{0,62}")
_FIELD_PART = re.compile(r"(?:\*|[a-zA-Z]{3}|(\d+))(?:-(?:[a-zA-Z]{3}|(\d+)))?(?:/(\d+))?")
_LARGEST = (59, 59, 23, 31, 12, 7)  # seconds, minutes, hours, days, months, days of the week
_CONTAINER = re.compile(r"[a-z0-9](?!.*--)[a-z0-9-]{1,61}[a-z0-9]")


class BadSetting(ValueError):
    """A setting has a value that can't be used; the message is one line that names it."""


class Settings(msgspec.Struct, frozen=True):
    """What an admin can set. All durations are seconds."""

    drop_container: str = "sds-drop"
    run_container: str = "sds-runs"
    state_container: str = "sds-state"
    results_queue: str = "sds-results"
    api: Literal["classic", "industryData"] = "classic"
    graph_base_url: str = "https://graph.microsoft.com/beta"
    graph_scope: str = "https://graph.microsoft.com/.default"
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
    allowed_values: dict[str, frozenset[str]] = {}
    max_removed_percent: float = 20
    hold: float = 604800
    sweep_schedule: str = "0 */5 * * * *"
    driver: float = 120

    def profile_id(self, profile: str) -> str | None:
        """The GUID that a profile key stands for, None if the key isn't an allowed profile."""
        if self.profiles:
            return self.profiles.get(profile)
        return profile if GUID.fullmatch(profile) else None

    @classmethod
    def load(cls, environment: Mapping[str, str] = os.environ) -> "Settings":
        """Read the settings. Raises BadSetting."""
        return _Reader(environment).settings()


def is_loopback(host: str) -> bool:
    """Whether a host, by name or address, is this machine."""
    try:
        return ipaddress.ip_address(host).is_loopback
    except ValueError:
        return host == "localhost"


def _is_field(field: str, largest: int) -> bool:
    """Whether this is a field of a schedule: `*`, a number, a name, a range, each with or without a step, or a list."""
    parts = [_FIELD_PART.fullmatch(part) for part in field.split(",")]
    return all(part and all(int(number) <= largest for number in part.groups() if number) for part in parts)


class _Reader:
    def __init__(self, environment: Mapping[str, str]) -> None:
        self._environment = environment

    def settings(self) -> Settings:
        settings = Settings(
            drop_container=self._container("SDS_DROP_CONTAINER", "sds-drop"),
            run_container=self._container("SDS_RUN_CONTAINER", "sds-runs"),
            state_container=self._container("SDS_STATE_CONTAINER", "sds-state"),
            results_queue=self._container("SDS_RESULTS_QUEUE", "sds-results"),
            api=self._choice("SDS_API", "classic", "industryData"),
            graph_base_url=self._graph(),
            graph_scope=self._text("GRAPH_SCOPE", "https://graph.microsoft.com/.default"),
            profiles=self._profiles(),
            files=self._files(),
            allow_empty=self._choice("SDS_ALLOW_EMPTY", "false", "true") == "true",
            unchanged=self._choice("SDS_UNCHANGED", "skip", "send"),
            settle=self._seconds("SDS_SETTLE_SECONDS", 60),
            set_spread=self._seconds("SDS_SET_SPREAD_SECONDS", 21600),
            incomplete_after=self._seconds("SDS_INCOMPLETE_AFTER_SECONDS", 3600),
            poll=self._seconds("SDS_POLL_SECONDS", 5, zero=False),
            poll_max=self._seconds("SDS_POLL_MAX_SECONDS", 300, zero=False),
            operation_poll=self._seconds("SDS_OPERATION_POLL_SECONDS", 5, zero=False),
            provision_timeout=self._seconds("SDS_PROVISION_TIMEOUT_SECONDS", 86400),
            start_confirm=self._seconds("SDS_START_CONFIRM_SECONDS", 300),
            follow=self._seconds("SDS_FOLLOW_SECONDS", 86400),
            preflight=self._choice("SDS_PREFLIGHT", "block", "report"),
            allowed_values=self._allowed_values(),
            max_removed_percent=self._percent("SDS_MAX_REMOVED_PERCENT", 20),
            hold=self._seconds("SDS_HOLD_SECONDS", 604800),
            sweep_schedule=self._schedule(),
            driver=self._seconds("SDS_DRIVER_SECONDS", 120, zero=False),
        )
        if settings.poll_max < settings.poll:
            raise BadSetting(
                "SDS_POLL_MAX_SECONDS is below SDS_POLL_SECONDS; the longest interval can't be the shorter one"
            )
        names = (settings.drop_container, settings.run_container, settings.state_container)
        if len(set(names)) < 3:
            raise BadSetting(
                "SDS_DROP_CONTAINER, SDS_RUN_CONTAINER and SDS_STATE_CONTAINER must be three different containers"
            )
        return settings

    def _text(self, name: str, default: str) -> str:
        return self._environment.get(name, "").strip() or default

    def _choice(self, name: str, *allowed: str) -> Any:
        text = self._text(name, allowed[0])
        for choice in allowed:
            if text.lower() == choice.lower():
                return choice
        raise BadSetting(f"{name} is {text!r}; it must be one of: {', '.join(allowed)}")

    def _seconds(self, name: str, default: float, *, zero: bool = True) -> float:
        text = self._text(name, str(default))
        try:
            value = float(text)
        except ValueError:
            value = math.nan
        if not math.isfinite(value) or value < 0 or (value == 0 and not zero):
            least = "0 or more" if zero else "more than 0"
            raise BadSetting(f"{name} is {text!r}; it must be a number of seconds, {least} (fractions are fine)")
        return value

    def _percent(self, name: str, default: float) -> float:
        value = self._seconds(name, default)
        if value > 100:
            raise BadSetting(f"{name} is {value:g}; it must be a percentage from 0 to 100")
        return value

    def _container(self, name: str, default: str) -> str:
        text = self._text(name, default)
        if not _CONTAINER.fullmatch(text):
            raise BadSetting(f"{name} is {text!r}; it must be 3 to 63 lower-case letters, digits and single hyphens")
        return text

    def _graph(self) -> str:
        text = self._text("GRAPH_BASE_URL", "https://graph.microsoft.com/beta").rstrip("/")
        try:
            url = urlsplit(text)
            host = url.hostname or ""
            _ = url.port
        except ValueError:
            host = ""
        if not host or url.scheme not in ("https", "http") or url.query or url.fragment or url.username:
            raise BadSetting(
                "GRAPH_BASE_URL must be the address of a Graph root such as https://graph.microsoft.com/beta"
            )
        if url.scheme == "http" and not is_loopback(host):
            raise BadSetting("GRAPH_BASE_URL must be https: tokens are sent there (http is for this machine only)")
        return text

    def _profiles(self) -> dict[str, str]:
        profiles: dict[str, str] = {}
        for entry in filter(None, (part.strip() for part in self._text("SDS_PROFILES", "").split(","))):
            alias, equals, guid = (part.strip() for part in entry.partition("="))
            key, guid = (alias, guid.lower()) if equals else (alias.lower(), alias.lower())
            if not GUID.fullmatch(guid) or not (ALIAS.fullmatch(key)):
                raise BadSetting(f"SDS_PROFILES holds {entry!r}; an entry must be a GUID or alias=GUID")
            if equals and GUID.fullmatch(key):
                raise BadSetting(f"SDS_PROFILES holds {entry!r}; an alias can't look like a GUID")
            if key in profiles or guid in profiles.values():
                raise BadSetting(f"SDS_PROFILES names {entry!r} twice; a profile has one name, or two runs could meet")
            profiles[key] = guid
        return profiles

    def _files(self) -> tuple[str, ...]:
        from .formats import format_of

        names = tuple(filter(None, (part.strip() for part in self._text("SDS_FILES", "").split(","))))
        if names and format_of(names) is None:
            raise BadSetting(
                f"SDS_FILES is {', '.join(names)!r}; the names must all be files of one format, SDS V1 or SDS V2.1"
            )
        return names

    def _allowed_values(self) -> dict[str, frozenset[str]]:
        if not (text := self._text("SDS_ALLOWED_VALUES", "")):
            return {}
        from .verification.allowed import parse_allowed

        try:
            return parse_allowed(text)
        except ValueError as error:
            raise BadSetting(str(error)) from None

    def _schedule(self) -> str:
        text = self._text("SDS_SWEEP_SCHEDULE", "0 */5 * * * *")
        fields = text.split()
        if len(fields) != 6 or not all(map(_is_field, fields, _LARGEST)):
            raise BadSetting(f"SDS_SWEEP_SCHEDULE is {text!r}; it must be a six-field schedule such as '0 */5 * * * *'")
        return text
