"""The inbox's grammar, and what makes a set complete."""

import hashlib
from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given, strategies

from shared.inbox import PORTION, UNADDRESSED, Listing, fingerprint, key_of, listing, look, run_id, survey, targets
from shared.kept import mark
from shared.record import Record
from shared.settings import Settings
from shared.store import Blob
from tests.model.store import MemoryStore

V1 = ("School.csv", "Section.csv", "Student.csv", "Teacher.csv", "StudentEnrollment.csv", "TeacherRoster.csv")
V21 = ("orgs.csv", "users.csv", "roles.csv", "classes.csv", "enrollments.csv")
GUID = "AAAAAAAA-bbbb-4ccc-8ddd-eeeeeeeeeeee"
NOON = datetime(2026, 11, 22, 12, 0, 5, tzinfo=UTC)
ANY = Settings()


def blob(name: str, *, age: float = 0, size: int = 9, leased: bool = False, profile: str = "north") -> Blob:
    return Blob(f"{profile}/{name}", f"0x{abs(hash(name)):X}", size, NOON - timedelta(seconds=age), leased)


def blobs(*names: str) -> list[Blob]:
    return [blob(name) for name in names]


@pytest.mark.parametrize(
    ("name", "key"),
    [
        ("north/School.csv", "north"),
        (f"{GUID}/School.csv", GUID.lower()),
        ("north/deeper/School.csv", "north"),
        ("School.csv", UNADDRESSED),
        ("_refused/School.csv", UNADDRESSED),
        ("bad name!/School.csv", UNADDRESSED),
        ("/School.csv", UNADDRESSED),
        ("../School.csv", UNADDRESSED),
    ],
)
def test_the_profile_of_a_blob(name: str, key: str) -> None:
    assert key_of(name) == key


def test_a_guid_has_one_inbox_in_any_case_and_the_rest_is_misplaced() -> None:
    store = MemoryStore(lambda: NOON)
    for name in (f"{GUID}/School.csv", f"{GUID.lower()}/Student.csv", f"{GUID}/deep/x.csv", "root.csv", "no way/x.csv"):
        store.put("sds-drop", name, b"x")
    mine = listing(store, ANY, GUID.lower())
    assert {b.name for b in mine.files} == {f"{GUID}/School.csv", f"{GUID.lower()}/Student.csv"}
    assert [b.name for b in mine.misplaced] == [f"{GUID}/deep/x.csv"]
    assert {b.name for b in listing(store, ANY, UNADDRESSED).misplaced} == {"root.csv", "no way/x.csv"}
    only_north = Settings(profiles={"north": GUID.lower()})
    assert listing(store, only_north, GUID.lower()) == Listing((), ()), "a profile that is not allowed has no inbox"
    assert len(listing(store, only_north, UNADDRESSED).misplaced) == 5, "its files are nobody's"


@pytest.mark.parametrize("names", [V1, V21])
def test_the_usual_set_is_complete(names: tuple[str, ...]) -> None:
    found = survey(blobs(*names), ANY)
    assert found is not None
    assert found.complete
    for missing in names:
        partial = survey(blobs(*(name for name in names if name != missing)), ANY)
        assert partial is not None
        assert not partial.complete
        assert [(lack.name, lack.why) for lack in partial.lacks] == [(missing, "missing")]


@pytest.mark.parametrize("names", [V1, V21])
def test_names_match_in_any_case(names: tuple[str, ...]) -> None:
    found = survey(blobs(*(name.upper() for name in names)), ANY)
    assert found is not None
    assert found.complete
    assert set(found.files) == set(names)


@pytest.mark.parametrize("bad", [{"size": 0}, {"leased": True}, {"age": 30_000.0}])
@pytest.mark.parametrize("name", ["Student.csv", "User.csv"])
def test_empty_leased_and_stale_files(name: str, bad: dict[str, float]) -> None:
    rest = [blob(other) for other in (*V1, "User.csv", "GuardianRelationship.csv") if other != name]
    found = survey([blob(name, **bad), *rest], ANY)  # type: ignore[arg-type]
    assert found is not None
    stale_and_not_needed = name == "User.csv" and "age" in bad
    assert found.complete == stale_and_not_needed
    assert [b.name for b in found.ignored] == (["north/User.csv"] if stale_and_not_needed else []) or not found.complete


def test_what_was_accepted_before_is_expected_again() -> None:
    before = ("sdsV2.1", (*V21, "demographics.csv"))
    found = survey(blobs(*V21), ANY, before)
    assert found is not None
    (lack,) = found.lacks
    assert (lack.name, lack.accepted_before) == ("demographics.csv", True)
    few = survey(blobs("orgs.csv", "users.csv", "roles.csv"), ANY, ("sdsV2.1", ("orgs.csv", "users.csv", "roles.csv")))
    assert few is not None
    assert few.complete


def test_sds_files_decides() -> None:
    users_only = Settings(files=("school.csv", "STUDENT.csv", "teacher.csv"))
    found = survey(blobs("School.csv", "Student.csv", "Teacher.csv"), users_only)
    assert found is not None
    assert found.complete
    other = survey(blobs(*V21), users_only)
    assert other is not None
    assert not other.complete


def test_foreign_files_neither_block_nor_complete() -> None:
    found = survey([*blobs(*V1, "readme.txt"), blob(".done", size=0), blob("x.zip", leased=True)], ANY)
    assert found is not None
    assert found.complete
    assert len(found.ignored) == 3
    changing = survey([*blobs(*V1), Blob("north/log.txt", "other", 5, NOON)], ANY)
    assert changing is not None
    assert changing.fingerprint == survey(blobs(*V1), ANY).fingerprint  # type: ignore[union-attr]


@pytest.mark.parametrize(
    ("names", "problem"),
    [
        ((*V1, "STUDENT.CSV"), "caseCollision"),
        ((*V21, "Users.csv"), "caseCollision"),
        (("a.csv", "b.csv"), "unknownFormat"),
        (("schools.csv", "students.csv", "teachers.csv", "sections.csv", "enrollments.csv"), "unknownFormat"),
        ((*V1, *V21), "mixedFormats"),
    ],
)
def test_sets_that_can_never_become_a_run(names: tuple[str, ...], problem: str) -> None:
    found = survey(blobs(*names), ANY)
    assert found is not None
    assert found.problem == problem
    assert len(found.advice) > 20


def test_no_roster_file_at_all_is_incomplete() -> None:
    found = survey(blobs("readme.txt", ".done"), ANY)
    assert found is not None
    assert not found.complete
    assert found.problem is None


def test_the_run_id_is_what_the_design_says() -> None:
    two = [blob("b.csv"), blob("a.csv", age=60)]
    lines = "".join(sorted(f"{b.name.partition('/')[2]}\t{b.etag}\n" for b in two))
    assert run_id(two) == f"20261122T120005Z-{hashlib.sha256(lines.encode()).hexdigest()[:12]}"


@given(strategies.permutations(V1))
def test_order_does_not_matter(names: list[str]) -> None:
    assert run_id(blobs(*names)) == run_id(blobs(*V1))
    assert fingerprint(blobs(*names)) == fingerprint(blobs(*V1))


def test_a_stranger_that_is_written_again_and_again_hides_nothing_beside_it() -> None:
    """Not the set, nor a stranger or a misplaced file that rests."""
    settings = Settings(settle=60, profiles={"north": GUID.lower()})
    store = MemoryStore(lambda: NOON - timedelta(hours=1))
    for name in ("north/notes.txt", "north/deep/x.csv"):
        store.put("sds-drop", name, b"x")
    store._now = lambda: NOON
    for name in ("north/busy.log", "north/deep/busy.csv"):
        store.put("sds-drop", name, b"x")
    found = look(store, settings, Record("north"), (), NOON + timedelta(seconds=1))
    assert found.set is not None
    assert [blob.name for blob in found.set.blobs] == ["north/notes.txt"]
    assert [blob.name for blob in found.misplaced] == ["north/deep/x.csv"]
    assert found.unsettled == NOON + timedelta(seconds=60)


def test_what_was_kept_is_never_new_again_in_that_version() -> None:
    store = MemoryStore(lambda: NOON)
    settings = Settings(settle=0, profiles={"north": GUID.lower()})
    etags = {name: store.put("sds-drop", f"north/{name}", b"x") for name in V1}
    marks = [mark(f"north/{name}", etag) for name, etag in etags.items()]
    for record, apart in ((Record("north", kept=tuple(marks)), ()), (Record("north"), frozenset(marks))):
        assert look(store, settings, record, apart, NOON).set is None
    store.put("sds-drop", "north/School.csv", b"newer")
    found = look(store, settings, Record("north", kept=tuple(marks)), (), NOON).set
    assert found is not None
    assert set(found.files) == {"School.csv"}
    assert not found.complete, "files that stay never complete a later set"


@pytest.mark.parametrize(
    "name", ["..", "%2e%2e", "a\\..\\b.csv", "%252e%252e", "..%2fStudent.csv", "a\\b.csv", "a%5cb.csv"]
)
def test_a_name_that_addresses_another_blob_is_misplaced_and_never_a_target(name: str) -> None:
    store = MemoryStore(lambda: NOON)
    store.put("sds-drop", f"north/{name}", b"x")
    found = listing(store, Settings(profiles={"north": GUID.lower()}), "north")
    assert [blob.name for blob in found.misplaced] == [f"north/{name}"]
    assert targets("north/run/files/", found.misplaced) == {}


def test_twenty_thousand_misplaced_blobs_come_in_portions() -> None:
    store = MemoryStore(lambda: NOON)
    for number in range(20_000):
        store.put("sds-drop", f"north/deep/{number}.csv", b"x")
    found = look(store, Settings(settle=0, profiles={"north": GUID.lower()}), Record("north"), (), NOON)
    assert len(found.misplaced) == PORTION


def test_a_leftover_manifest_beside_a_set_that_lacks_an_optional_file_is_incomplete() -> None:
    found = survey(blobs(*V21, "manifest.csv"), ANY, ("sdsV2.1", (*V21, "demographics.csv")))
    assert found is not None
    assert found.problem is None
    assert [lack.name for lack in found.lacks] == ["demographics.csv"]


def test_a_near_miss_is_named() -> None:
    found = survey(blobs("Students.csv", *(name for name in V1 if name != "Student.csv")), ANY)
    assert found is not None
    assert [(lack.name, lack.near) for lack in found.lacks] == [("Student.csv", "Students.csv")]
