"""No file is ever silently ignored: what can't become a run ends in exactly one message, and the next drop works."""

from random import Random
from typing import Any

import pytest
from msgspec.structs import replace

from shared.settings import Settings
from tests.model.test_interleavings import new_set
from tests.model.test_nights import FILES, NIGHT
from tests.model.world import GUID, SETTINGS, World

CSV = b"night,turn\n0,1\n"


def world_with(*names: str, settings: Settings = SETTINGS, **data: bytes) -> World:
    world = World(Random(0), settings=settings, sweep=1200)
    for name in names:
        world.land(name, data.get(name.replace("/", "_").replace(".", "_"), CSV))
    world.run(NIGHT)
    return world


def only_message(world: World) -> dict[str, Any]:
    (message,) = world.messages().values()
    assert message["type"] == "rosterdrop.verification.v1"
    return message


def refused(world: World) -> set[str]:
    held = world.store.held.get("sds-runs", {})
    parts = [name.split("/", 3) for name in held if name.startswith("_refused/")]
    return {part[3] for part in parts if part[2] == "files"}


@pytest.mark.parametrize(
    ("names", "profile", "source"),
    [
        (("School.csv", "Student.csv"), None, "https://account.example/sds-drop"),
        (("no way!/School.csv", "_x/School.csv"), None, "https://account.example/sds-drop"),
        (("south/School.csv", "south/Student.csv"), "south", "https://account.example/sds-drop/south"),
        ((f"{GUID}/School.csv",), GUID, f"https://account.example/sds-drop/{GUID}"),
        ((f"{GUID}/School.csv", "south/Student.csv"), None, "https://account.example/sds-drop"),
        (("School.csv", "south/Student.csv"), None, "https://account.example/sds-drop"),
        (("north/deep/School.csv", "north/a/b/c.txt"), "north", "https://account.example/sds-drop/north"),
        (("north/schools.csv", "north/students.csv"), "north", "https://account.example/sds-drop/north"),
        (("north/School.csv", "north/SCHOOL.csv"), "north", "https://account.example/sds-drop/north"),
    ],
)
def test_what_belongs_to_no_run_is_moved_and_told_once(
    names: tuple[str, ...], profile: str | None, source: str
) -> None:
    world = world_with(*names)
    message = only_message(world)
    data = message["data"]
    assert (data["outcome"], data["profile"], message["source"]) == ("invalidDrop", profile, source)
    assert {file["name"] for file in data["drop"]["files"]} == set(names)
    assert refused(world) == set(names)
    assert world.store.held["sds-drop"] == {}
    assert data["report"]["blob"] in world.store.held["sds-runs"]
    assert world.record(profile or "_refused").refusal is None
    new_set(world, 0)
    world.run(NIGHT)
    assert "started" in {m["data"]["outcome"] for m in world.messages().values()}


def test_a_refusal_that_is_interrupted_anywhere_still_is_one() -> None:
    for point in range(1, 60):
        world = World(Random(0), sweep=1200)
        world.land("north/deep/School.csv", CSV)
        world.land("north/deep/Student.csv", CSV)

        def kill() -> None:
            from tests.model.world import Killed

            raise Killed

        world.inject[point] = kill
        world.run(NIGHT)
        assert only_message(world)["data"]["outcome"] == "invalidDrop"
        assert refused(world) == {"north/deep/School.csv", "north/deep/Student.csv"}
        assert world.store.held["sds-drop"] == {}


def test_files_named_as_ours_are_moved_like_any_other() -> None:
    files = {name: f"{name}, Ann".encode() for name in ("message.json", "report.json", "sync.json", "School.csv")}
    world = World(Random(0), sweep=1200)
    for name, content in files.items():
        world.land(name, content)
    world.run(NIGHT)
    assert only_message(world)["data"]["outcome"] == "invalidDrop"
    held = world.store.held["sds-runs"]
    prefix = only_message(world)["data"]["drop"]["prefix"]
    assert {name: held[prefix + name].data for name in files} == files


def test_of_two_spellings_of_a_guid_s_folder_nothing_is_lost() -> None:
    settings = replace(SETTINGS, profiles={})
    guid = GUID.replace("1", "a")
    world = World(Random(0), settings=settings, sweep=1200)
    for name in FILES:
        world.land(f"{guid}/{name}", CSV)
    world.land(f"{guid}/note.txt", b"one")
    world.land(f"{guid.upper()}/note.txt", b"two")
    world.run(NIGHT)
    notes = [held.data for name, held in world.store.held["sds-runs"].items() if name.endswith("note.txt")]
    assert sorted(notes) == [b"one", b"two"]
    assert world.store.held["sds-drop"] == {}


@pytest.mark.parametrize("missing", FILES)
def test_half_a_set_is_reported_once_and_completes_later(missing: str) -> None:
    names = [f"north/{name}" for name in FILES if name != missing]
    world = world_with(*names)
    data = only_message(world)["data"]
    assert data["outcome"] == "incomplete"
    assert [(m["fileName"], m["rule"]) for m in data["messages"]] == [(missing, "missingFile")]
    assert set(world.store.held["sds-drop"]) == set(names), "the files stay"
    world.run(3 * NIGHT)
    only_message(world)
    new_set(world, 1)
    world.run(NIGHT)
    assert {m["data"]["outcome"] for m in world.messages().values()} == {"incomplete", "started", "succeeded"}


def test_a_stale_leftover_never_completes_the_next_night() -> None:
    world = world_with("north/Student.csv")
    for name in FILES:
        if name != "Student.csv":
            world.land(f"north/{name}", CSV)
    world.run(NIGHT)
    rules = [[m["rule"] for m in message["data"]["messages"]] for message in world.messages().values()]
    assert len(rules) == 2
    assert "file.stale" in rules[1]
    assert world.sds.posts == []


def test_only_foreign_files() -> None:
    world = world_with("north/readme.txt", "north/.done")
    data = only_message(world)["data"]
    assert data["outcome"] == "incomplete"
    assert sorted(data["drop"]["ignored"]) == [".done", "readme.txt"]


def test_an_incomplete_set_becomes_complete_without_a_new_blob() -> None:
    """The lease on a file ends after the set was reported: the run needs an id, and a message, of its own."""
    world = World(Random(0), sweep=1200)
    new_set(world, 0)
    held = world.store.held["sds-drop"]["north/Student.csv"]
    held.leased = True
    world.run(NIGHT)
    assert only_message(world)["data"]["messages"][0]["rule"] == "file.leased"
    held.leased = False
    world.wake("north")
    world.run(NIGHT)
    assert {m["data"]["outcome"] for m in world.messages().values()} == {"incomplete", "started", "succeeded"}


def test_files_that_can_not_be_deleted_are_taken_once() -> None:
    world = World(Random(0), sweep=1200)
    world.store.deletes_denied = True
    new_set(world, 0)
    world.run(2 * NIGHT)
    assert len(world.sds.posts) == 1
    data = next(m["data"] for m in world.messages().values() if m["type"].startswith("rosterdrop.verification"))
    assert any("could not be deleted" in message["description"] for message in data["messages"])
    new_set(world, 1)
    world.run(NIGHT)
    assert len(world.sds.posts) == 2


def test_unchanged_files_are_not_sent_again_unless_asked() -> None:
    for choice, posts in (("skip", 1), ("send", 2)):
        world = World(Random(0), settings=replace(SETTINGS, unchanged=choice), sweep=1200)
        new_set(world, 0)
        world.run(NIGHT)
        new_set(world, 0)
        world.run(NIGHT)
        assert len(world.sds.posts) == posts
    world = World(Random(0), sweep=1200)
    world.sds.ends_in = "succeededWithErrors"
    for _ in range(2):
        new_set(world, 0)
        world.run(NIGHT)
    assert len(world.sds.posts) == 2, "a sync that did not end well is tried again"


@pytest.mark.parametrize("name", ["Student.csv", "Teacher.csv"])
def test_a_people_file_without_rows_is_refused(name: str) -> None:
    for allowed, outcome in ((False, "rejectedBeforeUpload"), (True, "started")):
        world = World(Random(0), settings=replace(SETTINGS, allow_empty=allowed), sweep=1200)
        new_set(world, 0)
        world.land(f"north/{name}", b"SIS ID\n")
        world.run(NIGHT)
        assert outcome in {m["data"]["outcome"] for m in world.messages().values()}
        assert len(world.sds.posts) == (1 if allowed else 0)


def test_an_optional_file_of_the_last_drop_is_missed() -> None:
    world = World(Random(0), sweep=1200)
    new_set(world, 0)
    world.land("north/User.csv", CSV)
    world.run(NIGHT)
    new_set(world, 1)
    world.run(NIGHT)
    (data,) = [m["data"] for m in world.messages().values() if m["data"]["outcome"] == "incomplete"]
    assert data["messages"][0]["fileName"] == "User.csv"
    assert "go inactive" in data["messages"][0]["description"]
    assert len(world.sds.posts) == 1


def test_the_sweep_finds_what_events_lost_and_frees_what_the_dead_hold() -> None:
    world = World(Random(0), sweep=1200)
    for name in FILES:
        world.store.put("sds-drop", f"north/{name}", CSV)
    world.run(NIGHT)
    assert len(world.sds.posts) == 1
    world = World(Random(0), sweep=1200)
    new_set(world, 0)
    world.run(65)
    world.agenda = [entry for entry in world.agenda if entry[0] > world.now][-1:]
    world.running.clear()
    world._sweep(1200)
    world.run(NIGHT)
    assert len(world.sds.posts) == 1


def test_a_set_that_is_complete_by_setting_is_not_nagged_about() -> None:
    few = ("School.csv", "Student.csv", "Teacher.csv")
    world = World(Random(0), settings=replace(SETTINGS, files=few), sweep=1200)
    for name in few:
        world.land(f"north/{name}", CSV)
    world.run(NIGHT)
    data = next(m["data"] for m in world.messages().values() if m["type"] == "rosterdrop.verification.v1")
    assert data["outcome"] == "started"
    assert "missingFile" not in {message.get("rule") for message in data["messages"]}
