"""The first line of a file: its cells, and whether they are a header row."""

import csv
import io
import re
from collections.abc import Sequence
from functools import lru_cache

from ..formats import FileSpec
from .cells import SPACE, called, decoded
from .encoding import BOM
from .model import EXCHANGED, LENGTHS, NOTHING_IN_IT, OTHER_NAMES, RECORDS_BEHIND

_SHOWN = 64
_AROUND = "`*#[]<>'\" "
_CERTAIN = 2  # required columns that are named: no row of data has that


def split(line: str, delimiter: str = ",") -> list[str]:
    """The cells of a line, read leniently."""
    try:
        return next(csv.reader(io.StringIO(line), delimiter=delimiter), [])
    except csv.Error:
        return line.split(delimiter)


def first_cells(start: bytes) -> list[str]:
    """The cells of the first line of a file that starts with these bytes."""
    line = next(iter(start.removeprefix(BOM).splitlines()), b"")
    return split(decoded(line))


def is_header(names: list[str], spec: FileSpec) -> bool:
    """These cells are column names, and no row of data: its values would be shown as names.

    One name of several words (SIS ID, sourcedId) or two required columns are enough, however many others there are.
    Else most of the cells must be names: those that differ at most in case and punctuation count twice, slips once;
    one slip alone may be somebody's name. A word that is a value of the file too (schoolYear) tells nothing.
    """
    columns = {plain(name): column.name for column in spec.columns for name in (column.name, *column.aliases)}
    listed = {value for column in spec.columns if column.values for value in column.values.values}
    cells = [name for name in names if plain(name) and name.lower() not in listed]
    if any(_several_words(column.name) and column.name in cells for column in spec.columns):
        return True
    found = {columns[plain(cell)] for cell in cells if plain(cell) in columns}
    required = {column.name for column in spec.columns if column.required}
    if len(found & required) >= min(_CERTAIN, len(required)):
        return True
    others = [cell for cell in cells if plain(cell) not in columns]
    absent = [column.name for column in spec.columns if column.name not in found]
    slips = len({slip for cell in others if (slip := nearest(cell, absent))})
    return 2 * len(found) + slips > max(len(others) - slips, 1)


def _several_words(name: str) -> bool:
    return " " in name or not (name.islower() or name.istitle())


def more_than_names(names: Sequence[str], following: Sequence[str], spec: FileSpec) -> str:
    """What a line with column names is if there are values in it, too; empty if there are none, as far as can be told.

    `following`: the lines after it.
    """
    if _records_behind(names, following, spec):
        return RECORDS_BEHIND
    return EXCHANGED if _exchanged(names, following, spec) else ""


def _records_behind(names: Sequence[str], following: Sequence[str], spec: FileSpec) -> bool:
    """One of the names has an id behind it, and what comes then is as much as makes whole rows."""
    absent = [column.name for column in spec.columns if column.name not in names]
    for last in range(1, len(names) // 2 + 1):
        behind = next((names[last].removeprefix(name) for name in absent if names[last].startswith(name)), "")
        rest = names[last + 1 :]
        if not any(map(str.isdigit, behind)) or not rest or len(rest) % last or any(map(spec.column, rest)):
            continue
        if all(len(split(line)) == last + 1 for line in following if line.strip()):
            return True
    return False


def _exchanged(names: Sequence[str], following: Sequence[str], spec: FileSpec) -> bool:
    """The names stand below each other, in front of their values."""
    firsts = {split(line)[0] for line in following if line.strip()} - {*names}
    return sum(map(bool, map(spec.column, names))) == 1 and sum(map(bool, map(spec.column, firsts))) > 1


_VALUE = re.compile(r"[0-9@]")
_BLANK = SPACE + ',"\r\n'
_FEWEST = 2  # cells of a row of names
_LINES = (
    ("#type", "a #TYPE line, as PowerShell's Export-Csv writes: call it with -NoTypeInformation"),
    ("sep=", "a sep= line, which is for spreadsheets alone"),
    ("{", "JSON"),
    ("[", "JSON"),
    ("<", "a piece of a web page or XML"),
)


_ERROR = re.compile(
    r"(?:ora-\d|msg \d|error|fatal|exception|traceback|warning:|access (?:is )?denied|permission denied|timed? ?out"
    r"|connection |login |unable to |cannot |could not |\d{3} )"
)


def first_line(line: str, header_at: int, following: Sequence[str] = ()) -> str:
    """What a first line is that is no header row; empty if that can't be told.

    `header_at`: the line with the column names, 0 if they are not near. `following`: the lines after it.
    """
    start = line.strip().lower().lstrip('"')
    found = next((what for sign, what in _LINES if start.startswith(sign)), "")
    if not found and _ERROR.match(start):
        found = "an error message"
    if not "".join((line, *following)).strip(_BLANK):
        return NOTHING_IN_IT
    if start.rstrip('"') == "length" and following and all(row.strip(_BLANK).isdigit() for row in following):
        return LENGTHS
    if not found and not header_at and _names_something(split(line), [split(row) for row in following if row.strip()]):
        return OTHER_NAMES
    if found or not header_at:
        return found
    what = "a title" if start.strip(",") else "empty"
    return f"{what}, and the column names are in line {header_at}"


def _names_something(cells: Sequence[str], rows: Sequence[Sequence[str]]) -> bool:
    """They are different words, and below one of them there are numbers in every row."""
    if len(cells) < _FEWEST or len(set(cells)) < len(cells) or any(map(_VALUE.search, cells)) or not all(cells):
        return False
    if not rows or any(len(row) != len(cells) for row in rows):
        return False
    return any(all(any(map(str.isdigit, cell)) for cell in column) for column in zip(*rows, strict=True))


def nearest(name: str, candidates: list[str]) -> str | None:
    """The candidate that a name is a slip of, None if it is none."""
    meant = plain(name)
    if not meant or not candidates:
        return None
    for candidate in candidates:
        if plain(candidate) == meant or plain(bare(candidate)) == plain(bare(name)) != "":
            return candidate
    import difflib

    found = difflib.get_close_matches(meant, [plain(candidate) for candidate in candidates], 1, 0.84)
    return next((c for c in candidates if found and plain(c) == found[0]), None)


def bare(name: str) -> str:
    """A name without the marks around it, and what stands in brackets behind it: `Grade (01-12)`, `SIS ID *`."""
    return re.split(r"[(\[]", name.strip(_AROUND))[0].strip(_AROUND)


@lru_cache(1024)
def plain(name: str) -> str:
    """A name without case, blanks and punctuation."""
    return "".join(c for c in name[:_SHOWN].casefold() if c.isalnum())


def shown(name: str) -> str:
    """A name fit for a message: short, and without blanks around it and characters that can't be seen."""
    return "".join(c for c in name[:_SHOWN] if c.isprintable()).strip()


def unseen(name: str) -> str:
    """The first character of a name that can't be seen, and where it is; empty if there is none."""
    for at, character in enumerate(name[:_SHOWN]):
        if not character.isprintable():
            before, after = shown(name[:at]), shown(name[at + 1 :])
            where = f"after “{before}”" if before else f"in front of “{after}”"
            return f"{called(character)} {where}"
    return ""


def unlike(name: str) -> str:
    """The first letter of a name that looks like another and isn't it, and where it is; empty if there is none."""
    for at, character in enumerate(name[:_SHOWN]):
        if character.isalpha() and not character.isascii():
            return f"{called(character)} after “{shown(name[:at])}”"
    return ""
