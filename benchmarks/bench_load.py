"""What waiting costs, in the model and by its clock: activities, storage operations, Graph calls per profile and day.

The orchestrator, the steps and the sweep are the app's own, with the settings' defaults; storage, service and engine
are the model's, so the figures are counts, the same in every run. Processor time beside them is this machine's.
"""

import time
from collections import Counter
from random import Random
from typing import NamedTuple

from msgspec.structs import replace

from shared.settings import Settings
from tests.model.service import MemoryIndustryData, MemorySds
from tests.model.test_nights import FILES
from tests.model.world import World

DAY = 86_400
SWEEP = 300
WEEK = 7
APIS: dict[str, type[MemorySds]] = {"classic": MemorySds, "industryData": MemoryIndustryData}
PER_PROFILE = 1.1
"""What fifty may cost each, as a multiple of what one costs."""


class Cost(NamedTuple):
    """Per profile and day, but for the seconds of the processor."""

    activities: float
    storage: float
    graph: float
    seconds: float


def profiles(count: int) -> dict[str, str]:
    return {f"p{n:02}": f"{n:08}-2222-3333-4444-555555555555" for n in range(count)}


def world_of(count: int, sds: type[MemorySds], storage: Counter[str]) -> World:
    settings = replace(
        Settings(), profiles=profiles(count), preflight="report", provision_timeout=(WEEK + 1) * DAY, follow=DAY
    )
    world = World(Random(0), settings=settings, sweep=SWEEP, sds=sds)

    def count_it(operation: str) -> None:
        storage[operation.split(maxsplit=1)[0]] += 1

    world.store.before = count_it
    return world


def drop(world: World) -> None:
    for profile in world.settings.profiles:
        for turn, name in enumerate(FILES):
            world.land(f"{profile}/{name}", f"night,turn\n{profile}0,{turn}\n".encode())


def asked(world: World) -> int:
    return sum(len(service.calls) for service in world.services.all)


def days(world: World, count: int, storage: Counter[str]) -> Cost:
    """The cost of so many days, each profile's share of each."""
    world.activities.clear()
    storage.clear()
    graph, began = asked(world), time.process_time()
    world.run(count * DAY)
    seconds = time.process_time() - began
    shares = count * len(world.settings.profiles)
    return Cost(
        sum(world.activities.values()) / shares,
        sum(storage.values()) / shares,
        (asked(world) - graph) / shares,
        seconds,
    )


def provisioned_after(world: World, state: str) -> None:
    for guid in world.settings.profiles.values():
        service = world.services.of(guid)
        service.state = lambda: state


def waiting(count: int, sds: type[MemorySds]) -> tuple[Cost, Cost, Cost]:
    """Of a week without a file, of a week of waiting for `provisioned`, and of the day of the sync."""
    storage: Counter[str] = Counter()
    world = world_of(count, sds, storage)
    idle = days(world, WEEK, storage)
    provisioned_after(world, "provisioning")
    drop(world)
    waited = days(world, WEEK, storage)
    provisioned_after(world, "provisioned")
    synced = days(world, 1, storage)
    ended = sum(m["type"] == "rosterdrop.sync.v1" for m in world.messages().values())
    if ended != count:
        raise SystemExit(f"only {ended} of {count} runs were synced")
    return idle, waited, synced


def archived(runs: int) -> Cost:
    """Of a day with one drop, beside so many archived runs."""
    storage: Counter[str] = Counter()
    world = world_of(1, MemorySds, storage)
    for n in range(runs):
        for name in ("files/School.csv", "report.json", "message.json"):
            world.store.put("sds-runs", f"p00/2025{n:04}T000000Z-{n:012x}/{name}", b"x")
    drop(world)
    return days(world, 1, storage)


def show(name: str, cost: Cost) -> None:
    print(f"{name:42} {cost.activities:10.1f} {cost.storage:10.1f} {cost.graph:10.1f} {cost.seconds:10.2f}", flush=True)


def main() -> int:
    print(f"{'per profile and day':42} {'activities':>10} {'storage':>10} {'Graph':>10} {'CPU s':>10}")
    worst = 0.0
    for api, sds in APIS.items():
        one, fifty = waiting(1, sds), waiting(50, sds)
        for what, few, many in zip(
            ("nothing dropped", "waiting for a week", "the day of the sync"), one, fifty, strict=True
        ):
            show(f"{api}, {what}, 1 profile", few)
            show(f"{api}, {what}, 50 profiles", many)
            worst = max(worst, *(b / a for a, b in zip(few[:3], many[:3], strict=True) if a))
    few, many = archived(0), archived(5000)
    show("one drop, no archived runs", few)
    show("one drop, 5,000 archived runs", many)
    times = many.storage / few.storage
    print(f"fifty cost each at most {worst:.2f} times what one costs; archived runs: {times:.2f} times")
    return int(worst > PER_PROFILE or times > PER_PROFILE)
