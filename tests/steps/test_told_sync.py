"""How the sync came out, to the last field: the message, the report, the record, the errors and the log line."""

import logging
from typing import Any

import msgspec
import pytest
from msgspec.structs import replace

from shared import reports
from shared.decide import Plan
from shared.record import Current, Poll, Recent, SyncEnding, Target, Times
from shared.reports import Report
from shared.sds.port import Answer, ErrorPage, Reply, SyncError
from tests.model.world import GUID

from .desk import HOUR, NOW, SECOND, MemoryIndustryData, asked, do, lay, run
from .test_told import ACCEPTED, AT, FIRST, lines, report_of, told

SYNC = SyncEnding("failed", AT, "error", 7, "run-9")
FOLLOWED = Times(started=AT - SECOND)


@pytest.fixture(autouse=True)
def _log(caplog: pytest.LogCaptureFixture) -> None:
    caplog.set_level(logging.INFO, "rosterdrop")


def synced(sync: SyncEnding = SYNC, **fields: Any) -> Current:
    return replace(run("synced", times=FOLLOWED, sync=sync, follow_until=NOW + HOUR), **fields)


class Errors(MemoryIndustryData):
    pages: tuple[Reply[ErrorPage], ...] = (
        Reply(
            Answer.OK,
            ErrorPage((SyncError("user", "A", "name"), SyncError("user", "A"), SyncError("org", "B")), "more"),
        ),
        Reply(Answer.OK, ErrorPage((SyncError("user", "A"),))),
    )
    told: Reply[dict[str, object]] = Reply(Answer.OK, {"people": 3})

    def sync_errors(self, profile: str, page: str | None = None) -> Reply[ErrorPage]:
        self._call("sync_errors")
        return self.pages[1 if page else 0]

    def statistics(self, profile: str, run: str) -> Reply[dict[str, object]]:
        assert run == "run-9"
        self._call("statistics")
        return self.told


def test_a_sync_that_failed(caplog: pytest.LogCaptureFixture) -> None:
    given = synced(target=Target("industryData", GUID))
    world = lay(given, Errors, accepted=ACCEPTED, recent=(FIRST, Recent("run-1", "started", AT)))
    before = Report(profile="north", run_id="run-1", api="industryData", outcome="started")
    reports.write(world.store, world.settings, "north/run-1", before)
    caplog.clear()
    assert do(world, "report") is None
    data = {
        "profile": "north",
        "profileId": GUID,
        "runId": "run-1",
        "api": "industryData",
        "outcome": "failed",
        "serviceStatus": "error",
        "errorCount": 7,
        "errorsByCode": [
            {"entryType": "user", "errorCode": "A", "count": 3},
            {"entryType": "org", "errorCode": "B", "count": 1},
        ],
        "statistics": {"people": 3},
        "report": {"container": "sds-runs", "blob": "north/run-1/report.json"},
        "times": {
            "started": (AT - SECOND).isoformat().replace("+00:00", "Z"),
            "ended": AT.isoformat().replace("+00:00", "Z"),
        },
    }
    message = told(world)
    assert message["data"] == data
    assert (message["id"], message["time"], message["source"]) == (
        "run-1/sync",
        AT.isoformat().replace("+00:00", "Z"),
        "https://account.example/sds-drop/north",
    )
    report = report_of(world)
    assert (report["outcome"], report["sync"]) == ("started", data)
    held = world.store.held["sds-runs"]
    assert len(held["north/run-1/errors.jsonl"].data.splitlines()) == 4
    assert held["north/run-1/sync.json"].data == world.store.sent[0]
    record = world.record()
    assert (record.current, record.accepted) == (None, ACCEPTED)
    assert record.recent == (FIRST, Recent("run-1", "started", AT, sync="failed", sync_at=AT))
    assert lines(caplog) == ["event=sync profile=north run=run-1 outcome=failed status=error errors=7"]


@pytest.mark.parametrize(
    ("sync", "calls", "count"),
    [
        (SyncEnding("succeeded", AT, "success", 0), [], 0),
        (SyncEnding("succeeded", AT, "success"), [], None),
        (SyncEnding("succeeded", AT, "success", 2), ["sync_errors"] * 2, 2),
        (SyncEnding("failed", AT), ["sync_errors"] * 2, 4),
        (SyncEnding("overtaken", AT, None, 9), [], 9),
        (SyncEnding("timedOut", AT), [], None),
        (SyncEnding("unknown", AT), [], None),
    ],
)
def test_errors_are_read_where_there_are_some(sync: SyncEnding, calls: list[str], count: int | None) -> None:
    target = Target("industryData", GUID)
    accepted = replace(ACCEPTED, ended_well=True)
    world = lay(synced(sync, target=target), Errors, accepted=accepted)
    do(world, "report")
    assert asked(world) == calls
    assert told(world)["data"]["errorCount"] == count
    there = world.record().accepted
    assert there is not None
    assert there.ended_well == (sync.outcome == "succeeded")
    assert world.record().current is None
    assert ("north/run-1/errors.jsonl" in world.store.held["sds-runs"]) == bool(calls)


def test_a_sync_of_another_run_or_target_is_asked_for_nothing_and_closes_nothing() -> None:
    elsewhere = Target("industryData", "99999999-2222-3333-4444-555555555555")
    world = lay(synced(target=elsewhere), Errors, accepted=replace(ACCEPTED, run_id="run-0", ended_well=True))
    do(world, "report")
    assert asked(world) == []
    data = told(world)["data"]
    assert (data["statistics"], data["errorsByCode"], data["profileId"]) == (None, [], elsewhere.profile_id)
    record = world.record()
    assert record.accepted is not None
    assert (record.accepted.ended_well, record.current) == (True, None)


class Busy(Errors):
    told = Reply(Answer.THROTTLED, retry_after=70.0)


class Shut(Errors):
    pages = (Reply(Answer.UNAVAILABLE),)


class Without(Errors):
    told = Reply(Answer.NOT_FOUND)
    pages = (Reply(Answer.BAD_REQUEST),)


@pytest.mark.parametrize(
    ("sds", "hurry", "until", "waits"),
    [
        (Busy, False, NOW + HOUR, 70),
        (Shut, False, NOW + HOUR, 30),
        (Shut, False, NOW, None),
        (Shut, False, None, None),
        (Shut, True, NOW + HOUR, None),
        (Without, False, NOW + HOUR, None),
    ],
)
def test_what_can_not_be_had_now_is_waited_for_or_left_out(
    sds: type[MemoryIndustryData], hurry: bool, until: Any, waits: float | None, caplog: pytest.LogCaptureFixture
) -> None:
    given = synced(target=Target("industryData", GUID), follow_until=until)
    world = lay(given, sds)
    do(world, "report", Plan("report", hurry=hurry))
    current = world.record().current
    if waits is not None:
        assert world.store.sent == []
        assert current == replace(given, poll=Poll(NOW + waits * SECOND, 60))
        return
    assert current is None
    assert told(world)["data"]["errorsByCode"] == []
    unread = "event=syncErrorsUnread profile=north run=run-1"
    assert (unread in lines(caplog)) == (sds is not Without)


@pytest.mark.parametrize(("largest", "kept"), [(4, 4), (3, 3), (2.5, 2), (0.5, 0)])
def test_errors_beyond_what_is_kept_are_counted_only(
    largest: float, kept: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    from shared.steps import sync

    every = [error for page in Errors.pages if page.value is not None for error in page.value.errors]
    sizes = [len(msgspec.json.encode(error)) + 1 for error in every]
    most = sum(sizes[: int(largest)]) + (1 if largest % 1 else 0)
    monkeypatch.setattr(sync, "_LARGEST", most)
    world = lay(synced(target=Target("industryData", GUID)), Errors)
    do(world, "report")
    assert len(world.store.held["sds-runs"]["north/run-1/errors.jsonl"].data.splitlines()) == kept
    assert sum(code["count"] for code in told(world)["data"]["errorsByCode"]) == 4


def test_so_many_codes_are_counted_apart_and_the_rest_together(monkeypatch: pytest.MonkeyPatch) -> None:
    from shared.steps import sync

    monkeypatch.setattr(sync, "_MOST_KEPT", 1)
    world = lay(synced(target=Target("industryData", GUID)), Errors)
    do(world, "report")
    assert told(world)["data"]["errorsByCode"] == [
        {"entryType": "user", "errorCode": "A", "count": 3},
        {"entryType": None, "errorCode": None, "count": 1},
    ]
    monkeypatch.setattr(sync, "_MOST_CODES", 1)
    world = lay(synced(target=Target("industryData", GUID)), Errors)
    do(world, "report")
    assert told(world)["data"]["errorsByCode"] == [{"entryType": "user", "errorCode": "A", "count": 3}]
