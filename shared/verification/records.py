"""From blocks of lines to records: whole columns of those that fit, and what is odd about the others.

A block is proved right by counting. One that isn't is cut into records (`quoting`), which are judged by their widths
(`width`), the same text once.
"""

from collections.abc import Iterator, Sequence

from .cells import encoded
from .model import ESCAPED_QUOTES
from .quoting import Cut, cut, whole
from .separated import BY, separated
from .suspects import NOTHING
from .width import BLANK, GOOD, Verdict, Width

BROKEN = 20_000
"""Records with broken quoting after which a file isn't read any further; and records of another width whose cells are
looked at."""
_BLANKS = 400  # more of them are found sooner by looking for two bytes at once
_SHOWN = 100  # places of blank lines that are remembered


class Batch:
    """Records of one width: cells that they lack are empty.

    `lines[i]` is the physical line on which record i starts, `texts[i]` its text.

    `spaced`: there may be blanks around values; `words`: there may be words for nothing. Never false if there are.
    """

    def __init__(
        self,
        lines: Sequence[int],
        cells: list[bytes],
        width: int,
        stride: int,
        texts: Sequence[bytes],
        *,
        spaced: bool = True,
        words: bool = True,
    ) -> None:
        self.lines = lines
        self.texts = texts
        self.spaced = spaced
        self.words = words
        self._cells = cells  # of all records, one after the other
        self._width = width
        self._stride = stride  # from one record to the next
        self._columns: dict[int, list[bytes]] = {}

    def column(self, index: int) -> list[bytes]:
        """The cells of a column, one for each record."""
        column = self._columns.get(index)
        if column is None:
            column = [b""] * len(self.lines)
            if index < self._width:
                column = self._cells[index : len(self.lines) * self._stride : self._stride]
            self._columns[index] = column
        return column

    def row(self, i: int) -> list[bytes]:
        """The cells of a record."""
        return self._cells[i * self._stride : i * self._stride + self._width]

    def only(self, chosen: Sequence[int]) -> "Batch":
        """Some of the records."""
        cells = [cell for i in chosen for cell in self.row(i)]
        lines, texts = [self.lines[i] for i in chosen], [self.texts[i] for i in chosen]
        return Batch(lines, cells, self._width, self._width, texts, spaced=self.spaced)

    def without(self, text: bytes) -> "Batch":
        """The same records with this text taken out of every cell."""
        return Batch(
            self.lines, [cell.replace(text, b"") for cell in self._cells], self._width, self._stride, self.texts
        )


class Odd:
    """Records, or lines, of which something is to be said: the rule that they break, and the line of each.

    `texts` are theirs, `index` the cell that is meant, if one is. `unread`: they are rows, of which nothing else is
    checked; `rows` are then their cells, as far as there aren't too many of them.
    """

    def __init__(
        self,
        rule: str,
        lines: Sequence[int],
        texts: Sequence[bytes] = (),
        *,
        shape: str = "",
        index: int | None = None,
        unread: bool = False,
        rows: Sequence[list[bytes]] = (),
    ) -> None:
        self.rule = rule
        self.lines = lines
        self.texts = texts
        self.shape = shape
        self.index = index
        self.unread = unread
        self.rows = rows


class Blanks:
    """Blank lines inside of the file: how many, and the first of them."""

    def __init__(self, lines: Sequence[int], count: int) -> None:
        self.lines = lines
        self.count = count


Part = Batch | Odd | Blanks


class Records:
    """Cuts lines into records, from the physical line `line` on; `width` says which of them fit.

    Feed it blocks of lines, in order, then call `end`. `rows` counts the records so far, `broken` those with broken
    quoting, `unread` those and the ones of another width.
    """

    def __init__(self, width: Width, line: int) -> None:
        self.rows = 0
        self.broken = 0
        self.unread = 0
        self._width = width
        self._line = line
        self._open: list[bytes] = []  # the start of a record whose quoted cell goes on in the next block
        self._odd_space = True
        self._blank = 0  # blank lines since the last record: harmless at the end of the file
        self._blank_lines: list[int] = []

    @property
    def line(self) -> int:
        """The physical line that comes next."""
        return self._line

    @property
    def _room(self) -> int:
        """So many more records that aren't read are looked at."""
        return max(BROKEN - self.unread, 0)

    @property
    def open(self) -> bool:
        """A record goes on in the next block."""
        return bool(self._open)

    def feed(self, lines: list[bytes], *, quoted: bool, odd_space: bool = True) -> Iterator[Part]:
        """The parts of a block of lines without their line ends.

        `quoted`: there are quotation marks in it. `odd_space`: see `cells`.
        """
        self._odd_space = odd_space
        if self._open:
            lines, self._open = self._open + lines, []
            found = cut(lines, last=False)
        elif not any(lines):
            self._blanks(range(self._line, self._line + len(lines)))
            self._line += len(lines)
            return
        else:
            if level := self._level(lines, quoted=quoted):
                self._line += len(lines)
                yield from self._after_blanks()
                yield from self._as_judged(*level)
                return
            found = (whole(lines) or cut(lines, last=False)) if quoted else Cut(lines, range(len(lines)))
        yield from self._uneven(found, lines)

    def count(self, lines: Sequence[bytes]) -> int:
        """Count the records of lines that nobody needs; gives how many they are."""
        self._open = []
        self._line += len(lines)
        records = len(lines) - lines.count(b"")
        self.rows += records
        return records

    def end(self) -> Iterator[Part]:
        """The parts of what is still open when there are no more lines."""
        if self._open:
            yield from self._uneven(cut(self._open, last=True), self._open)

    def _blanks(self, lines: Sequence[int]) -> None:
        self._blank_lines.extend(lines[: max(_SHOWN - len(self._blank_lines), 0)])
        self._blank += len(lines)

    def _after_blanks(self) -> Iterator[Part]:
        """A record follows: the blank lines before it were inside of the file."""
        if self._blank:
            yield Blanks(self._blank_lines, self._blank)
            self._blank, self._blank_lines = 0, []

    def _level(self, lines: list[bytes], *, quoted: bool) -> tuple[Verdict, Batch] | None:
        """A block in which every line is a record with as many cells as the others: what they are; None if it isn't."""
        if self._width.cells == 1:  # there a blank line looks like a record
            return None
        if quoted:
            first = separated(lines[:1])  # one line tells most blocks that are otherwise
            data = separated(lines) if first and BY in first else None
            if data is None:
                return None
            by, data = BY, data.replace(b"\n", BY + b"\n" + BY)
        else:
            by, data = b",", b",\n,".join(lines)
        cells = data.count(by, 0, data.find(b"\n")) if len(lines) > 1 else data.count(by) + 1
        batch = self._batch(data, by, lines, range(self._line, self._line + len(lines)), cells)
        if batch is None:
            return None
        verdict = self._verdict(batch, data, cells)
        return verdict and (verdict, batch)

    def _verdict(self, batch: Batch, data: bytes, cells: int) -> Verdict | None:
        """What records of so many cells are; None: it can't be said of all of them at once."""
        if cells == self._width.cells:
            return GOOD
        return None if batch.spaced else self._width.judge_all(cells, batch.column, data, batch.texts)

    def _as_judged(self, verdict: Verdict, batch: Batch) -> Iterator[Part]:
        if verdict.unread:
            rows = [batch.row(i) for i in range(min(self._room, len(batch.texts)))]
            yield self._unread(verdict.rule, verdict.shape, batch.lines, batch.texts, rows)
            return
        if verdict.rule:
            yield Odd(verdict.rule, batch.lines, batch.texts, shape=verdict.shape)
        self.rows += len(batch.lines)
        yield batch

    def _batch(self, data: bytes, by: bytes, texts: Sequence[bytes], lines: Sequence[int], width: int) -> Batch | None:
        """Records whose cells are separated by `by`, one from the other by a cell of a line end; None: not so."""
        stride = width + 1
        flat = data.split(by)
        flat += (b"\n", b"")
        if len(flat) != len(texts) * stride + 1 or flat[width::stride].count(b"\n") != len(texts):
            return None
        spaced = self._odd_space or _edged(data, by)
        return Batch(lines, flat, width, stride, texts, spaced=spaced, words=not NOTHING.isdisjoint(flat))

    def _uneven(self, found: Cut, lines: Sequence[bytes]) -> Iterator[Part]:
        """A block with something odd in it: its records are judged one by one."""
        first = self._line
        self._open = found.open
        self._line += len(lines) - len(found.open)
        starts: Sequence[int] = [first + start for start in found.starts]
        if isinstance(found.starts, range):
            starts = range(first, first + len(found.starts))
        kinds = self._kinds(found)
        blank = [starts[i] for i in kinds.pop(BLANK, ())]
        ends = [starts[hits[-1]] for kind, hits in kinds.items() if kind.rule != "noRecord"]  # it follows the last one
        ends += [first + at[-1] for at in found.flaws.values()]
        inside = [line for line in blank if line < max(ends)] if ends else []
        self._blanks(inside)
        if ends:
            yield from self._after_blanks()
        self._blanks(blank[len(inside) :])
        for rule, at in found.flaws.items():
            self.broken += len(at)
            escaped = [i for i in at if b'\\"' in lines[i]] if rule == "strayQuote" else []
            others = sorted(set(at).difference(escaped)) if escaped else at
            for shape, some in ((ESCAPED_QUOTES, escaped), ("", others)):
                texts = [lines[i] for i in some]
                rows = [_cells(text) for text in texts[: self._room]]
                if some:
                    yield self._unread(rule, shape, [first + i for i in some], texts, rows)
        for index, at in found.breaks.items():
            yield Odd("lineBreak", [first + i for i in at], index=index)
        for kind, hits in kinds.items():
            where: Sequence[int] = starts if len(hits) == len(starts) else [starts[i] for i in hits]
            texts = [found.texts[i] for i in hits]
            if kind.unread:
                rows = [_cells(text, found.parsed.get(text)) for text in texts[: self._room]]
                yield self._unread(kind.rule, kind.shape, where, texts, rows)
            elif kind.rule:
                yield Odd(kind.rule, where, texts, shape=kind.shape)
        yield from self._fitting(found, starts, kinds)

    def _kinds(self, found: Cut) -> dict[Verdict, Sequence[int]]:
        """The records by what they are, each by its number; the same text is judged once."""
        texts, cells = found.texts, self._width.judge_cells
        known = {text: cells(row, text) for text, row in found.parsed.items()}
        known |= self._plain(set(texts) - known.keys() if known else set(texts))
        different = set(known.values())
        if len(different) == 1:
            return {different.pop(): range(len(texts))}
        verdicts = list(map(known.__getitem__, texts))
        return {kind: [i for i, verdict in enumerate(verdicts) if verdict == kind] for kind in sorted(different)}

    def _plain(self, texts: set[bytes]) -> dict[bytes, Verdict]:
        """What records without quotation marks are: those that have as many cells at once, if that can be said."""
        known = {b"": BLANK} if b"" in texts else {}
        commas: dict[int, list[bytes]] = {}
        for text in texts - known.keys():
            commas.setdefault(text.count(b","), []).append(text)
        for count, some in commas.items():
            verdict = None
            if count or self._width.cells > 1:  # a blank line looks like a record of one cell
                data = b",\n,".join(some)
                batch = self._batch(data, b",", some, range(len(some)), count + 1)
                verdict = batch and self._verdict(batch, data, count + 1)
            known |= dict.fromkeys(some, verdict) if verdict else {text: self._width.judge(text) for text in some}
        return known

    def _unread(
        self, rule: str, shape: str, lines: Sequence[int], texts: Sequence[bytes], rows: list[list[bytes]]
    ) -> Odd:
        """Records that are rows and not checked any further; `rows` are those of them that there is room for."""
        self.unread += len(texts)
        self.rows += len(texts)
        return Odd(rule, lines, texts, shape=shape, unread=True, rows=rows)

    def _fitting(self, found: Cut, starts: Sequence[int], kinds: dict[Verdict, Sequence[int]]) -> Iterator[Batch]:
        """The records that fit, in the order of the file."""
        fit = sorted(i for kind, hits in kinds.items() if kind.fits for i in hits)
        if not fit:
            return
        texts, width = [found.texts[i] for i in fit], self._width
        fitted, by = texts, b","
        if kinds.keys() - {GOOD}:
            fitted = [text if text in found.parsed else width.fitted(text) for text in texts]
        if found.parsed:
            cells = {text: encoded(BY.decode().join(width.fitted_cells(row))) for text, row in found.parsed.items()}
            fitted = [
                cells[text] if text in cells else line.replace(by, BY) for text, line in zip(texts, fitted, strict=True)
            ]
            by = BY
        batch = self._batch((by + b"\n" + by).join(fitted), by, texts, [starts[i] for i in fit], width.cells)
        if batch is None:
            raise AssertionError("records of one width")
        self.rows += len(fit)
        yield batch


def _cells(text: bytes, parsed: Sequence[str] | None = None) -> list[bytes]:
    """The cells of a record, as far as they can be told."""
    return text.replace(b'"', b"").split(b",") if parsed is None else list(map(encoded, parsed))


def _edged(data: bytes, by: bytes) -> bool:
    """Some of the cells in there, separated by `by`, has a blank at an edge."""
    parts = data.split(b" ", _BLANKS)
    if len(parts) > _BLANKS:
        return b" " + by in data or by + b" " in data or data[:1] == b" " or data[-1:] == b" "
    if len(parts) == 1:
        return False
    edges = {part[:1] for part in parts[1:]} | {part[-1:] for part in parts[:-1]}
    return by in edges or not parts[0] or not parts[-1]
