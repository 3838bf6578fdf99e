"""The classic API: education synchronization profiles (Graph beta, `/education/synchronizationProfiles`)."""

from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from typing import Literal
from urllib.parse import quote

from msgspec.structs import replace

from .address import UploadPlaces
from .blob_upload import BlobUpload
from .evidence import fresh
from .graph import FOREIGN, Graph
from .http import Wire
from .messages import kept
from .parsing import Fields, end_of_day, is_other, json_object, moment, rows, text, whole
from .port import (
    Answer,
    ErrorPage,
    Failure,
    Readiness,
    Reply,
    ServiceMessage,
    SyncError,
    SyncState,
    Upload,
    Verdict,
)
from .replies import Exchange, failed, failure_of, garbage, too_much, unreadable
from .words import words

_ADVICE = {
    "provisioningfailed": "Setting up the profile failed: delete it in School Data Sync and make a new one.",
    "deleting": "The profile is being deleted: make a new one and change SDS_PROFILES to its id.",
    "deletionfailed": "Deleting the profile failed: finish that, or make a new one and change SDS_PROFILES.",
    "expired": "The profile has expired: extend it, or make a new one and change SDS_PROFILES to its id.",
}

type Stage = Literal["running", "succeeded", "succeededWithErrors", "paused", "failed", "unknown"]
_STAGES: dict[str, Stage] = {
    "paused": "paused",
    "inprogress": "running",
    "extracting": "running",
    "validating": "running",
    "success": "succeeded",
    "error": "failed",
    "validationerror": "paused",  # the service pauses itself; an admin may resume
    "quarantined": "failed",
}

_MESSAGE_TYPES = {
    "error": "error",
    "warning": "warning",
    "information": "information",
    "informational": "information",
}


API = "/education/synchronizationProfiles"
_LIFETIME = timedelta(hours=1)
"""Of an upload address, by its reference page."""
_WORD, _SENTENCE = 200, 1000
"""Characters of the service's words that are kept."""
MOST_ERRORS = 50_000
"""Rows of one page: as many of the documented fields don't fit into an answer."""
_NOT_OFFERED = Failure("notOffered", "The classic API verifies with its start; it has no operations and no statistics.")


class Classic:
    """`Sds` on the classic API. `now` is the clock, used only to compare with expiration dates."""

    api: Literal["classic", "industryData"] = "classic"
    verifies_apart = False
    starts_allowed: tuple[int, float] | None = None
    poll_at_least = 0.0

    def __init__(
        self,
        graph: Graph,
        wire: Wire,
        places: UploadPlaces,
        now: Callable[[], datetime] = lambda: datetime.now(UTC),
    ) -> None:
        self._graph = graph
        self._wire = wire
        self._places = places
        self._now = now

    def readiness(self, profile: str, file_format: str | None = None) -> Reply[Readiness]:  # noqa: ARG002
        """From `state`, which must be `provisioned` before a start, and `expirationDate` (null: never)."""
        fields = self._graph.read(_path(profile))
        if isinstance(fields, Reply):
            return fields
        if not {"id", "state"} & fields.keys():
            return unreadable("the profile")
        if is_other(fields, profile):
            return unreadable("the profile (it is another one than was asked for)")
        state = words(text(fields, "state") or "unknown", _WORD)
        expires = end_of_day(fields, "expirationDate")
        if expires is not None and expires <= self._now():
            state = "expired"
        advice = _ADVICE.get(state.lower())
        usable: Literal["ready", "wait", "never"] = "never" if advice else "wait"
        if state.lower() == "provisioned":
            usable = "ready"
        return Reply(Answer.OK, Readiness(state, usable, advice, expires))

    def open_upload(self, profile: str) -> Reply[Upload]:
        """GET uploadUrl: a write-only SAS of one container, good for an hour. 409: the last upload is at work."""
        fields = self._graph.read(f"{_path(profile)}/uploadUrl")
        if isinstance(fields, Reply):
            return fields
        address = self._places.read(text(fields, "value") or "")
        if address is None:
            return unreadable("the upload address (it must be one of Azure storage, by https, with a SAS)")
        return Reply(Answer.OK, BlobUpload(self._wire, address, self._now() + _LIFETIME, self._now))

    def verify(self, profile: str) -> Reply[str]:  # noqa: ARG002 - as the port has it
        return Reply(Answer.BAD_REQUEST, failure=_NOT_OFFERED)

    def verification(self, profile: str, operation: str, files: tuple[str, ...]) -> Reply[Verdict]:  # noqa: ARG002
        return Reply(Answer.BAD_REQUEST, failure=_NOT_OFFERED)

    def start(self, profile: str) -> Reply[Verdict]:
        """POST start. Messages may come under 200 and under 400, a Graph error under either, or both at once.

        Only a success without an error message has started the sync. A 400 never has; with messages, but without
        an error among them, the verdict's failure says that the reason is unknown.
        """
        result = self._graph.exchange("POST", f"{_path(profile)}/start", again=False)
        if isinstance(result, Reply):
            return result
        return started(result) if result.good or result.status == 400 else failed(result)

    def start_operation(self, profile: str, operation: str) -> Reply[Verdict]:  # noqa: ARG002
        return Reply(Answer.BAD_REQUEST, failure=_NOT_OFFERED)

    def sync_state(self, profile: str, before: SyncState | None = None) -> Reply[SyncState]:
        """GET profileStatus. The service may lag behind."""
        fields = self._graph.read(f"{_path(profile)}/profileStatus")
        if isinstance(fields, Reply):
            return fields
        if "status" not in fields:
            return unreadable("the profile's status")
        status = words(text(fields, "status") or "unknown", _WORD)
        stage = _STAGES.get(status.lower(), "unknown")
        errors = whole(fields, "errorCount")
        if stage == "succeeded" and errors:
            stage = "succeededWithErrors"
        activity, success = (
            moment(fields, "lastActivityDateTime"),
            moment(fields, "lastSynchronizationDateTime"),
        )
        state = SyncState(status, stage, activity, success, errors, seen=self._graph.now())
        return Reply(Answer.OK, replace(state, fresh=before is not None and fresh(before, state)))

    def sync_errors(self, profile: str, page: str | None = None) -> Reply[ErrorPage]:
        """GET errors, or the page behind a link. A next link that leads elsewhere: OK, no `next`, a failure."""
        if page is not None and not self._graph.goes_on(page, profile, "/errors"):
            return FOREIGN
        fields = self._graph.read(page or f"{_path(profile)}/errors")
        if isinstance(fields, Reply):
            return fields
        found = rows(fields)
        if found is None:
            return unreadable("the errors")
        if len(found) > MOST_ERRORS:
            return too_much("a page of errors")
        errors = tuple(_sync_error(row) for row in found)
        link = text(fields, "@odata.nextLink")
        if link is None:
            return Reply(Answer.OK, ErrorPage(errors))
        if link == page or not self._graph.goes_on(link, profile, "/errors"):
            return Reply(Answer.OK, ErrorPage(errors), FOREIGN.failure)
        return Reply(Answer.OK, ErrorPage(errors, link))

    def statistics(self, profile: str, run: str) -> Reply[dict[str, object]]:  # noqa: ARG002
        return Reply(Answer.BAD_REQUEST, failure=_NOT_OFFERED)

    def close(self) -> None:
        self._graph.close()


def started(result: Exchange) -> Reply[Verdict]:
    """The meaning of an answer to start with 2xx or 400."""
    if not result.body.strip():
        return Reply(Answer.OK, Verdict(done=True, accepted=True, started=True)) if result.good else failed(result)
    fields = json_object(result.body)
    if fields is None:
        return garbage(result) if result.good else failed(result)
    if fields.get("error") is not None and not isinstance(fields["error"], dict):
        return garbage(result) if result.good else failed(result)
    found = [] if "value" in fields and fields["value"] is None else rows(fields)
    failure = failure_of(result, fields, Answer.BAD_REQUEST.value) if fields.get("error") is not None else None
    if not found and failure:
        return Reply(Answer.BAD_REQUEST, failure=failure)
    if found is None or (not found and not result.good):
        return garbage(result) if result.good else failed(result)
    told = [(_type(row), row) for row in found]
    refused = any(kind == "error" for kind, _ in told)
    clear = result.good and failure is None and not refused
    if clear and fields.get("@odata.nextLink") is not None:
        return garbage(result, "it goes on elsewhere, and what is there may refuse the files")
    if not result.good and failure is None and not refused:
        failure = Failure("BadRequest", "start answered 400 without naming an error: the reason is unknown")
    messages = kept(told, _message)
    return Reply(Answer.OK, Verdict(True, accepted=clear, started=clear, messages=messages, failure=failure))


def _type(row: Fields) -> str:
    # A type that nobody documented is shown, not obeyed: it neither stops a start nor vanishes.
    return _MESSAGE_TYPES.get((text(row, "type") or "").lower(), "warning")


def _message(kind: str, row: Fields) -> ServiceMessage:
    name, said = text(row, "fileName"), text(row, "description")
    return ServiceMessage(kind, words(name, _WORD) if name else name, words(said or "(no description)", _SENTENCE))


def _sync_error(row: Fields) -> SyncError:
    # The first two are counted on the queue; the others go to errors.jsonl only.
    codes = (text(row, name) for name in ("entryType", "errorCode"))
    told = (text(row, name) for name in ("errorMessage", "joiningValue", "recordedDateTime", "reportableIdentifier"))
    return SyncError(*(code and words(code, _WORD) for code in codes), *(said and said[:_SENTENCE] for said in told))


def _path(profile: str) -> str:
    return f"{API}/{quote(profile, safe='')}"
