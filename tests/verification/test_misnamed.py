"""A file with another name than the format's is one cause: the file that is missing, and the one that is it."""

import pytest

from shared.verification.__main__ import main
from tests.verification.sets import check, clean, rendered

V1, V21 = "sdsV1", "sdsV2.1"


def named(format_id, file, other):
    data = rendered(clean(format_id))
    return {other if name == file else name: text for name, text in data.items()}


@pytest.mark.parametrize("service", ["classic", "industryData"])
@pytest.mark.parametrize(
    ("format_id", "file", "other"),
    [
        (V1, "Student.csv", "Pupils.csv"),
        (V1, "Teacher.csv", "staff_export.csv"),
        (V1, "School.csv", "Schulen.csv"),
        (V1, "Section.csv", "Klassen.csv"),
        (V1, "StudentEnrollment.csv", "Kursbelegung.csv"),
        (V1, "User.csv", "Eltern.csv"),
        (V21, "users.csv", "people.csv"),
        (V21, "orgs.csv", "schulen.csv"),
        (V21, "roles.csv", "rollen.csv"),
    ],
)
def test_a_file_is_known_by_its_columns(format_id, file, other, service):
    result = check(named(format_id, file, other), service=service, expected=None)
    found = [f for f in result.findings if f.rule != "referenceFile"]
    assert [(f.rule, f.file_name) for f in found] == [("missingFile", file)]
    assert f"{other} has its columns: it is probably that file. Name it {file}." in found[0].description
    assert not result.taken


@pytest.mark.parametrize("other", ["Student_2026.csv", "Students.csv", "SDS-Student.csv"])
def test_a_near_name_is_told_once(other):
    (finding,) = check(named(V1, "Student.csv", other)).findings
    assert (finding.rule, finding.file_name) == ("missingFile", "Student.csv")
    assert f"{other} is there: did you mean that? Name it Student.csv." in finding.description


def test_the_columns_of_a_file_that_is_there_are_no_sign():
    data = rendered(clean(V1))
    data["Pupils.csv"] = data["Student.csv"]
    del data["School.csv"]
    told = {(f.rule, f.file_name, "probably" in f.description) for f in check(data).findings}
    assert told == {("missingFile", "School.csv", False), ("unknownFile", "Pupils.csv", False)}


def test_two_files_that_it_may_be_are_no_sign():
    data = rendered(clean(V1))
    data["list.csv"] = data.pop("StudentEnrollment.csv")
    del data["TeacherRoster.csv"]
    found = check(data, expected=None).findings
    assert {(f.rule, f.file_name) for f in found} == {
        *(("missingFile", "StudentEnrollment.csv"), ("missingFile", "TeacherRoster.csv"), ("unknownFile", "list.csv"))
    }
    assert not any("probably" in f.description for f in found)


def test_two_files_with_the_columns_are_one_that_is_meant_and_a_stranger():
    data = named(V1, "Student.csv", "Pupils.csv")
    data["Pupils old.csv"] = data["Pupils.csv"]
    told = [(f.rule, f.file_name, "probably" in f.description) for f in check(data).findings]
    assert sorted(told) == [("missingFile", "Student.csv", True), ("unknownFile", "Pupils old.csv", False)]


def test_a_file_of_other_columns_is_a_stranger():
    data = rendered(clean(V1))
    del data["Student.csv"]
    data["Library.csv"] = b"SIS ID,School SIS ID,Username,Book,Shelf,Due,Lent,Back\r\n"
    told = {(f.rule, f.file_name) for f in check(data).findings}
    assert told == {("missingFile", "Student.csv"), ("unknownFile", "Library.csv")}


def test_the_command_says_it_too(tmp_path, capsys):
    for name, text in named(V1, "Student.csv", "Pupils.csv").items():
        (tmp_path / name).write_bytes(text)
    assert main([str(tmp_path)]) == 3
    out = capsys.readouterr().out
    assert "Pupils.csv has its columns" in out
    assert "1 cause" in out


def test_the_columns_are_read_in_chunks_of_any_size():
    data = named(V1, "Student.csv", "Pupils.csv")
    for chunk in (1, 7, 4096):
        (finding,) = check(data, chunk=chunk).findings
        assert "Pupils.csv has its columns" in finding.description


def test_two_files_are_told_apart_by_what_one_has_more():
    data = named(V1, "Student.csv", "b.csv")
    data["a.csv"] = data.pop("Teacher.csv").partition(b",Title")[0].replace(b"Teacher Number", b"Status") + b"\r\n"
    told = {f.file_name: f.description for f in check(data).findings}
    assert told.keys() == {"Student.csv", "Teacher.csv"}
    assert "b.csv has its columns" in told["Student.csv"]
    assert "a.csv has its columns" in told["Teacher.csv"]
