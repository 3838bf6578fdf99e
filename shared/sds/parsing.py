"""Reading Graph's JSON with tolerance: every field may be missing, null, or a number written as text."""

from datetime import UTC, datetime, timedelta

import msgspec

from ..settings import GUID

type Fields = dict[str, object]
"""A JSON object."""

_LARGEST = 2**53
"""The last whole number that every reader of JSON keeps."""
MOST_PARTS = 400_000
"""Objects and lists of an answer, brackets in its texts included: an empty one takes thirty times its bytes."""
_BOM = b"\xef\xbb\xbf"


def json_object(body: bytes) -> Fields | None:
    """The JSON object in `body`, None if it holds anything else or more parts than `MOST_PARTS`."""
    if body.count(b"{") + body.count(b"[") > MOST_PARTS:
        return None
    try:
        value = msgspec.json.decode(body.removeprefix(_BOM))
    except (msgspec.DecodeError, UnicodeDecodeError, RecursionError):
        return None
    return value if isinstance(value, dict) else None


def section(fields: Fields, name: str) -> Fields:
    """A nested object; empty if it is missing or something else."""
    value = fields.get(name)
    return value if isinstance(value, dict) else {}


def rows(fields: Fields, name: str = "value") -> list[Fields] | None:
    """A list of objects; None if it is missing or holds anything else."""
    value = fields.get(name)
    if not isinstance(value, list) or not all(isinstance(row, dict) for row in value):
        return None
    return value


def text(fields: Fields, name: str) -> str | None:
    """A non-empty string; numbers count as text."""
    value = fields.get(name)
    if isinstance(value, str):
        return value.strip() or None
    return str(value) if isinstance(value, (int, float)) and not isinstance(value, bool) else None


def is_other(fields: Fields, guid: str) -> bool:
    """Whether an object says that it is another one than that with this GUID; one without an id doesn't say so."""
    found = text(fields, "id") or ""
    return GUID.fullmatch(found) is not None and found.lower() != guid.lower()


def whole(fields: Fields, name: str) -> int | None:
    """A count, also when it is written as text (OData's IEEE754Compatible) or as 3.0; None if it can't be one."""
    value = fields.get(name)
    if isinstance(value, bool):
        return None
    try:
        count = msgspec.convert(value, int, strict=False)
    except msgspec.ValidationError:
        return None
    return count if 0 <= count <= _LARGEST else None


def moment(fields: Fields, name: str) -> datetime | None:
    """A time, with any number of fractional digits; one without a zone is UTC.

    Year 1 is .NET's "no value", year 9999 its "never": both None, as is anything unreadable.
    """
    value = fields.get(name)
    try:
        read = msgspec.convert(value, datetime)
    except msgspec.ValidationError:
        return None
    if not 1 < read.year < 9999:
        return None
    return read.astimezone(UTC) if read.tzinfo else read.replace(tzinfo=UTC)


def end_of_day(fields: Fields, name: str) -> datetime | None:
    """A time, or the end of a day (UTC) where the value is a date alone."""
    value = fields.get(name)
    if not isinstance(value, str) or len(value) != 10:
        return moment(fields, name)
    start = moment({name: f"{value}T00:00:00Z"}, name)
    return start + timedelta(days=1, seconds=-1) if start else None
