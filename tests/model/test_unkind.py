"""A world as unkind as ours: slow copies, files that stay, answers that get lost, storage that refuses for a while,
twins that act late, records that are damaged or deleted, several profiles at once."""

import json
from collections import Counter
from datetime import timedelta
from random import Random
from typing import Any

import pytest
from msgspec.structs import replace

from shared.life import MOVES, may
from shared.record import Record
from shared.settings import Settings

from .service import MemoryIndustryData, MemorySds
from .test_nights import FILES, NIGHT, night_of, unsent
from .world import GUID, SETTINGS, Chaos, World

OTHERS = {"south": "22222222-2222-3333-4444-555555555555", "east": "33333333-2222-3333-4444-555555555555"}
THREE = replace(SETTINGS, profiles={"north": GUID, **OTHERS})
UNKIND = Chaos(
    repeat=0.05,
    kill=0.01,
    lose_instance=0.005,
    interleave=0.02,
    lose_event=0.2,
    repeat_event=0.2,
    late=0.05,
    slow_copy=0.2,
    lost_answer=0.02,
    refuse=0.002,
)


def export(world: World, profile: str, night: int, *, whole: bool) -> None:
    """One night's export of one profile; some files stay in the inbox, whatever is tried."""
    random = world.random
    names = random.sample(FILES, len(FILES))
    if not whole and random.random() < 0.3:
        names = names[: random.randint(0, 5)]
    strangers = ("readme.txt", "deep/er.csv", "../x.csv", ".done", "archive.zip")
    names += random.sample(strangers, random.choice((0, 0, 1, 2)))
    delay = 0.0
    for turn, name in enumerate(names):
        data = f"night,turn\n{profile}{night},{turn}\n".encode()
        world.at(delay, lambda name=name, data=data: world.land(f"{profile}/{name}", data))  # type: ignore[misc]
        fate = random.random()
        if fate < 0.08:
            world.at(delay + 0.001, lambda name=name: stays(world, f"{profile}/{name}"))  # type: ignore[misc]
        elif fate < 0.1 and name not in FILES:
            world.at(delay + 0.001, lambda name=name: archived(world, f"{profile}/{name}"))  # type: ignore[misc]
        delay += random.choice((0, 0.5, 5, 50, 70, 600))


def stays(world: World, name: str) -> None:
    """A lease, a blob snapshot or a hold protects this version for a while, or for ever."""
    if (blob := world.store.held["sds-drop"].get(name)) is not None:
        blob.protected = True
        if world.random.random() < 0.5:
            world.at(world.random.choice((5, 300, 100_000)), lambda: setattr(blob, "protected", False))


def archived(world: World, name: str) -> None:
    if (blob := world.store.held["sds-drop"].get(name)) is not None:
        blob.uncopyable = "BlobArchived"


def damage(world: World, profile: str) -> None:
    """Somebody edits a record by hand, or deletes it."""
    state = world.store.held.get("sds-state", {})
    if (blob := state.get(f"{profile}.json")) is None:
        return
    kind = world.random.random()
    if kind < 0.3:
        del state[f"{profile}.json"]
    else:
        cut = blob.data[: world.random.randrange(len(blob.data))]
        world.store.put("sds-state", f"{profile}.json", cut, {"open": "true"} if kind < 0.8 else {})


def live(seed: int, *, damaged: bool = False, nights: int = 3) -> World:
    sds = MemoryIndustryData if seed % 2 else MemorySds
    world = World(Random(seed), UNKIND, settings=THREE, sds=sds)
    world.faulty = True
    for night in range(nights):
        for profile in THREE.profiles:
            export(world, profile, night, whole=night == nights - 1)
            if damaged and night < nights - 1 and world.random.random() < 0.5:
                world.at(world.random.uniform(0, NIGHT / 4), lambda profile=profile: damage(world, profile))  # type: ignore[misc]
        world.run(NIGHT)
    world.chaos = Chaos()
    world._refused.clear()
    world.run(2 * NIGHT)
    return world


def check(world: World, *, damaged: bool = False, last: int = 2) -> None:
    assert not unsent(world)
    files = world.store.held["sds-runs"]
    messages = world.messages()
    verifications = {m["subject"]: m for m in messages.values() if m["type"] == "rosterdrop.verification.v1"}
    for profile in THREE.profiles:
        _check_profile(world, profile, files, verifications, damaged=damaged, last=last)
    everything = {held.data for held in files.values()} | {held.data for held in world.store.held["sds-drop"].values()}
    for name, data in world.landed.items():
        assert data in everything, f"{name} is lost"
    for sds in world.services.all:
        for _, state, sent in sds.starts:
            assert state == "provisioned"
            assert set(sent) == set(FILES), "started a set that was not whole"
            assert len({night_of(data) for data in sent.values()}) == 1, "started a mixed upload"
        posts = Counter(json.dumps(sorted((k, v.decode()) for k, v in sent.items())) for sent in sds.posts)
        assert all(count <= 2 for count in posts.values()), "more than two POSTs to start"
    busiest = world.activities.most_common(1)[0]
    assert busiest[1] < 1500, f"{busiest} activities in an hour"


def _check_profile(
    world: World, profile: str, files: Any, verifications: dict[str, Any], *, damaged: bool, last: int
) -> None:
    snapshots: dict[str, dict[str, bytes]] = {}
    for name, held in files.items():
        owner, run_id, *rest = name.split("/")
        if owner == profile and rest[0] == "files" and rest[1] in FILES and f"{profile}/{run_id}/report.json" in files:
            snapshots.setdefault(run_id, {})[rest[1]] = held.data
    told = " ".join(m["data"]["messages"][0]["description"] for k, m in verifications.items() if k.endswith("-d"))
    for run_id, snapshot in snapshots.items():
        assert set(snapshot) == set(FILES), f"{run_id} is not a whole set"
        assert len({night_of(data) for data in snapshot.values()}) == 1, f"{run_id} spans nights"
        assert run_id in verifications or (damaged and run_id in told), f"{run_id} ended without a message"
    record = world.record(profile)
    assert record.current is None
    assert record.refusal is None
    assert record.driver is None or record.driver.instance not in world.running
    mine = [m for m in verifications.values() if m["data"]["profile"] == profile]
    assert len(mine) < 40, "told again and again"
    new = [name for name in world.store.held["sds-drop"] if name.startswith(f"{profile}/")]
    unkept = world._undisturbed(lambda: _unkept(world, record, new))
    assert not unkept or (record.inbox is not None and record.inbox.told), f"{unkept} lie there untold"
    taken = {night_of(next(iter(snapshot.values()))) for snapshot in snapshots.values()}
    assert f"{profile}{last}" in taken, "the last night's whole set was never taken"


def _unkept(world: World, record: Record, names: list[str]) -> list[str]:
    from shared.kept import mark, read

    kept = {*record.kept, *read(world.store, world.settings, record.profile)}
    held = world.store.held["sds-drop"]
    return [name for name in names if mark(name, held[name].etag) not in kept]


@pytest.mark.parametrize("seed", range(12))
def test_every_night_of_every_profile_ends_in_a_run_or_a_message(seed: int) -> None:
    check(live(seed))


@pytest.mark.parametrize("seed", range(12))
def test_a_damaged_record_harms_nobody_else_and_is_told(seed: int) -> None:
    check(live(1000 + seed, damaged=True), damaged=True)


MOVED = "44444444-2222-3333-4444-555555555555"


def moved(seed: int) -> World:
    """Settings and targets change while runs are on their way: an alias moves, the API is switched, and back."""
    world = World(Random(seed), UNKIND, settings=THREE, sds=MemoryIndustryData if seed % 2 else MemorySds)
    world.faulty = True
    random = world.random
    changes: list[dict[str, Any]] = [
        {"profiles": {**THREE.profiles, "north": MOVED}},
        {"profiles": THREE.profiles},
        {"sds": MemorySds},
        {"sds": MemoryIndustryData},
        {"poll": 5, "settle": 10, "incomplete_after": 600},
        {"poll": 300, "follow": 60, "provision_timeout": 900},
        {"profiles": {"south": THREE.profiles["south"], "east": THREE.profiles["east"]}},
    ]
    for night in range(3):
        for profile in THREE.profiles:
            export(world, profile, night, whole=True)
        for change in random.sample(changes, 3):
            world.at(random.uniform(0, 2000), lambda change=change: world.deploy(**change))  # type: ignore[misc]
        world.run(NIGHT)
        world.at(0, lambda: world.deploy(profiles=THREE.profiles))
        world.run(NIGHT)
    world.chaos = Chaos()
    world._refused.clear()
    world.run(2 * NIGHT)
    return world


@pytest.mark.parametrize("seed", range(12))
def test_no_run_goes_to_another_target_than_its_own(seed: int) -> None:
    world = moved(2000 + seed)
    verifications = [m["data"] for m in world.messages().values() if m["type"] == "rosterdrop.verification.v1"]
    runs = world.store.held["sds-runs"]
    target_of = {(data["profile"], data["runId"]): (data["api"], data["profileId"]) for data in verifications}
    sets: dict[tuple[str, str], set[bytes]] = {}
    for name, held in runs.items():
        profile, run_id, *rest = name.split("/")
        if rest[0] == "files" and rest[1] in FILES and f"{profile}/{run_id}/report.json" in runs:
            sets.setdefault((profile, run_id), set()).add(held.data)
    for api, guid, service in world.targets:
        for _, _, sent in service.starts:
            owners = [run for run, files in sets.items() if files == set(sent.values())]
            assert owners, "what was started is no run's"
            assert (api, guid) in {target_of.get(run) for run in owners}, f"{owners} were started at {api} {guid}"
    for run in sets:
        assert run in target_of, f"{run} ended without a message"
    for profile in THREE.profiles:
        assert world.record(profile).current is None


def test_the_moves_are_those_of_the_table() -> None:
    """Every stage but the first is reached by some move, and only the two last ones are left by none."""
    reached = {move.to for move in MOVES.values()}
    left = {origin for move in MOVES.values() for origin in move.origins}
    assert left - reached == {"taken"}
    assert reached - left == {"synced"}
    assert may.__module__ == "shared.life"


def random_inbox(world: World) -> None:
    """Anything that may lie in a drop container, in any state."""
    random = world.random
    pool = [
        *(f"north/{name}" for name in (*FILES, "User.csv", "orgs.csv", "users.csv", "manifest.csv", "Students.csv")),
        *("north/readme.txt", "north/a.zip", "north/deep/x.csv", "north/..", "north/SCHOOL.CSV", "root.csv"),
        *("south/School.csv", "unknown/School.csv", "b d/x.csv", "north/" + "x" * 1010, "north/%2e%2e/School.csv"),
    ]
    for name in random.sample(pool, random.randint(0, len(pool))):
        data = random.choice((b"", b"night,turn\n0,1\n", b"x"))
        age = random.choice((0, 0, 10, 3000, 30_000))
        world.store.put("sds-drop", name, data, random.choice(({}, {"hdi_isfolder": "true"})))
        blob = world.store.held["sds-drop"][name]
        blob.modified -= timedelta(seconds=age)
        fate = random.random()
        blob.protected = fate < 0.2
        blob.leased = 0.2 < fate < 0.3
        blob.uncopyable = "BlobArchived" if 0.3 < fate < 0.4 else ""
        blob.encoding = "gzip" if 0.4 < fate < 0.5 else None


@pytest.mark.parametrize("seed", range(24))
def test_an_idle_day_of_any_inbox_costs_at_most_three_hundred_activities(seed: int) -> None:
    choice = Random(seed)
    settings: Settings = replace(
        SETTINGS,
        profiles={"north": GUID, "south": OTHERS["south"]},
        poll=5,
        files=choice.choice(((), ("School.csv", "Student.csv"))),
        preflight=choice.choice(("block", "report")),
    )
    world = World(choice, settings=settings, sweep=300)
    state = choice.choice(("provisioned", "provisioning", "provisioningFailed"))
    world.sds.state = lambda: state
    random_inbox(world)
    world.run(NIGHT / 8)
    for _ in range(3):
        world.activities.clear()
        world.run(NIGHT)
        for profile in {profile for profile, _ in world.activities}:
            count = sum(number for (of, _), number in world.activities.items() if of == profile)
            assert count <= 300, f"{profile}: {count} activities in a day"
    told = Counter(m["data"]["profile"] for m in world.messages().values())
    assert all(count < 12 for count in told.values()), told
