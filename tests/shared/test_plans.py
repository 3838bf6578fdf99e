"""What follows from one look, to the last field: a table of records and inboxes with their plans."""

from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from msgspec.structs import replace

from shared.decide import Do, Plan, View, decide, newer_set, plan_of
from shared.inbox import Inbox, Survey
from shared.life import BEFORE_START, BEFORE_UPLOAD, RUNNING, Stage
from shared.record import (
    Claim,
    Current,
    Decision,
    Drop,
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
    Unmovable,
    Waiting,
)
from shared.sds.port import Failure
from shared.settings import Settings
from shared.store import Blob
from tests.model.world import GUID, SETTINGS

NOW = datetime(2026, 11, 22, 12, tzinfo=UTC)
SECOND = timedelta(seconds=1)
MINUTE = timedelta(minutes=1)
HERE = Target("classic", GUID)
FILE = Blob("north/School.csv", "0x1", 5, NOW - timedelta(hours=1))
WHOLE = Survey("sdsV1", {"School.csv": FILE}, (), (), None, "", "print", "run-2")
LACKING = replace(WHOLE, lacks=(Lack("Student.csv", "missing"),))
BAD = replace(WHOLE, format=None, files={}, problem="unknownFormat")
QUIET = Seen("print", NOW - MINUTE, looks=2)
PAUSED = Decision(False, NOW)
EMPTY = Inbox()
WORDS = Failure("code", "words", "request")


def run(stage: Stage, **fields: Any) -> Current:
    made = Current("run-1", stage, HERE, Drop("sdsV1", ()), Times(), NOW + timedelta(hours=1))
    return replace(made, **fields)


def view(current: Current | None = None, inbox: Inbox = EMPTY, problem: str | None = None, **fields: Any) -> View:
    return View(NOW, Record("north", current=current, **fields), inbox, HERE, problem)


def plan(given: View, settings: Settings = SETTINGS) -> Plan:
    return decide(given, settings)


def wait(seconds: float, then: Do | None = None) -> Plan:
    return Plan("wait", seconds, then)


def failed(code: str, words: str, outcome: Any = "failed", request: str | None = None) -> Plan:
    return Plan("report", ending=Ending(outcome, NOW, Failure(code, words, request)))


def sync(outcome: Any) -> Plan:
    return Plan("report", sync=SyncEnding(outcome, NOW))


SOON = Poll(NOW + 7 * SECOND, 30)
LATER = Poll(NOW + timedelta(hours=9), 30)
HELD = Hold(NOW - MINUTE, NOW + MINUTE, (), told=True)
INTENT = StartIntent(NOW - 10 * SECOND, 1, NOW + 10 * SECOND)
LOOKED = replace(INTENT, watch_until=NOW, looked=True)
AT_DEADLINE = {"deadline": NOW}
DONE = failed("timedOut", "The run was not done at the deadline of all waiting.", "timedOut")
NEVER = "; no sync of ours was seen in the sync's status."


@pytest.mark.parametrize(
    ("current", "expected"),
    [
        (run("taken"), Plan("take")),
        (run("cleared"), Plan("verify")),
        (run("ended"), Plan("report")),
        (run("held", hold=HELD), wait(60)),
        (run("held", hold=replace(HELD, told=False)), Plan("report")),
        (run("held", hold=replace(HELD, decision=Decision(True, NOW))), Plan("verify")),
        (
            run("held", hold=replace(HELD, decision=Decision(False, NOW))),
            failed("refused", "A person refused this run.", "notApproved"),
        ),
        (
            run("held", hold=replace(HELD, until=NOW)),
            failed("noDecision", "Nobody approved this run in time.", "notApproved"),
        ),
        (run("held", hold=replace(HELD, until=NOW, decision=Decision(True, NOW))), Plan("verify")),
        (run("held", hold=HELD, waiting=Waiting("timedOut"), deadline=NOW), wait(60)),
        (run("checked"), wait(1)),
        (run("checked", poll=SOON), wait(7)),
        (run("checked", poll=LATER), wait(300)),
        (run("checked", ready_at=NOW), Plan("upload")),
        (run("checked", ready_at=NOW, poll=SOON), wait(7)),
        (run("checked", ready_at=NOW, claim=Claim(1, NOW + 9 * SECOND)), wait(9)),
        (run("checked", **AT_DEADLINE), DONE),
        (run("checked", claim=Claim(1, NOW + SECOND), **AT_DEADLINE), wait(1)),
        (run("checked", claim=Claim(1, NOW), **AT_DEADLINE), DONE),
        (run("checked", poll=SOON, deadline=NOW + 5 * SECOND), wait(5)),
        (run("checked", poll=SOON, claim=Claim(1, NOW + 3 * SECOND)), wait(7)),
        (run("checked", poll=SOON, claim=Claim(1)), wait(7)),
        (
            run("checked", waiting=Waiting("failed", WORDS), **AT_DEADLINE),
            Plan("report", ending=Ending("failed", NOW, WORDS)),
        ),
        (run("checked", waiting=Waiting("failed", WORDS), ready_at=NOW), Plan("upload")),
        (run("uploading"), Plan("upload")),
        (run("uploading", poll=SOON), wait(7)),
        (run("uploading", claim=Claim(1, NOW + 9 * SECOND)), wait(9)),
        (run("uploaded"), Plan("start")),
        (run("uploaded", poll=SOON), wait(7)),
        (run("verified"), Plan("start")),
        (run("verified", claim=Claim(1, NOW + 9 * SECOND)), wait(9)),
        (run("verifying"), Plan("start")),
        (run("verifying", poll=SOON), wait(7)),
        (run("verifying", operation="one"), wait(1)),
        (run("verifying", operation="one", poll=SOON), wait(7)),
        (run("starting", start_intent=INTENT), wait(1)),
        (run("starting", start_intent=INTENT, poll=SOON), wait(7)),
        (run("starting", start_intent=INTENT, poll=LATER), wait(10)),
        (run("starting", start_intent=replace(INTENT, watch_until=NOW), poll=SOON), wait(7)),
        (run("starting", start_intent=LOOKED), Plan("start")),
        (run("starting", start_intent=LOOKED, poll=SOON), wait(7)),
        (run("starting", start_intent=LOOKED, claim=Claim(1, NOW + 9 * SECOND)), wait(9)),
        (
            run("starting", start_intent=replace(LOOKED, attempts=2)),
            failed("startUnconfirmed", f"The start was sent 2 times and never confirmed{NEVER}"),
        ),
        (
            run("starting", start_intent=replace(LOOKED, attempts=2), waiting=Waiting("failed", WORDS)),
            failed(
                "startUnconfirmed",
                "The start was sent 2 times and never confirmed; the last answer was: words",
                request="request",
            ),
        ),
        (
            run("starting", start_intent=replace(LOOKED, attempts=2), waiting=Waiting("failed")),
            failed("startUnconfirmed", f"The start was sent 2 times and never confirmed{NEVER}"),
        ),
        # A start that may have happened is watched to its end, deadline or not; unanswered for as long again, it ends.
        (run("starting", start_intent=INTENT, waiting=Waiting("failed", WORDS), **AT_DEADLINE), wait(1)),
        (
            run("starting", start_intent=LOOKED, waiting=Waiting("failed", WORDS), **AT_DEADLINE),
            Plan("report", ending=Ending("failed", NOW, WORDS)),
        ),
        (
            run(
                "starting",
                start_intent=StartIntent(NOW - 20 * SECOND, 1, NOW - 10 * SECOND),
                waiting=Waiting("failed", WORDS),
                **AT_DEADLINE,
            ),
            failed(
                "startUnconfirmed",
                "The start was sent 1 time and never confirmed; the last answer was: words",
                request="request",
            ),
        ),
        (run("starting", start_intent=StartIntent(NOW - 19 * SECOND, 1, NOW - 9 * SECOND), **AT_DEADLINE), wait(1)),
        (run("starting", start_intent=StartIntent(NOW - 20 * SECOND, 1, NOW - 10 * SECOND)), wait(1)),
        (run("following", follow_until=NOW + MINUTE), wait(1)),
        (run("following", follow_until=NOW + MINUTE, poll=SOON), wait(7)),
        (run("following", follow_until=NOW + 5 * SECOND, poll=SOON), wait(5)),
        (run("following", follow_until=NOW), sync("timedOut")),
        (run("following"), sync("timedOut")),
        (run("following", follow_until=NOW + MINUTE, waiting=Waiting("failed"), **AT_DEADLINE), wait(1)),
        (run("synced"), Plan("report")),
        (run("synced", poll=SOON), wait(7)),
    ],
)
def test_a_run_s_plan(current: Current, expected: Plan) -> None:
    assert plan(view(current)) == expected


@pytest.mark.parametrize("stage", RUNNING)
def test_a_newer_set_ends_a_run_before_the_upload(stage: Stage) -> None:
    current = run(stage, hold=HELD, ready_at=NOW, start_intent=LOOKED)
    given = View(NOW, Record("north", current=current, inbox=QUIET), Inbox(WHOLE), HERE)
    superseded = Plan("report", ending=Ending("superseded", NOW))
    assert newer_set(given, SETTINGS)
    assert (plan(given) == superseded) == (stage in BEFORE_UPLOAD and stage != "taken")


@pytest.mark.parametrize(
    ("fields", "found"),
    [
        ({"inbox": QUIET, "paused": PAUSED}, WHOLE),
        ({"inbox": replace(QUIET, looks=1)}, WHOLE),
        ({"inbox": QUIET}, LACKING),
        ({"inbox": QUIET}, None),
        ({}, WHOLE),
    ],
)
def test_what_is_no_newer_set(fields: dict[str, Any], found: Survey | None) -> None:
    given = View(NOW, Record("north", **fields), Inbox(found), HERE)
    assert newer_set(given, SETTINGS) is False


def test_a_newer_set_ends_the_following_and_hurries_what_is_told_of_the_sync() -> None:
    following = run("following", follow_until=NOW + MINUTE, poll=SOON)
    given = View(NOW, Record("north", current=following, inbox=QUIET), Inbox(WHOLE), HERE)
    assert plan(given) == sync("overtaken")
    told = View(NOW, Record("north", current=run("synced", poll=SOON), inbox=QUIET), Inbox(WHOLE), HERE)
    assert plan(told) == Plan("report", hurry=True)


@pytest.mark.parametrize("stage", [*RUNNING, "following", "synced", "ended"])
def test_a_run_whose_target_is_another_ends(stage: Stage) -> None:
    words = (
        "The profile's API or GUID was changed in the settings while this run was on its way. "
        "Drop the files again for the new target."
    )
    current = run(stage, hold=HELD, follow_until=NOW + MINUTE, start_intent=INTENT)
    for target in (None, replace(HERE, profile_id="another"), replace(HERE, api="industryData")):
        given = View(NOW, Record("north", current=current, paused=PAUSED), Inbox(), target)
        if stage == "taken":
            assert plan(given) == Plan("take")
        elif stage in ("synced", "ended"):
            assert plan(given) == Plan("report")
        else:
            expected = sync("unknown") if stage == "following" else failed("targetChanged", words)
            assert plan(given) == expected


@pytest.mark.parametrize("stage", RUNNING)
def test_a_bad_setting_of_the_profile_ends_a_run_before_the_upload(stage: Stage) -> None:
    current = run(stage, hold=HELD, ready_at=NOW, start_intent=LOOKED, waiting=Waiting("timedOut"))
    found = plan(view(current, problem="SDS_FILES__north is bad"))
    bad = stage in BEFORE_UPLOAD and stage not in ("taken", "held")
    assert (found == failed("badSetting", "SDS_FILES__north is bad")) == bad


@pytest.mark.parametrize("stage", [*BEFORE_START, "starting", "following"])
def test_a_paused_run_waits_to_the_deadline(stage: Stage) -> None:
    current = run(stage, hold=HELD, ready_at=NOW, start_intent=LOOKED, follow_until=NOW + MINUTE)
    for deadline, paused in (
        (NOW + 9 * SECOND, wait(9)),
        (
            NOW,
            failed(
                "paused",
                "The profile was paused until the deadline of all waiting; `retry` drops the files again.",
                "timedOut",
            ),
        ),
    ):
        found = plan(view(replace(current, deadline=deadline), paused=PAUSED))
        assert (found == paused) == (stage in BEFORE_START and stage not in ("taken", "held"))


MISPLACED = Inbox(misplaced=(FILE,))
STUCK = Unmovable("north/School.csv", "0x1", 5, NOW, "BlobArchived")
YOUNG = replace(QUIET, since=NOW - 20 * SECOND)


@pytest.mark.parametrize(
    ("given", "expected"),
    [
        (view(), Plan("leave")),
        (view(inbox=Inbox(WHOLE)), Plan("leave")),
        (view(paused=PAUSED, inbox=MISPLACED, retry="run-0"), Plan("leave")),
        (view(retry="run-0"), Plan("take")),
        (view(retry="run-0", inbox=MISPLACED), Plan("take")),
        (view(run("checked", poll=SOON), retry="run-0"), wait(7)),
        (View(NOW, Record("north", inbox=QUIET), Inbox(WHOLE), HERE), Plan("take")),
        (View(NOW, Record("north", inbox=YOUNG), Inbox(WHOLE), HERE), wait(40, "take")),
        (View(NOW, Record("north", inbox=replace(QUIET, looks=1)), Inbox(WHOLE), HERE), wait(1, "take")),
        (View(NOW, Record("north", inbox=YOUNG), Inbox(LACKING), HERE), wait(40)),
        (View(NOW, Record("north", inbox=YOUNG, current=run("checked", poll=LATER)), Inbox(WHOLE), HERE), wait(40)),
        (View(NOW, Record("north", inbox=YOUNG, current=run("checked", poll=SOON)), Inbox(WHOLE), HERE), wait(7)),
        (View(NOW, Record("north", inbox=YOUNG, current=run("cleared")), Inbox(WHOLE), HERE), Plan("verify")),
        (view(refusal=Refusal("x", 1)), Plan("refuse")),
        (view(unmovable=(STUCK,)), Plan("refuse")),
        (view(inbox=MISPLACED), Plan("refuse")),
        (view(run("checked", poll=SOON), inbox=MISPLACED), Plan("refuse")),
        (view(run("cleared"), inbox=MISPLACED), Plan("verify")),
        (view(inbox=Inbox(unsettled=NOW + 9 * SECOND)), wait(9)),
        (view(inbox=Inbox(unsettled=NOW)), wait(1)),
        (View(NOW, Record("north", inbox=QUIET), Inbox(BAD), HERE), Plan("refuse")),
        (View(NOW, Record("north", inbox=YOUNG), Inbox(BAD), HERE), wait(40)),
        (View(NOW, Record("north", inbox=QUIET), Inbox(LACKING), HERE), wait(300)),
        (
            View(NOW, Record("north", inbox=replace(QUIET, since=NOW - 59 * MINUTE)), Inbox(LACKING), HERE),
            wait(60),
        ),
        (
            View(NOW, Record("north", inbox=replace(QUIET, since=NOW - 60 * MINUTE)), Inbox(LACKING), HERE),
            Plan("report", incomplete=True),
        ),
        (
            View(NOW, Record("north", inbox=replace(QUIET, since=NOW - 60 * MINUTE, told=True)), Inbox(LACKING), HERE),
            Plan("leave"),
        ),
        (
            View(NOW, Record("north", inbox=QUIET), Inbox(LACKING, unsettled=NOW + 9 * SECOND), HERE),
            wait(9),
        ),
        (
            View(NOW, Record("north", inbox=YOUNG), Inbox(WHOLE, unsettled=NOW + 50 * SECOND), HERE),
            wait(40, "take"),
        ),
    ],
)
def test_an_inbox_s_plan(given: View, expected: Plan) -> None:
    assert plan(given) == expected


@pytest.mark.parametrize("inbox", [WHOLE, LACKING, BAD])
@pytest.mark.parametrize(
    ("minutes", "told", "expected"),
    [
        (100, False, None),
        (101, False, wait(60.6)),
        (400, False, wait(240)),
        (1000, True, wait(300)),
        (24 * 60 - 1, False, wait(300)),
        (24 * 60, False, Plan("report", incomplete=True)),
        (24 * 60, True, wait(300)),
    ],
)
def test_files_that_keep_changing_are_looked_at_less_and_less_and_told(
    inbox: Survey, minutes: int, told: bool, expected: Plan | None
) -> None:
    young = replace(YOUNG, changing=NOW - minutes * MINUTE, told_changing=told)
    given = View(NOW, Record("north", inbox=young), Inbox(inbox), HERE)
    assert plan(given) == (expected or wait(40, "take" if inbox is WHOLE else None))


@pytest.mark.parametrize(
    ("minutes", "told", "expected"),
    [
        (None, False, wait(9)),
        (100, False, wait(9)),
        (101, False, wait(60.6)),
        (1000, True, wait(300)),
        (24 * 60 - 1, False, wait(300)),
        (24 * 60, False, Plan("report", incomplete=True)),
        (24 * 60, True, wait(300)),
    ],
)
@pytest.mark.parametrize("current", [None, run("checked", poll=Poll(NOW + 60 * MINUTE, 9))])
def test_files_of_no_set_that_keep_changing_are_looked_at_less_and_less_and_told(
    current: Current | None, minutes: int | None, told: bool, expected: Plan
) -> None:
    since = NOW - minutes * MINUTE if minutes is not None else None
    restless = Seen("x", NOW, changing=since, told_changing=told)
    record = Record("north", current=current, restless=restless)
    given = View(NOW, record, Inbox(unsettled=NOW + 9 * SECOND), HERE)
    assert plan(given) == expected
    refused = replace(given, inbox=replace(given.inbox, misplaced=MISPLACED.misplaced))
    assert plan(refused) == Plan("refuse"), "what has rested does not wait for what hasn't"


@pytest.mark.parametrize(
    ("poll", "most", "pause", "seconds"),
    [
        (30, 300, 0.2, 1),
        (30, 300, 1.5, 1.5),
        (30, 300, 900, 300),
        (2, 300, 0.2, 1),
        (30, 0.5, 900, 1),
    ],
)
def test_no_wait_is_shorter_or_longer_than_the_settings_have_it(
    poll: float, most: float, pause: float, seconds: float
) -> None:
    settings = replace(SETTINGS, poll=poll, poll_max=most)
    given = view(run("checked", poll=Poll(NOW + timedelta(seconds=pause), 1)))
    assert plan(given, settings) == wait(seconds)
    long = View(NOW, Record("north", inbox=replace(QUIET, since=NOW)), Inbox(WHOLE), HERE)
    assert plan(long, replace(SETTINGS, settle=301)) == wait(300), "what follows is not sure yet"
    assert plan(long, replace(SETTINGS, settle=300)) == wait(300, "take")


def test_a_plan_comes_through_the_engine() -> None:
    assert plan_of({"do": "wait", "seconds": 3, "then": "take"}) == wait(3, "take")
