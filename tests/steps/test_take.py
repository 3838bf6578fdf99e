"""The guards of take, one by one, and what it leaves; so for a run that is repeated."""

import logging
from datetime import timedelta
from typing import Any

import pytest
from msgspec.structs import replace

from shared import door
from shared.decide import Plan
from shared.door import Edited
from shared.inbox import Survey, amounts_to, listing, seen
from shared.kept import mark
from shared.record import Current, Decision, Drop, DropFile, IgnoredFile, Recent, Record, Target, Times, Unmovable
from shared.store import Blob, Copied, CopyAnswer
from tests.model.world import GUID, World

from .desk import NOW, SECOND, at, do, lay, run

FILES = ("School.csv", "Section.csv", "Student.csv", "Teacher.csv", "StudentEnrollment.csv", "TeacherRoster.csv")
SETTLE = 60
PAUSED = Decision(False, NOW)
WAIT = Plan("wait", 1.0, then="take")
LANDED = NOW - timedelta(minutes=5)


def inbox(*strangers: str, since: float = SETTLE, **fields: Any) -> World:
    """A quiet, whole set in the inbox, and a record that has seen it once."""
    world = lay(None, **fields)
    world.now = LANDED
    for name in (*FILES, *strangers):
        world.store.put("sds-drop", f"north/{name}", name.encode())
    world.now = NOW
    found = survey(world)
    door.change(
        world.store,
        world.settings,
        "north",
        lambda record: Edited(replace(record, inbox=seen(None, found, NOW - since * SECOND, 60)), None),
    )
    return world


def survey(world: World) -> Survey:
    found = amounts_to(listing(world.store, world.settings, "north"), world.settings, Record("north"), (), NOW).set
    assert found is not None
    return found


def blob(world: World, name: str) -> Blob:
    return next(each for each in world.store.blobs("sds-drop") if each.name == f"north/{name}")


def snapshots(world: World) -> set[str]:
    return {name.split("/files/")[-1] for name in world.store.held.get("sds-runs", {}) if "/files/" in name}


def taken(world: World, *strangers: str) -> Current:
    found = survey(world)
    files = []
    for name in FILES:
        there = blob(world, name)
        files.append(DropFile(name, name, there.name, there.etag, there.size))
    ignored = tuple(IgnoredFile(name, f"north/{name}", blob(world, name).etag) for name in strangers)
    order = list(found.files)
    files.sort(key=lambda file: order.index(file.name))
    return Current(
        found.run_id,
        "taken",
        Target("classic", GUID),
        Drop("sdsV1", tuple(files), ignored),
        Times(LANDED, LANDED, NOW),
        NOW + timedelta(seconds=world.settings.provision_timeout),
    )


def test_a_set_is_copied_swapped_in_and_cleared(caplog: pytest.LogCaptureFixture) -> None:
    caplog.set_level(logging.INFO, "rosterdrop")
    world = inbox("readme.txt")
    current = taken(world, "readme.txt")
    caplog.clear()
    assert do(world, "take") == Plan("verify")
    record = world.record()
    assert record.current == replace(current, stage="cleared")
    assert (record.inbox, record.kept) == (None, ())
    assert world.store.held["sds-drop"] == {}
    assert snapshots(world) == {*FILES, "readme.txt"}
    assert [line.getMessage() for line in caplog.records] == [
        f"event=taken profile=north run={current.run_id} files=6 format=sdsV1"
    ]


@pytest.mark.parametrize(
    ("since", "fields"),
    [(SETTLE - 1, {}), (SETTLE, {"fingerprint": "another"}), (SETTLE, None)],
)
def test_nothing_is_copied_unless_it_is_the_second_look_at_a_quiet_set(
    since: float, fields: dict[str, Any] | None
) -> None:
    world = inbox(since=since)

    def other(record: Record) -> Edited[None]:
        there = replace(record.inbox, **fields) if record.inbox is not None and fields is not None else None
        return Edited(replace(record, inbox=there), None)

    if fields != {}:
        door.change(world.store, world.settings, "north", other)
    before = world.record()
    assert do(world, "take") is None
    assert (world.record(), snapshots(world)) == (before, set())


def test_nothing_is_copied_of_a_set_that_lacks_something() -> None:
    world = inbox()
    del world.store.held["sds-drop"]["north/School.csv"]
    before = world.record()
    assert do(world, "take") is None
    assert (world.record(), snapshots(world)) == (before, set())


def test_the_time_that_counts_is_that_before_the_listing() -> None:
    world = inbox(since=SETTLE - 1)
    at(world, "blobs", lambda: setattr(world, "now", NOW + SECOND))
    assert do(world, "take") is None
    assert world.record().current is None


@pytest.mark.parametrize("fields", [{"paused": PAUSED}, {"current": run("checked")}, {"inbox": None}])
def test_a_set_is_not_swapped_into_a_record_that_has_changed(fields: dict[str, Any]) -> None:
    world = inbox("readme.txt")
    world.store.held["sds-drop"]["north/readme.txt"].uncopyable = "BlobArchived"

    def changed() -> None:
        door.change(world.store, world.settings, "north", lambda r: Edited(replace(r, **fields), None))

    at(world, "copy", changed)
    assert do(world, "take") is None
    record = world.record()
    assert record.current == fields.get("current")
    assert record.kept == ()
    assert len(world.store.held["sds-drop"]) == 7


def test_copies_that_are_under_way_are_waited_for() -> None:
    world = inbox()
    world.store.copy_slow = lambda: True
    before = world.record()
    assert do(world, "take") == WAIT
    assert world.record() == before
    assert do(world, "take") == Plan("verify")


@pytest.mark.parametrize("how", [Copied.NEWER, Copied.GONE])
@pytest.mark.parametrize("name", ["School.csv", "readme.txt"])
def test_a_file_that_changes_while_it_is_copied_has_the_set_settle_anew(how: Copied, name: str) -> None:
    world = inbox("readme.txt")
    usual = world.store.copy

    def copy(source: str, there: Blob, container: str, target: str) -> CopyAnswer:
        if there.name != f"north/{name}":
            return usual(source, there, container, target)
        if how is Copied.GONE:
            del world.store.held["sds-drop"][there.name]
        else:
            world.store.put("sds-drop", there.name, b"newer")
        return usual(source, there, container, target)

    world.store.copy = copy  # type: ignore[method-assign]
    current = taken(world)
    answer = do(world, "take")
    record = world.record()
    if name == "readme.txt":
        assert answer == Plan("verify")
        assert record.current == replace(current, stage="cleared"), "a stranger that changed is no part of the run"
        assert set(world.store.held["sds-drop"]) == ({"north/readme.txt"} if how is Copied.NEWER else set())
        return
    assert answer is None
    assert (record.current, record.inbox) == (None, None)
    assert len(world.store.held["sds-drop"]) == (7 if how is Copied.NEWER else 6)
    assert snapshots(world) == set()


@pytest.mark.parametrize("strangers", [(), ("readme.txt",)])
def test_a_set_that_is_another_after_the_copies_settles_anew(strangers: tuple[str, ...]) -> None:
    world = inbox(*strangers)
    looks = 0
    usual = world.store.blobs

    def blobs(container: str, prefix: str = "", most: int | None = None) -> list[Blob]:
        nonlocal looks
        looks += container == "sds-drop"
        if looks == 2 and container == "sds-drop":
            world.store.put("sds-drop", "north/School.csv", b"new")
        return usual(container, prefix, most)

    world.store.blobs = blobs  # type: ignore[method-assign]
    assert do(world, "take") is None
    record = world.record()
    assert record.current is None
    assert record.inbox == seen(None, survey(world), NOW, 60)
    assert snapshots(world) == set()


def test_the_copies_of_a_set_whose_leases_alone_changed_stay() -> None:
    world = inbox()
    usual, looks = world.store.blobs, []

    def blobs(container: str, prefix: str = "", most: int | None = None) -> list[Blob]:
        looks.append(container)
        if looks.count("sds-drop") == 2:
            world.store.held["sds-drop"]["north/School.csv"].leased = True
        return usual(container, prefix, most)

    world.store.blobs = blobs  # type: ignore[method-assign]
    assert do(world, "take") is None
    assert world.record().current is None
    assert snapshots(world) == set(FILES)


@pytest.mark.parametrize("fields", [{"recent": True}, {"current": run("checked")}])
def test_a_snapshot_that_a_run_names_is_never_discarded(fields: dict[str, Any]) -> None:
    world = inbox()
    found = survey(world)
    if "recent" in fields:
        fields = {"recent": (Recent(found.run_id, "failed", NOW),)}

    def changed() -> None:
        door.change(world.store, world.settings, "north", lambda r: Edited(replace(r, **fields), None))
        world.store.put("sds-drop", "north/School.csv", b"new")

    at(world, "copy", changed)
    assert do(world, "take") is None
    assert snapshots(world) == set(FILES) - {"School.csv"}


def test_a_file_of_the_set_that_can_not_be_copied_is_to_be_told() -> None:
    world = inbox("readme.txt")
    world.store.held["sds-drop"]["north/School.csv"].uncopyable = "BlobArchived"
    world.store.held["sds-drop"]["north/readme.txt"].uncopyable = "BlobArchived"
    there = blob(world, "School.csv")
    assert do(world, "take") == Plan("refuse")
    record = world.record()
    assert record.unmovable == (Unmovable(there.name, there.etag, there.size, there.modified, "BlobArchived"),)
    assert (record.inbox, record.current) == (None, None)


def test_strangers_that_can_not_be_copied_or_named_are_kept_with_a_warning() -> None:
    long = "x" * 1000 + ".txt"
    world = inbox("archived.txt", "readme.txt", long)
    world.store.held["sds-drop"]["north/archived.txt"].uncopyable = "BlobArchived"
    marks = [mark(f"north/{name}", blob(world, name).etag) for name in ("archived.txt", long)]
    current = taken(world, "readme.txt")
    assert do(world, "take") == Plan("verify")
    words = "2 of the files that do not belong to the set can't be copied or named elsewhere; they stay."
    record = world.record()
    assert record.current == replace(current, stage="cleared", warnings=(words,))
    assert record.kept == tuple(sorted(marks))
    assert set(world.store.held["sds-drop"]) == {"north/archived.txt", f"north/{long}"}


def test_files_that_can_not_be_deleted_are_kept_with_a_warning(caplog: pytest.LogCaptureFixture) -> None:
    world = inbox()
    current = taken(world)
    world.store.held["sds-drop"]["north/School.csv"].protected = True
    world.store.held["sds-drop"]["north/Section.csv"].protected = True
    kept = tuple(sorted(mark(f"north/{name}", blob(world, name).etag) for name in ("School.csv", "Section.csv")))
    caplog.clear()
    assert do(world, "take") == Plan("verify")
    record = world.record()
    words = (
        "2 of the files could not be deleted from the drop container (protected); they stay and are not taken again."
    )
    assert (record.current, record.kept) == (replace(current, stage="cleared", warnings=(words,)), kept)
    assert [line.getMessage() for line in caplog.records if line.levelno == logging.WARNING] == [
        f"event=kept profile=north run={current.run_id} files=2"
    ]


def test_what_can_not_be_deleted_for_two_reasons_is_said_so() -> None:
    world = inbox()
    world.store.held["sds-drop"]["north/School.csv"].protected = True
    world.store.deletes_denied = True
    do(world, "take")
    current = world.record().current
    assert current is not None
    assert "6 of the files could not be deleted from the drop container (denied, protected);" in current.warnings[0]


def test_a_newer_version_stays_for_the_next_set() -> None:
    world = inbox()
    current = taken(world)
    at(world, "delete", lambda: world.store.put("sds-drop", "north/School.csv", b"new") and None)
    assert do(world, "take") == Plan("verify")
    assert world.record().current == replace(current, stage="cleared")
    assert set(world.store.held["sds-drop"]) == {"north/School.csv"}


@pytest.mark.parametrize("fields", [{}, {"stage": "checked"}, {"run_id": "run-2"}])
def test_an_interrupted_take_is_finished_and_no_other_run_cleared(fields: dict[str, Any]) -> None:
    world = inbox()
    given = taken(world)
    door.change(world.store, world.settings, "north", lambda r: Edited(replace(r, current=given, inbox=None), None))

    def changed() -> None:
        door.change(
            world.store, world.settings, "north", lambda r: Edited(replace(r, current=replace(given, **fields)), None)
        )

    if fields:
        at(world, "delete", changed)
    assert do(world, "take") == (None if fields else Plan("verify"))
    assert world.record().current == replace(given, **(fields or {"stage": "cleared"}))
    assert world.store.held["sds-drop"] == {}


@pytest.mark.parametrize("stage", ["cleared", "held", "checked", "ended"])
def test_a_run_that_was_cleared_is_not_taken_again(stage: Any) -> None:
    world = inbox()
    given = replace(taken(world), stage=stage)
    door.change(world.store, world.settings, "north", lambda r: Edited(replace(r, current=given), None))
    before = world.record()
    assert do(world, "take") is None
    assert (world.record(), len(world.store.held["sds-drop"])) == (before, 6)
