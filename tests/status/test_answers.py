"""What the JSON routes answer, over a store in memory."""

from datetime import timedelta
from typing import Any

import msgspec
import pytest

from shared import door
from shared.board import _REMEMBERED as MOST
from shared.record import Decision, Record
from shared.reports import Report
from shared.room import Room
from shared.sds.port import Sds
from shared.settings import Settings
from status import answers
from tests.model.store import MemoryStore
from tests.status.records import NASTY, NORTH, NOW, RUN, STAGES, at, held, waiting


def no_service() -> Sds:
    raise AssertionError("the page asks School Data Sync for nothing")


def board(*records: Record, **settings: Any) -> tuple[Room, MemoryStore]:
    store = MemoryStore(lambda: NOW)
    made = Settings(**settings)
    for record in records:
        door.save(store, made, record, None)
    return Room(store, no_service, made, lambda: NOW + timedelta(minutes=1)), store


def body(said: answers.Said) -> Any:
    return msgspec.json.decode(answers.encoded(said))


def test_the_list_has_every_profile_and_reads_no_run() -> None:
    room, store = board(held(), waiting("south"), profiles={"new": NORTH})
    store.put("sds-runs", "north/x/report.json", b"{}")
    asked: list[str] = []
    store.before = asked.append
    said = answers.all_profiles(room)
    assert [each["profile"] for each in body(said)["profiles"]] == ["new", "north", "south"]
    assert asked.count("blobs") == 1, "one listing, of the records"
    assert body(said)["profiles"][1]["current"]["held"]["removed"][0]["removed"] == 200


def asks(room: Room, store: MemoryStore) -> tuple[int, int]:
    """Listings and reads of one list."""
    asked: list[str] = []
    store.before = asked.append
    answers.all_profiles(room)
    assert set(asked) <= {"blobs", "read"}
    return asked.count("blobs"), asked.count("read")


def unlabelled(store: MemoryStore) -> None:
    """As an older version of the app, and most tools, leave the records."""
    for blob in store.held["sds-state"].values():
        blob.metadata = {"open": "false"}


def test_of_fifty_profiles_and_five_thousand_runs_a_fresh_process_makes_one_listing() -> None:
    room, store = board(*(waiting(f"p{n:02}") for n in range(50)))
    for n in range(5000):
        store.put("sds-runs", f"p{n % 50:02}/r{n}/report.json", b"{}")
    assert asks(room, store) == (1, 0)
    changed = door.load(store, room.settings, "p07")
    door.save(store, room.settings, held(profile="p07"), changed.etag)
    assert asks(room, store) == (1, 0)
    views = body(answers.all_profiles(room))["profiles"]
    assert [view["profile"] for view in views] == [f"p{n:02}" for n in range(50)]
    assert [view["profile"] for view in views if view["current"]] == ["p07"], "the new version is what is shown"


def test_records_without_a_label_are_read_once_for_each_version() -> None:
    room, store = board(*(waiting(f"p{n:02}") for n in range(50)))
    labelled = answers.encoded(answers.all_profiles(room))
    unlabelled(store)
    assert asks(room, store) == (1, 50)
    assert asks(room, store) == (1, 0)
    assert answers.encoded(answers.all_profiles(room)) == labelled, "whichever way they come, they are told the same"
    store.put("sds-state", "p07.json", door.encode(held(profile="p07")), {"open": "true"})
    assert asks(room, store) == (1, 1)
    views = body(answers.all_profiles(room))["profiles"]
    assert [view["profile"] for view in views if view["current"]] == ["p07"], "the new version is what is shown"


def test_what_a_hand_wrote_is_shown_even_if_its_tool_kept_the_metadata() -> None:
    room, store = board(held())
    kept = store.held["sds-state"]["north.json"].metadata
    for record in (waiting(), at("uploading")):
        store.put("sds-state", "north.json", door.encode(record), kept)
        assert body(answers.all_profiles(room))["profiles"] == [body(answers.one_profile(room, "north"))]
    store.put("sds-state", "north.json", b"{", kept)
    assert "can't be read" in body(answers.all_profiles(room))["profiles"][0]["says"]
    store.put("sds-state", "north.json", b'{"v":99}', kept)
    assert "newer version" in body(answers.all_profiles(room))["profiles"][0]["says"]


def test_the_list_and_a_profile_s_own_answer_say_the_same() -> None:
    records = [at(stage, f"p{n:02}") for n, stage in enumerate(STAGES)]
    room, _ = board(*records, waiting("waits"), Record("idle"))
    for view in body(answers.all_profiles(room))["profiles"]:
        assert view == body(answers.one_profile(room, view["profile"]))


def test_a_profile_that_is_allowed_and_has_no_record_is_told_without_being_asked_for() -> None:
    room, store = board(held(), profiles={"new": NORTH})
    assert asks(room, store) == (1, 0)
    assert body(answers.all_profiles(room))["profiles"][0] == body(answers.one_profile(room, "new"))


def test_what_is_remembered_of_a_big_district_is_bounded() -> None:
    room, store = board(*(waiting(f"p{n:03}") for n in range(MOST + 20)))
    unlabelled(store)
    for _ in range(2):
        answers.all_profiles(room)
        assert len(room.seen) == MOST


def test_a_record_that_goes_is_not_remembered() -> None:
    room, store = board(held())
    assert answers.all_profiles(room).body["profiles"]
    version = door.load(store, room.settings, "north")
    store.delete("sds-state", "north.json", version.etag or "")
    assert answers.all_profiles(room).body["profiles"] == []


@pytest.mark.parametrize("stage", STAGES)
def test_a_profile_is_shown_at_every_stage(stage: Any) -> None:
    room, _ = board(at(stage))
    said = answers.one_profile(room, "north")
    assert said.status == 200
    assert body(said)["current"]["stage"] == stage
    assert body(said)["current"]["since"] == "2026-11-27T06:00:00Z"
    assert body(said)["says"]


def test_records_that_can_not_be_read_are_told_in_words() -> None:
    room, store = board(held())
    store.put("sds-state", "damaged.json", b"{")
    store.put("sds-state", "newer.json", b'{"v":99}')
    store.put("sds-state", "_starts.json", b"{}")
    store.put("sds-state", f"{NASTY}.json", b"{}")
    said = {each["profile"]: each["says"] for each in body(answers.all_profiles(room))["profiles"]}
    assert set(said) == {"damaged", "newer", "north"}
    assert "can't be read" in said["damaged"]
    assert "newer version" in said["newer"]


@pytest.mark.parametrize("named", ["south", "_refused", "_starts", "..", "a/b", "", NASTY, "x" * 64])
def test_an_unknown_profile_is_a_404(named: str) -> None:
    room, _ = board(held())
    for said in (
        answers.one_profile(room, named),
        answers.one_run(room, named, RUN),
        answers.decide(room, named, RUN, approve=True, by=None),
    ):
        assert said.status == 404
    assert door.load(room.store, room.settings, "north").record == held(), "nothing was written"


def test_a_guid_is_found_in_any_case() -> None:
    key = "aaaaaaaa-2222-3333-4444-555555555555"
    room, _ = board(held(profile=key))
    assert answers.one_profile(room, key.upper()).status == 200


@pytest.mark.parametrize("run", ["20261127T055900Z-ffffffffffff", "..", f"{RUN}/files", f"{RUN}\n", NASTY, ""])
def test_an_unknown_run_is_a_404(run: str) -> None:
    room, _ = board(held())
    assert answers.one_run(room, "north", run).status == 404
    assert answers.decide(room, "north", run, approve=True, by=None).status == 404


def test_a_report_is_given() -> None:
    room, store = board(held())
    store.put(
        "sds-runs", f"north/{RUN}/report.json", msgspec.json.encode(Report(profile="north", run_id=RUN, api="classic"))
    )
    assert body(answers.one_run(room, "north", RUN))["runId"] == RUN


@pytest.mark.parametrize("approve", [True, False])
def test_a_decision_is_taken_once(approve: bool) -> None:
    room, _ = board(held())
    said = answers.decide(room, "north", RUN, approve=approve, by="head@school.example")
    assert said.status == 200
    assert body(said)["decided"] == ("approve" if approve else "reject")
    current = door.load(room.store, room.settings, "north").record.current
    assert current is not None
    assert current.hold is not None
    assert current.hold.decision == Decision(approve, room.now(), "head@school.example")
    late = answers.decide(room, "north", RUN, approve=not approve, by="other@school.example")
    assert late.status == 409
    assert body(late)["error"] == "somebody has decided already"
    assert body(late)["now"]["current"]["held"]["decided"] is approve


def test_a_decision_that_comes_too_late_is_told_the_present_state() -> None:
    room, _ = board(at("uploading"))
    late = answers.decide(room, "north", RUN, approve=True, by=None)
    assert late.status == 409
    assert body(late)["now"]["current"]["stage"] == "uploading"


@pytest.mark.parametrize("named", ["north/", "north/x", "north//", "north/../south", f"{NORTH}/x"])
def test_a_name_with_more_behind_it_is_no_profile(named: str) -> None:
    """A host may decode `%2f` in a route's parameter."""
    room, store = board(held(), held(profile=NORTH))
    before = {name: blob.etag for name, blob in store.held["sds-state"].items()}
    for said in (
        answers.one_profile(room, named),
        answers.one_run(room, named, RUN),
        answers.decide(room, named, RUN, approve=True, by=None),
    ):
        assert said == answers.UNKNOWN_PROFILE
    assert {name: blob.etag for name, blob in store.held["sds-state"].items()} == before
