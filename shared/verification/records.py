"""From blocks of lines to batches of records: whole columns with the line of each record.

The fast paths split a block in a few calls and prove by counting that they got it right; whatever they can't
prove goes through the careful path, which reads record by record (RFC 4180) and reports.
"""

import contextlib
import csv
import io
import re
from collections.abc import Iterator, Sequence
from itertools import repeat

from .cells import decoded, encoded
from .stream import LINE

_QUOTED = r'"[^"]*+(?:""[^"]*+)*+'  # without the quotation mark at its end
_CELL = rf'(?:{_QUOTED}"|[^",\n]*+)'
_RECORD = re.compile(rf"{_CELL}(?:,{_CELL})*+\n".encode())
_FLAWLESS = re.compile(rf"(?:{_CELL}(?:,{_CELL})*+\n)*+".encode())
_OPEN = re.compile(rf"(?:{_CELL},)*+{_QUOTED}\Z".encode())
_SHOWN = 100  # places of blank lines that are remembered
_FEW = 3  # a third of the lines: with more of them, csv is quicker for all


class Batch:
    """Records of the header's width. `lines[i]` is the physical line on which record i starts.

    `spaced`: there may be blanks around values; never false if there are.
    """

    def __init__(self, lines: Sequence[int], cells: list[bytes], stride: int, *, spaced: bool = True) -> None:
        self.lines = lines
        self.spaced = spaced
        self._cells = cells  # of all records, one after the other
        self._stride = stride  # from one record to the next

    def column(self, index: int) -> list[bytes]:
        """The cells of a column, one for each record."""
        return self._cells[index : len(self.lines) * self._stride : self._stride]

    def without(self, text: bytes) -> "Batch":
        """The same records with this text taken out of every cell."""
        return Batch(self.lines, [cell.replace(text, b"") for cell in self._cells], self._stride)


class Ragged:
    """Records that don't fit the header. `told`: an oddity has said so already."""

    def __init__(self, lines: Sequence[int], rows: list[list[str]], *, told: bool = False) -> None:
        self.lines = lines
        self.rows = rows
        self.told = told


class Oddity:
    """Something wrong with the syntax: a rule, the first of the lines it is on, and the cell, if known."""

    def __init__(self, rule: str, lines: Sequence[int], count: int = 1, index: int | None = None) -> None:
        self.rule = rule
        self.lines = lines
        self.count = count
        self.index = index


Part = Batch | Ragged | Oddity


class Records:
    """Cuts lines into records of `width` cells, from the physical line `line` on.

    Feed it blocks of lines, in order, then call `end`. `rows` counts the records so far.
    """

    def __init__(self, width: int, line: int) -> None:
        self.rows = 0
        self._width = width
        self._line = line
        self._open: list[bytes] = []  # the start of a record whose quoted cell goes on in the next block
        self._odd_space = True
        self._blank = 0  # blank lines since the last record: harmless at the end of the file
        self._blank_lines: list[int] = []

    def feed(self, lines: list[bytes], *, quoted: bool, odd_space: bool = True) -> Iterator[Part]:
        """The parts of a block of lines without their line ends.

        `quoted`: there are quotation marks in it. `odd_space`: see `cells`.
        """
        self._odd_space = odd_space
        if self._open:
            lines = self._open + lines
            self._open = []
        elif not quoted:
            yield from self._plain(lines)
            return
        batch = self._all_quoted(lines) or self._few_quoted(lines) or self._some_quoted(lines)
        if batch:
            self._line += len(lines)
            yield from self._good(batch)
            return
        yield from self._careful(lines, last=False)

    def end(self) -> Iterator[Part]:
        """The parts of what is still open when there are no more lines."""
        if self._open:
            yield from self._careful(self._open, last=True)

    def _good(self, batch: Batch) -> Iterator[Part]:
        self.rows += len(batch.lines)
        yield from self._after_blanks()
        yield batch

    def _blanks(self, line: int, count: int = 1) -> None:
        self._blank += count
        if len(self._blank_lines) < _SHOWN:
            self._blank_lines.extend(range(line, line + min(count, _SHOWN)))

    def _after_blanks(self) -> Iterator[Part]:
        """A record follows: the blank lines before it were inside of the file."""
        if self._blank:
            yield Oddity("blankLine", self._blank_lines, self._blank)
            self._blank, self._blank_lines = 0, []

    def _plain(self, lines: list[bytes]) -> Iterator[Part]:
        """A block without quotation marks: a line is a record."""
        start = self._line
        self._line += len(lines)
        if not any(lines):
            self._blanks(start, len(lines))
            return
        batch = self._split(lines, start)
        if batch:
            yield from self._good(batch)
        else:
            yield from self._uneven(lines, start)

    def _split(self, lines: list[bytes], start: int) -> Batch | None:
        """A batch of unquoted records; None if they are ragged."""
        if self._width == 1:
            return None
        data = b",\n,".join(lines)
        return self._flat(data.split(b","), len(lines), start, spaced=_edged(data, b","))

    def _flat(self, flat: list[bytes], count: int, start: int, *, spaced: bool) -> Batch | None:
        """A batch of the cells of `count` records, with a line mark between them; None if they are ragged."""
        flat += (b"\n", b"")
        stride = self._width + 1
        if len(flat) != count * stride + 1 or flat[self._width :: stride].count(b"\n") != count:
            return None
        return Batch(range(start, start + count), flat, stride, spaced=spaced or self._odd_space)

    def _uneven(self, lines: list[bytes], start: int) -> Iterator[Part]:
        """Lines without quotation marks, some of them blank or ragged."""
        good: list[int] = []
        ragged: list[int] = []
        wanted = self._width - 1
        for i, commas in enumerate(map(bytes.count, lines, repeat(b","))):
            if not lines[i]:
                self._blanks(start + i)
                continue
            if self._blank:
                yield from self._after_blanks()
            (good if commas == wanted else ragged).append(i)
        self.rows += len(good) + len(ragged)
        if good:
            cells = b",".join([lines[i] for i in good]).split(b",")
            yield Batch([start + i for i in good], cells, self._width)
        if ragged:
            yield Ragged([start + i for i in ragged], [decoded(lines[i]).split(",") for i in ragged])

    def _all_quoted(self, lines: list[bytes]) -> Batch | None:
        """A block in which every cell is quoted and none holds a quotation mark; None if it isn't one."""
        data = b"\n".join(lines)
        if data[:1] + data[-1:] != b'""' or data.count(b'"') != 2 * self._width * len(lines):
            return None
        flat = data[1:-1].replace(b'"\n"', b'","\n","').split(b'","')
        spaced = b" " in data and (b'" ' in data or b' "' in data)
        return self._flat(flat, len(lines), self._line, spaced=spaced)

    def _few_quoted(self, lines: list[bytes]) -> Batch | None:
        """A block in which a few lines hold quotation marks, flawlessly; None if it isn't one.

        Those lines are read by csv; the rest is split around empty records in their places.
        """
        quoted = _with_quotes(lines)
        if self._width == 1 or len(quoted) * _FEW > len(lines):
            return None
        width = self._width
        cells = self._strict([lines[i] for i in quoted])
        if not cells:
            return None
        others = list(lines)
        for i in quoted:
            others[i] = b"," * (width - 1)
        data = b",\n,".join(others)
        flat = data.split(b",")
        spaced = _edged(data, b",") or _edged(b"\n".join(cells), b"\n")
        for at, i in enumerate(quoted):
            flat[i * (width + 1) : (i + 1) * (width + 1) - 1] = cells[at * width : (at + 1) * width]
        return self._flat(flat, len(lines), self._line, spaced=spaced)

    def _some_quoted(self, lines: list[bytes]) -> Batch | None:
        """A block in which quoting is flawless and every record is on one line; None if it isn't one."""
        cells = self._strict(lines)
        if not cells:
            return None
        spaced = self._odd_space or _edged(b"\n".join(cells), b"\n")
        return Batch(range(self._line, self._line + len(lines)), cells, self._width, spaced=spaced)

    def _strict(self, lines: list[bytes]) -> list[bytes] | None:
        """The cells of these lines, if each is a flawless record."""
        data = b"\n".join(lines) + b"\n"
        if not _FLAWLESS.fullmatch(data):
            return None
        try:
            rows = list(csv.reader(io.StringIO(decoded(data), newline="\n"), strict=True))
        except csv.Error:  # a cell above csv's field limit
            return None
        if len(rows) != len(lines) or set(map(len, rows)) != {self._width}:
            return None
        return encoded("\n".join(map("\n".join, rows))).split(b"\n")

    def _careful(self, lines: list[bytes], *, last: bool) -> Iterator[Part]:
        """Record by record."""
        data = b"\n".join(lines) + b"\n"
        starts: dict[str, list[int]] = {"good": [], "ragged": [], "odd": []}
        rows: dict[str, list[list[str]]] = {"good": [], "ragged": [], "odd": []}
        odd: dict[tuple[str, int | None], list[int]] = {}
        at = 0
        while at < len(data):
            match = _RECORD.match(data, at)
            record = match[0] if match else data[at : data.index(b"\n", at) + 1]
            start = self._line
            if not match:
                is_open = _OPEN.match(data, at) is not None
                if is_open and not last and len(data) - at < LINE:
                    self._open = data[at:-1].split(b"\n")
                    break
                odd.setdefault(("unclosedQuote" if is_open else "strayQuote", None), []).append(start)
            at += len(record)
            self._line += record.count(b"\n")
            if record == b"\n":
                self._blanks(start)
                continue
            if self._blank:
                yield from self._after_blanks()
            row = lenient(record)
            if match and self._line > start + 1:
                for index, cell in enumerate(row):
                    if "\n" in cell:
                        odd.setdefault(("lineBreak", index), []).append(start)
            kind = "odd" if not match else "good" if len(row) == self._width else "ragged"
            starts[kind].append(start)
            rows[kind].append(row)
        self.rows += sum(map(len, starts.values()))
        for (rule, column), places in odd.items():
            yield Oddity(rule, places, len(places), column)
        if starts["good"]:
            yield Batch(starts["good"], [encoded(cell) for row in rows["good"] for cell in row], self._width)
        if starts["ragged"]:
            yield Ragged(starts["ragged"], rows["ragged"])
        if starts["odd"]:
            yield Ragged(starts["odd"], rows["odd"], told=True)


def _with_quotes(lines: list[bytes]) -> list[int]:
    """The indexes of the lines that hold quotation marks. Takes as long as there are marks, more than lines."""
    found: list[int] = []
    at = 0
    pieces = b"\n".join(lines).split(b'"')
    for piece in pieces[:-1]:
        at += piece.count(b"\n")
        if not found or found[-1] != at:
            found.append(at)
    return found


def _edged(data: bytes, by: bytes) -> bool:
    """Some of the cells in there, separated by `by`, has a blank at an edge."""
    if b" " not in data:
        return False
    return b" " + by in data or by + b" " in data or data[:1] == b" " or data[-1:] == b" "


def flaw(record: bytes) -> str | None:
    """The rule that the quoting of a record, without its line end, breaks; None if it is flawless."""
    if b'"' not in record or _RECORD.fullmatch(record + b"\n"):
        return None
    return "unclosedQuote" if _OPEN.match(record + b"\n") else "strayQuote"


def lenient(record: bytes) -> list[str]:
    """The cells of one record with its line end, read as leniently as can be."""
    text = decoded(record)
    if '"' in text:
        with contextlib.suppress(csv.Error):
            return next(csv.reader(io.StringIO(text, newline="\n")))
    return text[:-1].split(",")
