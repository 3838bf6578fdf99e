"""From blocks of lines to records: whole columns where a block is as it should be, row by row where it isn't.

Lines without quotation marks are split at their commas, lines with some are read by csv. A block is proved right by
counting; one that isn't goes line by line, in time linear in its bytes whatever they are (RFC 4180, with what breaks it
named).
"""

import csv
import io
import re
from collections.abc import Iterator, Sequence

from .cells import blank, decoded, encoded
from .stream import LINE

BROKEN = 20_000
"""Records with broken quoting after which a file isn't read any further."""
_QUOTED = r'"[^"]*+(?:""[^"]*+)*+'  # without the quotation mark at its end
_CELL = rf'(?:{_QUOTED}"|[^",\n]*+)'
_ROW = rf"{_CELL}(?:,{_CELL})*+"
_INSIDE = r'[^"]*+(?:""[^"]*+)*+'  # of a quoted cell that was opened on a line before
_WHOLE = re.compile(_ROW.encode())
_FLAWLESS = re.compile(rf"(?:{_ROW}\n)*+".encode())
_OPENS = re.compile(rf"(?:{_CELL},)*+{_QUOTED}".encode())
_CLOSES = re.compile(rf'{_INSIDE}"(?:,{_CELL})*+'.encode())
_STAYS = re.compile(rf'{_INSIDE}(?:",(?:{_CELL},)*+{_QUOTED})?+'.encode())
_SHOWN = 100  # places of blank lines that are remembered


class Batch:
    """Records of the header's width. `lines[i]` is the physical line on which record i starts, `texts[i]` its text.

    `spaced`: there may be blanks around values; never false if there are.
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
    ) -> None:
        self.lines = lines
        self.texts = texts
        self.spaced = spaced
        self._cells = cells  # of all records, one after the other
        self._width = width
        self._stride = stride  # from one record to the next

    def column(self, index: int) -> list[bytes]:
        """The cells of a column, one for each record."""
        return self._cells[index : len(self.lines) * self._stride : self._stride]

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


class Rows:
    """Records one by one, of any width, in the order of the file. `broken`: their quoting is, which has been told."""

    def __init__(self, lines: list[int], rows: list[list[bytes]], texts: list[bytes], *, broken: bool = False) -> None:
        self.lines = lines
        self.rows = rows
        self.texts = texts
        self.broken = broken

    def add(self, line: int, text: bytes, row: list[bytes]) -> None:
        """Add a record."""
        self.lines.append(line)
        self.texts.append(text)
        self.rows.append(row)


class Oddity:
    """Something wrong with the syntax: a rule, the first of the lines it is on, and the cell, if known."""

    def __init__(self, rule: str, lines: Sequence[int], count: int = 1, index: int | None = None) -> None:
        self.rule = rule
        self.lines = lines
        self.count = count
        self.index = index


Part = Batch | Rows | Oddity


class Records:
    """Cuts lines into records of `width` cells, from the physical line `line` on.

    Feed it blocks of lines, in order, then call `end`. `rows` counts the records so far, `broken` those with broken
    quoting.
    """

    def __init__(self, width: int, line: int) -> None:
        self.rows = 0
        self.broken = 0
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
        elif not any(lines):
            self._blanks(len(lines))
            return
        elif batch := self._even(lines, quoted=quoted):
            self._line += len(lines)
            self.rows += len(lines)
            yield from self._after_blanks()
            yield batch
            return
        yield from self._uneven(lines, last=False)

    def count(self, lines: Sequence[bytes]) -> None:
        """Count the records of lines that nobody needs."""
        self._open = []
        self._line += len(lines)
        self.rows += len(lines) - lines.count(b"")

    def end(self) -> Iterator[Part]:
        """The parts of what is still open when there are no more lines."""
        if self._open:
            yield from self._uneven(self._open, last=True)

    def _blanks(self, count: int) -> None:
        room = max(_SHOWN - len(self._blank_lines), 0)
        self._blank_lines.extend(range(self._line, self._line + min(count, room)))
        self._blank += count
        self._line += count

    def _after_blanks(self) -> Iterator[Part]:
        """A record follows: the blank lines before it were inside of the file."""
        if self._blank:
            yield Oddity("blankLine", self._blank_lines, self._blank)
            self._blank, self._blank_lines = 0, []

    def _even(self, lines: list[bytes], *, quoted: bool) -> Batch | None:
        """A block in which every line is a record of the right width; None if it isn't one."""
        width = self._width
        if width == 1:
            return None
        with_quotes = [i for i, line in enumerate(lines) if b'"' in line] if quoted else []
        others = lines
        cells: list[bytes] = []
        if with_quotes:
            read = self._read([lines[i] for i in with_quotes])
            if not read:
                return None
            cells = read
            others = list(lines)
            for i in with_quotes:
                others[i] = b"," * (width - 1)
        data = b",\n,".join(others)
        flat = data.split(b",")
        flat += (b"\n", b"")
        stride = width + 1
        if len(flat) != len(lines) * stride + 1 or flat[width::stride].count(b"\n") != len(lines):
            return None
        for at, i in enumerate(with_quotes):
            flat[i * stride : i * stride + width] = cells[at * width : (at + 1) * width]
        spaced = self._odd_space or _edged(data, b",") or (bool(cells) and _edged(b"\n".join(cells), b"\n"))
        return Batch(range(self._line, self._line + len(lines)), flat, width, stride, lines, spaced=spaced)

    def _read(self, lines: list[bytes]) -> list[bytes] | None:
        """The cells of these lines, if each is a flawless record of the right width."""
        data = b"\n".join(lines)
        if not _FLAWLESS.fullmatch(data + b"\n"):
            return None
        try:
            rows = list(csv.reader(io.StringIO(decoded(data), newline="\n"), strict=True))
        except csv.Error:  # a cell above csv's field limit
            return None
        if len(rows) != len(lines) or set(map(len, rows)) != {self._width}:
            return None
        return encoded("\n".join(map("\n".join, rows))).split(b"\n")

    def _uneven(self, lines: list[bytes], *, last: bool) -> Iterator[Part]:
        """Line by line."""
        good, broken = Rows([], [], []), Rows([], [], [], broken=True)
        odd: dict[tuple[str, int | None], list[int]] = {}
        i = 0
        while i < len(lines):
            line, start = lines[i], self._line
            rule, many = _look(lines, i)
            if rule == "unclosedQuote" and not last and sum(map(len, lines[i:])) < LINE:
                self._open = lines[i:]
                break
            i += many
            if rule == "blankLine":
                self._blanks(1)
                continue
            self._line += many
            yield from self._after_blanks()
            if rule:
                odd.setdefault((rule, None), []).append(start)
                broken.add(start, line, line.replace(b'"', b"").split(b","))
                continue
            text = line if many == 1 else b"\n".join(lines[i - many : i])
            row = text.split(b",") if b'"' not in text else list(map(encoded, _parsed(decoded(text))))
            good.add(start, text, row)
            if many > 1:
                for index in (index for index, cell in enumerate(row) if b"\n" in cell):
                    odd.setdefault(("lineBreak", index), []).append(start)
        self.rows += len(good.rows) + len(broken.rows)
        self.broken += len(broken.rows)
        for (rule, column), places in odd.items():
            yield Oddity(rule, places, len(places), column)
        yield from (rows for rows in (good, broken) if rows.rows)


def _look(lines: Sequence[bytes], i: int) -> tuple[str, int]:
    """What begins on a line: the rule that it breaks, if any, and how many lines it takes.

    `unclosedQuote`: a quoted cell is still open at the end of the lines.
    """
    line = lines[i]
    if b'"' not in line:
        return ("blankLine" if blank(line) else ""), 1
    if _WHOLE.fullmatch(line):
        return "", 1
    if not _OPENS.fullmatch(line):
        return "strayQuote", 1
    for end in range(i + 1, len(lines)):
        if b'"' in lines[end] and not _STAYS.fullmatch(lines[end]):
            return ("", end - i + 1) if _CLOSES.fullmatch(lines[end]) else ("strayQuote", 1)
    return "unclosedQuote", 1


def _parsed(text: str) -> list[str]:
    """The cells of one flawless record."""
    try:
        return next(csv.reader(io.StringIO(text, newline="\n")))
    except csv.Error:  # a cell above csv's field limit
        return text.split(",")


def _edged(data: bytes, by: bytes) -> bool:
    """Some of the cells in there, separated by `by`, has a blank at an edge."""
    if b" " not in data:
        return False
    return b" " + by in data or by + b" " in data or data[:1] == b" " or data[-1:] == b" "


def flaw(record: bytes) -> str | None:
    """The rule that the quoting of a record, without its line end, breaks; None if it is flawless."""
    return _look([record], 0)[0] or None if b'"' in record else None
