"""Rows that the industry data service drops: those with an error of their own, and those that hang on them."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from shared.verification.dropped import LINES, Dropped
from tests.verification.sets import check, clean, encoded, rendered

SCHOOLS = [["SIS ID", "Name"], *([f"s{i}", f"School {i}"] for i in range(4))]
STUDENTS = [["SIS ID", "School SIS ID", "Username"], *([f"p{i}", f"s{i % 4}", f"u{i}"] for i in range(300))]
TEACHERS = [["SIS ID", "School SIS ID", "Username"], ["t1", "s0", "t1"]]
SECTIONS = [["SIS ID", "School SIS ID", "Section Name"], *([f"c{i}", f"s{i % 4}", f"Maths {i}"] for i in range(200))]
ENROLLED = [["Section SIS ID", "SIS ID"], *([f"c{i % 200}", f"p{i}"] for i in range(300))]
ROSTER = [["Section SIS ID", "SIS ID"], *([f"c{i}", "t1"] for i in range(200))]


def files(**changed):
    whole = {
        "School": SCHOOLS,
        "Student": STUDENTS,
        "Teacher": TEACHERS,
        "Section": SECTIONS,
        "StudentEnrollment": ENROLLED,
        "TeacherRoster": ROSTER,
    }
    return {f"{name}.csv": encoded(rows) for name, rows in (whole | changed).items()}


def with_row(rows, number, row):
    return [*rows[: number + 1], row, *rows[number + 2 :]]


def dropped(result):
    return {file.name: list(file.dropped) for file in result.files if file.rows_dropped}


def test_a_row_with_an_error_takes_those_along_that_name_it():
    result = check(files(Student=with_row(STUDENTS, 10, ["p10", "s1", ""])), service="industryData")
    assert dropped(result) == {"Student.csv": [12], "StudentEnrollment.csv": [12]}
    assert {(f.rule, f.type, f.file_name, f.count) for f in result.findings} == {
        ("missingValue", "error", "Student.csv", 1),
        ("hanging", "warning", "StudentEnrollment.csv", 1),
    }
    assert {file.name: (file.rows_dropped, file.rows_allowed) for file in result.files}["Student.csv"] == (1, 3)
    assert result.taken
    assert result.refusing == ()


def test_it_goes_on_from_file_to_file():
    result = check(files(School=with_row(SCHOOLS, 3, ["s3", ""])), service="industryData", error_rows_percent=100)
    lost = dropped(result)
    assert lost["School.csv"] == [5]
    assert len(lost["Student.csv"]) == 75
    assert len(lost["Section.csv"]) == 50
    assert len(lost["StudentEnrollment.csv"]) == 75  # a pupil and a section of one school
    assert len(lost["TeacherRoster.csv"]) == 50
    assert result.taken


@pytest.mark.parametrize(
    ("bad", "percent", "taken"),
    [(3, 1, True), (4, 1, False), (0, 0, True), (1, 0, False), (4, 1.4, True), (5, 1.4, False), (5, 1.67, True)],
)
def test_the_share_is_rounded_down_for_each_file(bad, percent, taken):
    rows = [*STUDENTS, *([f"x{i}", "nowhere", f"x{i}"] for i in range(bad))]
    rows = [rows[0], *rows[1 + bad :]]
    enrolled = [ENROLLED[0], *ENROLLED[1 + bad :]]
    result = check(files(Student=rows, StudentEnrollment=enrolled), service="industryData", error_rows_percent=percent)
    assert next(file.rows_dropped for file in result.files if file.name == "Student.csv") == bad
    assert result.taken is taken
    assert bool(result.refusing) is not taken


def test_a_small_file_may_lose_none():
    assert not check(files(Teacher=[*TEACHERS, ["t2", "s0", ""]]), service="industryData").taken


def test_the_classic_service_refuses_the_set_for_one_row():
    result = check(files(Student=with_row(STUDENTS, 10, ["p10", "s1", ""])), service="classic", error_rows_percent=50)
    assert dropped(result) == {}
    assert not result.taken
    assert [finding.rule for finding in result.refusing] == ["missingValue"]


def test_an_error_of_the_file_always_refuses():
    spoilt = files()
    spoilt["Student.csv"] = spoilt["Student.csv"].replace(b"Username", b"Nick", 1)
    result = check(spoilt, service="industryData", error_rows_percent=100)
    assert not result.taken
    assert [finding.rule for finding in result.refusing] == ["missingColumn"]


def test_the_second_of_two_ids_is_dropped_and_the_first_keeps_its_place():
    rows = [*STUDENTS, ["p7", "s2", "another"]]
    result = check(files(Student=rows), service="industryData")
    assert dropped(result) == {"Student.csv": [302]}
    assert result.taken


def test_a_row_that_comes_twice_is_no_error():
    result = check(files(Student=[*STUDENTS, STUDENTS[5]]), service="industryData")
    assert dropped(result) == {}
    assert [(f.rule, f.type, f.lines) for f in result.findings] == [("repeatedRow", "warning", (302,))]


@pytest.mark.parametrize("row", [b'p9,s1,u"9\r\n', b"p9,s1\r\n", b"p9,s1,u9,more\r\n", b'p9,s1,"u\r\n9"\r\n'])
def test_rows_with_broken_syntax_are_dropped(row):
    spoilt = files()
    spoilt["Student.csv"] = spoilt["Student.csv"].replace(b"p9,s1,u9\r\n", row)
    result = check(spoilt, service="industryData")
    assert dropped(result)["Student.csv"] == [11]


def test_two_errors_of_a_row_drop_it_once():
    result = check(files(Student=with_row(STUDENTS, 10, ["p10", "nowhere", ""])), service="industryData")
    assert dropped(result)["Student.csv"] == [12]


@given(st.lists(st.lists(st.integers(1, 10_000), max_size=20), max_size=6), st.integers(1, 9000))
def test_marks_are_kept_by_line(batches, start):
    marks = Dropped()
    for batch in batches:
        marks.mark(batch)
    every = sorted({line for batch in batches for line in batch})
    assert list(marks.lines) == every
    assert marks.count == len(every)
    lines = range(start, start + 500)
    assert marks.among(lines) == [i for i, line in enumerate(lines) if line in every]
    assert marks.among(list(lines)) == marks.among(lines)


def test_lines_far_away_are_counted_in_little_memory():
    marks = Dropped()
    marks.mark([LINES, LINES + 5, 2])
    assert marks.count == 3
    assert list(marks.lines) == [2]


@pytest.mark.parametrize(
    ("written", "rule"),
    [
        (b"School 1001, East", "columnCount"),
        (b'School "1001" East', "strayQuote"),
        (b"", "missingValue"),
        (b'"School\r\n1001"', "lineBreak"),
    ],
)
def test_what_hangs_on_a_row_that_is_dropped_is_lost_whatever_is_wrong_with_it(written, rule):
    """A row that can't be read is dropped as one that lacks something."""
    data = rendered(clean("sdsV1"))
    data["School.csv"] = data["School.csv"].replace(b"School 1001", written)
    result = check(data, service="industryData", error_rows_percent=30)
    lost = {file.name: file.rows_dropped for file in result.files if file.rows_dropped}
    hanging = {"Section.csv", "Student.csv", "Teacher.csv"}
    assert [(f.rule, f.file_name, f.line) for f in result.findings if f.rule != "hanging"] == [(rule, "School.csv", 3)]
    assert {f.file_name for f in result.findings if f.rule == "hanging"} >= hanging
    assert lost.keys() >= {"School.csv", *hanging}
    assert lost["School.csv"] == 1
    assert all(lost[name] == 2 for name in hanging)
    assert not check(data, service="industryData", error_rows_percent=5).taken
    assert {f.rule for f in check(data).findings} == {rule}  # the classic service drops nothing


def test_an_id_that_another_row_has_isn_t_lost():
    files = clean("sdsV1")
    again = [*files["School.csv"][2][:1], "School", "East", *files["School.csv"][2][2:]]
    files["School.csv"].append(again)
    found = {(f.rule, f.file_name) for f in check(rendered(files), service="industryData").findings}
    assert found == {("columnCount", "School.csv")}


def test_a_few_rows_that_are_wider_at_the_end_are_hung_on():
    files = clean("sdsV1")
    for row in files["School.csv"][2:5]:
        row[2:2] = ["x"]
    lost = {file.name: file.rows_dropped for file in check(rendered(files), service="industryData").files}
    assert (lost["School.csv"], lost["Student.csv"]) == (3, 6)
