"""A record that can't be read is put aside, rebuilt and told, to the last field; and what the steps say meanwhile."""

import hashlib
import json
import logging
from typing import Any

import pytest
from msgspec.structs import replace

from shared import baseline, kept
from shared.decide import Plan
from shared.door import Unreadable
from shared.kept import mark
from shared.record import Accepted, Driver, Recent, Record, Refusal, Target
from shared.steps import join, leave
from shared.steps.mend import mend
from shared.steps.older import folder_of, story_of, told_incomplete
from tests.model.world import GUID, World

from .desk import HOUR, ME, NOW, SECOND, at, do, lay, run, work

ACCEPTED = Accepted("run-0", Target("classic", GUID), "sdsV1", ("School.csv",))
OPEN = (
    " These runs had no outcome yet: {}. Look in School Data Sync whether they were started, and drop their files "
    "again with `python -m local retry north RUN`."
)
ASIDE = "The app's record of this profile could not be read; it was put aside as {} and rebuilt."
GONE = "The app's record of this profile was deleted while a run was on its way; it was rebuilt."
NONE = " No run was on its way. Nothing has to be done."
RUN_1, RUN_2 = "20261121T010000Z-aaaaaaaaaaaa", "20261122T010000Z-bbbbbbbbbbbb"


def damaged(data: bytes | None = b"{") -> tuple[World, str]:
    """A damaged record, or none, its ETag, and two runs in the run container: one told, one not."""
    world = lay(None)
    del world.store.held["sds-state"]["north.json"]
    etag = world.store.put("sds-state", "north.json", data) if data is not None else ""
    world.store.put("sds-state", "north.json.other", b"")
    for run_id in (RUN_1, RUN_2):
        world.store.put("sds-runs", f"north/{run_id}/files/School.csv", b"x", {"source_etag": f"of {run_id}"})
    world.store.put("sds-runs", f"north/{RUN_1}/message.json", b"{}")
    world.now = NOW + 5 * SECOND
    return world, etag


def story_id(text: str, newest: str) -> str:
    return f"{newest}-{hashlib.sha256(text.encode()).hexdigest()[:12]}-d"


def told(world: World) -> dict[str, Any]:
    message = world.store.sent[-1]
    assert set(world.store.sent[:-1]) <= {b"{}"}, "what was committed lately"
    found: dict[str, Any] = json.loads(message)["data"]
    return found


def test_a_damaged_record_is_put_aside_rebuilt_and_told(caplog: pytest.LogCaptureFixture) -> None:
    world, etag = damaged()
    caplog.clear()
    assert do(world, "observe") == Plan("leave")
    aside = f"north.json.damaged-{etag}"
    assert world.store.held["sds-state"][aside].data == b"{"
    words = ASIDE.format(aside) + OPEN.format(RUN_2)
    name = story_id(f"north.json\t{etag}\n", f"{NOW:%Y%m%dT%H%M%SZ}")
    data = told(world)
    assert (data["runId"], data["outcome"], data["profileId"]) == (name, "failed", GUID)
    assert data["failure"] == {"code": "internal", "message": words, "requestId": None}
    assert data["messages"] == [
        {
            "type": "error",
            "fileName": None,
            "description": words,
            "origin": "preflight",
            "rule": "record.damaged",
            "count": 1,
        }
    ]
    assert data["drop"] == {"format": None, "container": None, "prefix": None, "files": [], "ignored": []}
    assert data["report"]["blob"] == f"north/{name}/report.json"
    report = json.loads(world.store.held["sds-runs"][f"north/{name}/report.json"].data)
    assert report["warnings"] == [words]
    record = world.record()
    at_ = NOW + 5 * SECOND
    assert replace(record, swap="") == Record(
        "north", recent=(Recent(name, "failed", at_, errors=1, failure="internal"),)
    )
    lines = [line.getMessage() for line in caplog.records if line.levelno == logging.WARNING]
    assert lines == ["event=mended profile=north why=damaged"]


def test_with_no_run_on_its_way_nothing_has_to_be_done() -> None:
    world, etag = damaged()
    world.store.put("sds-runs", f"north/{RUN_2}/message.json", b"{}")
    do(world, "observe")
    assert told(world)["failure"]["message"] == ASIDE.format(f"north.json.damaged-{etag}") + NONE


def test_at_most_ten_runs_are_named() -> None:
    world, _ = damaged()
    names = [f"2026112{number:03}T010000Z-cccccccccccc" for number in range(12)]
    for name in names:
        world.store.put("sds-runs", f"north/{name}/files/School.csv", b"x")
    do(world, "observe")
    every = sorted([*names, RUN_2])
    assert OPEN.format(", ".join(every[:10])) in told(world)["failure"]["message"]


def test_files_of_last_night_stay_known_and_so_does_the_baseline() -> None:
    world, _ = damaged()
    baseline.accept(world.store, world.settings, "north", "north/run-0", ACCEPTED)
    for name, etag in (("School.csv", f"of {RUN_1}"), ("deep/School.csv", f"of {RUN_2}"), ("Student.csv", "of it")):
        world.store.put("sds-drop", f"north/{name}", b"x")
        world.store.held["sds-drop"][f"north/{name}"].etag = etag
    do(world, "observe")
    record = world.record()
    marks = (mark("north/School.csv", f"of {RUN_1}"), mark("north/deep/School.csv", f"of {RUN_2}"))
    assert record.kept == tuple(sorted(marks))
    assert (record.accepted, record.kept_apart) == (ACCEPTED, False)


def test_marks_that_stand_apart_stay_known_and_many_stand_there() -> None:
    world, _ = damaged()
    kept.add(world.store, world.settings, "north", ["ab" * 8])
    do(world, "observe")
    assert world.record().kept_apart
    for count, apart in ((kept.IN_RECORD, False), (kept.IN_RECORD + 1, True)):
        world, _ = damaged()
        for number in range(count):
            name = f"{number}.csv"
            etag = world.store.put("sds-drop", f"north/{name}", b"x")
            world.store.put("sds-runs", f"north/{RUN_1}/files/{name}", b"x", {"source_etag": etag})
        do(world, "observe")
        record = world.record()
        assert (len(record.kept), record.kept_apart) == (0 if apart else count, apart)
        assert len(kept.read(world.store, world.settings, "north")) == (count if apart else 0)


def test_a_record_that_is_gone_is_rebuilt_for_the_driver_that_joins(caplog: pytest.LogCaptureFixture) -> None:
    world, _ = damaged(None)
    caplog.clear()
    assert join(world.room, "north", "me")
    assert "event=mended profile=north why=gone" in [line.getMessage() for line in caplog.records]
    data = told(world)
    assert data["failure"]["message"] == GONE + OPEN.format(RUN_2)
    assert data["runId"] == story_id(f"north.json\t{RUN_2}\n", RUN_2[:16])
    record = world.record()
    assert record.driver is not None
    assert [story.run_id for story in record.recent] == [data["runId"]]


def test_the_story_of_a_record_that_is_gone_is_that_of_all_the_runs_that_it_leaves_open() -> None:
    world, _ = damaged(None)
    later = "20261123T010000Z-dddddddddddd"
    world.store.put("sds-runs", f"north/{later}/files/School.csv", b"x")
    assert join(world.room, "north", "me")
    assert told(world)["runId"] == story_id(f"north.json\t{RUN_2} {later}\n", later[:16])


def test_a_profile_that_never_had_a_record_is_told_nothing() -> None:
    world, _ = damaged(None)
    world.store.put("sds-runs", f"north/{RUN_2}/message.json", b"{}")
    world.now += 24 * HOUR
    assert join(world.room, "north", "me")
    assert world.store.sent == []


def test_a_record_that_is_gone_though_nothing_was_open_is_told_too() -> None:
    world, _ = damaged(None)
    world.store.held["sds-runs"].clear()
    assert do(world, "observe") == Plan("leave")
    data = told(world)
    assert data["failure"]["message"] == GONE + NONE
    assert data["runId"] == story_id("north.json\t\n", "19700101T000000Z")


@pytest.mark.parametrize(("etag", "there"), [("old", True), (None, True), ("old", False)])
def test_what_somebody_has_written_since_is_left_alone(etag: str | None, there: bool) -> None:
    world, _ = damaged(b"{" if there else None)
    before = dict(world.store.held["sds-state"])
    mend(work(world), Unreadable("north", etag))
    assert (world.store.held["sds-state"], world.store.sent) == (before, [])


def test_who_finds_it_rebuilt_leaves_it(caplog: pytest.LogCaptureFixture) -> None:
    world, etag = damaged()
    world.store.put("sds-state", f"north.json.damaged-{etag}", b"first")
    at(world, "send", lambda: world.store.put("sds-state", "north.json", b'{"v":2,"profile":"north"}') and None)
    caplog.clear()
    do(world, "observe")
    assert world.store.held["sds-state"][f"north.json.damaged-{etag}"].data == b"first"
    assert world.record().recent == ()
    assert [line for line in caplog.records if "mended" in line.getMessage()] == []


def test_joining_and_leaving_a_damaged_record_mend_it() -> None:
    world, _ = damaged()
    assert join(world.room, "north", "me")
    assert world.record().driver is not None
    world, _ = damaged()
    assert leave(world.room, "north", "me")
    assert len(world.record().recent) == 1


def test_a_newer_record_is_left_alone(caplog: pytest.LogCaptureFixture) -> None:
    world, _ = damaged(b'{"v":99}')
    before = world.store.held["sds-state"]["north.json"]
    assert join(world.room, "north", "me") is False
    assert leave(world.room, "north", "me") is True
    caplog.clear()
    assert do(world, "observe") == Plan("leave")
    assert [line.getMessage() for line in caplog.records] == ["event=recordNewer profile=north"]
    assert world.store.held["sds-state"]["north.json"] == before


def test_a_displaced_driver_leaves(caplog: pytest.LogCaptureFixture) -> None:
    caplog.set_level(logging.INFO, "rosterdrop")
    world = lay(run("cleared"), driver=Driver("other", NOW))
    caplog.clear()
    assert do(world, "observe") == Plan("leave")
    assert [line.getMessage() for line in caplog.records] == ["event=displaced profile=north"]
    assert world.record().driver == Driver("other", NOW)


@pytest.mark.parametrize(
    ("message", "told_before"),
    [(b'{"outcome":"incomplete"}', True), (b'{"outcome":"started"}', False), (None, False)],
)
def test_an_id_that_an_older_version_used_up_is_not_used_again(message: bytes | None, told_before: bool) -> None:
    world = lay(None, driver=ME)
    world.store.put("sds-drop", "north/School.csv", b"x")
    found = work(world).look(world.record()).set
    assert found is not None
    if message is not None:
        world.store.put("sds-runs", f"north/{found.run_id}/message.json", message)
    assert told_incomplete(work(world), found.run_id) is told_before
    assert story_of(work(world), found) == found.run_id + "-i" * (not told_before)


def test_where_an_older_version_s_refusal_lies() -> None:
    world = lay(None)
    assert folder_of(work(world), Refusal("x", 1)) is None
    assert folder_of(work(world), Refusal("x", 1, blobs={"a": "1"})) == "north/x"


@pytest.mark.parametrize("found", [b"{", None])
def test_messages_that_were_committed_lately_are_sent_again(found: bytes | None) -> None:
    world, _ = damaged(found)
    del world.store.held["sds-runs"][f"north/{RUN_2}/files/School.csv"]
    world.store.held["sds-runs"].pop(f"north/{RUN_1}/message.json")
    world.now = NOW
    for number, name in enumerate(["message.json", "sync.json", "held.json", "report.json"]):
        world.store.put("sds-runs", f"north/{RUN_1}/{name}", str(number).encode())
    world.now = NOW + 24 * HOUR - SECOND
    if found is None:
        assert join(world.room, "north", "me")
    else:
        do(world, "observe")
    assert sorted(world.store.sent[:3]) == [b"0", b"1", b"2"]
    assert len(world.store.sent) == (3 if found is None else 4)


@pytest.mark.parametrize(("age", "count", "sent"), [(24 * HOUR, 3, 0), (24 * HOUR - SECOND, 25, 20)])
def test_no_more_than_the_newest_of_them_and_none_from_before(age: Any, count: int, sent: int) -> None:
    world = lay(None)
    world.store.held["sds-state"].clear()
    for number in range(count):
        world.now = NOW - number * SECOND / 100
        world.store.put("sds-runs", f"north/{RUN_1[:-2]}{number:02}/message.json", str(number).encode())
    world.now = NOW + age
    assert join(world.room, "north", "me")
    assert world.store.sent == [str(number).encode() for number in reversed(range(sent))]
