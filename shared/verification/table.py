"""The rows of one file whose header is understood: batches of records go through the checks of its columns."""

import re
from collections.abc import Iterable, Sequence

from ..formats import FileSpec
from .across import Parents
from .context import Context
from .header import Header
from .records import Batch, Part, Ragged, Records, cells
from .spaces import SPACE

ROWS = 500_000
"""The documented limit of data rows in a file."""
_SURROGATE = re.compile("[\udc80-\udcff]")
_NUL = re.compile("\0")


class Table:
    """The rows of one file."""

    def __init__(self, header: Header, spec: FileSpec, file: str, context: Context) -> None:
        self._header = header
        self._file = file
        self._findings = context.findings
        self._records = Records(header.width, 2)
        self._columns = [context.column_check(spec, file, header, index) for index in header.columns]
        self._across = context.across(spec, file, header)
        self._together = frozenset(index for indexes, _ in self._across for index in indexes)
        self._count = 0
        self._over = 0  # the line of the first record above the limit
        context.give_up(spec, {column.name for column in header.columns.values()})

    def feed(self, text: str, *, odd_space: bool) -> None:
        """Check a block of whole lines. `odd_space`: see `spaces`."""
        self._parts(self._records.feed(text, odd_space=odd_space))

    def end(self) -> int:
        """Check what can only be checked at the end; gives the number of rows."""
        self._parts(self._records.end())
        rows = self._records.rows
        if not rows:
            self._findings.add("noRows", self._file)
        if rows > ROWS:
            self._findings.add("tooManyRows", self._file, count=rows - ROWS, lines=[self._over])
        for _, across in self._across:
            if isinstance(across, Parents):
                across.end()
        return rows

    def odd(self, text: str, start: int, encoding: str) -> str:
        """Report bytes that aren't UTF-8 (`encoding`: what they seem to be; empty if there are none) and NULs.

        `start` is the text's first line. Gives the text without NULs.
        """
        if encoding and _SURROGATE.search(text):
            self._report_odd("encoding", _SURROGATE, text, start, encoding)
        if "\0" in text:
            self._report_odd("nul", _NUL, text, start, "")
            text = text.replace("\0", "")
        return text

    def _report_odd(self, rule: str, pattern: re.Pattern[str], text: str, start: int, detail: str) -> None:
        by_column: dict[str | None, tuple[list[int], list[str]]] = {}
        for number, line in enumerate(text.split("\n"), start):
            if pattern.search(line):
                index, cell = next((i, c) for i, c in enumerate(cells(line + "\n")) if pattern.search(c))
                name = self._header.name(index) if number > 1 else None
                lines, values = by_column.setdefault(name, ([], []))
                lines.append(number)
                values.append(cell)
        for column, (lines, values) in by_column.items():
            self._findings.add(
                rule, self._file, column=column, count=len(lines), lines=lines, values=values, detail=detail
            )

    def _parts(self, parts: Iterable[Part]) -> None:
        for part in parts:
            if isinstance(part, Batch):
                self._limit(part.lines)
                self._batch(part)
            elif isinstance(part, Ragged):
                self._limit(part.lines)
                self._ragged(part)
            else:
                name = self._header.name(part.index)
                self._findings.add(part.rule, self._file, column=name, count=part.count, lines=part.lines)

    def _limit(self, lines: Sequence[int]) -> None:
        self._count += len(lines)
        if self._count > ROWS and not self._over:
            self._over = lines[len(lines) - (self._count - ROWS)]

    def _batch(self, batch: Batch) -> None:
        seen: dict[int, list[str]] = {}
        for check in self._columns:
            if check.idle and not batch.spaced and check.index not in self._together:
                continue
            values = batch.column(check.index)
            if batch.spaced:
                values = check.trim(values, batch.lines)
            if not check.idle:
                check(values, batch.lines)
            if check.index in self._together:
                seen[check.index] = values
        for indexes, across in self._across:
            across([seen[index] for index in indexes], batch.lines)

    def _ragged(self, ragged: Ragged) -> None:
        """Their keys still count, or every reference to them would be reported too."""
        if not ragged.told:
            self._findings.add_hits(
                "columnCount",
                self._file,
                None,
                range(len(ragged.lines)),
                ragged.lines,
                lambda i: ",".join(ragged.rows[i]),
            )
        for check in self._columns:
            if check.keys is not None:
                values = [row[check.index].strip(SPACE) for row in ragged.rows if check.index < len(row)]
                check.keys.add(check.key(values))
