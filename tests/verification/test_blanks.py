"""Blanks in ids: the service takes an id as it is, so that one that is written with a blank is another one."""

import pytest

from shared.verification import written
from tests.verification.sets import check, clean, rendered

V1, V21 = "sdsV1", "sdsV2.1"
SHAPE = "blanks or invisible characters"


def padded(*where: tuple[str, str, int], by: str = "{} ", format_id: str = V1, rows: slice | None = None):
    """A set in which some values, or all of a column (row 0), have a blank more."""
    files = clean(format_id)
    for file, column, number in where:
        at = files[file][0].index(column)
        for row in files[file][1:] if number == 0 else [files[file][number]]:
            row[at] = by.format(row[at])
    return rendered(files)


@pytest.mark.parametrize("by", ["{} ", " {}", "{}\u00a0", "\u200b{}"])
@pytest.mark.parametrize(("service", "dropped"), [("classic", 0), ("industryData", 1)])
def test_a_reference_with_a_blank_dangles(by, service, dropped):
    result = check(padded(("StudentEnrollment.csv", "SIS ID", 4), by=by), service=service)
    (finding,) = result.findings
    assert (finding.rule, finding.type, finding.column, finding.shape) == ("reference", "error", "SIS ID", SHAPE)
    assert (finding.lines, finding.others, finding.other_file) == ((5,), (5,), "Student.csv")
    assert "don't remove the rows" in finding.advice
    assert not result.taken
    assert sum(file.rows_dropped for file in result.files) == dropped


def test_a_reference_with_a_blank_is_compared_with_the_id_that_it_is_without():
    files = clean(V1)
    at = files["Student.csv"][0].index("SIS ID")
    files["Student.csv"][3][at], files["Student.csv"][4][at] = "7", "07"
    for row in files["StudentEnrollment.csv"][1:]:
        row[1] = {"p1002": "7", "p1003": " 07"}.get(row[1], row[1])
    found = {f.rule: f for f in check(rendered(files)).findings if f.file_name == "StudentEnrollment.csv"}
    assert (found["reference"].shape, found["reference"].others) == (SHAPE, (5, 5))


def test_a_key_with_a_blank_leaves_its_references_dangling():
    found = {(f.rule, f.file_name): f for f in check(padded(("Section.csv", "SIS ID", 4))).findings}
    enrolled, taught = (("reference", name) for name in ("StudentEnrollment.csv", "TeacherRoster.csv"))
    assert found.keys() - {("mailNickname", "Section.csv")} == {("whitespace", "Section.csv"), enrolled, taught}
    assert (found[enrolled].shape, found[enrolled].lines, found[enrolled].others) == (SHAPE, (5, 17), (5, 5))


def test_ids_that_are_padded_alike_everywhere_are_the_same():
    where = [
        ("Student.csv", "SIS ID", 0),
        ("StudentEnrollment.csv", "SIS ID", 0),
        ("GuardianRelationship.csv", "SIS ID", 0),
    ]
    result = check(padded(*where, by="{}   "), service="industryData")
    assert {(f.rule, f.type) for f in result.findings} == {("whitespace", "warning")}
    assert result.taken


def test_ids_that_are_padded_to_another_width_are_not():
    files = clean(V1)
    for file, width in (("Student.csv", 10), ("StudentEnrollment.csv", 12), ("GuardianRelationship.csv", 10)):
        at = files[file][0].index("SIS ID")
        for row in files[file][1:]:
            row[at] = row[at].ljust(width)
    found = {(f.rule, f.file_name): f.count for f in check(rendered(files)).findings}
    assert found == {
        ("whitespace", "Student.csv"): 24,
        ("whitespace", "GuardianRelationship.csv"): 24,
        ("reference", "StudentEnrollment.csv"): 24,
    }


def test_an_optional_reference_with_a_blank_is_a_warning():
    (finding,) = check(padded(("classes.csv", "courseSourcedId", 3), format_id=V21)).findings
    assert (finding.rule, finding.type, finding.shape) == ("reference", "warning", SHAPE)


def test_other_values_with_blanks_are_warnings():
    for file, column in (
        ("Student.csv", "First Name"),
        ("Student.csv", "Username"),
        ("GuardianRelationship.csv", "Email"),
    ):
        (finding,) = check(padded((file, column, 4))).findings
        assert (finding.rule, finding.type) == ("whitespace", "warning")


@pytest.mark.parametrize("first", [True, False])
@pytest.mark.parametrize("apart", [0, 3000])
@pytest.mark.parametrize("value", ["p1014 ", "\u00a0p1014", "p 1014"])
def test_two_ids_that_differ_by_blanks_are_two_and_looked_at(value, apart, first):
    files = clean(V1)
    header, rows = files["Student.csv"][0], files["Student.csv"][1:]
    at = header.index("SIS ID")
    twin = list(rows[20])
    twin[at] = value
    twin[header.index("Username")] = "somebody"
    fill = [[f"f{i}", "s1000", f"f.{i}", *[""] * (len(header) - 3)] for i in range(apart)]
    files["Student.csv"] = [header, *([twin, *fill, *rows] if first else [*rows, *fill, twin])]
    result = check(rendered(files), service="industryData")
    (finding,) = [f for f in result.findings if f.rule != "whitespace"]
    assert (finding.rule, finding.type, finding.shape, finding.count) == ("nearDuplicate", "warning", SHAPE, 1)
    assert finding.lines != finding.others
    assert sorted((*finding.lines, *finding.others)) == ([2, 17 + apart] if first else [16, 26 + apart])
    assert result.taken


def test_the_same_blanks_again_are_a_duplicate():
    files = clean(V1)
    header, rows = files["Student.csv"][0], files["Student.csv"]
    for number, name in ((14, "a"), (15, "b")):
        rows[number][header.index("SIS ID")] = "x1 "
        rows[number][header.index("Username")] = name
    found = check(rendered(files)).findings
    assert {f.rule for f in found} == {"whitespace", "duplicate"}


def test_very_many_padded_ids_are_looked_at_up_to_a_limit(monkeypatch):
    monkeypatch.setattr(written, "MOST", 10)
    found = {(f.rule, f.file_name): f.count for f in check(padded(("Student.csv", "SIS ID", 0))).findings}
    assert found == {("whitespace", "Student.csv"): 24}
    monkeypatch.setattr(written, "MOST", 24)
    found = {(f.rule, f.file_name): f.count for f in check(padded(("Student.csv", "SIS ID", 0))).findings}
    assert found["reference", "StudentEnrollment.csv"] == 24


def test_an_id_that_is_written_in_two_ways_may_be_referred_to_in_both():
    files = clean(V1)
    at = files["Student.csv"][0].index("SIS ID")
    files["Student.csv"][20][at] = "p1000 "
    files["StudentEnrollment.csv"][5][1] = "p1000 "
    assert files["StudentEnrollment.csv"][1][1] == "p1000"
    rules = {(f.rule, f.file_name) for f in check(rendered(files)).findings}
    assert rules == {
        *(("whitespace", "Student.csv"), ("nearDuplicate", "Student.csv")),
        *(("whitespace", "StudentEnrollment.csv"),),
    }
