"""The question whether the files are right, where that is apart: its guards, and what each answer leaves."""

from datetime import timedelta
from typing import Any

import pytest
from msgspec.structs import replace

from shared.record import (
    Claim,
    Current,
    Poll,
    Waiting,
)
from shared.sds.port import Answer, Reply
from tests.model.service import MemoryIndustryData

from .desk import HOUR, NOW, SECOND, asked, at, change, do, lay, run

CLAIMED = Claim(2, NOW + HOUR)
OVER = NOW - SECOND
INDUSTRY = run("uploaded", MemoryIndustryData, session_until=NOW + HOUR, poll=Poll(NOW, 9), waiting=Waiting("failed"))


def test_the_question_is_claimed_asked_once_and_noted() -> None:
    world = lay(INDUSTRY, MemoryIndustryData)
    then: list[Current | None] = []
    at(world, "verify", lambda: then.append(world.record().current))
    assert do(world, "start") is None
    claimed = Claim(1, NOW + timedelta(seconds=120))
    assert then == [replace(INDUSTRY, stage="verifying", claim=claimed)]
    assert asked(world) == ["verify"]
    after = replace(INDUSTRY, stage="verifying", claim=Claim(1), operation="operation-0", poll=None, waiting=None)
    assert world.record().current == after
    do(world, "start")
    assert asked(world) == ["verify"]


@pytest.mark.parametrize(
    ("answer", "stage"),
    [
        (Answer.THROTTLED, "uploaded"),
        (Answer.BUSY, "uploaded"),
        (Answer.UNAVAILABLE, "uploading"),
        (Answer.FORBIDDEN, "uploading"),
    ],
)
def test_a_question_that_was_not_answered_costs_a_new_upload(answer: Answer, stage: Any) -> None:
    world = lay(INDUSTRY, MemoryIndustryData)
    world.sds.faults["verify"] = [Reply(answer, retry_after=70.0)]
    assert do(world, "start") is None
    current = world.record().current
    assert current is not None
    assert (current.stage, current.claim, current.operation) == (stage, Claim(1), None)
    assert current.poll == Poll(NOW + 70 * SECOND, 18)
    assert current.waiting is not None
    assert current.waiting.failure is not None


def test_a_question_that_is_refused_ends_the_run() -> None:
    world = lay(INDUSTRY, MemoryIndustryData)
    world.sds.faults["verify"] = [Reply(Answer.NOT_FOUND)]
    assert do(world, "start") is None
    current = world.record().current
    assert current is not None
    assert current.ending is not None
    assert current.ending.outcome == "profileUnusable"
    assert current.ending.failure is not None
    assert (current.ending.failure.code, current.ending.at) == ("notFound", NOW)


@pytest.mark.parametrize(
    ("fields", "anew", "asks"),
    [
        ({"session_until": NOW}, True, 0),
        ({"session_until": NOW + SECOND}, False, 1),
        ({"session_until": None}, False, 1),
        ({"stage": "verifying"}, True, 0),
        ({"stage": "verifying", "claim": Claim(1, NOW)}, True, 0),
        ({"stage": "verifying", "operation": "one", "session_until": OVER}, False, 0),
        ({"stage": "verifying", "claim": CLAIMED}, False, 0),
        ({"claim": CLAIMED}, False, 0),
    ],
)
def test_a_session_that_is_over_is_begun_anew(fields: dict[str, Any], anew: bool, asks: int) -> None:
    given = replace(INDUSTRY, **fields)
    world = lay(given, MemoryIndustryData)
    assert do(world, "start") is None
    assert asked(world) == ["verify"] * asks
    if not asks:
        after = replace(given, stage="uploading", session_until=None) if anew else given
        assert world.record().current == after


@pytest.mark.parametrize("fields", [{"claim": Claim(9)}, {"operation": "one"}, {"stage": "verified"}])
def test_a_session_that_is_another_s_by_now_is_not_begun_anew(fields: dict[str, Any]) -> None:
    given = replace(INDUSTRY, stage="verifying")
    world = lay(given, MemoryIndustryData)
    reads = [0]
    usual = world.store.read

    def read(container: str, name: str) -> Any:
        reads[0] += name == "north.json"
        if reads[0] == 2:
            reads[0] += 1
            change(world, **fields)
        return usual(container, name)

    world.store.read = read  # type: ignore[method-assign]
    assert do(world, "start") is None
    assert world.record().current == replace(given, **fields)


def test_a_claim_that_was_lost_before_the_question_asks_nothing() -> None:
    world = lay(INDUSTRY, MemoryIndustryData)
    at(world, "written", lambda: change(world, claim=Claim(5, NOW + HOUR)))
    assert do(world, "start") is None
    assert asked(world) == []
