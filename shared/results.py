"""The messages on the results queue: CloudEvents 1.0 whose data `docs/results.schema.json` describes."""

import hashlib
from collections.abc import Callable
from datetime import datetime
from typing import Any, Literal

import msgspec
from msgspec.structs import replace

from .outcomes import Outcome, SyncOutcome
from .sds.port import Failure

SCHEMA_ID = "urn:rosterdrop:results:v1"
LIMIT = 49_152
"""Bytes of JSON in one message: Base64 makes 64 KiB of it, the most that a storage queue takes."""

NAMES = 20
"""File names of each kind that stay in a message, however many findings there are."""

_FEW, _FIELDS, _SHORTEST = 7, 30, 60
"""Entries of a list, fields of an object and characters of a text that stay where single texts are absurdly long."""


class _Part(msgspec.Struct, frozen=True, rename="camel"):
    pass


class FileEntry(_Part, frozen=True):
    """A file of the drop; `rows` is null where nothing counted them, `rowsDropped` of them the service will drop."""

    name: str
    size: int
    sha256: str | None
    rows: int | None
    rows_dropped: int | None = None


class DropEntry(_Part, frozen=True):
    """Where the run's immutable copy of the files is."""

    format: str | None
    container: str | None
    prefix: str | None
    files: tuple[FileEntry, ...]
    ignored: tuple[str, ...]


class MessageEntry(_Part, frozen=True, omit_defaults=True):
    """A finding. Those of our own check (`preflight`) add rule, line, column and count; none holds a cell value."""

    type: Literal["error", "warning", "information"]
    file_name: str | None
    description: str
    origin: Literal["service", "preflight"]
    rule: str | None = None
    line: int | None = None
    column: str | None = None
    count: int | None = None


class Counts(_Part, frozen=True):
    """Messages by type, counted before any cut."""

    error: int = 0
    warning: int = 0
    information: int = 0


class BlobEntry(_Part, frozen=True):
    container: str
    blob: str


class TimesEntry(_Part, frozen=True):
    first_landed: datetime | None = None
    last_landed: datetime | None = None
    settled: datetime | None = None
    provisioned: datetime | None = None
    uploaded: datetime | None = None
    started: datetime | None = None


class VerificationData(_Part, frozen=True):
    """Data of `rosterdrop.verification.v1`: the one last word on a drop, or on files that can't become one."""

    profile: str | None
    profile_id: str | None
    run_id: str
    api: str
    outcome: Outcome
    profile_state: str | None
    verification: Literal["complete", "unknown", "none"]
    drop: DropEntry
    counts: Counts
    messages: tuple[MessageEntry, ...]
    truncated: bool
    report: BlobEntry
    failure: Failure | None
    times: TimesEntry


RemovedKind = Literal["people", "orgs", "classes", "enrollments"]
RemovedRole = Literal["students", "teachers", "others"]


class RemovedEntry(_Part, frozen=True):
    """What a held run would remove of one kind; `role` null: of all people, or of a kind without roles.

    `before` ids were in the last accepted drop, `now` are in this one. `removed` of those before are gone: missing, or,
    so many as `dropped`, in rows that the service will drop. `percent` is their share of `before`.
    """

    kind: RemovedKind
    role: RemovedRole | None
    before: int
    now: int
    removed: int
    dropped: int
    percent: float
    limit: float


class DecideEntry(_Part, frozen=True):
    """How a person decides: on a page, if there is one, or by a command."""

    page: str | None
    command: str


class HeldData(_Part, frozen=True):
    """Data of `rosterdrop.held.v1`: a run would remove too much and waits for a person. Counts only, no ids."""

    profile: str
    profile_id: str | None
    run_id: str
    api: str
    drop: DropEntry
    removed: tuple[RemovedEntry, ...]
    decide_by: datetime
    """Without a decision by then, nothing is sent: `notApproved`."""
    decide: DecideEntry
    report: BlobEntry
    times: TimesEntry


class ErrorCount(_Part, frozen=True):
    entry_type: str | None
    error_code: str | None
    count: int


class SyncTimes(_Part, frozen=True):
    started: datetime | None
    ended: datetime


class SyncData(_Part, frozen=True):
    """Data of `rosterdrop.sync.v1`: how the sync that a run started came out. Nothing in it names a person."""

    profile: str
    profile_id: str | None
    run_id: str
    api: str
    outcome: SyncOutcome
    service_status: str | None
    error_count: int | None
    errors_by_code: tuple[ErrorCount, ...]
    statistics: dict[str, Any] | None
    report: BlobEntry
    times: SyncTimes


Data = VerificationData | SyncData | HeldData


class Event(msgspec.Struct, frozen=True):
    """A CloudEvent in structured JSON."""

    specversion: str
    id: str
    source: str
    type: str
    subject: str
    time: datetime
    datacontenttype: str
    dataschema: str
    traceparent: str
    data: Data


_ENCODER = msgspec.json.Encoder(order=None)


def event(source: str, kind: Literal["verification", "sync", "held"], time: datetime, data: Data) -> bytes:
    """The message as it goes on the queue, cut to fit."""
    made = Event(
        specversion="1.0",
        id=f"{data.run_id}/{kind}",
        source=source,
        type=f"rosterdrop.{kind}.v1",
        subject=data.run_id,
        time=time,
        datacontenttype="application/json",
        dataschema=SCHEMA_ID,
        traceparent=traceparent(data.run_id),
        data=data,
    )
    return _fitted(made)


def traceparent(run_id: str) -> str:
    """W3C trace context of a run: the same whoever computes it, as the message's bytes must be."""
    digest = hashlib.sha256(run_id.encode()).hexdigest()
    return f"00-{digest[:32]}-{digest[32:48]}-01"


def _fitted(made: Event) -> bytes:
    encoded = _ENCODER.encode(made)
    if len(encoded) > LIMIT:
        encoded = _with_fewer(made)
    return encoded if len(encoded) <= LIMIT else _with_shorter(made)


def _with_fewer(made: Event) -> bytes:
    """With fewer entries, each whole; still too long if single texts are."""
    if isinstance(made.data, SyncData):
        sync = made.data
        return _most(made, lambda n: replace(sync, errors_by_code=sync.errors_by_code[:n]), len(sync.errors_by_code))
    if isinstance(made.data, HeldData):
        held = made.data
        most = max(len(held.drop.files), len(held.drop.ignored))
        return _most(made, lambda n: replace(held, drop=_named(held.drop, n)), most)
    data = replace(made.data, truncated=True)
    drop = data.drop
    # Names go first: an explanation is never cut away in favour of them.
    longest = max(len(drop.files), len(drop.ignored))
    cut = _most(made, lambda n: replace(data, drop=_named(drop, NAMES + n)), max(longest - NAMES, 0))
    if len(cut) <= LIMIT:
        return cut
    data = replace(data, drop=_named(drop, NAMES))
    cut = _most(made, lambda n: replace(data, messages=data.messages[:n]), len(data.messages))
    if len(cut) <= LIMIT:
        return cut
    # Only long file names come here.
    first = data.messages[:1]
    return _most(made, lambda n: replace(data, messages=first, drop=_named(drop, n)), NAMES)


def _with_shorter(made: Event) -> bytes:
    """With every text cut to one length and every list to a few entries: whatever is absurdly long is told in part."""
    plain: dict[str, Any] = msgspec.to_builtins(made.data, builtin_types=(datetime,))
    if "truncated" in plain:
        plain["truncated"] = True

    def cut(most: int) -> Data:
        data: Data = msgspec.convert(_shorter(plain, most), type(made.data))
        return data

    return _most(made, cut, LIMIT, _SHORTEST)


def _shorter(node: Any, most: int) -> Any:
    if isinstance(node, str):
        return node if len(node) <= most else node[: most - 1] + "…"
    if isinstance(node, dict):
        return {_shorter(key, most): _shorter(value, most) for key, value in list(node.items())[:_FIELDS]}
    if isinstance(node, list | tuple):
        return [_shorter(value, most) for value in node[:_FEW]]
    return node


def _named(drop: DropEntry, most: int) -> DropEntry:
    return replace(drop, files=drop.files[:most], ignored=drop.ignored[:most])


def _most(made: Event, cut: Callable[[int], Data], most: int, least: int = 0) -> bytes:
    """The longest `cut` to `least` ... `most` entries that is within the limit; the shortest if none is."""
    low, high = least, most
    while low < high:
        middle = (low + high + 1) // 2
        if len(_ENCODER.encode(replace(made, data=cut(middle)))) <= LIMIT:
            low = middle
        else:
            high = middle - 1
    return _ENCODER.encode(replace(made, data=cut(low)))


def schema() -> dict[str, Any]:
    """The JSON schema of the messages' data, as `docs/results.schema.json` holds it."""
    found, definitions = msgspec.json.schema_components(
        [VerificationData, SyncData, HeldData], ref_template="#/$defs/{name}"
    )
    return {
        "$schema": "https://json-schema.org/draft/2020-12/schema",
        "$id": SCHEMA_ID,
        "title": "Data of Rosterdrop's result messages",
        "anyOf": list(found),
        "$defs": definitions,
    }
