"""The record: what the app knows about a profile. One blob, changed only through `door`."""

from datetime import datetime
from typing import Literal

import msgspec

from .life import Stage
from .outcomes import Outcome, SyncOutcome
from .results import RemovedEntry
from .sds.port import Failure, ServiceMessage, SyncState

VERSION = 2
RECENT = 50
"""Outcomes that a record remembers."""

Api = Literal["classic", "industryData"]


class _Part(msgspec.Struct, frozen=True, rename="camel"):
    pass


class Driver(_Part, frozen=True):
    """The orchestration instance at work on the profile, believed until `until`; `looks` at `next` again."""

    instance: str
    until: datetime
    next: datetime | None = None


class Lack(_Part, frozen=True):
    """An expected file that the set can't be complete without. `name` is the format's spelling."""

    name: str
    why: Literal["missing", "stale", "empty", "leased"]
    accepted_before: bool = False
    """It was in the last accepted drop: leaving it out would make its records inactive."""
    near: str | None = None
    """A file that is there and was probably meant."""


class Seen(_Part, frozen=True):
    """The inbox as it has been since `since`, and what it amounts to; `told`: the queue has heard of it."""

    fingerprint: str
    since: datetime
    looks: int = 1
    """How many listings have shown it so; no more than 2 are counted."""
    told: bool = False
    format: str | None = None
    files: tuple[str, ...] = ()
    lacks: tuple[Lack, ...] = ()
    strangers: int = 0
    """Blobs that are no file of the set."""
    changing: datetime | None = None
    """Since when no look has found the files quiet; None: one has found them so as they are."""
    told_changing: bool = False
    """The queue has heard that they have been changing for long."""

    def quiet(self, now: datetime, settle: float) -> bool:
        """Two listings at least `settle` seconds apart had equal names and ETags."""
        return self.looks > 1 and (now - self.since).total_seconds() >= settle


class Target(_Part, frozen=True):
    """What a run is for: the API and the profile's GUID there. A run never changes it."""

    api: Api
    profile_id: str


class DropFile(_Part, frozen=True):
    """One file of the drop. `name` as it landed, `upload` in the format's spelling, `copy` its name in the snapshot."""

    name: str
    upload: str
    source: str
    etag: str
    size: int
    sha256: str | None = None
    rows: int | None = None
    rows_dropped: int | None = None
    """Rows that the service is expected to drop (industry data)."""
    encoding: str | None = None
    """The blob's Content-Encoding: nothing with one is read or sent."""


class IgnoredFile(_Part, frozen=True):
    """A file that moves with the set and is not sent."""

    name: str
    source: str
    etag: str


class Drop(_Part, frozen=True):
    """The run's set of files."""

    format: str
    files: tuple[DropFile, ...]
    ignored: tuple[IgnoredFile, ...] = ()

    @property
    def sources(self) -> dict[str, str]:
        """Name to ETag of all that was taken, as it lay in the drop container."""
        return {file.source: file.etag for file in self.files} | {file.source: file.etag for file in self.ignored}


class StartIntent(_Part, frozen=True):
    """Written before each POST to start: how the sync looked then, so that what is new can be told from what is old."""

    at: datetime
    attempts: int
    watch_until: datetime
    """Until when an answer that is missing or means nothing is looked for in the sync's state."""
    looked: bool = False
    """The sync's state was asked for, and answered, after that. Only then may a second POST go out."""
    status: str | None = None
    running: bool = False
    """A sync that isn't ours was running; taken back once that was seen to be over."""
    last_activity_date_time: datetime | None = None
    last_synchronization_date_time: datetime | None = None
    run: str | None = None
    seen: datetime | None = None
    """When that was asked for, by the service's clock."""
    operation: str | None = None
    """Industry data: the operation that the start's answer named; it tells whether the start came to anything."""

    @property
    def before(self) -> SyncState:
        """The sync's state before the start."""
        stage: Literal["running", "unknown"] = "running" if self.running else "unknown"
        began = self.last_activity_date_time or (self.at if self.run else None)
        times = (began, self.last_synchronization_date_time)
        return SyncState(self.status or "unknown", stage, *times, run=self.run, seen=self.seen)


class Waiting(_Part, frozen=True):
    """Why the run waits, and what it ends with if the deadline comes first."""

    outcome: Outcome
    failure: Failure | None = None


class Poll(_Part, frozen=True):
    """The next moment at which the service may be asked, and the present interval in seconds."""

    next: datetime
    interval: float


class Claim(_Part, frozen=True):
    """Who may work with the service's upload session: the engine may run a step twice, and two would spoil it.

    `attempt` grows with every claim; until `until` (None: nobody works) no later attempt begins.
    """

    attempt: int
    until: datetime | None = None


class Decision(_Part, frozen=True):
    """What a person has said of a held run. `by`: the name that the platform vouches for, if any."""

    approve: bool
    at: datetime
    by: str | None = None


class Hold(_Part, frozen=True):
    """A run that waits for a person: since when, to when, why, whether the queue has heard, and what was said."""

    since: datetime
    until: datetime
    removed: tuple[RemovedEntry, ...]
    told: bool = False
    decision: Decision | None = None


class Ending(_Part, frozen=True):
    """The run's outcome, decided and not yet (or already) announced."""

    outcome: Outcome
    at: datetime
    failure: Failure | None = None
    verification: Literal["complete", "unknown", "none"] = "none"


class SyncEnding(_Part, frozen=True):
    """The sync's outcome."""

    outcome: SyncOutcome
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
    target: Target
    drop: Drop
    times: Times
    deadline: datetime
    """The end of all waiting before the start."""
    retry_of: str | None = None
    """The finished run whose snapshot this one repeats, on somebody's wish."""
    findings: bool = False
    """Our own check found something; the report holds it."""
    row_errors: bool = False
    """Errors that cost rows and stop nothing: the service will drop those rows."""
    warnings: tuple[str, ...] = ()
    ready_at: datetime | None = None
    """When the service last said that the profile can take files."""
    profile_state: str | None = None
    expires: datetime | None = None
    poll: Poll | None = None
    waiting: Waiting | None = None
    claim: Claim | None = None
    operation: str | None = None
    """The verification apart that is under way (industry data)."""
    session_until: datetime | None = None
    """When the upload session ends (industry data): what was not verified by then must be sent anew."""
    verification: Literal["complete", "unknown", "none"] = "none"
    """`complete` once the service has verified the files, whatever becomes of the start."""
    start_intent: StartIntent | None = None
    messages: tuple[ServiceMessage, ...] = ()
    follow_until: datetime | None = None
    saw_running: bool = False
    perhaps: SyncEnding | None = None
    """The end of a sync that was running before the start: ours, if no other begins while a start is watched."""
    misses: int = 0
    """How often in a row the service did not know what it was asked for, while the sync is followed."""
    hold: Hold | None = None
    ending: Ending | None = None
    sync: SyncEnding | None = None


class Accepted(_Part, frozen=True):
    """The last drop that the service accepted. `digests` maps upload names to SHA-256."""

    run_id: str
    target: Target
    format: str
    files: tuple[str, ...]
    digests: dict[str, str] = {}
    ended_well: bool = False
    """Its sync was seen to end well, and nothing has been sent since whose end is in doubt."""


class Recent(_Part, frozen=True):
    """A finished story: its outcome, message counts and times, and what became of the sync."""

    run_id: str
    outcome: Outcome
    at: datetime
    errors: int = 0
    warnings: int = 0
    landed: datetime | None = None
    started: datetime | None = None
    sync: SyncOutcome | None = None
    sync_at: datetime | None = None
    failure: str | None = None


class Telling(_Part, frozen=True):
    """That a set is incomplete, on its way to the queue: once its message is committed, it must be sent."""

    fingerprint: str
    """Of the inbox that it is about; empty: it is about files that belong to no set, and keep changing."""
    story: Recent
    changing: bool = False
    """It is told that the files keep changing, whatever they lack."""


class Refusal(_Part, frozen=True):
    """A portion of blobs that belong to no run, on their way out of the drop container; its blobs stand in `portion`.

    The portion is a blob of its own beside the refused files: a thousand names would make the record heavy.
    """

    run_id: str
    count: int
    marks: tuple[str, ...] = ()
    reason: str | None = None
    blobs: dict[str, str] = {}
    """Blob name to ETag, as the first version of the record had them here."""
    sizes: tuple[int, ...] = ()
    first_landed: datetime | None = None
    last_landed: datetime | None = None


class Unmovable(_Part, frozen=True):
    """A blob that storage can't copy, and storage's error code."""

    name: str
    etag: str
    size: int
    modified: datetime
    why: str


class Tries(_Part, frozen=True):
    """The step that was planned last: how often, and since when, with nothing changed; failures in a row."""

    do: str
    token: str
    since: datetime
    times: int = 1
    faults: int = 0
    gave_up: bool = False
    why: str | None = None
    """What the last failure was: a status and an error code, or an exception's kind."""


class Record(_Part, frozen=True):
    """All that the app knows about a profile."""

    profile: str
    v: int = VERSION
    swap: str = ""
    """A mark of the swap that wrote this version: who lost the answer to a write can tell that it was theirs."""
    driver: Driver | None = None
    poke: bool = False
    paused: Decision | None = None
    """Nothing new is taken, uploaded or started."""
    retry: str | None = None
    """The finished run that somebody wants repeated."""
    inbox: Seen | None = None
    restless: Seen | None = None
    """Blobs that belong to no set, as long as a look finds some that haven't rested for the settle time."""
    telling: Telling | None = None
    refusal: Refusal | None = None
    unmovable: tuple[Unmovable, ...] = ()
    """Blobs of a set that can't be copied: to be told and kept."""
    current: Current | None = None
    accepted: Accepted | None = None
    kept: tuple[str, ...] = ()
    """Marks (`kept.mark`) of blobs that were dealt with and could not be deleted: never new again in that version."""
    kept_apart: bool = False
    """There are more of them, in a blob of its own."""
    recent: tuple[Recent, ...] = ()
    tries: Tries | None = None

    @property
    def open(self) -> bool:
        """Whether there is work that must not be forgotten even if the inbox is empty."""
        waits = (self.current, self.refusal, self.retry, self.telling)
        return bool(self.unmovable) or any(what is not None for what in waits)

    @property
    def half_told(self) -> bool:
        """Whether somebody began to tell that a set is incomplete, and nobody will tell that again as it is now."""
        if self.telling is None:
            return False
        seen = self.inbox.fingerprint if self.inbox is not None else None
        return self.paused is not None or seen != self.telling.fingerprint

    @property
    def unfinished(self) -> bool:
        """Whether a run is on its way that has no outcome yet."""
        return self.current is not None and self.current.ending is None
