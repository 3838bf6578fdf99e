"""What is refused or told beside a run may fail for days: the run has no part in it."""

from typing import Any

from shared.record import Hold
from shared.store import Denied
from tests.model.world import World

from .desk import FILES, NOW, lay, run

DAY = 86_400
DENIED = Denied("403 AuthorizationFailure")


def broken(name: str) -> tuple[World, list[Denied]]:
    """A run waits for a person, and no blob of that name is written as long as the list holds something."""
    hold = Hold(NOW, NOW.replace(day=30), (), told=True)
    world = lay(run("held", hold=hold), driver=None)
    world._sweep(300)
    errors, usual = [DENIED], world.store.write

    def write(container: str, blob: str, *rest: Any, **more: Any) -> str:
        if errors and blob.endswith(name):
            raise errors[0]
        return usual(container, blob, *rest, **more)

    world.store.write = write  # type: ignore[method-assign]
    return world, errors


def outcomes(world: World) -> list[str]:
    return [message["data"]["outcome"] for message in world.messages().values()]


def test_a_refusal_that_fails_before_it_stands_in_the_record_ends_no_run() -> None:
    world, errors = broken("portion.json")
    world.land("north/old/x.csv", b"1")
    world.run(2 * DAY)
    assert world.record().refusal is None
    world.activities.clear()
    world.run(DAY)
    current = world.record().current
    assert current is not None
    assert (current.stage, current.ending) == ("held", None)
    assert outcomes(world) == []
    assert sum(world.activities.values()) <= 300
    assert "north/old/x.csv" in world.store.held["sds-drop"]
    errors.clear()
    world.run(DAY / 24)
    assert outcomes(world) == ["invalidDrop"]
    assert "north/old/x.csv" not in world.store.held["sds-drop"]
    current = world.record().current
    assert current is not None
    assert (current.stage, current.ending) == ("held", None)


def test_a_set_that_can_not_be_told_incomplete_ends_no_run() -> None:
    world, errors = broken("-i/message.json")
    world.land(f"north/{FILES[0]}", b"night,turn\n1,1\n")
    world.run(3 * DAY)
    current = world.record().current
    assert current is not None
    assert (current.stage, current.ending) == ("held", None)
    assert outcomes(world) == []
    errors.clear()
    world.run(DAY / 24)
    assert outcomes(world) == ["incomplete"]
