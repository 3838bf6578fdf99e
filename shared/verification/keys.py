"""The values of a unique column: for duplicates in it, for references to it, and for what is nearly the same."""

from bisect import bisect_right
from collections.abc import Callable, Iterable, Iterator, Sequence, Set
from hashlib import blake2b
from itertools import islice

from .cells import longest
from .written import Written

KEYS = 600_000
"""Keys of a file that are remembered, more than a file may have rows; above that, duplicates and references are not
checked."""
_LONG = 64  # bytes; of a longer value its hash is kept, so that it takes no more memory than a short one
_EMPTY = b""


class Places:
    """The lines of a file's records, by number: batches of them, mostly ranges."""

    def __init__(self) -> None:
        self._firsts: list[int] = []
        self._lines: list[Sequence[int]] = []
        self._count = 0

    def add(self, lines: Sequence[int]) -> None:
        """The lines of the next records."""
        self._firsts.append(self._count)
        self._lines.append(lines)
        self._count += len(lines)

    def line(self, number: int) -> int:
        """The line of a record."""
        batch = bisect_right(self._firsts, number) - 1
        return self._lines[batch][number - self._firsts[batch]]


class Keys:
    """The values of a unique column, in the order of their records, whose lines `places` knows.

    `lost` are those of rows that the service drops: who names them hangs on a dropped row.
    """

    def __init__(self, places: Places | None = None) -> None:
        self.complete = True
        self._places = places or Places()
        self.lost: set[bytes] = set()
        self.written = Written()
        self.gone: set[bytes] = set()
        """Some that aren't there, and that another file names too often for slips."""
        self.told_alone: list[Callable[[], None]] = []
        """For each column that names some that aren't there, what is to be done when others are found gone."""
        self.changed = False
        """A spreadsheet may have changed some of them,"""
        self.changed_as: dict[str, str] = {}
        """in this way, as what refers to them in one shape says: then it is told there alone."""
        self._small = self._capital = self._blank = self._twice = False
        self._seen: set[bytes] = set()
        self._order: list[bytes] = []  # all values, by record
        self._broken: set[bytes] = set()

    def __iter__(self) -> Iterator[bytes]:
        return filter(None, self._order)

    def __contains__(self, value: bytes) -> bool:
        return value in self._seen

    def add(self, values: Sequence[bytes]) -> list[int]:
        """Remember a batch; gives the indexes of those that were there before. Empty values don't count."""
        if not self.complete:
            return []
        seen, before = self._seen, len(self._seen)
        if before + len(self._broken) + len(values) > KEYS:
            self.drop()
            return []
        values = short(values)
        first = len(self._order)
        self._order += values
        if not self._twice:  # one look is enough: each of them makes the set larger
            seen.update(values)
            if len(seen) == before + len(values) and _EMPTY not in seen:
                return []
            self._twice = True
            hits = _again(values, set(values).intersection(islice(self._order, first)))
        elif seen.isdisjoint(values):
            seen.update(values)
            hits = _again(values, set()) if len(seen) < before + len(values) else []
        else:
            hits = _again(values, seen)
            seen.update(values)
        seen.discard(_EMPTY)
        return hits

    def add_broken(self, values: Iterable[bytes]) -> None:
        """Remember the values of rows that are reported for something else: they count for references alone.

        Whether another row repeats them is seen when they are mended.
        """
        if self.complete:
            self._broken.update(filter(None, short(list(values))))
            if len(self._seen) + len(self._broken) > KEYS:
                self.drop()

    def lose_broken(self) -> None:
        """The values of rows that are reported for something else are lost, unless another row has them."""
        self.lost |= self._broken - self._seen

    def drop(self) -> None:
        """Forget them: they can't be known in full."""
        self.complete = False
        self.lost, self._seen, self._broken, self._order = set(), set(), set(), []

    @property
    def values(self) -> Sequence[bytes]:
        """All values, by record, as `short` gives them; none if they aren't known in full."""
        return self._order

    @property
    def different(self) -> Set[bytes]:
        """The values, each once and in no order, as `short` gives them; none if they aren't known in full."""
        return self._seen

    def line(self, value: bytes) -> int:
        """The line of the first record with this value; 0 if there is none."""
        try:
            number = self._order.index(short([value])[0])
        except ValueError:
            return 0
        return self._places.line(number)

    def line_of(self, number: int) -> int:
        """The line of a record."""
        return self._places.line(number)

    def note_case(self, joined: bytes) -> None:
        """Note whether there are small and capital letters, or blanks, in some values, put together."""
        self._blank = self._blank or b" " in joined
        if not (self._small and self._capital):
            self._small |= joined.upper() != joined
            self._capital |= joined.lower() != joined

    def alike(self) -> Iterator[tuple[int, int]]:
        """The numbers of records whose value differs in case or in blanks alone from one before it, and of that one.

        Each value comes once. One pass over all of them, however many there are.
        """
        if not self._blank and not (self._small and self._capital):
            return
        once, twice = set[bytes](), set[bytes]()
        for form in map(self._folded, self._seen):
            (twice if form in once else once).add(form)
        del once
        firsts: dict[bytes, int] = {}
        told = set[bytes]()
        for number, value in enumerate(self._order) if twice else ():
            form = self._folded(value)
            if form in twice and value not in told:
                told.add(value)
                if (first := firsts.setdefault(form, number)) != number:
                    yield number, first

    def _folded(self, value: bytes) -> bytes:
        return value.lower().replace(b" ", b"") if self._blank else value.lower()

    def knows(self, value: bytes) -> bool:
        """The value, as `short` gives it, is a key, as far as is known."""
        return value in self._seen or value in self._broken or not self.complete

    def hashes(self) -> set[int]:
        """The hashes of all keys."""
        return set(map(hash, self._seen)) | set(map(hash, self._broken))

    def missing(self, values: set[bytes]) -> set[bytes]:
        """The values that aren't keys; none if the keys aren't known in full."""
        if not self.complete:
            return set()
        left = values - self._seen
        if longest(left) > _LONG:
            left = {value for value in left if short([value])[0] not in self._seen}
        return left - self._broken if left else left

    def missing_if_any(self, values: set[bytes]) -> set[bytes]:
        """As `missing`, and none if there are no keys at all."""
        return self.missing(values) if self._seen or self._broken else set()

    def all(self, values: Sequence[bytes]) -> bool:
        """All of the values are keys of sound rows, none empty: a quick look, that may say no of others."""
        return self._seen.issuperset(values) if self.complete else _EMPTY not in values

    def plain(self, values: Iterable[bytes]) -> set[bytes]:
        """Those of the values that are keys, as they are."""
        return self._seen.intersection(values).difference(self.written.odd)  # which passes over the few alone

    def shared(self, others: "Keys") -> set[bytes]:
        """The values that are keys of both."""
        return self._seen & others._seen


def short(values: Sequence[bytes]) -> Sequence[bytes]:
    """The values as they are kept."""
    if longest(values) <= _LONG:
        return values
    return [v if len(v) <= _LONG else b"\0" + blake2b(v, digest_size=32).digest() for v in values]


def _again(values: Sequence[bytes], before: set[bytes]) -> list[int]:
    """The indexes of values that are in `before` or came earlier in the batch."""
    if before.issuperset(values) and _EMPTY not in values:
        return list(range(len(values)))
    firsts = first_of(values, set(values) - before)
    return [i for i, value in enumerate(values) if i not in firsts and value]


def first_of[Value](values: Sequence[Value], wanted: Set[Value]) -> set[int]:
    """The indexes at which some of the values come first."""
    if not wanted:
        return set()
    firsts = dict(zip(reversed(values), range(len(values) - 1, -1, -1), strict=True))
    return set(map(firsts.__getitem__, wanted))
