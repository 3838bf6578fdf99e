"""Retry, pause and resume: commands on the record."""

from random import Random

from shared.record import Decision
from shared.steps.wishes import paused, resumed, retried
from shared.steps.work import Work
from tests.model.test_interleavings import new_set
from tests.model.test_nights import FILES, NIGHT, night_of
from tests.model.world import Killed, World


def played() -> World:
    world = World(Random(0))
    new_set(world, 0)
    world.run(NIGHT)
    return world


def work(world: World) -> Work:
    return Work(world.room, "north")


def outcomes(world: World) -> list[str]:
    found = [m for m in world.messages().values() if m["type"] == "rosterdrop.verification.v1"]
    return [message["data"]["outcome"] for message in found]


def test_a_finished_run_is_repeated_as_a_run_of_its_own_as_often_as_one_likes() -> None:
    world = played()
    first = world.record().recent[-1].run_id
    for times in (2, 3, 4):
        assert retried(work(world), first) == "done"
        assert retried(work(world), first) == "already"
        world.run(NIGHT)
        assert outcomes(world) == ["started"] * times, "every repetition has an id and a message of its own"
        assert len(world.sds.posts) == times
        assert world.sds.posts[-1] == world.sds.posts[0]
        assert world.record().retry is None


def test_a_repetition_never_mixes_with_what_is_being_written() -> None:
    world = played()
    first = world.record().recent[-1].run_id
    for name in FILES[:3]:
        world.land(f"north/{name}", b"night,turn\n1,1\n")
    assert retried(work(world), first) == "done"
    world.run(NIGHT)
    assert all(len({night_of(data) for data in sent.values()}) == 1 for _, _, sent in world.sds.starts)
    assert outcomes(world).count("started") == 2
    assert set(world.store.held["sds-drop"]) == {f"north/{name}" for name in FILES[:3]}


def test_a_repetition_that_is_interrupted_anywhere_still_is_one() -> None:
    for point in range(1, 60):
        world = played()
        assert retried(work(world), world.record().recent[-1].run_id) == "done"

        def kill() -> None:
            raise Killed

        world.inject[world.operations + point] = kill
        world.faulty = True
        world.run(2 * NIGHT)
        assert outcomes(world) == ["started", "started"]


def test_what_is_not_there_can_not_be_repeated() -> None:
    world = played()
    assert retried(work(world), "20000101T000000Z-000000000000") == "noSuchRun"
    first = world.record().recent[-1].run_id
    assert retried(work(world), first) == "done"
    for name in [name for name in world.store.held["sds-runs"] if "/files/" in name]:
        del world.store.held["sds-runs"][name]
    world.run(NIGHT)
    assert world.record().retry is None, "a snapshot that was deleted meanwhile holds nothing up"
    new_set(world, 1)
    world.run(NIGHT)
    assert outcomes(world) == ["started", "started"]


def test_a_paused_profile_takes_and_sends_nothing_and_goes_on_when_resumed() -> None:
    world = World(Random(0))
    assert paused(work(world), Decision(False, world.now)) == "done"
    assert paused(work(world), Decision(False, world.now)) == "already"
    new_set(world, 0)
    world.run(NIGHT)
    assert world.messages() == {}
    assert len(world.store.held["sds-drop"]) == len(FILES)
    assert resumed(work(world)) == "done"
    world.run(NIGHT)
    assert outcomes(world) == ["started"]


def test_a_run_that_waits_is_paused_too_and_a_sync_is_followed_all_the_same() -> None:
    world = World(Random(0))
    world.sds.state = lambda: "provisioning"
    new_set(world, 0)
    world.run(1000)
    assert paused(work(world), Decision(False, world.now)) == "done"
    world.sds.state = lambda: "provisioned"
    world.run(10_000)
    assert world.sds.posts == []
    assert resumed(work(world)) == "done"
    world.run(600)
    assert len(world.sds.posts) == 1
    assert paused(work(world), Decision(False, world.now)) == "done"
    world.run(NIGHT)
    assert [m["data"]["outcome"] for m in world.messages().values()] == ["started", "succeeded"]
