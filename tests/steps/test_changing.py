"""Files that never come to rest: told once an episode, and cheap however long it lasts."""

from collections.abc import Callable
from random import Random
from typing import Any

import pytest
from msgspec.structs import replace

from shared.steps.sweep import spared
from tests.model.world import SETTINGS, Chaos, World

FILES = ("School.csv", "Section.csv", "Student.csv", "Teacher.csv", "StudentEnrollment.csv", "TeacherRoster.csv")
HOUR, DAY = 3600, 86_400
DIES = Chaos(repeat=0.05, kill=0.02, lose_instance=0.005, lose_event=0.2, late=0.02)


def lay(names: tuple[str, ...] = FILES, seed: int = 1, chaos: Chaos | None = None) -> World:
    """A world of which the app's own `wake` answers the events: who has left word need not come."""
    world = World(Random(seed), chaos or Chaos(), settings=replace(SETTINGS, poll=5), sweep=300)
    usual: Callable[[str], None] = world.wake

    def wake(profile: str) -> None:
        if not world._undisturbed(lambda: spared(world.room, profile)):
            usual(profile)

    world.wake = wake  # type: ignore[method-assign]
    for name in names:
        world.land(f"north/{name}", b"SIS ID,Name\n1,a\n")
    return world


def rewrite(world: World, every: float, days: float, names: tuple[str, ...] = FILES, below: str = "north/") -> None:
    """The exporter writes the same files in turn, again and again."""
    turn = 0

    def write() -> None:
        nonlocal turn
        turn += 1
        world.land(f"{below}{names[turn % len(names)]}", f"SIS ID,Name\n{turn},{world.now}\n".encode())
        if turn * every < days * DAY:
            world.at(every, write)

    world.at(every, write)


def told(world: World) -> list[dict[str, Any]]:
    return [message["data"] for message in world.messages().values()]


def a_day(world: World) -> int:
    world.activities.clear()
    world.run(DAY)
    return sum(world.activities.values())


def after_a_day(world: World) -> dict[str, Any]:
    """The one message that tells what has been changing for a day; before that nothing was told."""
    first = a_day(world)
    assert told(world) == []
    assert first < 3000, "the first hours are looked at as ever"
    world.run(HOUR)
    (message,) = told(world)
    assert (message["outcome"], message["runId"][-2:]) == ("incomplete", "-i")
    return message


@pytest.mark.parametrize("names", [FILES, FILES[:4], ("School.csv",)])
@pytest.mark.parametrize("every", [40, 0.7])
def test_files_that_keep_changing_are_told_after_a_day_and_cost_little(names: tuple[str, ...], every: float) -> None:
    world = lay(names)
    rewrite(world, every, 3.1 if every > 1 else 1.1, names)
    message = after_a_day(world)
    changing, *lacks = message["messages"]
    assert (changing["fileName"], changing["rule"]) == (changing["fileName"], "file.changing")
    assert f"last written: {changing['fileName']} (at " in changing["description"]
    assert changing["fileName"] in names
    assert {each["fileName"] for each in lacks} == set(FILES) - set(names)
    if every > 1:
        assert a_day(world) <= 300
        assert len(told(world)) == 1, "once an episode"
    assert {f"north/{name}" for name in names} == world.store.held["sds-drop"].keys()
    world.run(2 * DAY)
    rest = [each["outcome"] for each in told(world)[1:]]
    assert rest == (["started", "succeeded"] if names == FILES else ["incomplete"])


def test_a_slow_drop_is_taken_as_ever() -> None:
    """A file every fifty seconds for two hours: the last is followed by the settle time and a minute or so."""
    world = lay()
    rewrite(world, 50, 2 / 24)
    world.run(2 * HOUR + 50)
    assert told(world) == []
    world.run(240)
    assert world.record().current is not None or told(world)
    world.run(DAY)
    assert [each["outcome"] for each in told(world)] == ["started", "succeeded"]


def test_each_episode_is_told_once() -> None:
    world = lay()
    for turn in range(2):
        rewrite(world, 40, 1.2)
        world.run(2 * DAY)
        outcomes = [each["outcome"] for each in told(world)]
        assert outcomes == ["incomplete", "started", "succeeded"] * (turn + 1)


@pytest.mark.parametrize(
    ("names", "then"), [(FILES, ("started", "startedWithWarnings")), (("deep/log.csv",), ("invalidDrop",))]
)
@pytest.mark.parametrize("seed", range(6))
def test_it_is_told_once_whoever_dies_meanwhile(names: tuple[str, ...], then: tuple[str, ...], seed: int) -> None:
    world = lay(names, seed=seed, chaos=DIES)
    rewrite(world, 40, 1.5, names)
    world.run(2 * DAY)
    world.chaos = Chaos()
    world.run(DAY)
    outcomes = [each["outcome"] for each in told(world)]
    assert outcomes[0] == "incomplete"
    assert outcomes.count("incomplete") == 1
    assert outcomes[1] in then


def test_a_profile_that_is_paused_meanwhile_is_left_and_resumed() -> None:
    from shared.record import Decision
    from tests.steps.test_looks import edit

    world = lay()
    rewrite(world, 40, 3)
    world.run(1.2 * DAY)
    edit(world, paused=Decision(False, world.now))
    world.run(HOUR)
    assert world.record().driver is None
    assert world.record().paused is not None
    edit(world, paused=None)
    world.run(3 * DAY)
    assert [each["outcome"] for each in told(world)] == ["incomplete", "started", "succeeded"]


ALONE = [
    ("north/readme.txt",),
    ("north/deep/log.csv",),
    ("log.csv",),
    ("south/School.csv", "no way/x"),
    ("north/a.txt", "north/d/a"),
]


@pytest.mark.parametrize("names", ALONE)
@pytest.mark.parametrize("every", [40, 0.7])
def test_files_of_no_set_that_keep_changing_are_told_after_a_day_and_cost_little(
    names: tuple[str, ...], every: float
) -> None:
    world = lay(())
    rewrite(world, every / len(names), 3.1 if every > 1 else 1.1, names, below="")
    message = after_a_day(world)
    assert message["profile"] == ("north" if names[0].startswith("north") else None)
    (changing,) = message["messages"]
    assert changing["rule"] == "file.changing"
    below = {name.removeprefix("north/") for name in names}
    assert changing["fileName"] in below
    assert f"last written: {changing['fileName']} (at " in changing["description"]
    assert set(message["drop"]["ignored"]) == below
    if every > 1:
        assert a_day(world) <= 300
        assert len(told(world)) == 1, "once an episode"
    assert set(names) == world.store.held["sds-drop"].keys()
    world.run(3 * DAY)
    assert world.store.held["sds-drop"].keys() == {name for name in names if name.endswith(".txt")}
    misplaced = [name for name in names if not name.endswith(".txt")]
    rest = sorted(each["outcome"] for each in told(world)[1:])
    assert rest == ["incomplete"] * (len(misplaced) < len(names)) + ["invalidDrop"] * bool(misplaced)


def test_each_episode_of_files_of_no_set_is_told_once() -> None:
    world = lay(())
    for turn in range(2):
        rewrite(world, 40, 1.2, ("deep/log.csv",))
        world.run(2 * DAY)
        assert world.record().restless is None
        outcomes = [each["outcome"] for each in told(world)]
        assert outcomes == ["incomplete", "invalidDrop"] * (turn + 1)


@pytest.mark.parametrize("name", ["deep/log.csv", "readme.txt"])
def test_a_set_that_lands_beside_a_file_of_no_set_that_keeps_changing_is_taken(name: str) -> None:
    world = lay(())
    rewrite(world, 40, 3, (name,))
    world.run(1.5 * DAY)
    for file in FILES:
        world.land(f"north/{file}", b"SIS ID,Name\n1,a\n")
    world.run(600)
    assert [each["outcome"] for each in told(world)] == ["incomplete", "started"]
    world.run(DAY / 2)
    outcomes = [each["outcome"] for each in told(world)]
    assert outcomes == ["incomplete", "started", "succeeded"], "told once an episode"
