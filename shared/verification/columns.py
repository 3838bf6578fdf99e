"""The checks of one column, made of operations on whole columns and sets of values."""

from collections.abc import Callable, Collection, Mapping, Sequence, Set

import msgspec

from ..formats import Column, Kind
from .cells import decoded, longest, lower, spaced, trimmed
from .findings import Findings, Need
from .keys import Keys
from .kinds import Test
from .model import NOTHING_SHAPE
from .references import References
from .suspects import DATED, NOTHING, changed_id, changed_ids

_CACHED = 20_000  # values of a column that are remembered as good,
_NEAR = 20  # wrong values that are looked at for advice
_CACHED_CHARS = 64  # if they aren't longer than this


CellTest = Callable[[set[bytes]], set[bytes]]
"""Takes cells, gives those that fail."""


class Rule(msgspec.Struct):
    """One rule of a column: the values that fail its test are its places."""

    id: str
    test: CellTest
    need: Need = "required"
    detail: str = ""
    fine: Callable[[Sequence[bytes]], bool] | None = None
    """A quicker way to see that a whole batch passes; when in doubt it says no."""
    near: Callable[[Sequence[bytes]], str] | None = None
    """What to say of values that fail, for the first of them."""


_MISSING = Rule("missingValue", lambda values: values)


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
        references: References | None,
        findings: Findings,
    ) -> None:
        self.column = column
        self.index = index
        self.header = header
        self.keys = keys
        self.references = references
        self._file = file
        self._rules = rules
        self._findings = findings
        self._names_somebody = keys is not None or references is not None
        self._checked = bool(rules) or references is not None
        self._written: dict[int, bytes] = {}  # the ids of a batch that have blanks around them
        self.idle = not rules and keys is None and references is None and not column.required
        """Nothing is asked of it but that no value is a word for nothing."""
        self._sound = not rules and column.required
        """Nothing is to be said of a key of another file that isn't said there."""
        self._odd: dict[bytes, str] = {}  # what a spreadsheet has changed in the next batch
        self.nothing = 0
        """Rows that have nothing there, or a word for it."""
        self._good: set[bytes] = set() if column.required else {b""}

    def key(self, values: list[bytes]) -> list[bytes]:
        """The values as they are compared."""
        return list(map(lower, values)) if self.column.kind == Kind.EMAIL else values

    def trim(self, values: list[bytes], lines: Sequence[int]) -> list[bytes]:
        """The values without blanks around them; reports those that had some, line breaks apart."""
        if not spaced(values):
            return values
        trim = [value if value.isalnum() else trimmed(value) for value in values]
        pairs = enumerate(zip(values, trim, strict=True))
        hits = [i for i, (old, new) in pairs if new and old != new and old.strip(b"\n") != new]
        if self._names_somebody and self.column.kind != Kind.EMAIL:  # those are compared in another way
            self._written = {i: values[i] for i in hits}
            if self.keys is not None and hits:
                plain = self.keys.plain(trim[i] for i in hits) | set(values)
                self.keys.written.note({trim[i]: values[i] for i in hits}, plain)
        if self.references is None or not self._written:
            self.report("whitespace", hits, values, lines)
        return trim

    def written_otherwise(self, index: int, value: bytes) -> bool:
        """A key of the batch that came before was written with other blanks then."""
        return self.keys is not None and self.keys.written.differs(value, self._written.get(index, value))

    def __call__(self, values: list[bytes], lines: Sequence[int], *, words_in: bool = True) -> None:
        """Check the values of a batch; `lines` are those of its records.

        `words_in`: there may be words for nothing; never false if there are.
        """
        values = self.key(values)
        written, self._written = self._written, {}
        odd, self._odd = self._odd, {}
        if not written and self._known(values):
            return
        words = set[bytes]() if not words_in or NOTHING.isdisjoint(values) else NOTHING & set(values)
        self.nothing += sum(map(values.count, words))
        refers = self.references is not None and self.column.required  # then it is said once, as what dangles
        for word in sorted(words - self.wrong(words)) if words and not refers else ():
            hits = [i for i, value in enumerate(values) if value == word]
            self.report("nullWord", hits, values, lines, shape=decoded(word))
        changed = self._names_somebody and self._changed(values, lines, odd)
        if not self._checked:
            if self.column.required and b"" in values:
                self._apply(_MISSING, {b""}, {b""}, values, lines)
            return
        if not words and not written and self._fine(values):
            return
        odd |= dict.fromkeys(words, NOTHING_SHAPE)
        good = self._each(values, lines, words, written, odd)
        if not changed:
            self._good |= good

    def wrong(self, words: Set[bytes]) -> set[bytes]:
        """Those of some odd values that are told as an error of another rule: a date, a value of a list."""
        if not self.column.required:
            return set()
        rules = (rule for rule in self._rules if not self._findings.is_warning(rule.id, rule.need))
        return {word for rule in rules for word in rule.test(set(words))}

    def note_changed(self, shape: str, hits: Sequence[int], values: Sequence[bytes]) -> list[int]:
        """Note cells of the next batch that a spreadsheet has changed; gives those of which nothing worse is said."""
        cells = self.key([trimmed(values[i]) for i in hits])
        self._odd |= dict.fromkeys(cells, shape)
        if self.keys is not None and cells:
            self.keys.changed = True
        wrong = self.wrong(set(cells))
        return [i for i, cell in zip(hits, cells, strict=True) if cell not in wrong]

    @property
    def rule_ids(self) -> list[str]:
        """The rules of its values."""
        return [rule.id for rule in self._rules]

    def _each(
        self,
        values: list[bytes],
        lines: Sequence[int],
        words: Set[bytes],
        written: Mapping[int, bytes],
        odd: Mapping[bytes, str],
    ) -> set[bytes]:
        """Look at the different values of a batch; gives those of which nothing is to be said, to be remembered.

        `odd` are words for nothing and what a spreadsheet has changed: one cause has one message.
        """
        left = set(values) - self._good | {values[i] for i in written}
        if self.column.required:
            self._apply(_MISSING, left & {b""}, left, values, lines)
        else:
            left -= words
        left.discard(b"")
        for rule in self._rules:
            tested = left - odd.keys() if self._findings.is_warning(rule.id, rule.need) else left
            if failed := rule.test(tested) if tested else set():
                if rule.id == "value":  # of a grade as of an id
                    odd = {**odd, **dict.fromkeys((v for v in failed if changed_id(v) == DATED), DATED)}
                for shape in sorted({odd.get(value, "") for value in failed}):
                    some = {value for value in failed if odd.get(value, "") == shape}
                    self._apply(rule, some, left, values, lines, shape=shape)
                if self.references is not None:
                    self.references.note_misfits(failed, values)
        if self.references is not None:
            left -= self.references.check(left, values, lines, written)
            if hits := [i for i in written if i not in self.references.other]:
                self.report("whitespace", hits, [written.get(i, b"") for i in range(len(values))], lines)
        left -= words
        if len(self._good) + len(left) < _CACHED and longest(left) < _CACHED_CHARS:
            return left
        return set()

    def _known(self, values: list[bytes]) -> bool:
        """All of them were looked at before, here or in the file that they refer to."""
        if self._checked and self._good.issuperset(values):
            return True
        return self._sound and self.references is not None and self.references.sound(values)

    def report(
        self,
        rule_id: str,
        hits: Sequence[int],
        values: Sequence[bytes],
        lines: Sequence[int],
        *,
        shape: str = "",
        rule: Rule | None = None,
        other: Callable[[int], int] | None = None,
        detail: str = "",
    ) -> None:
        """Report places in this column. `other`: see `Findings.add_hits`."""
        if rule and rule.near and hits and not rule.detail:  # only the first of them is told
            rule.detail = rule.near(list(dict.fromkeys(values[i] for i in hits[:_NEAR])))
        self._findings.add_hits(
            rule_id,
            self._file,
            self.header,
            hits,
            lines,
            lambda i: decoded(values[i]),
            detail=rule.detail if rule else detail,
            need=rule.need if rule else "required",
            shape=shape,
            other=other,
        )

    def _fine(self, values: list[bytes]) -> bool:
        """Nothing is wrong, as far as can be told without looking at each value."""
        if self.references is not None:
            if not self.references.fine(values):
                return False
        elif self.column.required and b"" in values:
            return False
        return all(rule.fine is not None and rule.fine(values) for rule in self._rules)

    def _changed(self, values: list[bytes], lines: Sequence[int], odd: dict[bytes, str]) -> bool:
        """Report ids that a spreadsheet has changed in a way that only ids show; says whether there may be some."""
        joined = b"\n".join(values) + b"\n"
        if self.keys is not None:
            self.keys.note_case(joined)
        if not changed_ids(joined):
            return False
        if self.keys is not None:
            self.keys.changed = True
        for shape in sorted({shape for value in set(values) if (shape := changed_id(value))}):
            hits = [i for i, value in enumerate(values) if changed_id(value) == shape]
            odd |= {values[i]: shape for i in hits}
            self.report("spreadsheet", hits, values, lines, shape=shape)
        return True

    def _apply(
        self,
        rule: Rule,
        failed: set[bytes],
        left: set[bytes],
        values: list[bytes],
        lines: Sequence[int],
        *,
        shape: str = "",
    ) -> None:
        if failed:
            hits = [i for i, value in enumerate(values) if value in failed]
            self.report(rule.id, hits, values, lines, rule=rule, shape=shape)
            left -= failed
            if rule is _MISSING:
                self.nothing += len(hits)


def of_text(test: Test) -> CellTest:
    """A test of values as one of cells."""

    def failed(cells: set[bytes]) -> set[bytes]:
        texts = {decoded(cell): cell for cell in cells}
        return {texts[text] for text in test(set(texts))}

    return failed


def parts(cell: bytes) -> set[bytes]:
    """The values of a cell that holds several, joined by commas."""
    return set(map(trimmed, cell.split(b","))) - {b""}


def several(test: CellTest) -> CellTest:
    """The test for cells that hold several values, joined by commas."""

    def failed(cells: set[bytes]) -> set[bytes]:
        held = {cell: parts(cell) for cell in cells}
        bad = test(set().union(*held.values()))
        return {cell for cell, values in held.items() if values & bad} if bad else set()

    return failed


def outside(allowed: Collection[str], key: Callable[[str], str]) -> CellTest:
    """The test for a list of values."""
    return of_text(lambda values: {value for value in values if key(value) not in allowed})


def no_longer(limit: int) -> Callable[[Sequence[bytes]], bool]:
    """The quick test for a longest length: no value has more characters than bytes."""
    return lambda cells: longest(cells) <= limit


def longer(limit: int) -> CellTest:
    """The test for a longest length, in characters."""
    return of_text(lambda values: {value for value in values if len(value) > limit})
