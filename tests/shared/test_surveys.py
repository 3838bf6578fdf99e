"""What an inbox amounts to, to the last field."""

from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from msgspec.structs import replace

from shared import inbox
from shared.inbox import (
    UNADDRESSED,
    Inbox,
    Listing,
    Survey,
    amounts_to,
    fingerprint,
    landed,
    listing,
    run_id,
    seen,
    survey,
    targets,
)
from shared.kept import mark
from shared.record import (
    Accepted,
    Current,
    Drop,
    DropFile,
    IgnoredFile,
    Lack,
    Record,
    Refusal,
    Seen,
    Target,
    Times,
    Unmovable,
)
from shared.settings import Settings
from shared.store import Blob
from tests.model.store import MemoryStore

NOON = datetime(2026, 11, 22, 12, tzinfo=UTC)
GUID = "aaaaaaaa-bbbb-4ccc-8ddd-eeeeeeeeeeee"
SETTINGS = Settings(profiles={"north": GUID})
V1 = ("School.csv", "Section.csv", "Student.csv", "Teacher.csv", "StudentEnrollment.csv", "TeacherRoster.csv")
V21 = ("orgs.csv", "users.csv", "roles.csv", "classes.csv", "enrollments.csv")


def blob(name: str, age: float = 3600, etag: str = "1", size: int = 9, leased: bool = False) -> Blob:
    return Blob(f"north/{name}", etag, size, NOON - timedelta(seconds=age), leased)


def found(*blobs: Blob, settings: Settings = SETTINGS, accepted: Any = (None, ())) -> Survey:
    there = survey(blobs, settings, accepted)
    assert there is not None
    return there


def test_a_whole_set_to_the_last_field() -> None:
    blobs = [blob(name) for name in (*reversed(V1), "readme.txt")]
    there = found(*blobs)
    by_name = {each.name.removeprefix("north/"): each for each in blobs}
    files = {name: by_name[name] for name in there.files}
    assert set(files) == set(V1)
    known = [by_name[name] for name in V1]
    assert there == Survey("sdsV1", files, (by_name["readme.txt"],), (), None, "", fingerprint(known), run_id(known))
    assert there.complete
    assert there.blobs == (*files.values(), by_name["readme.txt"])
    for changed in ({"files": {}}, {"lacks": (Lack("x", "missing"),)}, {"problem": "unknownFormat"}):
        assert not replace(there, **changed).complete
    assert survey([], SETTINGS) is None


def test_the_order_of_the_files_is_the_format_s() -> None:
    there = found(*(blob(name) for name in sorted(V1)))
    again = found(*(blob(name) for name in sorted(V1, reverse=True)))
    assert list(there.files) == list(again.files) != sorted(V1)


@pytest.mark.parametrize(
    ("changes", "same"),
    [({}, True), ({"etag": "2"}, False), ({"size": 8}, False), ({"leased": True}, False), ({"age": 60}, True)],
)
def test_a_set_is_another_with_another_version_size_or_lease(changes: dict[str, Any], same: bool) -> None:
    assert (fingerprint([blob("a.csv")]) == fingerprint([blob("a.csv", **changes)])) is same
    assert fingerprint([blob("a.csv")]) != fingerprint([blob("b.csv")])
    assert len(fingerprint([blob("\ud800")])) == 16


def test_the_id_is_of_names_versions_and_the_newest_landing() -> None:
    base = run_id([blob("a.csv"), blob("b.csv", age=0)])
    assert base.startswith("20261122T120000Z-")
    assert run_id([blob("a.csv", etag="2"), blob("b.csv", age=0)]) != base
    assert run_id([blob("a.csv", size=1, leased=True), blob("b.csv", age=0)]) == base
    assert run_id(iter([blob("b.csv", age=0), blob("a.csv")])) == base
    assert landed([blob("a.csv", age=9), blob("b.csv", age=3), blob("c.csv", age=5)]) == (
        NOON - timedelta(seconds=9),
        NOON - timedelta(seconds=3),
    )


@pytest.mark.parametrize(
    ("bad", "lack"),
    [
        ({"size": 0}, "empty"),
        ({"leased": True}, "leased"),
        ({"size": 0, "leased": True}, "empty"),
        ({"age": 3600 + 21_600}, None),
        ({"age": 3600 + 21_601}, "stale"),
    ],
)
def test_why_a_file_is_lacking(bad: dict[str, Any], lack: str | None) -> None:
    blobs = [blob(name) for name in V1 if name != "Student.csv"]
    there = found(*blobs, blob("Student.csv", **bad))
    assert there.lacks == ((Lack("Student.csv", lack),) if lack else ())  # type: ignore[arg-type]
    assert ("Student.csv" in there.files) is (lack != "stale")
    assert [each.name for each in there.ignored] == (["north/Student.csv"] if lack == "stale" else [])


def test_what_was_accepted_before_is_said_of_what_is_lacking() -> None:
    accepted = ("sdsV1", ("School.csv", "User.csv"))
    there = found(*(blob(name) for name in V1 if name != "School.csv"), accepted=accepted)
    assert there.lacks == (Lack("School.csv", "missing", True), Lack("User.csv", "missing", True))
    other = found(*(blob(name) for name in V1 if name != "School.csv"), accepted=("sdsV2.1", ("School.csv",)))
    assert other.lacks == (Lack("School.csv", "missing"),)


def test_a_format_is_chosen_by_what_is_whole_then_by_what_is_most() -> None:
    assert found(*(blob(name) for name in (*V21, "School.csv"))).format == "sdsV2.1"
    assert found(*(blob(name) for name in (*V1[:2], "orgs.csv"))).format == "sdsV1"
    assert found(*(blob(name) for name in (*V21[:3], "School.csv"))).format == "sdsV2.1"
    wanted = Settings(files=("School.csv",), profiles={"north": GUID})
    assert found(blob("School.csv"), *(blob(name) for name in V21), settings=wanted).format == "sdsV1"


@pytest.mark.parametrize(
    ("names", "problem", "advice", "counted"),
    [
        (
            ("Student.csv", "STUDENT.csv"),
            "caseCollision",
            "Student.csv and STUDENT.csv differ in case alone. Keep one of them.",
            2,
        ),
        ((*V1, *V21), "mixedFormats", "There is a whole set of SDS V1 and one of SDS V2.1. Send one of them.", 11),
    ],
)
def test_a_set_with_a_problem_to_the_last_field(
    names: tuple[str, ...], problem: Any, advice: str, counted: int
) -> None:
    blobs = tuple(sorted((blob(name) for name in (*names, "readme.txt")), key=lambda each: each.name))
    known = [each for each in blobs if each.name != "north/readme.txt"]
    assert len(known) == counted
    assert found(*blobs) == Survey(None, {}, blobs, (), problem, advice, fingerprint(known), run_id(blobs))


def test_strangers_that_differ_only_in_case_are_no_problem() -> None:
    assert found(*(blob(name) for name in V1), blob("a.txt"), blob("A.txt")).complete


def test_csv_files_of_no_format_are_refused_and_other_strangers_wait() -> None:
    there = found(blob("a.csv"), blob("b.csv"), blob("readme.txt"))
    assert (there.problem, there.format, there.files) == ("unknownFormat", None, {})
    assert there.fingerprint == fingerprint([blob("a.csv"), blob("b.csv"), blob("readme.txt")])
    assert len(there.advice) > 20
    alone = found(blob("readme.txt"))
    assert alone == Survey(
        None,
        {},
        (blob("readme.txt"),),
        (Lack("", "missing"),),
        None,
        alone.advice,
        fingerprint([blob("readme.txt")]),
        run_id([blob("readme.txt")]),
    )
    assert alone.advice == (
        "No file here has a name of SDS V1 (School.csv, Student.csv, …) or SDS V2.1 (orgs.csv, users.csv, …). "
        "Name the files as the format does."
    )
    several = found(*(blob(name) for name in ("Pupils.txt", "x.zip", "Student", "a.xlsx")))
    assert several.advice == (
        "No file here has a name of SDS V1 (School.csv, Student.csv, …) or SDS V2.1 (orgs.csv, users.csv, …). "
        "Perhaps they only need their right names: Student for Student.csv. "
        "If the set is in x.zip, unzip it, and put the CSV files here."
    )
    wanted = found(blob("readme.txt"), settings=Settings(files=("Student.csv", "School.csv")))
    assert wanted.lacks == (Lack("School.csv", "missing"), Lack("Student.csv", "missing"))
    assert wanted.advice == (
        "No file here has a name of SDS V1 (School.csv, Student.csv, …). Name the files as the format does."
    )


def test_only_a_missing_file_has_a_near_one() -> None:
    rest = [blob(name) for name in V1 if name != "Student.csv"]
    assert found(*rest, blob("Students.csv")).lacks == (Lack("Student.csv", "missing", near="Students.csv"),)
    empty = found(*rest, blob("Student.csv", size=0), blob("Students.csv"))
    assert empty.lacks == (Lack("Student.csv", "empty"),)


def test_names_for_the_copies() -> None:
    two = [Blob(f"{guid}/School.csv", "1", 1, NOON) for guid in (GUID, GUID.upper())]
    alone = Blob(f"{GUID}/Student.csv", "1", 1, NOON)
    assert targets("p/", [*two, alone]) == {
        f"p/{GUID}/School.csv": two[0],
        f"p/{GUID.upper()}/School.csv": two[1],
        "p/Student.csv": alone,
    }
    assert len(targets("p/", [blob("x" * 1022)])) == 1
    assert targets("p/", [blob("x" * 1023)]) == {}
    assert targets("p/", [blob("..")]) == {}


def whole(**fields: Any) -> Inbox:
    settings = replace(SETTINGS, **fields.pop("settings", {}))
    record = Record("north", **fields.pop("record", {}))
    files = fields.pop("files", tuple(blob(name) for name in V1))
    listed = Listing(files, fields.pop("misplaced", ()))
    return amounts_to(listed, settings, record, fields.pop("kept", ()), NOON)


def test_a_misplaced_blob_rests_for_the_settle_time_first() -> None:
    rested, restless, later = blob("d/b.csv", 60), blob("d/c.csv", 59), blob("d/d.csv", 10)
    there = whole(misplaced=(rested, blob("d/a.csv"), later, restless))
    assert there.misplaced == (blob("d/a.csv"), rested)
    assert there.unsettled == NOON + timedelta(seconds=1)
    assert there.restless is not None
    assert there.restless.ignored == (later, restless)
    assert there.restless.files == {}
    assert whole(misplaced=(rested,)).unsettled is None
    assert whole(misplaced=(rested,)).restless is None
    every = (*(blob(name) for name in V1), rested, blob("d/a.csv"), later, restless)
    assert there.there == {mark(each.name, each.etag) for each in every}
    assert there.set == found(*(blob(name) for name in V1))


def test_a_stranger_rests_unless_it_lies_beside_a_file_of_the_set() -> None:
    young = blob("notes.txt", 59)
    alone = whole(files=(young, blob("a.txt", 60)))
    assert alone.set is not None
    assert alone.set.blobs == (blob("a.txt", 60),)
    assert alone.unsettled == NOON + timedelta(seconds=1)
    assert alone.restless is not None
    assert alone.restless.blobs == (young,)
    beside = whole(files=(young, blob("School.csv")))
    assert beside.set is not None
    assert young in beside.set.blobs
    assert beside.unsettled is None
    assert beside.restless is None


SOURCE = DropFile("School.csv", "School.csv", "north/School.csv", "1", 9)
IGNORED = IgnoredFile("Section.csv", "north/Section.csv", "1")
STUCK = Unmovable("north/Student.csv", "1", 9, NOON, "why")


@pytest.mark.parametrize(
    ("fields", "new"),
    [
        ({}, True),
        ({"record": {"kept": (mark("north/School.csv", "1"),)}}, False),
        ({"record": {"kept": (mark("north/School.csv", "2"),)}}, True),
        ({"kept": {mark("north/School.csv", "1")}}, False),
        ({"record": {"refusal": Refusal("x", 1, marks=(mark("north/School.csv", "1"),))}}, False),
        ({"record": {"refusal": Refusal("x", 1, blobs={"north/School.csv": "1"})}}, False),
        ({"record": {"unmovable": (replace(STUCK, name="north/School.csv"),)}}, False),
        (
            {
                "record": {
                    "current": Current(
                        "r", "taken", Target("classic", GUID), Drop("sdsV1", (SOURCE,), (IGNORED,)), Times(), NOON
                    )
                }
            },
            False,
        ),
    ],
)
def test_what_was_dealt_with_is_not_new(fields: dict[str, Any], new: bool) -> None:
    there = whole(**fields).set
    assert there is not None
    assert ("School.csv" in there.files) is new
    assert "Student.csv" in there.files
    assert ("Section.csv" in there.files) is ("current" not in fields.get("record", {}))


def test_what_a_run_has_taken_is_not_new_beside_what_is_refused() -> None:
    current = Current("r", "taken", Target("classic", GUID), Drop("sdsV1", (SOURCE,)), Times(), NOON)
    refusal = Refusal("x", 1, marks=(mark("north/Teacher.csv", "1"),), blobs={"north/Section.csv": "1"})
    there = whole(record={"current": current, "refusal": refusal, "unmovable": (STUCK,)}).set
    assert there is not None
    assert set(there.files) == {"StudentEnrollment.csv", "TeacherRoster.csv"}


def test_what_was_accepted_before_is_expected_of_the_inbox() -> None:
    accepted = Accepted("r", Target("classic", GUID), "sdsV1", (*V1, "User.csv"))
    there = whole(record={"accepted": accepted}).set
    assert there is not None
    assert there.lacks == (Lack("User.csv", "missing", True),)


def test_what_the_record_keeps_of_a_look() -> None:
    there = found(*(blob(name) for name in V1[:2]), blob("readme.txt"))
    shown = Seen(
        there.fingerprint,
        NOON,
        format="sdsV1",
        files=("School.csv", "Section.csv"),
        lacks=there.lacks,
        strangers=1,
        changing=NOON,
    )
    assert seen(None, there, NOON, 60) == shown
    later = NOON + timedelta(hours=1)
    rested = replace(shown, told=True, looks=2, changing=None)
    assert seen(replace(shown, told=True), there, later, 60) == rested
    assert seen(Seen("other", NOON, 2, told=True), there, later, 60) == replace(shown, since=later, changing=later)
    assert seen(shown, None, later, 60) is None
    many = replace(there, lacks=tuple(Lack(str(number), "missing") for number in range(30)))
    kept = seen(None, many, NOON, 60)
    assert kept is not None
    assert kept.lacks == many.lacks[:20]


@pytest.mark.parametrize("told", [False, True])
def test_files_are_changing_until_a_look_finds_them_quiet(told: bool) -> None:
    there = found(blob("School.csv"))
    before = Seen("other", NOON - timedelta(minutes=1), changing=NOON - timedelta(hours=9), told_changing=told)
    first = seen(before, there, NOON, 60)
    assert first is not None
    assert (first.since, first.looks) == (NOON, 1)
    assert (first.changing, first.told_changing) == (before.changing, told)
    soon = seen(first, there, NOON + timedelta(seconds=59), 60)
    assert soon == replace(first, looks=2)
    assert seen(soon, there, NOON + timedelta(seconds=60), 60) == replace(soon, changing=None, told_changing=False)


def put(store: MemoryStore, *names: str) -> None:
    for name in names:
        store.put("sds-drop", name, b"x")


def names(blobs: tuple[Blob, ...]) -> list[str]:
    return sorted(each.name for each in blobs)


def test_where_the_blobs_of_a_profile_lie() -> None:
    store = MemoryStore(lambda: NOON)
    put(store, "north/a.csv", "north/d/b.csv", "northern/c.csv", "root.csv", "no way/d.csv", "_x/e.csv", "north/..")
    put(store, f"{GUID}/f.csv", f"{GUID.upper()}/g.csv", f"{GUID.upper()}/d/h.csv")
    there = listing(store, SETTINGS, "north")
    assert (names(there.files), names(there.misplaced)) == (["north/a.csv"], ["north/..", "north/d/b.csv"])
    there = listing(store, SETTINGS, UNADDRESSED)
    nobodys = ["_x/e.csv", "no way/d.csv", "root.csv"]
    not_allowed = [f"{GUID}/f.csv", f"{GUID.upper()}/g.csv", f"{GUID.upper()}/d/h.csv", "northern/c.csv"]
    assert (there.files, names(there.misplaced)) == ((), sorted([*nobodys, *not_allowed]))
    assert names(listing(store, Settings(), UNADDRESSED).misplaced) == sorted(
        [*nobodys, "north/..", "north/a.csv", "north/d/b.csv", "northern/c.csv"]
    ), "without SDS_PROFILES every GUID is allowed, and nothing else"
    assert listing(store, SETTINGS, GUID) == Listing((), ())
    there = listing(store, Settings(), GUID)
    assert names(there.files) == sorted([f"{GUID}/f.csv", f"{GUID.upper()}/g.csv"])
    assert listing(store, SETTINGS, "south") == Listing((), ())


def test_a_look_at_nobody_s_files_takes_in_so_many_folders(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(inbox, "_FOLDERS", 2)
    store = MemoryStore(lambda: NOON)
    put(store, "root.csv", *(f"south{number}/a.csv" for number in range(4)))
    assert names(listing(store, SETTINGS, UNADDRESSED).misplaced) == ["root.csv", "south0/a.csv", "south1/a.csv"]
