"""One person in several rows: what it is depends on what else is the same in them."""

import pytest

from shared.verification import keys
from tests.verification.sets import check, clean, rendered

V1, V21 = "sdsV1", "sdsV2.1"


def again(file: str = "Teacher.csv", format_id: str = V1, row: int = 5, times: int = 1, **values: str):
    """A set with a row once more at the end, changed in some columns (`_` for a blank)."""
    files = clean(format_id)
    header = files[file][0]
    for _ in range(times):
        copy = list(files[file][row])
        for name, value in values.items():
            copy[header.index(name.replace("_", " "))] = value
        files[file].append(copy)
    return rendered(files)


@pytest.mark.parametrize("file", ["Student.csv", "Teacher.csv"])
@pytest.mark.parametrize("service", ["classic", "industryData"])
def test_a_person_in_two_schools_has_two_rows_and_is_left_alone(file, service):
    result = check(again(file, School_SIS_ID="s1007"), service=service)
    (finding,) = result.findings
    assert (finding.rule, finding.type, finding.column, finding.count) == ("otherSchool", "warning", "SIS ID", 1)
    assert (finding.lines, finding.others) == ((26,), (6,))
    assert result.taken
    assert not any(each.rows_dropped for each in result.files)
    assert "its own value" not in finding.description
    assert "keep one" not in finding.description.lower()
    assert "row for every school" in finding.advice


def test_a_person_in_three_schools_and_twice_in_one_of_them():
    files = again("Teacher.csv", School_SIS_ID="s1007")
    lines = files["Teacher.csv"].splitlines(keepends=True)
    third = lines[-1].replace(b"s1007", b"s1008")
    other = lines[-1].replace(b",Active", b",Inactive")
    result = check(files | {"Teacher.csv": b"".join([*lines, third, other])}, service="industryData")
    found = {(f.rule, f.shape): (f.count, f.lines) for f in result.findings}
    assert found == {("otherSchool", ""): (2, (26, 27)), ("duplicate", "the same user name"): (1, (28,))}
    assert {file.name: file.rows_dropped for file in result.files if file.rows_dropped} == {"Teacher.csv": 1}


@pytest.mark.parametrize(("service", "type_"), [("classic", "warning"), ("industryData", "error")])
def test_two_rows_of_a_person_in_one_school_are_to_be_one(service, type_):
    (finding,) = check(again("Student.csv", Grade="10"), service=service).findings
    assert (finding.rule, finding.type, finding.column) == ("duplicate", type_, "SIS ID")
    assert finding.shape == "the same user name"
    assert "Keep the row that is right" in finding.advice
    assert "its own value" not in finding.description


def test_in_sds_v2_1_the_schools_of_a_person_are_roles():
    (finding,) = check(again("users.csv", V21, phone="+4930999")).findings
    assert (finding.rule, finding.column, finding.shape) == ("duplicate", "sourcedId", "the same user name")
    assert "roles.csv" in finding.advice


def test_two_people_with_one_id_are_to_have_their_own():
    (finding,) = check(again("Student.csv", Username="somebody")).findings
    assert (finding.rule, finding.column, finding.shape) == ("duplicate", "SIS ID", "another user name")
    assert (finding.lines, finding.others) == ((26,), (6,))
    assert "give each their own id" in finding.advice


def test_ids_that_are_unique_in_a_school_only_are_told_as_that():
    (finding,) = check(again("Student.csv", Username="somebody", School_SIS_ID="s1007")).findings
    assert (finding.rule, finding.column, finding.shape) == (
        "duplicate",
        "SIS ID",
        "another user name in another school",
    )
    assert (finding.lines, finding.others) == ((26,), (6,))
    assert "unique within a school only" in finding.advice


def test_whose_user_name_is_not_known_is_told_plainly():
    found = {f.rule: f for f in check(again("Student.csv", Username="", School_SIS_ID="s1007")).findings}
    assert found.keys() == {"duplicate", "missingValue"}
    assert found["duplicate"].shape == ""


@pytest.mark.parametrize(
    ("file", "format_id", "values"),
    [
        ("Student.csv", V1, {"Username": "somebody"}),
        ("Student.csv", V1, {"Username": "somebody", "School_SIS_ID": "s1007"}),
        ("Student.csv", V1, {"Username": ""}),
        ("Teacher.csv", V1, {"SIS_ID": "t99"}),
        ("User.csv", V1, {"First_Name": "Other"}),
        ("users.csv", V21, {"username": "somebody@school.example"}),
        ("users.csv", V21, {"sourcedId": "u99"}),
    ],
)
def test_no_row_of_somebody_is_to_be_removed(file, format_id, values):
    found = [f for f in check(again(file, format_id, **values)).findings if f.rule == "duplicate"]
    assert len(found) == 1
    for word in ("keep one", "remove", "delete", "write it once"):
        assert word not in found[0].description.lower()


def test_of_things_one_row_may_be_kept():
    (finding,) = check(again("School.csv", Name="Other")).findings
    assert "keep one row if it is one and the same" in finding.advice


def test_two_people_with_one_user_name_are_to_have_their_own():
    (finding,) = check(again("Student.csv", SIS_ID="p99", School_SIS_ID="s1007")).findings
    assert (finding.rule, finding.column, finding.shape) == ("duplicate", "Username", "")


def test_the_user_name_of_one_and_the_id_of_another_are_neither():
    files = clean(V1)
    header, first, second = (files["Student.csv"][i] for i in (0, 5, 6))
    mixed = list(first)
    mixed[header.index("Username")] = second[header.index("Username")]
    mixed[header.index("School SIS ID")] = "s1007"
    files["Student.csv"].append(mixed)
    found = check(rendered(files)).findings
    assert {(f.rule, f.column, f.shape) for f in found} == {
        ("duplicate", "SIS ID", "another user name in another school"),
        ("duplicate", "Username", ""),
    }


def test_thousands_of_them_are_counted_in_passing():
    files = clean(V1)
    header = files["Teacher.csv"][0]
    at = [header.index(name) for name in ("SIS ID", "Username", "School SIS ID")]
    for school in ("s1000", "s1001", "s1002"):
        for number in range(4000):
            row = list(files["Teacher.csv"][1])
            for index, value in zip(at, (f"x{number}", f"x.{number}", school), strict=True):
                row[index] = value
            files["Teacher.csv"].append(row)
    (finding,) = check(rendered(files)).findings
    assert (finding.rule, finding.count, finding.lines[0], finding.others[0]) == ("otherSchool", 8000, 4026, 26)


def test_what_is_not_remembered_any_more_is_told_plainly(monkeypatch):
    """The file has more ids than are remembered, after one that came again."""
    monkeypatch.setattr(keys, "KEYS", 5000)
    files = again("Teacher.csv", School_SIS_ID="s1007")
    files["Teacher.csv"] += b"".join(b"x%d,s1000,x.%d" % (i, i) + b"," * 11 + b"\r\n" for i in range(9000))
    found = check(files).findings
    told = {(f.rule, f.column, f.line) for f in found if f.rule != "notChecked"}
    assert told == {("duplicate", "SIS ID", 26), ("duplicate", "Username", 26)}


def test_a_line_break_in_a_school_shifts_nobody():
    files = again("Teacher.csv", School_SIS_ID="s1007")
    files["Teacher.csv"] = files["Teacher.csv"].replace(b"t1002,s1002,", b't1002,"s1002\r\nx",', 1)
    found = {f.rule: f for f in check(files).findings}
    assert found.keys() == {"lineBreak", "reference", "otherSchool"}
    assert (found["otherSchool"].lines, found["otherSchool"].others) == ((27,), (7,))


def test_a_blank_in_a_school_shifts_nobody():
    files = again("Teacher.csv", School_SIS_ID="s1007")
    files = {name: data.replace(b"s1002", b"s 1002") for name, data in files.items()}
    (finding,) = check(files).findings
    assert (finding.rule, finding.lines, finding.others) == ("otherSchool", (26,), (6,))


def test_schools_with_long_ids_are_told_apart():
    long = "s" * 500
    files = clean(V1)
    at = files["School.csv"][0].index("SIS ID")
    for number in (20, 21):
        files["School.csv"][number][at] = f"{long}{number}"
    header = files["Teacher.csv"][0]
    for number, school in ((15, 20), (16, 21)):
        row = files["Teacher.csv"][number]
        row[header.index("School SIS ID")] = f"{long}{school}"
        row[header.index("SIS ID")], row[header.index("Username")] = "one", "one"
    (finding,) = check(rendered(files)).findings
    assert (finding.rule, finding.lines, finding.others) == ("otherSchool", (17,), (16,))
