"""Names that have something in common, which a tool has put in front of all of them, or behind."""

import pytest

from shared.formats import classify
from shared.formats.names import without_common

V1 = ("School.csv", "Section.csv", "Student.csv", "Teacher.csv", "StudentEnrollment.csv", "TeacherRoster.csv")


@pytest.mark.parametrize(
    "written", ["Roster 2026 - {}.csv", "2026-11-28_{}.csv", "{} (district).csv", "north.{}.2026.csv", "sds_{}_v1.CSV"]
)
def test_what_all_of_them_have_is_no_part_of_a_name(written):
    names = [written.format(name[:-4]) for name in V1]
    assert without_common(names, V1) == dict(zip(V1, names, strict=True))
    folder = classify(names)
    assert folder.format is None or folder.files
    if folder.format is None:
        (remark,) = folder.remarks
        assert all(f"{name} for {spec}" in remark.says for name, spec in zip(names, V1, strict=True))
        assert folder.meant == dict(zip(V1, names, strict=True))


@pytest.mark.parametrize(
    "names",
    [["Old Student.csv"], ["a Student.csv", "b Teacher.csv"], ["x.csv", "y.csv"], ["my a.csv", "my Student.csv"]],
)
def test_other_names_are_not_taken_apart(names):
    assert without_common(names, V1) == {}


def test_a_start_of_a_word_is_not_taken_off():
    assert without_common(["Student.csv", "StudentEnrollment.csv"], V1) == {
        "Student.csv": "Student.csv",
        "StudentEnrollment.csv": "StudentEnrollment.csv",
    }
