"""Finds the records that come more than once, in memory that is small beside them."""

from array import array
from collections.abc import Callable, Sequence
from itertools import islice
from operator import lt
from typing import Any, NamedTuple

Columns = Sequence[list[bytes]]
Report = Callable[[str, list[int], Columns, Sequence[int]], None]
"""Takes a rule, the indexes of its records in a batch, the values of the batch's columns, and its lines."""

RECORDS = 1_000_000
"""Different records of a file that are remembered; above that, duplicates are not checked."""
_FILTER = 1 << 22  # bytes, 8 records each: of 500,000 records some 4,000 meet another one's bit
_WAITING = 1 << 14  # records that wait to be compared with all before them,
_WAITING_BYTES = 1 << 22  # if their values don't take more than this
_BITS = tuple(1 << i for i in range(8))


class _Batch(NamedTuple):
    """The records of a batch that wait."""

    marks: list[int]
    columns: Columns
    lines: list[int]


class _Order:
    """Whether the records so far came in ascending order, so that none came twice: most exports are sorted.

    Of several columns any one may lead.
    """

    def __init__(self) -> None:
        self._lead: int | None = None
        self._last: Any = None
        self._begun = False

    def goes_on(self, columns: Columns) -> bool:
        """Whether it does with this batch. After a no it isn't asked again."""
        if not self._begun:
            self._begun = True
            return any(self._ascends(columns, lead) for lead in range(len(columns)))
        return self._ascends(columns, self._lead or 0)

    def _ascends(self, columns: Columns, lead: int) -> bool:
        keys: Sequence[Any] = columns[0]
        if len(columns) > 1:
            keys = list(zip(*columns[lead:], *columns[:lead], strict=True))
        if self._last is not None and not self._last < keys[0]:
            return False
        self._lead, last = lead, keys[-1]
        ascends = all(map(lt, keys, islice(keys, 1, None)))
        self._last = last if ascends else None
        return ascends


class Repeats:
    """The records of a file, by what they hold in a unique column or in columns that together are unique.

    Keeps 8 bytes for each record: a hash, not its text. Among 500,000 records two different ones meet with a
    probability of 1 in 150 million, and hashes differ from process to process. Records in order are all new. Once
    they aren't in order, a filter of bits tells most that are new; the others wait until there are enough of them
    for a pass over all hashes.
    """

    def __init__(self, report: Report, *, filter_bytes: int = _FILTER, waiting: int = _WAITING) -> None:
        self._report = report
        self._room = waiting
        self._mask = 8 * filter_bytes - 1  # their number is a power of two
        self._filter = bytearray()
        self._order: _Order | None = _Order()
        self._known = array("q")  # different ones, and none of those that wait
        self._waiting: list[_Batch] = []
        self._count = self._bytes = 0
        self._full = False

    def add(self, columns: Columns, lines: Sequence[int]) -> None:
        """Remember a batch of records."""
        if self._full or not columns[0]:
            return
        if len(self._known) + len(columns[0]) > RECORDS:
            self.settle()
            self._full = True
            self._report("notChecked", [0], [[b""]], lines)
            return
        hashes = list(map(hash, columns[0] if len(columns) == 1 else zip(*columns, strict=True)))
        if self._order is not None:
            if self._order.goes_on(columns):
                self._known.extend(hashes)
                return
            self._order = None
            self._fill()
        bits, mask, known = self._filter, self._mask, self._known.append
        met: list[int] = []
        for i, mark in enumerate(hashes):
            place = mark & mask
            bit = _BITS[place & 7]
            place >>= 3
            if bits[place] & bit:
                met.append(i)
            else:
                bits[place] |= bit
                known(mark)
        if met:
            waiting = [[column[i] for i in met] for column in columns]
            self._waiting.append(_Batch([hashes[i] for i in met], waiting, [lines[i] for i in met]))
            self._count += len(met)
            self._bytes += sum(sum(map(len, column)) for column in waiting)
            if self._count >= self._room or self._bytes > _WAITING_BYTES:
                self._compare()

    def _fill(self) -> None:
        """Make the filter of what is known."""
        self._filter = bytearray((self._mask + 1) // 8)
        for mark in self._known:
            place = mark & self._mask
            self._filter[place >> 3] |= _BITS[place & 7]

    def settle(self) -> None:
        """Report what is still to be reported, and forget everything: no more records come."""
        self._compare()
        self._known, self._filter = array("q"), bytearray()

    def _compare(self) -> None:
        """Report those that wait and came before; the others only met another one's bit."""
        marks = {mark for batch in self._waiting for mark in batch.marks}
        seen = set(filter(marks.__contains__, self._known))
        for batch in self._waiting:
            hits = []
            for i, mark in enumerate(batch.marks):
                if mark in seen:
                    hits.append(i)
                else:
                    seen.add(mark)
                    self._known.append(mark)
            if any(b"" in column for column in batch.columns):
                hits = [i for i in hits if all(column[i] for column in batch.columns)]
            self._report("duplicate", hits, batch.columns, batch.lines)
        self._waiting, self._count, self._bytes = [], 0, 0
