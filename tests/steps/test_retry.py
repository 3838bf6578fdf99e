"""A finished run's snapshot becomes a run of its own: the guards of that, and what it leaves."""

import logging
from datetime import timedelta
from typing import Any

import pytest
from msgspec.structs import replace

from shared import door
from shared.decide import Plan
from shared.door import Edited
from shared.record import Current, Decision, Drop, DropFile, IgnoredFile, Target, Times
from shared.steps.wishes import paused, resumed, retried
from tests.model.world import GUID, World

from .desk import NOW, at, do, lay, run, work

LANDED = NOW - timedelta(hours=9)
PAUSED = Decision(False, NOW, "head@school.example")


def finished(run_id: str = "run-1", **fields: Any) -> World:
    """A snapshot of a run that is over, and somebody's wish to repeat it."""
    world = lay(fields.pop("current", None), **({"retry": "run-1"} | fields))
    world.now = LANDED
    for name, data in (("orgs.csv", b"a\n"), ("Users.csv", b"b\n"), ("School.csv", b"c\n"), ("readme.txt", b"d")):
        world.store.put("sds-runs", f"north/{run_id}/files/{name}", data)
    world.store.held["sds-runs"][f"north/{run_id}/files/orgs.csv"].encoding = "gzip"
    world.now = NOW
    return world


def expected(world: World, run_id: str = "run-1") -> Current:
    there = world.record().current
    assert there is not None

    def etag(name: str) -> str:
        return world.store.held["sds-runs"][f"north/{run_id}/files/{name}"].etag

    def source(name: str) -> str:
        return f"north/{run_id}/files/{name}"

    return Current(
        there.run_id,
        "cleared",
        Target("classic", GUID),
        Drop(
            "sdsV2.1",
            (
                DropFile("Users.csv", "users.csv", source("Users.csv"), etag("Users.csv"), 2),
                DropFile("orgs.csv", "orgs.csv", source("orgs.csv"), etag("orgs.csv"), 2, encoding="gzip"),
            ),
            tuple(IgnoredFile(name, source(name), etag(name)) for name in ("School.csv", "readme.txt")),
        ),
        Times(LANDED, LANDED, NOW),
        NOW + timedelta(seconds=world.settings.provision_timeout),
        retry_of="run-1",
    )


def test_a_snapshot_becomes_a_run_of_its_own(caplog: pytest.LogCaptureFixture) -> None:
    caplog.set_level(logging.INFO, "rosterdrop")
    world = finished()
    caplog.clear()
    deleted: list[None] = []
    at(world, "delete", lambda: deleted.append(None))
    assert do(world, "take") == Plan("verify")
    record = world.record()
    assert (record.retry, record.current) == (None, expected(world))
    assert deleted == [], "the files of a repetition never lay in the inbox"
    new = expected(world).run_id
    assert new.startswith(f"{LANDED:%Y%m%dT%H%M%SZ}-")
    copies = {name for name in world.store.held["sds-runs"] if name.startswith(f"north/{new}/")}
    assert copies == {f"north/{new}/files/{name}" for name in ("orgs.csv", "Users.csv", "School.csv", "readme.txt")}
    assert [line.getMessage() for line in caplog.records] == [
        f"event=taken profile=north run={new} again=run-1 files=4"
    ]


def test_what_was_repeated_before_is_repeated_from_its_last_repetition() -> None:
    world = finished()
    do(world, "take")
    first = expected(world).run_id
    world.store.held["sds-runs"][f"north/{first}/files/orgs.csv"].encoding = "gzip"
    world.store.put("sds-runs", f"north/{first}/message.json", b"{}")
    door.change(world.store, world.settings, "north", lambda r: Edited(replace(r, current=None, retry="run-1"), None))
    assert do(world, "take") == Plan("verify")
    assert world.record().current == replace(expected(world, first), times=Times(NOW, NOW, NOW))
    assert expected(world, first).run_id != first


@pytest.mark.parametrize("how", ["noSnapshot", "noSet", "notAllowed"])
def test_where_there_is_nothing_to_repeat_the_wish_is_dropped(how: str, caplog: pytest.LogCaptureFixture) -> None:
    world = finished("run-2" if how == "noSnapshot" else "run-1")
    if how == "noSet":
        for name in ("orgs.csv", "Users.csv", "School.csv"):
            del world.store.held["sds-runs"][f"north/run-1/files/{name}"]
    if how == "notAllowed":
        world.deploy(profiles={})
    caplog.clear()
    assert do(world, "take") is None
    record = world.record()
    assert (record.retry, record.current) == (None, None)
    assert "event=retry profile=north run=run-1 result=noSnapshot" in [line.getMessage() for line in caplog.records]


def test_a_later_wish_is_not_dropped_with_an_earlier_one() -> None:
    world = finished("run-2")

    def changed() -> None:
        door.change(world.store, world.settings, "north", lambda r: Edited(replace(r, retry="run-2"), None))

    at(world, "blobs", changed)
    do(world, "take")
    assert world.record().retry == "run-2"


def test_copies_that_are_under_way_are_waited_for() -> None:
    world = finished()
    world.store.copy_slow = lambda: True
    before = world.record()
    assert do(world, "take") == Plan("wait", 1.0, then="take")
    assert world.record() == before


@pytest.mark.parametrize("fields", [{"paused": PAUSED}, {"current": run("checked")}, {"retry": "run-2"}])
def test_a_repetition_is_not_swapped_into_a_record_that_has_changed(fields: dict[str, Any]) -> None:
    world = finished()

    def changed() -> None:
        door.change(world.store, world.settings, "north", lambda r: Edited(replace(r, **fields), None))

    at(world, "copy", changed)
    assert do(world, "take") is None
    record = world.record()
    assert record.current == fields.get("current")
    assert record.retry == fields.get("retry", "run-1")


def test_pause_and_resume_are_swaps_that_wake() -> None:
    world = lay(None)
    before = world.record()
    assert paused(work(world), PAUSED) == "done"
    there = world.record()
    assert there == replace(before, paused=PAUSED, poke=True, swap=there.swap)
    assert paused(work(world), replace(PAUSED, by="another")) == "already"
    assert world.record() == there
    assert resumed(work(world)) == "done"
    assert world.record() == replace(before, poke=True, swap=world.record().swap)
    assert resumed(work(world)) == "already"


@pytest.mark.parametrize(
    ("fields", "answer"),
    [
        ({"retry": None}, "done"),
        ({"retry": None, "current": run("checked", run_id="run-0")}, "done"),
        ({"retry": None, "current": run("checked")}, "busy"),
        ({}, "already"),
        ({"retry": "run-0"}, "busy"),
    ],
)
def test_a_wish_to_repeat_a_run(fields: dict[str, Any], answer: str) -> None:
    world = finished(**fields)
    before = world.record()
    assert retried(work(world), "run-2") == "noSuchRun"
    assert retried(work(world), "run-") == "noSuchRun"
    assert retried(work(world), "run-1") == answer
    after = world.record()
    assert after == (replace(before, retry="run-1", poke=True, swap=after.swap) if answer == "done" else before)


def test_a_wish_is_written_whoever_drives() -> None:
    world = finished(retry=None, driver=None)
    assert retried(work(world), "run-1") == "done"
    assert paused(work(world), PAUSED) == "done"
    assert resumed(work(world)) == "done"
