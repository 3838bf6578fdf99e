"""`python -m shared.verification DIR`: its exit codes, its JSON, and what a person sees."""

import json
import os
import subprocess
import sys
from pathlib import Path

import pytest

from shared.verification import __main__ as command
from shared.verification import parse_allowed
from shared.verification.terminal import show
from tests.verification.sets import check, clean, rendered

SECRET = "Anna-Secret"


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    for name, data in rendered(clean("sdsV1")).items():
        (tmp_path / name).write_bytes(data)
    return tmp_path


def spoil(folder: Path) -> None:
    student = folder / "Student.csv"
    student.write_bytes(student.read_bytes().replace(b"2014-02-28", SECRET.encode()).replace(b"p1015,", b"p1014,"))
    (folder / "Section.csv").unlink()


def run(*arguments: object) -> int:
    return command.main([str(argument) for argument in arguments])


def test_a_clean_folder(folder, capsys):
    (folder / "readme.txt").write_text("not mine")
    assert run(folder) == 0
    assert "SDS V1, 8 files, 192 rows: no problems found" in capsys.readouterr().out


def test_json_has_the_shape_of_the_contract_and_no_values(folder, capsys):
    spoil(folder)
    assert run(folder, "--json") == 3
    out = capsys.readouterr().out
    result = json.loads(out)
    assert list(result) == ["format", "counts", "files", "messages"]
    assert result["format"] == "sdsV1"
    assert result["counts"] == {"error": 1, "warning": 25, "information": 0}
    assert result["files"][0] == {"name": "GuardianRelationship.csv", "rows": 24}
    assert {(m["rule"], m["fileName"], m["line"], m["column"], m["count"]) for m in result["messages"]} == {
        ("missingFile", "Section.csv", None, None, 1),
        ("duplicate", "Student.csv", 17, "SIS ID", 1),
        ("date", "Student.csv", 2, "Birthdate", 24),
    }
    assert all(
        list(m) == ["type", "rule", "fileName", "line", "column", "count", "description"] for m in result["messages"]
    )
    assert out.count("\n") == 1
    assert SECRET not in out


def test_a_person_sees_the_values_and_the_places(folder, capsys, monkeypatch):
    monkeypatch.setenv("COLUMNS", "160")
    spoil(folder)
    assert run(folder) == 3
    out = capsys.readouterr().out
    for text in ("Student.csv (24 rows)", "Birthdate", SECRET, "Lines 2, 3, 4, 5, 6", "1 error, 25 warnings"):
        assert text in out.replace("First in lines", "Lines")


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
    assert {m["rule"] for m in messages} == {"missingFile", "unknownFile"}
    assert any("Did you mean Teacher.csv?" in m["description"] for m in messages)


def test_the_format_and_the_service_can_be_named(folder, capsys):
    assert run(folder, "--format", "sdsV2.1", "--json") == 3
    assert json.loads(capsys.readouterr().out)["format"] == "sdsV2.1"
    student = folder / "Student.csv"
    student.write_bytes(student.read_bytes().replace(b"p1015,", b"p1014,"))
    assert run(folder, "--json") == 0
    assert run(folder, "--json", "--api", "industryData") == 3


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
