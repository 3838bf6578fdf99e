"""The industry data API (Graph beta, `/external/industryData`). `profile` is the id of an inbound file flow."""

import re
import time
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from typing import Any, Literal
from urllib.parse import quote

from msgspec.structs import replace

from . import spellings
from .address import UploadPlaces, segment
from .data_lake import DataLakeUpload, folder_of
from .graph import FOREIGN, Graph
from .http import Wire
from .parsing import Fields, is_other, json_object, moment, rows, section, text
from .port import Answer, ErrorPage, Readiness, Reply, SyncState, Upload, Verdict
from .quota import REFUSALS, tells_of_limit
from .replies import Exchange, failed, garbage, object_of, too_much, unreadable
from .runs import state_of, totals_of
from .spellings import ROOT, Spellings
from .validation import newest, start_verdict, verdict_of
from .words import words

API = ROOT
_ADVICE = {
    "failed": "The flow failed: open it in School Data Sync (Sync, Configuration), which says why.",
    "disabled": "The flow is disabled: enable it in School Data Sync.",
    "expired": "The flow has expired: make one for this school year and put its id in SDS_PROFILES.",
}
_OTHER_FORMAT = (
    "The flow's connector takes {theirs} and the drop is {ours}: drop files of its format, or make a flow for this one "
    "and put its id in SDS_PROFILES."
)
_FORMATS = {"schooldatasyncv1": "sdsV1", "schooldatasyncv2rev1": "sdsV2.1", "schooldatasyncv2.1": "sdsV2.1"}
"""A connector's `fileFormat.code`, by reference page and samples; another code is one that we can't judge."""
_ACCEPTED = 202
_OPERATION = re.compile(rf"{re.escape(ROOT)}/operations(/[^/]{{1,200}}|\([^/]{{1,200}}\))", re.IGNORECASE)
_THEIRS = frozenset({"@odata.context", "@odata.type", "id", "status"})
MOST_PAGES, MOST_ROWS, LARGEST_LIST, LONGEST_LIST = 50, 20_000, 16 * 1024 * 1024, 120.0
"""Bounds on one list of the tenant: pages, rows, bytes, seconds."""
_WORD = 100
"""Characters of the service's words that are kept."""
_SINCE = "after "
_SKEW = timedelta(seconds=3)  # the service tells its clock in whole seconds


class IndustryData:
    """`Sds` on the industry data API. `now` is the clock, compared with expiration dates only."""

    api: Literal["classic", "industryData"] = "industryData"
    verifies_apart = True
    starts_allowed: tuple[int, float] | None = (5, 43200.0)

    def __init__(
        self,
        graph: Graph,
        wire: Wire,
        places: UploadPlaces,
        poll_at_least: float = 5.0,  # the documentation asks for it
        now: Callable[[], datetime] = lambda: datetime.now(UTC),
    ) -> None:
        self.poll_at_least = poll_at_least
        self._graph = graph
        self._wire = wire
        self._places = places
        self._now = now
        self._spellings = Spellings(graph)
        self._connectors: dict[str, str] = {}

    def readiness(self, profile: str, file_format: str | None = None) -> Reply[Readiness]:
        """From the flow's `readinessStatus`, which must be `ready`, its `expirationDateTime`, and its connector.

        A connector of another format than the files' is never usable for them: state `otherFormat`.
        """
        flow = self._object("GET", spellings.FLOW, flow=_id(profile))
        if isinstance(flow, Reply):
            return flow
        if not {"id", "readinessStatus"} & flow.keys():
            return unreadable("the flow")
        if is_other(flow, profile):
            return unreadable("the flow (it is another one than was asked for)")
        connector = segment(text(section(flow, "dataConnector"), "id"))
        if connector:
            self._connectors[profile] = connector
        state = words(text(flow, "readinessStatus") or "unknown", _WORD)
        expires = moment(flow, "expirationDateTime")
        if expires is not None and expires <= self._now():
            state = "expired"
        advice = _ADVICE.get(state.lower())
        usable: Literal["ready", "wait", "never"] = "never" if advice else "wait"
        if state.lower() == "ready":
            usable = "ready"
        theirs = _FORMATS.get((text(section(section(flow, "dataConnector"), "fileFormat"), "code") or "").lower())
        if file_format is not None and theirs is not None and theirs != file_format and usable != "never":
            state, usable = "otherFormat", "never"
            advice = _OTHER_FORMAT.format(theirs=theirs, ours=file_format)
        return Reply(Answer.OK, Readiness(state, usable, advice, expires))

    def open_upload(self, profile: str) -> Reply[Upload]:
        """A reset upload session: its container is empty, so every file must be put again."""
        connector = self._connector(profile)
        if isinstance(connector, Reply):
            return connector
        session = self._object("GET", spellings.SESSION, connector=_id(connector))
        if isinstance(session, Reply):
            if session.answer is Answer.NOT_FOUND:
                self._connectors.pop(profile, None)
            return session
        address = self._places.read(text(session, "sessionUrl") or "")
        container = segment(text(session, "containerId"))
        if address is None or container is None:
            return unreadable("the upload session (it must have a containerId and an Azure storage address with a SAS)")
        address = address.on_data_lake()
        ends = (moment(session, "sessionExpirationDateTime"), moment(session, "containerExpirationDateTime"))
        expires = min((end for end in ends if end is not None), default=None)
        if expires is not None and expires <= self._now():
            return unreadable("the upload session (it has expired already; the machine's clock may be wrong)")
        folder = folder_of(address.folder, segment(self._graph.tenant()), connector, container)
        if folder is None:
            return unreadable("the upload session (neither its sessionUrl nor the token names the tenant)")
        return Reply(Answer.OK, DataLakeUpload(self._wire, address, folder, expires, self._now))

    def verify(self, profile: str) -> Reply[str]:
        """POST validate. The value is the operation's path, or the time after which it must have begun."""
        connector = self._connector(profile)
        if isinstance(connector, Reply):
            return connector
        began = time.monotonic()
        result = self._spellings.exchange("POST", spellings.VALIDATE, connector=_id(connector), flow=_id(profile))
        since = self._graph.now() - timedelta(seconds=time.monotonic() - began) - _SKEW
        if isinstance(result, Reply):
            return result
        path = self._graph.path_below(result.headers.get("location", ""), result.asked.partition(" ")[2])
        if path is not None and _is_operation(path):
            return Reply(Answer.OK, path)
        return Reply(Answer.OK, f"{_SINCE}{since.isoformat()}")

    def verification(self, profile: str, operation: str, files: tuple[str, ...]) -> Reply[Verdict]:
        """The operation's state; one that isn't visible yet counts as at work."""
        if operation.startswith(_SINCE):
            connector = self._connector(profile)
            if isinstance(connector, Reply):
                return connector
            since = moment({"since": operation.removeprefix(_SINCE)}, "since")
            found = self._newest(connector, since) if since else unreadable("the stored operation")
        else:
            found = self._graph.read(operation) if _is_operation(operation) else unreadable("the stored operation")
        if isinstance(found, Reply):
            return _later(found)
        if found is None:
            return Reply(Answer.OK, Verdict(done=False))
        verdict = verdict_of(found, files) if "status" in found else None
        return Reply(Answer.OK, verdict) if verdict is not None else unreadable("the operation")

    def start(self, profile: str) -> Reply[Verdict]:  # noqa: ARG002 - runs are the tenant's, not the flow's
        """POST runs/start: a run of all active flows of the tenant. QUOTA: the service's own limit on starts.

        Documented is 202 without a body; a success of any other kind must be JSON of theirs, or nobody knows.
        """
        result = self._graph.exchange("POST", f"{ROOT}/runs/start", again=False)
        if isinstance(result, Reply):
            return result
        if not result.good:
            return _refused(result)
        verdict = _start_verdict(result)
        if verdict is None:
            return garbage(result)
        path = self._graph.path_below(result.headers.get("location", ""), result.asked.partition(" ")[2])
        return Reply(Answer.OK, replace(verdict, operation=path if path is not None and _is_operation(path) else None))

    def start_operation(self, profile: str, operation: str) -> Reply[Verdict]:  # noqa: ARG002
        """GET the operation that a start named; one that isn't visible yet is UNAVAILABLE."""
        found = self._graph.read(operation) if _is_operation(operation) else unreadable("the stored operation")
        if isinstance(found, Reply):
            return _later(found)
        if "status" not in found:
            return unreadable("the operation")
        verdict = start_verdict(found)
        if verdict.failure is not None and tells_of_limit("", verdict.failure.message):
            return Reply(Answer.QUOTA, failure=verdict.failure)
        return Reply(Answer.OK, verdict)

    def sync_state(self, profile: str, before: SyncState | None = None) -> Reply[SyncState]:  # noqa: ARG002
        """A run's state; `last_activity_date_time` is when it began, the other time when it ended.

        With `before`, the run is the first that began after that one: the service doesn't tell a start's run.
        Without it, no list is no baseline for what comes later, so 404 and 400 are UNAVAILABLE.
        """
        runs = self._all("/runs")
        if isinstance(runs, Reply):
            return runs if before is not None else _later(runs, Answer.BAD_REQUEST)
        return Reply(Answer.OK, replace(state_of(runs, before), seen=self._graph.now()))

    def sync_errors(self, profile: str, page: str | None = None) -> Reply[ErrorPage]:  # noqa: ARG002
        """Always empty: the rows behind a run's errors can be downloaded in the portal only."""
        return Reply(Answer.OK, ErrorPage(()))

    def statistics(self, profile: str, run: str) -> Reply[dict[str, object]]:  # noqa: ARG002
        statistics = self._object("GET", spellings.STATISTICS, run=_id(run))
        return statistics if isinstance(statistics, Reply) else Reply(Answer.OK, totals_of(statistics))

    def close(self) -> None:
        self._graph.close()

    def _connector(self, profile: str) -> str | Reply[Any]:
        """The flow's connector, whose id is remembered."""
        if profile in self._connectors:
            return self._connectors[profile]
        fields = self._graph.read(f"{ROOT}/inboundFlows/{_id(profile)}/dataConnector")
        if isinstance(fields, Reply):
            if fields.answer in (Answer.NOT_FOUND, Answer.BAD_REQUEST):
                self.readiness(profile)  # the flow itself may tell the connector's id, too
            return self._connectors.get(profile) or fields
        connector = segment(text(fields, "id"))
        if connector is None:
            return unreadable("the flow's data connector")
        self._connectors[profile] = connector
        return connector

    def _newest(self, connector: str, since: datetime) -> Fields | Reply[Any] | None:
        operations = self._all("/operations")
        return operations if isinstance(operations, Reply) else newest(operations, connector, since)

    def _object(self, method: str, table: tuple[str, ...], **ids: str) -> Fields | Reply[Any]:
        result = self._spellings.exchange(method, table, **ids)
        if isinstance(result, Reply):
            return result
        return object_of(result)

    def _all(self, path: str) -> list[Fields] | Reply[Any]:
        """All rows of a collection, page by page, within bounds: a list that is cut proves nothing."""
        gathered: list[Fields] = []
        link, seen, size = ROOT + path, set[str](), 0
        until = time.monotonic() + LONGEST_LIST
        while link and link not in seen:
            if seen and not self._graph.goes_on(link, path):
                return FOREIGN
            if len(seen) == MOST_PAGES or size > LARGEST_LIST or time.monotonic() > until:
                return too_much(f"the list {path}")
            seen.add(link)
            result = self._graph.exchange("GET", link)
            if isinstance(result, Reply):
                return result
            size += len(result.body)
            fields = object_of(result) if result.good else failed(result)
            if isinstance(fields, Reply):
                return fields
            found = rows(fields)
            if found is None:
                return unreadable(f"the list {path}")
            gathered += found
            if len(gathered) > MOST_ROWS:
                return too_much(f"the list {path}")
            link = text(fields, "@odata.nextLink") or ""
        return gathered if not link else too_much(f"the list {path}")


def _is_operation(path: str) -> bool:
    return _OPERATION.fullmatch(path) is not None


def _later(reply: Reply[Any], *also: Answer) -> Reply[Any]:
    """404 as UNAVAILABLE: operations show up late, and it's not the flow that is missing."""
    if reply.answer is not Answer.NOT_FOUND and reply.answer not in also:
        return reply
    return Reply(Answer.UNAVAILABLE, failure=reply.failure, retry_after=reply.retry_after)


def _refused(result: Exchange) -> Reply[Any]:
    reply = failed(result)
    error = section(json_object(result.body) or {}, "error")
    limit = result.status in REFUSALS and tells_of_limit(text(error, "code") or "", text(error, "message") or "")
    return replace(reply, answer=Answer.QUOTA) if limit else reply


def _start_verdict(result: Exchange) -> Verdict | None:
    """What a success of start says; None if it can't be read."""
    fields = json_object(result.body)
    if fields is None:
        empty = not result.body.strip() and result.status == _ACCEPTED
        return Verdict(done=True, accepted=True, started=True) if empty else None
    if fields.get("error") is not None or not _THEIRS & fields.keys():
        return None
    verdict = start_verdict(fields)
    return verdict if verdict.done else Verdict(done=True, accepted=True, started=True)


def _id(value: str) -> str:
    return quote(value, safe="")
