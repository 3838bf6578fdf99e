"""What each answer leaves in a run, to the last field: `learn` and the small questions that it is made of."""

from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from msgspec.structs import replace

from shared.learn import (
    Ask,
    Asked,
    ask,
    backoff,
    claimed,
    due,
    ended,
    failure,
    learn,
    outcome_of,
    put_off,
    started,
    started_outcome,
    verdict_ending,
    watched,
)
from shared.life import IllegalMove, Stage
from shared.record import (
    Claim,
    Current,
    Drop,
    DropFile,
    Ending,
    Poll,
    StartIntent,
    Target,
    Times,
    Waiting,
)
from shared.sds.answers import Act, Rule
from shared.sds.port import Answer, Failure, Readiness, Reply, ServiceMessage, SyncState, Verdict
from tests.model.world import GUID, SETTINGS

NOW = datetime(2026, 11, 22, 12, tzinfo=UTC)
SECOND = timedelta(seconds=1)
DROP = Drop("sdsV1", (DropFile("School.csv", "School.csv", "north/School.csv", "0x0", 5),))
WORDS = Failure("theirs", "their words", "request")
WARNED = ServiceMessage("warning", "School.csv", "one")
ERROR = ServiceMessage("error", "School.csv", "two")
INTENT = StartIntent(NOW - SECOND, 1, NOW + 10 * SECOND)
OLD = SyncState("success", "succeeded", NOW - timedelta(hours=9), NOW - timedelta(hours=8), 3, seen=NOW)


def run(stage: Stage, **fields: Any) -> Current:
    target = fields.pop("target", Target("classic", GUID))
    return Current("run-1", stage, target, DROP, Times(), NOW + timedelta(hours=1), **fields)


def learned(current: Current, what: Ask, reply: Reply[Any], now: datetime = NOW) -> Current:
    return learn(current, Asked(what, reply), now, SETTINGS)


@pytest.mark.parametrize(
    ("current", "asked"),
    [
        (None, None),
        (run("taken"), None),
        (run("cleared"), None),
        (run("uploading"), None),
        (run("uploaded"), None),
        (run("verified"), None),
        (run("ended"), None),
        (run("synced"), None),
        (run("checked"), "readiness"),
        (run("checked", ready_at=NOW), None),
        (run("checked", poll=Poll(NOW + SECOND, 1)), None),
        (run("checked", poll=Poll(NOW, 1)), "readiness"),
        (run("checked", waiting=Waiting("timedOut")), "readiness"),
        (replace(run("checked", waiting=Waiting("timedOut")), deadline=NOW), None),
        (replace(run("checked", waiting=Waiting("timedOut")), deadline=NOW + SECOND), "readiness"),
        (replace(run("checked"), deadline=NOW), "readiness"),
        (run("verifying"), None),
        (run("verifying", operation="one"), "verification"),
        (run("starting", start_intent=INTENT), "sync"),
        (run("starting", start_intent=replace(INTENT, operation="two")), "operation"),
        (run("starting", start_intent=replace(INTENT, watch_until=NOW)), "sync"),
        (run("starting", start_intent=replace(INTENT, watch_until=NOW, looked=True)), None),
        (run("starting"), None),
        (replace(run("starting", start_intent=INTENT, waiting=Waiting("failed")), deadline=NOW), "sync"),
        (run("following"), "sync"),
        (replace(run("following", waiting=Waiting("timedOut")), deadline=NOW), "sync"),
    ],
)
def test_what_is_asked_is_what_the_stage_waits_for_when_it_is_due(current: Current | None, asked: Ask | None) -> None:
    assert ask(current, NOW) == asked


def test_when_something_is_due_watched_and_claimed() -> None:
    assert due(run("checked"), NOW)
    assert due(run("checked", poll=Poll(NOW, 1)), NOW)
    assert not due(run("checked", poll=Poll(NOW + SECOND, 1)), NOW)
    assert watched(INTENT, NOW)
    assert watched(replace(INTENT, looked=True), NOW)
    assert watched(replace(INTENT, watch_until=NOW), NOW)
    assert not watched(replace(INTENT, watch_until=NOW, looked=True), NOW)
    assert not claimed(run("uploading"), NOW)
    assert not claimed(run("uploading", claim=Claim(1)), NOW)
    assert not claimed(run("uploading", claim=Claim(1, NOW)), NOW)
    assert claimed(run("uploading", claim=Claim(1, NOW + SECOND)), NOW)


@pytest.mark.parametrize(
    ("before", "least", "after", "pause", "interval"),
    [
        (None, 0, None, 30, 60),
        (Poll(NOW, 100), 0, None, 100, 200),
        (Poll(NOW, 200), 0, None, 200, 300),
        (Poll(NOW, 10), 25, None, 25, 20),
        (Poll(NOW, 10), 0, 40, 40, 20),
        (Poll(NOW, 50), 0, 40, 50, 100),
        (None, 0, 1e12, 3600, 60),
    ],
)
def test_a_request_is_put_off_by_a_growing_interval_and_never_beyond_the_deadline(
    before: Poll | None, least: float, after: float | None, pause: float, interval: float
) -> None:
    put = backoff(run("checked", poll=before), NOW, SETTINGS, least, after)
    assert put == run("checked", poll=Poll(NOW + timedelta(seconds=pause), interval))


@pytest.mark.parametrize(
    ("stage", "until", "pause"),
    [
        ("following", NOW + timedelta(hours=2), 7200),
        ("synced", NOW + timedelta(hours=2), 7200),
        ("following", None, 400 * 86400),
        ("following", NOW - timedelta(hours=2), 30),
        ("starting", NOW + timedelta(hours=2), 3600),
    ],
)
def test_after_the_start_the_end_of_following_is_the_deadline(
    stage: Stage, until: datetime | None, pause: float
) -> None:
    put = backoff(run(stage, follow_until=until), NOW, SETTINGS, after=1e12)
    assert put.poll == Poll(NOW + timedelta(seconds=pause), 60)


def test_an_answer_is_waited_on_with_its_rule_its_words_and_its_retry_after() -> None:
    rule = Rule(Act.WAIT, "timedOut", "ours")
    put = put_off(run("checked"), NOW, SETTINGS, rule, Reply(Answer.BUSY, failure=WORDS, retry_after=90.0), 5)
    waiting = Waiting("timedOut", Failure("ours", "their words", "request"))
    assert put == run("checked", waiting=waiting, poll=Poll(NOW + 90 * SECOND, 60))
    put = put_off(run("checked"), NOW, SETTINGS, Rule(Act.WAIT), Reply(Answer.BUSY), 50)
    assert put == run(
        "checked",
        waiting=Waiting("failed", Failure("", "The service gave no reason.")),
        poll=Poll(NOW + 50 * SECOND, 60),
    )
    assert outcome_of(rule) == "timedOut"
    assert failure(Rule(Act.WAIT), Reply(Answer.BUSY, failure=WORDS)) == WORDS


DENIED = Waiting("failed", Failure("accessDenied", "their words", "request"))
EXPIRES = NOW + timedelta(days=9)


@pytest.mark.parametrize(
    ("reply", "after"),
    [
        (
            Reply(Answer.OK, Readiness("provisioned", "ready", expires=EXPIRES)),
            {"profile_state": "provisioned", "expires": EXPIRES, "ready_at": NOW, "times": Times(provisioned=NOW)},
        ),
        (
            Reply(Answer.OK, Readiness("provisioning", "wait")),
            {"profile_state": "provisioning", "poll": Poll(NOW, 9), "waiting": Waiting("timedOut")},
        ),
        (Reply(Answer.FORBIDDEN, failure=WORDS), {"ready_at": None, "poll": Poll(NOW, 9), "waiting": DENIED}),
        (
            Reply(Answer.FORBIDDEN, failure=WORDS, retry_after=50.0),
            {"poll": Poll(NOW + 50 * SECOND, 18), "waiting": DENIED},
        ),
        (
            Reply(Answer.OK),
            {"poll": Poll(NOW, 9), "waiting": Waiting("failed", Failure("", "The service gave no reason."))},
        ),
    ],
)
def test_readiness(reply: Reply[Readiness], after: dict[str, Any]) -> None:
    before = run("checked", poll=Poll(NOW, 9), waiting=Waiting("failed"), ready_at=NOW - SECOND)
    assert learned(before, "readiness", reply) == replace(run("checked"), **after)


@pytest.mark.parametrize(
    ("reply", "ending"),
    [
        (Reply(Answer.NOT_FOUND, failure=WORDS), Ending("profileUnusable", NOW, replace(WORDS, code="notFound"))),
        (Reply(Answer.BAD_REQUEST, failure=WORDS), Ending("failed", NOW, replace(WORDS, code="badRequest"))),
        (
            Reply(Answer.OK, Readiness("gone", "never", "Make a new one.")),
            Ending("profileUnusable", NOW, Failure("gone", "Make a new one.")),
        ),
        (
            Reply(Answer.OK, Readiness("gone", "never")),
            Ending("profileUnusable", NOW, Failure("gone", "The profile is gone.")),
        ),
    ],
)
def test_a_profile_that_will_never_be_ready_ends_the_run(reply: Reply[Readiness], ending: Ending) -> None:
    after = learned(run("checked"), "readiness", reply)
    assert (after.stage, after.ending) == ("ended", ending)


def test_when_the_profile_was_first_ready_stays() -> None:
    before = run("checked")
    before = replace(before, times=Times(provisioned=NOW - SECOND))
    after = learned(before, "readiness", Reply(Answer.OK, Readiness("provisioned", "ready")))
    assert (after.times.provisioned, after.ready_at) == (NOW - SECOND, NOW)


UNEXPECTED = Failure("unexpectedFiles", "x.csv")


@pytest.mark.parametrize(
    ("verdict", "ending"),
    [
        (Verdict(True, started=True), Ending("started", NOW, verification="complete")),
        (Verdict(True, started=True, messages=(WARNED,)), Ending("startedWithWarnings", NOW, verification="complete")),
        (Verdict(True, failure=UNEXPECTED), Ending("failed", NOW, UNEXPECTED, "complete")),
        (Verdict(True, messages=(WARNED, ERROR)), Ending("rejected", NOW, verification="complete")),
        (Verdict(True, failure=WORDS, messages=(WARNED,)), Ending("failed", NOW, replace(WORDS, code="badRequest"))),
        (
            Verdict(True),
            Ending("failed", NOW, Failure("badRequest", "The service did not start the sync and gave no reason.")),
        ),
    ],
)
def test_a_verdict_has_one_ending(verdict: Verdict, ending: Ending) -> None:
    assert verdict_ending(verdict, NOW) == ending


def test_rows_that_the_service_drops_are_a_warning() -> None:
    assert started_outcome(()) == "started"
    assert started_outcome((ERROR,)) == "started"
    assert started_outcome((), row_errors=True) == "startedWithWarnings"
    assert started_outcome((ERROR, WARNED)) == "startedWithWarnings"
    after = started(run("starting", row_errors=True, verification="complete"), NOW)
    assert after.ending == Ending("startedWithWarnings", NOW, verification="complete")
    assert after.times.started == NOW
    again = started(replace(run("starting"), times=Times(started=NOW - SECOND)), NOW)
    assert (again.times.started, again.ending) == (NOW - SECOND, Ending("started", NOW, verification="complete"))


def test_verification() -> None:
    before = run("verifying", operation="one", poll=Poll(NOW, 9), waiting=Waiting("failed"))
    assert learned(before, "verification", Reply(Answer.OK, Verdict(False))) == replace(
        before, waiting=Waiting("timedOut")
    )
    accepted = Verdict(True, accepted=True, messages=(WARNED,) * 300)
    assert learned(before, "verification", Reply(Answer.OK, accepted)) == run(
        "verified", messages=(WARNED,) * 200, verification="complete"
    )
    after = learned(before, "verification", Reply(Answer.OK, Verdict(True, messages=(ERROR,))))
    assert after == run(
        "ended",
        messages=(ERROR,),
        verification="complete",
        ending=Ending("rejected", NOW, verification="complete"),
    )
    after = learned(before, "verification", Reply(Answer.NOT_FOUND, failure=WORDS))
    assert after.ending == Ending("profileUnusable", NOW, replace(WORDS, code="notFound"))
    for reply, poll in (
        (Reply[Verdict](Answer.BUSY, failure=WORDS), Poll(NOW, 9)),
        (Reply[Verdict](Answer.BUSY, failure=WORDS, retry_after=70.0), Poll(NOW + 70 * SECOND, 18)),
    ):
        waiting = Waiting("timedOut", replace(WORDS, code="busy"))
        assert learned(before, "verification", reply) == replace(before, waiting=waiting, poll=poll)
    assert learned(before, "verification", Reply(Answer.OK)).waiting is not None


def test_the_operation_of_a_start() -> None:
    before = run("starting", start_intent=replace(INTENT, operation="two"), poll=Poll(NOW, 9))
    assert learned(before, "operation", Reply(Answer.OK, Verdict(False))) == before
    assert learned(before, "operation", Reply(Answer.UNAVAILABLE, failure=WORDS)) == before
    after = learned(before, "operation", Reply(Answer.THROTTLED, failure=WORDS, retry_after=70.0))
    assert after == replace(before, poll=Poll(NOW + 70 * SECOND, 18))
    failed = Verdict(True, failure=WORDS)
    assert learned(before, "operation", Reply(Answer.OK, failed)).ending == verdict_ending(failed, NOW)
    after = learned(before, "operation", Reply(Answer.QUOTA, failure=WORDS))
    assert after.ending == Ending("acceptedForSchedule", NOW)
    assert after.warnings == ("their words",)
    assert learned(before, "operation", Reply(Answer.OK, Verdict(True, started=True))) == started(before, NOW)
    assert learned(before, "operation", Reply(Answer.UNAVAILABLE), INTENT.watch_until) == started(
        before, INTENT.watch_until
    )
    assert learned(before, "operation", Reply(Answer.UNAVAILABLE), INTENT.watch_until - SECOND).ending is None


def test_an_ending_keeps_what_was_verified_and_a_schedule_is_no_failure() -> None:
    assert ended(run("verified"), Ending("failed", NOW, WORDS)) == run("ended", ending=Ending("failed", NOW, WORDS))
    verified = run("verified", verification="complete")
    assert ended(verified, Ending("failed", NOW)).ending == Ending("failed", NOW, verification="complete")
    assert ended(verified, Ending("failed", NOW, verification="unknown")).ending == Ending(
        "failed", NOW, verification="unknown"
    )
    unknown = run("verified", verification="unknown")
    assert ended(unknown, Ending("failed", NOW)).ending == Ending("failed", NOW)
    rides = ended(run("verified", warnings=("one",)), Ending("acceptedForSchedule", NOW, WORDS))
    assert (rides.warnings, rides.ending) == (("one", "their words"), Ending("acceptedForSchedule", NOW))
    assert ended(run("verified"), Ending("acceptedForSchedule", NOW)).warnings == ()
    with pytest.raises(IllegalMove, match="end from ended"):
        ended(run("ended"), Ending("failed", NOW))
