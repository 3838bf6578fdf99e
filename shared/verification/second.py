"""Another table further down in a file: a row of column names that aren't those of the first line."""

from collections.abc import Sequence

from ..formats import Column, Format
from .cells import SPACE, decoded
from .firstline import split
from .header import Header

_NOTHING = b' \t,"'
_FEWEST = 2  # column names that make a row a header


class SecondTable:
    """Finds where one begins."""

    def __init__(self, header: Header, chosen: Format) -> None:
        self._own = [name.lower() for cell in header.raw if (name := cell.strip(SPACE))]
        self._format = chosen
        self._columns: dict[str, Column] = {column.name: column for spec in chosen.files for column in spec.columns}
        self._mark = b"SIS ID" if "SIS ID" in self._columns else b"ourcedId"

    def find(self, block: bytes, lines: Sequence[bytes]) -> tuple[int, str]:
        """Its first line in a block, and the file whose columns it has; (-1, "") if none begins. Cheap if none does."""
        named = {line for line in lines if self._mark in line} if self._mark in block else ()
        files = {line: file for line in named if (file := self._file(split(decoded(line))))}
        if not files:
            return -1, ""
        first = next(number for number, line in enumerate(lines) if line in files)
        return first, files[lines[first]]

    def _file(self, cells: Sequence[str]) -> str:
        """The file that has such a header; empty if it is none, or the file's own.

        Its own in another order is one: what is below it stands in other columns."""
        names = [name for cell in cells if (name := cell.strip(SPACE))]
        known = [name for name in names if name in self._columns]
        if len(known) < _FEWEST or 2 * len(known) <= len(names) or [name.lower() for name in names] == self._own:
            return ""
        if not any(self._mark.decode() in name for name in known):
            return ""
        return max(self._format.files, key=lambda spec: sum(spec.column(name) is not None for name in known)).name


def before(lines: list[bytes], number: int) -> list[bytes]:
    """The lines before one, without the empty ones right before it."""
    while number and not lines[number - 1].strip(_NOTHING):
        number -= 1
    return lines[:number]
