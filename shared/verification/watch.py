"""A second reader of the rows: whoever wants a few columns of the set while it is verified, in the same pass."""

from collections.abc import Mapping, Sequence
from typing import Protocol

from .cells import trimmed


class Watch(Protocol):
    """Gets columns of the rows of some files. Row by row and in the files' order, but for the rows of one block."""

    def columns(self, file: str) -> Sequence[str]:
        """The columns that are wanted of a file, both by the format's own names; empty: none of it."""

    def rows(self, file: str, values: Sequence[Sequence[bytes]], lines: Sequence[int]) -> None:
        """Some rows: the wanted columns' values, without blanks around them, and the line of each row.

        A column that the file lacks has empty values; so has one that a row of too few cells lacks.
        """


class Watched:
    """The watched columns of one file, by their cells' indexes in the header."""

    def __init__(self, watch: Watch, file: str, at: Mapping[str, int]) -> None:
        """`at`: the index of each column that the file has, by the format's name."""
        self._watch = watch
        self._file = file
        self._indexes = [at.get(name) for name in watch.columns(file)]
        self.indexes = frozenset(index for index in self._indexes if index is not None)

    def batch(self, seen: Mapping[int, Sequence[bytes]], lines: Sequence[int]) -> None:
        """Records of the header's width: their columns, by index."""
        if self._indexes:
            empty = [b""] * len(lines)
            self._watch.rows(self._file, [empty if at is None else seen[at] for at in self._indexes], lines)

    def ragged(self, rows: Sequence[Sequence[bytes]], lines: Sequence[int]) -> None:
        """Records of any other width."""
        if self._indexes:
            values = [[_cell(row, at) for row in rows] for at in self._indexes]
            self._watch.rows(self._file, values, lines)


def _cell(row: Sequence[bytes], at: int | None) -> bytes:
    return trimmed(row[at]) if at is not None and at < len(row) else b""
