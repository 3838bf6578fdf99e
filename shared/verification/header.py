"""The header row: which cell of it is which column, and what is wrong with it."""

import re
from collections.abc import Callable, Collection, Sequence

import msgspec

from ..formats import (
    ONEROSTER,
    ONEROSTER_FILE,
    SDS_V2,
    UK,
    Column,
    FileSpec,
    Format,
    Refused,
    is_oneroster,
    names_elsewhere,
)
from .cells import SPACE, encoded
from .findings import Findings, Need
from .firstline import bare, first_line, is_header, more_than_names, nearest, plain, shown, split, unlike, unseen
from .model import BROKEN_QUOTES, NAMES_JOINED, OTHER_NAMES, PARTED_NAME, SEMICOLONS
from .quoting import flaw
from .width import DELIMITERS

COLUMNS = 1000
"""More columns than that are no header."""


class Header(msgspec.Struct, frozen=True):
    """A header row that was understood: its width, and each known column with its cell's index."""

    width: int
    columns: dict[int, Column]
    names: tuple[str, ...]
    raw: tuple[str, ...]
    """The cells as they are, without what is around them."""
    line: int = 1
    """Where it is: below a title, if there is one."""

    def name(self, index: int | None) -> str | None:
        """The header text of a cell, None beyond the header."""
        return self.names[index] if index is not None and index < len(self.names) else None


class _Said(msgspec.Struct, frozen=True):
    """Where all that is said of a header row is found."""

    findings: Findings
    file: str
    line: int

    def add(
        self,
        rule: str,
        *,
        column: str | None = None,
        count: int = 1,
        values: Sequence[str] = (),
        detail: str = "",
        need: Need = "required",
        shape: str = "",
    ) -> None:
        self.findings.add(
            rule,
            self.file,
            column=column,
            count=count,
            lines=[self.line],
            values=values,
            detail=detail,
            need=need,
            shape=shape,
        )


def read_header(
    lines: Sequence[str],
    spec: FileSpec,
    file: str,
    findings: Findings,
    *,
    chosen: Format,
    present: Collection[str],
) -> Header | None:
    """Understand the header row of a file, by its first few lines without their line ends: the first, or, if that is
    something else, which is told, the one that is it. None if the file can't be read any further.

    `present`: the files of the format that are in the set.
    """
    header = _understand(lines, 1, spec, _Said(findings, file, 1), chosen=chosen, present=present)
    if isinstance(header, int):
        header = _understand(
            lines[header - 1 :], header, spec, _Said(findings, file, header), chosen=chosen, present=present
        )
    return None if isinstance(header, int) else header


def _understand(
    lines: Sequence[str], number: int, spec: FileSpec, said: _Said, *, chosen: Format, present: Collection[str]
) -> Header | int | None:
    """Understand a line; the number of another, if that is the header row."""
    line, following = lines[0], lines[1:]
    findings = said.findings
    names = split(line)
    if len(names) > COLUMNS:
        said.add("tooManyColumns", detail=str(COLUMNS))
        return None
    broken = flaw(encoded(line))
    if not broken and len(names) == 1 and len(split(names[0])) > 1 and is_header(split(names[0]), spec):
        said.add("quotedLines", values=[line])
        return None
    if not broken and all(name[:1] == name[-1:] == "'" for name in names) and is_header(_bare(names), spec):
        said.add("apostrophes", values=[line])
        return None
    own = line.rstrip(";\t ").strip('"')
    if line.rstrip().endswith(";") and "," in own and is_header(split(own), spec):
        said.add("noHeader", values=[line], detail=spec.name, shape=SEMICOLONS)
        return None
    cells = line.replace('"', "").split(",") if broken else names
    both = f"{line} {following[0]}" if broken == "unclosedQuote" and following else ""
    if both and not flaw(encoded(both)) and is_header(split(both), spec):
        said.add("noHeader", values=[line], detail=spec.name, shape=PARTED_NAME)
        return None
    if len(line.splitlines()) > 1 or not is_header(cells, spec):  # some systems end lines with other characters
        return _say_what_it_is(line, following, number, spec, said) or None
    if broken:  # nothing below it can be read, so it is no matter of a row
        stray = broken == "strayQuote"
        rule, shape = ("noHeader", BROKEN_QUOTES) if stray else (broken, "")
        said.add(rule, values=[line], shape=shape)
        return None
    refused = _refused(names, spec, present, findings)
    if refused:
        said.add("refusedFormat", detail=refused.says)
        if refused in (SDS_V2, ONEROSTER):  # which says that it is to be written
            findings.withdraw("missingFile", "roles.csv", None)
        return None
    if more := more_than_names(names, following, spec):
        said.add("noHeader", values=[] if spec.secret else [line], detail=spec.name, shape=more)
        return None
    known = _known(names, spec, findings)
    if other := _another(names, spec, chosen):
        said.add("wrongFile", detail=other)
        return None
    columns = _without_repeats(names, known, said)
    _styled(names, columns, spec, said)
    _missing(names, columns, spec, said)
    unclear = _unknown(names, columns, known, spec, said)
    if chosen.all_headers and findings.service == "classic":
        _missing_optional({c.name for c in columns.values()} | unclear, spec, said)
    raw = tuple(name.strip(SPACE) for name in names)
    return Header(len(names), columns, tuple(map(shown, names)), raw, number)


def _say_what_it_is(line: str, following: Sequence[str], number: int, spec: FileSpec, said: _Said) -> int:
    """It is no header: another delimiter, or no header row at all. Its text may be about people: not shown.

    Gives the number of the line that is the header; 0 if none is near.
    """
    for delimiter, name in DELIMITERS.items():
        cells = split(line, delimiter)[:COLUMNS] if delimiter in line else []
        if any(spec.column(cell.strip()) for cell in cells):
            said.add("delimiter", values=[line], detail=name)
            return 0
    if sum(map(bool, map(spec.column, re.split(r"\s{2,}", line.strip())))) > 1:
        said.add("delimiter", values=[line], detail="blanks, in columns of a fixed width")
        return 0
    header_at = next((at for at, other in enumerate(following, number + 1) if _is_header(other, spec)), 0)
    shape = first_line(line, header_at, following)
    wanted = ", ".join(column.name for column in spec.columns if column.required or column.header)
    detail = spec.name if shape and shape != OTHER_NAMES else f"{spec.name} ({wanted})"
    text = [] if not shape and spec.secret else [line]  # it may be a row
    said.add("noHeader", values=text, detail=detail, shape=shape)
    return header_at


def _is_header(line: str, spec: FileSpec) -> bool:
    """With commas between the names, or something else, which is told when it is read."""
    return any(is_header(split(line, by)[:COLUMNS], spec) for by in (",", *DELIMITERS) if by in line)


def _bare(names: Sequence[str]) -> list[str]:
    return [name.strip("'") for name in names]


def _another(names: Sequence[str], spec: FileSpec, chosen: Format) -> str | None:
    """The file of the format that these are the columns of, if they aren't those of this one."""
    there = set(names)

    def required(other: FileSpec) -> set[str]:
        return {column.name for column in other.columns if column.required}

    if required(spec) <= there:
        return None
    own = sum(spec.column(name) is not None for name in there)
    for other in chosen.files:
        if required(other) <= there and sum(other.column(name) is not None for name in there) > own:
            return other.name
    return None


def _refused(names: list[str], spec: FileSpec, present: Collection[str], findings: Findings) -> Refused | None:
    """A format that isn't taken, if these are its columns."""
    whole = {column.name for column in spec.columns if column.required} <= set(names)
    if is_oneroster(names) and not (whole and "roles.csv" in present):  # or it was converted from one
        return ONEROSTER_FILE if "roles.csv" in present and not (spec.required or spec.usual) else ONEROSTER
    if spec.name == "users.csv" and "roles.csv" not in present and {"orgSourcedIds", "role"} & set(names):
        return SDS_V2
    if findings.service == "industryData":
        for column in spec.columns:
            if column.required and column.name not in names and set(column.aliases) & set(names):
                return UK
    return None


def _known(names: list[str], spec: FileSpec, findings: Findings) -> dict[int, Column]:
    """The columns by cell. A UK name stands for its column only to the classic service, and if that has no other."""
    columns = {column.name: column for column in spec.columns}
    if findings.service == "classic":
        columns |= {alias: c for c in spec.columns if c.name not in names for alias in c.aliases}
    return {i: columns[name] for i, name in enumerate(names) if name in columns}


def _without_repeats(names: list[str], known: dict[int, Column], said: _Said) -> dict[int, Column]:
    seen: dict[str, int] = {}
    for index, column in known.items():
        if column.name in seen:
            said.add("duplicateColumn", column=names[index])
        else:
            seen[column.name] = index
    return {index: known[index] for index in seen.values()}


_BLANKS = "“_” for a blank"
STYLES: dict[str, Callable[[str], str]] = {
    _BLANKS: lambda name: name.replace("_", " "),
    "capital and small letters differ": str.casefold,
    "blanks around the names": str.strip,
    "marks or brackets around or behind the names": bare,
    "no blanks between the words": lambda name: name.replace(" ", ""),
    "no blanks between the words, and capital and small letters differ": lambda name: name.replace(" ", "").casefold(),
    "“_” for a blank, and capital and small letters differ": lambda name: name.replace("_", " ").casefold(),
}
"""How all names of a header may be written otherwise, and what undoes it."""


def _styled(names: list[str], columns: dict[int, Column], spec: FileSpec, said: _Said) -> None:
    """Columns that all have the same slip in their names: said once, and checked under the right ones."""
    there = {column.name for column in columns.values()}
    absent = [column for column in spec.columns if column.name not in there]
    for shape, write in STYLES.items():
        meant = {write(column.name): column for column in absent}
        found = {
            i: meant[write(name)]
            for i, name in enumerate(names)
            if i not in columns and write(name) in meant and name != meant[write(name)].name
        }
        # one name alone may be a slip, unless all of the names that could be written so are
        alone = any(" " in column.name for column in columns.values())
        enough = len(found) > 1 or (len(found) == 1 and shape == _BLANKS and not alone)
        if enough and len({column.name for column in found.values()}) == len(found):
            must = any(column.required or column.header for column in found.values())
            said.add(
                "headerStyle",
                count=len(found),
                detail=", ".join(column.name for column in found.values()),
                need="required" if must else "optional",
                shape=shape,
            )
            columns |= found
            absent = [column for column in absent if column not in found.values()]


def _missing(names: list[str], columns: dict[int, Column], spec: FileSpec, said: _Said) -> None:
    """Required columns that aren't there. One that is there with a slip in its name is checked under it."""
    there = {column.name for column in columns.values()}
    for column in spec.columns:
        if column.name in there or not (column.required or column.header):
            continue
        free = [name for i, name in enumerate(names) if i not in columns]
        slip = nearest(column.name, free) or _elsewhere(column, free, spec)
        strangers = [name for name in map(shown, free) if name]
        only = strangers[0] if len(strangers) == 1 and not _DATA.search(strangers[0]) else ""
        detail = f" Is it “{only}”, which the format doesn't have?" if only else ""
        if slip:
            hidden, strange = unseen(slip), unlike(slip)
            blanks = " Its name has blanks around it." if shown(slip) == column.name else ""
            detail = blanks or f" Did you mean it with “{shown(slip)}”?"
            detail = f" It is there with {strange}: write the plain letter." if strange else detail
            if hidden:
                mend = "remove that" if shown(slip) == column.name else "write a plain blank instead"
                detail = f" It is there with {hidden}: {mend}."
        said.add(
            "missingColumn",
            column=column.name,
            detail=detail,
            shape=unseen(slip or "") or unlike(slip or ""),
        )
        if slip:
            columns[names.index(slip)] = column


def _elsewhere(column: Column, free: Sequence[str], spec: FileSpec) -> str | None:
    """The name that a column has in other products, if the header has that."""
    there = {plain(name): name for name in free}
    return next((there[name] for name in names_elsewhere(column.name, spec) if name in there), None)


def _unknown(
    names: list[str],
    columns: dict[int, Column],
    known: dict[int, Column],
    spec: FileSpec,
    said: _Said,
) -> set[str]:
    """Report columns that the format doesn't have; gives those that were meant by some of them."""
    there = {column.name for column in columns.values()}
    absent = {name: c.name for c in spec.columns if c.name not in there for name in (c.name, *c.aliases)}
    elsewhere = {other: name for name in reversed(absent.values()) for other in names_elsewhere(name, spec)}
    seen: set[str] = set()
    meant: set[str] = set()
    for index, name in enumerate(names):
        if index in columns or index in known or not name.strip(SPACE):
            continue  # one without a name matters only if there is something in it: see `table`
        near = absent.get(nearest(name, list(absent)) or "") or elsewhere.get(plain(name))
        column = "" if _DATA.search(name) else shown(name)
        column = column or f"number {index + 1}"
        if parts := _joined_names(name, list(absent)):
            said.add("nearColumn", column=column, detail=" and ".join(parts), shape=NAMES_JOINED)
            meant.update(absent[part] for part in parts)
        elif near:
            hidden = unseen(name)
            blanks = f", without {hidden or 'the blanks around it'}" if hidden or shown(name) == near else ""
            said.add("nearColumn", column=column, detail=f"“{near}”{blanks}", shape=hidden)
            meant.add(near)
        elif name and name in seen:
            said.add("duplicateColumn", column=column)
        else:
            said.add("unknownColumn", column=column)
        seen.add(name)
    return meant


def _joined_names(name: str, absent: Sequence[str]) -> tuple[str, str] | None:
    """The two columns that a name is together, with something or nothing between them; None if it isn't."""
    return next(
        ((one, two) for one in absent for two in absent if one != two and plain(name) == plain(one) + plain(two)), None
    )


_DATA = re.compile(r"[0-9]{3}|@")
"""What a value has, and hardly any column's name: such a one isn't shown."""


def _missing_optional(there: set[str], spec: FileSpec, said: _Said) -> None:
    absent = [c.name for c in spec.columns if c.documented and c.name not in there and not (c.required or c.header)]
    if absent:
        said.add("optionalColumns", detail=", ".join(absent))
