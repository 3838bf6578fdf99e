"""A folder on this machine as a drop: regular files of one level, and a remark about all else."""

import os
from pathlib import Path

import pytest

from shared.folder import NoFolder, read_folder, shown_name


def test_files_and_remarks(tmp_path: Path) -> None:
    for name in ("b.csv", "a.txt", ".done", "x\\y.csv"):
        (tmp_path / name).write_text("xy")
    (tmp_path / "old").mkdir()
    (tmp_path / "gone").symlink_to(tmp_path / "nowhere")
    (tmp_path / "link.csv").symlink_to(tmp_path / "b.csv")
    found = read_folder(tmp_path)
    assert [file.name for file in found.files] == [".done", "a.txt", "b.csv", "link.csv"]
    assert found.size == 8
    assert found.notes == (
        "gone is no regular file and is not dropped",
        "old/ is a sub-folder: its files are not dropped, as an inbox has one level",
        "x\\y.csv is not dropped: storage takes a backslash for a folder",
    )


def test_what_is_no_folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    (tmp_path / "file").touch()
    (tmp_path / "empty").mkdir()
    for name, says in (("nowhere", "does not exist"), ("file", "is a file"), ("empty", "holds no files")):
        with pytest.raises(NoFolder, match=says):
            read_folder(tmp_path / name)

    def refused(_: Path) -> None:
        raise PermissionError(13, "Permission denied")

    monkeypatch.setattr(Path, "iterdir", refused)
    with pytest.raises(NoFolder, match="can't be read: Permission denied"):
        read_folder(tmp_path)


def test_a_name_that_is_no_utf_8_can_be_written_down() -> None:
    assert shown_name(Path(os.fsdecode(b"M\xfcller.csv"))) == "M\\xfcller.csv"
    assert shown_name(Path("Müller.csv")) == "Müller.csv"


def test_a_folder_with_all_of_it_one_deeper_is_told(tmp_path):
    (tmp_path / "export 2026").mkdir()
    with pytest.raises(NoFolder, match="are they in export 2026/ inside of it"):
        read_folder(tmp_path)
