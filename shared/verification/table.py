"""The rows of one file whose header is understood: batches of records go through the checks of its columns."""

from collections.abc import Iterable, Sequence

from ..formats import FileSpec
from .across import Related
from .alike import report_alike
from .cells import blank, decoded, odd_space, trimmed
from .context import Context
from .encoding import NARROW, beside_utf8, some_utf8
from .firstline import split
from .header import Header
from .keys import Places
from .limits import ROWS, STRANGE
from .model import ALONE, SAME_TABLE
from .others import NO_ROWS, OtherRows
from .overall import report_overall
from .parents import Parents
from .people import People
from .records import BROKEN, Batch, Blanks, Odd, Part, Records
from .second import SecondTable, before
from .suspects import Suspect, rare, suspects
from .swapped import report_swapped
from .twice import Twice
from .width import FEWER, Width
from .wrapped import wrapped

_NEARLY = 0.9  # the share of the rows without an id from which on nothing follows from what refers to them


class Table:
    """The rows of one file. `rows` counts them; empty rows and repeated headers are none."""

    def __init__(self, header: Header, spec: FileSpec, file: str, context: Context) -> None:
        self.rows = 0
        self._short = False  # a row was shorter than the header
        self._blind = False  # too many rows can't be read
        self.hopeless = False
        """Its quoting is so broken that reading on makes no sense."""
        self._header = header
        self._spec = spec
        self._file = file
        self._context = context
        self._findings = context.findings
        self._places = Places()
        self._columns = [context.column_check(spec, file, header, index, self._places) for index in header.columns]
        self._checks = {check.index: check for check in self._columns}
        self._unique = [check for check in self._columns if check.keys is not None]
        known = tuple(header.columns) if len(header.columns) < header.width else ()
        for index, column in header.columns.items():
            if column.secret:
                context.findings.keep_secret(file, header.names[index])
        self._twice = Twice(spec, file, self._unique, self._of_people(), self._places, context.findings, known=known)
        self._across = context.across(spec, file, header)
        self._watched = context.watched(spec, header)
        self._sample = context.sample(spec, header)
        together = {index for indexes, _ in self._across for index in indexes}
        wanted = together | (self._watched.indexes if self._watched else frozenset())
        self._busy = [check for check in self._columns if not check.idle or check.index in wanted]
        needed = sorted(check.index for check in self._columns if check.column.required) or [0]
        width = Width(header.width, needed[-1], header.raw)
        self._others = OtherRows(width, header.raw[needed[0]], needed)
        self._records = Records(width, header.line + 1)
        self._nameless = [index for index, name in enumerate(header.names) if not name and index not in header.columns]
        self._second = SecondTable(header, context.format)
        self._ended = False  # at another table
        self._over = 0  # the line of the first record above the limit
        self._above = 0  # records that were counted, not checked
        self._strange = 0  # lines that are no rows, blank ones apart
        self._first = self._fitting = 0  # the lines of the first and the last record that have the header's width
        self._alone_in = ""  # the header of the last cell that has nothing beside it
        self._utf8 = False  # some row has letters that are
        self._suspects: list[Suspect] = []
        context.give_up(spec, {column.name for column in header.columns.values()})

    @property
    def open(self) -> bool:
        """A quoted cell goes on in the next block."""
        return self._records.open

    def alone_too_short(self, line: bytes) -> bool:
        """The line is shorter than the header, and no row before it was."""
        return not self._short and not self._ended and len(split(decoded(line))) < self._header.width

    def feed(self, block: bytes, lines: list[bytes]) -> None:
        """Check a block, and its lines without their line ends."""
        if self.rows >= ROWS or self._strange >= STRANGE:
            self._over = self._over or self._records.line
            above = self._records.count(lines)
            self._above += above
            self.rows += above
            return
        if self._ended:
            return
        second, file = (-1, "") if self._records.open else self._second.find(block, lines)
        if second >= 0:
            self._ended = True
            self._context.give_up(self._spec)
            shape = SAME_TABLE if file == self._spec.name else ""
            where = [self._records.line + second]
            self._findings.add("secondTable", self._file, lines=where, detail=file, shape=shape)
            lines = before(lines, second)
        odd = rare(block)
        here = suspects(block, odd)
        if not self._utf8 and not odd.isascii():
            damaged = any(suspect.rule == "encoding" for suspect in here)
            self._utf8 = not damaged or some_utf8(lines, odd)
        self._suspects = [*self._suspects, *here] if self._records.open else here
        self._parts(self._records.feed(lines, quoted=b'"' in block, odd_space=odd_space(odd)))
        self.hopeless = self._records.broken > BROKEN

    def end(self) -> int:
        """Check what can only be checked at the end; gives the number of rows."""
        self._parts(self._records.end())
        self.settle()
        if not self.rows:
            self._no_rows()
        if above := max(self.rows - ROWS, self._above):
            self._findings.add("tooManyRows", self._file, count=above, lines=[self._over])
        for _, across in self._across:
            if isinstance(across, Parents | Related):
                across.end()
        return self.rows

    def settle(self) -> None:
        """Report what is known when no more rows come."""
        ids = [check.header for check in self._unique if check.column.required]
        report_overall(self._file, self.rows, (self._first, self._fitting), ids, self._alone_in, self._findings)
        for key in self._findings.of("encoding", self._file) if self._utf8 else ():
            self._findings.rename(*key, beside_utf8(key[3]) if key[3] in NARROW else key[3])
        if report_swapped(self._file, self._columns, self.rows, self._findings):
            self._context.give_up(self._spec)
            return
        for check in self._columns:
            if check.references is not None:
                check.references.settle(self.rows)
        if self._records.unread >= _NEARLY * self.rows > 0:  # nobody knows what is in there
            self._context.give_up(self._spec)
        self._twice.end()
        for check in self._columns:
            self._findings.fold(self._file, check.header)
        for check in self._unique:
            report_alike(self._file, check, self._context)
            if check.keys is not None and check.nothing >= _NEARLY * self.rows > 0:  # nobody knows the ids
                check.keys.drop()
                if self._context.is_referred(self._spec, check.column):
                    self._findings.missing_ids(self._file, check.header)
            if check.keys is not None and self._file in self._findings.dropped:
                check.keys.lose_broken()
        self._twice.fold()
        self._findings.fold_rows(self._file)

    def _of_people(self) -> People | None:
        """What looks at repeated ids in a file of people."""
        if not self._spec.people or len(self._unique) != 2:
            return None
        (ids, names) = [(check.header, check.keys) for check in self._unique if check.keys is not None]
        apart = [index for index, column in self._header.columns.items() if column.name == self._spec.row_for_each]
        detail = "" if self._spec.row_for_each else " Schools and roles of a person are rows of roles.csv."
        return People(self._file, ids, names, next(iter(apart), None), self._places, self._findings, detail)

    def _no_rows(self) -> None:
        if not self._spec.people:
            self._findings.add("noRows", self._file)
        else:
            self._findings.add(
                "people.noRows", self._file, need="optional" if self._context.allow_empty else "required"
            )
            if not self._context.allow_empty:  # whatever refers to them would be told once more
                self._context.give_up(self._spec)

    def _parts(self, parts: Iterable[Part]) -> None:
        for part in parts:
            if isinstance(part, Batch):
                self._batch(part)
            elif isinstance(part, Blanks):
                self._findings.add("blankLine", self._file, count=part.count, lines=part.lines)
            else:
                self._odd(part)

    def _count(self, lines: Sequence[int]) -> None:
        before, self.rows = self.rows, self.rows + len(lines)
        if before <= ROWS < self.rows:
            self._over = lines[ROWS - before]

    def _odd(self, odd: Odd) -> None:
        """Records that don't fit, or of which something is to be said besides."""
        texts = odd.texts
        self._findings.add_hits(
            odd.rule,
            self._file,
            self._header.name(odd.index),
            range(len(odd.lines)),
            odd.lines,
            lambda i: decoded(texts[i]) if texts else "",
            shape=odd.shape,
        )
        self._short = self._short or odd.rule == "fewerCells" or odd.shape == FEWER.shape
        if not odd.unread:
            self._strange += len(odd.lines) if odd.rule in NO_ROWS else 0
            return
        self._count(odd.lines)
        self._remember(odd.rows)
        if len(odd.rows) < len(texts):
            self._lose_sight(odd.lines[len(odd.rows)])
        for line, text in zip(odd.lines, texts, strict=True) if self._suspects else ():
            self._damaged_text(line, text)
        if self._watched:
            self._watched.ragged(odd.rows, odd.lines[: len(odd.rows)])

    def _lose_sight(self, line: int) -> None:
        """Too many records can't be read: what is in them isn't known any more."""
        if not self._blind:
            self._blind = True
            self._context.give_up(self._spec)
            if self._records.broken <= BROKEN:  # or the whole file is given up
                self._findings.add("notChecked", self._file, lines=[line])

    def _tell(self, rule: str, lines: Sequence[int], texts: Sequence[bytes], shape: str = "") -> None:
        """Report whole rows."""
        self._findings.add_hits(
            rule,
            self._file,
            None,
            range(len(lines)),
            lines,
            lambda i: decoded(texts[i]),
            shape=shape,
        )

    def _remember(self, rows: Sequence[Sequence[bytes]]) -> None:
        """The keys of rows that can't be read still count, or every reference to them would be reported too."""
        for check in self._unique:
            if check.keys is not None:
                cells = {row[check.index] for row in rows if check.index < len(row)}
                check.keys.add_broken(check.key(list(map(trimmed, cells))))

    def _batch(self, batch: Batch) -> None:
        batch = self._without_other_rows(batch)
        lines = batch.lines
        if not lines:
            return
        if not self.rows and (rule := wrapped(batch)):
            self._give_up(rule, batch)
            return
        self._count(lines)
        self._first = self._first or lines[0]
        self._fitting = lines[-1]
        self._places.add(lines)
        for suspect in self._suspects:
            batch = self._damaged(batch, suspect)
        if self._nameless:
            self._told_nameless(batch)
        if self._sample:
            self._sample.add(batch)
        values: dict[int, list[bytes]] = {}
        checks = self._columns if batch.spaced or batch.words else self._busy
        for check in checks:
            column = batch.column(check.index)
            values[check.index] = check.trim(column, lines) if batch.spaced else column
        again = self._twice.find(batch, values, self._suspects)
        for check in checks:
            check(values[check.index], lines, words_in=batch.spaced or batch.words)
        for indexes, across in self._across:
            across([values[index] for index in indexes], lines)
        self._lose(values, lines, again)
        if self._watched:
            self._watched.batch(values, lines)

    def _give_up(self, rule: str, batch: Batch) -> None:
        """All cells are in marks that are no part of them: nothing follows from what the rows hold."""
        self._ended = True
        self._context.give_up(self._spec)
        self._tell(rule, batch.lines[:1], batch.texts[:1])
        self._findings.withdraw("headerStyle", self._file, None)  # the names are in them, too
        self._count(batch.lines)

    def _without_other_rows(self, batch: Batch) -> Batch:
        """The batch without rows that are none, which are reported."""
        others = self._others.find(batch)
        for (rule, shape), hits in others.items():
            self._tell(rule, [batch.lines[i] for i in hits], [batch.texts[i] for i in hits], shape)
            if shape == ALONE:
                rows = list(map(batch.row, hits))
                self._remember(rows)
                self._alone_in = next(
                    name for name, cell in zip(self._header.names, rows[-1], strict=False) if not blank(cell)
                )
        out = {i for hits in others.values() for i in hits}
        self._strange += len(out)
        return batch.only([i for i in range(len(batch.lines)) if i not in out]) if out else batch

    def _damaged(self, batch: Batch, suspect: Suspect) -> Batch:
        """Report the cells that are damaged in one way; gives the batch without NULs, if that is it."""
        find = suspect.find
        for index, name in enumerate(self._header.names):
            values = batch.column(index)
            known = self._header.columns.get(index)
            if (known is None or known.secret) and suspect.rule not in ("nul", "encoding"):
                continue
            if find(b"\n".join(values)) is None and suspect.rule != "spreadsheet":
                continue
            shapes: dict[str, list[int]] = {}
            for i, value in enumerate(values):
                cell = trimmed(value) if suspect.rule == "controlCharacter" else value  # around it: `whitespace`
                if cell and (shape := find(cell)) is not None:
                    shapes.setdefault(shape, []).append(i)
            for shape, hits in shapes.items():
                check = self._checks.get(index) if suspect.rule == "spreadsheet" else None
                self._findings.add_hits(
                    suspect.rule,
                    self._file,
                    name or f"number {index + 1}",
                    check.note_changed(shape, hits, values) if check else hits,
                    batch.lines,
                    lambda i, values=values: decoded(values[i]),  # type: ignore[misc]
                    shape=shape,
                )
        return batch.without(b"\0") if suspect.rule == "nul" else batch

    def _damaged_text(self, line: int, text: bytes) -> None:
        """Report what is damaged in a row that has no columns."""
        for suspect in self._suspects:
            if suspect.rule in ("nul", "encoding") and (shape := suspect.find(text)) is not None:
                self._findings.add(suspect.rule, self._file, lines=[line], values=[decoded(text)], shape=shape)

    def _told_nameless(self, batch: Batch) -> None:
        """A column without a name is nobody's matter unless there is something in it."""
        for index in list(self._nameless):
            if any(not blank(cell) for cell in batch.column(index)):
                self._nameless.remove(index)
                self._findings.add("unknownColumn", self._file, column=f"number {index + 1}", lines=[self._header.line])

    def _lose(self, values: dict[int, list[bytes]], lines: Sequence[int], again: dict[int, list[int]]) -> None:
        """The keys of rows that are dropped are lost: what refers to them hangs on them."""
        if self._file not in self._findings.dropped:
            return
        dropped = self._findings.dropped[self._file].among(lines)
        for check in self._unique if dropped else ():
            if check.keys is not None:
                column, repeated = check.key(values[check.index]), set(again[check.index])
                check.keys.lost.update(column[i] for i in dropped if i not in repeated)
