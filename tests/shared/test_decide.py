"""Decisions are values: thousands of random views, and what no plan may ever do."""

from datetime import UTC, datetime, timedelta
from typing import Any

from hypothesis import given, settings, strategies
from msgspec.structs import replace

from shared.decide import Plan, decide
from shared.inbox import Lack, Survey
from shared.learn import View, ask, due, learn
from shared.record import Current, Driver, Drop, DropFile, Ending, Poll, Record, Seen, StartIntent, Times, Waiting
from shared.sds.port import Answer, Failure, Readiness, Reply, SyncState
from shared.store import Blob
from tests.model.world import SETTINGS

NOW = datetime(2026, 11, 22, 12, tzinfo=UTC)
FILE = Blob("north/School.csv", "0x1", 5, NOW - timedelta(hours=1))
DROP = Drop("sdsV1", (DropFile("School.csv", "School.csv", "north/School.csv", "0x0", 5),))

STAGES = {"verify": ("taken",), "upload": ("checked", "uploading"), "start": ("uploaded",)}
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
    StartIntent, moments, some([1, 2]), moments, some([None, "success"]), flags, maybe_moments, maybe_moments
)
currents = strategies.builds(
    Current,
    run_id=some(["run-1", "run-2"]),
    stage=some(["taken", "checked", "uploading", "uploaded", "ended", "following", "synced"]),
    drop=strategies.just(DROP),
    times=strategies.just(Times()),
    deadline=moments,
    cleared=flags,
    ready=flags,
    poll=strategies.none() | strategies.builds(Poll, moments, some([5.0, 300.0])),
    waiting=strategies.none() | strategies.builds(Waiting, some(["timedOut", "failed"])),
    operation=some([None, "operation"]),
    verified=flags,
    start_intent=strategies.none() | intents,
    follow_until=maybe_moments,
    saw_running=flags,
    ending=strategies.none() | strategies.builds(Ending, some(["started", "failed"]), moments),
)
records = strategies.builds(
    Record,
    profile=strategies.just("north"),
    driver=strategies.just(Driver("me", NOW)),
    inbox=strategies.none() | seen,
    misplaced=strategies.none() | seen,
    current=strategies.none() | currents,
)
states = strategies.builds(
    SyncState, some(["a"]), some(["running", "succeeded", "failed", "unknown"]), maybe_moments, maybe_moments
)


def reply_to(asked: str | None) -> strategies.SearchStrategy[Any]:
    values: dict[str | None, strategies.SearchStrategy[Any]] = {
        "readiness": strategies.builds(Readiness, some(["x"]), some(["ready", "wait", "never"])),
        "sync": states,
    }
    if asked not in values:
        return strategies.none()
    bad = strategies.builds(
        Reply,
        some([answer for answer in Answer if answer is not Answer.OK]),
        failure=strategies.just(Failure("code", "words")),
        retry_after=some([None, 3.5, 1e9]),
    )
    return bad | values[asked].map(lambda value: Reply(Answer.OK, value))


@settings(max_examples=2000, deadline=None)
@given(records, strategies.none() | surveys, flags, flags, strategies.data())
def test_what_no_plan_may_do(
    record: Record, found: Survey | None, misplaced: bool, apart: bool, data: strategies.DataObject
) -> None:
    asked = ask(record, NOW)
    reply = data.draw(reply_to(asked))
    view = View(NOW, record, found, (FILE,) if misplaced else (), asked if reply else None, reply, apart)
    learned = learn(view, SETTINGS)
    view = replace(view, record=learned)
    plan = decide(view, SETTINGS)
    before, current = record.current, learned.current

    assert plan == decide(view, SETTINGS), "a decision is a function of the view"
    assert 0 <= plan.seconds <= SETTINGS.poll_max
    assert plan.seconds > 0 or plan.do != "wait"
    if plan.do == "take" and current is None:
        assert found is not None
        assert found.complete
        assert learned.inbox is not None
        assert learned.inbox.quiet(NOW, SETTINGS.settle)
    if plan.do in ("verify", "upload", "start"):
        assert current is not None
        assert current.stage in STAGES[plan.do]
    if plan.do == "start" and current is not None and current.start_intent is not None:
        assert current.start_intent.attempts < 2
        assert current.start_intent.watch_until <= NOW
    if plan.ending and plan.ending.outcome == "superseded":
        assert current is not None
        assert current.stage in ("taken", "checked")
    if plan.do == "leave":
        assert current is None, "a run that is on its way is never left alone"
    if asked is not None and before is not None:
        assert due(before, NOW), "asked before it was due"
    if before is not None and current is not None:
        assert current.run_id == before.run_id
        assert before.stage not in DECIDED or before.ending is None or current.ending == before.ending


def test_a_plan_crosses_the_activity_boundary_small() -> None:
    import msgspec

    plan = Plan("report", ending=Ending("failed", NOW, Failure("serviceUnavailable", "x" * 300)))
    encoded = msgspec.json.encode(msgspec.to_builtins(plan))
    assert len(encoded) < 1000
    assert msgspec.json.decode(encoded, type=Plan) == plan
