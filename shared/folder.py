"""A folder on this machine as a drop: its files, as an inbox has one level, and what its owner should hear of."""

import os
from collections.abc import Iterator
from pathlib import Path

import msgspec


class NoFolder(ValueError):
    """There is no folder to read; the message is one line that says what to do."""


class Folder(msgspec.Struct, frozen=True):
    """The regular files at a folder's top level, by name, and remarks about all else that lies there."""

    files: tuple[Path, ...]
    notes: tuple[str, ...]

    @property
    def size(self) -> int:
        return sum(file.stat().st_size for file in self.files)


def read_folder(directory: Path) -> Folder:
    """What could be dropped of this folder. Raises NoFolder."""
    if not directory.is_dir():
        what = "is a file, not a folder" if directory.exists() else "does not exist"
        raise NoFolder(f"{directory} {what}; give the folder that holds the CSV files")
    try:
        entries = sorted(directory.iterdir())
    except OSError as error:
        raise NoFolder(f"{directory} can't be read: {error.strerror}") from None
    files = tuple(entry for entry in entries if _addressable(entry) and entry.is_file())
    if not files:
        inner = next((entry.name for entry in entries if entry.is_dir()), "")
        hint = f"; are they in {inner}/ inside of it? Then give that" if inner else ""
        raise NoFolder(f"{directory} holds no files{hint}; a drop is a folder with the CSV files of SDS V1 or V2.1")
    return Folder(files, tuple(_notes(entries)))


def shown_name(file: Path) -> str:
    """The file's name as text that can be written down: bytes that are no UTF-8 as `\\xff`."""
    return os.fsencode(file.name).decode(errors="backslashreplace")


def _addressable(entry: Path) -> bool:
    return "\\" not in entry.name


def _notes(entries: list[Path]) -> Iterator[str]:
    for entry in entries:
        if entry.is_dir():
            yield f"{entry.name}/ is a sub-folder: its files are not dropped, as an inbox has one level"
        elif not entry.is_file():
            yield f"{entry.name} is no regular file and is not dropped"
        elif not _addressable(entry):
            yield f"{entry.name} is not dropped: storage takes a backslash for a folder"
