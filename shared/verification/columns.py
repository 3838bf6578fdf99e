"""The checks of one column, made of operations on whole columns and sets of values."""

from collections.abc import Callable, Collection, Sequence

import msgspec

from ..formats import Column, Kind
from .findings import Findings, Need
from .kinds import Test

SPACE = (
    " \t\xa0\u1680\u2000\u2001\u2002\u2003\u2004\u2005\u2006\u2007\u2008\u2009\u200a\u200b\u2028\u2029\u202f\u205f"
    "\u2060\u3000\ufeff"
)
"""What doesn't show around a value."""
_CACHED = 20_000  # values of a column that are remembered as good
_SHORT = 64  # longer keys are kept as their hash
KEYS = 1_000_000
"""Keys of a file that are remembered; above that, duplicates and references are not checked."""


class Keys:
    """The values of a unique column, for duplicates in it and for references to it."""

    def __init__(self) -> None:
        self.complete = True
        self._values: set[str] = set()

    def add(self, values: Sequence[str], distinct: set[str]) -> list[int]:
        """Remember the values; gives the indexes of those that were there before. Empty values don't count."""
        if not self.complete:
            return []
        distinct = compact(distinct)
        if len(distinct) == len(values) and self._values.isdisjoint(distinct):
            self._values |= distinct
            repeated: list[int] = []
        else:
            repeated = self._repeated(values)
        self._values.discard("")
        if len(self._values) > KEYS:
            self.drop()
        return repeated

    def _repeated(self, values: Sequence[str]) -> list[int]:
        seen, repeated = self._values, []
        for i, value in enumerate(map(_short, values)):
            if value in seen and value:
                repeated.append(i)
            else:
                seen.add(value)
        return repeated

    def drop(self) -> None:
        """Forget them: they can't be known in full."""
        self.complete = False
        self._values = set()

    def missing_if_any(self, values: set[str]) -> set[str]:
        """As `missing`, and none if there are no keys at all."""
        return self.missing(values) if self._values else set()

    def missing(self, values: set[str]) -> set[str]:
        """The values that aren't keys; none if the keys aren't known in full."""
        if not self.complete:
            return set()
        short = compact(values)
        if short is values:
            return values - self._values
        return {value for value in values if _short(value) not in self._values}


def _short(value: str) -> str:
    return value if len(value) <= _SHORT else f"{value[:8]}…{hash(value)}"


def compact(values: set[str]) -> set[str]:
    """The values with long ones replaced by a short stand-in; the same set if there are none."""
    return values if max(map(len, values), default=0) <= _SHORT else set(map(_short, values))


class Rule(msgspec.Struct):
    """One rule of a column: the values that fail its test are its places."""

    id: str
    test: Test
    need: Need = "required"
    detail: str = ""


class ColumnCheck:
    """Everything that is checked of one column of one file."""

    def __init__(
        self,
        column: Column,
        *,
        file: str,
        header: str,
        index: int,
        rules: Sequence[Rule],
        keys: Keys | None,
        findings: Findings,
    ) -> None:
        self.column = column
        self.index = index
        self.keys = keys
        self._file = file
        self._header = header
        self._rules = rules
        self._findings = findings
        self._good: set[str] = set()

    @property
    def idle(self) -> bool:
        """Nothing but blanks around values is checked."""
        return not self._rules and self.keys is None

    def key(self, values: Sequence[str]) -> list[str]:
        """The values as they are compared."""
        return list(map(str.lower, values)) if self.column.kind == Kind.EMAIL else list(values)

    def trim(self, values: list[str], lines: Sequence[int]) -> list[str]:
        """The values without blanks around them; reports those that had some, line breaks apart."""
        trimmed = [value.strip(SPACE + "\n") for value in values]
        if trimmed != values:
            pairs = enumerate(zip(values, trimmed, strict=True))
            hits = [i for i, (old, new) in pairs if new and old != new and old.strip("\n") != new]
            self._report("whitespace", hits, values, lines)
        return trimmed

    def __call__(self, values: list[str], lines: Sequence[int]) -> None:
        """Check the values of a batch; `lines` are those of its records."""
        if self.column.kind == Kind.EMAIL:
            values = self.key(values)
        distinct = set(values)
        if self.keys is not None:
            self._report("duplicate", self.keys.add(values, distinct), values, lines)
        left = distinct - self._good
        if self.column.required:
            self._apply(_MISSING, left & {""}, left, values, lines)
        left.discard("")
        for rule in self._rules:
            if left:
                self._apply(rule, rule.test(left), left, values, lines)
        if self.keys is None and left and len(self._good) + len(left) < _CACHED and max(map(len, left)) <= _SHORT:
            self._good |= left

    def _apply(self, rule: Rule, failed: set[str], left: set[str], values: list[str], lines: Sequence[int]) -> None:
        if failed:
            hits = [i for i, value in enumerate(values) if value in failed]
            self._report(rule.id, hits, values, lines, rule)
            left -= failed

    def _report(
        self, rule_id: str, hits: list[int], values: Sequence[str], lines: Sequence[int], rule: Rule | None = None
    ) -> None:
        self._findings.add_hits(
            rule_id,
            self._file,
            self._header,
            hits,
            lines,
            values.__getitem__,
            detail=rule.detail if rule else "",
            need=rule.need if rule else "required",
        )


_MISSING = Rule("missingValue", lambda values: values)


def several(test: Test) -> Test:
    """The test for cells that hold several values, joined by commas."""

    def failed(cells: set[str]) -> set[str]:
        parts = {cell: {part.strip(SPACE) for part in cell.split(",")} - {""} for cell in cells}
        bad = test(set().union(*parts.values()))
        return {cell for cell, values in parts.items() if values & bad} if bad else set()

    return failed


def outside(allowed: Collection[str], key: Callable[[str], str]) -> Test:
    """The test for a list of values."""
    return lambda values: {value for value in values if key(value) not in allowed}


def longer(limit: int) -> Test:
    """The test for a longest length, in characters."""
    return lambda values: {value for value in values if len(value) > limit}
