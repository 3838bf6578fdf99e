"""One step run twice at once, or by a driver that was displaced: at each of its operations in turn."""

from collections.abc import Callable
from datetime import datetime, timedelta
from random import Random

import pytest
from msgspec.structs import replace

from shared import reports
from shared.door import Edited, change
from shared.record import Current, Decision, Driver, Record
from shared.sds.port import Answer, Reply
from shared.steps import STEPS, join
from shared.steps.wishes import paused
from shared.steps.work import Work
from tests.model.service import MemoryIndustryData, MemorySds
from tests.model.test_interleavings import new_set
from tests.model.test_nights import FILES, NIGHT, check
from tests.model.world import Killed, World


def until(condition: Callable[[Record], bool], sds: type[MemorySds] = MemorySds) -> World:
    """A world whose one driver, `me`, has just brought its record this far, by hand."""
    world = World(Random(0), sweep=0, sds=sds)
    new_set(world, 0)
    world.agenda.clear()
    assert join(world.room, "north", "me")
    for _ in range(30):
        if condition(world.record()):
            return world
        plan = STEPS["observe"](world.room, "north", "me", None)
        assert plan is not None
        if plan.do == "wait":
            world.now += timedelta(seconds=plan.seconds)
            if plan.then is not None and not condition(world.record()):
                STEPS[plan.then](world.room, "north", "me", None)
        elif not condition(world.record()):
            STEPS[plan.do](world.room, "north", "me", plan)
    raise AssertionError("never got there")


def count(world: World) -> Callable[[], int]:
    world._depth = 1
    before = world.operations
    return lambda: world.operations - before


def settled(record: Record) -> bool:
    return record.inbox is not None and record.inbox.looks > 1


POINTS: dict[str, Callable[[Record], bool]] = {
    "take": settled,
    "verify": lambda record: record.current is not None and record.current.stage == "cleared",
    "upload": lambda record: record.current is not None and record.current.ready_at is not None,
    "start": lambda record: record.current is not None and record.current.stage == "uploaded",
    "report": lambda record: record.current is not None and record.current.stage == "ended",
}


def finish(world: World) -> None:
    world._depth = 0
    world.inject.clear()
    world.wake("north")
    world.at(400, lambda: world.wake("north"))
    world.run(NIGHT)


@pytest.mark.parametrize("sds", [MemorySds, MemoryIndustryData])
@pytest.mark.parametrize("step", POINTS)
def test_a_step_run_twice_at_once(step: str, sds: type[MemorySds]) -> None:
    """The second runs whole, in the middle of the first."""
    world = until(POINTS[step], sds)
    operations = count(world)
    STEPS[step](world.room, "north", "me", None)
    total = operations()
    for point in range(1, total + 1):
        world = until(POINTS[step], sds)
        count(world)
        world.inject[world.operations + point] = lambda world=world: STEPS[step](  # type: ignore[misc]
            world.room, "north", "me", None
        )
        STEPS[step](world.room, "north", "me", None)
        finish(world)
        try:
            check(world, "0")
            outcomes = {message["data"]["outcome"] for message in world.messages().values()}
            assert outcomes == {"started", "succeeded"}
        except AssertionError as error:
            raise AssertionError(f"{step} at {point}: {error}") from error


@pytest.mark.parametrize("step", ["take", "verify", "upload", "report"])
def test_a_displaced_driver_changes_nothing_more(step: str) -> None:
    world = until(POINTS[step])

    def displaced() -> None:
        world.now += timedelta(seconds=1000)
        assert join(world.room, "north", "other")

    count(world)
    world.inject[world.operations + 2] = displaced
    before, sent = world.record().current, dict(world.sds.container)
    plan = STEPS[step](world.room, "north", "me", None)
    assert plan is None or plan.do == "leave"
    assert world.record().current == before
    assert world.sds.container == sent, "a displaced driver goes on sending"


def test_a_displaced_driver_stops_sending() -> None:
    """At most the file that is on its way arrives."""
    world = until(POINTS["upload"])
    operations = count(world)
    STEPS["upload"](world.room, "north", "me", None)
    for point in range(1, operations() + 1):
        world = until(POINTS["upload"])
        after: list[int] = []

        def displaced(world: World = world, after: list[int] = after) -> None:
            world.now += timedelta(seconds=1000)
            assert join(world.room, "north", "other")
            after.append(len(world.sds.container))

        count(world)
        world.inject[world.operations + point] = displaced
        STEPS["upload"](world.room, "north", "me", None)
        assert len(world.sds.container) <= after[0] + 1, f"goes on sending after operation {point}"


def test_an_upload_in_progress_is_left_alone() -> None:
    world = until(POINTS["upload"])
    operations = count(world)
    STEPS["upload"](world.room, "north", "me", None)
    for point in range(1, operations() + 1):
        world = until(POINTS["upload"])
        count(world)
        world.inject[world.operations + point] = lambda world=world: STEPS["upload"](  # type: ignore[misc]
            world.room, "north", "me", None
        )
        STEPS["upload"](world.room, "north", "me", None)
        assert [name for _, name in world.sds.calls].count("open_upload") == 1


@pytest.mark.parametrize("step", ["upload", "start"])
def test_a_step_that_hung_spoils_nothing(step: str) -> None:
    """It hangs for longer than it is believed to be at work; its twin does all the work; then it goes on."""
    world = until(POINTS[step], MemoryIndustryData)
    operations = count(world)
    STEPS[step](world.room, "north", "me", None)
    for point in range(1, operations() + 1):
        world = until(POINTS[step], MemoryIndustryData)

        def hang(world: World = world) -> None:
            world.now += timedelta(seconds=1000)
            for _ in range(2):
                STEPS[step](world.room, "north", "me", None)

        count(world)
        world.inject[world.operations + point] = hang
        STEPS[step](world.room, "north", "me", None)
        finish(world)
        check(world, "0")
        outcomes = {message["data"]["outcome"] for message in world.messages().values()}
        assert outcomes == {"started", "succeeded"}, f"{step} at {point}: {outcomes}"


@pytest.mark.parametrize("step", ["verify", "report"])
def test_what_hung_leaves_the_report_as_it_is(step: str) -> None:
    """It hangs until others have done all the work, then it goes on."""
    world = until(POINTS[step])
    operations = count(world)
    STEPS[step](world.room, "north", "me", None)
    for point in range(1, operations() + 1):
        world = until(POINTS[step])
        count(world)
        world.inject[world.operations + point] = lambda world=world: finish(world)  # type: ignore[misc]
        STEPS[step](world.room, "north", "me", None)
        run_id = world.record().recent[-1].run_id
        report = reports.read(world.store, world.room.settings, f"north/{run_id}")
        assert report is not None
        known = (report.outcome, bool(report.preflight), bool(report.sync))
        assert known == ("started", True, True), f"operation {point}"


def test_of_two_at_once_one_sends_the_start() -> None:
    """The one in the middle sends and gets no answer; the other must not send its own at once."""
    world = until(POINTS["start"])
    operations = count(world)
    STEPS["start"](world.room, "north", "me", None)
    for point in range(1, operations() + 1):
        world = until(POINTS["start"])
        world.sds.faults["start"] = [Reply(Answer.UNAVAILABLE)]
        count(world)
        world.inject[world.operations + point] = lambda world=world: STEPS["start"](  # type: ignore[misc]
            world.room, "north", "me", None
        )
        STEPS["start"](world.room, "north", "me", None)
        assert len(world.sds.posts) <= 1


@pytest.mark.parametrize("tries", [1, 2])
@pytest.mark.parametrize("times", [1.1, 3])
def test_a_start_whose_driver_died_is_looked_for_before_it_is_sent_again(times: float, tries: int) -> None:
    """For longer than a start is watched nobody watched; the sync, running or ended by now, tells all the same."""
    world = until(POINTS["start"])
    if tries > 1:
        world.faulty = True
        world.sds.faults["start"] = [Reply(Answer.UNAVAILABLE)]
        STEPS["start"](world.room, "north", "me", None)
        for _ in range(2):
            world.now += timedelta(seconds=world.settings.start_confirm)
            STEPS["observe"](world.room, "north", "me", None)

    def die(operation: str) -> None:
        if operation == "started":
            world.sds.before = usual
            raise Killed

    usual, world.sds.before = world.sds.before, die
    with pytest.raises(Killed):
        STEPS["start"](world.room, "north", "me", None)
    world.run(times * world.settings.start_confirm)
    finish(world)
    assert len(world.sds.posts) == tries
    check(world, "0")
    outcomes = {message["data"]["outcome"] for message in world.messages().values()}
    assert outcomes == {"started", "succeeded"}


def test_a_driver_that_hung_before_the_post_does_not_send() -> None:
    world = until(POINTS["start"])

    def hang(operation: str) -> None:
        if operation == "written":
            world.now += timedelta(seconds=world.settings.start_confirm + 1)

    world.store.before = hang
    STEPS["start"](world.room, "north", "me", None)
    assert world.sds.posts == []


def test_a_set_that_changes_while_it_is_taken_is_not_taken() -> None:
    world = until(POINTS["take"])
    count(world)
    start = len(world.trace)
    STEPS["take"](world.room, "north", "me", None)
    trace = world.trace[start:]
    second_look = [point for point, operation in enumerate(trace, 1) if operation == "blobs"][1]
    for point in range(2, len(trace)):
        world = until(POINTS["take"])
        count(world)
        copied = world.operations + point
        world.inject[copied] = lambda world=world: world.land("north/Student.csv", b"night,turn\n1,2\n")  # type: ignore[misc]
        STEPS["take"](world.room, "north", "me", None)
        record = world.record()
        if point <= second_look:
            assert record.current is None, f"taken although a file changed at operation {point}"
            assert not [name for name in world.store.held.get("sds-runs", {}) if name.startswith("north/")]
        assert b"night,turn\n1,2\n" in {held.data for held in world.store.held["sds-drop"].values()}


def test_a_wake_up_while_the_driver_leaves_is_not_lost() -> None:
    """A whole set lands, and its wakes join, at any operation of the last look and of leaving."""
    for point in range(1, 40):
        world = World(Random(0), sweep=0)
        world.wake("north")

        def arrive(world: World = world) -> None:
            new_set(world, 0)
            world.interlude(6)

        world.inject[point] = arrive
        world.run(NIGHT)
        if point not in world.inject:
            check(world, "0")
            assert len(world.sds.posts) == 1, f"the set that landed at operation {point} was forgotten"
        else:
            assert point > 6
            return


def test_newest_wins_before_the_upload_and_not_after() -> None:
    for stage, outcome in (("checked", "superseded"), ("uploading", None), ("following", "overtaken")):
        world = until(lambda record, stage=stage: record.current is not None and record.current.stage == "checked")  # type: ignore[misc]
        world.sds.state = lambda: "provisioning"
        record = world.record()
        assert record.current is not None
        current = replace(record.current, stage=stage, follow_until=world.now + timedelta(days=1))

        def put(record: Record, current: Current = current, until: datetime = world.now) -> Edited[None]:
            return Edited(replace(record, current=current, driver=Driver("me", until)), None)

        world.store.written = lambda *_: None  # the test itself sets the stage
        change(world.store, world.settings, "north", put)
        new_set(world, 1)
        plans = []
        for _ in range(4):
            plan = STEPS["observe"](world.room, "north", "me", None)
            assert plan is not None
            plans.append(plan)
            world.now += timedelta(seconds=plan.seconds or world.settings.settle)
        ended = [plan.ending or plan.sync for plan in plans if plan.ending or plan.sync]
        assert [ending.outcome for ending in ended] == ([outcome] if outcome else [])


@pytest.mark.parametrize("sds", [MemorySds, MemoryIndustryData])
@pytest.mark.parametrize("step", ["upload", "start"])
def test_a_pause_in_the_middle_of_a_step_lets_no_start_begin(step: str, sds: type[MemorySds]) -> None:
    """Who presses it sees `paused`; only a start whose intent was in the record by then may still go out."""
    world = until(POINTS[step], sds)
    operations = count(world)
    STEPS[step](world.room, "north", "me", None)
    for point in range(1, operations() + 1):
        world = until(POINTS[step], sds)
        begun: list[bool] = []

        def press(world: World = world, begun: list[bool] = begun) -> None:
            assert paused(Work(world.room, "north"), Decision(False, world.now)) == "done"
            current = world.record().current
            begun.append(current is not None and current.start_intent is not None)

        count(world)
        world.inject[world.operations + point] = press
        STEPS[step](world.room, "north", "me", None)
        for _ in range(3):
            STEPS["start"](world.room, "north", "me", None)
        assert world.sds.posts == [] or begun == [True], f"started after it was paused at operation {point}"


@pytest.mark.parametrize("sds", [MemorySds, MemoryIndustryData])
def test_a_pause_before_the_session_is_claimed_lets_no_upload_begin(sds: type[MemorySds]) -> None:
    world = until(POINTS["upload"], sds)
    operations = count(world)
    STEPS["upload"](world.room, "north", "me", None)
    unclaimed = 0
    for point in range(1, operations() + 1):
        world = until(POINTS["upload"], sds)
        claims: list[bool] = []

        def press(world: World = world, claims: list[bool] = claims) -> None:
            assert paused(Work(world.room, "north"), Decision(False, world.now)) == "done"
            current = world.record().current
            claims.append(current is not None and current.claim is not None)

        count(world)
        world.inject[world.operations + point] = press
        STEPS["upload"](world.room, "north", "me", None)
        opened = [name for _, name in world.sds.calls].count("open_upload")
        assert opened == 0 or claims == [True], f"uploaded after it was paused at operation {point}"
        unclaimed += claims == [False]
    assert unclaimed, "never paused before the claim"


def test_the_taken_set_is_whole() -> None:
    world = until(POINTS["verify"])
    current = world.record().current
    assert current is not None
    assert [file.upload for file in current.drop.files] == sorted(
        FILES, key=[f.upload for f in current.drop.files].index
    )
    assert world.store.held["sds-drop"] == {}
