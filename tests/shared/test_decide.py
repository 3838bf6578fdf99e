"""Decisions are values: thousands of random views, and what no plan may ever do."""

from datetime import UTC, datetime, timedelta
from typing import Any, get_args

import msgspec
from hypothesis import given, settings, strategies
from msgspec.structs import replace

from shared.decide import FAULTS, Plan, View, decide, tried
from shared.inbox import Inbox, Survey
from shared.inbox import seen as show
from shared.learn import Asked, ask, backoff, claimed, due, learn
from shared.life import BEFORE_UPLOAD, MOVES, RUNNING, Stage
from shared.record import (
    Claim,
    Current,
    Decision,
    Driver,
    Drop,
    DropFile,
    Ending,
    Hold,
    Lack,
    Poll,
    Record,
    Refusal,
    Seen,
    StartIntent,
    SyncEnding,
    Target,
    Times,
    Tries,
    Waiting,
)
from shared.sds.port import Answer, Failure, Readiness, Reply, SyncState, Verdict
from shared.store import Blob
from tests.model.world import GUID, SETTINGS

NOW = datetime(2026, 11, 22, 12, tzinfo=UTC)
FILE = Blob("north/School.csv", "0x1", 5, NOW - timedelta(hours=1))
DROP = Drop("sdsV1", (DropFile("School.csv", "School.csv", "north/School.csv", "0x0", 5),))
HERE = Target("classic", GUID)

STAGES: dict[str, tuple[str, ...]] = {
    "verify": ("cleared", "held"),
    "upload": ("checked", "uploading"),
    "start": ("uploaded", "verifying", "verified", "starting"),
}
DECIDED = ("ended", "following", "synced")

some = strategies.sampled_from
flags = strategies.booleans()
moments = strategies.integers(-100_000, 100_000).map(lambda seconds: NOW + timedelta(seconds=seconds))
maybe_moments = strategies.none() | moments
seen = strategies.builds(Seen, some(["new", "old"]), moments, some([1, 2]), flags)
surveys = strategies.builds(
    lambda complete, problem, run: Survey(
        None if problem else "sdsV1",
        {} if problem else {"School.csv": FILE},
        (),
        () if complete or problem else (Lack("Student.csv", "missing"),),
        "unknownFormat" if problem else None,
        "",
        "new",
        run,
    ),
    flags,
    flags,
    some(["run-1", "run-2"]),
)
intents = strategies.builds(
    StartIntent,
    at=moments,
    attempts=some([1, 2]),
    watch_until=moments,
    looked=flags,
    status=some([None, "success"]),
    running=flags,
    last_activity_date_time=maybe_moments,
    last_synchronization_date_time=maybe_moments,
    operation=some([None, None, "/operations/1"]),
)
holds = strategies.builds(
    Hold,
    since=moments,
    until=moments,
    removed=strategies.just(()),
    told=flags,
    decision=strategies.none() | strategies.builds(Decision, flags, moments),
)


def _consistent(run: Current, intent: StartIntent, hold: Hold, ending: Ending, sync: SyncEnding) -> Current:
    """What a stage implies: an intent where a start was sent, a hold where it is held, an ending where it has one."""
    return replace(
        run,
        start_intent=intent if run.stage in ("starting", "following", "synced") else None,
        hold=hold if run.stage == "held" else None,
        ending=ending if run.stage in DECIDED else None,
        sync=sync if run.stage == "synced" else None,
        operation=run.operation if run.stage == "verifying" else None,
    )


currents = strategies.builds(
    _consistent,
    strategies.builds(
        Current,
        run_id=some(["run-1", "run-2"]),
        stage=some(get_args(Stage)),
        target=some([HERE, HERE, HERE, Target("classic", "another"), Target("industryData", GUID)]),
        drop=strategies.just(DROP),
        times=strategies.just(Times()),
        deadline=moments,
        ready_at=maybe_moments,
        poll=strategies.none() | strategies.builds(Poll, moments, some([5.0, 300.0])),
        waiting=strategies.none() | strategies.builds(Waiting, some(["timedOut", "failed"])),
        claim=strategies.none() | strategies.builds(Claim, some([1, 2]), maybe_moments),
        operation=some([None, "operation"]),
        session_until=maybe_moments,
        follow_until=maybe_moments,
        saw_running=flags,
        misses=some([0, 1, 2]),
    ),
    intents,
    holds,
    strategies.builds(Ending, some(["started", "failed"]), moments),
    strategies.builds(SyncEnding, some(["succeeded", "failed"]), moments),
)
tries = strategies.builds(
    Tries, some(["take", "verify", "upload", "observe"]), some(["", "x"]), moments, some([1, 5]), some([0, FAULTS])
)
records = strategies.builds(
    Record,
    profile=strategies.just("north"),
    driver=strategies.just(Driver("me", NOW)),
    inbox=strategies.none() | seen,
    refusal=strategies.none() | strategies.just(Refusal("r-x1", 1)),
    paused=strategies.none() | strategies.just(Decision(False, NOW)),
    retry=some([None, None, "run-0"]),
    current=strategies.none() | currents,
    tries=strategies.none() | tries,
)
states = strategies.builds(
    SyncState,
    some(["a"]),
    some(["running", "succeeded", "failed", "unknown"]),
    maybe_moments,
    maybe_moments,
    fresh=flags,
)
verdicts = strategies.builds(Verdict, done=flags, accepted=flags, started=flags)


def reply_to(asked: str | None) -> strategies.SearchStrategy[Any]:
    values: dict[str | None, strategies.SearchStrategy[Any]] = {
        "readiness": strategies.builds(Readiness, some(["x"]), some(["ready", "wait", "never"])),
        "sync": states,
        "operation": verdicts,
        "verification": verdicts,
    }
    bad = strategies.builds(
        Reply,
        some([answer for answer in Answer if answer is not Answer.OK]),
        failure=strategies.just(Failure("code", "words")),
        retry_after=some([None, 3.5, 1e12]),
    )
    return bad | values[asked].map(lambda value: Reply(Answer.OK, value))


@settings(max_examples=300, deadline=None)
@given(records, strategies.none() | surveys, flags, some([None, None, "SDS_FILES__north is bad"]), strategies.data())
def test_what_no_plan_may_do(
    record: Record, found: Survey | None, misplaced: bool, problem: str | None, data: strategies.DataObject
) -> None:
    before = record.current
    asked = ask(before, NOW)
    learned = record
    if asked is not None and before is not None:
        assert due(before, NOW), "asked before it was due"
        learned = replace(record, current=learn(before, Asked(asked, data.draw(reply_to(asked))), NOW, SETTINGS))
    view = View(NOW, learned, Inbox(found, (FILE,) if misplaced else ()), HERE, problem)
    plan = decide(view, SETTINGS)
    current = learned.current

    assert plan == decide(view, SETTINGS), "a decision is a function of the view"
    assert 0 <= plan.seconds <= SETTINGS.poll_max
    assert plan.seconds >= 1 or plan.do != "wait", "two looks within a second"
    if plan.do == "take" and current is None and record.retry is None:
        assert found is not None
        assert found.complete
        assert learned.inbox is not None
        assert learned.inbox.quiet(NOW, SETTINGS.settle)
    if plan.do in STAGES:
        assert current is not None
        assert current.stage in STAGES[plan.do]
        assert current.target == HERE, "a run is never sent elsewhere"
    if plan.do in ("upload", "start"):
        assert current is not None
        assert record.paused is None or current.stage == "starting"
        assert not claimed(current, NOW)
    if plan.do == "start" and current is not None and current.start_intent is not None:
        assert current.start_intent.attempts < 2
        assert current.start_intent.looked, "a second POST without an answered look"
    if plan.ending and plan.ending.outcome == "superseded":
        assert current is not None
        assert current.stage in BEFORE_UPLOAD
    if plan.do == "leave":
        assert current is None, "a run that is on its way is never left alone"
    if before is not None and current is not None:
        assert current.run_id == before.run_id
        assert before.stage not in DECIDED or before.ending is None or current.ending == before.ending
        assert _moves(before.stage, current.stage)
    if plan.ending is not None and plan.do == "report":
        assert current is not None
        assert current.stage in RUNNING


def _moves(old: str, new: str) -> bool:
    return old == new or any(old in move.origins and move.to == new for move in MOVES.values())


@settings(max_examples=150, deadline=None)
@given(records, strategies.none() | surveys)
def test_a_step_that_changes_nothing_is_followed_by_a_longer_and_longer_wait(
    record: Record, found: Survey | None
) -> None:
    now = NOW
    record = replace(record, tries=None)
    pauses = []
    for _ in range(40):
        if record.current is not None and ask(record.current, now):  # nothing comes of it
            record = replace(record, current=backoff(record.current, now, SETTINGS))
        view = View(now, record, Inbox(found), HERE)
        plan, record_tries = tried(view, decide(view, SETTINGS), SETTINGS)
        record = replace(record, tries=record_tries, inbox=show(record.inbox, found, now, SETTINGS.settle))
        if plan.do == "leave" or plan.ending or plan.sync:
            break
        pauses.append(plan.seconds)
        now += timedelta(seconds=plan.seconds + 0.02)
    if len(pauses) == 40:
        assert sum(pauses) > 1500, "a loop that goes round without a pause"


def test_an_outage_longer_than_the_deadline_is_no_try() -> None:
    """The app was stopped over the weekend, right after it had planned to take a set: that is not given up unseen."""
    found = Survey("sdsV1", {"School.csv": FILE}, (), (), None, "", "print", "run")
    record = Record("north", inbox=Seen("print", NOW - timedelta(hours=1), looks=2))
    plans, now = [], NOW
    for _ in range(FAULTS + 2):
        view = View(now, record, Inbox(found), HERE)
        plan, record_tries = tried(view, decide(view, SETTINGS), SETTINGS)
        record = replace(record, tries=record_tries)
        plans.append(plan)
        if plan.do == "wait" and plan.then:  # the wait's step came to nothing, too
            now += timedelta(seconds=plan.seconds)
        now += timedelta(days=3) if len(plans) == 1 else timedelta(seconds=1)
    assert [plan.then or plan.do for plan in plans[:FAULTS]] == ["take"] * FAULTS
    assert "refuse" in [plan.do for plan in plans], "what came to nothing so often is given up in the end"


def test_a_plan_crosses_the_activity_boundary_small() -> None:
    plan = Plan("report", ending=Ending("failed", NOW, Failure("serviceUnavailable", "x" * 300)))
    encoded = msgspec.json.encode(msgspec.to_builtins(plan))
    assert len(encoded) < 1000
    assert msgspec.json.decode(encoded, type=Plan) == plan
