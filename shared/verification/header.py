"""The header row: which cell of it is which column, and what is wrong with it."""

import csv
import io

import msgspec

from ..formats import Column, FileSpec
from .findings import Findings
from .model import Service

COLUMNS = 1000
"""More columns than that are no header."""
_DELIMITERS = {";": "semicolons", "\t": "tabs", "|": "vertical bars"}
_SHOWN = 64
_UK = "SDS V1 for the UK"


class Header(msgspec.Struct, frozen=True):
    """A header row that was understood: its width, and each known column with its cell's index."""

    width: int
    columns: dict[int, Column]
    names: tuple[str, ...]

    def name(self, index: int | None) -> str | None:
        """The header text of a cell, None beyond the header."""
        return self.names[index] if index is not None and index < len(self.names) else None


def read_header(line: str, spec: FileSpec, file: str, service: Service, findings: Findings) -> Header | None:
    """Understand the first line of a file (without its line end). None if the file can't be read any further."""
    names = _split(line, ",")
    if len(names) > COLUMNS:
        findings.add("tooManyColumns", file, lines=[1], detail=str(COLUMNS))
        return None
    known = {i: column for i, name in enumerate(names) if (column := spec.column(name))}
    needed = [column.name for column in spec.columns if column.required]
    if not known and not any(_nearest(name, needed) for name in names):
        _say_what_it_is(line, spec, file, findings)
        return None
    refused = _refused(names, spec, service)
    if refused:
        findings.add("refusedFormat", file, lines=[1], detail=refused)
        return None
    columns = _without_repeats(names, known, file, findings)
    _missing(names, columns, spec, file, findings)
    _unknown(names, columns, known, spec, file, findings)
    return Header(len(names), columns, tuple(map(_shown, names)))


def _split(line: str, delimiter: str) -> list[str]:
    try:
        return next(csv.reader(io.StringIO(line), delimiter=delimiter), [])
    except csv.Error:
        return line.split(delimiter)


def _say_what_it_is(line: str, spec: FileSpec, file: str, findings: Findings) -> None:
    """No header is known: another delimiter, or no header row at all. Its text may be about people: not shown."""
    for delimiter, name in _DELIMITERS.items():
        cells = _split(line, delimiter)[:COLUMNS] if delimiter in line else []
        if any(spec.column(cell.strip()) for cell in cells):
            findings.add("delimiter", file, lines=[1], values=[line], detail=name)
            return
    findings.add("noHeader", file, lines=[1], values=[line], detail=spec.name)


def _refused(names: list[str], spec: FileSpec, service: Service) -> str | None:
    """The name of a format that isn't taken, if these are its columns."""
    if "dateLastModified" in names and "sourcedId" in names:
        return "OneRoster"
    if spec.name == "users.csv" and "orgSourcedIds" in names:
        return "SDS V2"
    if service == "industryData":
        for column in spec.columns:
            if column.required and column.name not in names and set(column.aliases) & set(names):
                return _UK
    return None


def _without_repeats(names: list[str], known: dict[int, Column], file: str, findings: Findings) -> dict[int, Column]:
    seen: dict[str, int] = {}
    for index, column in known.items():
        if column.name in seen:
            findings.add("duplicateColumn", file, column=names[index], lines=[1])
        else:
            seen[column.name] = index
    return {index: known[index] for index in seen.values()}


def _missing(names: list[str], columns: dict[int, Column], spec: FileSpec, file: str, findings: Findings) -> None:
    """Required columns that aren't there. One that is there with a slip in its name is checked under it."""
    there = {column.name for column in columns.values()}
    for column in spec.columns:
        if column.name in there or not (column.required or column.header):
            continue
        free = [name for i, name in enumerate(names) if i not in columns]
        slip = _nearest(column.name, free)
        detail = f" Did you mean it with {_quoted(slip)}?" if slip else ""
        findings.add("missingColumn", file, column=column.name, lines=[1], detail=detail)
        if slip:
            columns[names.index(slip)] = column


def _unknown(
    names: list[str],
    columns: dict[int, Column],
    known: dict[int, Column],
    spec: FileSpec,
    file: str,
    findings: Findings,
) -> None:
    there = {column.name for column in columns.values()}
    absent = [column.name for column in spec.columns if column.name not in there]
    seen: set[str] = set()
    for index, name in enumerate(names):
        if index in columns or index in known:
            continue
        meant = _nearest(name, absent)
        shown = _shown(name) or f"number {index + 1}"
        if meant:
            findings.add("nearColumn", file, column=shown, lines=[1], detail=_quoted(meant))
        elif name and name in seen:
            findings.add("duplicateColumn", file, column=shown, lines=[1])
        else:
            findings.add("unknownColumn", file, column=shown, lines=[1])
        seen.add(name)


def _nearest(name: str, candidates: list[str]) -> str | None:
    """The candidate that a name is a slip of, None if it is none."""
    plain = _plain(name)
    if not plain or not candidates:
        return None
    for candidate in candidates:
        if _plain(candidate) == plain:
            return candidate
    import difflib

    found = difflib.get_close_matches(plain, [_plain(candidate) for candidate in candidates], 1, 0.84)
    return next((c for c in candidates if found and _plain(c) == found[0]), None)


def _plain(name: str) -> str:
    return "".join(c for c in name[:_SHOWN].casefold() if c.isalnum())


def _shown(name: str) -> str:
    return "".join(c for c in name[:_SHOWN] if c.isprintable()).strip()


def _quoted(name: str | None) -> str:
    return f"“{_shown(name or '')}”"
