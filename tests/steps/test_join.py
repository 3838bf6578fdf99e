"""A wake-up that finds a driver at work leaves word, and what it saw in the inbox."""

from datetime import timedelta
from random import Random

from shared.steps import STEPS, join, leave
from tests.model.test_nights import FILES
from tests.model.world import World

SETTLE = 60


def landed(world: World, name: str) -> None:
    world.store.put("sds-drop", f"north/{name}", f"night,turn\n0,{FILES.index(name)}\n".encode())
    world.wake("north")


def test_a_late_file_settles_from_its_own_landing() -> None:
    """Not from when the driver, which waits out the settle time of the others, next looks up."""
    world = World(Random(0), sweep=0)
    for name in FILES[:-1]:
        landed(world, name)
    began = world.now
    world.at(50, lambda: landed(world, FILES[-1]))
    world.run(50 + SETTLE - 1)
    assert world.record().current is None, "taken before it was quiet"
    world.run(SETTLE)
    current = world.record().current
    assert current is not None
    assert current.times.settled is not None
    assert current.times.settled - began < timedelta(seconds=50 + SETTLE + 5)


def test_an_old_listing_does_not_count_against_a_newer_look() -> None:
    world = World(Random(0), sweep=0)
    landed(world, FILES[0])
    assert join(world.room, "north", "me") or world.running
    before = world.record()
    held, store = dict(world.store.held["sds-drop"]), world.store
    listed = store.blobs

    def late(container: str, prefix: str = "", most: int | None = None) -> list[object]:
        """The listing shows the inbox before the next file; the answer comes after the driver has seen that."""
        found = listed(container, prefix, most)
        store.blobs = listed  # type: ignore[method-assign]
        store.put("sds-drop", f"north/{FILES[1]}", b"night,turn\n0,1\n")
        world.now += timedelta(seconds=5)
        assert before.driver is not None
        STEPS["observe"](world.room, "north", before.driver.instance, None)
        world.now += timedelta(seconds=5)
        return found  # type: ignore[return-value]

    store.blobs = late  # type: ignore[assignment,method-assign]
    assert not join(world.room, "north", "late")
    after = world.record()
    assert held.keys() != store.held["sds-drop"].keys()
    assert after.poke
    assert after.inbox is not None
    assert before.inbox is not None
    assert after.inbox.fingerprint != before.inbox.fingerprint, "the old listing replaced the newer look"


def test_a_poke_keeps_the_driver_from_leaving() -> None:
    world = World(Random(0), sweep=0)
    assert join(world.room, "north", "me")
    assert not join(world.room, "north", "another")
    assert not leave(world.room, "north", "me")
    STEPS["observe"](world.room, "north", "me", None)
    assert leave(world.room, "north", "me")
