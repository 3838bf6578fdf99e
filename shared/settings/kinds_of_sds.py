"""The kinds of values that know addresses, schedules, profiles and files."""

import re
from datetime import UTC, datetime, timedelta
from typing import Any
from urllib.parse import urlsplit

import msgspec

from .kinds import DAYS_400, BadValue
from .machine import is_loopback
from .model import ALIAS, GUID

_LABEL = r"[A-Za-z0-9]([A-Za-z0-9-]{0,61}[A-Za-z0-9])?"
_HOST = re.compile(rf"(?=.{{1,253}}$){_LABEL}(\.{_LABEL})*")
_SUFFIX = re.compile(rf"(?=.{{1,253}}$)({_LABEL}\.)+[a-z][a-z-]{{0,61}}[a-z]")
_PATH = re.compile(r"(/(?!\.{1,2}(/|$))[A-Za-z0-9._~-]+)*")
_ZONE = re.compile(r"[A-Za-z][A-Za-z0-9_+-]*(/[A-Za-z][A-Za-z0-9_+-]*)*")


def _entries(text: str) -> list[str]:
    return [entry for part in text.split(",") if (entry := part.strip())]


class GraphRoot(msgspec.Struct, frozen=True):
    """The address of a Graph root: https, or http on this machine."""

    def parse(self, text: str, base: Any) -> str:  # noqa: ARG002
        text = text.rstrip("/")
        try:
            url = urlsplit(text)
            host = url.hostname or ""
            good = url.port != 0 and (is_loopback(host) or _HOST.fullmatch(host) is not None)
        except ValueError:
            good, host = False, ""
        plain = not set(text) & set("@?#\\") and text.isascii() and text.isprintable() and " " not in text
        if not good or not plain or url.scheme not in ("https", "http") or not _PATH.fullmatch(url.path):
            raise BadValue("must be the address of a Graph root such as https://graph.microsoft.com/beta")
        if url.scheme == "http" and not is_loopback(host):
            raise BadValue("must be https: tokens are sent there (http is for this machine only)")
        return text

    def text(self, value: Any) -> str:
        return str(value)


class UploadHosts(msgspec.Struct, frozen=True):
    """Names of domains, comma-separated: what is below one of them may be uploaded to."""

    def parse(self, text: str, base: Any) -> tuple[str, ...]:  # noqa: ARG002
        hosts = tuple(entry.lower() for entry in _entries(text))
        for number, host in enumerate(hosts, 1):
            if not _SUFFIX.fullmatch(host):
                raise BadValue(f"has an entry {number} that is no domain such as core.windows.net")
        if not hosts:
            raise BadValue("names no domain; one is core.windows.net")
        return hosts

    def text(self, value: Any) -> str:
        return ",".join(value)


class Profiles(msgspec.Struct, frozen=True):
    """`guid` or `alias=guid`, comma-separated."""

    def parse(self, text: str, base: Any) -> dict[str, str]:  # noqa: ARG002
        profiles: dict[str, str] = {}
        forms: set[str] = set()
        for number, entry in enumerate(_entries(text), 1):
            alias, equals, guid = (part.strip() for part in entry.partition("="))
            key, guid = (alias, guid.lower()) if equals else (alias.lower(), alias.lower())
            if not GUID.fullmatch(guid) or not ALIAS.fullmatch(key):
                raise BadValue(f"has an entry {number} that is neither a GUID nor alias=GUID")
            if equals and GUID.fullmatch(key):
                raise BadValue(f"has an entry {number} whose alias looks like a GUID; give it a name")
            if key in profiles or guid in profiles.values():
                raise BadValue(f"names entry {number} twice; a profile has one name, or two runs could meet")
            if form(key) in forms:
                raise BadValue(
                    f"has an entry {number} whose alias differs from another only in case, '-', '.' or '_': "
                    "settings of one alias could not tell them apart"
                )
            forms.add(form(key))
            profiles[key] = guid
        return profiles

    def text(self, value: Any) -> str:
        return ",".join(key if key == guid else f"{key}={guid}" for key, guid in value.items())


def form(alias: str) -> str:
    """An alias as it stands at the end of a setting's name."""
    return re.sub(r"[-.]", "_", alias).lower()


class Files(msgspec.Struct, frozen=True):
    """File names of one format, comma-separated."""

    def parse(self, text: str, base: Any) -> tuple[str, ...]:  # noqa: ARG002
        from ..formats import FORMATS, format_of

        names = tuple(_entries(text))
        for number, name in enumerate(names, 1):
            if not any(known.spec(name) for known in FORMATS):
                raise BadValue(f"has an entry {number} that is no file of SDS V1 or SDS V2.1")
        if names and format_of(names) is None:
            raise BadValue("has files of two formats; a set is of one, SDS V1 or SDS V2.1")
        return names

    def text(self, value: Any) -> str:
        return ",".join(value)


class AllowedValues(msgspec.Struct, frozen=True):
    """`list=value|value;list=value`."""

    def parse(self, text: str, base: Any) -> dict[str, frozenset[str]]:  # noqa: ARG002
        from ..formats.values import LISTS
        from ..verification.allowed import parse_allowed

        try:
            return parse_allowed(text)
        except ValueError:  # its words quote the value
            known = ", ".join(values.id for values in LISTS)
            raise BadValue(f"must be list=value|value;list=value, each list one of: {known}") from None

    def text(self, value: Any) -> str:
        return ";".join(f"{name}={'|'.join(sorted(values))}" for name, values in value.items())


class Schedule(msgspec.Struct, frozen=True):
    """When a timer fires: six fields, seconds first."""

    def parse(self, text: str, base: Any) -> str:  # noqa: ARG002
        from . import ncrontab

        try:
            schedule = ncrontab.Schedule.parse(text)
            first = schedule.after(datetime.now(UTC))
            rare = schedule.after(first) - first > timedelta(seconds=DAYS_400)
        except ncrontab.BadSchedule:  # its words quote the value
            raise BadValue(
                "must be a six-field schedule such as '0 */5 * * * *', seconds first, with a day that comes"
            ) from None
        if rare:
            raise BadValue("has days that are more than 400 days apart: what an event did not tell of waits so long")
        return text

    def text(self, value: Any) -> str:
        return str(value)


class TimeZone(msgspec.Struct, frozen=True):
    """A name of the IANA time zone database."""

    def parse(self, text: str, base: Any) -> str:  # noqa: ARG002
        from zoneinfo import ZoneInfo

        try:
            if text == "UTC" or (_ZONE.fullmatch(text) and ZoneInfo(text)):
                return text
        except (ValueError, OSError, KeyError):  # a folder of zones, or none of that name
            pass
        raise BadValue("must be a name of a time zone such as Europe/Oslo or UTC")

    def text(self, value: Any) -> str:
        return str(value)
