"""What storage won't copy, delete or name is told once and kept; what lies beside it goes its way at once."""

import json
from datetime import timedelta
from random import Random
from typing import Any

import pytest
from msgspec.structs import replace

from shared.store import Blob
from tests.model.store import MemoryStore
from tests.model.test_interleavings import new_set
from tests.model.test_nights import FILES, NIGHT
from tests.model.world import SETTINGS, Chaos, Killed, World

CSV = b"night,turn\n0,1\n"
LONG = "north/deep/" + "x" * 1000


def of(world: World, outcome: str) -> list[dict[str, Any]]:
    return [m["data"] for m in world.messages().values() if m["data"]["outcome"] == outcome]


@pytest.mark.parametrize("how", ["protected", "leased"])
def test_files_that_stay_are_kept_with_a_warning_and_complete_no_later_set(how: str) -> None:
    """Last night's files are protected; tonight's export breaks off after the one that isn't."""
    world = World(Random(0))
    new_set(world, 0)

    def protect() -> None:
        for blob in world.store.held["sds-drop"].values():
            setattr(blob, how, True)

    usual = world.store.delete

    def delete(container: str, name: str, etag: str) -> Any:
        protect()
        return usual(container, name, etag)

    world.store.delete = delete  # type: ignore[method-assign]
    world.run(NIGHT / 4)
    (first,) = of(world, "started")
    assert any("could not be deleted" in message["description"] for message in first["messages"])
    assert len(world.store.held["sds-drop"]) == len(FILES)
    world.run(NIGHT)
    assert len(world.messages()) == 2, "told once"
    world.store.put("sds-drop", "north/Student.csv", b"night,turn\n1,1\n")
    world.wake("north")
    world.run(NIGHT)
    (incomplete,) = of(world, "incomplete")
    assert {message["fileName"] for message in incomplete["messages"]} == set(FILES) - {"Student.csv"}
    assert len(world.sds.posts) == 1, "last night's files were started again"


def test_a_protected_misplaced_file_is_told_once_and_not_every_settle_time() -> None:
    world = World(Random(0))
    world.land("north/deep/x.csv", CSV)
    world.store.held["sds-drop"]["north/deep/x.csv"].protected = True
    world.run(5 * NIGHT)
    assert len(world.messages()) == 1
    assert sum(world.activities.values()) < 100


@pytest.mark.parametrize(
    ("name", "uncopyable"),
    [
        ("north/deep/x.csv", "BlobArchived"),
        ("north/..", ""),
        ("north/%2e%2e/x.csv", ""),
        ("north/a\\..\\x.csv", ""),
        (LONG, ""),
        ("north/" + "y" * 1000, ""),
        ("north/readme.txt", "BlobUsesCustomerSpecifiedEncryption"),
    ],
)
def test_an_odd_blob_stands_in_nobody_s_way(name: str, uncopyable: str) -> None:
    world = World(Random(0))
    world.land(name, CSV)
    world.store.held["sds-drop"][name].uncopyable = uncopyable
    new_set(world, 0)
    world.run(400)
    assert len(world.sds.posts) == 1, "the good set beside it waits"
    world.run(2 * NIGHT)
    text = json.dumps([message["data"].get("messages") for message in world.messages().values()])
    assert "stay" in text
    assert name in world.store.held["sds-drop"]
    record = world.record()
    assert record.current is None
    assert record.refusal is None
    told = len(world.messages())
    world.run(2 * NIGHT)
    assert len(world.messages()) == told, "told again and again"


def test_a_file_of_the_set_that_can_not_be_copied_is_told_once_and_the_next_set_works() -> None:
    world = archived("Student.csv")
    world.run(NIGHT)
    assert len(world.messages()) == 1, "that the set lacks it is the same trouble"
    assert world.record().inbox is not None
    assert world.activities.total() < 100
    new_set(world, 1)
    world.run(NIGHT)
    assert len(world.sds.posts) == 1


def archived(*names: str, lost: float = 0) -> World:
    world = World(Random(0), Chaos(repeat=lost, late=lost, kill=lost))
    new_set(world, 0)
    for name in names:
        world.store.held["sds-drop"][f"north/{name}"].uncopyable = "BlobArchived"
    world.run(NIGHT / 6)
    (data,) = of(world, "invalidDrop")
    assert "BlobArchived" in data["messages"][0]["description"]
    assert {file["name"] for file in data["drop"]["files"]} == {f"north/{name}" for name in names}
    return world


def test_a_set_that_waits_for_a_refused_file_is_taken_once_that_is_uploaded_anew() -> None:
    world = archived("Student.csv", "School.csv", lost=0.05)
    for name in ("Student.csv", "School.csv"):
        world.land(f"north/{name}", b"night,turn\n0,9\n")
    world.run(NIGHT)
    assert [message["data"]["outcome"] for message in world.messages().values()] == [
        *("invalidDrop", "started", "succeeded")
    ]


def test_a_set_that_changes_and_lacks_a_refused_file_still_is_told_incomplete() -> None:
    world = archived("Student.csv")
    world.land("north/School.csv", b"night,turn\n0,9\n")
    world.run(NIGHT)
    (data,) = of(world, "incomplete")
    assert [message["fileName"] for message in data["messages"]] == ["Student.csv"]
    world.run(2 * NIGHT)
    assert len(world.messages()) == 2


def test_a_set_that_lacks_more_than_the_refused_file_is_told_incomplete() -> None:
    """Another file is deleted while the set is copied."""
    world = World(Random(0))
    new_set(world, 0)
    world.store.held["sds-drop"]["north/Student.csv"].uncopyable = "BlobArchived"
    usual = world.store.send

    def send(message: bytes) -> None:
        world.store.held["sds-drop"].pop("north/School.csv", None)
        usual(message)

    world.store.send = send  # type: ignore[method-assign]
    world.run(NIGHT)
    (data,) = of(world, "incomplete")
    assert {message["fileName"] for message in data["messages"]} == {"Student.csv", "School.csv"}


def test_a_stranger_rewritten_between_an_interrupted_take_and_its_repeat_is_not_lost() -> None:
    for point in range(1, 40):
        world = World(Random(0), sweep=1200)
        new_set(world, 0)
        world.land("north/readme.txt", b"first")
        world.run(60)

        def strike(world: World = world) -> None:
            world.store.put("sds-drop", "north/readme.txt", b"last")
            raise Killed

        world.inject[world.operations + point] = strike
        world.run(NIGHT)
        every = [held.data for container in world.store.held.values() for held in container.values()]
        assert b"last" in every or world.inject, f"operation {point}"


def test_twenty_thousand_misplaced_files_are_worked_off_and_the_good_set_does_not_wait() -> None:
    world = World(Random(0), sweep=300)
    count = 20_000
    for number in range(count):
        world.store.put("sds-drop", f"north/2026/{number:05}.csv", b"x")
    new_set(world, 0)
    world.run(600)
    assert len(world.sds.posts) == 1
    world.run(NIGHT / 4)
    refused = of(world, "invalidDrop")
    assert len(refused) == 20
    assert all("deeper than" in data["messages"][0]["description"] for data in refused), "an explanation was cut away"
    assert max(len(message) for message in world.store.sent) <= 49_152
    assert not world.store.held["sds-drop"]
    assert sum(name.startswith("_refused/") and "/files/" in name for name in world.store.held["sds-runs"]) == count


def test_a_thousand_files_that_land_at_once_cost_few_joins() -> None:
    world = World(
        Random(0), settings=replace(SETTINGS, profiles={**SETTINGS.profiles, "south": SETTINGS.profiles["north"]})
    )
    listings = 0
    usual = MemoryStore.blobs

    def blobs(store: MemoryStore, container: str, prefix: str = "", most: int | None = None) -> list[Blob]:
        nonlocal listings
        listings += container == "sds-drop"
        return usual(store, container, prefix, most)

    world.store.blobs = blobs.__get__(world.store)  # type: ignore[method-assign]
    for number in range(1000):
        world.land(f"north/notes-{number}.txt", b"x")
    world.run(120)
    assert listings < 60, "every join lists the inbox"


def test_an_app_that_was_stopped_for_days_in_the_middle_of_a_take_takes_the_set_when_it_is_back() -> None:
    """The deadline of all waiting counts tries, too: while nothing ran, nothing was tried."""
    world = World(Random(0))
    world.store.copy_slow = lambda: True
    new_set(world, 0)
    while (tries := world.record().tries) is None or tries.do != "take":
        world.run(1)
    world.agenda.clear()
    world.running.clear()
    world.now += timedelta(days=3)
    world.store.copy_slow = lambda: False
    world._sweep(1200)
    world.run(NIGHT)
    assert [m["data"]["outcome"] for m in world.messages().values()] == ["started", "succeeded"]
