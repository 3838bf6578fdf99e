"""The rows of a file that the service will drop."""

from array import array
from collections.abc import Sequence
from itertools import compress

LINES = 1 << 24
"""Lines that are told apart; an error beyond them is counted as one more dropped row each time."""


class Dropped:
    """The lines of dropped rows: a byte for each line up to the last of them."""

    def __init__(self) -> None:
        self._marks = bytearray()
        self._beyond = 0

    def mark(self, lines: Sequence[int]) -> None:
        """These rows are dropped, perhaps once more."""
        marks = self._marks
        if isinstance(lines, range) and lines.step == 1 and lines.stop <= LINES:
            marks.extend(bytes(max(lines.stop - len(marks), 0)))
            marks[lines.start : lines.stop] = b"\1" * len(lines)
            return
        told = [line for line in lines if line < LINES] if max(lines, default=0) >= LINES else lines
        self._beyond += len(lines) - len(told)
        marks.extend(bytes(max(max(told, default=0) + 1 - len(marks), 0)))
        for line in told:
            marks[line] = 1

    def more(self, count: int) -> None:
        """So many rows are dropped besides, wherever they are."""
        self._beyond += count

    def among(self, lines: Sequence[int]) -> list[int]:
        """The indexes of those that are dropped."""
        marks, end = self._marks, len(self._marks)
        if isinstance(lines, range) and lines.step == 1:
            return [i for i, mark in enumerate(marks[lines.start : lines.stop]) if mark]
        return [i for i, line in enumerate(lines) if line < end and marks[line]]

    @property
    def count(self) -> int:
        """How many rows are dropped."""
        return self._marks.count(1) + self._beyond

    @property
    def lines(self) -> array[int]:
        """Their lines, ascending."""
        return array("i", compress(range(len(self._marks)), self._marks))
