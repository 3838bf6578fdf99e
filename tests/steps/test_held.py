"""A run that would remove too much waits for a person, once told, and does what is said."""

from datetime import timedelta
from pathlib import Path
from random import Random
from typing import Any

import pytest
from msgspec.structs import replace

from shared.decide import Plan
from shared.record import Decision
from shared.steps import STEPS
from shared.steps.held import decided
from shared.steps.work import Work
from tests.model.service import MemoryIndustryData, MemorySds
from tests.model.test_nights import NIGHT
from tests.model.world import SETTINGS, Chaos, World

SAMPLE = {path.name: path.read_bytes() for path in (Path(__file__).parents[2] / "samples" / "drop").iterdir()}
BOTH = pytest.mark.parametrize("sds", [MemorySds, MemoryIndustryData])


def half() -> dict[str, bytes]:
    """An export that is whole, valid and wrong: every other pupil is missing, and so are their enrolments."""
    files = dict(SAMPLE)
    header, *rows = SAMPLE["Student.csv"].splitlines(keepends=True)
    left = rows[::2]
    gone = {row.split(b",")[0] for row in rows} - {row.split(b",")[0] for row in left}
    files["Student.csv"] = header + b"".join(left)
    head, *enrolled = SAMPLE["StudentEnrollment.csv"].splitlines(keepends=True)
    files["StudentEnrollment.csv"] = head + b"".join(row for row in enrolled if row.strip().split(b",")[1] not in gone)
    return files


def drop(world: World, files: dict[str, bytes], mark: int = 0) -> None:
    for name, data in files.items():
        world.land(f"north/{name}", data + b"\r\n" * mark)


def world(sds: type[MemorySds], chaos: Chaos | None = None, **settings: Any) -> World:
    made = World(Random(3), chaos or Chaos(), settings=replace(SETTINGS, preflight="block", **settings), sds=sds)
    drop(made, SAMPLE)
    made.run(NIGHT)
    assert [m["data"]["outcome"] for m in made.messages().values()] == ["started", "succeeded"]
    drop(made, half())
    return made


def of(made: World, kind: str) -> list[dict[str, Any]]:
    return [m["data"] for m in made.messages().values() if m["type"] == f"rosterdrop.{kind}.v1"]


def run_id(made: World) -> str:
    current = made.record().current
    assert current is not None
    assert current.stage == "held"
    return current.run_id


def say(made: World, approve: bool, run: str | None = None) -> str:
    decision = Decision(approve, made.now, "head@school.example")
    answer, _ = made._undisturbed(lambda: decided(Work(made.room, "north"), run or run_id(made), decision))
    return answer


@BOTH
def test_half_of_the_pupils_missing_is_held_and_told_once_with_counts_only(sds: type[MemorySds]) -> None:
    made = world(sds)
    made.run(2 * NIGHT)
    (held,) = of(made, "held")
    assert held["runId"] == run_id(made)
    students = next(each for each in held["removed"] if each["role"] == "students")
    assert (students["kind"], students["before"], students["now"], students["removed"]) == ("people", 40, 20, 20)
    assert (students["percent"], students["limit"]) == (50, 20)
    assert held["decide"]["command"].endswith(f"approve north {held['runId']}")
    assert len(made.sds.posts) == 1, "nothing is sent before a person says so"
    lines = made.store.held["sds-runs"][f"north/{held['runId']}/removed.jsonl"].data.splitlines()
    assert len(lines) >= 20
    told = b"".join(made.store.sent)
    assert not any(row.split(b",")[0] in told for row in SAMPLE["Student.csv"].splitlines()[1:])


@BOTH
def test_what_is_approved_is_sent_and_becomes_what_the_next_is_compared_with(sds: type[MemorySds]) -> None:
    made = world(sds)
    made.run(3 * NIGHT)
    assert say(made, approve=True) == "done"
    assert say(made, approve=False) in ("decided", "notHeld"), "a decision is taken once"
    made.run(NIGHT)
    assert [data["outcome"] for data in of(made, "verification")] == ["started", "started"]
    assert len(made.sds.posts) == 2
    drop(made, half(), mark=1)
    made.run(NIGHT)
    assert len(of(made, "held")) == 1, "half of the pupils are all of them by now"
    assert len(made.sds.posts) == 3


@BOTH
@pytest.mark.parametrize("how", ["refused", "noDecision"])
def test_what_nobody_approves_is_not_sent(sds: type[MemorySds], how: str) -> None:
    made = world(sds, hold=2 * NIGHT)
    made.run(NIGHT)
    if how == "refused":
        assert say(made, approve=False) == "done"
    made.run(2 * NIGHT)
    last = of(made, "verification")[-1]
    assert (last["outcome"], (last["failure"] or {}).get("code")) == ("notApproved", how)
    assert len(made.sds.posts) == 1
    drop(made, SAMPLE, mark=1)
    made.run(NIGHT)
    assert len(made.sds.posts) == 2, "the next whole set goes its way, compared with what was accepted"
    assert say(made, approve=True, run=last["runId"]) == "notHeld"


@pytest.mark.parametrize("refused", [True, False])
def test_a_plan_from_before_the_decision_sets_nothing_free(refused: bool) -> None:
    """The engine may run a step late, or twice: what the record says by then is what counts."""
    made = world(MemorySds, hold=9 * NIGHT)
    made.run(NIGHT)
    if refused:
        assert say(made, approve=False) == "done"
    driver = made.record().driver
    assert driver is not None
    made._undisturbed(lambda: STEPS["verify"](made.room, "north", driver.instance, Plan("verify")))
    assert run_id(made)
    assert len(made.sds.posts) == 1


@BOTH
def test_a_newer_set_takes_the_place_of_one_that_is_held(sds: type[MemorySds]) -> None:
    made = world(sds)
    made.run(NIGHT)
    drop(made, half(), mark=1)
    made.run(NIGHT)
    assert [data["outcome"] for data in of(made, "verification")] == ["started", "superseded"]
    assert len(of(made, "held")) == 2, "the newer one is held in turn"
    drop(made, SAMPLE, mark=1)
    made.run(NIGHT)
    assert [data["outcome"] for data in of(made, "verification")] == ["started", "superseded", "superseded", "started"]


@BOTH
@pytest.mark.parametrize("seed", range(4))
def test_a_held_run_survives_what_strikes(sds: type[MemorySds], seed: int) -> None:
    made = world(sds)
    made.random.seed(seed)
    made.faulty = True
    made.chaos = Chaos(repeat=0.1, kill=0.02, lose_instance=0.02, interleave=0.05, late=0.05, lost_answer=0.05)
    made.run(3 * NIGHT)
    made.chaos = Chaos()
    assert say(made, approve=True) == "done"
    made.run(2 * NIGHT)
    assert len(of(made, "held")) == 1
    assert [data["outcome"] for data in of(made, "verification")] == ["started", "started"]
    assert len(made.sds.posts) == 2


@BOTH
@pytest.mark.parametrize("files", ["there", "deleted"])
def test_a_damaged_memory_is_made_anew_from_the_files_of_the_accepted_drop(sds: type[MemorySds], files: str) -> None:
    made = world(sds)
    (first,) = of(made, "sync")
    kept = made.store.held["sds-state"]["north.baseline"]
    damaged = kept.data[:-1] + bytes([kept.data[-1] ^ 1])
    made.store.write("sds-state", "north.baseline", damaged)
    if files == "deleted":
        for name in [name for name in made.store.held["sds-runs"] if f"{first['runId']}/files/" in name]:
            made.store.delete("sds-runs", name, made.store.held["sds-runs"][name].etag)
    made.run(NIGHT)
    assert len(of(made, "held")) == (files == "there")
    assert len(made.sds.posts) == (1 if files == "there" else 2)


def test_the_time_that_a_run_is_held_is_not_counted() -> None:
    made = world(MemorySds, provision_timeout=3600.0)
    made.run(2 * NIGHT)
    made.sds.state = lambda: "provisioning"
    assert say(made, approve=True) == "done"
    made.run(1000)
    current = made.record().current
    assert current is not None
    assert current.deadline > made.now + timedelta(seconds=1500)


def test_a_first_drop_another_target_and_small_numbers_are_not_held() -> None:
    made = World(Random(3), settings=replace(SETTINGS, preflight="block"))
    drop(made, half())
    made.run(NIGHT)
    assert len(made.sds.posts) == 1
    off = world(MemorySds, max_removed_percent=dict.fromkeys(("people", "orgs", "classes", "enrollments"), 100.0))
    off.run(NIGHT)
    assert len(off.sds.posts) == 2
    few = world(MemorySds, max_removed_least=21)
    few.run(NIGHT)
    assert len(few.sds.posts) == 2
