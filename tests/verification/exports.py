"""What exports of real systems look like: what is done to a clean set, and all that must be said of it."""

from collections.abc import Callable
from typing import NamedTuple

from tests.verification.sets import Files, encoded

V1, V21 = "sdsV1", "sdsV2.1"
Data = dict[str, bytes]


class Export(NamedTuple):
    """`change` makes the files of it, of a clean set of `format`; `found` is by file, rule and shape."""

    name: str
    format: str
    change: Callable[[Files], Data]
    found: set[tuple[str | None, str, str]]
    words: tuple[str, ...] = ()
    """In what is said."""
    never: tuple[str, ...] = ("emove the rows", "keep one row")
    """In nothing of what is said, but after “don't”."""


def rows(files: Files) -> Data:
    return {name: encoded(some) for name, some in files.items()}


def text(name: str, change: Callable[[bytes], bytes]) -> Callable[[Files], Data]:
    """A change of one file as it is written."""
    return lambda files: rows(files) | {name: change(encoded(files[name]))}


def cells(*places: tuple[str, int, str, str]) -> Callable[[Files], Data]:
    """Cells by file, row (the header's being 0), column and new value."""

    def changed(files: Files) -> Data:
        for name, row, column, value in places:
            files[name][row][files[name][0].index(column)] = value
        return rows(files)

    return changed


def column(name: str, header: str, change: Callable[[str], str]) -> Callable[[Files], Data]:
    """A change of every cell of a column."""

    def changed(files: Files) -> Data:
        at = files[name][0].index(header)
        for row in files[name][1:]:
            row[at] = change(row[at])
        return rows(files)

    return changed


def appended(name: str, *lines: str) -> Callable[[Files], Data]:
    """Lines after the last one."""
    return text(name, lambda data: data + "".join(f"{line}\r\n" for line in lines).encode())


def _header(data: bytes) -> bytes:
    return data.partition(b"\r\n")[0]


def _rows_delimited(data: bytes) -> bytes:
    head, _, rest = data.partition(b"\r\n")
    return head + b"\r\n" + rest.replace(b",", b";")


EXPORTS = [
    Export(
        "several files put together, each with its byte order mark",
        V1,
        text("Student.csv", lambda data: data + b"\xef\xbb\xbf" + _header(data) + b"\r\n"),
        {("Student.csv", "repeatedHeader", "")},
    ),
    *(
        Export(
            f"a last line: {line}",
            V1,
            appended(name, line),
            {(name, "noRecord", "a total, a date or an end mark of a report")},
        )
        for name, line in (
            ("Student.csv", "Summe: 24"),
            ("Student.csv", "Gesamt,,,,24"),
            ("Teacher.csv", "Totaal 24"),
            ("TeacherRoster.csv", "Total,24"),
            ("Section.csv", "Anzahl: 24"),
            ("School.csv", "Seite 1 von 1"),
        )
    ),
    Export(
        "a comment at the end",
        V1,
        appended("Student.csv", "# exported by a script on 2026-11-27"),
        {("Student.csv", "noRecord", "a comment")},
    ),
    Export(
        "a spool file with a page header and a footer after blank lines",
        V1,
        text("Teacher.csv", lambda data: data + _header(data) + b"\r\n\r\n\r\n24 rows selected.\r\n\r\n"),
        {("Teacher.csv", "repeatedHeader", ""), ("Teacher.csv", "noRecord", "the number of the rows")},
    ),
    Export(
        "cells in curly quotation marks",
        V1,
        text("Section.csv", lambda data: data.replace(b"Maths 1003", "“Maths, 1003”".encode())),
        {("Section.csv", "columnCount", "more cells than the header, and curly quotation marks")},
        ("plain quotation marks",),
    ),
    *(
        Export(
            f"rows separated by {name}, the header by commas",
            V1,
            text("Student.csv", lambda data, by=by: _rows_delimited(data).replace(b";", by)),
            {("Student.csv", "columnCount", f"{name} between the cells, where the header has commas")},
            ("Export the file with commas throughout",),
        )
        for by, name in ((b";", "semicolons"), (b"\t", "tabs"), (b"|", "vertical bars"))
    ),
]
