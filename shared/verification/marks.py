"""Looking up hashes in an array of them, without a dictionary and its objects."""

from array import array
from collections.abc import Sequence


class LastRows:
    """The last row that has a hash: a table of their numbers, with open addressing."""

    def __init__(self, marks: Sequence[int]) -> None:
        size = 1 << (2 * len(marks)).bit_length()
        self._mask = size - 1
        self._marks = marks
        self._table = array("i", [-1]) * size
        for row, mark in enumerate(marks):
            self._table[self._place(mark)] = row

    def find(self, mark: int) -> int:
        """The row, -1 if there is none."""
        return self._table[self._place(mark)]

    def _place(self, mark: int) -> int:
        place, table, marks = mark & self._mask, self._table, self._marks
        while (row := table[place]) >= 0 and marks[row] != mark:
            place = (place + 1) & self._mask
        return place
