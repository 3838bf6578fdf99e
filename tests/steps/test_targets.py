"""A run belongs to the API and the GUID that it began with: settings that change on its way end it, wherever it is."""

from collections.abc import Callable
from random import Random

import pytest

from tests.long import LONG
from tests.model.service import MemoryIndustryData, MemorySds
from tests.model.test_interleavings import life, new_set, operations
from tests.model.test_nights import NIGHT
from tests.model.test_unkind import MOVED
from tests.model.world import GUID, World

OTHER: dict[type[MemorySds], type[MemorySds]] = {MemorySds: MemoryIndustryData, MemoryIndustryData: MemorySds}


def alias_moved(world: World, sds: type[MemorySds]) -> None:
    world.deploy(profiles={"north": MOVED})


def api_switched(world: World, sds: type[MemorySds]) -> None:
    world.deploy(sds=OTHER[sds])


CHANGES = [alias_moved, api_switched]
type Change = Callable[[World, type[MemorySds]], None]


def started(world: World) -> set[tuple[str, str]]:
    return {(api, guid) for api, guid, service in world.targets if service.starts or service.posts}


@pytest.mark.parametrize("sds", OTHER)
@pytest.mark.parametrize("change", CHANGES, ids=lambda change: change.__name__)
def test_a_run_that_waits_ends_and_the_next_set_goes_to_the_new_target(change: Change, sds: type[MemorySds]) -> None:
    world = World(Random(0), sds=sds)
    world.sds.state = lambda: "provisioning"
    new_set(world, 0)
    world.run(3600)
    change(world, sds)
    world.run(NIGHT)
    (told,) = world.messages().values()
    data = told["data"]
    assert (data["outcome"], data["failure"]["code"]) == ("failed", "targetChanged")
    assert (data["api"], data["profileId"]) == (sds.api, GUID)
    assert started(world) == set()
    new_set(world, 1)
    world.run(NIGHT)
    assert started(world) == {(world.settings.api, world.settings.profiles["north"])}


@pytest.mark.parametrize("sds", OTHER)
@pytest.mark.parametrize("change", CHANGES, ids=lambda change: change.__name__)
def test_settings_that_change_at_any_point_send_no_run_elsewhere(change: Change, sds: type[MemorySds]) -> None:
    ends: set[str] = set()
    for point in range(1, operations(sds) + 1, 1 if LONG else 2):
        world = life(sds)
        world.inject[point] = lambda world=world: change(world, sds)  # type: ignore[misc]
        world.run(100)
        while world.record().current is None and not world.messages():
            world.run(100)
        world._sweep(1200)
        world.run(2 * NIGHT)
        (data,) = (m["data"] for m in world.messages().values() if m["type"] == "rosterdrop.verification.v1")
        end = data["failure"]["code"] if data["failure"] else data["outcome"]
        ends.add(end)
        assert end in ("started", "targetChanged"), f"at operation {point}: {data}"
        target = {(data["api"], data["profileId"])}
        assert started(world) == (target if end == "started" else set()), f"at operation {point}"
        asked = [(api, guid) for api, guid, service in world.targets if service.calls]
        assert set(asked) <= target, f"at operation {point}: {asked} were asked about a run of {target}"
    assert ends == {"started", "targetChanged"}
