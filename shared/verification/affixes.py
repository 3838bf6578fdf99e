"""Ids that lack, or have, what the ids of another file don't: the same characters in front of each, or behind."""

from collections.abc import Callable, Iterator, Set
from itertools import islice

from .keys import Keys
from .model import BEHIND, FRONT, OWN_BEHIND, OWN_FRONT

_LONGEST, _SOME, _MANY = 8, 3, 100  # bytes that ids may have in addition; values that tell; keys that are tried
_NEARLY = 0.9  # the share of the values that must be keys then
_MARKS = (b"-", b"_", b".", b":", b"/", b"|")
_Way = tuple[str, bytes, Callable[[bytes], bytes]]
"""The shape, the characters, and the key that a value then is."""


def affixed(values: Set[bytes], keys: Keys | Set[bytes], *, digits: bool) -> dict[bytes, tuple[bytes, str]]:
    """The keys that nearly all of some values are but for such characters, and where those are; else nothing.

    There are no blanks in them: those are in names. `digits`: they may be digits alone. Of a few values that says
    nothing: where there is a 500, there may be a 1500.
    """
    if len(values) < _SOME:
        return {}
    joined = b"\n".join([b"", *keys, b""])
    for value in sorted(values)[:_SOME]:
        for shape, characters, key in _ways(value, keys, joined):
            if b" " not in characters and (digits or not characters.isdigit()):
                most = len(values) - _NEARLY * len(values)
                others = (one for one in values if key(one) not in keys)
                if sum(1 for _ in islice(others, int(most) + 1)) <= most:
                    return {one: (key(one), shape) for one in values if key(one) in keys}
    return _own(values, keys, joined) if digits else {}


def _own(values: Set[bytes], keys: Keys | Set[bytes], joined: bytes) -> dict[bytes, tuple[bytes, str]]:
    """As `affixed`, where each has characters of its own, and a mark between."""
    enough = _NEARLY * len(values)
    for mark in _MARKS:
        for shape in (OWN_FRONT, OWN_BEHIND):
            longer = {one: (key, shape) for one in values if (key := _bare(one, mark, shape)) in keys}
            if len(longer) >= enough:
                return longer
            if mark in joined:
                shorter = {one: (key, shape) for key in keys if (one := _bare(key, mark, shape)) in values}
                if len(shorter) >= enough:
                    return shorter
    return {}


def _bare(one: bytes, mark: bytes, shape: str) -> bytes:
    return one.partition(mark)[2] if shape == OWN_FRONT else one.rpartition(mark)[0]


def _ways(value: bytes, keys: Keys | Set[bytes], joined: bytes) -> Iterator[_Way]:
    for size in range(1, min(_LONGEST, len(value) - 1) + 1):
        if value[size:] in keys:
            yield FRONT, value[:size], lambda one, front=value[:size]: one.removeprefix(front)  # type: ignore[misc]
        if value[:-size] in keys:
            yield BEHIND, value[-size:], lambda one, end=value[-size:]: one.removesuffix(end)  # type: ignore[misc]
    for key in _longer(value, joined):
        front, _, end = key.partition(value)
        if not end:
            yield FRONT, front, lambda one, front=front: front + one  # type: ignore[misc]
        elif not front:
            yield BEHIND, end, lambda one, end=end: one + end  # type: ignore[misc]


def _longer(value: bytes, joined: bytes) -> Iterator[bytes]:
    """The first keys, of all with a line end around each, that are a value with a little more to it."""
    at = -1
    for _ in range(_MANY):
        at = joined.find(value, at + 1)
        if at < 0:
            return
        key = joined[joined.rfind(b"\n", 0, at) + 1 : joined.find(b"\n", at)]
        if 0 < len(key) - len(value) <= _LONGEST:
            yield key
