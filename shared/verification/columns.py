"""The checks of one column, made of operations on whole columns and sets of values."""

from collections.abc import Callable, Collection, Iterable, Sequence

import msgspec

from ..formats import Column, Kind
from .cells import decoded, lower, spaced, trimmed
from .findings import Findings, Need
from .kinds import Test
from .repeats import Columns, Repeats

_CACHED = 20_000  # values of a column that are remembered as good,
_CACHED_CHARS = 64  # if they aren't longer than this
KEYS = 600_000
"""Keys of a file that are remembered (as many fit a set of 16 MiB); above that, duplicates and references are not
checked."""
_EMPTY = hash(b"")


CellTest = Callable[[set[bytes]], set[bytes]]
"""Takes cells, gives those that fail."""


class Keys:
    """The values of a unique column that others refer to, for duplicates in it and for references to it.

    Keeps a hash of each, as `Repeats` does, so that a long value takes no more memory than a short one.
    """

    def __init__(self) -> None:
        self.complete = True
        self._marks: set[int] = set()
        self._broken: set[int] = set()

    def add(self, values: Sequence[bytes]) -> list[int]:
        """Remember the values; gives the indexes of those that were there before. Empty values don't count."""
        if not self.complete:
            return []
        seen, before = self._marks, len(self._marks)
        if before + len(self._broken) + len(values) > KEYS:
            self.drop()
            return []
        marks = list(map(hash, values))
        if not seen.isdisjoint(marks):
            return _repeated(marks, seen, seen)
        seen.update(marks)
        if len(seen) == before + len(marks) and _EMPTY not in seen:
            return []
        seen.discard(_EMPTY)
        return _repeated(marks, set(), seen)

    def add_broken(self, values: Sequence[bytes]) -> None:
        """Remember the values of rows that are reported for something else: they count for references alone.

        Whether another row repeats them is seen when they are mended.
        """
        if self.complete:
            self._broken.update(map(hash, filter(None, values)))
            if len(self._marks) + len(self._broken) > KEYS:
                self.drop()

    def drop(self) -> None:
        """Forget them: they can't be known in full."""
        self.complete = False
        self._marks, self._broken = set(), set()

    def knows(self, mark: int) -> bool:
        """There is a key with this hash, as far as is known."""
        return mark in self._marks or mark in self._broken or not self.complete

    def missing(self, values: set[bytes]) -> set[bytes]:
        """The values that aren't keys; none if the keys aren't known in full."""
        if not self.complete:
            return set()
        sound, broken = self._marks, self._broken
        return {value for value in values if (mark := hash(value)) not in sound and mark not in broken}

    def missing_if_any(self, values: set[bytes]) -> set[bytes]:
        """As `missing`, and none if there are no keys at all."""
        return self.missing(values) if self._marks or self._broken else set()

    def all(self, values: Iterable[bytes]) -> bool:
        """All of the values are keys of sound rows: a quick look, that may say no of others."""
        return self._marks.issuperset(map(hash, values)) or not self.complete


def _repeated(marks: Sequence[int], before: set[int], seen: set[int]) -> list[int]:
    """The indexes of hashes that came earlier or are in `before`; all of them are added to `seen`."""
    here: set[int] = set()
    repeated: list[int] = []
    for i, mark in enumerate(marks):
        if mark == _EMPTY:
            continue
        if mark in here or mark in before:
            repeated.append(i)
        here.add(mark)
    seen |= here
    return repeated


class Rule(msgspec.Struct):
    """One rule of a column: the values that fail its test are its places."""

    id: str
    test: CellTest
    need: Need = "required"
    detail: str = ""
    fine: Callable[[Sequence[bytes]], bool] | None = None
    """A quicker way to see that a whole batch passes; when in doubt it says no."""


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
        self._keys = keys
        self._repeats = Repeats(self._repeated) if column.unique and keys is None else None
        self._file = file
        self._header = header
        self._rules = rules
        self._findings = findings
        self._good: set[bytes] = set() if column.required else {b""}

    @property
    def idle(self) -> bool:
        """Nothing but blanks around values is checked."""
        return not self._rules and not self.column.unique

    def key(self, values: list[bytes]) -> list[bytes]:
        """The values as they are compared."""
        return list(map(lower, values)) if self.column.kind == Kind.EMAIL else values

    def trim(self, values: list[bytes], lines: Sequence[int]) -> list[bytes]:
        """The values without blanks around them; reports those that had some, line breaks apart."""
        if not spaced(values):
            return values
        trim = [trimmed(value) for value in values]
        pairs = enumerate(zip(values, trim, strict=True))
        hits = [i for i, (old, new) in pairs if new and old != new and old.strip(b"\n") != new]
        self._report("whitespace", hits, values, lines)
        return trim

    def __call__(self, values: list[bytes], lines: Sequence[int]) -> None:
        """Check the values of a batch; `lines` are those of its records."""
        values = self.key(values)
        if self._keys is not None:
            self._unique(self._keys, values, lines)
        if self._repeats is not None:
            self._repeats.add([values], lines)
        if self._fine(values):
            return
        left = set(values) - self._good
        if self.column.required:
            self._apply(_MISSING, left & {b""}, left, values, lines)
        left.discard(b"")
        for rule in self._rules:
            if left:
                self._apply(rule, rule.test(left), left, values, lines)
        if len(self._good) + len(left) < _CACHED and max(map(len, left), default=0) < _CACHED_CHARS:
            self._good |= left

    def remember(self, values: list[bytes]) -> None:
        """The values of records that are reported for something else: others may name them."""
        if self._keys is not None:
            self._keys.add_broken(self.key(values))

    def settle(self) -> None:
        """Report what is still to be reported; no more values come."""
        if self._repeats is not None:
            self._repeats.settle()

    def _fine(self, values: list[bytes]) -> bool:
        """Nothing is wrong, as far as can be told without looking at each value."""
        if self.column.required and b"" in values:
            return False
        if self._good.issuperset(values):
            return True
        return all(rule.fine is not None and rule.fine(values) for rule in self._rules)

    def _repeated(self, rule_id: str, hits: list[int], columns: Columns, lines: Sequence[int]) -> None:
        self._report(rule_id, hits, columns[0], lines)

    def _unique(self, keys: Keys, values: list[bytes], lines: Sequence[int]) -> None:
        known = keys.complete
        self._report("duplicate", keys.add(values), values, lines)
        if known and not keys.complete:
            self._report("notChecked", [0], [b""], lines)

    def _apply(
        self, rule: Rule, failed: set[bytes], left: set[bytes], values: list[bytes], lines: Sequence[int]
    ) -> None:
        if failed:
            hits = [i for i, value in enumerate(values) if value in failed]
            self._report(rule.id, hits, values, lines, rule)
            left -= failed

    def _report(
        self, rule_id: str, hits: list[int], values: Sequence[bytes], lines: Sequence[int], rule: Rule | None = None
    ) -> None:
        self._findings.add_hits(
            rule_id,
            self._file,
            self._header,
            hits,
            lines,
            lambda i: decoded(values[i]),
            detail=rule.detail if rule else "",
            need=rule.need if rule else "required",
        )


_MISSING = Rule("missingValue", lambda values: values)


def of_text(test: Test) -> CellTest:
    """A test of values as one of cells."""

    def failed(cells: set[bytes]) -> set[bytes]:
        texts = {decoded(cell): cell for cell in cells}
        return {texts[text] for text in test(set(texts))}

    return failed


def several(test: CellTest) -> CellTest:
    """The test for cells that hold several values, joined by commas."""

    def failed(cells: set[bytes]) -> set[bytes]:
        parts = {cell: set(map(trimmed, cell.split(b","))) - {b""} for cell in cells}
        bad = test(set().union(*parts.values()))
        return {cell for cell, values in parts.items() if values & bad} if bad else set()

    return failed


def outside(allowed: Collection[str], key: Callable[[str], str]) -> CellTest:
    """The test for a list of values."""
    return of_text(lambda values: {value for value in values if key(value) not in allowed})


def no_longer(limit: int) -> Callable[[Sequence[bytes]], bool]:
    """The quick test for a longest length: no value has more characters than bytes."""
    return lambda cells: max(map(len, cells), default=0) <= limit


def longer(limit: int) -> CellTest:
    """The test for a longest length, in characters."""
    return of_text(lambda values: {value for value in values if len(value) > limit})
