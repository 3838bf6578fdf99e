"""The guards of start, one by one: when it asks, what it writes down before the POST, and what each answer leaves."""

from typing import Any

import pytest
from msgspec.structs import replace

from shared import starts
from shared.decide import Plan
from shared.life import Stage
from shared.record import Claim, Current, Decision, Driver, Ending, Poll, StartIntent, Target, Times, Waiting
from shared.sds.port import Answer, Failure, Readiness, Reply, SyncState, Verdict
from tests.model.world import GUID, World

from .desk import (
    ERROR,
    HOUR,
    NOW,
    SECOND,
    WARNED,
    WORDS,
    MemoryIndustryData,
    MemorySds,
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
    assert asked(world) == ["start"]


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


CLASSIC = (run("uploaded"), MemorySds)
INDUSTRY = (run("verified", MemoryIndustryData), MemoryIndustryData)


@pytest.mark.parametrize(("given", "sds"), [CLASSIC, INDUSTRY])
@pytest.mark.parametrize("reply", [no(Answer.THROTTLED, 70.0), no(Answer.UNAVAILABLE, 70.0, Failure("notSent", "no"))])
def test_a_post_that_was_turned_away_unread_is_no_try(given: Current, sds: type[MemorySds], reply: Reply[Any]) -> None:
    world = lay(given, sds)
    world.sds.faults["start"] = [reply]
    assert do(world, "start") is None
    there = current(world)
    assert (there.stage, there.start_intent, there.poll) == ("verified", None, Poll(NOW + 70 * SECOND, 60))
    assert there.waiting is not None
    assert there.waiting.outcome == ("failed" if sds is MemorySds or reply.failure != WORDS else "acceptedForSchedule")
    assert counted(world) == []
    again = replace(given, stage="starting", start_intent=INTENT)
    world = lay(again, sds)
    world.sds.faults["start"] = [reply]
    assert do(world, "start") is None
    there = current(world)
    assert there.stage == "starting"
    assert there.start_intent == replace(INTENT, watch_until=NOW + 70 * SECOND)
    assert there.start_intent.looked
    assert there.poll == Poll(NOW + 70 * SECOND, 60)


def test_a_post_with_a_void_token_is_one_of_two_tries() -> None:
    world = lay(run("uploaded"))
    world.sds.faults["start"] = [no(Answer.UNAUTHORIZED)]
    assert do(world, "start") is None
    there = current(world)
    assert there.start_intent is not None
    intent = there.start_intent
    assert (there.stage, intent.attempts, intent.watch_until, intent.looked) == ("starting", 1, NOW, True)
    assert there.waiting is None
    world.sds.faults["start"] = [no(Answer.UNAUTHORIZED)]
    assert do(world, "start") == Plan("report")
    assert current(world).ending == Ending("failed", NOW, replace(WORDS, code="unauthorized"))


@pytest.mark.parametrize("changed", [False, True])
def test_a_post_that_was_not_answered_is_watched(changed: bool) -> None:
    world = lay(run("uploaded", poll=Poll(NOW, 9)))
    world.sds.faults["start"] = [no(Answer.UNAVAILABLE)]

    def hang() -> None:
        world.now += 7 * SECOND
        if changed:
            change(world, stage="ended")

    at(world, "start", hang)
    assert do(world, "start") is None
    there = current(world)
    assert there.start_intent is not None
    watch_until = NOW + (world.settings.start_confirm + 7 * (not changed)) * SECOND
    assert there.start_intent.watch_until == watch_until
    assert there.waiting == (None if changed else Waiting("failed", replace(WORDS, code="startUnconfirmed")))
    assert there.poll is None


@pytest.mark.parametrize(
    ("given", "verdict", "ending"),
    [
        (CLASSIC, Verdict(True, True, True, (WARNED,)), Ending("startedWithWarnings", NOW, verification="complete")),
        (CLASSIC, Verdict(True, messages=(ERROR,)), Ending("rejected", NOW, verification="complete")),
        (CLASSIC, Verdict(True, failure=WORDS), Ending("failed", NOW, replace(WORDS, code="badRequest"))),
        (INDUSTRY, Verdict(True, True, True), Ending("started", NOW, verification="complete")),
    ],
)
def test_a_verdict_ends_the_run(given: tuple[Current, type[MemorySds]], verdict: Verdict, ending: Ending) -> None:
    world = lay(*given)
    world.sds.faults["start"] = [Reply(Answer.OK, verdict)]
    assert do(world, "start") == Plan("report")
    there = current(world)
    assert (there.ending, there.messages, there.saw_running) == (ending, verdict.messages, False)
    assert there.times.started == (NOW if verdict.started else None)


def test_a_start_after_warnings_or_with_rows_that_will_be_dropped_has_warnings() -> None:
    for fields in ({"messages": (WARNED,)}, {"row_errors": True}):
        world = lay(run("verified", MemoryIndustryData, **fields), MemoryIndustryData)
        assert do(world, "start") == Plan("report")
        there = current(world)
        assert there.ending == Ending("startedWithWarnings", NOW, verification="complete")
        assert there.messages == fields.get("messages", ())
    world = lay(run("uploaded", row_errors=True))
    world.sds.faults["start"] = [Reply(Answer.OK, Verdict(True, messages=(ERROR,)))]
    do(world, "start")
    ending = current(world).ending
    assert ending is not None
    assert ending.outcome == "rejected"


def test_no_more_than_two_hundred_messages_are_kept() -> None:
    world = lay(run("uploaded", messages=(WARNED,) * 150))
    world.sds.faults["start"] = [Reply(Answer.OK, Verdict(True, True, True, (ERROR,) * 300))]
    do(world, "start")
    assert current(world).messages == (*(WARNED,) * 150, *(ERROR,) * 50)


def test_a_start_that_names_an_operation_is_watched_by_it() -> None:
    world = lay(run("verified", MemoryIndustryData, poll=Poll(NOW, 9)), MemoryIndustryData)
    world.sds.faults["start"] = [Reply(Answer.OK, Verdict(True, True, True, operation="operations/1"))]
    assert do(world, "start") is None
    there = current(world)
    assert there.start_intent is not None
    assert (there.stage, there.ending, there.poll) == ("starting", None, None)
    assert there.start_intent.operation == "operations/1"
    assert there.start_intent.watch_until == NOW + world.settings.start_confirm * SECOND
    world = lay(run("verified", MemoryIndustryData), MemoryIndustryData)
    world.sds.faults["start"] = [Reply(Answer.OK, Verdict(True, operation="operations/1", messages=(ERROR,)))]
    assert do(world, "start") == Plan("report")


@pytest.mark.parametrize(
    ("answer", "sds", "ending"),
    [
        (Answer.FORBIDDEN, CLASSIC, Ending("failed", NOW, replace(WORDS, code="accessDenied"))),
        (Answer.NOT_FOUND, CLASSIC, Ending("profileUnusable", NOW, replace(WORDS, code="notFound"))),
        (Answer.QUOTA, INDUSTRY, Ending("acceptedForSchedule", NOW)),
    ],
)
def test_an_answer_without_a_verdict_ends_the_run_by_its_rule(
    answer: Answer, sds: tuple[Current, type[MemorySds]], ending: Ending
) -> None:
    world = lay(*sds)
    world.sds.faults["start"] = [no(answer)]
    assert do(world, "start") == Plan("report")
    assert current(world).ending == ending


FRESH = SyncState("success", "succeeded", NOW, NOW, 0, seen=NOW)
SECOND_TRY = run("starting", start_intent=replace(INTENT, last_activity_date_time=LAST), row_errors=True)
DESPITE = "The service reported errors in the files and runs the sync all the same; look at it in the SDS portal."


@pytest.mark.parametrize(
    ("given", "state", "answer", "ending", "running"),
    [
        # An earlier try may have started it.
        (SECOND_TRY, RUNNING, Answer.FORBIDDEN, Ending("startedWithWarnings", NOW, verification="unknown"), True),
        (SECOND_TRY, FRESH, Answer.FORBIDDEN, Ending("startedWithWarnings", NOW, verification="unknown"), False),
        (SECOND_TRY, None, Answer.FORBIDDEN, Ending("failed", NOW, replace(WORDS, code="accessDenied")), False),
        (
            SECOND_TRY,
            RUNNING,
            Answer.NOT_FOUND,
            Ending("failed", NOW, Failure("startedDespiteErrors", DESPITE)),
            True,
        ),
        # Errors in the files, and the sync runs.
        (
            run("uploaded"),
            RUNNING,
            Answer.OK,
            Ending("failed", NOW, Failure("startedDespiteErrors", DESPITE), "complete"),
            True,
        ),
        (run("uploaded"), FRESH, Answer.OK, Ending("rejected", NOW, verification="complete"), False),
    ],
)
def test_a_refusal_is_believed_only_if_the_sync_is_not_running(
    given: Current, state: SyncState | None, answer: Answer, ending: Ending, running: bool
) -> None:
    world = lay(given)
    verdict = Reply(Answer.OK, Verdict(True, messages=(ERROR,))) if answer is Answer.OK else no(answer)
    world.sds.faults["start"] = [verdict]
    before = given.start_intent is None
    told: Reply[Any] = Reply(Answer.OK, state) if state is not None else no(Answer.UNAVAILABLE)
    usual, seen = world.sds.sync_state, []

    def sync_state(profile: str, asked_with: SyncState | None = None) -> Reply[SyncState]:
        if asked_with is None:
            return usual(profile)
        seen.append(asked_with)
        return replace(told, value=replace(state, fresh=True)) if state is not None else told

    world.sds.sync_state = sync_state  # type: ignore[method-assign]
    assert do(world, "start") == Plan("report")
    there = current(world)
    assert (there.ending, there.saw_running) == (ending, running)
    assert there.start_intent is not None
    assert seen == [there.start_intent.before], before


def test_another_sync_says_nothing_of_a_refusal() -> None:
    """One that is not fresh; and, with verification apart, any after the first POST."""
    world = lay(run("uploaded"))
    world.sds.faults["start"] = [Reply(Answer.OK, Verdict(True, messages=(ERROR,)))]
    do(world, "start")
    assert current(world).ending == Ending("rejected", NOW, verification="complete")
    assert asked(world) == ["sync_state", "start", "sync_state"]
    world = lay(run("verified", MemoryIndustryData), MemoryIndustryData)
    world.sds.faults["start"] = [no(Answer.FORBIDDEN)]
    do(world, "start")
    assert asked(world) == ["sync_state", "start"]


@pytest.mark.parametrize("reply", [None, no(Answer.UNAVAILABLE)])
def test_an_answer_counts_whoever_drives_by_now(reply: Reply[Any] | None) -> None:
    world = lay(run("uploaded"))
    if reply is not None:
        world.sds.faults["start"] = [reply]

    def displaced() -> None:
        from shared import door
        from shared.door import Edited

        door.change(
            world.store,
            world.settings,
            "north",
            lambda record: Edited(replace(record, driver=Driver("other", NOW + HOUR)), None),
        )

    at(world, "start", displaced)
    do(world, "start")
    there = current(world)
    assert (there.ending is not None, there.waiting is not None) == (reply is None, reply is not None)


@pytest.mark.parametrize("run_id", ["run-2", None])
def test_an_answer_is_nothing_to_another_run(run_id: str | None) -> None:
    world = lay(run("uploaded"))
    at(world, "start", lambda: change(world, run_id=run_id or "run-1", stage="starting", start_intent=INTENT))
    before = run("starting", run_id=run_id or "run-1", start_intent=INTENT)
    assert do(world, "start") is None
    assert current(world) == before
