"""What is there twice is told with both places."""

import pytest

from shared.verification import likeness
from tests.verification.sets import check, clean, rendered

V1, V21 = "sdsV1", "sdsV2.1"


def repeated(format_id: str, file: str, *changed: int, row: int = 5):
    """A set with a row once more at its end, other in some columns."""
    files = clean(format_id)
    copy = list(files[file][row])
    for at in changed:
        copy[at] += "x"
    files[file].append(copy)
    return files


@pytest.mark.parametrize("service", ["classic", "industryData"])
@pytest.mark.parametrize(
    ("format_id", "file", "changed", "rule"),
    [
        (V1, "School.csv", (1,), "duplicate"),
        (V1, "Section.csv", (2,), "duplicate"),
        (V1, "User.csv", (1,), "duplicate"),
        (V21, "orgs.csv", (1,), "duplicate"),
        (V21, "courses.csv", (2,), "duplicate"),
        (V21, "demographics.csv", (3,), "duplicate"),
        (V1, "School.csv", (), "repeatedRow"),
        (V21, "users.csv", (), "repeatedRow"),
        (V1, "GuardianRelationship.csv", (), "repeatedRow"),
        (V21, "roles.csv", (), "repeatedRow"),
        (V21, "relationships.csv", (), "repeatedRow"),
        (V1, "StudentEnrollment.csv", (), "duplicateRow"),
        (V21, "enrollments.csv", (), "duplicateRow"),
    ],
)
def test_the_earlier_line_is_named(format_id, file, changed, rule, service):
    files = repeated(format_id, file, *changed)
    last = len(files[file])
    (finding,) = check(rendered(files), service=service).findings
    assert (finding.rule, finding.lines, finding.others) == (rule, (last,), (6,))
    assert f"Line {last} (compare line 6)." in finding.description


def test_a_user_name_of_two_people_too():
    files = repeated(V1, "Student.csv", 0)
    (finding,) = check(rendered(files)).findings
    assert (finding.rule, finding.column, finding.lines, finding.others) == ("duplicate", "Username", (26,), (6,))


def test_of_very_many_the_first_few_are():
    files = {name: clean(V1)[name] for name in ("School.csv", "Student.csv", "Teacher.csv")}
    files["School.csv"] += [[f"x{i % 9000}", f"Name {i}", *[""] * 15] for i in range(18_000)]
    (finding,) = [f for f in check(rendered(files)).findings if f.rule == "duplicate"]
    assert (finding.count, finding.lines[:2], finding.others) == (9000, (9026, 9027), (26, 27, 28, 29, 30))


def test_the_same_row_is_not_another_with_its_id():
    files = clean(V1)
    first = list(files["School.csv"][3])
    other = [first[0], "Another", *first[2:]]
    files["School.csv"] += [other, list(other)]
    found = {f.rule: f for f in check(rendered(files)).findings}
    assert (found["duplicate"].lines, found["duplicate"].others) == ((26,), (4,))
    assert (found["repeatedRow"].lines, found["repeatedRow"].others) == ((27,), (26,))


def test_a_line_break_before_it_shifts_nothing():
    files = repeated(V1, "StudentEnrollment.csv")
    data = rendered(files)
    data["StudentEnrollment.csv"] = data["StudentEnrollment.csv"].replace(b"c1001,", b"\r\nc1001,", 1)
    found = {f.rule: f for f in check(data).findings}
    assert found.keys() == {"blankLine", "duplicateRow"}
    assert (found["duplicateRow"].lines, found["duplicateRow"].others) == ((27,), (7,))


def test_what_a_spreadsheet_has_changed_is_told_once_where_nothing_finds_it_with_both_places():
    files = clean("sdsV1")
    for row in files["Section.csv"][1:13]:
        row[0] = f"{int(row[0][1:]) - 999}-Jan"
    found = check(rendered(files)).findings
    assert {(f.file_name, f.rule, f.count) for f in found} == {
        ("StudentEnrollment.csv", "reference", 24),
        ("TeacherRoster.csv", "reference", 24),
    }
    told = "A spreadsheet has changed ids in Section.csv (a date (5-Jan), in line 2 and 11 more): export that again"
    assert all(told in f.advice for f in found)
    assert len({f.advice for f in found}) == 1


def test_changed_ids_that_nothing_names_are_told_where_they_are():
    files = clean("sdsV1")
    files["Section.csv"][20][0] = "5-Jan"
    assert {(f.file_name, f.rule) for f in check(rendered(files)).findings} == {("Section.csv", "spreadsheet")}


def test_ids_that_only_end_in_another_way_are_told_once_too():
    files = clean("sdsV1")
    for row in files["Section.csv"][1:]:
        row[0] = row[0][1:] + ".0"
    for name in ("StudentEnrollment.csv", "TeacherRoster.csv"):
        for row in files[name][1:]:
            row[0] = row[0][1:]
    assert {f.rule for f in check(rendered(files)).findings} == {"reference", "spreadsheet"}  # half of them are named
    files["Section.csv"][13:] = [[row[0].removesuffix(".0"), *row[1:]] for row in files["Section.csv"][13:]]
    found = check(rendered(files)).findings
    assert {(f.rule, f.file_name) for f in found} == {
        *(("reference", "StudentEnrollment.csv"), ("reference", "TeacherRoster.csv"))
    }
    assert all("Section.csv (a .0 at the end, in line 2 and 11 more) has it" in f.advice for f in found)


def test_one_that_dangles_is_no_sign_of_it():
    files = clean("sdsV1")
    files["Section.csv"][20][0] = "5-Jan"
    files["StudentEnrollment.csv"][5][0] = "c9"
    assert {f.rule for f in check(rendered(files)).findings} == {"reference", "spreadsheet"}


def test_ids_are_nearly_the_same_wherever_they_stand_among_many(monkeypatch):
    monkeypatch.setattr(likeness, "_AT_ONCE", 3)
    ids = [b"100%d" % number for number in range(8)]
    dangling = [b"0" + one for one in ids]
    assert likeness.nearly([*dangling, b"9"], ids) == {
        value: (key, "leading zeros") for value, key in zip(dangling, ids, strict=True)
    }
