"""What is kept of an accepted drop: its ids as marks, in one blob that only the profile's key can read or make."""

import hashlib
import hmac
from array import array

import msgspec

from ..results import RemovedKind, RemovedRole
from .ids import Ids
from .marks import Marks

_MAGIC = b"rosterdrop ids 1\n"
"""Begins with a word and a version, so that a later one is known for what it is."""
_LENGTH = 4
_SEAL = 32


class BadMemory(ValueError):
    """This is no memory of ids, or one of another key or a newer version, or it is damaged."""


class _Part(msgspec.Struct, frozen=True):
    kind: RemovedKind
    role: RemovedRole | None
    count: int


class _Head(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    format: str
    parts: tuple[_Part, ...]


_ENCODER = msgspec.json.Encoder()
_DECODER = msgspec.json.Decoder(_Head)


def remember(ids: Ids, key: bytes) -> bytes:
    """The ids that the service takes, 8 bytes each, sealed with the profile's key."""
    parts = sorted(ids.taken.items(), key=lambda part: str(part[0]))
    head = _ENCODER.encode(_Head(ids.format, tuple(_Part(kind, role, len(ids)) for (kind, role), ids in parts)))
    body = b"".join([_MAGIC, len(head).to_bytes(_LENGTH, "little"), head, *(found.tobytes() for _, found in parts)])
    return body + _seal(body, key)


def recall(data: bytes, key: bytes) -> Ids:
    """What `remember` made. Raises BadMemory for everything else."""
    body, seal = memoryview(data)[:-_SEAL], data[-_SEAL:]
    if not data.startswith(_MAGIC) or not hmac.compare_digest(_seal(body, key), seal):
        raise BadMemory("the remembered ids can't be read: damaged, of another key, or of a newer version")
    at = len(_MAGIC) + _LENGTH
    end = at + int.from_bytes(body[at - _LENGTH : at], "little")
    head = _DECODER.decode(body[at:end])
    taken: dict[tuple[RemovedKind, RemovedRole | None], Marks] = {}
    for part in head.parts:
        start, end = end, end + 8 * part.count
        found = array("d")
        found.frombytes(body[start:end])
        taken[part.kind, part.role] = found
    return Ids(head.format, taken)


def _seal(body: bytes | memoryview, key: bytes) -> bytes:
    return hashlib.blake2b(body, key=key, digest_size=_SEAL).digest()
