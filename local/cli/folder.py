"""The folder that is to be dropped."""

from collections.abc import Iterable, Iterator
from pathlib import Path

from local.cli.ends import Failed
from local.storage.names import is_refused
from shared.folder import Folder, NoFolder, read_folder


def folder(directory: Path) -> Folder:
    """The files at the folder's top level. Raises Failed if they can't be a drop."""
    try:
        found = read_folder(directory)
    except NoFolder as error:
        raise Failed(str(error)) from None
    files = tuple(file for file in found.files if not is_refused(file.name))
    if not any(file.suffix.lower() == ".csv" for file in files):
        strange = next(_strange(found.files), "")
        raise Failed(strange or f"{directory} holds no .csv file ({found.files[0].name}, …); nothing was dropped")
    return Folder(files, (*found.notes, *_strange(found.files), *_empty(files)))


def _strange(files: Iterable[Path]) -> Iterator[str]:
    for file in files:
        if is_refused(file.name):
            yield f"{file.name} is not dropped: storage takes no control character in a name, and only text; rename it"


def _empty(files: Iterable[Path]) -> Iterator[str]:
    for file in files:
        if file.stat().st_size == 0 and file.suffix.lower() == ".csv":
            yield f"{file.name} is empty (0 bytes): the set counts as incomplete until it is written"
