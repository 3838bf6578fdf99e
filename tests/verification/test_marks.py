"""Marks that tools put around values, or in front of them, and that the service takes for a part of the value."""

import pytest

from shared.verification.model import (
    ARRAY,
    DECORATED,
    ESCAPED_COMMAS,
    ESCAPED_QUOTES,
    NAMES_JOINED,
    OTHER_NAMES,
    OWN_BEHIND,
    OWN_FRONT,
)
from shared.verification.suspects import AS_BYTES, IN_MAIL
from shared.verification.width import MORE
from tests.verification.changes import marked
from tests.verification.sets import check, clean, encoded, rendered

V1, V21 = "sdsV1", "sdsV2.1"
SERVICES = pytest.mark.parametrize("service", ["classic", "industryData"])


@SERVICES
@pytest.mark.parametrize(("mark", "rule"), [(b"'", "apostrophes"), (b'"""', "quotedTwice")])
@pytest.mark.parametrize(("format_id", "file"), [(V1, "School.csv"), (V1, "Student.csv"), (V21, "users.csv")])
def test_marks_around_all_values_are_one_cause(format_id, file, mark, rule, service):
    """Whatever refers to the file, and whatever is in its cells."""
    result = check(marked(file, mark)(rendered(clean(format_id))), service=service)
    assert [(f.rule, f.file_name, f.lines) for f in result.findings] == [(rule, file, (2,))]
    assert next(f.rows for f in result.files if f.name == file) == 24
    assert not result.taken


def test_names_and_values_quoted_twice_are_one_cause():
    data = marked("School.csv", b'"""')(rendered(clean(V1)))
    head, rest = data["School.csv"].split(b"\r\n", 1)
    data["School.csv"] = b",".join(b'"""%s"""' % name for name in head.split(b",")) + b"\r\n" + rest
    assert [(f.rule, f.lines) for f in check(data).findings] == [("quotedTwice", (2,))]


@pytest.mark.parametrize("row", [2, 7])
@pytest.mark.parametrize("cell", [b"s1", b"'", b"'s1", b"s1'", b'"s1"'])
def test_one_value_without_the_marks_tells_otherwise(cell, row):
    data = marked("TeacherRoster.csv", b"'")(rendered(clean(V1)))
    lines = data["TeacherRoster.csv"].split(b"\r\n")
    lines[row] = cell + b"," + lines[row].split(b",")[1]
    data["TeacherRoster.csv"] = b"\r\n".join(lines)
    assert "apostrophes" not in {f.rule for f in check(data).findings}


def test_one_row_alone_tells_nothing():
    files = clean(V1)
    files["TeacherRoster.csv"] = [files["TeacherRoster.csv"][0], ["'c1001'", "'t1001'"]]
    assert "apostrophes" not in {f.rule for f in check(rendered(files)).findings}


@SERVICES
def test_backslashes_before_commas_and_quotation_marks(service):
    data = rendered(clean(V1))
    lines = data["School.csv"].split(b"\r\n")
    lines[13] = lines[13].replace(b"School 1012", b"Mill\\, Old")
    lines[15] = lines[15].replace(b"School 1014", b'"The \\"Old\\" Mill"')
    lines[17] = lines[17].replace(b"School 1016", b"Mill, Old")
    lines[19] = lines[19].replace(b"School 1018", b'The "Old" Mill')
    lines[21] = lines[21].replace(b"School 1020", b"Mill\\, Old, New")
    result = check(data | {"School.csv": b"\r\n".join(lines)}, service=service)
    assert {(f.rule, f.shape, f.lines) for f in result.findings} == {
        ("columnCount", ESCAPED_COMMAS, (14,)),
        ("columnCount", MORE.shape, (18, 22)),
        ("strayQuote", ESCAPED_QUOTES, (16,)),
        ("strayQuote", "", (20,)),
    }
    assert all(
        "no escape character" in f.advice for f in result.findings if f.shape in (ESCAPED_COMMAS, ESCAPED_QUOTES)
    )


@pytest.mark.parametrize("written", ["Mill\\, 1", "Mill\\,1"])
def test_backslashes_before_commas_in_all_rows(written):
    """Though the last cell of some is empty, so that nothing seems to be surplus."""
    data = rendered(clean(V1))
    data["School.csv"] = data["School.csv"].replace(b"School 1", written.encode())
    (finding,) = check(data).findings
    assert (finding.rule, finding.shape, finding.count) == ("columnCount", ESCAPED_COMMAS, 24)


@SERVICES
@pytest.mark.parametrize("quoted", [False, True])
def test_a_comma_in_a_text_moves_what_is_behind_it(quoted, service):
    """Nothing is beyond the header, as the last cell was empty: but each name stands in the wrong column."""
    files = clean(V1)
    row = files["Student.csv"][15]
    row[3:] = ["Ann", "Lee", *["" for _ in row[5:]]]
    data = rendered(files)
    given = b'"Lee",Ann, Mary' if quoted else b"Lee, Ann,Mary"
    data["Student.csv"] = data["Student.csv"].replace(b",Ann,Lee,", b"," + given + b",")
    assert [(f.rule, f.shape, f.line) for f in check(data, service=service).findings] == [
        ("columnCount", MORE.shape, 16)
    ]


@pytest.mark.parametrize("end", [b",", b",,", b",,,"])
def test_empty_cells_behind_a_row_are_no_comma(end):
    data = rendered(clean(V1))
    lines = data["Student.csv"].split(b"\r\n")
    lines[15] += end
    data["Student.csv"] = b"\r\n".join(lines)
    assert [(f.rule, f.line) for f in check(data).findings] == [("surplusCells", 16)]


@pytest.mark.parametrize("written", ["{%s}", "[%s]", '["%s"]', "['%s']", "{'%s'}", "[[%s]]", "{%s,%s}", '["%s", "%s"]'])
def test_lists_as_programs_write_them(written):
    files = clean(V21)
    column = files["classes.csv"][0].index("sessionSourcedIds")
    files["classes.csv"][14][column] = written.replace("%s", "y1001", 1).replace("%s", "y1002")
    (finding,) = check(rendered(files)).findings
    assert (finding.rule, finding.shape, finding.line) == ("reference", ARRAY, 15)
    assert "leave out the brackets" in finding.advice


@pytest.mark.parametrize("written", ["{y7}", "[]", "y1001]", "[y1001", "{y1001,y7}"])
def test_other_brackets_are_no_list(written):
    files = clean(V21)
    column = files["classes.csv"][0].index("sessionSourcedIds")
    files["classes.csv"][14][column] = written
    assert ARRAY not in {f.shape for f in check(rendered(files)).findings}


@SERVICES
@pytest.mark.parametrize("written", ["{}#mailto:{}#", "Pat Lee <{}>", "mailto:{}", "{}; pat@b.example", "{} (home)"])
def test_addresses_with_something_around_them(written, service):
    files = clean(V1)
    row = files["User.csv"][3]
    bare, row[0] = row[0], written.replace("{}", row[0])
    files["GuardianRelationship.csv"] = [r for r in files["GuardianRelationship.csv"] if r[1] != bare]
    files["GuardianRelationship.csv"].append(["p1001", bare, "Parent"])
    found = [f for f in check(rendered(files), service=service).findings if f.rule == "reference"]
    assert [(f.shape, f.others) for f in found] == [(DECORATED, (4,))]
    assert "don't remove the rows" in found[0].advice


def test_an_address_that_is_a_part_of_a_sound_one_is_not_there():
    files = clean(V1)
    files["GuardianRelationship.csv"][20][1] = "1001@mail.example"
    assert [f.shape for f in check(rendered(files)).findings if f.rule == "reference"] == [""]


@SERVICES
@pytest.mark.parametrize("mark", ["-", "_", ".", ":", "/", "|"])
@pytest.mark.parametrize("shape", [OWN_FRONT, OWN_BEHIND])
@pytest.mark.parametrize("there", [True, False], ids=["there", "here"])
def test_ids_with_a_school_s_number(there, shape, mark, service):
    """In the file referred to, or in the one that refers."""
    files = clean(V1)
    files.pop("GuardianRelationship.csv"), files.pop("User.csv")
    file, column = ("Student.csv", 0) if there else ("StudentEnrollment.csv", 1)
    for number, row in enumerate(files[file][1:]):
        own = f"{100 + number % 7}"
        row[column] = f"{own}{mark}{row[column]}" if shape == OWN_FRONT else f"{row[column]}{mark}{own}"
    found = [f for f in check(rendered(files), service=service).findings if f.rule == "reference"]
    assert [(f.shape, f.count, f.file_name) for f in found] == [(shape, 24, "StudentEnrollment.csv")]
    assert found[0].others[0] == 2
    assert "don't remove the rows" in found[0].advice


def test_a_few_ids_with_something_in_front_are_told_otherwise():
    files = clean(V1)
    for number, row in enumerate(files["StudentEnrollment.csv"][18:]):
        row[1] = f"{100 + number}-{row[1]}"
    assert OWN_FRONT not in {f.shape for f in check(rendered(files)).findings}


@SERVICES
@pytest.mark.parametrize("number", ["{}.{},00", "{},{}.00", "{}.{},0", "{}'{}.00"])
def test_ids_as_numbers_of_a_language(number, service):
    files = clean(V1)
    files.pop("GuardianRelationship.csv"), files.pop("User.csv")
    for rows, columns in ((files["Student.csv"], [0]), (files["StudentEnrollment.csv"], [1])):
        for row in rows[1:]:
            for column in columns:
                row[column] = row[column].replace("p", "")
    for row in files["Student.csv"][1:]:
        row[0] = number.format(row[0][:-3], row[0][-3:])
    found = [f for f in check(rendered(files), service=service).findings if f.rule == "reference"]
    assert [f.count for f in found] == [24]
    assert "written in another way" in found[0].advice
    assert found[0].others[0] == 2


@SERVICES
@pytest.mark.parametrize(
    "names",
    ["SIS-ID,Schulnummer,Benutzername,Vorname", "Matricule,Ecole,Identifiant,Prénom", "Oppilas,Koulu,Tunnus,Etunimi"],
)
def test_names_in_another_language(names, service):
    files = clean(V1)
    files["Student.csv"] = [names.split(","), *[row[:4] for row in files["Student.csv"][1:]]]
    found = [f for f in check(rendered(files), service=service).findings if f.file_name == "Student.csv"]
    assert [(f.rule, f.shape) for f in found] == [("noHeader", OTHER_NAMES)]
    assert "in their place" in found[0].advice
    assert "SIS ID, School SIS ID, Username" in found[0].advice


@pytest.mark.parametrize(
    "first", ["p1,s1001,ann,Ann", "Ann,Lee,x,Ann", "Ann,,x,y", "Ann,Lee", "pat@a.example,Lee,x,y", "a,b,c,d,e"]
)
def test_a_row_of_data_is_no_row_of_names(first):
    data = rendered(clean(V1))
    rows = [row[:4] for row in clean(V1)["Student.csv"][1:]]
    data["Student.csv"] = first.encode() + b"\r\n" + encoded(rows)
    found = [f for f in check(data).findings if f.file_name == "Student.csv"]
    assert [(f.rule, f.shape) for f in found] == [("noHeader", "")]


def test_names_above_words_alone_may_be_a_row_of_data():
    data = rendered(clean(V1)) | {"Student.csv": b"Ann,Lee,north\r\nPat,Lee,south\r\n"}
    found = [f for f in check(data).findings if f.file_name == "Student.csv"]
    assert [(f.rule, f.shape) for f in found] == [("noHeader", "")]


@pytest.mark.parametrize("joined", ["First Name Last Name", "First NameLast Name", "First Name;Last Name"])
def test_a_comma_is_missing_in_the_header(joined):
    files = clean(V1)
    at = files["Student.csv"][0].index("First Name")
    files["Student.csv"][0][at : at + 2] = [joined]
    found = {f.rule: f for f in check(rendered(files), service="industryData").findings}
    assert found.keys() == {"nearColumn", "columnCount"}
    assert found["nearColumn"].shape == NAMES_JOINED
    assert "it is First Name and Last Name" in found["nearColumn"].advice


@pytest.mark.parametrize("name", ["M=C3=BCller", "=C3=84rger", "Zo=c3=ab"])
def test_letters_as_in_mails(name):
    files = clean(V1)
    files["Student.csv"][15][3] = name
    (finding,) = check(rendered(files), service="industryData").findings
    assert (finding.rule, finding.shape, finding.line) == ("damagedText", IN_MAIL, 16)
    assert finding.type == "warning"


@pytest.mark.parametrize("name", ["x=C3", "a=BC=C3", "b = C3", "f=Ce=x"])
def test_other_signs_of_equality_are_no_damage(name):
    files = clean(V1)
    files["Student.csv"][15][3] = name
    assert check(rendered(files), service="industryData").findings == ()


def test_bytes_of_a_script_have_their_own_advice():
    files = clean(V1)
    files["Student.csv"][15][3] = "b'Ivy'"
    (finding,) = check(rendered(files), service="industryData").findings
    assert (finding.rule, finding.shape) == ("damagedText", AS_BYTES)
    assert "decode" in finding.advice


@pytest.mark.parametrize("several", ["y1001,", ",y1001", "y1001,,y1002", "y1001, y1002", " , y1001"])
def test_a_list_may_have_a_comma_too_many(several):
    files = clean(V21)
    column = files["classes.csv"][0].index("sessionSourcedIds")
    files["classes.csv"][14][column] = several
    assert "reference" not in {f.rule for f in check(rendered(files)).findings}
