"""Folders of nobody, however many, are one story: they cost no more than as many files in one folder."""

import json
from random import Random
from typing import Any

import pytest
from msgspec.structs import replace

from shared import door
from shared.door import Edited
from shared.record import Record, Refusal
from tests.model.test_interleavings import new_set
from tests.model.test_nights import FILES
from tests.model.world import GUID, World

HOUR, DAY = 3600, 86_400


def guid(number: int) -> str:
    return f"{number:08x}-1111-2222-3333-444444444444"


def lay(folders: int, files: int = 1) -> World:
    world = World(Random(0), sweep=300)
    for folder in range(folders):
        for file in range(files):
            world.land(f"{guid(folder)}/{file}.csv", b"x")
    return world


def told(world: World) -> list[dict[str, Any]]:
    return [message["data"] for message in world.messages().values()]


def refused(world: World) -> set[str]:
    held = world.store.held["sds-runs"]
    return {name.split("/files/")[1] for name in held if name.startswith("_refused/") and "/files/" in name}


def test_many_folders_of_nobody_are_told_together_and_cost_little() -> None:
    world = lay(400)
    new_set(world, 0)
    world.run(HOUR / 6)
    assert {data["outcome"] for data in told(world)} == {"invalidDrop", "started"}
    world.run(HOUR)
    (data,) = [data for data in told(world) if data["outcome"] == "invalidDrop"]
    assert data["profile"] is None
    assert {file["name"] for file in data["drop"]["files"]} == {f"{guid(folder)}/0.csv" for folder in range(400)}
    assert data["messages"][0]["description"].startswith(
        f"'{guid(0)}', '{guid(1)}', '{guid(2)}', '{guid(3)}', '{guid(4)}' and 395 more are each not an allowed profile."
    )
    assert refused(world) == {f"{guid(folder)}/0.csv" for folder in range(400)}
    assert world.store.held["sds-drop"] == {}
    assert {name for name in world.store.held["sds-state"] if name.endswith(".json")} == {"_refused.json", "north.json"}
    nobodys = sum(count for (profile, _), count in world.activities.items() if profile != "north")
    events = 400  # each lands at a moment of its own, and leaves word that somebody has left already
    assert nobodys < events + 30


def test_more_than_a_portion_is_told_in_portions() -> None:
    world = lay(1100, 2)
    world.run(HOUR)
    portions = [
        json.loads(held.data)["items"] for name, held in world.store.held["sds-runs"].items() if "portion" in name
    ]
    assert sorted(map(len, portions)) == [200, 1000, 1000]
    assert len(told(world)) == 3
    assert len(refused(world)) == 2200
    assert world.store.held["sds-drop"] == {}
    assert not world.record("_refused").open


def test_what_stays_in_a_folder_of_nobody_is_told_once() -> None:
    world = lay(3)
    world.store.held["sds-drop"][f"{guid(1)}/0.csv"].protected = True
    world.run(3 * DAY)
    assert len(told(world)) == 1
    assert set(world.store.held["sds-drop"]) == {f"{guid(1)}/0.csv"}


def test_a_refusal_of_a_profile_that_is_not_allowed_which_was_left_open_ends() -> None:
    """An earlier version, or one to which the profile was allowed, began it in a record of its own."""
    world = World(Random(0), sweep=300)
    etags = {name: world.store.put("sds-drop", f"{guid(1)}/{name}", b"x") for name in ("a.csv", "b.csv")}
    portion = [
        {"name": f"{guid(1)}/{name}", "etag": etag, "size": 1, "modified": world.now.isoformat()}
        for name, etag in etags.items()
    ]
    text = json.dumps({"reason": "Theirs.", "items": portion}).encode()
    world.store.put("sds-runs", "_refused/20261122T020000Z-0123456789ab-x1/portion.json", text)
    record = Record(guid(1), refusal=Refusal("20261122T020000Z-0123456789ab-x1", 2))
    door.save(world.store, world.settings, record, None)
    world.run(DAY)
    assert world.store.held["sds-drop"] == {}
    assert [data["profile"] for data in told(world)].count(guid(1)) == 1
    assert not world.record(guid(1)).open
    assert world.record(guid(1)).driver is None


def test_a_profile_that_becomes_allowed_is_served_from_then_on() -> None:
    world = World(Random(0), sweep=300)
    world.land("south/School.csv", b"night,turn\n0,0\n")
    world.run(HOUR)
    world.deploy(profiles={"north": GUID, "south": guid(1)})
    for name in FILES:
        world.land(f"south/{name}", b"night,turn\n1,1\n")
    world.run(HOUR)
    assert [(data["profile"], data["outcome"]) for data in told(world)][:2] == [
        ("south", "invalidDrop"),
        ("south", "started"),
    ]


@pytest.mark.parametrize("back", [HOUR, DAY])
def test_what_was_kept_stays_kept_while_a_profile_is_not_allowed(back: float) -> None:
    """Somebody leaves a name out of SDS_PROFILES for a while: what a run left in the inbox is never taken again."""
    world = World(Random(0), sweep=300)
    new_set(world, 0)
    for blob in world.store.held["sds-drop"].values():
        blob.protected = True
    world.run(3 * HOUR)
    kept = world.record().kept
    assert len(kept) == len(FILES)
    world.deploy(profiles={"south": guid(1)})
    door.change(world.store, world.settings, "north", lambda record: Edited(replace(record, retry="x"), None))
    world.run(back)
    assert world.record().kept == kept
    world.deploy(profiles={"north": GUID})
    world.run(DAY)
    assert len(world.sds.posts) == 1
    assert [data["outcome"] for data in told(world)] == ["started", "succeeded", "invalidDrop"]
