"""The folder that is to be dropped."""

from collections.abc import Iterable, Iterator
from pathlib import Path

from msgspec.structs import replace

from local.cli.ends import Failed
from shared.folder import Folder, NoFolder, read_folder


def folder(directory: Path) -> Folder:
    """The files at the folder's top level. Raises Failed if they can't be a drop."""
    try:
        found = read_folder(directory)
    except NoFolder as error:
        raise Failed(str(error)) from None
    if not any(file.suffix.lower() == ".csv" for file in found.files):
        raise Failed(f"{directory} holds no .csv file ({found.files[0].name}, …); nothing was dropped")
    return replace(found, notes=(*found.notes, *_empty(found.files)))


def _empty(files: Iterable[Path]) -> Iterator[str]:
    for file in files:
        if file.stat().st_size == 0 and file.suffix.lower() == ".csv":
            yield f"{file.name} is empty (0 bytes): the set counts as incomplete until it is written"
