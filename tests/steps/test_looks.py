"""Join, observe, leave, sweep: what a look asks and leaves in the record, to the last field."""

import logging
from datetime import timedelta
from typing import Any

import pytest
from msgspec.structs import replace

from shared import door, kept
from shared.decide import Plan
from shared.door import Displaced, Edited
from shared.inbox import seen
from shared.kept import mark
from shared.record import (
    Current,
    Decision,
    Driver,
    Poll,
    Record,
    Seen,
    StartIntent,
    SyncEnding,
    Target,
    Tries,
)
from shared.sds.port import Answer, Reply, SyncState
from shared.steps import failed, join, leave
from shared.steps.arrive import is_known, reason
from shared.store import Conflict, Denied
from tests.model.service import MemoryIndustryData, MemorySds
from tests.model.world import GUID, World

from .desk import HOUR, ME, NOW, SECOND, at, change, do, lay, run, work

OTHER = Driver("other", NOW + HOUR)
ENDED = Driver("other", NOW)
MINE = Driver("me", NOW + timedelta(seconds=120), NOW)


def edit(world: World, **fields: Any) -> None:
    door.change(world.store, world.settings, "north", lambda record: Edited(replace(record, **fields), None))


def file(world: World, name: str = "School.csv") -> str:
    return world.store.put("sds-drop", f"north/{name}", b"a\n1\n")


def shown(world: World, now: Any = NOW) -> Seen:
    found = seen(None, work(world).look(world.record()).set, now, 60)
    assert found is not None
    return found


def listings(world: World) -> list[str]:
    listed: list[str] = []
    usual = world.store.before

    def before(operation: str) -> None:
        listed.append(operation)
        usual(operation)

    world.store.before = before
    return listed


@pytest.mark.parametrize(
    ("driver", "poke", "drives"),
    [(None, False, True), (ENDED, False, True), (ENDED, True, True), (ME, False, True), (OTHER, False, False)],
)
def test_who_joins_drives_or_leaves_word_with_what_was_seen(driver: Driver | None, poke: bool, drives: bool) -> None:
    world = lay(None, driver=driver, poke=poke)
    file(world)
    assert join(world.room, "north", "me") is drives
    record = world.record()
    assert record.inbox == shown(world)
    assert (record.driver, record.poke) == ((MINE, poke) if drives else (OTHER, True))


def test_who_finds_that_word_was_left_does_not_look() -> None:
    world = lay(None, driver=OTHER, poke=True)
    file(world)
    before, listed = world.record(), listings(world)
    assert not join(world.room, "north", "me")
    assert (world.record(), "blobs" in listed) == (before, False)


@pytest.mark.parametrize(("since", "new"), [(NOW, True), (NOW + SECOND, False)])
def test_a_look_counts_against_no_newer_one(since: Any, new: bool) -> None:
    world = lay(None, driver=OTHER)
    file(world)
    later = Seen("other", since)
    at(world, "blobs", lambda: edit(world, inbox=later))
    assert not join(world.room, "north", "me")
    record = world.record()
    assert record.inbox == (shown(world) if new else later)
    assert record.poke


@pytest.mark.parametrize(
    ("driver", "poke", "gone"),
    [(ME, False, True), (ME, True, False), (OTHER, True, True), (OTHER, False, True), (None, True, True)],
)
def test_who_leaves_goes_unless_word_was_left(driver: Driver | None, poke: bool, gone: bool) -> None:
    world = lay(None, driver=driver, poke=poke)
    before = world.record()
    assert leave(world.room, "north", "me") is gone
    after = world.record()
    left = driver == ME and not poke
    assert after == (replace(before, driver=None, swap=after.swap) if left else before)


ASKED: list[tuple[Current, type[MemorySds], list[str]]] = [
    (run("checked", ready_at=None), MemorySds, ["readiness"]),
    (run("following", follow_until=NOW + HOUR), MemorySds, ["sync_state"]),
    (run("verifying", MemoryIndustryData, operation="one"), MemoryIndustryData, ["verification"]),
    (
        run("starting", MemoryIndustryData, start_intent=StartIntent(NOW, 1, NOW + HOUR, operation="two")),
        MemoryIndustryData,
        ["start_operation"],
    ),
    (run("checked", ready_at=None, poll=Poll(NOW + SECOND, 9)), MemorySds, []),
    (
        run("checked", ready_at=None, target=Target("classic", "99999999-2222-3333-4444-555555555555")),
        MemorySds,
        [],
    ),
]


@pytest.mark.parametrize(("given", "sds", "calls"), ASKED)
def test_a_request_is_put_off_in_the_record_before_it_is_made(
    given: Current, sds: type[MemorySds], calls: list[str]
) -> None:
    world = lay(given, sds, poke=True)
    world.deploy(poll=2.0)
    world.services.of(GUID)
    got: list[tuple[Any, ...]] = []
    put_off: list[Record] = []

    def answer(name: str) -> Any:
        def call(*arguments: Any) -> Reply[Any]:
            got.append((name, *arguments))
            put_off.append(world.record())
            return Reply(Answer.UNAVAILABLE)

        return call

    for name in ("readiness", "sync_state", "verification", "start_operation"):
        setattr(world.sds, name, answer(name))
    do(world, "observe")
    intent = given.start_intent
    arguments = {
        "readiness": ("readiness", GUID, "sdsV1"),
        "sync_state": ("sync_state", GUID, None),
        "verification": ("verification", GUID, "one", ("School.csv", "Student.csv")),
        "start_operation": ("start_operation", GUID, intent and intent.operation),
    }
    assert got == [arguments[name] for name in calls]
    if calls:
        pause = 5 if sds is MemoryIndustryData else 2
        assert put_off[0].current == replace(given, poll=Poll(NOW + pause * SECOND, 4))
        assert put_off[0].poke is False
    assert world.record().poke is False


def test_the_sync_is_asked_for_with_what_was_seen_before_the_start() -> None:
    intent = StartIntent(NOW - HOUR, 1, NOW, status="success", seen=NOW)
    world = lay(run("following", follow_until=NOW + HOUR, start_intent=intent))
    got: list[SyncState | None] = []

    def sync_state(profile: str, before: SyncState | None = None) -> Reply[SyncState]:
        got.append(before)
        return Reply(Answer.UNAVAILABLE)

    world.sds.sync_state = sync_state  # type: ignore[method-assign]
    do(world, "observe")
    assert got == [intent.before]


def test_a_look_leaves_what_it_saw_and_learned_and_plans(caplog: pytest.LogCaptureFixture) -> None:
    caplog.set_level(logging.INFO, "rosterdrop")
    world = lay(run("checked", ready_at=None))
    etag = file(world, "readme.txt")
    gone, stays = mark("north/gone.csv", "0x1"), mark("north/readme.txt", etag)
    edit(world, kept=(gone, stays))
    caplog.clear()
    assert do(world, "observe") == Plan("upload")
    record = world.record()
    assert record.current is not None
    assert (record.current.ready_at, record.current.profile_state) == (NOW, "provisioned")
    assert (record.kept, record.inbox) == ((stays,), None)
    assert record.tries is not None
    assert (record.tries.do, record.driver) == ("upload", MINE)
    assert [line.getMessage() for line in caplog.records] == ["event=plan profile=north run=run-1 do=upload"]


def test_a_look_that_only_waits_says_nothing_and_is_believed_for_as_long(caplog: pytest.LogCaptureFixture) -> None:
    caplog.set_level(logging.INFO, "rosterdrop")
    world = lay(None)
    file(world)
    edit(world, inbox=shown(world, NOW - 20 * SECOND))
    caplog.clear()
    assert do(world, "observe") == Plan("wait", 40)
    record = world.record()
    assert record.inbox == replace(shown(world, NOW - 20 * SECOND), looks=2)
    assert record.driver == Driver("me", NOW + timedelta(seconds=160), NOW + 40 * SECOND)
    assert caplog.records == []


@pytest.mark.parametrize("fields", [{"stage": "ended"}, {"run_id": "run-2"}, {"findings": True}])
def test_an_answer_is_learned_only_by_the_run_that_asked(fields: dict[str, Any]) -> None:
    world = lay(run("checked", ready_at=None))
    at(world, "readiness", lambda: change(world, **fields))
    do(world, "observe")
    current = world.record().current
    assert current is not None
    assert (current.ready_at is not None) == ("findings" in fields)


def test_the_end_that_a_look_plans_is_in_the_record_with_it() -> None:
    world = lay(run("following", follow_until=NOW))
    assert do(world, "observe") == Plan("report", sync=SyncEnding("timedOut", NOW))
    current = world.record().current
    assert current is not None
    assert (current.stage, current.sync) == ("synced", SyncEnding("timedOut", NOW))


def test_a_bad_setting_of_the_profile_is_part_of_the_look() -> None:
    world = lay(run("checked", ready_at=None))
    world.deploy(problems={"north": "SDS_FILES__north is bad"})
    plan = do(world, "observe")
    assert plan is not None
    assert plan.ending is not None
    assert plan.ending.failure is not None
    assert plan.ending.failure.code == "badSetting"


class HttpResponseError(Exception):
    status_code, error_code = 503, "ServerBusy"


HttpResponseError.__module__ = "azure.core.exceptions"


@pytest.mark.parametrize(
    ("error", "known", "why"),
    [
        (HttpResponseError("the words of a file"), True, "HttpResponseError 503 ServerBusy"),
        (Conflict("the words of a file"), True, "Conflict"),
        (Denied("403 AuthorizationFailure"), True, "Denied 403 AuthorizationFailure"),
        (ValueError("the words of a file"), False, "ValueError"),
        (Denied("x" * 300), True, "Denied " + "x" * 193),
    ],
)
def test_a_failure_is_counted_by_its_kind(error: Exception, known: bool, why: str) -> None:
    assert (is_known(error), reason(error)) == (known, why)
    world = lay(run("cleared"))
    plan = failed(world.room, "north", "me", "verify", error)
    assert plan == (Plan("wait", 30) if known else None)
    assert world.record().tries == Tries("verify", "", NOW, faults=not known, why=why)
    before = Tries("verify", "token", NOW - HOUR, times=3, faults=4, why="old")
    edit(world, tries=before)
    plan = failed(world.room, "north", "me", "verify", error)
    assert plan == (Plan("wait", 120) if known else None)
    assert world.record().tries == replace(before, faults=4 + (not known), why=why)
    failed(world.room, "north", "me", "upload", error)
    assert world.record().tries == Tries("upload", "", NOW, faults=not known, why=why)


@pytest.mark.parametrize("module", ["requests.exceptions", "urllib3.exceptions"])
def test_storage_that_is_out_of_reach_is_known(module: str) -> None:
    assert is_known(type("Error", (Exception,), {"__module__": module})())


def test_a_heartbeat_renews_the_driver_every_third_of_its_time() -> None:
    world = lay(None)
    beat = work(world).heartbeat()
    world.now = NOW + 39 * SECOND
    beat()
    assert world.record().driver == ME
    world.now = NOW + 40 * SECOND
    beat()
    assert world.record().driver == Driver("me", NOW + 160 * SECOND, NOW + 40 * SECOND)
    world.now = NOW + 79 * SECOND
    beat()
    assert world.record().driver == Driver("me", NOW + 160 * SECOND, NOW + 40 * SECOND)
    edit(world, driver=OTHER)
    world.now = NOW + 80 * SECOND
    with pytest.raises(Displaced):
        beat()


def test_marks_stand_in_the_record_or_apart() -> None:
    world = lay(None, kept=("b",))
    before = world.record()
    assert work(world).keep(())(before) is before
    assert work(world).keep(("c", "a", "b"))(before) == replace(before, kept=("a", "b", "c"))
    many = tuple(f"{number:016x}" for number in range(kept.IN_RECORD))
    assert work(world).keep(many[1:])(Record("north")).kept == many[1:]
    assert kept.read(world.store, world.settings, "north") == frozenset()
    assert work(world).keep(many)(before) == replace(before, kept_apart=True)
    assert kept.read(world.store, world.settings, "north") == set(many)
    assert work(world).kept_apart(before) == ()
    assert work(world).kept_apart(replace(before, kept_apart=True)) == set(many)


def test_what_stands_apart_is_not_new_to_a_look() -> None:
    world = lay(None)
    etag = file(world)
    kept.add(world.store, world.settings, "north", [mark("north/School.csv", etag)])
    assert work(world).look(Record("north")).set is not None
    assert work(world).look(Record("north", kept_apart=True)).set is None


@pytest.mark.parametrize(
    ("fields", "though_paused", "said"),
    [
        ({}, True, "said"),
        ({}, False, "said"),
        ({"paused": Decision(False, NOW)}, True, "said"),
        ({"paused": Decision(False, NOW)}, False, None),
    ],
)
def test_a_change_of_the_run(fields: dict[str, Any], though_paused: bool, said: str | None) -> None:
    from shared.steps.work import EditedRun

    world = lay(run("checked"), **fields)

    def swap(there: Current) -> EditedRun[str]:
        return EditedRun(replace(there, findings=True), "said")

    for run_id, answer in (("run-2", None), ("run-1", said)):
        changed = work(world).change_run(run_id, swap, though_paused=though_paused)
        assert changed.said == answer
        assert world.record().current == run("checked", findings=answer is not None)
    assert work(world).change_run("run-1", lambda there: None).said is None


def test_a_change_without_a_driver_is_anybody_s() -> None:
    world = lay(None, driver=OTHER)
    assert work(world).change(lambda record: Edited(replace(record, poke=True), 1), driver=False).said == 1
    with pytest.raises(Displaced):
        work(world).change(lambda record: Edited(replace(record, poke=False), 1))
