"""What each answer to a POST leaves in the run, to the last field."""

from typing import Any

import pytest
from msgspec.structs import replace

from shared.decide import Plan
from shared.record import Current, Driver, Ending, Poll, Waiting
from shared.sds.port import Answer, Failure, Reply, SyncState, Verdict

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
from .test_start import INTENT, LAST, RUNNING, counted, current

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
def test_a_post_that_was_not_answered_is_watched(changed: bool, caplog: pytest.LogCaptureFixture) -> None:
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
    lines = [line.getMessage() for line in caplog.records]
    assert lines == ["event=startUnanswered profile=north run=run-1 answered=True"]
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
        (
            replace(SECOND_TRY, row_errors=False),
            RUNNING,
            Answer.FORBIDDEN,
            Ending("started", NOW, verification="unknown"),
            True,
        ),
        (
            replace(SECOND_TRY, row_errors=False, messages=(WARNED,)),
            RUNNING,
            Answer.FORBIDDEN,
            Ending("startedWithWarnings", NOW, verification="unknown"),
            True,
        ),
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
        if asked_with is None or "start" not in asked(world):
            return usual(profile, asked_with)
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
