"""Industry data: a tenant's runs begin by schedule and in the portal, too; ours is found among them."""

from datetime import timedelta
from random import Random
from typing import Any

import pytest

from shared.sds.port import Answer, Failure, Reply
from tests.model.service import SYNC_SECONDS, MemoryIndustryData
from tests.model.test_interleavings import new_set
from tests.model.world import World

NO = Failure("code", "words")
DAY = 86_400


def world() -> tuple[World, MemoryIndustryData]:
    made = World(Random(0), sds=MemoryIndustryData)
    assert isinstance(made.sds, MemoryIndustryData)
    new_set(made, 0)
    return made, made.sds


def message(world: World, kind: str) -> dict[str, Any]:
    (data,) = [m["data"] for m in world.messages().values() if m["type"] == f"rosterdrop.{kind}.v1"]
    return data


def until_asked(world: World, sds: MemoryIndustryData, call: str) -> None:
    while not any(name == call for _, name in sds.calls):
        world.run(1)


def test_a_run_that_was_there_before_is_not_ours() -> None:
    made, sds = world()
    until_asked(made, sds, "verify")
    sds.others_start()
    made.run(2 * DAY)
    assert message(made, "verification")["outcome"] == "started"
    assert message(made, "sync")["outcome"] == "succeeded", "theirs ended before ours, and failed"


def test_a_later_run_is_not_ours() -> None:
    made, sds = world()
    until_asked(made, sds, "start")
    made.run(SYNC_SECONDS / 2)
    sds.others_start()
    made.run(2 * DAY)
    assert message(made, "sync")["outcome"] == "succeeded", "theirs began after ours, and failed"


def test_the_end_of_a_run_that_was_there_before_proves_no_start() -> None:
    made, sds = world()
    until_asked(made, sds, "verify")
    sds.others_start()
    sds.runs[-1]["startDateTime"] = (made.now - timedelta(seconds=SYNC_SECONDS - 60)).isoformat()
    sds.faults["start"] = [Reply(Answer.UNAVAILABLE, failure=NO)] * 9
    made.run(2 * DAY)
    data = message(made, "verification")
    assert (data["outcome"], data["failure"]["code"]) == ("failed", "startUnconfirmed")
    assert len(sds.posts) == 2


def test_a_start_without_an_answer_is_found_among_the_runs() -> None:
    made, sds = world()
    until_asked(made, sds, "verify")
    sds.others_start()
    sds.faults["start"] = ["lost"]
    made.run(2 * DAY)
    data = message(made, "verification")
    assert (data["outcome"], data["verification"], len(sds.posts)) == ("started", "complete", 1)
    assert message(made, "sync")["outcome"] == "succeeded"


def test_a_refusal_is_believed_though_a_run_of_others_begins() -> None:
    made, sds = world()
    sds.faults["start"] = [Reply(Answer.FORBIDDEN, failure=NO)]
    usual = sds.before

    def begin(call: str) -> None:
        if call == "start":
            sds.others_start()
        usual(call)

    sds.before = begin
    made.run(2 * DAY)
    assert message(made, "verification")["failure"]["code"] == "accessDenied"


@pytest.mark.parametrize("answer", [Answer.THROTTLED, Answer.UNAVAILABLE, Answer.FORBIDDEN])
def test_statistics_are_waited_for(answer: Answer, monkeypatch: pytest.MonkeyPatch) -> None:
    made, _ = world()
    totals = {"inboundTotals": {"errors": 0}}
    replies = [Reply(answer, failure=NO), Reply(answer, failure=NO), Reply(Answer.OK, totals)]
    monkeypatch.setattr(MemoryIndustryData, "statistics", lambda _sds, _profile, _run: replies.pop(0))
    made.run(2 * DAY)
    assert message(made, "sync")["statistics"] == totals


def test_an_upload_whose_session_is_over_is_sent_anew() -> None:
    made, sds = world()
    sds.session_seconds = 50
    sds.faults["verify"] = [Reply(Answer.THROTTLED, retry_after=60.0)]
    made.run(2 * DAY)
    assert message(made, "verification")["outcome"] == "started"
    calls = [name for _, name in sds.calls if name in ("open_upload", "verify")]
    assert calls == ["open_upload", "verify", "open_upload", "verify"]


def test_what_is_put_off_until_the_deadline_was_verified() -> None:
    made, sds = world()
    sds.faults["start"] = [Reply(Answer.THROTTLED, failure=NO, retry_after=900.0)] * 500
    made.run(4 * DAY)
    data = message(made, "verification")
    assert (data["outcome"], data["verification"]) == ("acceptedForSchedule", "complete")
