"""Two columns that hold each other's ids are one cause, and one message."""

import pytest

from shared.verification.findings import Findings
from shared.verification.keys import Keys
from shared.verification.references import References
from tests.verification.sets import check, clean, places, rendered

V1, V21 = "sdsV1", "sdsV2.1"


def swapped(format_id: str, file: str, one: str, other: str, rows: slice = slice(1, None)):
    files = clean(format_id)
    a, b = files[file][0].index(one), files[file][0].index(other)
    for row in files[file][rows]:
        row[a], row[b] = row[b], row[a]
    return files


@pytest.mark.parametrize("service", ["classic", "industryData"])
@pytest.mark.parametrize(
    ("format_id", "file", "one", "other"),
    [
        (V1, "StudentEnrollment.csv", "Section SIS ID", "SIS ID"),
        (V1, "TeacherRoster.csv", "Section SIS ID", "SIS ID"),
        (V1, "Student.csv", "SIS ID", "School SIS ID"),
        (V1, "Section.csv", "SIS ID", "School SIS ID"),
        (V1, "GuardianRelationship.csv", "SIS ID", "Email"),
        (V21, "enrollments.csv", "classSourcedId", "userSourcedId"),
        (V21, "roles.csv", "userSourcedId", "orgSourcedId"),
        (V21, "classes.csv", "sourcedId", "orgSourcedId"),
    ],
)
def test_one_message(format_id, file, one, other, service):
    result = check(rendered(swapped(format_id, file, one, other)), service=service)
    (finding,) = result.findings
    assert (finding.rule, finding.file_name, finding.count) == ("swappedColumns", file, 24)
    assert (finding.type, finding.scope) == ("error", "file")
    assert not result.taken
    assert f"{one} and {other}" in finding.says
    assert finding.column == one
    assert "emove" not in finding.description
    assert finding.lines == tuple(range(2, 26))


def test_a_few_rows_are_told_as_what_they_are():
    found = check(rendered(swapped(V1, "StudentEnrollment.csv", "Section SIS ID", "SIS ID", slice(1, 9)))).findings
    assert {(f.rule, f.column, f.count) for f in found} == {
        ("reference", "Section SIS ID", 8),
        ("reference", "SIS ID", 8),
    }


def test_nearly_all_of_them_are_one_cause():
    files = swapped(V1, "StudentEnrollment.csv", "Section SIS ID", "SIS ID", slice(3, None))
    found = check(rendered(files)).findings
    assert {(f.rule, f.count) for f in found} == {("swappedColumns", 22)}
    assert places(found) == {("swappedColumns", "StudentEnrollment.csv", n, "Section SIS ID") for n in range(4, 26)}


def test_columns_that_both_hold_the_same_ids_are_not_swapped():
    files = clean(V1)
    for row in files["StudentEnrollment.csv"][1:]:
        row[0] = row[1]
    found = check(rendered(files)).findings
    assert {(f.rule, f.column) for f in found} == {("reference", "Section SIS ID"), ("duplicateRow", None)}


def test_ids_of_nobody_are_not_swapped():
    files = clean(V1)
    for number, row in enumerate(files["StudentEnrollment.csv"][1:]):
        row[:] = [f"x{number}", f"y{number}"]
    found = check(rendered(files)).findings
    assert {(f.rule, f.column) for f in found} == {("reference", "Section SIS ID"), ("reference", "SIS ID")}


def test_so_are_those_of_very_many_rows():
    files = {name: clean(V1)[name] for name in ("School.csv", "Section.csv", "Student.csv", "Teacher.csv")}
    files["TeacherRoster.csv"] = clean(V1)["TeacherRoster.csv"]
    header = files["Student.csv"][0]
    blank = [""] * (len(header) - 3)
    files["Student.csv"] += [[f"n{i}", "s1000", f"n.{i}", *blank] for i in range(5000)]
    enrolled = [["c1000", f"n{i}"] for i in range(5000)]
    files["StudentEnrollment.csv"] = [["Section SIS ID", "SIS ID"], *([b, a] for a, b in enrolled)]
    (finding,) = check(rendered(files)).findings
    assert (finding.rule, finding.count, len(finding.lines)) == ("swappedColumns", 5000, 100)


@pytest.mark.parametrize("service", ["classic", "industryData"])
@pytest.mark.parametrize("names", [("StudentEnrollment.csv", "TeacherRoster.csv"), ("Student.csv", "Teacher.csv")])
def test_files_that_were_given_each_others_names(names, service):
    one, other = names
    files = {name: [row[:6] for row in rows] for name, rows in clean(V1).items()}
    files[one], files[other] = files[other], files[one]
    result = check(rendered(files), service=service)
    (finding,) = [f for f in result.findings if f.rule != "hanging"]
    assert (finding.rule, finding.scope, result.taken) == ("exchangedFiles", "set", False)
    assert "StudentEnrollment.csv and TeacherRoster.csv" in finding.says


def test_a_few_rows_in_the_wrong_file_are_told_as_that():
    files = clean(V1)
    for number in range(1, 13):
        one, other = files["StudentEnrollment.csv"][number], files["TeacherRoster.csv"][number]
        one[1], other[1] = other[1], one[1]
    assert {f.rule for f in check(rendered(files)).findings} == {"reference"}
    files = clean(V1)
    files["TeacherRoster.csv"] = files["StudentEnrollment.csv"]
    assert {f.rule for f in check(rendered(files)).findings} == {"reference"}


def test_what_is_wrong_with_ids_in_the_wrong_column_is_not_told():
    files = clean(V1)
    for name, column in (("School.csv", 0), ("Section.csv", 1), ("Student.csv", 1), ("Teacher.csv", 1)):
        for row in files[name][1:]:
            row[column] = f"school {row[column]}"  # no part of a mail address
    for row in files["Section.csv"][1:]:
        row[0], row[1] = row[1], row[0]
    (finding,) = check(rendered(files)).findings
    assert finding.rule == "swappedColumns"


def test_e_mails_of_nobody_are_not_swapped():
    files = clean(V1)
    for number, row in enumerate(files["GuardianRelationship.csv"][1:]):
        row[:2] = [f"x{number}@mail.example", f"y{number}"]
    found = check(rendered(files)).findings
    assert {(f.rule, f.column) for f in found} == {("reference", "SIS ID"), ("email", "Email")}


def keys(*values: bytes) -> Keys:
    found = Keys()
    found.add(values)
    return found


def knows(target: Keys, *values: bytes) -> bool:
    findings = Findings("classic", 2, 3)
    names = {"file": "a.csv", "header": "Id", "target": "b.csv", "target_column": "Id"}
    column = References(target, **names, need="required", alone=False, parts=None, findings=findings)
    return column.knows(keys(*values), 0.9)


def test_nine_in_ten_of_the_ids_are_enough():
    known = [b"%d" % number for number in range(40)]
    target = keys(*known)
    for count in (10, 20, 30, 40):
        strangers = [b"x%d" % number for number in range(count // 10)]
        assert knows(target, *known[len(strangers) : count], *strangers, b"", b"")
        assert not knows(target, *known[len(strangers) + 1 : count], *strangers, b"y", b"")
    assert not knows(target)
    assert not knows(target, b"")
    target.drop()
    assert not knows(target, *known), "nobody knows all of them"


def turned(rows=24):
    """Relationships of which each names the contact first."""
    files = clean("sdsV2.1")
    files["roles.csv"] = [row for row in files["roles.csv"] if row[0] not in {f"u{1000 + i}" for i in range(6)}]
    head, *_ = files["relationships.csv"]
    pairs = [[f"u{1006 + i % 6}", f"u{1000 + i % 5}", "guardian"] for i in range(rows)]
    files["relationships.csv"] = [head, *([contact, person, role] for person, contact, role in pairs)]
    return files


@pytest.mark.parametrize("service", ["classic", "industryData"])
@pytest.mark.parametrize("details", [True, False])
def test_relationships_the_wrong_way_round(details, service):
    files = turned()
    if not details:  # of the students: they are told as nobody's contacts
        for row in files["users.csv"][7:]:
            row[6] = ""
    result = check(rendered(files), service=service)
    assert [(f.rule, f.type, f.count, f.lines) for f in result.findings] == [
        ("swappedColumns", "warning", 24, tuple(range(2, 26)))
    ]
    assert "userSourcedId and relationshipUserSourcedId" in result.findings[0].description
    assert result.taken


@pytest.mark.parametrize(("right", "found"), [(0, 1), (2, 1), (3, 0), (24, 0)])
def test_some_relationships_the_right_way_round(right, found):
    files = turned()
    for row in files["relationships.csv"][1 : right + 1]:
        row[0], row[1] = row[1], row[0]
    assert len(check(rendered(files)).findings) == found


def test_siblings_are_not_the_wrong_way_round():
    assert check(rendered(clean("sdsV2.1"))).findings == ()


@pytest.mark.parametrize(("right", "found"), [(100, 1), (101, 0)])
def test_relationships_are_known_by_their_first_1000_rows(right, found):
    files = turned(2000)
    for row in files["relationships.csv"][1 : right + 1]:
        row[0], row[1] = row[1], row[0]
    rules = [f.count for f in check(rendered(files)).findings if f.rule == "swappedColumns"]
    assert rules == [2000] * found


def test_without_roles_nothing_is_said():
    files = turned()
    files["roles.csv"] = files["roles.csv"][:1]
    assert "swappedColumns" not in {f.rule for f in check(rendered(files)).findings}
