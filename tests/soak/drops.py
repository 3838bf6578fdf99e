"""Small drops whose every file is like no other night's, byte for byte, though it means the same."""

import csv
import io
from collections.abc import Mapping

from local.generate import FormatId
from local.generator import Spoil
from tests.behaviour.drops import made

type Files = Mapping[str, bytes]

_BITS = 9


def drop_of(form: FormatId, night: int, spoil: tuple[Spoil, ...] = ()) -> Files:
    """The files of a night; what they hold is one of a few schools."""
    return {name: marked(data, night) for name, data in made(1 + night % 7, form, spoil).items()}


def marked(data: bytes, number: int) -> bytes:
    """The same table with the number written into it: the bits say which of its first cells stand in quotes."""
    try:
        rows = list(csv.reader(io.StringIO(data.decode("utf-8"), newline="")))
    except UnicodeDecodeError:
        return data
    if not rows:
        return data
    cells = iter(range(10**9))

    def quoted(cell: str, row: int) -> str:
        special = any(character in cell for character in '",\r\n')
        if row and not special and cell and (place := next(cells)) < _BITS:
            special = bool(number >> place & 1)
        return '"' + cell.replace('"', '""') + '"' if special else cell

    lines = (",".join(quoted(cell, row) for cell in cells_of) for row, cells_of in enumerate(rows))
    return "".join(f"{line}\r\n" for line in lines).encode()
