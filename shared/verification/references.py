"""The values of a column that must be keys of another file: which dangle, and which are only written in another way."""

import re
from collections import Counter
from collections.abc import Callable, Mapping, Sequence
from itertools import filterfalse, islice, pairwise
from math import ceil

import msgspec

from .affixes import affixed
from .cells import decoded, longest, lower, trimmed
from .findings import Findings, Need
from .keys import Keys
from .likeness import nearly
from .model import (
    ARRAY,
    BLANKS,
    CHANGED,
    CHANGED_HERE,
    COUNTED_UP,
    DECORATED,
    GONE,
    HARDLY,
    NOTHING_SHAPE,
    OTHER_CELL,
    OTHER_COLUMN,
    SEVERAL,
    ids_of,
    not_commas,
)
from .sample import Sample
from .suspects import NOTHING, OBJECT, PERHAPS, changed, is_object

_DISTINCT = 1000  # dangling values that are told apart,
_LONGEST = 200  # by so many of their bytes
_JOINED = {
    by: name
    for name, marks in (
        *(("words", (b" and ", b" und ")), ("ampersands", (b"&",)), ("plus signs", (b"+",)), ("semicolons", (b";",))),
        *(("vertical bars", (b"|",)), ("slashes", (b"/",)), ("dashes", (b" - ",)), ("line breaks", (b"\n",))),
        *(("blanks", (b" ",)), ("commas", (b",",))),
    )
    for by in marks
}
_NEARLY, _FEW = 0.9, 9  # the share of the rows, not too few, from which on the column is the cause
_STEPS = 4  # rows after each other that make it no chance
_NUMBER = re.compile(rb"(.*?)((?!0)[0-9]{1,18})", re.DOTALL)
_OPEN, _CLOSED = b"[{(", b"]})"
_BARE = frozenset(b" <>;#(),:\"'")  # what no address has
_AGAIN = 3  # rows that name the same id, on average, from which on they are no slips


class _Dangling(msgspec.Struct):
    count: int = 0
    lines: list[int] = []


class _Found(msgspec.Struct):
    count: int = 0
    places: list[tuple[int, str, int]] = []
    """Line, value, line of the key that it nearly is."""


class References:
    """One column that refers to the keys of another file. Reports at the end, when it knows what differs how."""

    def __init__(
        self,
        keys: Keys,
        *,
        file: str,
        header: str,
        target: str,
        target_column: str,
        need: Need,
        alone: bool,
        parts: Callable[[bytes], set[bytes]] | None,
        findings: Findings,
        elsewhere: Mapping[str, Keys] = {},
        sample: Sample | None = None,
        groups: bool = False,
    ) -> None:
        """`parts` gives the values of a cell that holds several; `elsewhere` are ids that may be meant; `sample` is
        of the file referred to; `groups`: rows that have ids of their own name what they belong to."""
        self._keys = keys
        self._file = file
        self._header = header
        self._target = target
        self._target_column = target_column
        self._need: Need = need
        self._alone = alone
        self._parts = parts
        self._elsewhere = elsewhere
        self._sample = sample
        self._groups = groups
        self._findings = findings
        self._dangling: dict[bytes, _Dangling] = {}
        self._rest = _Dangling()
        self._spaced: set[bytes] = set()  # those that are keys, but for blanks
        self._misfits: set[bytes] = set()  # what can't be an id of the file at all, and the number of its rows
        self._misfit_rows = 0
        self.exchanged_with = ""
        """The header of the column that has the ids of this one in the rows that dangle, if there is one."""
        self.other: set[int] = set()
        """The records of the last batch whose values are keys but for blanks."""

    def fine(self, values: Sequence[bytes]) -> bool:
        """All of them are keys of rows that stay, none empty: a quick look, that may say no of others."""
        return not self._keys.lost and not self._keys.written.odd and self._keys.all(values)

    def sound(self, values: Sequence[bytes]) -> bool:
        """As `fine`, and no spreadsheet has changed one of the keys."""
        return self._keys.complete and not self._keys.changed and self.fine(values)

    def check(
        self, left: set[bytes], values: Sequence[bytes], lines: Sequence[int], written: Mapping[int, bytes]
    ) -> set[bytes]:
        """Look at the different values of a batch; gives those that dangle, or hang on a row that is dropped.

        `written` are those that have blanks around them, as they are: the service compares them so.
        """
        failed = self._of_cells(left, self._missing)
        if failed:
            dangling, where = values, lines
            if not failed.issuperset(values):
                hits = [i for i, cell in enumerate(values) if cell in failed]
                dangling, where = [values[i] for i in hits], [lines[i] for i in hits]
            if self._need == "required":
                self._findings.drop(self._file, where)
            self._note_all(dangling, where, failed)
        failed |= self._written_otherwise(left - failed, values, lines, written)
        if not self._keys.lost or self._need == "optional":
            return failed
        lost = self._of_cells(left - failed, self._keys.lost.intersection)
        if lost:
            hits = [i for i, cell in enumerate(values) if cell in lost]
            self._findings.drop(self._file, [lines[i] for i in hits])
            self._findings.add_hits(
                "hanging", self._file, self._header, hits, lines, lambda i: decoded(values[i]), detail=self._target
            )
        return failed | lost

    def _written_otherwise(
        self, left: set[bytes], values: Sequence[bytes], lines: Sequence[int], written: Mapping[int, bytes]
    ) -> set[bytes]:
        """Note values that are keys but for the blanks around the one or the other; gives those to look at again."""
        keys, self.other = self._keys, set()
        if self._parts or not keys.complete or not (written or keys.written.odd):
            return set()
        again = left & keys.written.odd.keys()
        known = {value for value in again | {values[i] for i in written} if keys.all((value,))}
        hits = [i for i, value in enumerate(values) if value in known]
        hits = [i for i in hits if not keys.written.is_key(values[i], written.get(i, values[i]))]
        self.other.update(hits)
        if self._need == "required":
            self._findings.drop(self._file, [lines[i] for i in hits])
        for i in hits:
            self._spaced.add(values[i])
            self._note(values[i], lines[i])
        return again

    def note_misfits(self, failed: set[bytes], values: Sequence[bytes]) -> None:
        """Note values that are reported for something else: they may be the ids of another column."""
        self._misfit_rows += sum(map(failed.__contains__, values))
        if len(self._misfits) < _DISTINCT:
            self._misfits |= failed

    @property
    def off(self) -> int:
        """How many rows dangle or hold what can't be an id of the file."""
        return self.count + self._misfit_rows

    @property
    def count(self) -> int:
        """How many rows dangle."""
        return sum(dangling.count for dangling in (*self._dangling.values(), self._rest))

    @property
    def lines(self) -> list[int]:
        """The first lines of those."""
        every = (line for dangling in (*self._dangling.values(), self._rest) for line in dangling.lines)
        return sorted(every)[: self._findings.places]

    def held_by(self, other: "References") -> float:
        """The share of the values that dangle, as far as they are told apart, that the other's file has."""
        values = self._dangling.keys() | self._misfits
        if not values or not other._keys.complete:
            return 0
        left = other._keys.missing(values)
        if left:  # e-mail addresses are compared in small letters
            left = set(map(lower, left)) - set(map(bytes.lower, other._keys))
        return 1 - len(left) / len(values)

    def knows(self, keys: Keys, share: float) -> bool:
        """The file referred to has this share of some keys."""
        count = len(keys.different)
        most = count - ceil(share * count)
        strangers = filterfalse(self._keys.knows, keys.different)  # one by one: a set of them would be a peak of memory
        return self._keys.complete and count > 0 and next(islice(strangers, most, None), None) is None

    def forget(self) -> None:
        """What dangles is reported as something else."""
        self._dangling, self._rest = {}, _Dangling()

    def settle(self, rows: int) -> None:
        """Report what dangles, by what it differs in from a key, if that is all. `rows` are those of the file.

        Where the keys aren't known in full, nothing dangles.
        """
        if not self._dangling:
            return
        near: dict[bytes, tuple[bytes, str]] = {}
        for name, others in self._elsewhere.items():
            strangers = self._dangling.keys() - others.missing(set(self._dangling))
            near |= dict.fromkeys(strangers, (b"", ids_of(name)))
        near |= nearly(self._dangling, list(self._keys))
        near |= {value: (value, BLANKS) for value in self._spaced & self._dangling.keys()}
        words = self._dangling.keys() & (NOTHING | PERHAPS - near.keys())
        near |= dict.fromkeys(words, (b"", NOTHING_SHAPE))
        near |= {value: (b"", shape) for value in self._dangling if (shape := self._joined(value))}
        near |= {value: (b"", OBJECT) for value in self._dangling if is_object(value)}
        rest = self._dangling.keys() - near.keys()
        near |= {value: (b"", f"{CHANGED_HERE}: {what}") for value in rest if (what := changed(value))}
        hardly = _FEW <= _NEARLY * rows <= self.count
        if rest := self._dangling.keys() - near.keys():
            near |= affixed(rest, self._keys, digits=hardly)
        if rest := {value for value in self._dangling if b"@" in value} - near.keys():
            near |= self._decorated(rest)
        rest = self._dangling.keys() - near.keys()
        found: dict[str, _Found] = {}
        for value, dangling in self._dangling.items():
            key, shape = near.get(value, (b"", ""))
            group = found.setdefault(shape, _Found())
            other = self._keys.line(key) if key and len(group.places) < self._findings.places else 0
            group.count += dangling.count
            group.places += [(line, decoded(value), other) for line in dangling.lines]
        if "" in found and self._keys.changed:
            found[CHANGED] = found.pop("")
        if "" in found and any(self._keys):
            cause = self._cause(rest, found[""].count + self._rest.count, rows)
            found[cause] = found.pop("")
        usual = max(found, key=lambda shape: found[shape].count)
        found[usual].count += self._rest.count
        for shape, group in found.items():
            places = sorted(group.places)
            self._findings.add(
                "reference",
                self._file,
                column=self._header,
                count=group.count,
                lines=[line for line, _, _ in places],
                values=[value for _, value, _ in places],
                detail=self._detail(shape, rest, near),
                need=self._need,
                shape=shape,
                others=[other for _, _, other in places] if any(other for _, _, other in places) else (),
                other_file=self._target,
            )

    def _cause(self, values: set[bytes], count: int, rows: int) -> str:
        """The shape of values that are like no key: why so many rows have them, if that can be seen."""
        if self.exchanged_with:
            return OTHER_CELL
        if self._groups and len(values) > len(self._keys.different) and self._counts_up(values):
            return COUNTED_UP
        hardly = _NEARLY * rows <= count
        if hardly or not any(map(bytes.isdigit, values)):  # a number may be in any column by chance
            column = self._sample.column_of(values) if self._sample else ""
            if column:
                return f"{OTHER_COLUMN}: {column}"
        if hardly and count >= _FEW:
            return HARDLY
        if self._no_slips(values) or values <= self._keys.gone:
            self._keys.gone |= values
            for look_again in self._keys.told_alone:
                look_again()
            return GONE
        self._keys.told_alone.append(lambda: self._tell_gone(values))
        return ""

    def _tell_gone(self, values: set[bytes]) -> None:
        """Tell values as gone that were told as slips, if another file has shown by now that they are."""
        if values <= self._keys.gone:
            detail = self._detail(GONE, values, {})
            self._findings.rename("reference", self._file, self._header, "", GONE, detail)

    def _counts_up(self, values: set[bytes]) -> bool:
        """Nearly each of them is one more than the one in the row before."""
        rows = sorted((line, value) for value in values for line in self._dangling[value].lines)
        steps = sum(above + 1 == below and _next(one) == two for (above, one), (below, two) in pairwise(rows))
        return steps >= _STEPS and steps >= _NEARLY * (len(rows) - 1)

    def _decorated(self, values: set[bytes]) -> dict[bytes, tuple[bytes, str]]:
        """The keys that are some addresses with something around them: a name, a second one, a link."""
        odd = [key for key in self._keys if key.count(b"@") != 1 or not _BARE.isdisjoint(key)][:_DISTINCT]
        found = ((value, next((key for key in odd if value in key), b"")) for value in values)
        return {value: (key, DECORATED) for value, key in found if key}

    def _no_slips(self, values: set[bytes]) -> bool:
        """They are too many for that, or are named too often."""
        again = sum(self._dangling[value].count for value in values) >= _AGAIN * len(values) > 0
        return again or len(values) >= _FEW

    def _detail(self, shape: str, values: set[bytes], near: Mapping[bytes, tuple[bytes, str]]) -> str:
        """What is to be said of a shape besides; `values` are near no key."""
        if shape == OTHER_CELL:
            return f"{self._header} and {self.exchanged_with}"
        if shape == GONE:
            if len(values) == 1:
                return f"one id that {self._target} doesn't have: its row was probably left out there, or has a new id"
            number = f"{'more than ' * bool(self._rest.count)}{len(values):,} ids that {self._target} doesn't have"
            return f"{number}: their rows were probably left out there, or have new ids"
        _, is_other, column = shape.partition(f"{OTHER_COLUMN}: ")
        if is_other:
            return f"{column} of {self._target}"
        keys = len({key for key, of in near.values() if of == shape and key})
        as_told = self._keys.changed_as  # of the first column that refers to them
        if not as_told.get(shape):
            most = (len(values) if self._no_slips(values) else 0) if shape == CHANGED else keys
            as_told[shape] = self._findings.changed(self._target, self._target_column, shape, most)
        return f"{self._target}{as_told[shape]}"

    def _joined(self, value: bytes) -> str:
        """What is wrong with a value that is several ids: it may not be, or commas must join them."""
        if self._parts and value[:1] in _OPEN and value[-1:] in _CLOSED:
            listed = value.lstrip(_OPEN).rstrip(_CLOSED)
            several = {part.strip(b" \"'") for part in listed.split(b",")} - {b""}
            if several and not self._keys.missing(several):
                return ARRAY
        for by, name in _JOINED.items():
            if by in value:
                several = set(map(trimmed, value.split(by))) - {b""}
                if (self._parts or len(several) > 1) and not self._keys.missing(several):
                    return not_commas(name) if self._parts else SEVERAL
        return ""

    def _missing(self, values: set[bytes]) -> set[bytes]:
        return self._keys.missing_if_any(values) if self._alone else self._keys.missing(values)

    def _of_cells(self, cells: set[bytes], test: Callable[[set[bytes]], set[bytes]]) -> set[bytes]:
        if self._parts is None:
            return test(cells)
        held = {cell: self._parts(cell) for cell in cells}
        bad = test(set().union(*held.values()))
        return {cell for cell, values in held.items() if values & bad} if bad else set()

    def _note_all(self, values: Sequence[bytes], lines: Sequence[int], different: set[bytes]) -> None:
        """Note values that dangle: those whose places are wanted one by one, the others by their number."""
        if longest(different) > _LONGEST:
            values = [value[:_LONGEST] for value in values]
        counts = Counter(values) if len(different) > 1 else Counter({values[0]: len(values)})
        if len(self._dangling) >= _DISTINCT and len(self._rest.lines) >= self._findings.places:
            counts = Counter({value: counts[value] for value in counts.keys() & self._dangling.keys()})
            self._rest.count += len(values) - counts.total()
        for value in [value for value in counts if self._is_full(value)]:
            (self._dangling.get(value) or self._rest).count += counts.pop(value)
        for value, line in zip(values, lines, strict=True) if counts else ():
            if value in counts:
                self._note(value, line)

    def _is_full(self, value: bytes) -> bool:
        """No more lines of it are wanted."""
        dangling = self._dangling.get(value)
        if dangling is None:
            dangling = self._rest if len(self._dangling) >= _DISTINCT else None
        return dangling is not None and len(dangling.lines) >= self._findings.places

    def _note(self, value: bytes, line: int) -> None:
        dangling = self._dangling.get(value)
        if dangling is None:
            dangling = self._rest
            if len(self._dangling) < _DISTINCT:
                dangling = self._dangling[value] = _Dangling()
        dangling.count += 1
        if len(dangling.lines) < self._findings.places:
            dangling.lines.append(line)


def _next(value: bytes) -> bytes:
    """What a spreadsheet writes below a value when it counts on; empty if it counts nothing there."""
    found = _NUMBER.fullmatch(value)
    return found[1] + str(int(found[2]) + 1).encode() if found else b""
