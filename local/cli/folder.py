"""The folder that is to be dropped."""

from collections.abc import Iterator
from pathlib import Path
from typing import NamedTuple

from local.cli.ends import Failed


class Folder(NamedTuple):
    """Files to drop, and things about the folder that its owner should hear of."""

    files: tuple[Path, ...]
    notes: tuple[str, ...]

    @property
    def size(self) -> int:
        return sum(file.stat().st_size for file in self.files)


def folder(directory: Path) -> Folder:
    """The files at the folder's top level. Raises Failed if they can't be a drop."""
    if not directory.is_dir():
        what = "is a file, not a folder" if directory.exists() else "does not exist"
        raise Failed(f"{directory} {what}; give the folder that holds the CSV files")
    try:
        entries = sorted(directory.iterdir())
    except OSError as error:
        raise Failed(f"{directory} can't be read: {error.strerror}") from None
    files = tuple(entry for entry in entries if entry.is_file() and "\\" not in entry.name)
    if not files:
        raise Failed(f"{directory} holds no files; a drop is a folder with the CSV files of SDS V1 or V2.1")
    if not any(file.suffix.lower() == ".csv" for file in files):
        raise Failed(f"{directory} holds no .csv file ({files[0].name}, …); nothing was dropped")
    return Folder(files, tuple(_notes(entries)))


def _notes(entries: list[Path]) -> Iterator[str]:
    for entry in entries:
        if entry.is_dir():
            yield f"{entry.name}/ is a sub-folder: its files are not dropped, as an inbox has one level"
        elif not entry.is_file():
            yield f"{entry.name} is no regular file and is not dropped"
        elif "\\" in entry.name:
            yield f"{entry.name} is not dropped: storage takes a backslash for a folder"
        elif entry.stat().st_size == 0 and entry.suffix.lower() == ".csv":
            yield f"{entry.name} is empty (0 bytes): the set counts as incomplete until it is written"
