"""Ids that differ from another of their file in case or blanks alone, and those that another file has too."""

from collections import Counter
from collections.abc import Sequence

from .cells import decoded
from .columns import ColumnCheck
from .context import Context
from .findings import Findings
from .likeness import CASE
from .model import BLANKS, SAME_PEOPLE

_NEARLY, _FEW = 0.9, 9  # the share of the ids, not too few, from which on the file is the cause

_Pair = tuple[int, int, bytes]
"""The line of an id, the line of the other, the id."""


def report_alike(file: str, check: ColumnCheck, context: Context) -> None:
    """Report those of a unique column whose keys are all known."""
    keys, findings = check.keys, context.findings
    if keys is None or not keys.complete:
        return
    shapes: dict[str, list[_Pair]] = {}
    counts = Counter[str]()
    for number, first in keys.alike():
        value = keys.values[number]
        shape = _difference(value, keys.values[first])
        counts[shape] += 1
        if counts[shape] <= findings.places:
            shapes.setdefault(shape, []).append((keys.line_of(number), keys.line_of(first), value))
    for shape, pairs in shapes.items():
        _report(findings, "nearDuplicate", file, check.header, pairs, shape=shape, count=counts[shape])
    if apart := context.apart(check.column):
        others, other_file = apart
        both = keys.shared(others)
        few = sorted(both)[: findings.places]
        pairs = sorted((keys.line(value), others.line(value), value) for value in few)
        shape = SAME_PEOPLE if len(both) > _FEW and len(both) >= _NEARLY * sum(1 for _ in keys) else ""
        _report(findings, "sharedId", file, check.header, pairs, shape=shape, count=len(both), other_file=other_file)


def _difference(one: bytes, other: bytes) -> str:
    """As `likeness.difference`, at once: nothing but blanks and case is left."""
    if one.lower() == other.lower():
        return CASE
    return BLANKS if one.replace(b" ", b"") == other.replace(b" ", b"") else f"{BLANKS} and {CASE}"


def _report(
    findings: Findings,
    rule: str,
    file: str,
    column: str,
    pairs: Sequence[_Pair],
    *,
    shape: str = "",
    count: int = 0,
    other_file: str | None = None,
) -> None:
    if pairs:
        findings.add(
            rule,
            file,
            column=column,
            count=count or len(pairs),
            lines=[line for line, _, _ in pairs],
            values=[decoded(value) for _, _, value in pairs],
            others=[other for _, other, _ in pairs],
            other_file=other_file,
            detail=other_file or "",
            shape=shape,
        )
