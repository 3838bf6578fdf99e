"""Marks: what is remembered of an id, and operations on many of them.

A mark is 62 bits of a hash whose key is the profile's, so that nobody without the key can tell which ids were hashed,
or whether two profiles share one. Marks stand sorted in arrays of 8 bytes each. As the bits of a positive floating
point number they have the order of the numbers, and those are what Python sorts and compares fastest.
"""

import hashlib
import struct
from array import array
from bisect import bisect_left, bisect_right
from collections.abc import Iterable, Sequence

Marks = array[float]
"""Sorted, each once."""

KEY_BYTES = 32
_STEP = 512  # marks that are compared at once: where nothing has changed, they are equal
_FAR = 8  # so many times more of the others, and each mark is looked up among them
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
    """The same sorted, each once."""
    ordered = in_order(raw).tolist()
    ordered.sort()
    found = _packed(ordered)
    return _packed(sorted(set(ordered))) if _repeats(found) else found


def _packed(ordered: list[float]) -> Marks:
    found = array("d")
    found.frombytes(struct.pack(f"{len(ordered)}d", *ordered))  # twice as fast as filling the array one by one
    return found


def _repeats(found: Marks) -> bool:
    """Whether some mark may be there twice: if neighbours have no bit in which they differ. Rarely wrong with a yes."""
    data = found.tobytes()
    differing = int.from_bytes(data[8:], "little") ^ int.from_bytes(data[:-8], "little")
    return bytes(8) in differing.to_bytes(max(0, len(data) - 8), "little")


def union(parts: Sequence[Marks]) -> Marks:
    """The marks that are in any of these."""
    filled = [part for part in parts if part]
    if len(filled) == 1:
        return filled[0]
    raw = bytearray().join(part.tobytes() for part in filled)
    return marks(raw)


def has(these: Marks, mark: float, start: int = 0, end: int | None = None) -> bool:
    """Whether a mark is among these, or among those from `start` to before `end`."""
    at = bisect_left(these, mark, start, end)
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
        if end - start > _FAR * len(part):
            found.extend([mark for mark in part if has(others, mark, start, end) == inside])
        elif part == (there := others[start:end]) or not there:
            if bool(there) == inside:
                found.extend(part)
        else:
            seen = set(part)
            found.extend(sorted(seen.intersection(there) if inside else seen.difference(there)))
        start = end
    return found
