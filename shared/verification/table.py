"""The rows of one file whose header is understood: batches of records go through the checks of its columns."""

from collections.abc import Iterable, Sequence

from ..formats import FileSpec
from .across import UniqueTogether
from .cells import encoded, trimmed
from .context import Context
from .damage import Damage
from .header import Header
from .parents import Parents
from .records import Batch, Part, Ragged, Records

ROWS = 500_000
"""The documented limit of data rows in a file."""


class Table:
    """The rows of one file."""

    def __init__(self, header: Header, spec: FileSpec, file: str, context: Context) -> None:
        self._header = header
        self._file = file
        self._people = spec.people
        self._allow_empty = context.allow_empty
        self._findings = context.findings
        self.damage = Damage(file, header, context.findings)
        self._records = Records(header.width, 2)
        self._columns = [context.column_check(spec, file, header, index) for index in header.columns]
        self._across = context.across(spec, file, header)
        self._watched = context.watched(spec, header)
        together = frozenset(index for indexes, _ in self._across for index in indexes)
        self._together = together | (self._watched.indexes if self._watched else frozenset())
        self._count = 0
        self._over = 0  # the line of the first record above the limit
        context.give_up(spec, {column.name for column in header.columns.values()})

    def feed(self, lines: list[bytes], *, quoted: bool, odd_space: bool) -> None:
        """Check a block of lines. For the rest see `Records.feed`."""
        self._parts(self._records.feed(lines, quoted=quoted, odd_space=odd_space))

    def end(self) -> int:
        """Check what can only be checked at the end; gives the number of rows."""
        self._parts(self._records.end())
        self.settle()
        rows = self._records.rows
        if not rows:
            self._no_rows()
        if rows > ROWS:
            self._findings.add("tooManyRows", self._file, count=rows - ROWS, lines=[self._over])
        for _, across in self._across:
            if isinstance(across, Parents):
                across.end()
        return rows

    def _no_rows(self) -> None:
        if not self._people:
            self._findings.add("noRows", self._file)
        else:
            self._findings.add("people.noRows", self._file, need="optional" if self._allow_empty else "required")

    def settle(self) -> None:
        """Report the duplicates that are still to be reported; no more rows come."""
        for check in self._columns:
            check.settle()
        for _, across in self._across:
            if isinstance(across, UniqueTogether):
                across.settle()

    def _parts(self, parts: Iterable[Part]) -> None:
        for part in self.damage.mended(parts):
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
        seen: dict[int, list[bytes]] = {}
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
        if self._watched:
            self._watched.batch(seen, batch.lines)

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
            if check.column.unique:
                rows = [row for row in ragged.rows if check.index < len(row)]
                check.remember([trimmed(encoded(row[check.index])) for row in rows])
        if self._watched:
            self._watched.ragged(ragged.rows, ragged.lines)
