"""`python -m shared.verification DIR`: its exit codes, its JSON, and what a person sees."""

import json
import os
import subprocess
import sys
from pathlib import Path

import pytest

from shared.verification import parse_allowed
from shared.verification.terminal import show
from tests.verification.command import run
from tests.verification.sets import check, clean, rendered

SECRET = "Anna-Secret"
pytestmark = pytest.mark.usefixtures("no_settings")


def spoil(folder: Path) -> None:
    student = folder / "Student.csv"
    student.write_bytes(student.read_bytes().replace(b"2014-02-28", SECRET.encode()).replace(b"p1015,", b"p1014,"))
    (folder / "Section.csv").unlink()


def test_a_clean_folder(folder, capsys):
    (folder / "readme.txt").write_text("not mine")
    assert run(folder) == 0
    assert capsys.readouterr().out.splitlines() == [
        "SDS V1 for the classic service: 8 files, 192 rows",
        "",
        "no problems found",
        "This set would be taken as it is, and nobody is left out.",
    ]


def test_json_has_the_shape_of_the_contract_and_no_values(folder, capsys):
    spoil(folder)
    assert run(folder, "--json") == 3
    out = capsys.readouterr().out
    result = json.loads(out)
    assert list(result) == ["format", "counts", "files", "messages", "taken"]
    assert result["taken"] is False
    assert result["format"] == "sdsV1"
    assert result["counts"] == {"error": 1, "warning": 25, "information": 0}
    assert result["files"][0] == {"name": "GuardianRelationship.csv", "rows": 24, "rowsDropped": 0}
    assert {(m["rule"], m["fileName"], m["line"], m["column"], m["count"]) for m in result["messages"]} == {
        ("missingFile", "Section.csv", None, None, 1),
        ("duplicate", "Student.csv", 17, "SIS ID", 1),
        ("date", "Student.csv", 2, "Birthdate", 24),
    }
    by_rule = {message["rule"]: message for message in result["messages"]}
    assert by_rule["date"]["lines"] == list(range(2, 26))
    assert by_rule["date"]["anchor"] == "docs/verification.md#date"
    assert by_rule["missingFile"]["lines"] == []
    assert all(
        list(m)
        == [
            *("type", "rule", "fileName", "line", "column", "count", "description", "lines", "anchor", "shape"),
        ]
        for m in result["messages"]
    )
    assert out.count("\n") == 1
    assert SECRET not in out


def test_a_person_sees_the_values_and_the_places(folder, capsys, monkeypatch):
    monkeypatch.setenv("COLUMNS", "160")
    spoil(folder)
    assert run(folder) == 3
    out = capsys.readouterr().out
    for text in ("Student.csv, Birthdate, lines 2, 3, 4, 5, 6, 7, 8, 9 and 16 more", SECRET, "1 error, 25 warnings"):
        assert text in out


def test_values_cant_write_to_the_terminal(capsys, monkeypatch):
    monkeypatch.setenv("COLUMNS", "160")
    files = rendered(clean("sdsV1"))
    files["Student.csv"] = files["Student.csv"].replace(b"2014-02-28", b"\x1b[31m[bold]x", 1)
    show(check(files))
    out = capsys.readouterr().out
    assert "\x1b[31m" not in out
    assert "\\x1b[31m[bold]x" in out


@pytest.mark.parametrize("arguments", [["/no/such/folder"], ["--format", "sdsV3"], []])
def test_unusable_arguments(arguments, tmp_path, capsys):
    try:
        code = run(*arguments, *([tmp_path] if arguments[:1] == ["--format"] else []))
    except SystemExit as stop:
        code = stop.code
    assert code == 2
    assert capsys.readouterr().err


def test_a_folder_without_csv_files_is_unusable(tmp_path, capsys):
    (tmp_path / "readme.txt").touch()
    assert run(tmp_path) == 2
    assert "no CSV files" in capsys.readouterr().err


def test_files_that_were_meant_as_csv_are_pointed_at(folder, capsys):
    (folder / "Teacher.csv").rename(folder / "Teacher.csv.txt")
    assert run(folder, "--json") == 3
    messages = json.loads(capsys.readouterr().out)["messages"]
    (message,) = messages
    assert (message["rule"], message["fileName"]) == ("missingFile", "Teacher.csv")
    assert "Teacher.csv.txt is there: did you mean that? Name it Teacher.csv." in message["description"]


def test_the_format_and_the_service_can_be_named(folder, capsys):
    assert run(folder, "--format", "sdsV2.1", "--json") == 3
    assert json.loads(capsys.readouterr().out)["format"] == "sdsV2.1"
    student = folder / "Student.csv"
    student.write_bytes(student.read_bytes().replace(b"p1015,", b"p1014,"))
    assert run(folder, "--json") == 0
    assert run(folder, "--json", "--api", "industryData") == 3


def test_every_option_is_explained(capsys):
    with pytest.raises(SystemExit) as stopped:
        run("--help")
    assert stopped.value.code == 0
    out = " ".join(capsys.readouterr().out.split())
    assert out.startswith("usage: python -m shared.verification ")
    for words in (
        "DIR the folder with",
        "--json print one",
        "--html FILE write a report",
        "--values with the",
        "{sdsV1,sdsV2.1} default: by the file names",
        "{classic,industryData} whose treatment",
        "--profile P check as",
        "--allow-empty a people file",
    ):
        assert words in out


def test_allowed_values(folder, capsys, monkeypatch):
    guardians = folder / "GuardianRelationship.csv"
    guardians.write_bytes(guardians.read_bytes().replace(b"Parent", b"Neighbour", 1))
    run(folder, "--json")
    assert json.loads(capsys.readouterr().out)["counts"]["warning"] == 1
    monkeypatch.setenv("SDS_ALLOWED_VALUES", "relationshipRole=neighbour")
    run(folder, "--json")
    assert json.loads(capsys.readouterr().out)["counts"]["warning"] == 0
    monkeypatch.setenv("SDS_ALLOWED_VALUES", "colour=red")
    assert run(folder) == 2
    assert "SDS_ALLOWED_VALUES" in capsys.readouterr().err


def test_parsing_allowed_values():
    assert parse_allowed("") == {}
    assert parse_allowed(" grade = 13A | 13b ; orgrole=mentor;grade=x") == {
        "grade": frozenset({"13a", "13b", "x"}),
        "orgRole": frozenset({"mentor"}),
    }
    for text in ("grade", "colour=red"):
        with pytest.raises(ValueError, match="SDS_ALLOWED_VALUES"):
            parse_allowed(text)


def test_a_bad_setting_is_named(folder, capsys, monkeypatch):
    monkeypatch.setenv("SDS_API", "nonsense")
    assert run(folder) == 2
    error = capsys.readouterr().err
    assert "SDS_API" in error
    assert error.count("\n") == 1
    assert run(folder, "--api", "classic") == 0
    monkeypatch.setenv("SDS_API", "Classic")
    assert run(folder) == 0


@pytest.mark.parametrize("json_", [True, False])
@pytest.mark.parametrize("encoding", ["ascii", "cp1252", "utf-8"])
def test_what_the_terminal_cant_show_is_replaced(folder, encoding, json_):
    student = folder / "Student.csv"
    student.write_bytes(
        student.read_bytes().replace(b"2014-02-28", "Geb\u2c7crt".encode()).replace(b"Grade", b"Gr\xc3\xa4de")
    )
    done = subprocess.run(
        [sys.executable, "-m", "shared.verification", str(folder), *(["--json"] if json_ else [])],
        capture_output=True,
        check=False,
        cwd=Path(__file__).parents[2],
        env=os.environ | {"SDS_API": "classic", "PYTHONIOENCODING": encoding, "COLUMNS": "160"},
    )
    assert (done.returncode, done.stderr) == (0, b"")
    if json_:
        assert "Gr\u00e4de" in {message["column"] for message in json.loads(done.stdout)["messages"]}
    else:
        assert b"Birthdate" in done.stdout


def test_as_a_program_it_shows_no_progress_where_nobody_looks(folder):
    done = subprocess.run(
        [sys.executable, "-m", "shared.verification", str(folder), "--json"],
        capture_output=True,
        check=False,
        cwd=Path(__file__).parents[2],
        env=os.environ | {"SDS_API": "classic"},
    )
    assert (done.returncode, done.stderr) == (0, b"")
    assert json.loads(done.stdout)["counts"]["error"] == 0


@pytest.mark.parametrize("options", [[], ["--json"]])
@pytest.mark.parametrize("change", [lambda _: None, spoil])
def test_a_reader_that_goes_away_changes_nothing(folder, options, change):
    change(folder)
    wanted = run(folder, *options)
    reading, writing = os.pipe()
    os.close(reading)
    try:
        done = subprocess.run(
            [sys.executable, "-m", "shared.verification", str(folder), *options],
            stdout=writing,
            stderr=subprocess.PIPE,
            check=False,
            cwd=Path(__file__).parents[2],
        )
    finally:
        os.close(writing)
    assert (done.returncode, done.stderr) == (wanted, b"")


@pytest.mark.parametrize("options", ["", "--json"])
def test_a_result_that_cant_be_written_is_one_line(folder, options):
    command_line = f"{sys.executable} -m shared.verification {folder} {options}"
    done = subprocess.run(
        ["/bin/sh", "-c", f"{command_line} >/dev/full; echo $?; {command_line} >&-; echo $? >&2"],
        capture_output=True,
        text=True,
        check=True,
        cwd=Path(__file__).parents[2],
    )
    assert done.stdout == "2\n"
    assert done.stderr == "python -m shared.verification: the result can't be written: No space left on device\n0\n"


def test_rows_that_may_be_dropped(folder, capsys, monkeypatch):
    student = folder / "Student.csv"
    student.write_bytes(student.read_bytes().replace(b"p1015,s1003,", b"p1015,s1999,"))
    assert run(folder) == 3
    assert run(folder, "--api", "industryData") == 3
    monkeypatch.setenv("SDS_ERROR_ROWS_PERCENT", "10")
    capsys.readouterr()
    assert run(folder, "--api", "industryData") == 0
    assert "This set would be taken, but 1 person of Student.csv" in capsys.readouterr().out
    assert run(folder, "--api", "industryData", "--json") == 0
    result = json.loads(capsys.readouterr().out)
    assert result["taken"] is True
    assert {file["name"]: file["rowsDropped"] for file in result["files"]}["Student.csv"] == 1
    assert result["counts"]["error"] == 1
    assert run(folder) == 3


def test_people_files_without_rows(folder, capsys, monkeypatch):
    teacher = folder / "Teacher.csv"
    for name in ("Teacher.csv", "TeacherRoster.csv"):
        (folder / name).write_bytes((folder / name).read_bytes().partition(b"\n")[0] + b"\n")
    assert run(folder) == 3
    assert "--allow-empty" in capsys.readouterr().out
    assert run(folder, "--allow-empty") == 0
    monkeypatch.setenv("SDS_ALLOW_EMPTY", "true")
    assert run(folder) == 0
    assert teacher.stat().st_size


GUID = "3f1d3b7e-1d3b-4b7e-9d3b-7e1d3b4b7e9d"


def test_a_profile_has_its_own_settings(folder, capsys, monkeypatch):
    monkeypatch.setenv("SDS_PROFILES", f"north={GUID},south-1={GUID.replace('3f', '4f')}")
    monkeypatch.setenv("SDS_FILES", "School.csv,Student.csv,Teacher.csv")
    monkeypatch.setenv("SDS_FILES__south_1", "School.csv,Student.csv,Teacher.csv,Section.csv")
    (folder / "Section.csv").unlink()
    for name in ("StudentEnrollment.csv", "TeacherRoster.csv"):
        (folder / name).unlink()
    assert run(folder) == 0
    assert run(folder, "--profile", "north") == 0
    capsys.readouterr()
    assert run(folder, "--profile", "south-1", "--json") == 3
    messages = json.loads(capsys.readouterr().out)["messages"]
    (error,) = [m for m in messages if m["type"] == "error"]
    assert error["fileName"] == "Section.csv"
    assert "SDS_FILES" in error["description"]
    for unknown in ("east", GUID):
        assert run(folder, "--profile", unknown) == 2
        assert "--profile" in capsys.readouterr().err
    monkeypatch.setenv("SDS_ERROR_ROWS_PERCENT__north", "many")
    assert run(folder, "--profile", "south-1") == 3
    assert run(folder, "--profile", "north") == 2
    assert "SDS_ERROR_ROWS_PERCENT__north" in capsys.readouterr().err


def test_without_sds_profiles_a_profile_is_a_guid(folder, capsys):
    assert run(folder, "--profile", GUID) == 0
    assert run(folder, "--profile", "north") == 2
    assert "SDS_PROFILES is empty" in capsys.readouterr().err


def test_an_html_report(folder, tmp_path_factory, capsys, monkeypatch):
    report = tmp_path_factory.mktemp("out") / "report.html"
    spoil(folder)
    monkeypatch.setenv("SDS_TIME_ZONE", "Asia/Tokyo")
    assert run(folder, "--html", report) == 3
    page = report.read_text(encoding="utf-8")
    assert f"<bdi>{folder.name}</bdi>" in page
    assert SECRET not in page
    assert " JST." in page
    assert "This set would be refused" in capsys.readouterr().out
    assert run(folder, "--html", report, "--values", "--json") == 3
    assert SECRET in report.read_text(encoding="utf-8")
    assert SECRET not in capsys.readouterr().out


@pytest.mark.parametrize(
    ("target", "says"),
    [
        ("Student.csv", "one of the files to be checked"),
        ("no/such/r.html", "there is no folder"),
        (".", "directory"),
        ("/dev/full", "/dev/full: no space left"),
    ],
)
def test_a_report_that_cant_be_written(folder, target, says, capsys):
    before = (folder / "Student.csv").read_bytes()
    assert run(folder, "--html", folder / target) == 2
    out, error = capsys.readouterr()
    assert (says in error.lower(), error.count("\n"), out) == (True, 1, "")
    assert (folder / "Student.csv").read_bytes() == before


def test_a_set_above_the_limits_is_told_and_not_read(folder, capsys, monkeypatch):
    (folder / "other.csv").write_bytes(b"x" * 100_000)
    largest = max(file.stat().st_size for file in folder.iterdir() if file.name != "other.csv")
    monkeypatch.setenv("SDS_MAX_FILE_BYTES", str(largest))
    assert run(folder) == 0
    monkeypatch.setenv("SDS_MAX_FILE_BYTES", str(largest - 1))
    monkeypatch.setattr(Path, "open", lambda *_: pytest.fail("a file was read"))
    capsys.readouterr()
    assert run(folder, "--json") == 3
    result = json.loads(capsys.readouterr().out)
    assert [message["rule"] for message in result["messages"]] == ["file.tooLarge"]
    assert (result["format"], result["files"][0]["rows"]) == ("sdsV1", None)
    monkeypatch.delenv("SDS_MAX_FILE_BYTES")
    monkeypatch.setenv("SDS_MAX_SET_BYTES", str(largest))
    assert run(folder) == 3
    assert "SDS_MAX_SET_BYTES allows" in capsys.readouterr().out
