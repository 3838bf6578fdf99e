"""What is below a first line that is no header is checked too: one round tells everything."""

import pytest

from shared.verification.output import as_json
from shared.verification.second import before
from tests.verification.sets import check, clean, encoded, places, rendered

V1, V21 = "sdsV1", "sdsV2.1"
ABOVE = {
    "a title": b"Students of 27.11.2026\r\n",
    "a title and a blank line": b"Students,,,\r\n\r\n",
    "three lines": b"School,North\r\nTerm,1\r\nPrinted,2026-11-27\r\n",
    "a sep line": b"sep=,\r\n",
    "a type": b"#TYPE System.Data.DataRow\r\n",
    "commas": b",,,,,\r\n",
}


@pytest.mark.parametrize("service", ["classic", "industryData"])
@pytest.mark.parametrize("above", ABOVE.values(), ids=ABOVE)
@pytest.mark.parametrize(("format_id", "file"), [(V1, "Student.csv"), (V21, "users.csv"), (V1, "TeacherRoster.csv")])
def test_a_first_line_alone_is_told_alone(format_id, file, above, service):
    data = rendered(clean(format_id))
    result = check(data | {file: above + data[file]}, service=service, error_rows_percent=100)
    (finding,) = result.findings
    assert (finding.rule, finding.file_name, finding.line) == ("noHeader", file, 1)
    assert not result.taken
    assert next(one.rows for one in result.files if one.name == file) == 24


@pytest.mark.parametrize("above", ABOVE.values(), ids=ABOVE)
def test_errors_below_it_are_told_with_their_lines(above):
    files = clean(V1)
    files["Student.csv"][20][1] = "s9"
    files["Student.csv"][15][3] = "M\u00c3\u00bcller"
    data = rendered(files)
    count = above.count(b"\n")
    found = check(data | {"Student.csv": above + data["Student.csv"]}).findings
    assert places(found) == {
        ("noHeader", "Student.csv", 1, None),
        ("damagedText", "Student.csv", count + 16, "First Name"),
        ("reference", "Student.csv", count + 21, "School SIS ID"),
    }


def test_so_are_columns_and_what_refers_to_the_file():
    files = clean(V1)
    files["Student.csv"][0][2] = "User name"
    files["StudentEnrollment.csv"][5][1] = "p9"
    for row in files["Student.csv"]:
        row.append("x")
    files["Student.csv"][0][-1] = ""
    data = rendered(files)
    result = check(data | {"Student.csv": b"Students\r\n" + data["Student.csv"]})
    assert places(result.findings) == {
        ("noHeader", "Student.csv", 1, None),
        ("missingColumn", "Student.csv", 2, "Username"),
        ("unknownColumn", "Student.csv", 2, "number 15"),
        ("reference", "StudentEnrollment.csv", 6, "SIS ID"),
    }


def test_a_header_that_is_damaged_is_told_on_its_line():
    data = rendered(clean(V1))
    found = check(data | {"School.csv": b"Schools\r\n" + data["School.csv"].replace(b"Zone", b"Zone\0", 1)}).findings
    assert places(found) == {("noHeader", "School.csv", 1, None), ("nul", "School.csv", 2, None)}


def test_what_cant_be_read_below_it_stays_unread():
    rows = clean(V1)["Student.csv"]
    data = rendered(clean(V1)) | {"Student.csv": b"Students\r\n" + encoded(rows).replace(b"SIS ID,", b'SIS "ID,', 1)}
    result = check(data)
    assert {(f.rule, f.line) for f in result.findings} == {("noHeader", 1), ("noHeader", 2)}
    assert not result.taken


def test_nothing_of_the_first_line_is_in_json():
    data = rendered(clean(V1))
    assert "Elizabeth" not in as_json(check(data | {"Student.csv": b"Elizabeth Lee\r\n" + data["Student.csv"]}))


@pytest.mark.parametrize(("above", "shape"), [(b"sep=;", "sep= line"), (b"Students", "column names are in line 2")])
def test_another_delimiter_below_it_is_told_too(above, shape):
    data = rendered(clean(V1))
    first, second = check(data | {"Student.csv": above + b"\r\n" + data["Student.csv"].replace(b",", b";")}).findings
    assert {(f.rule, f.line) for f in (first, second)} == {("noHeader", 1), ("delimiter", 2)}
    assert any(shape in f.shape for f in (first, second))


def test_empty_lines_in_front_of_another_table_belong_to_neither():
    lines = [b"s1,x", b'"",""', b",,", b" \t", b"SIS ID,School SIS ID,Username"]
    assert before(lines, 4) == [b"s1,x"]
