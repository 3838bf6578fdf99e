"""What other products and scripts write: their names for columns, their lists in a cell, their words for objects."""

import pytest

from shared.formats import FORMATS, names_elsewhere
from shared.verification.html import render
from shared.verification.model import JOINED, LENGTHS, NOTHING_IN_IT, SEVERAL, not_commas
from shared.verification.suspects import OBJECT
from tests.verification.sets import check, clean, encoded, rendered
from tests.verification.test_html import NOW

V1, V21 = "sdsV1", "sdsV2.1"
SERVICES = pytest.mark.parametrize("service", ["classic", "industryData"])
OTHERS = [
    (form.id, spec.name, column.name, other)
    for form in FORMATS
    for spec in form.files
    for column in spec.columns
    if not (column.required or column.header)
    for other in names_elsewhere(column.name, spec)
    if sum(other in names_elsewhere(one.name, spec) for one in spec.columns) == 1
]


@pytest.mark.parametrize(("format_id", "file", "column", "other"), OTHERS)
def test_another_name_of_an_optional_column(format_id, file, column, other):
    files = clean(format_id)
    files[file][0][files[file][0].index(column)] = other.upper()
    found = [f for f in check(rendered(files), service="industryData").findings if f.rule == "nearColumn"]
    assert [(f.file_name, f.column, f.type) for f in found] == [(file, other.upper(), "warning")]
    assert f"“{column}”" in found[0].advice


def test_another_name_beside_the_column_itself_is_nothing():
    files = clean(V21)
    for row in files["users.csv"]:
        row.append("mobile")
    assert {f.rule for f in check(rendered(files), service="industryData").findings} == {"unknownColumn"}


JOINS = {
    "semicolons": ";",
    "vertical bars": "|",
    "slashes": "/",
    "blanks": " ",
    "words": " and ",
    "ampersands": " & ",
    "plus signs": "+",
    "dashes": " - ",
    "line breaks": "\n",
}


def test_all_that_joins_is_tried():
    assert set(JOINS) == set(JOINED)


@SERVICES
@pytest.mark.parametrize("name", JOINED)
def test_ids_joined_in_a_cell(name, service):
    by = JOINS[name]
    files = clean(V1)
    files["TeacherRoster.csv"][20][1] = f"t1001{by}t1002"
    found = [f for f in check(rendered(files), service=service).findings if f.rule == "reference"]
    assert [(f.shape, f.line) for f in found] == [(SEVERAL, 21)]
    files = clean(V21)
    files["classes.csv"][20][files["classes.csv"][0].index("sessionSourcedIds")] = f"y1001{by}y1002"
    found = [f for f in check(rendered(files), service=service).findings if f.rule == "reference"]
    assert [(f.shape, f.line) for f in found] == [(not_commas(name), 21)]
    assert "join the ids of a cell with commas" in found[0].advice


@pytest.mark.parametrize(
    ("grade", "several"),
    [("03;04", True), ("03|04", True), ("03/04", True), ("3 and 4", True), ("03;x", False), ("x", False)],
)
def test_values_joined_in_a_cell(grade, several):
    files = clean(V21)
    files["courses.csv"][20][files["courses.csv"][0].index("grade")] = grade
    (finding,) = check(rendered(files), service="industryData").findings
    assert (finding.rule, finding.line) == ("value", 21)
    assert ("joined with commas" in finding.advice) == several


def test_values_joined_in_a_cell_that_holds_one():
    files = clean(V21)
    files["roles.csv"][20][files["roles.csv"][0].index("grade")] = "03;04"
    (finding,) = check(rendered(files), service="industryData").findings
    assert "joined with commas" not in finding.advice


@SERVICES
@pytest.mark.parametrize(
    "word",
    ["[object Object]", "System.Object[]", "System.String[]", "@{id=7; name=x}", "#<Student:0x00007f>", "<a at 0x7f>"],
)
def test_a_script_s_word_for_what_it_holds(word, service):
    files = clean(V1)
    files["Student.csv"][15][3] = word
    files["TeacherRoster.csv"][20][1] = word
    found = {f.rule: f for f in check(rendered(files), service=service).findings if f.file_name != "x"}
    assert found.keys() >= {"damagedText", "reference"}
    assert found["damagedText"].shape == found["reference"].shape == OBJECT
    assert "Don't remove the rows" in found["reference"].advice


@pytest.mark.parametrize("word", ["System.Collections.Hashtable", "System.Management.Automation.PSObject"])
def test_a_script_s_word_in_place_of_an_id(word):
    files = clean(V1)
    files["TeacherRoster.csv"][20][1] = word
    assert [f.shape for f in check(rendered(files)).findings if f.rule == "reference"] == [OBJECT]


@pytest.mark.parametrize(
    "name", ["Art [advanced]", "[object]", "Systems.Art[]", "C# <3", "#<3", "a @{b}", "<Beginners>"]
)
def test_names_with_brackets_are_no_objects(name):
    files = clean(V1)
    files["Section.csv"][15][2] = name
    assert check(rendered(files), service="industryData").findings == ()


@SERVICES
@pytest.mark.parametrize(
    "password", ["=K9;x", "??Qa?b8c", "a&amp;b", "%C3%BC9", "\\u00fc7", "1.2E+15", "MÃ¼l7", "\x01aa"]
)
@pytest.mark.parametrize(
    ("format_id", "file", "column"), [(V1, "Student.csv", "Password"), (V21, "users.csv", "password")]
)
def test_a_password_has_any_letters(format_id, file, column, password, service):
    files = clean(format_id)
    files[file][15][files[file][0].index(column)] = password
    assert check(rendered(files), service=service).findings == ()


@SERVICES
@pytest.mark.parametrize("form", ["wide", "stray", "repeated", "blanks", "nothing", "bytes"])
@pytest.mark.parametrize(
    ("format_id", "file", "column"), [(V1, "Student.csv", "Password"), (V21, "users.csv", "password")]
)
def test_a_password_is_shown_nowhere(format_id, file, column, form, service):
    files = clean(format_id)
    at, secret = files[file][0].index(column), "Correct-Horse-9"
    row = files[file][15]
    row[at] = secret
    if form == "wide":
        row.append("x")
    if form == "repeated":
        files[file].append(list(row))
    if form == "blanks":
        row[at] = f" {secret} "
    if form == "nothing":
        row[0] = ""
    data = rendered(files)
    if form == "stray":
        data[file] = data[file].replace(secret.encode(), secret.encode() + b'"x')
    if form == "bytes":
        data[file] = data[file].replace(secret.encode(), secret.encode() + b"\xff")
    result = check(data, service=service)
    assert result.findings
    assert secret not in str(result)
    assert secret not in render(result, "set", NOW, values=True)


@SERVICES
@pytest.mark.parametrize(
    ("format_id", "file", "column"), [(V1, "Student.csv", "Password"), (V21, "users.csv", "password")]
)
def test_a_password_is_not_shown_where_the_header_is_missing(format_id, file, column, service):
    files, secret = clean(format_id), "Horse-9"
    at = files[file][0].index(column)
    names, row = [files[file][0][0], column], ["9001", secret]
    rows = rendered(files)
    for data in (
        encoded([[cell if i != at else secret for i, cell in enumerate(files[file][1])], *files[file][2:]]),
        (",".join(names) + ",".join(row) + "\r\n").encode() + encoded([row, row]),
    ):
        result = check(rows | {file: data}, service=service)
        assert not result.taken
        assert secret not in str(result)


def test_apple_s_files_are_named():
    names = ("classes.csv", "courses.csv", "locations.csv", "rosters.csv", "staff.csv", "students.csv")
    (finding,) = check(dict.fromkeys(names, b"person_id,location_id\r\n1,2\r\n")).findings
    assert (finding.rule, "Apple School Manager" in finding.description) == ("refusedFormat", True)


@pytest.mark.parametrize("left_out", ["locations.csv", "rosters.csv", "staff.csv", "students.csv"])
def test_some_names_are_not_apple_s(left_out):
    names = {"classes.csv", "courses.csv", "locations.csv", "rosters.csv", "staff.csv", "students.csv"} - {left_out}
    found = check(dict.fromkeys(sorted(names), b"a,b\r\n1,2\r\n")).findings
    assert not any("Apple" in finding.description for finding in found)


@SERVICES
@pytest.mark.parametrize("data", [b"\r\n", b'""\r\n', b",,,,,\r\n,,,,,\r\n", b"\xef\xbb\xbf\r\n", b" \n\n"])
def test_a_file_with_nothing_in_it(data, service):
    found = check(rendered(clean(V1)) | {"Student.csv": data}, service=service).findings
    assert [(f.rule, f.shape, f.file_name) for f in found] == [("noHeader", NOTHING_IN_IT, "Student.csv")]
    assert "export Student.csv again" in found[0].advice


@pytest.mark.parametrize("data", [b'"Length"\r\n"12"\r\n"14"\r\n', b"Length\n7\n"])
def test_lengths_in_place_of_what_was_meant(data):
    found = [f for f in check(rendered(clean(V1)) | {"Student.csv": data}).findings if f.file_name == "Student.csv"]
    assert [(f.rule, f.shape) for f in found] == [("noHeader", LENGTHS)]
    assert "Export-Csv" in found[0].advice


@pytest.mark.parametrize("data", [b"Length\r\nx\r\n", b"Length\r\n", b"Lengths\r\n7\r\n", b"\r\nx\r\n"])
def test_other_first_lines_are_none_of_these(data):
    found = [f for f in check(rendered(clean(V1)) | {"Student.csv": data}).findings if f.file_name == "Student.csv"]
    assert found
    assert not {LENGTHS, NOTHING_IN_IT} & {f.shape for f in found}


def test_the_rows_of_others_are_shown():
    files = clean(V1)
    files["School.csv"][15].append("x")
    assert check({**rendered(files), "School.csv": encoded(files["School.csv"])}).findings[0].values
