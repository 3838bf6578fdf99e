"""A record that has not the header's width: what it is, and whether it can be read all the same."""

import re
from collections.abc import Callable, Collection, Sequence
from typing import NamedTuple

from .cells import SPACE, blank, decoded
from .model import CURLY, ESCAPED_COMMAS, GLUED, TWO_ROWS
from .strangers import any_stranger, stranger, total

DELIMITERS = {";": "semicolons", "\t": "tabs", "|": "vertical bars"}
"""What else than commas separates cells, and what it is called."""


class Verdict(NamedTuple):
    """What a record is: the rule that it breaks and in which way. `fits`: it is checked like any other."""

    rule: str
    shape: str = ""
    fits: bool = False
    unread: bool = False
    """It is a row all the same, though not checked."""


GOOD = Verdict("", fits=True)
BLANK = Verdict("blankLine")
_EMPTY = Verdict("emptyRow")
_HEADER = Verdict("repeatedHeader")
_TWO = Verdict("columnCount", TWO_ROWS, unread=True)
_WIDE = 4  # cells of a row from which on no text with commas makes one look like two
_GLUED = Verdict("repeatedHeader", GLUED, unread=True)
_SURPLUS = Verdict("surplusCells", fits=True)
_SHORT = Verdict("fewerCells", fits=True)
MORE = Verdict("columnCount", "more cells than the header", unread=True)
FEWER = Verdict("columnCount", "fewer cells than the header", unread=True)
_CURLY = Verdict("columnCount", CURLY, unread=True)
_ESCAPED = Verdict("columnCount", ESCAPED_COMMAS, unread=True)
_OTHER_MARKS = tuple(
    (mark.encode(), Verdict("columnCount", f"{name} between the cells, where the header has commas", unread=True))
    for mark, name in DELIMITERS.items()
)
_NOTHING = SPACE + ","
_WORD = 20  # bytes in which a total says that it is one
_MARKS = tuple(mark for mark, _ in _OTHER_MARKS)
_QUOTES = re.compile(b"\xe2\x80[\x9c-\x9f]|\xc2[\xab\xbb]")  # curly ones


class Width:
    """The width of a file's records. `last` is the index of the last cell that each needs, `names` are the header's."""

    def __init__(self, width: int, last: int = 0, names: Collection[str] = ()) -> None:
        self.cells = width
        self._last = last
        self._names = _as_set(names)
        self._name = max(filter(str.isascii, self._names), key=len, default="").encode()

    def judge(self, text: bytes) -> Verdict:
        """Say what a record without quotation marks is."""
        commas = text.count(b",")
        if commas == self.cells - 1 and (commas or text):
            return GOOD if commas or not blank(text) else BLANK
        if blank(text):
            return BLANK
        *head, rest = [*text.split(b",", self.cells), b""][: self.cells + 1]
        return self._judge(commas + 1, [decoded(cell) for cell in head], decoded(rest), text)

    def judge_all(
        self, count: int, column: Callable[[int], Sequence[bytes]], data: bytes, texts: Sequence[bytes]
    ) -> Verdict | None:
        """Say what records of another width are that have `count` cells each, none with blanks around it.

        `column` gives their columns, `data` is all of them. None: it can't be said of all of them at once.
        """
        small = data.lower()
        if b"--" in data or not self._name or self._name in small or total(small):
            return None  # some of them may be the header, or have it at their end, or no record at all
        if not any(all(column(index)) for index in range(1, min(count, self.cells))) and (
            b"" in column(0) or any_stranger(texts)
        ):
            return None  # some of them may be empty, or no record at all
        if count <= self.cells:
            return _SHORT if count > self._last else None if any(mark in data for mark in _MARKS) else FEWER
        surplus = [column(index) for index in range(self.cells, count)]
        if any(map(all, surplus)):
            if count == 2 * self.cells - 1 and self.cells >= _WIDE:
                return _TWO
            return None if b"\\," in data or _QUOTES.search(data) else MORE
        return None if b"\\," in data or any(map(any, surplus)) else _SURPLUS

    def judge_cells(self, row: Sequence[str], text: bytes) -> Verdict:
        """Say what a record is whose cells are known."""
        if len(row) == self.cells:
            return GOOD
        return self._judge(len(row), row[: self.cells], ",".join(row[self.cells :]), text) if any(row) else _EMPTY

    def is_header(self, row: Sequence[str]) -> bool:
        """The cells are the column names again, case apart."""
        first = row[0].strip(SPACE).lower() if row else ""
        return (not first or first in self._names) and bool(self._names) and _as_set(row) == self._names

    def _wide(self, head: Sequence[str], more: int, text: bytes, *, surplus: bool) -> Verdict:
        """What a row is that has so many more cells than the header. `surplus`: there is something in them.

        If not, a comma in a text may have moved others to the right all the same: there is a blank behind it.
        """
        if sum(cell.endswith("\\") for cell in head) == more:
            return _ESCAPED
        if surplus or sum(cell.startswith(" ") for cell in head[1:]) == more:
            return _CURLY if _QUOTES.search(text) else MORE
        return _SURPLUS

    def _ends_with_header(self, cell: str, rest: str) -> bool:
        """After a cell comes the header without a line end between them."""
        names = _as_set(rest.split(","))
        first = tuple(self._names - names)
        return bool(names) and names < self._names and len(first) == 1 and cell.lower().endswith(first)

    def fitted(self, text: bytes) -> bytes:
        """A record without quotation marks that fits, in the right width."""
        cells = text.split(b",", self.cells)
        return b",".join(cells[: self.cells]) + b"," * (self.cells - len(cells))

    def fitted_cells(self, row: Sequence[str]) -> Sequence[str]:
        """The cells of a record that fits, in the right number."""
        return row if len(row) == self.cells else [*row[: self.cells], *[""] * (self.cells - len(row))]

    def _judge(self, count: int, head: Sequence[str], rest: str, text: bytes) -> Verdict:
        surplus = bool(rest.strip(_NOTHING))
        if not surplus and not "".join(head).strip(SPACE):
            return _EMPTY
        if self.is_header(head):
            return _HEADER
        alone = not any(head[1:]) or text[:3].strip(b'"')[:2] == b"--" or total(text[:_WORD].lower())
        if alone and (shape := stranger(text)):
            return Verdict("noRecord", shape)
        if surplus and count == 2 * self.cells - 1:
            if self._ends_with_header(head[-1], rest):
                return _GLUED
            if self.cells >= _WIDE:
                return _TWO
        if count > self.cells:
            return self._wide(head, count - self.cells, text, surplus=surplus)
        if count > self._last:
            return _SHORT
        return next((verdict for mark, verdict in _OTHER_MARKS if text.count(mark) >= max(self._last, count)), FEWER)


def _as_set(names: Collection[str]) -> set[str]:
    return {name.strip(SPACE).lower() for name in names} - {""}
