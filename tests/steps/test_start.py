"""The guards of start, one by one: when it asks, and what it writes down before the POST."""

from typing import Any

import pytest
from msgspec.structs import replace

from shared import starts
from shared.decide import Plan
from shared.life import Stage
from shared.record import Claim, Current, Decision, Ending, Poll, StartIntent, Target, Times, Waiting
from shared.sds.port import Answer, Readiness, Reply, SyncState
from tests.model.world import GUID, World

from .desk import (
    HOUR,
    NOW,
    SECOND,
    WORDS,
    MemoryIndustryData,
    asked,
    at,
    change,
    do,
    lay,
    no,
    run,
)

INTENT = StartIntent(NOW, 1, NOW, looked=True, status="success")
PAUSED = Decision(False, NOW)
OTHERS = Target("classic", "99999999-2222-3333-4444-555555555555")
STILL: tuple[Stage, ...] = ("taken", "cleared", "held", "checked", "uploading", "ended", "following", "synced")
LAST = NOW - 20 * HOUR
"""When the service last synced."""


def current(world: World) -> Current:
    there = world.record().current
    assert there is not None
    return there


def counted(world: World) -> list[str]:
    return [start.by for start in starts._read(world.store, world.settings)[0].starts]


@pytest.mark.parametrize(
    "given",
    [
        None,
        *(run(stage) for stage in STILL),
        run("verifying"),
        run("uploaded", target=OTHERS),
        run("uploaded", claim=Claim(1, NOW + SECOND)),
        run("uploaded", poll=Poll(NOW + SECOND, 1)),
        run("starting", start_intent=replace(INTENT, attempts=2)),
        run("starting", start_intent=replace(INTENT, looked=False)),
        run("starting", start_intent=replace(INTENT, watch_until=NOW + SECOND)),
    ],
)
def test_nothing_is_asked_and_nothing_changes_unless_it_is_time_to_start(given: Current | None) -> None:
    world = lay(given)
    before = world.record()
    assert do(world, "start") is None
    assert (asked(world), world.record()) == ([], before)


@pytest.mark.parametrize("given", [run("uploaded"), run("verified"), run("uploaded", claim=Claim(3, NOW))])
def test_the_intent_is_in_the_record_before_the_post(given: Current) -> None:
    world = lay(replace(given, poll=Poll(NOW, 9), waiting=Waiting("timedOut")))
    then: list[Current] = []
    at(world, "start", lambda: then.append(current(world)))
    assert do(world, "start") == Plan("report")
    watch_until = NOW + world.settings.start_confirm * SECOND
    intent = StartIntent(
        NOW,
        1,
        watch_until,
        status="success",
        last_activity_date_time=LAST,
        last_synchronization_date_time=LAST,
        seen=NOW,
    )
    assert then == [replace(given, stage="starting", start_intent=intent)]
    assert asked(world) == ["sync_state", "start"]
    assert current(world) == replace(
        then[0], stage="ended", times=Times(started=NOW), ending=Ending("started", NOW, verification="complete")
    )


def test_a_pause_stops_the_first_post_and_not_the_second() -> None:
    world = lay(run("uploaded"), paused=PAUSED)
    assert do(world, "start") is None
    assert (world.sds.posts, current(world)) == ([], run("uploaded"))
    world = lay(run("starting", start_intent=INTENT), paused=PAUSED)
    assert do(world, "start") == Plan("report")
    assert len(world.sds.posts) == 1


def test_a_second_post_is_measured_by_what_was_seen_before_the_first() -> None:
    world = lay(run("starting", start_intent=INTENT))
    assert do(world, "start") == Plan("report")
    intent = current(world).start_intent
    watch_until = NOW + world.settings.start_confirm * SECOND
    assert intent == replace(INTENT, attempts=2, watch_until=watch_until, looked=False)
    assert asked(world) == ["sync_state", "start"]


@pytest.mark.parametrize(("age", "again"), [(0, False), (30, False), (30.5, True), (None, True)])
def test_readiness_is_asked_again_right_before_the_start(age: float | None, again: bool) -> None:
    world = lay(run("uploaded", ready_at=None if age is None else NOW - age * SECOND))
    formats: list[str | None] = []
    usual = world.sds.readiness

    def readiness(profile: str, file_format: str | None = None) -> Reply[Readiness]:
        assert profile == GUID
        formats.append(file_format)
        return usual(profile, file_format)

    world.sds.readiness = readiness  # type: ignore[method-assign]
    assert do(world, "start") == Plan("report")
    assert formats == (["sdsV1"] if again else [])
    assert asked(world) == ["readiness"] * again + ["sync_state", "start"]
    assert current(world).ready_at == (NOW if again or not age else NOW - age * SECOND)


OLD = run("uploaded", ready_at=NOW - HOUR)


@pytest.mark.parametrize(
    ("reply", "after"),
    [
        (
            Reply(Answer.OK, Readiness("provisioning", "wait")),
            {"profile_state": "provisioning", "waiting": Waiting("timedOut"), "poll": Poll(NOW + 30 * SECOND, 60)},
        ),
        (
            no(Answer.FORBIDDEN),
            {
                "waiting": Waiting("failed", replace(WORDS, code="accessDenied")),
                "poll": Poll(NOW + 30 * SECOND, 60),
            },
        ),
        (
            no(Answer.FORBIDDEN, 70.0),
            {
                "waiting": Waiting("failed", replace(WORDS, code="accessDenied")),
                "poll": Poll(NOW + 70 * SECOND, 60),
            },
        ),
    ],
)
def test_a_profile_that_is_not_ready_any_more_is_waited_for(reply: Reply[Any], after: dict[str, Any]) -> None:
    world = lay(OLD)
    world.sds.faults["readiness"] = [reply]
    assert do(world, "start") is None
    assert (world.sds.posts, current(world)) == ([], replace(OLD, ready_at=None, **after))


def test_a_profile_that_will_not_be_ready_ends_the_run() -> None:
    world = lay(OLD)
    world.sds.faults["readiness"] = [no(Answer.NOT_FOUND)]
    assert do(world, "start") is None
    assert world.sds.posts == []
    after = replace(
        OLD, ready_at=None, stage="ended", ending=Ending("profileUnusable", NOW, replace(WORDS, code="notFound"))
    )
    assert replace(current(world), ready_at=None) == after


@pytest.mark.parametrize("fields", [{"stage": "starting", "start_intent": INTENT}, {"stage": "ended"}])
def test_an_answer_of_readiness_is_nothing_to_a_run_that_went_on(fields: dict[str, Any]) -> None:
    world = lay(OLD)
    at(world, "readiness", lambda: change(world, **fields))
    assert do(world, "start") is None
    assert (world.sds.posts, current(world)) == ([], replace(OLD, **fields))


@pytest.mark.parametrize(
    "fields",
    [{"stage": "starting", "start_intent": INTENT}, {"stage": "ended"}, {"claim": Claim(1, NOW + SECOND)}],
)
def test_only_who_wins_the_swap_of_the_intent_sends(fields: dict[str, Any]) -> None:
    world = lay(run("uploaded"))
    at(world, "sync_state", lambda: change(world, **fields))
    assert do(world, "start") is None
    assert (world.sds.posts, current(world)) == ([], replace(run("uploaded"), **fields))


def test_who_hung_for_as_long_as_a_start_is_watched_does_not_send() -> None:
    for seconds, posts in ((world_confirm := lay(None).settings.start_confirm, 0), (world_confirm - 1, 1)):
        world = lay(run("uploaded"))

        def hang(world: World = world, seconds: float = seconds) -> None:
            world.now += seconds * SECOND

        at(world, "written", hang)
        do(world, "start")
        assert len(world.sds.posts) == posts


@pytest.mark.parametrize("answer", [Answer.NOT_FOUND, Answer.BAD_REQUEST])
def test_a_profile_that_never_synced_has_no_status(answer: Answer) -> None:
    world = lay(run("uploaded"))
    world.sds.faults["sync_state"] = [no(answer)]
    assert do(world, "start") == Plan("report")
    intent = current(world).start_intent
    assert intent == StartIntent(NOW, 1, NOW + world.settings.start_confirm * SECOND)


@pytest.mark.parametrize("answer", [Answer.UNAVAILABLE, Answer.THROTTLED])
def test_a_state_that_is_not_told_is_waited_for(answer: Answer) -> None:
    for fields in ({}, {"stage": "starting", "start_intent": INTENT}, {"stage": "ended"}):
        world = lay(run("uploaded"))
        world.sds.faults["sync_state"] = [no(answer, 50.0)]
        if fields:
            at(world, "sync_state", lambda world=world, fields=fields: change(world, **fields))  # type: ignore[misc]
        assert do(world, "start") is None
        waiting = Waiting("failed", replace(WORDS, code="serviceUnavailable"))
        after = fields or {"waiting": waiting, "poll": Poll(NOW + 50 * SECOND, 60)}
        assert (world.sds.posts, current(world)) == ([], replace(run("uploaded"), **after))


RUNNING = SyncState("inProgress", "running", NOW, LAST, run="run-9", seen=NOW)


def test_a_sync_that_runs_is_noted_on_one_api_and_waited_for_on_the_other() -> None:
    world = lay(run("uploaded"))
    world.sds.faults["sync_state"] = [Reply(Answer.OK, RUNNING)]
    assert do(world, "start") == Plan("report")
    intent = current(world).start_intent
    assert intent is not None
    assert (intent.running, intent.run, intent.status) == (True, "run-9", "inProgress")
    given = run("verified", MemoryIndustryData)
    world = lay(given, MemoryIndustryData)
    world.sds.faults["sync_state"] = [Reply(Answer.OK, RUNNING)]
    assert do(world, "start") is None
    there = current(world)
    assert there.waiting is not None
    assert there.waiting.failure is not None
    assert (there.waiting.outcome, there.waiting.failure.code) == ("acceptedForSchedule", "runInProgress")
    assert there.waiting.failure.message.startswith("Another run of the tenant was in progress until the deadline;")
    assert there.poll == Poll(NOW + 30 * SECOND, 60)
    assert (world.sds.posts, counted(world)) == ([], [])


class UsedUp(MemoryIndustryData):
    starts_allowed = (0, 60.0)


def test_a_start_is_counted_before_the_post_and_only_so_many_are_made() -> None:
    world = lay(run("verified", MemoryIndustryData), MemoryIndustryData)
    at(world, "start", lambda: counts.append(counted(world)))
    counts: list[list[str]] = []
    assert do(world, "start") == Plan("report")
    assert counts == [["north/run-1/1"]]
    for given, tries in ((run("verified", MemoryIndustryData), None), (None, INTENT)):
        there = given or run("starting", MemoryIndustryData, start_intent=tries)
        world = lay(there, UsedUp)
        assert do(world, "start") is None
        after = current(world)
        assert (after.ending, after.start_intent) == (Ending("acceptedForSchedule", NOW), tries)
        assert after.warnings[0].startswith("The starts that the service allows in twelve hours are used up;")
        assert (world.sds.posts, after.times.started) == ([], None)
