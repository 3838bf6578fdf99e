"""Two columns of a file that hold each other's ids: one cause, where else every row would have two or three errors."""

from collections.abc import Iterable, Sequence
from itertools import combinations

from .columns import ColumnCheck
from .findings import Findings

_SOME = 3  # rows from which on it is no chance
_NEARLY = 0.9
"""The share of the rows, and of the ids in them, that must be of the other column."""


def report_swapped(file: str, checks: Sequence[ColumnCheck], rows: int, findings: Findings) -> bool:
    """Report columns that were swapped, in place of what else there is to say of them. True if the file's own ids
    are among them: then nobody knows them."""
    for one, other in combinations([check for check in checks if check.column.required], 2):
        key = one if one.references is None else other if other.references is None else None
        if key is None and _each_others(one, other, rows):
            _report(file, (one, other), findings)
        elif key is None:
            _note_exchanged(one, other)
        elif key is not None and _is_key_of(key, other if key is one else one, rows):
            _report(file, (one, other), findings)
            return True
    return False


def _each_others(one: ColumnCheck, other: ColumnCheck, rows: int) -> bool:
    a, b = one.references, other.references
    if a is None or b is None or min(a.off, b.off) < _NEARLY * max(rows, 1):
        return False
    return a.held_by(b) >= _NEARLY and b.held_by(a) >= _NEARLY


def _note_exchanged(one: ColumnCheck, other: ColumnCheck) -> None:
    """Note columns that hold each other's ids in some rows: what dangles there is told so."""
    a, b = one.references, other.references
    if a is None or b is None or a.count != b.count or a.count < _SOME or a.lines != b.lines:
        return
    if a.held_by(b) >= _NEARLY and b.held_by(a) >= _NEARLY:
        a.exchanged_with, b.exchanged_with = other.header, one.header


def _is_key_of(key: ColumnCheck, other: ColumnCheck, rows: int) -> bool:
    """The column of the file's own ids holds those of the file that the other column refers to."""
    refers, keys = other.references, key.keys
    if refers is None or keys is None or refers.count < _NEARLY * max(rows, 1):
        return False
    return refers.knows(keys, _NEARLY)


def _report(file: str, both: Iterable[ColumnCheck], findings: Findings) -> None:
    one, other = both
    for check in (one, other):
        for rule in (*check.rule_ids, "duplicate"):
            findings.withdraw(rule, file, check.header)
    refers = one.references or other.references
    if refers is not None:
        findings.add(
            "swappedColumns",
            file,
            column=one.header,
            count=refers.count,
            lines=refers.lines,
            detail=f"{one.header} and {other.header}",
        )
    for check in (one, other):
        if check.references is not None:
            check.references.forget()
