"""What may lie in the folder that `python -m shared.verification DIR` is given."""

import json
import os
from pathlib import Path

import pytest

from tests.verification.command import run
from tests.verification.evil import evil, harmless

pytestmark = pytest.mark.usefixtures("no_settings")


@pytest.mark.parametrize(
    ("make", "says"),
    [
        (lambda path: path / "nowhere", "does not exist"),
        (lambda path: path / "Student.csv", "is a file, not a folder"),
        (lambda path: path / ("\x1b]0;x\x07" + "y" * 300), "\\x1b]0;x\\x07"),
    ],
)
def test_what_is_no_folder_is_one_line(folder, capsys, make, says):
    assert run(make(folder), "--json") == 2
    out, error = capsys.readouterr()
    assert out == ""
    assert says in error
    assert error.count("\n") == 1
    assert harmless(error)


def test_a_file_that_cant_be_read_is_named(folder, capsys, monkeypatch):
    real = Path.open

    def opened(self, *arguments):
        if self.name == "Student.csv":
            raise PermissionError(13, "Permission denied", str(self))
        return real(self, *arguments)

    monkeypatch.setattr(Path, "open", opened)
    assert run(folder) == 2
    assert capsys.readouterr().err.endswith("Student.csv: Permission denied\n")


def test_folders_links_and_pipes_are_no_files(folder, capsys):
    (folder / "Student.csv").unlink()
    (folder / "Student.csv").mkdir()
    (folder / "Teacher.csv").unlink()
    os.mkfifo(folder / "Teacher.csv")
    (folder / "Section.csv").unlink()
    (folder / "Section.csv").symlink_to(folder / "nowhere")
    (folder / "a\\b.csv").write_text("x")
    assert run(folder, "--json") == 3
    out, error = capsys.readouterr()
    assert {m["fileName"] for m in json.loads(out)["messages"] if m["rule"] == "missingFile"} >= {
        *("Student.csv", "Teacher.csv", "Section.csv"),
    }
    for line in (
        "note: Student.csv/ is a sub-folder",
        "note: Teacher.csv is no regular file",
        "note: Section.csv is no regular file",
        "note: a\\b.csv is not dropped",
    ):
        assert line in error


def test_names_and_cells_only_show(tmp_path, capsys):
    for name, data in evil().items():
        (tmp_path / name).write_bytes(data)
    (tmp_path / "\x1b]0;x\x07").mkdir()
    (tmp_path / os.fsdecode(b"Students\xff.csv")).write_bytes(b"\x00\x01")
    for options in ([], ["--json"]):
        assert run(tmp_path, *options) == 0
        out, error = capsys.readouterr()
        assert harmless(out + error)
        assert "Students\\xff.csv" in out.replace("\\\\", "\\")


def test_archives_alone_are_refused_and_strangers_alone_are_no_set(tmp_path, capsys):
    (tmp_path / "readme.txt").touch()
    assert run(tmp_path) == 2
    (tmp_path / "tonight.zip").write_bytes(b"PK")
    assert run(tmp_path, "--json") == 3
    assert "Unzip it" in capsys.readouterr().out


def test_thousands_of_files(folder, capsys):
    for n in range(3_000):
        (folder / f"{n}.csv").touch()
    assert run(folder) == 0
    out = capsys.readouterr().out
    assert len(out) < 20_000
    assert "2,980 more" in out


def test_binary_files(folder, capsys):
    for file in list(folder.iterdir()):
        file.write_bytes(bytes(range(256)) * 400)
    assert run(folder) == 3
    assert harmless(capsys.readouterr().out)
