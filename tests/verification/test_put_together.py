"""Files that were put together of two exports, or moved in a spreadsheet: one cause, told as that, with its places."""

import pytest

from shared.verification.model import (
    ALONE,
    COUNTED_UP,
    CR_CR_LF,
    GROUPED,
    IN_ALL,
    MORE_BELOW,
    OTHER_CELL,
    PUSHED,
    TEMPLATE,
)
from shared.verification.width import MORE
from tests.verification.sets import check, clean, encoded, rendered

V1, V21 = "sdsV1", "sdsV2.1"
SERVICES = pytest.mark.parametrize("service", ["classic", "industryData"])


def told(result, *of):
    """What is told of files, or of all: rule, column, shape and lines."""
    found = [f for f in result.findings if not of or f.file_name in of]
    return [(f.rule, f.column, f.shape, f.lines) for f in found]


@SERVICES
@pytest.mark.parametrize("first", [2, 9, 20])
def test_rows_that_are_wider_from_one_on(first, service):
    files = clean(V1)
    for row in files["Student.csv"][first - 1 :]:
        row[3:3] = ["x"]
    result = check(rendered(files), service=service)
    if first == 2:
        assert [f.shape for f in result.findings] == ["more cells than the header, in every row"]
        return
    assert told(result, "Student.csv") == [("columnCount", None, MORE_BELOW, tuple(range(first, 26)))]
    assert {f.rule for f in result.findings if f.file_name != "Student.csv"} <= {"hanging"}
    assert "the same columns" in result.findings[0].advice
    assert "comma" not in result.findings[0].advice


@pytest.mark.parametrize("wide", [[24, 25], [10, 24, 25], [22, 23, 24]])
def test_some_wider_rows_are_rows_with_commas(wide):
    files = clean(V1)
    for line in wide:
        files["Student.csv"][line - 1][3:3] = ["x"]
    assert told(check(rendered(files))) == [("columnCount", None, MORE.shape, tuple(wide))]


@SERVICES
def test_cells_that_are_exchanged_in_a_part(service):
    files = clean(V1)
    rows = files["StudentEnrollment.csv"]
    for row in rows[14:]:
        row[0], row[1] = row[1], row[0]
    result = check(rendered(files), service=service)
    one, other = rows[0][:2]
    assert told(result) == [("reference", column, OTHER_CELL, tuple(range(15, 26))) for column in (other, one)]
    assert f"{other} and {one} hold each other's ids" in result.findings[0].advice
    assert not result.taken


@pytest.mark.parametrize("lines", [([14, 15], [14, 15]), ([14, 15, 16], [14, 15, 17])])
def test_other_ids_that_dangle_are_not_exchanged(lines):
    files = clean(V1)
    rows = files["StudentEnrollment.csv"]
    pair = rows[20][:2]
    for column, some in enumerate(lines):
        for line in some:
            rows[line - 1][column] = pair[1 - column]
    assert OTHER_CELL not in {f.shape for f in check(rendered(files)).findings}


@SERVICES
@pytest.mark.parametrize(
    ("file", "text"), [("Student.csv", "Class 5a"), ("Section.csv", "Autumn"), ("Teacher.csv", " T1")]
)
def test_headings_of_groups(file, text, service):
    files = clean(V1)
    rows = files[file]
    heading = [text, *[""] * (len(rows[0]) - 1)]
    files[file] = [*rows[:1], heading, *rows[1:9], ["", *heading[:-1]], *rows[9:]]
    result = check(rendered(files), service=service)
    assert told(result) == [("noRecord", None, ALONE, (2, 11))]
    assert "don't fill it in" in result.findings[0].advice.lower()
    assert {file.name: file.rows for file in result.files}[file] == 24
    assert not result.taken


def test_an_id_that_stands_alone_is_known():
    files = clean(V1)
    row = files["Student.csv"][3]
    row[1:] = [""] * (len(row) - 1)
    assert told(check(rendered(files))) == [("noRecord", None, ALONE, (4,))]


@pytest.mark.parametrize("filled", [(0, 1), (0, 3), (0, 1, 2)])
def test_a_row_with_more_than_that_lacks_something(filled):
    files = clean(V1)
    row = files["Student.csv"][20]
    row[:] = [cell if index in filled else "" for index, cell in enumerate(row)]
    assert {f.rule for f in check(rendered(files)).findings} <= {"missingValue"}


@SERVICES
@pytest.mark.parametrize("line", [2, 8, 24])
def test_a_column_that_was_moved_down_by_a_row(line, service):
    files = clean(V1)
    rows = files["Student.csv"]
    ids = [row[0] for row in rows]
    ids.insert(line - 1, "")
    for row, value in zip(rows, ids, strict=False):
        row[0] = value
    rows.append([ids[-1], *[""] * (len(rows[0]) - 1)])
    result = check(rendered(files), service=service)
    assert told(result) == [("missingValue", "SIS ID", PUSHED, (line,))]
    assert "remove no row" in result.findings[0].advice


def test_a_missing_id_and_a_heading_are_two_things():
    files = clean(V1)
    files["Student.csv"][20][0] = ""
    files["Student.csv"].insert(5, ["5a", *[""] * (len(files["Student.csv"][0]) - 1)])
    assert {(f.rule, f.shape) for f in check(rendered(files)).findings} == {("missingValue", ""), ("noRecord", ALONE)}


@pytest.mark.parametrize("text", ["Printed by the office", "2026"])
def test_a_missing_id_and_a_text_at_the_end_are_two_things(text):
    files = clean(V1)
    files["Student.csv"][20][0] = ""
    width = len(files["Student.csv"][0])
    files["Student.csv"].append(["", "", text, *[""] * (width - 3)])
    assert {(f.rule, f.shape) for f in check(rendered(files)).findings} >= {("missingValue", ""), ("noRecord", ALONE)}


@SERVICES
def test_a_column_that_counts_on_from_the_cell_above(service):
    files = clean(V1)
    for number, row in enumerate(files["Student.csv"][1:]):
        row[1] = f"s{1011 + number}"
    files["School.csv"] = files["School.csv"][:13]
    for name in ("Section.csv", "Teacher.csv"):
        for row in files[name][1:]:
            row[1] = "s1001"
    result = check(rendered(files), service=service)
    assert ("reference", "School SIS ID", COUNTED_UP, tuple(range(3, 26))) in told(result, "Student.csv")
    assert "counting on" in next(f for f in result.findings if f.shape == COUNTED_UP).advice


@pytest.mark.parametrize("numbers", [[1, 2, 3, 4], [10, 12, 14, 16, 18, 20, 22, 24, 26, 28, 30, 32, 34]])
def test_ids_that_do_not_count_up_are_no_work_of_a_spreadsheet(numbers):
    files = clean(V1)
    files["School.csv"] = files["School.csv"][:3]
    for name in ("Section.csv", "Teacher.csv", "Student.csv"):
        for row in files[name][1:]:
            row[1] = "s1001"
    for row, number in zip(files["Student.csv"][5:], numbers, strict=False):
        row[1] = f"s{1100 + number}"
    assert COUNTED_UP not in {f.shape for f in check(rendered(files)).findings}


@SERVICES
def test_line_ends_that_are_there_twice(service):
    data = rendered(clean(V1))
    data["Student.csv"] = data["Student.csv"].replace(b"\r\n", b"\r\r\n")
    result = check(data, service=service)
    assert [(f.rule, f.shape, f.count) for f in result.findings] == [("blankLine", CR_CR_LF, 24)]
    assert "binary mode" in result.findings[0].advice
    assert result.taken
    data["Student.csv"] = data["Student.csv"].replace(b"\r\r\n", b"\n\n")
    assert [(f.rule, f.shape) for f in check(data).findings] == [("blankLine", "")]


def test_dates_of_which_each_is_before_the_other():
    files = clean(V21)
    rows = files["academicSessions.csv"]
    start, end = rows[0].index("startDate"), rows[0].index("endDate")
    for row in rows[1:]:
        row[start], row[end] = row[end], row[start]
    result = check(rendered(files))
    assert [(f.column, f.shape, f.count) for f in result.findings if f.rule == "dateOrder"] == [("endDate", IN_ALL, 24)]
    assert "exchange the names" in next(f for f in result.findings if f.rule == "dateOrder").advice
    rows[7][start], rows[7][end] = rows[7][end], rows[7][start]
    assert {f.shape for f in check(rendered(files)).findings if f.rule == "dateOrder"} == {""}


@pytest.mark.parametrize(
    ("rest", "shape"),
    [
        ("José Müller".encode("cp1252"), "ISO-8859-1 or Windows-1252"),
        ("O\u2019Lee".encode("cp1252"), "Windows-1252"),
        ("Müller".encode("cp850"), "an old encoding of DOS or the Mac"),
    ],
)
@pytest.mark.parametrize("utf8", ["Zoë", "Zoe"])
def test_rows_in_two_encodings(rest, shape, utf8):
    data = rendered(clean(V1))
    data["School.csv"] = data["School.csv"].replace("Zoë".encode(), utf8.encode()).replace(b"School 1020", rest)
    (finding,) = check(data).findings
    assert (finding.rule, finding.column, finding.line) == ("encoding", "Name", 22)
    if utf8 == "Zoe":
        assert finding.shape == shape
        assert finding.advice == "Save the file as CSV UTF-8."
    else:
        assert finding.shape == f"{shape}, and other rows are UTF-8"
        assert "would damage the others" in finding.advice


def test_two_encodings_with_many_rows_between_them():
    files = clean(V1)
    first = files["School.csv"][1]
    rows = [[f"z{number}", *first[1:]] for number in range(3000)]
    data = rendered(files)
    text = encoded([*files["School.csv"], *rows]).replace("Zoë".encode(), b"Zoe")
    data["School.csv"] = text.replace(b"School 1001", "Zoë".encode()) + b"zz," + "Zoë".encode("cp1252") + b"\r\n"
    found = [f for f in check(data).findings if f.rule == "encoding"]
    assert [f.shape for f in found] == ["ISO-8859-1 or Windows-1252, and other rows are UTF-8"]


def test_old_utf_8_of_databases():
    data = rendered(clean(V1))
    data["School.csv"] = data["School.csv"].replace(b"School 1003", b"Art \xed\xa0\xbc\xed\xbe\xa8")
    (finding,) = check(data).findings
    assert (finding.rule, finding.line) == ("encoding", 5)
    assert "AL32UTF8" in finding.advice


def test_people_who_were_left_out_are_not_counted_up():
    files = clean(V1)
    for number, row in enumerate(files["StudentEnrollment.csv"][6:]):
        row[1] = f"p{2000 + number}"
    files["Student.csv"] = files["Student.csv"][:13]
    files.pop("GuardianRelationship.csv"), files.pop("User.csv")
    shapes = {f.shape for f in check(rendered(files)).findings if f.rule == "reference"}
    assert shapes == {"rows that were left out or renumbered there"}


@SERVICES
@pytest.mark.parametrize("first", [2, 3])
def test_a_value_that_stands_once_for_a_group(first, service):
    files = clean(V1)
    files.pop("GuardianRelationship.csv"), files.pop("User.csv"), files.pop("StudentEnrollment.csv")
    for row in files["Student.csv"][first:]:
        row[1] = ""
    found = [f for f in check(rendered(files), service=service).findings if f.rule == "missingValue"]
    assert [(f.column, f.shape, f.line) for f in found] == [("School SIS ID", GROUPED, first + 1)]
    assert "don't remove the rows" in found[0].advice


@pytest.mark.parametrize("lines", [range(2, 20), range(15, 25), [3, 4]])
def test_values_that_lack_otherwise(lines):
    """In the first row, too; in fewer than half of the rows."""
    files = clean(V1)
    for line in lines:
        files["Student.csv"][line - 1][1] = ""
    assert {f.shape for f in check(rendered(files)).findings if f.rule == "missingValue"} == {""}


def test_ids_that_lack_are_no_group():
    files = clean(V1)
    for row in files["Student.csv"][3:]:
        row[0] = ""
    assert {f.shape for f in check(rendered(files)).findings if f.rule == "missingValue"} == {""}


@pytest.mark.parametrize(
    ("parent", "shape"),
    [("O1001", "capital and small letters"), ("o-1001", "punctuation"), ("0o1001", "leading zeros"), ("zz", "")],
)
def test_a_parent_that_is_written_in_another_way(parent, shape):
    files = clean(V21)
    files["orgs.csv"][20][3] = parent
    (finding,) = check(rendered(files)).findings
    assert (finding.rule, finding.shape, finding.line, finding.type) == ("reference", shape, 21, "warning")
    assert finding.others == ((3,) if shape else ())
    assert ("written in another way" in finding.advice) == bool(shape)


def test_parents_of_two_kinds():
    files = clean(V21)
    for line, parent in ((14, "O1001"), (16, "0"), (18, "zz"), (20, "O1002"), (22, "?")):
        files["orgs.csv"][line - 1][3] = parent
    assert [(f.shape, f.lines, f.others) for f in check(rendered(files)).findings] == [
        ("capital and small letters", (14, 20), (3, 4)),
        ("a word for nothing", (16, 22), ()),
        ("", (18,), ()),
    ]


@pytest.mark.parametrize("service", ["classic", "industryData"])
def test_dates_with_the_day_first(service):
    files = clean(V1)
    at = files["Student.csv"][0].index("Birthdate")
    for number, row in enumerate(files["Student.csv"][1:]):
        row[at] = f"{number + 5}/04/2014"
    (finding,) = check(rendered(files), service=service).findings
    assert "day first" in finding.advice
    assert ("they are read with the month first" in finding.advice) == (service == "classic")
    assert finding.count == (16 if service == "classic" else 24)


@SERVICES
@pytest.mark.parametrize("line", [2, 3, 4])
@pytest.mark.parametrize("words", [("Required", "Optional"), ("(required)", "optional*"), ("string", "date")])
@pytest.mark.parametrize(("format_id", "file"), [(V1, "Student.csv"), (V1, "TeacherRoster.csv"), (V21, "roles.csv")])
def test_what_a_template_says_of_its_columns(format_id, file, words, line, service):
    files = clean(format_id)
    width = len(files[file][0])
    files[file].insert(line - 1, [words[at % 2] for at in range(width)])
    result = check(rendered(files), service=service)
    assert told(result) == [("noRecord", None, TEMPLATE, (line,))]
    assert "Delete the row" in result.findings[0].advice


@pytest.mark.parametrize("row", [["Required", "Ann"], ["Required", ""], ["x", "Optional"]])
def test_other_rows_are_no_template(row):
    files = clean(V1)
    files["School.csv"].insert(1, [*row, *[""] * 15])
    assert TEMPLATE not in {f.shape for f in check(rendered(files)).findings}


def test_further_down_it_is_a_row():
    files = clean(V1)
    files["School.csv"].insert(4, ["Required", "Optional", *[""] * 15])
    assert TEMPLATE not in {f.shape for f in check(rendered(files)).findings}
