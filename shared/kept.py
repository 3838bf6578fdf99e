"""Kept: the versions of blobs that were dealt with and could not be deleted. They are never new again.

A version is remembered by a mark of eight bytes. Up to a thousand stand in the record; more stand in a blob beside it.
"""

import hashlib
from collections.abc import Iterable
from contextlib import suppress

from .settings import Settings
from .store import Conflict, Store

IN_RECORD = 1000
_SWAPS = 20


def mark(name: str, etag: str) -> str:
    """The mark of one version of one blob: 16 hexadecimal digits."""
    return hashlib.blake2b(f"{name}\t{etag}".encode("utf-8", "surrogatepass"), digest_size=8).hexdigest()


def blob_name(profile: str) -> str:
    return f"{profile}.kept"


def read(store: Store, settings: Settings, profile: str) -> frozenset[str]:
    """The marks that stand apart; none if there is no such blob."""
    found = store.read(settings.state_container, blob_name(profile))
    return _decoded(found[0]) if found else frozenset()


def add(store: Store, settings: Settings, profile: str, marks: Iterable[str]) -> None:
    """Add marks to those that stand apart. They are facts, whoever finds them, so no swap of the record is needed."""
    new = frozenset(marks)
    for _ in range(_SWAPS):
        found = store.read(settings.state_container, blob_name(profile))
        before = _decoded(found[0]) if found else frozenset()
        after = before | new
        if after == before:
            return
        data = b"".join(bytes.fromhex(each) for each in sorted(after))
        with suppress(Conflict):
            store.write(
                settings.state_container,
                blob_name(profile),
                data,
                etag=found[1] if found else None,
                create=found is None,
            )
            return
    raise Conflict(f"the kept files of {profile} changed {_SWAPS} times under one swap")


def _decoded(data: bytes) -> frozenset[str]:
    whole = len(data) - len(data) % 8
    return frozenset(data[at : at + 8].hex() for at in range(0, whole, 8))
