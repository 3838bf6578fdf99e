"""Nightly exports with gaps, aborts, overwrites, lost and repeated wakes, concurrent and dying drivers."""

import json
from collections import Counter
from random import Random

import pytest
from hypothesis import HealthCheck, given, settings, strategies

from .service import MemoryIndustryData, MemorySds
from .world import Chaos, World

FILES = ("School.csv", "Section.csv", "Student.csv", "Teacher.csv", "StudentEnrollment.csv", "TeacherRoster.csv")
NIGHT = 86_400
WILD = Chaos(repeat=0.1, kill=0.02, lose_instance=0.01, interleave=0.05, lose_event=0.2, repeat_event=0.2)
TAME = Chaos(repeat=0.1, interleave=0.05, repeat_event=0.2)


def export(world: World, night: int, *, whole: bool) -> None:
    """One night's export: files in any order over seconds or hours, some written twice, sometimes stopping half way."""
    random = world.random
    names = random.sample(FILES, len(FILES))
    if not whole and random.random() < 0.4:
        names = names[: random.randint(0, 5)]
    if random.random() < 0.3:
        names.insert(0, random.choice(names) if names else "readme.txt")
    if random.random() < 0.2:
        names.append(".done")
    delay = 0.0
    for turn, name in enumerate(names):
        data = f"night,turn\n{night},{turn}\n".encode()
        world.at(delay, lambda name=name, data=data: world.land(f"north/{name}", data))  # type: ignore[misc]
        delay += random.choice((0, 0.5, 5, 50, 70, 600, 2000))


def night_of(data: bytes) -> str:
    return data.decode().splitlines()[1].split(",")[0]


def live(seed: int, chaos: Chaos, sweep: float = 1200, nights: int = 4) -> World:
    sds = MemoryIndustryData if seed % 2 else MemorySds
    world = World(Random(seed), chaos, sweep=sweep, sds=sds)
    provisioned_after = world.now.timestamp() + world.random.choice((0, 0, 3000, 100_000))
    world.sds.state = lambda: "provisioned" if world.now.timestamp() >= provisioned_after else "provisioning"
    for name in ("start", "open_upload", "put", "readiness", "sync_state", "verify", "verification"):
        if chaos.kill and world.random.random() < 0.3:
            world.sds.faults[name] = faults(world, name)
            world.faulty = True
    for night in range(nights):
        export(world, night, whole=night == nights - 1)
        world.run(NIGHT)
    world.faulty = world.faulty or chaos.kill > 0
    world.chaos = Chaos()
    world.run(2 * NIGHT)
    return world


def faults(world: World, name: str) -> list:
    from shared.sds.port import Answer, Reply

    choice = [Reply(Answer.UNAVAILABLE), Reply(Answer.THROTTLED, retry_after=40.0), Reply(Answer.FORBIDDEN)]
    if name in ("start", "verify"):
        choice = [Reply(Answer.UNAVAILABLE), Reply(Answer.THROTTLED, retry_after=40.0), "lost"]
    return [world.random.choice(choice) for _ in range(world.random.randint(1, 3))]


def unsent(world: World) -> list[str]:
    """What was committed, so that it would be said, and is not on the queue."""
    kinds = ("message.json", "sync.json", "held.json")
    runs = world.store.held.get("sds-runs", {})
    stories = {name: held.data for name, held in runs.items() if name.endswith(kinds)}
    return [name for name, data in stories.items() if data not in world.store.sent]


def check(world: World, last_night: str = "3") -> None:
    assert not unsent(world)
    files = world.store.held["sds-runs"]
    snapshots: dict[str, dict[str, bytes]] = {}
    for name, held in files.items():
        profile, run_id, *rest = name.split("/")
        if rest[0] == "files" and rest[1] in FILES and f"{profile}/{run_id}/report.json" in files:
            # A copy that a displaced driver left half done has no report; it is nobody's run.
            snapshots.setdefault(run_id, {})[rest[1]] = held.data
    messages = world.messages()
    verifications = {m["subject"]: m["data"] for m in messages.values() if m["type"] == "rosterdrop.verification.v1"}

    for run_id, snapshot in snapshots.items():
        assert set(snapshot) == set(FILES), f"{run_id} is not a whole set"
        assert len({night_of(data) for data in snapshot.values()}) == 1, f"{run_id} spans nights"
        assert run_id in verifications, f"{run_id} ended without a message"
    for _, state, container in world.sds.starts:
        assert state == "provisioned"
        assert set(container) == set(FILES)
        assert len({night_of(data) for data in container.values()}) == 1, "started a mixed upload"
        assert container in snapshots.values()
    posts = Counter(json.dumps(sorted((k, v.decode()) for k, v in c.items())) for c in world.sds.posts)
    assert all(count <= 2 for count in posts.values()), "more than two POSTs to start"
    if not (world.faulty or world.chaos.kill):
        assert all(count == 1 for count in posts.values()), "a second POST without a reason"
    everything = {held.data for held in files.values()} | {h.data for h in world.store.held["sds-drop"].values()}
    for name, data in world.landed.items():
        assert data in everything, f"{name} is lost"

    started = [run_id for run_id, data in verifications.items() if data["outcome"].startswith("started")]
    assert {m["subject"] for m in messages.values() if m["type"] == "rosterdrop.sync.v1"} == set(started)
    record = world.record()
    assert record.current is None
    assert record.driver is None or record.driver.instance not in world.running
    left = {name for name in world.store.held["sds-drop"] if name.endswith(".csv")}
    if left:
        assert record.inbox is not None and record.inbox.told, f"{left} lie there unreported"
    last = {data for data in snapshots.values() for data in [tuple(sorted(data.items()))]}
    assert any(night_of(snapshot[0][1]) == last_night for snapshot in last), (
        "the last night's whole set was never taken"
    )


@pytest.mark.parametrize("seed", range(40))
def test_whatever_happens_every_night_ends_in_a_run_or_a_message(seed: int) -> None:
    check(live(seed, WILD))


@pytest.mark.parametrize("seed", range(40))
def test_no_wake_up_is_lost_even_without_a_sweep(seed: int) -> None:
    check(live(10_000 + seed, TAME, sweep=0))


@settings(max_examples=40, deadline=None, suppress_health_check=list(HealthCheck))
@given(strategies.integers(20_000, 10**9))
def test_random_worlds(seed: int) -> None:
    check(live(seed, WILD))
