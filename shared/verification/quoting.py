"""Where records with quotation marks begin and end (RFC 4180), and what breaks that.

Flawless stretches of lines are found by one expression and read by csv at once; only where it stops are lines looked at
one by one. All of it is linear in its bytes, whatever they are.
"""

import csv
import io
import re
from collections.abc import Sequence

import msgspec

from .cells import decoded
from .stream import LINE

csv.field_size_limit(16 * LINE)  # a record is longer than a cell may be by default, by the block in which it ends
QUOTE = ord('"')
"""A quotation mark as a byte: whether a number is in bytes is seen many times faster than whether bytes are."""
_QUOTED = r'="[^",\n]*+|"[^"]*+(?:""[^"]*+)*+'  # without the quotation mark at its end; ="…" is how tools keep zeros
_INNER = r'[^"]*+(?:""[^"]*+)*+'
_CELL = rf'(?:(?:{_QUOTED})"|[^",\n]*+)'
_ROW = rf"{_CELL}(?:,{_CELL})*+"
_FLAWLESS = re.compile(rf"(?:{_ROW}\n)*+".encode())
_OPENS = re.compile(rf'(?:{_CELL},)*+"{_INNER}'.encode())
_STAYS = re.compile(rf'{_INNER}(?:",(?:{_CELL},)*+"{_INNER})?+'.encode())


class Cut(msgspec.Struct):
    """Lines cut into records. Lines are counted from 0."""

    texts: list[bytes] = []
    starts: Sequence[int] = ()
    """The first line of each record."""
    parsed: dict[bytes, list[str]] = {}
    """The cells of the records with quotation marks, by their text."""
    breaks: dict[int, list[int]] = {}
    """The first lines of records with a line break in a cell, by the cell."""
    flaws: dict[str, list[int]] = {}
    """Lines whose quoting is broken, by the rule that they break."""
    open: list[bytes] = []
    """The lines of a record that isn't over."""


def whole(lines: list[bytes]) -> Cut | None:
    """The records of lines each of which is a flawless one; None if they are not."""
    different = list(dict.fromkeys(line for line in lines if QUOTE in line))
    data = b"\n".join([*different, b""])
    if not _FLAWLESS.fullmatch(data):
        return None
    rows = list(csv.reader(_text(data), strict=True))
    if len(rows) != len(different):  # a cell goes on from one to the other
        return None
    return Cut(lines, range(len(lines)), dict(zip(different, rows, strict=True)))


def cut(lines: list[bytes], *, last: bool) -> Cut:
    """Cut lines into records. `last`: no more lines come, so that one that is open then is broken."""
    found, starts = Cut(), list[int]()
    data = b"\n".join([*lines, b""])
    at = line = 0
    while line < len(lines):
        end = _end_of(data, at)
        _add(found, starts, lines, line, data[at:end])
        line += data.count(b"\n", at, end)
        if line == len(lines):
            break
        rule = _broken(lines, line)
        if rule == "unclosedQuote" and not last and len(data) - end <= LINE:
            found.open = lines[line:]
            break
        found.flaws.setdefault(rule, []).append(line)
        at = end + len(lines[line]) + 1
        line += 1
    found.starts = starts
    return found


def flaw(record: bytes) -> str | None:
    """The rule that the quoting of a record, without its line end, breaks; None if it is flawless."""
    return None if b'"' not in record or _FLAWLESS.fullmatch(record + b"\n") else _broken([record], 0)


def _end_of(data: bytes, start: int) -> int:
    found = _FLAWLESS.match(data, start)
    return found.end() if found else start


def _text(data: bytes) -> io.StringIO:
    return io.StringIO(decoded(data), newline="\n")


def _add(found: Cut, starts: list[int], lines: list[bytes], line: int, data: bytes) -> None:
    """Add the records of some flawless lines, the first of them being number `line`."""
    if not data:
        return
    many = data.count(b"\n")
    if QUOTE not in data:
        starts += range(line, line + many)
        found.texts += lines[line : line + many]
        return
    reader = csv.reader(_text(data), strict=True)
    rows = [(row, line + reader.line_num) for row in reader]  # each with the line after it
    if len(rows) == many:
        here = lines[line : line + many]
        starts += range(line, line + many)
        found.texts += here
        found.parsed |= {text: row for text, (row, _) in zip(here, rows, strict=True) if QUOTE in text}
        return
    for row, end in rows:
        text = lines[line]
        if end - line > 1:
            text = b"\n".join(lines[line:end])
            for index in [index for index, cell in enumerate(row) if "\n" in cell]:
                found.breaks.setdefault(index, []).append(line)
        if QUOTE in text:
            found.parsed[text] = row
        starts.append(line)
        found.texts.append(text)
        line = end


def _broken(lines: Sequence[bytes], line: int) -> str:
    """The rule that a record breaks that begins on a line and isn't flawless."""
    if not _OPENS.fullmatch(lines[line]):
        return "strayQuote"
    # a line that opens a quoted cell has an odd number of quotation marks, one that leaves it open an even one: so what
    # is passed over here is passed over once
    for number in range(line + 1, len(lines)):
        following = lines[number]
        if QUOTE in following and not _STAYS.fullmatch(following):
            return "strayQuote"
    return "unclosedQuote"
