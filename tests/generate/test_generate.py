"""A sample drop is the same for the same arguments, valid in all that a check can find, and as large as asked."""

import csv
import filecmp
from itertools import product
from pathlib import Path
from typing import Literal, get_args

import pytest

from local.generate import FormatId, generate, main
from local.generator import SPOILS, Plan, Spoil
from shared.formats import FORMATS, format_of
from shared.verification import Source, verify

SAMPLE = Path(__file__).parents[2] / "samples" / "drop"
FORMAT_IDS: tuple[FormatId, ...] = get_args(FormatId)
Columns = Literal["minimal", "full"]


def read(directory: Path, name: str) -> list[dict[str, str]]:
    with (directory / name).open(encoding="utf-8", newline="") as file:
        return list(csv.DictReader(file, strict=True))


def column(directory: Path, name: str, header: str) -> list[str]:
    return [row[header] for row in read(directory, name)]


REFERENCES = {
    "sdsV1": [
        ("Section.csv", "School SIS ID", "School.csv", "SIS ID"),
        ("Student.csv", "School SIS ID", "School.csv", "SIS ID"),
        ("Teacher.csv", "School SIS ID", "School.csv", "SIS ID"),
        ("School.csv", "Principal SIS ID", "Teacher.csv", "SIS ID"),
        ("StudentEnrollment.csv", "Section SIS ID", "Section.csv", "SIS ID"),
        ("StudentEnrollment.csv", "SIS ID", "Student.csv", "SIS ID"),
        ("TeacherRoster.csv", "Section SIS ID", "Section.csv", "SIS ID"),
        ("TeacherRoster.csv", "SIS ID", "Teacher.csv", "SIS ID"),
    ],
    "sdsV2.1": [
        ("roles.csv", "userSourcedId", "users.csv", "sourcedId"),
        ("roles.csv", "orgSourcedId", "orgs.csv", "sourcedId"),
        ("roles.csv", "sessionSourcedId", "academicSessions.csv", "sourcedId"),
        ("classes.csv", "orgSourcedId", "orgs.csv", "sourcedId"),
        ("classes.csv", "courseSourcedId", "courses.csv", "sourcedId"),
        ("courses.csv", "orgSourcedId", "orgs.csv", "sourcedId"),
        ("enrollments.csv", "classSourcedId", "classes.csv", "sourcedId"),
        ("enrollments.csv", "userSourcedId", "users.csv", "sourcedId"),
    ],
}
UNIQUE = {
    "sdsV1": [
        *((f"{kind}.csv", ("SIS ID",)) for kind in ("School", "Section", "Student", "Teacher")),
        *((f"{kind}.csv", ("Username",)) for kind in ("Student", "Teacher")),
        *((f"{kind}.csv", ("Section SIS ID", "SIS ID")) for kind in ("StudentEnrollment", "TeacherRoster")),
    ],
    "sdsV2.1": [
        *((f"{kind}.csv", ("sourcedId",)) for kind in ("orgs", "users", "classes", "courses", "academicSessions")),
        ("users.csv", ("username",)),
        ("enrollments.csv", ("classSourcedId", "userSourcedId")),
    ],
}
SIZES = [{}, {"students": 1}, {"students": 333, "seed": 9}, {"students": 90, "schools": 7, "sections": 50}]


@pytest.mark.parametrize(("format_id", "size"), list(product(FORMAT_IDS, SIZES)), ids=str)
def test_references_are_found_and_keys_are_unique(tmp_path: Path, format_id: FormatId, size: dict[str, int]) -> None:
    rows = generate(tmp_path, format=format_id, **size)  # type: ignore[arg-type]
    for name, header, target, key in REFERENCES[format_id]:
        assert set(column(tmp_path, name, header)) <= set(column(tmp_path, target, key)), (name, header)
    for name, headers in UNIQUE[format_id]:
        keys = [tuple(row[header] for header in headers) for row in read(tmp_path, name)]
        assert len(keys) == len(set(keys)) == rows[name], (name, headers)


@pytest.mark.parametrize(("format_id", "columns"), list(product(FORMAT_IDS, get_args(Columns))))
def test_files_are_a_whole_set_of_the_format(tmp_path: Path, format_id: FormatId, columns: Columns) -> None:
    rows = generate(tmp_path, format=format_id, columns=columns)
    form = format_of(rows)
    assert form is not None and form.id == format_id
    assert {spec.name for spec in form.files if spec.usual} <= set(rows)
    assert {path.name for path in tmp_path.iterdir()} == set(rows)


@pytest.mark.parametrize("format_id", FORMAT_IDS)
def test_bytes_are_utf8_crlf_without_mark_and_cells_have_no_stray_blanks(tmp_path: Path, format_id: FormatId) -> None:
    rows = generate(tmp_path, format=format_id)
    text = ""
    for name in rows:
        data = (tmp_path / name).read_bytes()
        assert not data.startswith(b"\xef\xbb\xbf")
        assert data.endswith(b"\r\n")
        assert data.count(b"\n") == data.count(b"\r\n") == rows[name] + 1
        text += data.decode()
        for row in read(tmp_path, name):
            assert all(cell == cell.strip() and len(cell) <= 256 for cell in row.values()), row
    assert not text.isascii(), "names must need UTF-8"
    assert '""' in text, "some cell must need quotes"


@pytest.mark.parametrize(("format_id", "columns"), list(product(FORMAT_IDS, get_args(Columns))))
def test_our_own_check_finds_nothing(tmp_path: Path, format_id: FormatId, columns: Columns) -> None:
    generate(tmp_path, format=format_id, columns=columns, students=500)
    sources = [Source(file.name, None, lambda file=file: [file.read_bytes()]) for file in tmp_path.iterdir()]
    form = next(form for form in FORMATS if form.id == format_id)
    assert verify(sources, format=form, service="industryData").findings == ()
    findings = verify(sources, format=form, service="classic").findings
    assert {finding.rule for finding in findings} == (
        {"optionalColumns"} if form.all_headers and columns == "minimal" else set()
    )


def test_same_arguments_same_bytes_and_the_seed_matters(tmp_path: Path) -> None:
    for name, seed in (("a", 1), ("b", 1), ("c", 2)):
        generate(tmp_path / name, seed=seed)
    files = [path.name for path in (tmp_path / "a").iterdir()]
    assert filecmp.cmpfiles(tmp_path / "a", tmp_path / "b", files, shallow=False)[0] == files
    assert "Student.csv" in filecmp.cmpfiles(tmp_path / "a", tmp_path / "c", files, shallow=False)[1]


def test_the_committed_sample_is_what_the_generator_writes(tmp_path: Path) -> None:
    rows = generate(tmp_path)
    assert len(rows) == 6
    assert filecmp.cmpfiles(tmp_path, SAMPLE, list(rows), shallow=False)[0] == list(rows)


def test_numbers_are_those_asked_for(tmp_path: Path) -> None:
    rows = generate(tmp_path, students=5000, enrollments=5000, sections=400, teachers=300, rosters=600, schools=5)
    assert rows == {
        "School.csv": 5,
        "Section.csv": 400,
        "Student.csv": 5000,
        "Teacher.csv": 300,
        "StudentEnrollment.csv": 5000,
        "TeacherRoster.csv": 600,
    }


@pytest.mark.parametrize("size", [200_000, 3_000_000])
@pytest.mark.parametrize("format_id", FORMAT_IDS)
def test_total_bytes_are_about_those_asked_for(tmp_path: Path, format_id: FormatId, size: int) -> None:
    generate(tmp_path, format=format_id, total_bytes=size)
    assert sum(file.stat().st_size for file in tmp_path.iterdir()) == pytest.approx(size, rel=0.3)


@pytest.mark.parametrize(
    "numbers",
    [{"students": 0}, {"students": 1, "schools": 2}, {"sections": 10, "students": 10, "enrollments": 101}],
)
def test_numbers_that_make_no_valid_drop_are_refused(numbers: dict[str, int]) -> None:
    with pytest.raises(ValueError, match=r"\w"):
        Plan.of(**{"students": 40, **numbers})


@pytest.mark.parametrize(("kind", "format_id"), list(product(SPOILS, FORMAT_IDS)))
def test_each_way_to_spoil_changes_the_files(tmp_path: Path, kind: Spoil, format_id: FormatId) -> None:
    good = generate(tmp_path / "good", format=format_id)
    generate(tmp_path / "bad", format=format_id, spoil=[kind])
    same = filecmp.cmpfiles(tmp_path / "good", tmp_path / "bad", list(good), shallow=False)[0]
    assert 1 <= len(good) - len(same) <= 2


def test_spoiled_people_files_have_a_header_and_no_rows(tmp_path: Path) -> None:
    for form in FORMATS:
        rows = generate(tmp_path / form.id, format=form.id, spoil=["header-only-people"])  # type: ignore[arg-type]
        assert {spec.name for spec in form.files if spec.people} == {name for name, count in rows.items() if not count}
        assert all((tmp_path / form.id / name).stat().st_size for name in rows)


def test_a_dangling_enrollment_names_a_student_that_is_not_there(tmp_path: Path) -> None:
    generate(tmp_path, spoil=["dangling-enrollment"])
    lost = set(column(tmp_path, "StudentEnrollment.csv", "SIS ID")) - set(column(tmp_path, "Student.csv", "SIS ID"))
    assert len(lost) == 1


def test_command_line(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert main([str(tmp_path / "new"), "--students", "45", "--format", "sdsV2.1", "--columns", "minimal"]) == 0
    assert "users.csv\t" in capsys.readouterr().out
    assert len(read(tmp_path / "new", "users.csv")) == 45 + len(
        [row for row in read(tmp_path / "new", "roles.csv") if row["role"] == "teacher"]
    )
    with pytest.raises(SystemExit, match="2"):
        main([str(tmp_path), "--students", "0"])
    assert "students must be 1 or more" in capsys.readouterr().err
