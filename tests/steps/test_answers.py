"""Every answer of the service has one meaning: the design's answer table, row by row, through whole runs."""

from datetime import timedelta
from itertools import pairwise
from random import Random
from typing import Any

import pytest

from shared.sds.port import (
    Answer,
    ErrorPage,
    Failure,
    Readiness,
    Reply,
    ServiceMessage,
    SyncError,
    SyncState,
    Verdict,
)
from tests.model.service import MemorySds
from tests.model.test_interleavings import new_set
from tests.model.world import World

DAY = 86_400
TIMEOUT = 86_400.0
NO = Failure("code", "words", "request")


def run(faults: dict[str, list[Any]], *, seconds: float = 4 * DAY, **sds: Any) -> World:
    world = World(Random(0))
    world.sds.faults = faults
    for name, value in sds.items():
        setattr(world.sds, name, value)
    new_set(world, 0)
    world.run(seconds)
    return world


def verification(world: World) -> dict[str, Any]:
    (data,) = [m["data"] for m in world.messages().values() if m["type"] == "rosterdrop.verification.v1"]
    return data


def sync(world: World) -> dict[str, Any]:
    (data,) = [m["data"] for m in world.messages().values() if m["type"] == "rosterdrop.sync.v1"]
    return data


def ends(world: World) -> tuple[str, str | None]:
    data = verification(world)
    return data["outcome"], data["failure"]["code"] if data["failure"] else None


def forever(answer: Answer, **more: Any) -> list[Reply]:
    return [Reply(answer, failure=NO, **more)] * 5000


BEFORE = {
    Answer.UNAUTHORIZED: ("failed", "accessDenied"),
    Answer.FORBIDDEN: ("failed", "accessDenied"),
    Answer.NOT_FOUND: ("profileUnusable", "notFound"),
    Answer.THROTTLED: ("failed", "serviceUnavailable"),
    Answer.UNAVAILABLE: ("failed", "serviceUnavailable"),
    Answer.BAD_REQUEST: ("failed", "badRequest"),
}


@pytest.mark.parametrize("answer", BEFORE)
@pytest.mark.parametrize("call", ["readiness", "open_upload"])
def test_before_the_post_for_ever(call: str, answer: Answer) -> None:
    world = run({call: forever(answer)})
    assert ends(world) == BEFORE[answer]
    assert world.sds.posts == []
    assert verification(world)["failure"]["requestId"] == "request"
    waits = answer not in (Answer.NOT_FOUND, Answer.BAD_REQUEST)
    asked = [time for time, name in world.sds.calls if name == call]
    assert len(asked) > 100 if waits else len(asked) == 1
    pauses = [(b - a).total_seconds() for a, b in pairwise(asked)]
    assert all(pause >= world.settings.poll for pause in pauses), "more than one request in a poll interval"
    assert not pauses or max(pauses) <= world.settings.poll_max + world.settings.settle


@pytest.mark.parametrize("answer", [Answer.UNAUTHORIZED, Answer.FORBIDDEN, Answer.THROTTLED, Answer.UNAVAILABLE])
@pytest.mark.parametrize("call", ["readiness", "open_upload", "put", "sync_state"])
def test_before_the_post_for_a_while(call: str, answer: Answer) -> None:
    world = run({call: [Reply(answer, failure=NO)] * (2 if call == "put" else 4)})
    assert ends(world) == ("started", None)
    assert len(world.sds.posts) == 1


def test_retry_after_is_waited_for_and_no_longer_than_the_deadline() -> None:
    world = run({"readiness": [Reply(Answer.THROTTLED, failure=NO, retry_after=3000.5)]})
    first, second = [time for time, name in world.sds.calls if name == "readiness"][:2]
    assert 3000.5 <= (second - first).total_seconds() <= 3100
    world = run({"readiness": [Reply(Answer.THROTTLED, failure=NO, retry_after=10 * TIMEOUT)]})
    assert ends(world) == ("failed", "serviceUnavailable")


def test_busy_upload_waits_and_times_out() -> None:
    assert ends(run({"open_upload": forever(Answer.BUSY)})) == ("timedOut", "busy")
    assert ends(run({"open_upload": [Reply(Answer.BUSY)] * 3})) == ("started", None)


def test_never_provisioned_times_out_without_a_request_too_many() -> None:
    world = run({}, state=lambda: "provisioning")
    assert ends(world) == ("timedOut", None)
    assert verification(world)["profileState"] == "provisioning"
    assert {name for _, name in world.sds.calls} == {"readiness"}


def test_an_unknown_state_waits() -> None:
    assert ends(run({}, state=lambda: "unknownFutureValue")) == ("timedOut", None)


def test_a_failed_profile_is_unusable_at_once() -> None:
    world = run({"readiness": [Reply(Answer.OK, Readiness("expired", "never", "Make a new profile."))]})
    assert ends(world) == ("profileUnusable", "expired")
    assert verification(world)["failure"]["message"] == "Make a new profile."


def test_a_refused_address_is_replaced_at_most_three_times() -> None:
    assert ends(run({"put": [Reply(Answer.FORBIDDEN)] * 2})) == ("started", None)
    world = run({"put": [Reply(Answer.FORBIDDEN)] * 3})
    assert ends(world) == ("failed", "uploadRefused")
    assert [name for _, name in world.sds.calls].count("open_upload") == 3


START = {
    Answer.FORBIDDEN: ("failed", "accessDenied"),
    Answer.NOT_FOUND: ("profileUnusable", "notFound"),
    Answer.BAD_REQUEST: ("failed", "badRequest"),
}


@pytest.mark.parametrize("answer", START)
def test_start_turned_down(answer: Answer) -> None:
    world = run({"start": [Reply(answer, failure=NO)]})
    assert ends(world) == START[answer]
    assert len(world.sds.posts) == 1


@pytest.mark.parametrize(
    ("first", "second", "ended"),
    [
        (Answer.UNAUTHORIZED, None, ("started", None)),
        (Answer.UNAUTHORIZED, Answer.UNAUTHORIZED, ("failed", "unauthorized")),
        (Answer.UNAUTHORIZED, Answer.UNAVAILABLE, ("failed", "startUnconfirmed")),
        (Answer.UNAVAILABLE, Answer.UNAUTHORIZED, ("failed", "unauthorized")),
    ],
)
def test_a_void_token_costs_one_of_the_two_tries(
    first: Answer, second: Answer | None, ended: tuple[str, str | None]
) -> None:
    world = run({"start": [Reply(answer, failure=NO) for answer in (first, second) if answer]})
    assert ends(world) == ended
    assert len(world.sds.posts) == 2


def test_a_throttled_start_waits_and_is_no_try() -> None:
    world = run({"start": [Reply(Answer.THROTTLED, retry_after=100.0)] * 4})
    assert ends(world) == ("started", None)
    assert len(world.sds.posts) == 1
    assert ends(run({"start": forever(Answer.THROTTLED, retry_after=900.0)})) == ("failed", "serviceUnavailable")


def test_an_ambiguous_start_that_worked_is_seen_and_not_repeated() -> None:
    world = run({"start": ["lost"]})
    data = verification(world)
    assert (data["outcome"], data["verification"]) == ("started", "unknown")
    assert len(world.sds.posts) == 1
    assert sync(world)["outcome"] == "succeeded"


def test_an_ambiguous_start_that_did_not_work_is_repeated_once() -> None:
    world = run({"start": [Reply(Answer.UNAVAILABLE)]})
    assert ends(world) == ("started", None)
    assert len(world.sds.posts) == 2


def test_two_ambiguous_starts_are_the_end() -> None:
    world = run({"start": forever(Answer.UNAVAILABLE)})
    assert ends(world) == ("failed", "startUnconfirmed")
    assert len(world.sds.posts) == 2


def test_a_throttled_repeat_still_is_the_only_repeat() -> None:
    throttled, lost = Reply(Answer.THROTTLED, retry_after=60.0), Reply(Answer.UNAVAILABLE)
    world = run({"start": [lost, throttled, throttled, *forever(Answer.UNAVAILABLE)]})
    assert ends(world) == ("failed", "startUnconfirmed")
    assert len(world.sds.posts) == 2
    world = run({"start": [lost, *forever(Answer.THROTTLED, retry_after=900.0)]})
    assert ends(world) == ("failed", "serviceUnavailable")


def test_last_nights_success_is_not_tonights() -> None:
    """The status lags: for a while after the start it still shows last night's end."""
    world = World(Random(0))
    old = SyncState("success", "succeeded", world.sds.last_sync, world.sds.last_sync, 0)
    world.sds.faults = {"sync_state": [Reply(Answer.OK, old)] * 6}
    new_set(world, 0)
    world.run(4 * DAY)
    assert sync(world)["outcome"] == "succeeded"
    assert sync(world)["times"]["ended"] > sync(world)["times"]["started"]
    states = [time for time, name in world.sds.calls if name == "sync_state"]
    assert len(states) > 6


@pytest.mark.parametrize("kind", ["error", "warning", "information"])
@pytest.mark.parametrize("accepted", [True, False])
def test_verdicts(kind: str, accepted: bool) -> None:
    messages = (ServiceMessage(kind, "student.csv", "1 row(s) ..."),)
    world = run({"start": [Reply(Answer.OK, Verdict(True, accepted, accepted, messages))]})
    expected = {
        (True, "warning"): ("startedWithWarnings", None),
        (False, "error"): ("rejected", None),
        (False, "warning"): ("failed", "badRequest"),
        (False, "information"): ("failed", "badRequest"),
    }.get((accepted, kind), ("started", None))
    assert ends(world) == expected
    (message,) = [m for m in verification(world)["messages"] if m["origin"] == "service"]
    assert message == {"type": kind, "fileName": "student.csv", "description": "1 row(s) ...", "origin": "service"}


def test_errors_and_a_running_sync_is_a_failure() -> None:
    verdict = Verdict(True, False, False, (ServiceMessage("error", None, "bad"),))
    now = World(Random(0)).now
    running = Reply(Answer.OK, SyncState("inProgress", "running", now, None))
    still = Reply(Answer.OK, SyncState("success", "succeeded", None, None))
    world = run({"start": [Reply(Answer.OK, verdict)], "sync_state": [still, running]})
    assert ends(world) == ("failed", "startedDespiteErrors")


@pytest.mark.parametrize("answer", [Answer.UNAUTHORIZED, Answer.FORBIDDEN, Answer.THROTTLED, Answer.UNAVAILABLE])
def test_following_waits(answer: Answer) -> None:
    good = Reply(Answer.OK, SyncState("success", "succeeded", None, None))
    world = run({"sync_state": [good, *[Reply(answer, failure=NO)] * 5]})
    assert sync(world)["outcome"] == "succeeded"
    world = run({"sync_state": [good, *forever(answer)]})
    assert sync(world)["outcome"] == "timedOut"


@pytest.mark.parametrize("answer", [Answer.NOT_FOUND, Answer.BAD_REQUEST])
def test_following_ends(answer: Answer) -> None:
    good = Reply(Answer.OK, SyncState("success", "succeeded", None, None))
    times = 3 if answer is Answer.NOT_FOUND else 1
    world = run({"sync_state": [good, *[Reply(answer, failure=NO)] * times]})
    assert sync(world)["outcome"] == "unknown"


def test_two_answers_that_know_nothing_of_the_sync_are_a_slip() -> None:
    good = Reply(Answer.OK, SyncState("success", "succeeded", None, None))
    missing = Reply(Answer.NOT_FOUND, failure=NO)
    running = Reply(Answer.OK, SyncState("inProgress", "running", None, None))
    world = run({"sync_state": [good, missing, missing, running, missing, missing]})
    assert sync(world)["outcome"] == "succeeded"


def test_the_sync_that_failed() -> None:
    assert sync(run({}, ends_in="failed"))["outcome"] == "failed"


def test_a_sync_that_was_seen_running_has_ended_even_if_its_times_stay() -> None:
    last = World(Random(0)).sds.last_sync
    states = [
        SyncState("success", "succeeded", None, last),
        SyncState("inProgress", "running", None, last),
        *[SyncState("error", "failed", None, last)] * 50,
    ]
    world = run({"start": [Reply(Answer.UNAVAILABLE)], "sync_state": [Reply(Answer.OK, state) for state in states]})
    assert (ends(world), len(world.sds.posts)) == (("started", None), 1)
    assert sync(world)["outcome"] == "failed"


def test_a_profile_that_never_synced_has_no_status_before_the_start() -> None:
    absent = Reply(Answer.NOT_FOUND, failure=NO)
    world = World(Random(0))
    later = world.now + timedelta(hours=2)
    ended = Reply(Answer.OK, SyncState("success", "succeeded", later, later))
    world = run({"sync_state": [absent, ended]})
    assert (ends(world), sync(world)["outcome"]) == (("started", None), "succeeded")


ROW = SyncError("student", "InvalidGrade", "Ann is in no grade", "ann", None, "ann")
SLOW = Reply(Answer.THROTTLED, failure=NO, retry_after=500.0)


def test_errors_that_can_not_be_had_are_waited_for() -> None:
    page = Reply(Answer.OK, ErrorPage((ROW, ROW)))
    world = run({"sync_errors": [SLOW, SLOW, *[Reply(Answer.FORBIDDEN, failure=NO)] * 4, page]}, ends_in="failed")
    assert sync(world)["errorsByCode"] == [{"entryType": "student", "errorCode": "InvalidGrade", "count": 2}]
    asked = [time for time, name in world.sds.calls if name == "sync_errors"]
    assert len(asked) == 7
    assert all((b - a).total_seconds() >= 500 for a, b in pairwise(asked[:3]))


def test_errors_that_never_come_hold_up_neither_the_message_nor_the_next_set() -> None:
    world = run({"sync_errors": forever(Answer.UNAVAILABLE)}, ends_in="failed")
    assert (sync(world)["outcome"], sync(world)["errorsByCode"]) == ("failed", [])
    took = max(time for time, name in world.sds.calls if name == "sync_errors") - world.sds.starts[0][0]
    assert took.total_seconds() <= world.settings.follow + 300

    world = run({"sync_errors": forever(Answer.UNAVAILABLE)}, ends_in="failed", seconds=1500)
    assert len(world.messages()) == 1
    new_set(world, 1)
    world.run(1500)
    assert len(world.sds.starts) == 2, "the next set went through while the errors were still waited for"
    assert [m["data"]["outcome"] for m in world.messages().values()].count("failed") == 1


def test_a_circle_of_pages_ends(monkeypatch: pytest.MonkeyPatch) -> None:
    links = {None: "a", "a": "b", "b": "a"}
    monkeypatch.setattr(
        MemorySds, "sync_errors", lambda _sds, _profile, page=None: Reply(Answer.OK, ErrorPage((ROW,), links[page]))
    )
    assert sync(run({}, ends_in="failed"))["errorsByCode"][0]["count"] == 3
