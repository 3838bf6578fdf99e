"""The port: what Rosterdrop needs of a School Data Sync service, in values that any of its APIs can give.

Every call makes the requests it names, once, and returns; none sleeps and none retries on its own except for one
new token after a 401. What an answer means for the run is looked up in `answers`, not decided here.
"""

from collections.abc import Iterable
from datetime import datetime
from enum import StrEnum
from typing import Literal, Protocol

import msgspec


class Answer(StrEnum):
    """What came back from one request, by kind."""

    OK = "ok"
    UNAUTHORIZED = "unauthorized"  # 401 even with a new token
    FORBIDDEN = "forbidden"  # 403
    NOT_FOUND = "notFound"  # 404
    BUSY = "busy"  # 409; 423
    THROTTLED = "throttled"  # 429; 503 with Retry-After
    QUOTA = "quota"  # a start was refused because of the service's own limit on starts
    UNAVAILABLE = "unavailable"  # other 5xx, reset, timeout, garbage, a redirect
    BAD_REQUEST = "badRequest"  # 400 and every other 4xx


class Failure(msgspec.Struct, frozen=True, rename="camel"):
    """Why a request or a run failed. `message` never holds a SAS URL, a token or a cell value."""

    code: str
    message: str
    request_id: str | None = None


class ServiceMessage(msgspec.Struct, frozen=True, rename="camel"):
    """One verification message of the service. `type` is lower-case: error, warning or information."""

    type: str
    file_name: str | None
    description: str


class Reply[T](msgspec.Struct, frozen=True):
    """One request's answer. `value` is set when `answer` is OK; `failure` otherwise; `retry_after` in seconds.

    `answered` is false if nothing came back at all: a timeout, a reset, no connection, no token.
    """

    answer: Answer
    value: T | None = None
    failure: Failure | None = None
    retry_after: float | None = None
    answered: bool = True


class Readiness(msgspec.Struct, frozen=True):
    """Whether the profile can take files. `state` is the service's own word (`provisioned`, `notReady`, ...)."""

    state: str
    usable: Literal["ready", "wait", "never"]
    advice: str | None = None  # with never: what the admin must do
    expires: datetime | None = None  # when the profile stops being usable, if the service says so


class Verdict(msgspec.Struct, frozen=True):
    """What the service's verification of the uploaded files said.

    `done` is false while it is still at work. `accepted` is true when the files may be synced.
    `started` is true when the service started the sync with this very answer. `operation` names what the service still
    does for a start (a path below Graph's root, no secret): `start_operation` tells how that ends.
    Failure code `unexpectedFiles`: the service validated files that were not sent, so it must not be started.
    """

    done: bool
    accepted: bool = False
    started: bool = False
    messages: tuple[ServiceMessage, ...] = ()
    failure: Failure | None = None
    operation: str | None = None


class SyncState(msgspec.Struct, frozen=True, rename="camel"):
    """Where the service's sync is. Times are the evidence that something newer than last night's run happened.

    `fresh` answers the question that was asked with `before`: this can only be a sync that began after that state was
    seen. `seen` is when the state was asked for, by the service's clock.
    """

    status: str
    stage: Literal["running", "succeeded", "succeededWithErrors", "paused", "failed", "unknown"]
    last_activity_date_time: datetime | None = None
    last_synchronization_date_time: datetime | None = None
    error_count: int | None = None
    run: str | None = None  # industry data: the run's id
    fresh: bool = False
    seen: datetime | None = None


class SyncError(msgspec.Struct, frozen=True, rename="camel"):
    """One error of a sync. The last three name people: they go to errors.jsonl only."""

    entry_type: str | None
    error_code: str | None
    error_message: str | None = None
    joining_value: str | None = None
    recorded_date_time: str | None = None
    reportable_identifier: str | None = None


class ErrorPage(msgspec.Struct, frozen=True):
    """One page of sync errors; `next` is the opaque link of the following page, already checked for its host."""

    errors: tuple[SyncError, ...]
    next: str | None = None


class Upload(Protocol):
    """An open upload. Holds a secret address: never serialised, logged or kept beyond the activity that opened it."""

    expires: datetime | None
    """When the service forgets what was uploaded, if it says so."""

    def put(self, name: str, size: int, chunks: Iterable[bytes]) -> Reply[None]:
        """Stream one file of `size` bytes under `name` (the format's own spelling). FORBIDDEN: the SAS was refused."""

    def close(self) -> None: ...


class Sds(Protocol):
    """One SDS service. `profile` is always the GUID."""

    api: Literal["classic", "industryData"]
    verifies_apart: bool
    """False: `start` verifies and starts at once. True: `verify`, `verification`, then `start`."""
    starts_allowed: tuple[int, float] | None
    """Own starts the service allows: (how many, in how many seconds)."""
    poll_at_least: float
    """Seconds that the service wants between two polls of one thing."""

    def readiness(self, profile: str, file_format: str | None = None) -> Reply[Readiness]:
        """Whether the profile can take files of this format (`sdsV1`, `sdsV2.1`; None: of any)."""

    def open_upload(self, profile: str) -> Reply[Upload]: ...

    def verify(self, profile: str) -> Reply[str]:
        """Ask for verification apart; the value names the operation (no secret)."""

    def verification(self, profile: str, operation: str, files: tuple[str, ...]) -> Reply[Verdict]:
        """`files`: the names that were uploaded and must have been validated."""

    def start(self, profile: str) -> Reply[Verdict]:
        """POST start, once. A 200 or 400 that holds messages is OK with a Verdict; see reference 1.6."""

    def start_operation(self, profile: str, operation: str) -> Reply[Verdict]:
        """How what a start began has ended. Not `done`: it is at work. Done and not `started`: the start failed."""

    def sync_state(self, profile: str, before: SyncState | None = None) -> Reply[SyncState]:
        """The sync's state now: a running one if there is any, else the newest.

        With `before`, the state seen before a start: what has begun since, and `fresh` only if that is certain.
        """

    def sync_errors(self, profile: str, page: str | None = None) -> Reply[ErrorPage]: ...

    def statistics(self, profile: str, run: str) -> Reply[dict[str, object]]:
        """Industry data: the run's totals, numbers and role names only."""

    def close(self) -> None: ...
