"""Ids that dangle because the rows they name were left out of the other file, or have new ids there."""

import pytest

from shared.verification.model import GONE
from tests.verification.sets import check, clean, rendered

V1, V21 = "sdsV1", "sdsV2.1"


def without(format_id, file, *ids):
    files = clean(format_id)
    files[file] = [row for row in files[file] if row[0] not in ids]
    return files


def named(files, file, column, value, rows):
    """The first rows of a file name one id."""
    at = files[file][0].index(column)
    for row in files[file][1 : rows + 1]:
        row[at] = value
    return files


@pytest.mark.parametrize("service", ["classic", "industryData"])
def test_a_school_that_was_left_out_is_one_cause_in_all_files(service):
    files = without(V1, "School.csv", "s1000")
    for file in ("Section.csv", "Student.csv", "Teacher.csv"):
        named(files, file, "School SIS ID", "s1000", 5)
    result = check(rendered(files), service=service)
    found = [f for f in result.findings if f.rule != "hanging"]
    assert {(f.file_name, f.rule, f.column, f.shape, f.type) for f in found} == {
        (file, "reference", "School SIS ID", GONE, "error") for file in ("Section.csv", "Student.csv", "Teacher.csv")
    }
    assert len({f.advice for f in found}) == 1
    assert "They name one id that School.csv doesn't have: its row" in found[0].advice
    assert "Put back what is missing" in found[0].advice
    assert "Don't remove the rows" in found[0].advice
    assert not result.taken


def test_sections_that_were_renumbered():
    files = clean(V1)
    for row in files["Section.csv"][1:4]:
        row[0] = f"new-{row[0]}-2027"
    for number, row in enumerate(files["StudentEnrollment.csv"][1:16]):
        row[0] = f"c{1000 + number % 3}"
    found = check(rendered(files)).findings
    told = {(f.file_name, f.shape, f.count) for f in found if f.rule == "reference"}
    assert told == {("StudentEnrollment.csv", GONE, 15), ("TeacherRoster.csv", GONE, 6)}
    assert all("They name 3 ids that Section.csv doesn't have: their rows" in f.advice for f in found)


def test_classes_that_were_left_out():
    files = named(without(V21, "classes.csv", "c1000"), "enrollments.csv", "classSourcedId", "c1000", 6)
    (finding,) = [f for f in check(rendered(files)).findings if f.rule == "reference"]
    assert (finding.file_name, finding.shape) == ("enrollments.csv", GONE)


def test_ids_that_are_named_twice_are_slips():
    (finding,) = check(rendered(named(clean(V1), "StudentEnrollment.csv", "SIS ID", "p9", 2))).findings
    assert (finding.shape, finding.count) == ("", 2)
    assert "Add what is missing" in finding.advice
    (finding,) = check(rendered(named(clean(V1), "StudentEnrollment.csv", "SIS ID", "p9", 3))).findings
    assert (finding.shape, finding.count) == (GONE, 3)


def test_so_is_another_one_in_a_file_that_names_none_of_them():
    files = named(clean(V1), "StudentEnrollment.csv", "Section SIS ID", "c9", 5)
    files["TeacherRoster.csv"][1][0], files["TeacherRoster.csv"][2][0] = "c9", "c8"
    told = {(f.file_name, f.shape, f.count) for f in check(rendered(files)).findings}
    assert told == {("StudentEnrollment.csv", GONE, 5), ("TeacherRoster.csv", "", 2)}


def test_more_than_can_be_told_apart():
    files = {name: clean(V1)[name] for name in ("School.csv", "Section.csv", "Student.csv", "Teacher.csv")}
    known = [["c1000", "p1000"]] * 1000
    files["StudentEnrollment.csv"] = [["Section SIS ID", "SIS ID"], *known]
    files["StudentEnrollment.csv"] += [["c1000", f"n{i // 3}"] for i in range(3300)]
    found = [f for f in check(rendered(files)).findings if f.rule == "reference"]
    assert [(f.shape, f.count) for f in found] == [(GONE, 3300)]
    assert "They name more than 1,000 ids that Student.csv" in found[0].advice


@pytest.mark.parametrize(("count", "shape"), [(8, ""), (9, GONE)])
def test_very_many_are_no_slips_either(count, shape):
    files = clean(V1)
    for number, row in enumerate(files["TeacherRoster.csv"][1 : count + 1]):
        row[1] = f"q{'abcdefghi'[number] * 9}"
    (finding,) = check(rendered(files)).findings
    assert (finding.shape, finding.count) == (shape, count)


@pytest.mark.parametrize("service", ["classic", "industryData"])
@pytest.mark.parametrize(("ids", "words"), [(1, "one id that"), (2, "2 ids that")])
def test_what_one_file_shows_holds_for_those_before(ids, words, service):
    """roles.csv names each person once, and is read before enrollments.csv, which names them again and again."""
    files = without(V21, "users.csv", *(f"u{1000 + i}" for i in range(ids)))
    for name in ("demographics.csv", "userFlags.csv", "relationships.csv"):
        files.pop(name)
    files["roles.csv"] = [row for at, row in enumerate(files["roles.csv"]) if at < 13]
    for number, row in enumerate(files["enrollments.csv"][1 : 3 * ids + 1]):
        row[1] = f"u{1000 + number % ids}"
    found = [f for f in check(rendered(files), service=service).findings if f.rule == "reference"]
    assert {(f.file_name, f.shape) for f in found} == {("enrollments.csv", GONE), ("roles.csv", GONE)}
    assert len({f.advice for f in found}) == 1
    assert f"They name {words}" in found[0].advice


def test_other_ids_of_a_file_before_are_told_alone():
    files = without(V21, "users.csv", "u1000", "u1001")
    for name in ("demographics.csv", "userFlags.csv", "relationships.csv"):
        files.pop(name)
    for number, row in enumerate(files["enrollments.csv"][1:]):
        row[1] = "u1000" if number < 4 else f"u{1002 + number % 9}"
    found = {f.file_name: f.shape for f in check(rendered(files)).findings if f.rule == "reference"}
    assert found == {"enrollments.csv": GONE, "roles.csv": ""}
