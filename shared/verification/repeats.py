"""Finds the records that come more than once."""

from array import array
from collections.abc import Hashable, Sequence

from .keys import first_of

Columns = Sequence[list[bytes]]

_EMPTY = b""
RECORDS = 600_000
"""Records of a file that are remembered, more than it may have rows; above that, duplicates are not checked."""


class Repeats:
    """Records by what they hold in several columns, or by their text.

    Keeps a hash of each, not its text. Among 500,000 records two different ones meet with a probability of 1 in 150
    million, and hashes differ from process to process.
    """

    def __init__(self) -> None:
        self.full = False
        self._seen: set[int] = set()
        self._order: list[int] | array[int] = []  # by record; an array from the first that comes twice on

    def add(self, columns: Columns) -> list[int]:
        """Remember a batch; gives the indexes of the records that came before. Those that lack a value don't count."""
        if self.full:
            return []
        marks = list(map(hash, zip(*columns, strict=True)))
        seen, before = self._seen, len(self._seen)
        if before + len(marks) > RECORDS:
            self.full, self._seen, self._order = True, set(), []
            return []
        if isinstance(self._order, list):  # one look is enough: each of them makes the set larger
            seen.update(marks)
            if len(seen) == before + len(marks):
                self._order += marks
                return []
            seen, self._order = set(marks).intersection(self._order), array("q", self._order)
        self._order.fromlist(marks)
        hits = _again(marks, seen)
        if any(_EMPTY in column for column in columns):
            return [i for i in hits if all(column[i] for column in columns)]
        return hits

    def first(self, record: tuple[bytes, ...]) -> int:
        """The number of the first record that is the same as one of those that were added last."""
        return self._order.index(hash(record))


def _again(marks: Sequence[int], seen: set[int]) -> list[int]:
    """The indexes of those that are in `seen` or came earlier among them; afterwards all of them are in it."""
    if seen.issuperset(marks):
        return list(range(len(marks)))
    hits: list[int] = []
    for i, mark in enumerate(marks):
        if mark in seen:
            hits.append(i)
        else:
            seen.add(mark)
    return hits


class SameRows:
    """Which records of a file are the same as an earlier one: as text, or by their cells.

    Most files have no repeated ids at all: until somebody asks, there is only 8 bytes for each record.
    """

    def __init__(self) -> None:
        self._marks = array("q")
        self._seen: set[int] | None = None

    def add(self, texts: Sequence[Hashable]) -> None:
        """Remember a batch."""
        if len(self._marks) <= RECORDS:
            self._marks.fromlist(list(map(hash, texts)))

    def first(self, text: Hashable) -> int:
        """The number of the first record that is the same as one that was added."""
        return self._marks.index(hash(text))

    def repeated(self, texts: Sequence[Hashable], hits: Sequence[int]) -> list[int]:
        """Those of the records that repeat an earlier one. `texts` is the batch that was added last."""
        if self._seen is None:
            self._seen = set()
            self._forgotten = 0
        earlier = len(self._marks) - len(texts)
        self._seen.update(self._marks[self._forgotten : earlier])
        self._forgotten = max(earlier, 0)
        marks = list(map(hash, texts))
        if self._seen.issuperset(marks):
            return list(hits)
        firsts = first_of(marks, set(marks) - self._seen)
        return [i for i in hits if i not in firsts]
