"""From blocks of text to batches of records: whole columns with the line of each record.

The fast paths split a block in a few calls and prove by counting that they got it right; whatever they can't
prove goes through the careful path, which reads record by record (RFC 4180) and reports.
"""

import contextlib
import csv
import io
import re
from collections.abc import Iterator, Sequence
from itertools import repeat

from .spaces import SPACE
from .stream import LINE

_QUOTED = r'"[^"]*+(?:""[^"]*+)*+'  # without the quotation mark at its end
_CELL = rf'(?:{_QUOTED}"|[^",\n]*+)'
_RECORD = re.compile(rf"{_CELL}(?:,{_CELL})*+\n")
_FLAWLESS = re.compile(rf"(?:{_CELL}(?:,{_CELL})*+\n)*+")
_OPEN = re.compile(rf"(?:{_CELL},)*+{_QUOTED}\Z")
_SHOWN = 100  # places of blank lines that are remembered
_FEW = 3  # a third of the lines: with more of them, csv is quicker for all


class Batch:
    """Records of the header's width. `lines[i]` is the physical line on which record i starts.

    `spaced`: there may be blanks around values; never false if there are.
    """

    def __init__(
        self, lines: Sequence[int], cells: list[str] | list[list[str]], *, stride: int = 0, spaced: bool = True
    ) -> None:
        self.lines = lines
        self.spaced = spaced
        self._cells = cells
        self._stride = stride  # with it, `cells` is one flat list with a line mark after each record

    def column(self, index: int) -> list[str]:
        """The cells of a column, one for each record."""
        if self._stride:
            return self._cells[index : -1 : self._stride]  # type: ignore[return-value]
        return [row[index] for row in self._cells]

    def replace(self, index: int, row: list[str]) -> None:
        """Put a record in the place of another (flat batches only)."""
        self._cells[index * self._stride : (index + 1) * self._stride - 1] = row  # type: ignore[assignment]
        self.spaced = self.spaced or any(cell.strip(SPACE) != cell for cell in row)


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
    """Cuts text into records of `width` cells, from the physical line `line` on.

    Feed it blocks of whole lines, in order, then call `end`. `rows` counts the records so far.
    """

    def __init__(self, width: int, line: int) -> None:
        self.rows = 0
        self._width = width
        self._line = line
        self._open = ""  # the start of a record whose quoted cell goes on in the next block
        self._odd_space = True
        self._blank = 0  # blank lines since the last record: harmless at the end of the file
        self._blank_lines: list[int] = []

    @property
    def is_open(self) -> bool:
        """The next block begins inside of a quoted cell."""
        return bool(self._open)

    def feed(self, text: str, *, odd_space: bool = True) -> Iterator[Part]:
        """The parts of a block. `text` has LF line ends and ends with one. `odd_space`: see `spaces`."""
        self._odd_space = odd_space
        text = self._open + text
        self._open = ""
        if '"' not in text:
            yield from self._plain(text)
            return
        batch = self._all_quoted(text) or self._few_quoted(text) or self._some_quoted(text)
        if batch:
            self._line += len(batch.lines)
            yield from self._good(batch)
            return
        yield from self._careful(text, last=False)

    def end(self) -> Iterator[Part]:
        """The parts of what is still open when there is no more text."""
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

    def _split(self, text: str, count: int) -> Batch | None:
        """A batch of `count` unquoted records, with a line mark for a cell after each; None if they are ragged."""
        spaced = " " in text and (" ," in text or ", " in text or text[0] == " ")
        return self._flat(text.split(","), count, spaced=spaced)

    def _flat(self, flat: list[str], count: int, *, spaced: bool) -> Batch | None:
        stride = self._width + 1
        if len(flat) != count * stride + 1 or flat[self._width :: stride].count("\n") != count:
            return None
        lines = range(self._line, self._line + count)
        return Batch(lines, flat, stride=stride, spaced=spaced or self._odd_space)

    def _plain(self, text: str) -> Iterator[Part]:
        """A block without quotation marks: a line is a record."""
        count = text.count("\n")
        if count == len(text):
            self._blanks(self._line, count)
            self._line += count
            return
        batch = self._split(text.replace("\n", ",\n,"), count) if self._width > 1 else None
        if batch:
            yield from self._good(batch)
        else:
            yield from self._uneven(text.split("\n")[:-1], self._line)
        self._line += count

    def _uneven(self, lines: list[str], start: int) -> Iterator[Part]:
        """Lines without quotation marks, some of them blank or ragged."""
        good: list[int] = []
        ragged: list[int] = []
        wanted = self._width - 1
        for i, commas in enumerate(map(str.count, lines, repeat(","))):
            if not lines[i]:
                self._blanks(start + i)
                continue
            if self._blank:
                yield from self._after_blanks()
            (good if commas == wanted else ragged).append(i)
        self.rows += len(good) + len(ragged)
        if good:
            yield Batch([start + i for i in good], [lines[i].split(",") for i in good])
        if ragged:
            yield Ragged([start + i for i in ragged], [lines[i].split(",") for i in ragged])

    def _all_quoted(self, text: str) -> Batch | None:
        """A block in which every cell is quoted and none holds a quotation mark; None if it isn't one."""
        count = text.count("\n")
        if text[0] != '"' or text[-2:] != '"\n' or text.count('"') != 2 * self._width * count:
            return None
        flat = text[1:-2].replace('"\n"', '","\n","').split('","')
        flat += ("\n", "")
        return self._flat(flat, count, spaced=" " in text and ('" ' in text or ' "' in text))

    def _few_quoted(self, text: str) -> Batch | None:
        """A block in which a few lines hold quotation marks, flawlessly; None if it isn't one.

        Those lines are read by csv; the rest is split around empty records in their places.
        """
        lines = text.split("\n")[:-1]
        quoted = [i for i, line in enumerate(lines) if '"' in line]
        if self._width < 2 or len(quoted) * _FEW > len(lines):
            return None
        rows = self._strict("\n".join([lines[i] for i in quoted]) + "\n", len(quoted))
        if not rows:
            return None
        for i in quoted:
            lines[i] = "," * (self._width - 1)
        batch = self._split(",\n,".join(lines) + ",\n,", len(lines))
        if batch:
            for i, row in zip(quoted, rows, strict=True):
                batch.replace(i, row)
        return batch

    def _some_quoted(self, text: str) -> Batch | None:
        """A block in which quoting is flawless and every record is on one line; None if it isn't one."""
        rows = self._strict(text, text.count("\n"))
        return Batch(range(self._line, self._line + len(rows)), rows) if rows else None

    def _strict(self, text: str, count: int) -> list[list[str]] | None:
        """The rows of a text, if it is that many records of one line each, all of them flawless."""
        if not _FLAWLESS.fullmatch(text):
            return None
        try:
            rows = list(csv.reader(io.StringIO(text, newline="\n"), strict=True))
        except csv.Error:  # a cell above csv's field limit
            return None
        return rows if len(rows) == count and set(map(len, rows)) == {self._width} else None

    def _careful(self, text: str, *, last: bool) -> Iterator[Part]:
        """Record by record."""
        lines: dict[str, list[int]] = {"good": [], "ragged": [], "odd": []}
        rows: dict[str, list[list[str]]] = {"good": [], "ragged": [], "odd": []}
        odd: dict[tuple[str, int | None], list[int]] = {}
        at = 0
        while at < len(text):
            match = _RECORD.match(text, at)
            record = match[0] if match else text[at : text.index("\n", at) + 1]
            start = self._line
            if not match:
                is_open = _OPEN.match(text, at) is not None
                if is_open and not last and len(text) - at < LINE:
                    self._open = text[at:]
                    break
                odd.setdefault(("unclosedQuote" if is_open else "strayQuote", None), []).append(start)
            at += len(record)
            self._line += record.count("\n")
            if record == "\n":
                self._blanks(start)
                continue
            if self._blank:
                yield from self._after_blanks()
            row = cells(record)
            if match and self._line > start + 1:
                for index, cell in enumerate(row):
                    if "\n" in cell:
                        odd.setdefault(("lineBreak", index), []).append(start)
            kind = "odd" if not match else "good" if len(row) == self._width else "ragged"
            lines[kind].append(start)
            rows[kind].append(row)
        self.rows += sum(map(len, lines.values()))
        for (rule, column), places in odd.items():
            yield Oddity(rule, places, len(places), column)
        if lines["good"]:
            yield Batch(lines["good"], rows["good"])
        if lines["ragged"]:
            yield Ragged(lines["ragged"], rows["ragged"])
        if lines["odd"]:
            yield Ragged(lines["odd"], rows["odd"], told=True)


def cells(record: str) -> list[str]:
    """The cells of one record, read as leniently as can be."""
    if '"' in record:
        with contextlib.suppress(csv.Error):
            return next(csv.reader(io.StringIO(record, newline="\n")))
    return record[:-1].split(",")
