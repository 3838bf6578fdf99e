"""Marks: what is remembered of an id, and operations on many of them.

A mark is 62 bits of a hash whose key is the profile's, so that nobody without the key can tell which ids were hashed,
or whether two profiles share one. Marks stand sorted in arrays of 8 bytes each. As the bits of a positive floating
point number they have the order of the numbers, and those are what Python sorts and compares fastest.
"""

import hashlib
from array import array
from bisect import bisect_left, bisect_right
from collections.abc import Iterable, Sequence
from itertools import islice, pairwise
from operator import lt

Marks = array[float]
"""Sorted, each once."""

KEY_BYTES = 32
_STEP = 512  # marks that are compared at once: where nothing has changed, they are equal
_SORTED_AT_ONCE = 1 << 17
_TOP = bytes(byte & 0x3F for byte in range(256))  # without the sign, and never infinite or no number


class Marker:
    """Makes the marks of one kind of ids."""

    def __init__(self, key: bytes, kind: str) -> None:
        """`key`: KEY_BYTES secret bytes. Marks of two kinds are never the same but by chance."""
        # Key and id stand in one block, as they would in BLAKE2's own keyed mode, which takes two: half the time.
        # A longer message can't be told from a shorter one's hash, as BLAKE2 ends differently.
        self._begun = hashlib.blake2b(key + kind.encode() + b"\0", digest_size=8)

    def raw(self, ids: Iterable[bytes]) -> bytes:
        """Eight bytes for each id, in the order of the ids; `marks` takes them."""
        digests: list[bytes] = []
        copy, keep = self._begun.copy, digests.append
        for id_ in ids:
            digest = copy()
            digest.update(id_)
            keep(digest.digest())
        return b"".join(digests)


def in_order(raw: bytearray) -> "array[float]":
    """The marks of what `Marker.raw` made, in the order of their ids; it is used up."""
    raw[7::8] = raw[7::8].translate(_TOP)
    found = array("d")
    found.frombytes(raw)
    raw.clear()
    return found


def marks(raw: bytearray) -> Marks:
    """The same sorted, in a quarter of the memory that sorting all of them at once takes."""
    unsorted = in_order(raw)
    if len(unsorted) <= _SORTED_AT_ONCE:
        return _each_once(sorted(unsorted))
    found = array("d")
    bounds = _bounds(len(unsorted) // _SORTED_AT_ONCE + 1)
    for low, high in pairwise(bounds):
        found.extend(_each_once(sorted([mark for mark in unsorted if low <= mark < high])))
    return found


def _bounds(parts: int) -> list[float]:
    """Marks that cut all that there can be into parts of about one size."""
    cuts = b"".join((i * (1 << 62) // parts).to_bytes(8, "little") for i in range(parts))
    return [*array("d", cuts), float("inf")]


def _each_once(ordered: list[float]) -> Marks:
    if not all(map(lt, ordered, islice(ordered, 1, None))):
        ordered = sorted(set(ordered))
    return array("d", ordered)


def union(parts: Sequence[Marks]) -> Marks:
    """The marks that are in any of these."""
    filled = [part for part in parts if part]
    if len(filled) == 1:
        return filled[0]
    raw = bytearray().join(part.tobytes() for part in filled)
    return marks(raw)


def has(these: Marks, mark: float) -> bool:
    """Whether a mark is among these."""
    at = bisect_left(these, mark)
    return at < len(these) and these[at] == mark


def difference(these: Marks, others: Marks) -> Marks:
    """The marks that are not among the others."""
    return _compared(these, others, inside=False)


def common(these: Marks, others: Marks) -> Marks:
    """The marks that are among the others too."""
    return _compared(these, others, inside=True)


def _compared(these: Marks, others: Marks, *, inside: bool) -> Marks:
    found = array("d")
    start = 0
    for at in range(0, len(these), _STEP):
        part = these[at : at + _STEP]
        start = bisect_left(others, part[0], start)
        end = bisect_right(others, part[-1], start)
        there = others[start:end]
        start = end
        if not there or part == there:
            if bool(there) == inside:
                found.extend(part)
        else:
            seen = set(part)
            found.extend(sorted(seen.intersection(there) if inside else seen.difference(there)))
    return found
