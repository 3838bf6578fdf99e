"""Organisations and their parents: a column that refers to the key column of its own file."""

from array import array
from collections.abc import Iterable, Iterator, Sequence
from itertools import islice

from . import keys as limits
from .cells import decoded
from .findings import Findings
from .keys import Keys, short
from .likeness import nearly
from .marks import LastRows
from .model import NOTHING_SHAPE
from .repeats import Columns
from .suspects import NOTHING, PERHAPS

_TEXTS = 1000  # rows whose parent is remembered as text too, and as many of those whose parent isn't known yet,
_TEXT = 400  # with this many bytes: more than is ever shown


class Parents:
    """Checks the column at the end of its file, when all keys are known.

    Keeps hashes, as `Keys` does: 24 bytes for each row, and no dictionary to go from a row to its parent's.
    """

    def __init__(self, file: str, header: str, keys: Keys, findings: Findings) -> None:
        self._file = file
        self._header = header
        self._keys = keys
        self._findings = findings
        self._own, self._parents, self._lines = array("q"), array("q"), array("q")
        self._texts: dict[int, bytes] = {}

    def __call__(self, values: Columns, lines: Sequence[int]) -> None:
        """Remember the records of a batch that have a parent."""
        if len(self._own) > limits.KEYS:
            return
        for own, parent, text, line in zip(*map(short, values), values[1], lines, strict=True):
            if not parent or parent in NOTHING:  # that is told as what it is
                continue
            row = len(self._own)
            if row < _TEXTS or (len(self._texts) < 2 * _TEXTS and not self._keys.knows(parent)):
                self._texts[row] = text[:_TEXT]
            self._own.append(hash(own))
            self._parents.append(hash(parent))
            self._lines.append(line)

    def end(self) -> None:
        """Report parents that don't exist, and those that go round in a circle."""
        if self._keys.complete:
            known = self._keys.hashes()
            absent = [row for row, mark in enumerate(self._parents) if mark not in known]
            texts = {text for row in absent if (text := self._texts.get(row))}
            near = nearly(texts, list(self._keys)) | dict.fromkeys(texts & PERHAPS, (b"", NOTHING_SHAPE))
            shapes: dict[str, list[int]] = {}
            for row in absent:
                shapes.setdefault(near.get(self._texts.get(row, b""), (b"", ""))[1], []).append(row)
            for shape, rows in shapes.items():
                others = [near[self._texts[row]][0] for row in rows[: self._findings.examples]] if shape else []
                self._report("reference", rows, shape, [self._keys.line(key) for key in others if key])
        self._report("parentCycle", _circles(self._own, self._parents))

    def _report(self, rule: str, rows: Iterable[int], shape: str = "", others: Sequence[int] = ()) -> None:
        every = iter(rows)
        first = list(islice(every, self._findings.places))
        if first:
            self._findings.add(
                rule,
                self._file,
                column=self._header,
                count=len(first) + sum(1 for _ in every),
                lines=[self._lines[row] for row in first],
                values=[decoded(self._texts.get(row, b"")) for row in first[: self._findings.examples]],
                detail=self._file,
                need="optional",
                shape=shape,
                others=others,
                other_file=self._file,
            )


_SETTLED, _ON_THE_WAY, _IN_A_CIRCLE = 1, 2, 3


def _circles(own: Sequence[int], parents: Sequence[int]) -> Iterator[int]:
    """The rows from which the way up leads back to themselves."""
    rows = LastRows(own)
    states = bytearray(len(own))
    for start in range(len(own)):
        way = array("i")
        at = start
        while at >= 0 and not states[at]:
            states[at] = _ON_THE_WAY
            way.append(at)
            at = rows.find(parents[at])
        met = at if at >= 0 and states[at] == _ON_THE_WAY else -1
        state = _SETTLED
        for row in way:
            if row == met:
                state = _IN_A_CIRCLE
            states[row] = state
    return (row for row, mark in enumerate(own) if states[rows.find(mark)] == _IN_A_CIRCLE)
