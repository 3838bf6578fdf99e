"""One CSV file to be: a name, a header and a stream of rows, and how it is written."""

import csv
from collections.abc import Callable, Iterable, Sequence
from pathlib import Path
from typing import NamedTuple

type Row = Sequence[str]


class Table(NamedTuple):
    """One file of a drop. `rows` is read once and never held in memory."""

    name: str
    header: tuple[str, ...]
    rows: Iterable[Row]
    encoding: str = "utf-8"


type Column = tuple[str, bool, Callable[[int], str]]
"""Header, whether the minimal set has it, and the cell of row n."""


def table(name: str, columns: Sequence[Column], count: int, *, full: bool) -> Table:
    """A file whose row n is column after column of n; optional columns only when `full`."""
    kept = [(header, cell) for header, minimal, cell in columns if minimal or full]
    cells = [cell for _, cell in kept]
    return Table(name, tuple(header for header, _ in kept), ([cell(n) for cell in cells] for n in range(count)))


def write(table: Table, directory: Path) -> int:
    """Write the file as Microsoft's samples are: CRLF, quotes only where needed, no BOM. Returns its rows."""
    rows = 0
    with (directory / table.name).open("w", encoding=table.encoding, newline="") as file:
        if not table.header:
            return 0
        writer = csv.writer(file, lineterminator="\r\n")
        writer.writerow(table.header)
        for row in table.rows:
            writer.writerow(row)
            rows += 1
    return rows
