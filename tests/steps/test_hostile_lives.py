"""Lives that met, or hung, at the wrong moment: what was told twice, started unseen, lost or blocked by it."""

import json
from datetime import timedelta
from random import Random
from typing import Any

import pytest
from msgspec.structs import replace

from shared import baseline, starts
from shared.decide import Plan
from shared.record import Claim, Decision, Poll, StartIntent
from shared.sds.port import Answer, Reply, Verdict
from shared.steps import STEPS
from shared.steps.wishes import paused, retried
from shared.store import Blob, Copied, CopyAnswer, Deleted, Denied
from tests.model.test_nights import FILES, unsent
from tests.model.world import Killed, World

from .desk import HOUR, NOW, SECOND, MemoryIndustryData, asked, at, change, do, lay, no, run, work
from .test_refuse import DEEP, refuse
from .test_refuse import world as with_strangers

DAY = 86_400


def drop(world: World, night: int = 0) -> None:
    for turn, name in enumerate(FILES):
        world.land(f"north/{name}", f"night,turn\n{night},{turn}\n".encode())


def told(world: World) -> list[tuple[str, str]]:
    """Run and outcome of every verification message."""
    found = [message for message in world.messages().values() if message["type"] == "rosterdrop.verification.v1"]
    return [(message["subject"], message["data"]["outcome"]) for message in found]


def test_a_refusal_that_a_twin_has_told_is_not_told_again() -> None:
    world = with_strangers(*DEEP)
    at(world, "write", lambda: refuse(world))
    assert refuse(world) is None
    assert len({json.loads(message)["id"] for message in world.store.sent}) == 1
    assert world.record().refusal is None


@pytest.mark.parametrize("copied", [Copied.CANNOT, Copied.GONE, Copied.NEWER])
def test_a_snapshot_that_can_not_be_copied_holds_nothing_up(copied: Copied) -> None:
    world = World(Random(0), sweep=300)
    drop(world)
    world.run(2 * 3600)
    (first,) = told(world)
    copy = world.store.copy

    def copy_of(source: str, blob: Blob, container: str, name: str) -> CopyAnswer:
        return CopyAnswer(copied) if source == "sds-runs" else copy(source, blob, container, name)

    world.store.copy = copy_of  # type: ignore[method-assign]
    assert retried(work(world), first[0]) == "done"
    drop(world, 1)
    world.run(2 * 3600)
    assert [outcome for _, outcome in told(world)] == ["started", "started"]
    assert world.record().retry is None


def test_a_wish_that_comes_to_nothing_for_a_day_costs_no_file_in_the_inbox() -> None:
    world = World(Random(0), sweep=300)
    drop(world)
    world.run(2 * 3600)
    (first,) = told(world)
    copy = world.store.copy

    def copy_of(source: str, blob: Blob, container: str, name: str) -> CopyAnswer:
        return CopyAnswer(Copied.LATER) if source == "sds-runs" else copy(source, blob, container, name)

    world.store.copy = copy_of  # type: ignore[method-assign]
    assert retried(work(world), first[0]) == "done"
    drop(world, 1)
    world.run(2 * DAY)
    assert [outcome for _, outcome in told(world)] == ["started", "started"]
    assert world.record().retry is None


def test_a_run_given_up_before_the_inbox_was_emptied_is_not_taken_again_under_its_id() -> None:
    world = World(Random(0), sweep=300)
    delete = world.store.delete

    def refused(container: str, name: str, etag: str) -> Deleted:
        if container == "sds-drop":
            raise Denied("503 at sds-drop")
        return delete(container, name, etag)

    world.store.delete = refused  # type: ignore[method-assign]
    drop(world)
    world.run(30 * 3600)
    assert [outcome for _, outcome in told(world)] == ["failed"]
    world.store.delete = delete  # type: ignore[method-assign]
    world.run(DAY)
    assert [recent.outcome for recent in world.record().recent] == ["failed"]
    assert world.sds.posts == []
    drop(world, 1)
    world.run(DAY)
    assert [outcome for _, outcome in told(world)] == ["failed", "started"]


def test_a_report_that_hung_does_not_take_the_baseline_back() -> None:
    world = World(Random(0), sweep=0)
    send, hung = world.store.send, list[bytes]()

    def hangs(message: bytes) -> None:
        send(message)
        if not hung:
            hung.append(message)
            driver = world.record().driver
            assert driver is not None
            STEPS["report"](world.room, "north", driver.instance, None)
            world.wake("north")
            world.interlude(2 * 3600)
            drop(world, 1)
            world.interlude(2 * 3600)

    world.store.send = hangs  # type: ignore[method-assign]
    drop(world)
    world.run(DAY)
    first, second = told(world)
    known = baseline.read(world.store, world.settings, "north")
    assert known is not None
    assert first[0] != second[0] == known.accepted.run_id


@pytest.mark.parametrize("later", [False, True])
def test_a_baseline_written_in_between_stays(later: bool) -> None:
    world = lay(None)
    accepted = baseline.Accepted("run-1", run().target, "sdsV1", FILES)
    another = replace(accepted, run_id="run-2")
    baseline.accept(world.store, world.settings, "north", "north/run-0", replace(accepted, run_id="run-0"))

    def current() -> bool:
        if later:
            baseline.accept(world.store, world.settings, "north", "north/run-2", another)
        return later

    baseline.accept(world.store, world.settings, "north", "north/run-1", accepted, current)
    known = baseline.read(world.store, world.settings, "north")
    assert known is not None
    assert known.accepted.run_id == ("run-2" if later else "run-0")


def test_another_profile_s_refusal_under_way_is_no_run_of_those_that_name_none() -> None:
    world = World(Random(0), sweep=300)
    world.store.put("sds-runs", "_refused/20261122T020000Z-abc-x1/portion.json", b"{}")
    world.land("stray.csv", b"x")
    world.run(3600)
    assert [outcome for _, outcome in told(world)] == ["invalidDrop"]


LOOKED = StartIntent(NOW - HOUR, 1, NOW - HOUR, looked=True, status="success")


def test_a_start_that_shows_late_is_seen_before_the_second_post() -> None:
    world = lay(run("starting", start_intent=LOOKED))
    world.sds.sync_started = NOW - 50 * SECOND
    assert do(world, "start") is None
    there = world.record().current
    assert there is not None
    assert there.ending is not None
    assert (there.ending.outcome, world.sds.posts) == ("started", [])


@pytest.mark.parametrize(("retry_after", "pause"), [(None, 30), (70.0, 70)])
def test_without_an_answered_look_right_before_it_no_second_post_goes_out(
    retry_after: float | None, pause: int
) -> None:
    given = run("starting", start_intent=LOOKED)
    world = lay(given)
    world.sds.faults["sync_state"] = [no(Answer.THROTTLED, retry_after)]
    assert do(world, "start") is None
    poll = Poll(NOW + pause * SECOND, 60)
    assert world.record().current == replace(given, poll=poll, start_intent=replace(LOOKED, looked=False))
    assert asked(world) == ["sync_state"]
    world.now = NOW + 2 * HOUR
    change(world, deadline=NOW + 3 * HOUR)
    assert do(world, "observe") == Plan("wait", 60)
    world.now += 60 * SECOND
    assert do(world, "start") == Plan("report")
    assert asked(world) == ["sync_state", "sync_state", "readiness", "sync_state", "start"]


@pytest.mark.parametrize(
    "fields", [{"start_intent": replace(LOOKED, attempts=2)}, {"claim": Claim(1, NOW + HOUR)}, {"stage": "ended"}]
)
def test_a_look_before_the_second_post_is_nothing_to_a_run_that_went_on(fields: dict[str, Any]) -> None:
    world = lay(run("starting", start_intent=LOOKED))
    world.sds.sync_started = NOW - 50 * SECOND
    at(world, "sync_state", lambda: change(world, **fields))
    assert do(world, "start") is None
    assert world.record().current == replace(run("starting", start_intent=LOOKED), **fields)


def test_a_profile_that_can_not_be_used_any_more_costs_no_start_of_the_tenant_s() -> None:
    world = lay(run("verified", MemoryIndustryData, ready_at=NOW - HOUR), MemoryIndustryData)
    world.sds.faults["readiness"] = [no(Answer.NOT_FOUND)]
    assert do(world, "start") is None
    assert asked(world) == ["readiness"]
    assert starts._read(world.store, world.settings)[0].starts == ()


def test_a_paused_profile_with_a_wish_costs_nothing_until_it_is_resumed() -> None:
    world = World(Random(0), sweep=300)
    drop(world)
    world.run(4 * 3600)
    assert retried(work(world), told(world)[0][0]) == "done"
    assert paused(work(world), Decision(False, world.now)) == "done"
    world.activities.clear()
    world.run(DAY)
    assert sum(world.activities.values()) <= 300
    assert world.record().retry is not None


def test_a_set_is_quiet_only_if_it_is_listed_after_the_settle_time() -> None:
    """The service takes a hundred seconds to answer, and a file is written anew meanwhile."""
    world = lay(run("checked", ready_at=None))
    world.sds.state = lambda: "provisioning"
    world.now = NOW - 20 * SECOND
    drop(world, 1)
    do(world, "observe")
    world.now = NOW
    change(world, poll=None)

    def meanwhile() -> None:
        world.now += timedelta(seconds=100)
        world.store.put("sds-drop", "north/School.csv", b"")

    at(world, "readiness", meanwhile)
    do(world, "observe")
    there = world.record().current
    assert there is not None
    assert (there.stage, there.ending) == ("checked", None)


def test_files_that_stay_hide_none_beside_them() -> None:
    world = World(Random(0), sweep=300)
    for number in range(1005):
        world.land(f"_bad/{number:04}.csv", b"x")
        world.store.held["sds-drop"][f"_bad/{number:04}.csv"].protected = True
    world.run(DAY)
    portions = [held.data for name, held in world.store.held["sds-runs"].items() if name.endswith("portion.json")]
    assert len({item["name"] for data in portions for item in json.loads(data)["items"]}) == 1005


def test_a_verdict_on_an_earlier_upload_is_nothing_to_a_later_one() -> None:
    world = lay(run("verifying", MemoryIndustryData, operation="operation-0"), MemoryIndustryData)
    world.sds.faults["verification"] = [Reply(Answer.OK, Verdict(True, accepted=True))]
    at(world, "verification", lambda: change(world, operation="operation-1"))
    do(world, "observe")
    there = world.record().current
    assert there is not None
    assert (there.stage, there.operation) == ("verifying", "operation-1")


@pytest.mark.parametrize("point", range(8, 20))
@pytest.mark.parametrize("then", ["whole", "gone", "paused"])
def test_what_an_incomplete_set_was_said_to_lack_is_said_though_the_teller_died(point: int, then: str) -> None:
    world = World(Random(0), sweep=300)
    for name in FILES[:-1]:
        world.land(f"north/{name}", b"night,turn\n0,0\n")
    world.run(3590)
    assert not told(world)

    def dies() -> None:
        for name in FILES:
            if then == "whole":
                world.land(f"north/{name}", b"night,turn\n1,0\n")
            elif then == "gone":
                world.store.held["sds-drop"].pop(f"north/{name}", None)
        if then == "paused":
            paused(work(world), Decision(False, world.now))
        raise Killed

    world.inject[world.operations + point] = dies
    world.run(4 * HOUR.total_seconds())
    assert not unsent(world)
    outcomes = [outcome for _, outcome in told(world)]
    assert outcomes in (["incomplete"], ["started"], ["incomplete", "started"], [])
    remembered = [recent.outcome for recent in world.record().recent]
    assert sorted(outcomes) == sorted(remembered)
    assert not world.record().open


def test_a_drop_container_that_refuses_is_looked_at_less_and_less_often() -> None:
    world = World(Random(0), sweep=300)
    drop(world)
    listed = world.store.blobs

    def refused(container: str, *rest: Any, **named: Any) -> list[Blob]:
        if container == "sds-drop" and world._depth:  # not to the sweep, which is no step
            raise Denied("403 at sds-drop")
        return listed(container, *rest, **named)

    world.store.blobs = refused  # type: ignore[method-assign]
    world.run(12 * 3600)
    assert sum(world.activities.values()) <= 300
    world.store.blobs = listed  # type: ignore[method-assign]
    world.run(3600)
    assert [outcome for _, outcome in told(world)] == ["started"]


def test_who_still_sends_when_the_run_is_over_has_lost_its_claim() -> None:
    """The settings named another target in the middle of the upload, and that ended the run."""
    world = lay(run("checked"))

    def ends() -> None:
        world.deploy(profiles={"north": "44444444-2222-3333-4444-555555555555"})
        do(world, "observe")

    at(world, "put", ends)
    do(world, "upload")
    there = world.record().current
    assert there is not None
    assert there.ending is not None
    assert (there.stage, there.ending.outcome) == ("ended", "failed")
