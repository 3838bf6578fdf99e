"""What each look at the sync leaves in a run, to the last field."""

from datetime import timedelta

import pytest
from msgspec.structs import replace

from shared.learn import (
    rebased,
    settled,
)
from shared.outcomes import SyncOutcome
from shared.record import (
    Ending,
    Poll,
    SyncEnding,
    Times,
)
from shared.sds.port import Answer, Reply, SyncState
from tests.model.world import SETTINGS

from .test_learn import INTENT, NOW, OLD, SECOND, learned, run

RUNNING = SyncState("inProgress", "running", NOW, NOW - timedelta(hours=8), seen=NOW)


def sync(state: SyncState | None, answer: Answer = Answer.OK, retry_after: float | None = None) -> Reply[SyncState]:
    return Reply(answer, state, retry_after=retry_after)


def test_following_a_sync() -> None:
    before = run("following", poll=Poll(NOW, 9), misses=1)
    there = replace(before, misses=0)
    assert learned(before, "sync", sync(RUNNING)) == there
    seen = learned(before, "sync", sync(replace(RUNNING, fresh=True)))
    assert seen == replace(there, saw_running=True)
    perhaps = SyncEnding("failed", NOW)
    seen = learned(replace(before, perhaps=perhaps), "sync", sync(replace(RUNNING, fresh=True)))
    assert seen.perhaps is None
    assert learned(before, "sync", sync(replace(OLD, stage="unknown", fresh=True))) == there
    assert learned(before, "sync", sync(OLD)) == there, "last night's success proves nothing"
    done = SyncEnding("succeeded", NOW, "success", 3, "run-9")
    assert learned(before, "sync", sync(replace(OLD, fresh=True, run="run-9"))) == settled(there, done)
    after = learned(replace(before, saw_running=True), "sync", sync(replace(OLD, run="run-9")))
    assert after == settled(replace(there, saw_running=True), done)
    assert after.stage == "synced"


@pytest.mark.parametrize(
    ("answer", "misses", "outcome"),
    [
        (Answer.BAD_REQUEST, 0, "unknown"),
        (Answer.NOT_FOUND, 0, None),
        (Answer.NOT_FOUND, 1, None),
        (Answer.NOT_FOUND, 2, "unknown"),
        (Answer.UNAVAILABLE, 2, None),
    ],
)
def test_three_answers_in_a_row_that_know_nothing_end_the_following(
    answer: Answer, misses: int, outcome: SyncOutcome | None
) -> None:
    before = run("following", misses=misses)
    after = learned(before, "sync", sync(None, answer))
    assert after.sync == (SyncEnding(outcome, NOW) if outcome else None)
    if outcome is None:
        assert after == replace(before, misses=misses + 1 if answer is Answer.NOT_FOUND else 0)
        put = learned(before, "sync", sync(None, answer, 70.0))
        assert put == replace(after, poll=Poll(NOW + 70 * SECOND, 60))


def test_the_end_of_a_sync_that_ran_before_the_start_is_ours_only_if_no_other_begins() -> None:
    intent = replace(INTENT, running=True, last_activity_date_time=NOW - timedelta(hours=1))
    before = run("following", start_intent=intent)
    first = learned(before, "sync", sync(OLD))
    perhaps = SyncEnding("succeeded", NOW, "success", 3)
    assert first == replace(rebased(before, OLD), perhaps=perhaps)
    later = NOW + timedelta(seconds=SETTINGS.start_confirm)
    assert learned(first, "sync", sync(OLD), later - SECOND) == first
    assert learned(first, "sync", sync(OLD), later) == settled(first, perhaps)


def test_what_a_start_is_measured_by_moves_once_the_sync_before_it_is_over() -> None:
    intent = replace(INTENT, running=True)
    before = run("starting", start_intent=intent)
    after = replace(
        intent,
        running=False,
        status="success",
        last_activity_date_time=OLD.last_activity_date_time,
        last_synchronization_date_time=OLD.last_synchronization_date_time,
        seen=NOW,
    )
    assert rebased(before, OLD) == run("starting", start_intent=after)
    for state in (RUNNING, replace(OLD, stage="unknown"), replace(OLD, run="run-9")):
        assert rebased(before, state) is before
    for same in (run("starting", start_intent=INTENT), run("starting")):
        assert rebased(same, OLD) is same


@pytest.mark.parametrize("running", [True, False])
def test_a_fresh_sync_proves_a_start_that_was_not_answered(running: bool) -> None:
    state = replace(RUNNING if running else OLD, fresh=True)
    for verified in ("complete", "none"):
        before = run("starting", start_intent=INTENT, row_errors=True, verification=verified)
        after = learned(before, "sync", sync(state))
        verification = "complete" if verified == "complete" else "unknown"
        assert after == replace(
            before,
            stage="ended",
            times=Times(started=NOW),
            saw_running=running,
            ending=Ending("startedWithWarnings", NOW, verification=verification),  # type: ignore[arg-type]
        )


def test_only_an_answered_look_after_the_watch_lets_a_second_start_go_out() -> None:
    before = run("starting", start_intent=INTENT)
    over = INTENT.watch_until
    assert learned(before, "sync", sync(OLD), over - SECOND) == before
    assert learned(before, "sync", sync(OLD), over) == run("starting", start_intent=replace(INTENT, looked=True))
    assert learned(before, "sync", sync(None, Answer.UNAVAILABLE), over) == before
    put = learned(before, "sync", sync(None, Answer.THROTTLED, 70.0), over)
    assert put == replace(before, poll=Poll(over + 70 * SECOND, 60))
    rested = learned(run("starting", start_intent=replace(INTENT, running=True)), "sync", sync(OLD), over)
    assert rested.start_intent is not None
    assert (rested.start_intent.looked, rested.start_intent.running) == (True, False)
