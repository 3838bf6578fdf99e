"""The record: what the app knows about a profile. One blob, changed only by compare-and-swap."""

from collections.abc import Callable
from contextlib import suppress
from datetime import datetime
from typing import Literal, NamedTuple

import msgspec

from .sds.port import Failure, ServiceMessage, SyncState
from .settings import Settings
from .store import Conflict, Store

Stage = Literal["taken", "checked", "uploading", "uploaded", "ended", "following", "synced"]
"""taken: the snapshot is whole. checked: our own check is done. uploading: files are going out. uploaded: all are with
the service. ended: the outcome is decided. following: it is announced, the sync is watched. synced: so is its end."""

BEFORE_UPLOAD = ("taken", "checked")
RECENT = 50
_SWAPS = 50


class _Part(msgspec.Struct, frozen=True, rename="camel"):
    pass


class Driver(_Part, frozen=True):
    """The orchestration instance at work on the profile, believed until `until`."""

    instance: str
    until: datetime


class Seen(_Part, frozen=True):
    """A part of the inbox as it has been since `since`; `reported`: the queue has heard that it is incomplete."""

    fingerprint: str
    since: datetime
    looks: int = 1
    """How many listings have shown it so; no more than 2 are counted."""
    reported: bool = False

    def quiet(self, now: datetime, settle: float) -> bool:
        """Two listings at least `settle` seconds apart had equal names and ETags."""
        return self.looks > 1 and (now - self.since).total_seconds() >= settle


class DropFile(_Part, frozen=True):
    """One file of the drop. `name` as it landed, `upload` in the format's spelling."""

    name: str
    upload: str
    source: str
    etag: str
    size: int
    sha256: str | None = None
    rows: int | None = None


class IgnoredFile(_Part, frozen=True):
    """A file that moved with the set and is not sent."""

    name: str
    source: str
    etag: str


class Drop(_Part, frozen=True):
    """The run's set of files."""

    format: str
    files: tuple[DropFile, ...]
    ignored: tuple[IgnoredFile, ...] = ()


class StartIntent(_Part, frozen=True):
    """Written before each POST to start: how the sync looked then, so that what is new can be told from what is old."""

    at: datetime
    attempts: int
    watch_until: datetime
    """Until when an answer that is missing or means nothing is looked for in the sync's state."""
    looked: bool = False
    """The sync's state was asked for after that. Only then may the run do more: who watched may have died."""
    status: str | None = None
    running: bool = False
    last_activity_date_time: datetime | None = None
    last_synchronization_date_time: datetime | None = None
    run: str | None = None

    @property
    def before(self) -> SyncState:
        """The sync's state before the start."""
        stage: Literal["running", "unknown"] = "running" if self.running else "unknown"
        began = self.last_activity_date_time or (self.at if self.run else None)
        times = (began, self.last_synchronization_date_time)
        return SyncState(self.status or "unknown", stage, *times, run=self.run)


class Waiting(_Part, frozen=True):
    """Why the run waits, and what it ends with if the deadline comes first."""

    outcome: str
    failure: Failure | None = None


class Poll(_Part, frozen=True):
    """The next moment at which the service may be asked, and the present interval in seconds."""

    next: datetime
    interval: float


class Hold(_Part, frozen=True):
    """Who works with the service's upload session: the engine may run a step twice, and two would spoil each other's.

    `attempt` grows with every claim; until `until` nobody else begins one. Renewed while the step works.
    """

    attempt: int
    until: datetime | None = None


class Ending(_Part, frozen=True):
    """The run's outcome, decided and not yet (or already) announced."""

    outcome: str
    at: datetime
    failure: Failure | None = None
    verification: Literal["complete", "unknown", "none"] = "none"


class SyncEnding(_Part, frozen=True):
    """The sync's outcome."""

    outcome: str
    at: datetime
    status: str | None = None
    error_count: int | None = None
    run: str | None = None


class Times(_Part, frozen=True):
    """When things happened; the message's `times`."""

    first_landed: datetime | None = None
    last_landed: datetime | None = None
    settled: datetime | None = None
    provisioned: datetime | None = None
    uploaded: datetime | None = None
    started: datetime | None = None


class Current(_Part, frozen=True):
    """The one run that is on its way."""

    run_id: str
    stage: Stage
    drop: Drop
    times: Times
    deadline: datetime
    """The end of all waiting before the start."""
    findings: bool = False
    """Our own check found something; the report holds it."""
    cleared: bool = False
    """The inbox no longer holds the drop's files, as far as deleting is allowed."""
    warnings: tuple[str, ...] = ()
    ready: bool = False
    """The service said that the profile can take files."""
    profile_state: str | None = None
    expires: datetime | None = None
    poll: Poll | None = None
    waiting: Waiting | None = None
    operation: str | None = None
    """The verification apart that is under way (industry data)."""
    hold: Hold | None = None
    asked_to_verify: bool = False
    """Verification apart has been, or is just being, asked for."""
    verified: bool = False
    session_until: datetime | None = None
    """When the upload session ends (industry data): what was not verified by then must be sent anew."""
    start_intent: StartIntent | None = None
    messages: tuple[ServiceMessage, ...] = ()
    follow_until: datetime | None = None
    saw_running: bool = False
    ending: Ending | None = None
    sync: SyncEnding | None = None
    faults: int = 0


class Accepted(_Part, frozen=True):
    """The last drop that the service accepted. `digests` maps upload names to SHA-256."""

    run_id: str
    format: str
    files: tuple[str, ...]
    digests: dict[str, str] = {}
    ended_well: bool = False


class Recent(_Part, frozen=True):
    run_id: str
    outcome: str
    at: datetime


class Refusal(_Part, frozen=True):
    """Blobs that belong to no run, on their way out of the drop container. Maps blob name to ETag."""

    run_id: str
    blobs: dict[str, str]
    reason: str
    sizes: tuple[int, ...]
    first_landed: datetime
    last_landed: datetime


class Record(_Part, frozen=True):
    """All that the app knows about a profile."""

    profile: str
    v: int = 1
    driver: Driver | None = None
    poke: bool = False
    inbox: Seen | None = None
    misplaced: Seen | None = None
    refusal: Refusal | None = None
    current: Current | None = None
    accepted: Accepted | None = None
    kept: dict[str, str] = {}
    """Files that were taken and could not be deleted, blob name to ETag: not new, though they are still there."""
    recent: tuple[Recent, ...] = ()
    starts: tuple[datetime, ...] = ()

    @property
    def open(self) -> bool:
        """Whether there is work that must not be forgotten even if the inbox is empty."""
        return self.current is not None or self.refusal is not None

    def outcome_of(self, run_id: str) -> str | None:
        return next((recent.outcome for recent in reversed(self.recent) if recent.run_id == run_id), None)


class Displaced(Exception):
    """Another driver has taken over; what this one was about to record is its business no longer."""


class Version(NamedTuple):
    """A record as it was read or written, and its ETag; None if it isn't stored yet."""

    record: Record
    etag: str | None


_ENCODER = msgspec.json.Encoder(order="deterministic")
# Made on import, not on first use: msgspec crashes if several threads meet a type for the first time at once.
_DECODER = msgspec.json.Decoder(Record)


def load(store: Store, settings: Settings, profile: str) -> Version:
    """The record as it is now; a fresh one if there is none yet."""
    found = store.read(settings.state_container, f"{profile}.json")
    if found is None:
        return Version(Record(profile), None)
    return Version(_DECODER.decode(found[0]), found[1])


def save(store: Store, settings: Settings, record: Record, etag: str | None) -> str:
    """Swap the record. Raises Conflict if it changed since `etag`, or exists although `etag` is None."""
    return store.write(
        settings.state_container,
        f"{record.profile}.json",
        _ENCODER.encode(record),
        etag=etag,
        create=etag is None,
        metadata={"open": "true" if record.open else "false"},
    )


def change(
    store: Store,
    settings: Settings,
    profile: str,
    edit: Callable[[Record], Record | None],
    *,
    instance: str | None = None,
    known: Version | None = None,
) -> Version:
    """Apply an edit by compare-and-swap, again on a fresh record whenever another was first; the edit must be pure.

    An edit that returns None leaves the record as it is. With `instance`, raises Displaced unless it is the driver.
    `known` is tried first and saves a read; only a swap of it counts, every other answer is given on a fresh record.
    """
    for _ in range(_SWAPS):
        fresh = known is None
        record, etag = known or load(store, settings, profile)
        known = None
        displaced = instance is not None and (record.driver is None or record.driver.instance != instance)
        if displaced and fresh:
            raise Displaced(profile)
        edited = None if displaced else edit(record)
        if edited is None or edited == record:
            if fresh:
                return Version(record, etag)
            continue
        with suppress(Conflict):
            return Version(edited, save(store, settings, edited, etag))
    raise Conflict(f"the record of {profile} changed {_SWAPS} times under one swap")
