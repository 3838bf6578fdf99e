"""The same run with something going wrong at each of its storage operations and service calls in turn."""

from collections.abc import Callable
from random import Random

import pytest

from tests.long import LONG

from .service import MemoryIndustryData, MemorySds
from .test_nights import FILES, NIGHT, check
from .world import Chaos, Killed, World


def new_set(world: World, night: int) -> None:
    for turn, name in enumerate(FILES):
        world.land(f"north/{name}", f"night,turn\n{night},{turn}\n".encode())


def overwritten(world: World) -> None:
    """The exporter writes one file anew, and soon after that night's other files."""
    world.land("north/Student.csv", b"night,turn\n1,2\n")
    for turn, name in enumerate(FILES):
        if name != "Student.csv":
            data = f"night,turn\n1,{turn}\n".encode()
            world.at(40, lambda name=name, data=data: world.land(f"north/{name}", data))  # type: ignore[misc]


def replaced(world: World) -> None:
    """A whole new set lands at once."""
    new_set(world, 1)


def killed(world: World) -> None:
    """The host dies; the engine runs the activity again."""
    world.faulty = True
    raise Killed


def paused(world: World) -> None:
    """This process hangs for so long that another driver takes over and goes far; then it wakes up."""
    world.faulty = True  # if it hangs while it starts, a second POST is right
    world.at(0, lambda: new_set(world, 1))
    world.at(200, lambda: world.wake("north"))
    world.interlude(2000)


def repeated(world: World) -> None:
    """Another instance of the same profile runs now."""
    world.wake("north")
    world.interlude(30)


EVERY = 1 if LONG else 4
"""At every fourth operation, unless ROSTERDROP_LONG is set."""

MISFORTUNES: dict[Callable[[World], None], str] = {
    overwritten: "1",
    replaced: "1",
    killed: "0",
    paused: "1",
    repeated: "0",
}


def life(sds: type[MemorySds]) -> World:
    world = World(Random(1), Chaos(), sweep=0, sds=sds)
    new_set(world, 0)
    return world


def operations(sds: type[MemorySds]) -> int:
    world = life(sds)
    world.run(NIGHT)
    check(world, "0")
    return world.operations


@pytest.mark.parametrize("sds", [MemorySds, MemoryIndustryData])
@pytest.mark.parametrize("misfortune", MISFORTUNES, ids=lambda misfortune: misfortune.__name__)
def test_a_misfortune_at_any_point_does_no_harm(misfortune: Callable[[World], None], sds: type[MemorySds]) -> None:
    for point in range(1, operations(sds) + 1, EVERY):
        world = life(sds)
        world.inject[point] = lambda world=world: misfortune(world)  # type: ignore[misc]
        world.run(2 * NIGHT)
        try:
            check(world, MISFORTUNES[misfortune])
            outcomes = [message["data"]["outcome"] for message in world.messages().values()]
            assert set(outcomes) <= {"started", "succeeded", "superseded", "overtaken"}, outcomes
        except AssertionError as error:
            raise AssertionError(f"at operation {point}: {error}") from error
