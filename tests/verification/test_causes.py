"""One cause gives one message, and the advice fits it: what exports, spreadsheets and databases do, one by one."""

import pytest

from shared.formats import names_elsewhere
from shared.formats.sds_v1 import SDS_V1
from shared.formats.sds_v21 import SDS_V21
from shared.formats.values import GRADE, ORG_ROLE, ORG_TYPE, RACE, RELATIONSHIP_ROLE, SESSION_TYPE, SEX
from shared.verification.lists import MEANT, edits, nearest_allowed
from tests.verification.sets import Files, check, clean, encoded, places, rendered

V1, V21 = "sdsV1", "sdsV2.1"


def with_cell(files: Files, file: str, row: int, column: str, value: str) -> Files:
    files[file][row][files[file][0].index(column)] = value
    return files


@pytest.mark.parametrize(
    ("values", "wrong", "first"),
    [
        (ORG_ROLE, ["Students"], ["student"]),
        (ORG_ROLE, ["pupil", "Aide"], ["student", "teacherAssistant"]),
        (ORG_ROLE, ["teachr"], ["teacher"]),
        (ORG_ROLE, ["guardian"], ["other", "student", "teacher"]),
        (ORG_ROLE, ["Lehrer"], ["teacher"]),
        (ORG_ROLE, ["Schülerin"], ["student"]),
        (ORG_ROLE, ["xyz"], ["student", "teacher"]),
        (GRADE, ["Grade 4", "5th"], ["04", "05"]),
        (GRADE, ["K"], ["kg"]),
        (GRADE, ["Year 13"], ["13"]),
        (SEX, ["F"], ["female"]),
        (RACE, ["white;asian"], ["white"]),
        (ORG_TYPE, ["School District"], ["school"]),
        (RELATIONSHIP_ROLE, ["Mother"], ["parent"]),
    ],
)
def test_the_nearest_values_come_first(values, wrong, first):
    words = nearest_allowed(values, frozenset(), [word.encode() for word in wrong])
    assert words.startswith(", ".join(first))
    named = words.partition(" and ")[0].partition(" (")[0].split(", ")
    assert len(named) == min(len(values.spelled), 5)
    assert len(set(named)) == len(named)


def test_values_that_the_tenant_has_added_are_named_too():
    assert nearest_allowed(SEX, frozenset({"diverse"}), [b"divers"]).startswith("diverse, ")


def test_what_is_meant_elsewhere_is_in_a_list():
    lists = (ORG_ROLE, GRADE, SEX, ORG_TYPE, RELATIONSHIP_ROLE, SESSION_TYPE)
    assert set(MEANT.values()) <= {value for values in lists for value in values.spelled}


@pytest.mark.parametrize(
    ("one", "other", "far"),
    [("", "", 0), ("a", "", 1), ("", "ab", 2), ("abc", "abc", 0), ("abc", "acb", 1), ("kitten", "sitting", 3)],
)
def test_letters_between_two_words(one, other, far):
    assert edits(one, other) == edits(other, one) == far


def test_raw_formula_marks_are_a_spreadsheets_and_not_broken_quoting():
    files = rendered(clean(V1))
    files["Student.csv"] = files["Student.csv"].replace(b"p1003,", b'="p1003",', 1)
    found = {(f.rule, f.file_name): f for f in check(files).findings}
    assert set(found) == {
        ("reference", "StudentEnrollment.csv"),
        ("reference", "GuardianRelationship.csv"),
    }
    assert found["reference", "StudentEnrollment.csv"].shape == 'an = and quotation marks around it (="…")'
    assert (
        'Student.csv (an = and quotation marks around it (="…"), in line'
        in found["reference", "StudentEnrollment.csv"].advice
    )


def test_an_apostrophe_before_digits_is_told_once():
    files = clean(V1)
    files["School.csv"][20][0] = "'1018"
    found = check(rendered(files)).findings
    assert places(found) == {("spreadsheet", "School.csv", 21, "SIS ID")}
    assert sum(f.count for f in found) == 1


@pytest.mark.parametrize(
    ("key", "value", "shape"),
    [
        ("09001", "9,001", "punctuation and leading zeros"),
        ("p9003", "{p9003}", "punctuation"),
        ("1234", "1234.0", "a .0 at the end"),
        ("1234", "1234,0", "a .0 at the end"),
        ("9000", "9,000", "punctuation"),
    ],
)
def test_ids_that_differ_in_their_writing_alone(key, value, shape):
    files = with_cell(clean(V1), "Student.csv", 20, "SIS ID", key)
    files["StudentEnrollment.csv"].append(["c1000", value])
    found = [f for f in check(rendered(files)).findings if f.rule == "reference"]
    assert [(f.shape, f.others, f.other_file) for f in found] == [(shape, (21,), "Student.csv")]
    assert "don't remove the rows" in found[0].advice


@pytest.mark.parametrize(("by", "name"), [(";", "semicolons"), ("|", "vertical bars"), (" ", "blanks")])
def test_a_list_of_ids_that_is_joined_in_another_way(by, name):
    files = with_cell(clean(V21), "classes.csv", 20, "sessionSourcedIds", f"y1000{by}y1001")
    (finding,) = check(rendered(files)).findings
    assert (finding.rule, finding.shape, finding.lines) == (
        "reference",
        f"{name} between the values, not commas",
        (21,),
    )
    assert "join the ids of a cell with commas" in finding.advice
    assert "in both files" not in finding.advice


def test_a_word_for_nothing_in_a_reference_is_told_once():
    files = with_cell(clean(V1), "Student.csv", 20, "School SIS ID", "NULL")
    (finding,) = check(rendered(files)).findings
    assert (finding.rule, finding.shape, finding.type) == ("reference", "a word for nothing", "error")
    assert "fill in the value" in finding.advice
    optional = with_cell(clean(V21), "classes.csv", 20, "courseSourcedId", "NULL")
    assert [f.rule for f in check(rendered(optional)).findings] == ["nullWord"]


def test_an_empty_people_file_is_the_one_cause():
    files = clean(V1)
    files["Student.csv"] = files["Student.csv"][:1]
    assert {f.rule for f in check(rendered(files)).findings} == {"people.noRows"}
    allowed = {f.rule for f in check(rendered(files), allow_empty=True).findings}
    assert allowed == {"people.noRows", "reference"}


@pytest.mark.parametrize("name", ["SIS_ID,School_SIS_ID,Username", "SIS_ID,Name"])
def test_underscores_are_one_cause_however_many_columns_have_them(name):
    about = "Student.csv" if "Username" in name else "School.csv"
    whole = clean(V1)
    if about == "School.csv":
        whole[about] = [row[:2] for row in whole[about]]
    files = rendered(whole)
    old = name.replace("_", " ").encode()
    files[about] = files[about].replace(old, name.encode(), 1)
    (finding,) = check(files).findings
    assert (finding.rule, finding.shape) == ("headerStyle", "“_” for a blank")


def test_what_other_products_call_a_column_is_recognised():
    files = clean(V1)
    files["Student.csv"][0][:3] = ["Student ID", "School ID", "Email Address"]
    found = check(rendered(files)).findings
    assert {f.rule for f in found} == {"missingColumn"}
    said = {f.column: f.advice for f in found if f.rule == "missingColumn"}
    assert "“Student ID”" in said["SIS ID"]
    assert "“School ID”" in said["School SIS ID"]
    assert "“Email Address”" in said["Username"]


def test_names_elsewhere_are_about_the_file():
    for spec in SDS_V1.files:
        for column in spec.columns:
            assert all("{" not in name and name.isalnum() for name in names_elsewhere(column.name, spec))


@pytest.mark.parametrize(
    ("form", "file", "column", "first"),
    [
        (SDS_V1, "TeacherRoster.csv", "SIS ID", "teachersisid teacherid"),
        (SDS_V1, "StudentEnrollment.csv", "SIS ID", "studentsisid"),
        (SDS_V1, "GuardianRelationship.csv", "SIS ID", "studentsisid studentid"),
        (SDS_V1, "School.csv", "SIS ID", "schoolsisid schoolid"),
        (SDS_V21, "users.csv", "sourcedId", "sisid userid"),
        (SDS_V21, "classes.csv", "sourcedId", "sisid classid"),
        (SDS_V21, "orgs.csv", "name", "orgname"),
        (SDS_V21, "orgs.csv", "nothing", ""),
    ],
)
def test_what_a_column_is_called_elsewhere(form, file, column, first):
    spec = form.spec(file)
    assert spec is not None
    found = names_elsewhere(column, spec)
    assert list(found[: len(first.split())]) == first.split()


def test_a_letter_that_only_looks_right_is_named():
    files = clean(V1)
    files["Student.csv"][0][2] = "Usern\u0430me"
    (finding,) = check(rendered(files)).findings
    assert (finding.rule, finding.column) == ("missingColumn", "Username")
    assert "U+0430 (cyrillic small letter a) after “Usern”" in finding.advice


def test_the_header_again_in_another_case():
    files = rendered(clean(V1))
    head, _, rest = files["Student.csv"].partition(b"\r\n")
    files["Student.csv"] = head + b"\r\n" + rest + head.lower() + b"\r\n" + head.upper() + b",,\r\n"
    (finding,) = check(files).findings
    assert (finding.rule, finding.lines) == ("repeatedHeader", (26, 27))


def test_a_row_that_says_which_way_it_is_off_says_only_what_helps():
    files = rendered(clean(V1))
    more = check(files | {"Student.csv": files["Student.csv"].replace(b"Ann1020", b"Ann, 1020", 1)}).findings
    fewer = check(files | {"TeacherRoster.csv": files["TeacherRoster.csv"] + b"c1000\r\n"}).findings
    assert [(f.rule, "comma" in f.advice, "line break" in f.advice) for f in (*more, *fewer)] == [
        ("columnCount", True, False),
        ("columnCount", False, True),
    ]


def test_lines_of_a_report_are_no_people():
    rows = clean(V1)["Student.csv"]
    data = encoded(rows) + b"\r\n(24 rows affected)\r\n"
    result = check(rendered(clean(V1)) | {"Student.csv": data})
    assert next(file.rows for file in result.files if file.name == "Student.csv") == 24
    assert {f.rule for f in result.findings} == {"noRecord"}


@pytest.mark.parametrize(
    ("row", "rule"), [(b"c1000", "columnCount"), (b"c1000,t1001,x", "columnCount"), (b"c1000,t1001,,", "surplusCells")]
)
def test_a_row_that_does_not_fit_is_shown_as_it_is(row, rule):
    files = rendered(clean(V1))
    found = check(files | {"TeacherRoster.csv": files["TeacherRoster.csv"] + row + b"\r\n"}).findings
    assert [finding.values for finding in found if finding.rule == rule] == [(row.decode(),)]


@pytest.mark.parametrize(
    ("file", "row", "shape", "words"),
    [
        ("StudentEnrollment.csv", ["c1005", "t1005"], "ids of Teacher.csv", "put the rows into TeacherRoster.csv"),
        ("TeacherRoster.csv", ["c1005", "p1005"], "ids of Student.csv", "put the rows into StudentEnrollment.csv"),
    ],
)
def test_people_in_the_wrong_file_are_to_be_put_into_the_other(file, row, shape, words):
    files = clean(V1)
    files[file] += [row, ["c1006", "nobody"]]
    found = {f.shape: f for f in check(rendered(files)).findings}
    assert found.keys() == {shape, ""}
    assert words in found[shape].advice
    assert (found[shape].lines, found[""].lines) == ((26,), (27,))
    assert "Add what is missing" in found[""].advice


@pytest.mark.parametrize(
    ("format_id", "file", "column", "change", "target"),
    [
        (V21, "enrollments.csv", "userSourcedId", "user.{}@school.example", "users.csv"),
        (V1, "StudentEnrollment.csv", "Section SIS ID", "Maths {}", "Section.csv"),
        (V1, "Student.csv", "School SIS ID", "School {}", "School.csv"),
        (V1, "StudentEnrollment.csv", "SIS ID", "S-{}-1", "Student.csv"),
    ],
)
def test_a_column_that_holds_something_else_is_the_cause(format_id, file, column, change, target):
    files = clean(format_id)
    at = files[file][0].index(column)
    for row in files[file][2:]:
        row[at] = change.format(row[at])
    (finding,) = check(rendered(files)).findings
    assert (finding.rule, finding.shape, finding.count) == ("reference", "hardly any of them is there", 23)
    assert f"Hardly any value of the column is in {target}" in finding.advice
    assert "Add what is missing" not in finding.advice


def test_a_few_that_dangle_are_no_cause_of_a_column():
    files = clean(V1)
    for row in files["StudentEnrollment.csv"][5:]:
        row[1] = f"x{row[1]}y"
    (finding,) = check(rendered(files)).findings
    assert (finding.shape, finding.count) == ("rows that were left out or renumbered there", 20)
    few = clean(V1)
    few["StudentEnrollment.csv"] = [few["StudentEnrollment.csv"][0], ["c1000", "x"], ["c1001", "y"]]
    assert [f.shape for f in check(rendered(few)).findings] == [""]
    bare = rendered(clean(V1))
    bare["Section.csv"] = bare["Section.csv"].partition(b"\r\n")[0] + b"\r\n"
    assert {f.shape for f in check(bare).findings} == {""}


@pytest.mark.parametrize("file", ["Student.csv", "StudentEnrollment.csv"])
def test_an_id_that_is_called_by_what_it_is_of_is_named(file):
    files = clean(V1)
    files[file][0][files[file][0].index("SIS ID")] = "Student SIS ID"
    (finding,) = [f for f in check(rendered(files)).findings if f.type == "error"]
    assert (finding.rule, finding.column) == ("missingColumn", "SIS ID")
    assert "Did you mean it with “Student SIS ID”?" in finding.advice


@pytest.mark.parametrize("by", [";", "|", "/", " ", ", "])
def test_several_ids_in_a_cell_are_to_be_rows(by):
    files = clean(V1)
    files["GuardianRelationship.csv"][3][0] = f"p1005{by}p1006"
    (finding,) = check(rendered(files)).findings
    assert (finding.rule, finding.shape, finding.lines) == ("reference", "several ids in one cell", (4,))
    assert "write a row for each" in finding.advice
    files["GuardianRelationship.csv"][3][0] = f"p1005{by}nobody"
    (finding,) = check(rendered(files)).findings
    assert (finding.rule, finding.shape) == ("reference", "")


@pytest.mark.parametrize("by", [";", "|", "/"])
def test_one_id_with_a_mark_behind_it_is_one(by):
    files = clean(V1)
    files["GuardianRelationship.csv"][3][0] = f"p1005{by}"
    (finding,) = check(rendered(files)).findings
    assert (finding.rule, finding.shape, finding.lines) == ("reference", "punctuation", (4,))


@pytest.mark.parametrize(
    ("values", "words"),
    [
        (["41698", "41700.0"], "numbers of days, as a spreadsheet keeps dates"),
        (["28.02.2014", "1.2.2014"], "These have the day first."),
        (["02-28-2014", "1-2-14"], "These have the month first."),
        (["1.2.2014", "2.1.2014"], ""),
        (["12.2.2014", "2.1.2014"], ""),
        (["2.12.2014", "2.1.2014"], ""),
        (["13.2.2014", "12.2.2014"], "These have the day first."),
        (["2.13.2014", "2.12.2014"], "These have the month first."),
        (["28.02.2014", "02-28-2014"], ""),
        (["41698", "soon"], ""),
        (["416980", "91698"], ""),
    ],
)
def test_dates_are_told_what_they_look_like(values, words):
    files = clean(V1)
    for number, value in enumerate(values, 15):
        with_cell(files, "Student.csv", number, "Birthdate", value)
    (finding,) = check(rendered(files)).findings
    assert finding.rule == "date"
    assert finding.advice == f"Write dates as YYYY-MM-DD. {finding.advice.partition('DD. ')[2]}".strip()
    assert words in finding.advice
    assert words or finding.advice.endswith("YYYY-MM-DD.")
