"""The advice fits the cause: what differs is said, with both places, and no row that is a person is to be removed."""

import pytest

from shared.verification.likeness import DIFFERENCES, difference, form, nearly
from shared.verification.model import GONE
from tests.verification.sets import check, clean, encoded, rendered

V1 = "sdsV1"
LETTERS = "letters that look the same (an é of two characters, a letter of another alphabet)"
ZEROS, POINT, APOSTROPHE = "leading zeros", "a .0 at the end", "an apostrophe in front"
EXPONENT, CASE, PUNCTUATION = "an exponent (as in 9.9E+15)", "capital and small letters", "punctuation"
BLANKS, EQUALS = "blanks or invisible characters", 'an = and quotation marks around it (="…")'
PAIRS = [
    ("7", "007", ZEROS),
    ("9001.0", "9001", POINT),
    ("'9001", "9001", APOSTROPHE),
    ('="09001"', "9001", f"{EQUALS} and {ZEROS}"),
    ('="9001"', "9001", EQUALS),
    ("9.91214E+15", "9912143123456789", EXPONENT),
    ("9,9E+15", "9900000000000000", EXPONENT),
    ("AB-12", "AB12", PUNCTUATION),
    ("ab12", "AB12", CASE),
    ("AB 12", "AB12", BLANKS),
    ("AB\u00a012", "AB12", BLANKS),
    ("Franzo\u0308sisch", "Franz\u00f6sisch", LETTERS),
    ("\u0421\u0410-12", "CA-12", LETTERS),
    ("\uff19\uff10\uff11", "901", LETTERS),
    ("b'9001'", "9001", "b'\u2026' around it"),
    ("0ab12", "AB12", f"{ZEROS} and {CASE}"),
]


@pytest.mark.parametrize(("one", "other", "shape"), PAIRS)
def test_what_two_ids_differ_in(one, other, shape):
    assert form(one) == form(other)
    assert difference(one, other) == difference(other, one) == shape
    assert nearly([one.encode()], [b"x", other.encode(), b"y"]) == {one.encode(): (other.encode(), shape)}
    assert nearly([other.encode()], [one.encode()]) == {other.encode(): (one.encode(), shape)}
    assert set(shape.split(" and ")) <= {part for name in DIFFERENCES for part in name.split(" and ")}


@pytest.mark.parametrize(("one", "other"), [("1", "2"), ("10", "1"), ("a", ""), ("0", "1")])
def test_ids_that_are_not_alike(one, other):
    assert nearly([one.encode()], [other.encode()]) == {}


def dangling(ids, references, **options):
    """A set whose sections are in schools with these ids, by these references to them."""
    files = {
        "School.csv": [["SIS ID", "Name"], *([id_, "x"] for id_ in ids)],
        "Student.csv": [
            ["SIS ID", "School SIS ID", "Username"],
            *([f"p{i}", r, f"u{i}"] for i, r in enumerate(references)),
        ],
        "Teacher.csv": [["SIS ID", "School SIS ID", "Username"], ["t", ids[0], "t"]],
    }
    found = check({name: encoded(rows) for name, rows in files.items()}, service="industryData", **options).findings
    return [finding for finding in found if finding.rule == "reference"]


@pytest.mark.parametrize(("one", "other", "shape"), PAIRS)
def test_a_reference_that_is_only_written_in_another_way(one, other, shape):
    (finding,) = dangling(["s1", other], ["s1", one])
    assert (finding.shape, finding.lines, finding.others) == (shape, (3,), (3,))
    assert finding.other_file == "School.csv"
    assert f"the difference: {shape}." in finding.description
    assert "Line 3 (compare line 3 of School.csv)." in finding.description
    assert "don't remove the rows" in finding.description
    assert one not in finding.description.replace("(as in 9.9E+15)", "")


def test_causes_are_kept_apart_however_often_they_come():
    found = dangling(["007", "s1"], ["s1", *["7"] * 5000, *["nowhere"] * 6000])  # of several blocks
    assert {(f.shape, f.count, f.lines[0]) for f in found} == {(ZEROS, 5000, 3), (GONE, 6000, 5003)}


def test_a_difference_that_two_kinds_of_it_take_away_is_told_as_that():
    assert difference("=.0", ",0=") == "how it is written"


def test_causes_are_kept_apart_and_counts_are_exact():
    found = dangling(["007", "s1"], ["7", "s1", "nowhere", "7", "07", "elsewhere"])
    assert {(f.shape, f.count, f.lines) for f in found} == {(ZEROS, 3, (2, 5, 6)), ("", 2, (4, 7))}
    assert all("emove the rows" not in f.advice or "don't" in f.advice for f in found)


def test_very_many_different_ones_go_with_the_most():
    found = dangling([f"{i:05}" for i in range(3000)], [str(i) for i in range(3000)])
    assert [(f.shape, f.count) for f in found] == [(ZEROS, 3000)]


@pytest.mark.parametrize(
    ("value", "shape"),
    [
        ("9.91214E+15", "a long number with an exponent (9.91E+15)"),
        ("NULL", "a word for nothing"),
        ("#REF!", "an error of a formula (#REF!)"),
        ("9001.0", "a .0 at the end"),
    ],
)
def test_ids_that_collapsed_are_not_to_be_removed(value, shape):
    files = clean(V1)
    at = files["Student.csv"][0].index("SIS ID")
    for row in files["Student.csv"][14:18]:
        row[at] = value
    (finding,) = [f for f in check(rendered(files)).findings if f.rule == "duplicate"]
    assert (finding.count, finding.shape) == (3, shape)
    assert "don't remove the rows" in finding.description
    assert "keep one" not in finding.description


def test_the_allowed_values_are_named_the_nearest_first():
    files = clean("sdsV2.1")
    at = files["enrollments.csv"][0].index("role")
    files["enrollments.csv"][20][at] = "teachers"
    (finding,) = check(rendered(files), allow={"enrollmentRole": frozenset({"mentor"})}).findings
    assert "Use a value of the list: teacher, " in finding.description
    assert "docs/verification.md#list-enrollmentRole" in finding.description
    assert "teacherAssistant" in finding.description
    assert finding.description.count(",") < 10
    assert "teachers" not in finding.description


@pytest.mark.parametrize(
    ("line", "what"),
    [
        ("#TYPE System.Data.DataRow", "#TYPE"),
        ('"#TYPE Selected.User"', "#TYPE"),
        ("sep=,", "sep="),
        ("Pupils of Bay District,,,", "a title"),
        (",,,,", "empty"),
    ],
)
def test_a_first_line_that_is_no_header_is_named(line, what):
    files = rendered(clean(V1))
    files["Student.csv"] = line.encode() + b"\r\n" + files["Student.csv"]
    (finding,) = check(files).findings
    assert finding.rule == "noHeader"
    assert what in finding.shape
    assert f"It is {finding.shape}. Remove it" in finding.description
    assert "Bay District" not in finding.description


@pytest.mark.parametrize("between", ["", ",,,,", "Printed on Monday,,,,"])
def test_the_column_names_below_a_title_are_found(between):
    files = rendered(clean(V1))
    files["Student.csv"] = f"Pupils of Bay District\r\n{between}\r\n".encode() + files["Student.csv"]
    (finding,) = check(files).findings
    assert (finding.rule, finding.shape) == ("noHeader", "a title, and the column names are in line 3")


@pytest.mark.parametrize(
    ("line", "what"),
    [
        ('[{"id": 1}]', "It is JSON, not CSV. Export Student.csv as CSV."),
        ('{"value": [', "It is JSON, not CSV. Export Student.csv as CSV."),
        ("ORA-01017: invalid username/password; logon denied", "It is an error message"),
        ("Access is denied.", "It is an error message"),
        ("502 Bad Gateway", "It is an error message"),
    ],
)
def test_a_file_that_something_else_was_written_to_is_to_be_exported_again(line, what):
    files = rendered(clean(V1))
    (finding,) = check(files | {"Student.csv": line.encode() + b"\r\n"}).findings
    assert (finding.rule, finding.file_name) == ("noHeader", "Student.csv")
    assert what in finding.advice
    assert "Remove it" not in finding.advice


def test_invisible_characters_in_headers_are_named():
    files = clean(V1)
    files["Student.csv"][0][0] = "SIS\u00a0ID"
    files["Teacher.csv"][0][2] = "\ufeffUsername"
    files["School.csv"][0][-1] = "Zo\u200bne"
    found = {f.file_name: f for f in check(rendered(files)).findings}
    assert "U+00A0 (no-break space) after “SIS”" in found["Student.csv"].description
    assert "U+FEFF (zero width no-break space) in front of “Username”" in found["Teacher.csv"].description
    assert "U+200B (zero width space) after “Zo”" in found["School.csv"].description
    assert [found[name].type for name in ("Student.csv", "School.csv")] == ["error", "warning"]
    assert all(finding.shape.startswith("U+") for finding in found.values())


def test_a_nameless_column_matters_only_if_it_holds_something():
    files = clean(V1)
    for row in files["School.csv"]:
        row += ["", " ", ""]
    assert check(rendered(files)).findings == ()
    files["School.csv"][9][-2] = "x"
    (finding,) = check(rendered(files)).findings
    assert (finding.rule, finding.column, finding.type) == ("unknownColumn", "number 19", "information")


def test_lines_of_blanks_are_blank_lines():
    files = rendered(clean(V1))
    end = {name: data + b"   \r\n\t\r\n\r\n" for name, data in files.items()}
    assert check(end).findings == ()
    between = files["Teacher.csv"].replace(b"\r\nt1005", b"\r\n \t \r\nt1005", 1)
    (finding,) = check(files | {"Teacher.csv": between}).findings
    assert (finding.rule, finding.type, finding.lines) == ("blankLine", "warning", (7,))


def test_a_cut_file_is_the_one_cause():
    files = rendered(clean(V1))
    cut = files["Student.csv"].index(b"p1005,")
    (finding,) = check(files | {"Student.csv": files["Student.csv"][: cut + 9]}).findings
    assert (finding.rule, finding.shape, finding.lines) == ("cutOff", "in the middle of a row", (7,))
    assert check(files | {"Student.csv": files["Student.csv"].rstrip()}).findings == ()


@pytest.mark.parametrize(
    "good", ["JOÃO", "Ñandú", "DÉJÀ\u00a0»", "Ärger", "Ål", "Zoë", "学校", "Привет", "Σχολείο", "मीरा", "محمد"]
)
def test_names_of_all_the_world_are_not_damaged(good):
    files = clean(V1)
    files["Student.csv"][15][files["Student.csv"][0].index("Last Name")] = good
    assert check(rendered(files)).findings == ()


@pytest.mark.parametrize("name", ["Müller", "Łukasz Świąt", "Наталья", "Ελένη", "José"])
def test_text_that_was_read_wrongly_is_damaged(name):
    try:
        wrong = name.encode().decode("cp1252")
    except UnicodeDecodeError:
        wrong = name.encode().decode("latin-1")
    files = clean(V1)
    files["Student.csv"][15][files["Student.csv"][0].index("Last Name")] = wrong
    assert "damagedText" in {f.rule for f in check(rendered(files)).findings}
