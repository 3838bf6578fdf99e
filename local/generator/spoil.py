"""Ways to spoil a drop, for demonstrations and tests: each changes one kind of thing in one or two files."""

from collections.abc import Callable, Iterable
from itertools import chain, islice
from typing import Literal, get_args

from .tables import Row, Table

Spoil = Literal[
    "bad-date",
    "dangling-enrollment",
    "duplicate-id",
    "empty-cell",
    "empty-file",
    "header-only-people",
    "missing-file",
    "missing-header",
    "not-utf8",
]
SPOILS: tuple[Spoil, ...] = get_args(Spoil)

type Change = Callable[[Table], Table | None]
_NOBODY = "9999999"


def _first_row(table: Table, change: Callable[[list[str]], list[str]]) -> Table:
    rows = iter(table.rows)
    return table._replace(rows=chain((change(list(row)) for row in islice(rows, 1)), rows))


def _set_cell(header: str, value: str) -> Change:
    """The first row's cell under `header` becomes `value`; a file without that column gets it."""

    def change(table: Table) -> Table:
        if header not in table.header:
            rows = ([*row, ""] for row in table.rows)
            table = table._replace(header=(*table.header, header), rows=rows)
        column = table.header.index(header)
        return _first_row(table, lambda row: [*row[:column], value, *row[column + 1 :]])

    return change


def _repeat_first(table: Table) -> Table:
    rows = iter(table.rows)
    first: list[Row] = list(islice(rows, 1))
    return table._replace(rows=chain(first, first, rows))


def _add(row: Row) -> Change:
    return lambda table: table._replace(rows=chain(table.rows, [row]))


def _drop_column(header: str) -> Change:
    def change(table: Table) -> Table:
        column = table.header.index(header)

        def without(row: Row) -> list[str]:
            return [*row[:column], *row[column + 1 :]]

        return table._replace(header=tuple(without(table.header)), rows=(without(row) for row in table.rows))

    return change


def _header_only(table: Table) -> Table:
    return table._replace(rows=())


def _gone(_: Table) -> None:
    return None


def _zero_bytes(table: Table) -> Table:
    return table._replace(header=(), rows=())


def _utf16(table: Table) -> Table:
    return table._replace(encoding="utf-16")


_CHANGES: dict[Spoil, dict[str, Change]] = {
    "bad-date": {
        "Student.csv": _set_cell("Birthdate", "31.12.2016"),
        "roles.csv": _set_cell("roleStartDate", "17.8.26"),
    },
    "dangling-enrollment": {
        "StudentEnrollment.csv": _add(("4000000", _NOBODY)),
        "enrollments.csv": _add(("4000000", _NOBODY, "student")),
    },
    "duplicate-id": {"Student.csv": _repeat_first, "users.csv": _repeat_first},
    "empty-cell": {"Student.csv": _set_cell("Username", ""), "users.csv": _set_cell("username", "")},
    "empty-file": {"Section.csv": _zero_bytes, "classes.csv": _zero_bytes},
    "header-only-people": {
        "Student.csv": _header_only,
        "Teacher.csv": _header_only,
        "users.csv": _header_only,
    },
    "missing-file": {"Section.csv": _gone, "classes.csv": _gone},
    "missing-header": {"Student.csv": _drop_column("Username"), "users.csv": _drop_column("username")},
    "not-utf8": {"Student.csv": _utf16, "users.csv": _utf16},
}
"""What each way does to which file; the file names tell the formats apart."""


def spoiled(tables: Iterable[Table], kinds: Iterable[Spoil]) -> Iterable[Table]:
    """The tables with every kind applied, in order. A file that a kind takes away is left out."""
    wanted = list(kinds)
    for original in tables:
        table: Table | None = original
        for kind in wanted:
            change = _CHANGES[kind].get(original.name)
            if table is not None and change is not None:
                table = change(table)
        if table is not None:
            yield table
