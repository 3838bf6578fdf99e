"""The door to the record: the one place where it is read and swapped.

An edit is a pure function of the record that returns the new record *and* what it decided (`Edited`). It may be called
several times; only what the swap that won has decided is handed out.
"""

import os
from collections.abc import Callable
from typing import NamedTuple

import msgspec
from msgspec.structs import replace

from .label import KEY, label
from .record import VERSION, Record
from .settings import Settings
from .store import Conflict, Store
from .upgrade import upgraded

_SWAPS = 50


class Displaced(Exception):
    """Another driver has taken over; what this one was about to record is its business no longer."""


class Unreadable(Exception):
    """The profile's record is damaged, or gone although a driver is at work: it has to be rebuilt (`steps.mend`)."""

    def __init__(self, profile: str, etag: str | None) -> None:
        super().__init__(profile)
        self.profile = profile
        self.etag = etag


class Newer(Exception):
    """The record was written by a newer version of this app: it is left alone, and the profile waits."""


class Version(NamedTuple):
    """A record as it was read or written, and its ETag; None if it isn't stored yet."""

    record: Record
    etag: str | None


class Edited[T](NamedTuple):
    """What an edit makes of a record, and what it decided."""

    record: Record
    said: T


class Changed[T](NamedTuple):
    """The outcome of a change: the record as it is now, its ETag, and what the edit that counts decided."""

    record: Record
    etag: str | None
    said: T

    @property
    def version(self) -> Version:
        return Version(self.record, self.etag)


_ENCODER = msgspec.json.Encoder(order="deterministic")
# Made on import, not on first use: msgspec crashes if several threads meet a type for the first time at once.
_DECODER = msgspec.json.Decoder(Record)


def blob_name(profile: str) -> str:
    return f"{profile}.json"


def load(store: Store, settings: Settings, profile: str) -> Version:
    """The record as it is now; a fresh one if there is none yet. Raises Unreadable and Newer."""
    found = store.read(settings.state_container, blob_name(profile))
    if found is None:
        return Version(Record(profile), None)
    return Version(decode(found[0], settings, profile, found[1]), found[1])


def encode(record: Record) -> bytes:
    """The bytes that are stored."""
    return _ENCODER.encode(record)


def decode(data: bytes, settings: Settings, profile: str, etag: str | None) -> Record:
    """A record of this or an older version. Raises Unreadable and Newer."""
    try:
        v = _HEADER.decode(data).v
        if v > VERSION:
            raise Newer(profile)
        record = _DECODER.decode(data) if v == VERSION else _converted(data, settings)
    except (msgspec.MsgspecError, LookupError, TypeError, ValueError, AttributeError, RecursionError):
        raise Unreadable(profile, etag) from None
    if record.profile != profile or record.v != VERSION:
        raise Unreadable(profile, etag)
    return record


def _converted(data: bytes, settings: Settings) -> Record:
    return msgspec.convert(upgraded(msgspec.json.decode(data), settings), Record)


class _Header(msgspec.Struct):
    v: int


_HEADER = msgspec.json.Decoder(_Header)


def save(store: Store, settings: Settings, record: Record, etag: str | None) -> str:
    """Swap the record. Raises Conflict if it changed since `etag`, or exists although `etag` is None."""
    data = encode(record)
    metadata = {"open": "true" if record.open else "false"}
    if (text := label(record, data)) is not None:
        metadata[KEY] = text
    name = blob_name(record.profile)
    return store.write(settings.state_container, name, data, etag=etag, create=etag is None, metadata=metadata)


def change[T](
    store: Store,
    settings: Settings,
    profile: str,
    edit: Callable[[Record], Edited[T]],
    *,
    instance: str | None = None,
    known: Version | None = None,
) -> Changed[T]:
    """Apply an edit by compare-and-swap, again on a fresh record whenever another was first.

    An edit that returns the record as it was changes nothing. With `instance`, raises Displaced unless it is the
    driver, and Unreadable if there is no record at all. `known` is tried first and saves a read; only a swap of it
    counts, every other answer is given on a fresh record.
    """
    for _ in range(_SWAPS):
        fresh = known is None
        record, etag = known or load(store, settings, profile)
        known = None
        if instance is not None and (record.driver is None or record.driver.instance != instance):
            if not fresh:
                continue
            raise Unreadable(profile, None) if etag is None else Displaced(profile)
        edited = edit(record)
        if edited.record == record:
            if fresh:
                return Changed(record, etag, edited.said)
            continue
        marked = replace(edited.record, swap=os.urandom(6).hex())
        try:
            return Changed(marked, save(store, settings, marked, etag), edited.said)
        except Conflict:
            # The answer of a write that was done may have been lost and the write sent again: then this is ours.
            now = load(store, settings, profile)
            if now.etag is not None and now.record.swap == marked.swap:
                return Changed(now.record, now.etag, edited.said)
    raise Conflict(f"the record of {profile} changed {_SWAPS} times under one swap")
