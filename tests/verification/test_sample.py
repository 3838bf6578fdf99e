"""A column that holds what another column of the other file has, where its ids should be."""

import pytest

from shared.verification.model import HARDLY, OTHER_COLUMN
from tests.verification.sets import check, clean, rendered

V1, V21 = "sdsV1", "sdsV2.1"


def written(format_id, file, column, other, other_column, form=str):
    """A column that has what is in another column of the rows that it names."""
    files = clean(format_id)
    at, meant = files[file][0].index(column), files[other][0].index(other_column)
    values = {row[0]: form(row[meant]) for row in files[other]}
    for row in files[file][1:]:
        row[at] = values[row[at]]
    return files


@pytest.mark.parametrize("service", ["classic", "industryData"])
@pytest.mark.parametrize(
    ("format_id", "file", "column", "other", "meant"),
    [
        (V1, "StudentEnrollment.csv", "SIS ID", "Student.csv", "Username"),
        (V1, "StudentEnrollment.csv", "SIS ID", "Student.csv", "Secondary Email"),
        (V1, "StudentEnrollment.csv", "SIS ID", "Student.csv", "First Name"),
        (V1, "TeacherRoster.csv", "SIS ID", "Teacher.csv", "Username"),
        (V1, "StudentEnrollment.csv", "Section SIS ID", "Section.csv", "Section Name"),
        (V1, "Student.csv", "School SIS ID", "School.csv", "Name"),
        (V21, "enrollments.csv", "userSourcedId", "users.csv", "email"),
        (V21, "roles.csv", "userSourcedId", "users.csv", "username"),
        (V21, "roles.csv", "orgSourcedId", "orgs.csv", "name"),
    ],
)
def test_the_column_is_named(format_id, file, column, other, meant, service):
    result = check(rendered(written(format_id, file, column, other, meant)), service=service)
    (finding,) = [f for f in result.findings if f.rule == "reference"]
    assert (finding.file_name, finding.count, finding.shape) == (file, 24, f"{OTHER_COLUMN}: {meant}")
    assert f"They are the values of {meant} of {other}, not the ids" in finding.advice
    assert "Don't remove the rows" in finding.advice
    assert not result.taken


@pytest.mark.parametrize("form", [str.upper, lambda name: f"{name}@school.example", lambda name: f" {name}"])
def test_in_other_letters_or_with_a_domain(form):
    files = written(V1, "StudentEnrollment.csv", "SIS ID", "Student.csv", "Username", form)
    assert {f.shape for f in check(rendered(files)).findings if f.rule == "reference"} == {f"{OTHER_COLUMN}: Username"}


def test_a_column_that_is_the_same_in_many_rows_tells_nothing():
    files = clean(V1)
    for row in files["StudentEnrollment.csv"][1:]:
        row[1] = "Active"
    assert {f.shape for f in check(rendered(files)).findings if f.rule == "reference"} == {HARDLY}


def test_a_few_numbers_that_are_in_another_column_by_chance_tell_nothing():
    files = clean(V1)
    for number, row in enumerate(files["StudentEnrollment.csv"][1:]):
        row[1] = f"{1000 + number * 2}"
    assert {f.shape for f in check(rendered(files)).findings if f.rule == "reference"} == {HARDLY}


def many(form, count=3000):
    """Many students, whom the enrollments name in another order and form."""
    files = {name: clean(V1)[name] for name in ("School.csv", "Section.csv", "Teacher.csv", "TeacherRoster.csv")}
    files["Student.csv"] = [["SIS ID", "School SIS ID", "Username"]]
    files["Student.csv"] += [[f"a{i}", "s1000", f"pupil.{i * 7919 % 9973}"] for i in range(count)]
    numbers = [i * 1013 % count for i in range(count)]
    files["StudentEnrollment.csv"] = [["Section SIS ID", "SIS ID"], *(["c1000", form(i)] for i in numbers)]
    return rendered(files)


def test_the_first_rows_of_a_long_file_are_enough():
    (finding,) = check(many(lambda i: f"pupil.{i * 7919 % 9973}")).findings
    assert (finding.shape, finding.count) == (f"{OTHER_COLUMN}: Username", 3000)
    (finding,) = check(many(lambda i: f"pupil.{20_000 + i}")).findings
    assert finding.shape == HARDLY


@pytest.mark.parametrize("service", ["classic", "industryData"])
@pytest.mark.parametrize("count", [1, 3])
def test_user_names_in_some_rows(count, service):
    """One tells, if there are letters in it: a number may be in any column by chance."""
    files = clean(V1)
    names = {row[0]: row[2] for row in files["Student.csv"]}
    for row in files["StudentEnrollment.csv"][5 : 5 + count]:
        row[1] = names[row[1]]
    shapes = {f.shape for f in check(rendered(files), service=service).findings if f.rule == "reference"}
    assert shapes == {f"{OTHER_COLUMN}: Username"}
    files["StudentEnrollment.csv"][20][1] = "nobody"
    shapes = {f.shape for f in check(rendered(files), service=service).findings if f.rule == "reference"}
    assert (shapes == {f"{OTHER_COLUMN}: Username"}) == (count >= 9)


def test_names_of_schools_in_all_files_are_one_cause():
    files = clean(V1)
    for file in ("Student.csv", "Section.csv", "Teacher.csv"):
        files[file] = files[file][:4]
        for row in files[file][1:]:
            row[1] = "School 1001"
    found = [f for f in check(rendered(files)).findings if f.column == "School SIS ID"]
    assert {(f.file_name, f.shape) for f in found} == {
        (file, f"{OTHER_COLUMN}: Name") for file in ("Student.csv", "Section.csv", "Teacher.csv")
    }


@pytest.mark.parametrize(("count", "found"), [(3, True), (2, False)])
def test_of_a_long_file_some_more_tell(count, found):
    files = many(lambda i: f"pupil.{i}")
    head = files["StudentEnrollment.csv"].split(b"\r\n")[0]
    ids = clean(V1)["StudentEnrollment.csv"][1][0].encode()
    files["StudentEnrollment.csv"] = b"\r\n".join(
        [head, *(b"%s,pupil.%d" % (ids, i * 7919 % 9973) for i in range(count)), b""]
    )
    shapes = {f.shape for f in check(files).findings if f.rule == "reference"}
    assert (f"{OTHER_COLUMN}: Username" in shapes) == found


@pytest.mark.parametrize(("rows", "found"), [(4, True), (24, False)])
def test_numbers_tell_if_nearly_all_rows_have_them(rows, found):
    files = clean(V1)
    at = files["Teacher.csv"][0].index("Teacher Number")
    for number, row in enumerate(files["Teacher.csv"][1:]):
        row[at] = f"{44001 + 7 * number}"
    numbers = {row[0]: row[at] for row in files["Teacher.csv"]}
    files["TeacherRoster.csv"] = files["TeacherRoster.csv"][: rows + 1]
    for row in files["TeacherRoster.csv"][1:5]:
        row[1] = numbers[row[1]]
    shapes = {f.shape for f in check(rendered(files)).findings if f.rule == "reference"}
    assert (shapes == {f"{OTHER_COLUMN}: Teacher Number"}) == found
