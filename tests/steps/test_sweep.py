"""The sweep: who has something to do and nobody at it; and wake-ups that would change nothing."""

from datetime import timedelta
from typing import Any

import pytest
from msgspec.structs import replace

from shared.inbox import UNADDRESSED
from shared.record import (
    Driver,
)
from shared.steps.sweep import Asleep, asleep, release, spared
from shared.steps.sweep import _newer_told as newer_told
from shared.store import Denied
from tests.model.world import GUID, World

from .desk import HOUR, ME, NOW, lay, run
from .test_looks import ENDED, OTHER, edit, file, shown


def sweep(world: World) -> list[Asleep]:
    return asleep(world.room)


@pytest.mark.parametrize(
    ("driver", "fields", "found"),
    [
        (None, {}, []),
        (None, {"current": run("checked")}, [Asleep("north", None)]),
        (ENDED, {"current": run("checked")}, [Asleep("north", None)]),
        (ENDED, {}, []),
        (OTHER, {"current": run("checked")}, [Asleep("north", "other")]),
        (None, {"retry": "run-0"}, [Asleep("north", None)]),
    ],
)
def test_the_sweep_finds_who_has_something_to_do(
    driver: Driver | None, fields: dict[str, Any], found: list[Asleep]
) -> None:
    world = lay(None, driver=driver)
    edit(world, **fields)
    assert sweep(world) == found


def test_the_sweep_finds_files_of_every_profile() -> None:
    world = lay(None, driver=None)
    assert sweep(world) == []
    for name in ("north/School.csv", f"{GUID.upper()}/School.csv", "south/x.csv", "root.csv", "no way/x.csv"):
        world.store.put("sds-drop", name, b"x")
    world.now += HOUR
    assert sweep(world) == [Asleep(key, None) for key in ("_refused", "north")]
    world.deploy(profiles={"north": GUID, GUID: GUID, "south": GUID})
    assert sweep(world) == [Asleep(key, None) for key in sorted(("north", GUID, "south", UNADDRESSED))]


def test_the_sweep_leaves_alone_what_only_waits_for_files() -> None:
    world = lay(None, driver=None)
    file(world)
    edit(world, inbox=replace(shown(world, NOW - HOUR), looks=2, told=True))
    assert sweep(world) == []
    file(world, "Student.csv")
    assert sweep(world) == [Asleep("north", None)]


def test_the_sweep_looks_at_records_that_say_they_are_open_or_say_nothing() -> None:
    world = lay(run("checked"), driver=None)
    world.store.put("sds-state", "_starts.json", b"{}")
    world.store.put("sds-state", "south.kept", b"")
    there = world.store.held["sds-state"]["north.json"]
    for metadata, found in (({"open": "true"}, 1), ({}, 1), ({"open": "false"}, 0)):
        there.metadata = metadata
        assert len(sweep(world)) == found


def test_one_profile_s_trouble_is_that_profile_s_alone(caplog: pytest.LogCaptureFixture) -> None:
    world = lay(run("checked"), driver=None)
    world.store.put("sds-state", "east.json", b"{")
    world.store.put("sds-state", "west.json", b'{"v":99}')
    world.store.put("sds-state", "south.json", b"{}")
    usual = world.store.read

    def read(container: str, name: str) -> Any:
        if name == "south.json":
            raise Denied("403 AuthorizationFailure")
        return usual(container, name)

    world.store.read = read  # type: ignore[method-assign]
    newer_told.clear()
    caplog.clear()
    for minutes, told in ((0, 1), (59, 0), (60, 1), (61, 0)):
        world.now = NOW + timedelta(minutes=minutes)
        caplog.clear()
        assert sweep(world) == [Asleep("east", None), Asleep("north", None)]
        lines = [line.getMessage() for line in caplog.records]
        assert lines.count("event=recordNewer profile=west") == told
        assert 'event=sweepFailed profile=south why="Denied 403 AuthorizationFailure"' in lines


@pytest.mark.parametrize("driver", [OTHER, ME, None])
def test_a_profile_is_taken_from_the_driver_that_is_gone_and_no_other(
    driver: Driver | None, caplog: pytest.LogCaptureFixture
) -> None:
    world = lay(None, driver=driver)
    caplog.clear()
    release(world.room, "north", "other")
    assert world.record().driver == (None if driver == OTHER else driver)
    lines = [line.getMessage() for line in caplog.records]
    assert lines == (["event=driverGone profile=north driver=other"] if driver == OTHER else [])


@pytest.mark.parametrize(
    ("driver", "poke", "spare"),
    [(OTHER, True, True), (OTHER, False, False), (ENDED, True, False), (None, True, False)],
)
def test_a_wake_up_that_would_change_nothing_is_spared(driver: Driver | None, poke: bool, spare: bool) -> None:
    world = lay(None, driver=driver, poke=poke)
    assert spared(world.room, "north") is spare


def test_a_record_that_can_not_be_read_spares_no_wake_up() -> None:
    for data in (b"{", b'{"v":99}'):
        world = lay(None)
        world.store.put("sds-state", "north.json", data)
        assert spared(world.room, "north") is False
