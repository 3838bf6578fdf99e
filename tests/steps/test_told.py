"""What a story leaves, to the last field: the report, the message, the record and the log line."""

import json
import logging
from datetime import timedelta
from typing import Any

import msgspec
import pytest
from msgspec.structs import replace

from shared import baseline, reports
from shared.record import (
    RECENT,
    Accepted,
    Claim,
    Current,
    Decision,
    Drop,
    DropFile,
    Ending,
    Hold,
    IgnoredFile,
    Poll,
    Recent,
    Record,
    Target,
    Times,
)
from shared.reports import Finding, Report
from shared.results import Counts, RemovedEntry
from shared.steps.tell import remember
from tests.model.world import GUID, World

from .desk import ERROR, HOUR, ME, NOW, SECOND, WARNED, WORDS, change, do, lay, run

LANDED = NOW - HOUR
TIMES = Times(LANDED - SECOND, LANDED, NOW - 50 * SECOND, NOW - 40 * SECOND, NOW - 30 * SECOND, NOW - 20 * SECOND)
TOLD_TIMES = {
    name: getattr(TIMES, field).isoformat().replace("+00:00", "Z")
    for name, field in {
        "firstLanded": "first_landed",
        "lastLanded": "last_landed",
        "settled": "settled",
        "provisioned": "provisioned",
        "uploaded": "uploaded",
        "started": "started",
    }.items()
}
DROP = Drop(
    "sdsV1",
    (
        DropFile("school.CSV", "School.csv", "north/school.CSV", "0x1", 4, "ab", 3, 1),
        DropFile("Student.csv", "Student.csv", "north/Student.csv", "0x2", 5, None),
    ),
    (IgnoredFile("readme.txt", "north/readme.txt", "0x3"),),
)
FOUND = Finding("error", "people.noRows", "Student.csv", 1, "SIS ID", 2, "No rows.")
REMOVED = (RemovedEntry("people", "students", 40, 20, 20, 0, 50.0, 20.0),)
HOLD = Hold(NOW - HOUR, NOW + HOUR, REMOVED, told=True, decision=Decision(True, NOW, "head@school.example"))
AT = NOW - 10 * SECOND
ACCEPTED = Accepted("run-1", Target("classic", GUID), "sdsV1", ("School.csv", "Student.csv"), {"School.csv": "ab"})
OLD = Accepted("run-0", Target("classic", GUID), "sdsV1", ("School.csv",), {}, ended_well=True)
FIRST = Recent("run-0", "started", LANDED)


def full(**fields: Any) -> Current:
    made = run("ended", drop=DROP, times=TIMES, findings=True, warnings=("Beware.",), profile_state="provisioned")
    more = {"messages": (WARNED, ERROR), "hold": HOLD, "expires": AT + timedelta(days=29), "poll": Poll(NOW, 9)}
    return replace(made, **(more | fields))


def told(world: World) -> dict[str, Any]:
    (message,) = world.store.sent
    found: dict[str, Any] = json.loads(message)
    return found


def report_of(world: World, folder: str = "north/run-1") -> dict[str, Any]:
    found: dict[str, Any] = json.loads(world.store.held["sds-runs"][f"{folder}/report.json"].data)
    return found


def plain(value: Any) -> Any:
    return json.loads(msgspec.json.encode(value))


def lines(caplog: pytest.LogCaptureFixture) -> list[str]:
    return [record.getMessage() for record in caplog.records]


def entry(kind: str, name: str | None, words: str, origin: str = "preflight", **more: Any) -> dict[str, Any]:
    return {"type": kind, "fileName": name, "description": words, "origin": origin} | more


@pytest.fixture(autouse=True)
def _log(caplog: pytest.LogCaptureFixture) -> None:
    caplog.set_level(logging.INFO, "rosterdrop")


def test_a_run_that_failed(caplog: pytest.LogCaptureFixture) -> None:
    ending = Ending("failed", AT, WORDS, "unknown")
    given = full(ending=ending, claim=Claim(1))
    world = lay(given, accepted=OLD, recent=(FIRST,))
    reports.write(
        world.store,
        world.settings,
        "north/run-1",
        Report(profile="north", run_id="run-1", api="classic", preflight=(FOUND,)),
    )
    caplog.clear()
    assert do(world, "report") is None
    expires = f"{AT + timedelta(days=29):%Y-%m-%d}"
    soon = f"The profile expires on {expires}: set up its successor, and point the alias in SDS_PROFILES to it."
    entries = [
        entry("error", "School.csv", "two", "service"),
        entry("error", "Student.csv", "No rows.", rule="people.noRows", line=1, column="SIS ID", count=2),
        entry("warning", "School.csv", "one", "service"),
        entry("warning", None, "Beware.", rule="run.warning", count=1),
        entry("warning", None, soon, rule="profile.expires", count=1),
    ]
    failure = {"code": "theirs", "message": "their words", "requestId": "request"}
    message = told(world)
    assert message == {
        "specversion": "1.0",
        "id": "run-1/verification",
        "source": "https://account.example/sds-drop/north",
        "type": "rosterdrop.verification.v1",
        "subject": "run-1",
        "time": AT.isoformat().replace("+00:00", "Z"),
        "datacontenttype": "application/json",
        "dataschema": "urn:rosterdrop:results:v1",
        "traceparent": message["traceparent"],
        "data": {
            "profile": "north",
            "profileId": GUID,
            "runId": "run-1",
            "api": "classic",
            "outcome": "failed",
            "profileState": "provisioned",
            "verification": "unknown",
            "drop": {
                "format": "sdsV1",
                "container": "sds-runs",
                "prefix": "north/run-1/files/",
                "files": [
                    {"name": "school.CSV", "size": 4, "sha256": "ab", "rows": 3, "rowsDropped": 1},
                    {"name": "Student.csv", "size": 5, "sha256": None, "rows": None, "rowsDropped": None},
                ],
                "ignored": ["readme.txt"],
            },
            "counts": {"error": 2, "warning": 3, "information": 0},
            "messages": entries,
            "truncated": False,
            "report": {"container": "sds-runs", "blob": "north/run-1/report.json"},
            "failure": failure,
            "times": TOLD_TIMES,
        },
    }
    assert world.store.held["sds-runs"]["north/run-1/message.json"].data == world.store.sent[0]
    assert report_of(world) == {
        "v": 1,
        "profile": "north",
        "runId": "run-1",
        "api": "classic",
        "outcome": "failed",
        "failure": failure,
        "drop": plain(DROP),
        "preflight": [plain(FOUND)],
        "service": plain((WARNED, ERROR)),
        "warnings": ["Beware.", soon],
        "times": TOLD_TIMES,
        "ended": AT.isoformat().replace("+00:00", "Z"),
        "sync": None,
        "removed": plain(REMOVED),
        "decision": plain(HOLD.decision),
    }
    story = Recent("run-1", "failed", AT, 2, 3, LANDED, failure="theirs")
    record = world.record()
    assert replace(record, swap="") == Record(
        "north", driver=ME, accepted=replace(OLD, ended_well=False), recent=(FIRST, story)
    )
    assert lines(caplog) == [
        "event=outcome profile=north run=run-1 api=classic outcome=failed code=theirs errors=2 warnings=3"
    ]
    assert "north.baseline" not in world.store.held["sds-state"]


def test_a_run_that_sent_nothing_says_nothing_of_the_sync_before_it() -> None:
    world = lay(full(ending=Ending("unchanged", AT), findings=False, hold=None), accepted=OLD)
    do(world, "report")
    record = world.record()
    assert (record.accepted, record.current) == (OLD, None)
    report = report_of(world)
    assert (report["preflight"], report["removed"], report["decision"]) == ([], None, None)


@pytest.mark.parametrize(
    ("outcome", "follow", "stage"),
    [
        ("started", 7200, "following"),
        ("startedWithWarnings", 7200, "following"),
        ("started", 0, None),
        ("acceptedForSchedule", 7200, None),
    ],
)
def test_a_run_that_was_accepted_is_what_later_ones_are_compared_with(
    outcome: Any, follow: float, stage: str | None, caplog: pytest.LogCaptureFixture
) -> None:
    given = full(ending=Ending(outcome, AT, verification="complete"))
    world = lay(given, accepted=OLD)
    world.deploy(follow=follow)
    world.store.put("sds-runs", "north/run-1/ids", b"ids")
    assert do(world, "report") is None
    record = world.record()
    assert record.accepted == ACCEPTED
    assert baseline.read(world.store, world.settings, "north") == baseline.Baseline(ACCEPTED, b"ids")
    started = AT if outcome != "acceptedForSchedule" else None
    assert record.recent[-1] == Recent("run-1", outcome, AT, 1, 3, LANDED, started)
    if stage is None:
        assert record.current is None
    else:
        assert record.current == replace(
            given, stage="following", follow_until=AT + timedelta(seconds=follow), poll=None
        )


@pytest.mark.parametrize("fields", [{"run_id": "run-2"}, {"stage": "following"}, None])
def test_what_is_told_closes_that_run_alone(fields: dict[str, Any] | None) -> None:
    given = full(ending=Ending("failed", AT))
    world = lay(given, accepted=OLD)
    from shared import door
    from shared.door import Edited

    usual = world.store.send

    def send(message: bytes) -> None:
        usual(message)
        if fields is not None:
            change(world, **fields)
        else:
            door.change(world.store, world.settings, "north", lambda r: Edited(replace(r, current=None), None))

    world.store.send = send  # type: ignore[method-assign]
    do(world, "report")
    record = world.record()
    assert record.current == (replace(given, **fields) if fields is not None else None)
    assert record.recent == ()


def test_fifty_stories_are_remembered_and_each_once() -> None:
    record = Record("north")
    for number in range(60):
        record = remember(record, f"run-{number}", Ending("failed", NOW), Counts(), None)
    assert [story.run_id for story in record.recent] == [f"run-{number}" for number in range(10, 60)]
    assert RECENT == 50
    again = remember(record, "run-30", Ending("started", AT, None), Counts(1, 2, 3), LANDED)
    assert again.recent[-1] == Recent("run-30", "started", AT, 1, 2, LANDED, AT)
    assert [story.run_id for story in again.recent].count("run-30") == 1
    assert len(again.recent) == 50


def test_a_run_that_is_held(caplog: pytest.LogCaptureFixture) -> None:
    hold = replace(HOLD, told=False, decision=None)
    given = full(stage="held", hold=hold)
    world = lay(given)
    world.room.page = "https://app.example/api/status"
    caplog.clear()
    assert do(world, "report") is None
    message = told(world)
    assert (message["id"], message["time"]) == ("run-1/held", hold.since.isoformat().replace("+00:00", "Z"))
    assert message["source"] == "https://account.example/sds-drop/north"
    data = message["data"]
    assert data == {
        "profile": "north",
        "profileId": GUID,
        "runId": "run-1",
        "api": "classic",
        "drop": data["drop"],
        "removed": plain(REMOVED),
        "decideBy": hold.until.isoformat().replace("+00:00", "Z"),
        "decide": {"page": "https://app.example/api/status", "command": "python -m local approve north run-1"},
        "report": {"container": "sds-runs", "blob": "north/run-1/report.json"},
        "times": TOLD_TIMES,
    }
    assert data["drop"]["prefix"] == "north/run-1/files/"
    assert world.record().current == replace(given, hold=replace(hold, told=True))
    assert lines(caplog) == ["event=held profile=north run=run-1 kinds=1"]
    do(world, "report")
    assert len(world.store.sent) == 1, "told once"


@pytest.mark.parametrize("fields", [{"stage": "checked"}, {"hold": None}, {"run_id": "run-2"}])
def test_a_run_that_is_held_no_more_is_left_as_it_is(fields: dict[str, Any]) -> None:
    given = full(stage="held", hold=replace(HOLD, told=False))
    world = lay(given)
    usual = world.store.send

    def send(message: bytes) -> None:
        usual(message)
        change(world, **fields)

    world.store.send = send  # type: ignore[method-assign]
    do(world, "report")
    assert world.record().current == replace(given, **fields)


def test_what_is_committed_is_what_is_sent() -> None:
    world = lay(full(ending=Ending("failed", AT), findings=False))
    world.store.put("sds-runs", "north/run-1/message.json", b"first")
    do(world, "report")
    assert world.store.sent == [b"first"]


def test_no_record_of_a_run_no_message() -> None:
    for given in (None, run("checked"), run("ended"), run("synced")):
        world = lay(given)
        before = world.record()
        assert do(world, "report") is None
        assert (world.store.sent, world.record()) == ([], before)
