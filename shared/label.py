"""The label: what people are shown of a record, on the record's own blob, so that one listing tells it of all profiles.

It is metadata that the record's own PUT writes. Who reads a record to act on it never looks here. A label counts only
for the very bytes that it was made with, whatever a tool that changes a record does with metadata.
"""

import hashlib
import zlib
from base64 import b64decode, b64encode

import msgspec
from msgspec.structs import asdict, astuple, replace

from .record import VERSION, Current, Drop, DropFile, Recent, Record, Refusal, Target, Unmovable
from .store import Blob

KEY = "label"
LONGEST = 7 * 1024
"""Characters. All metadata of a blob may have 8 KiB (learn.microsoft.com, "Set Blob Metadata")."""
_MADE = 1
"""To be raised with every change of what `shown` leaves out."""
_LARGEST = 256 * 1024
"""Bytes that a label may unfold to: whoever may write records could plant one that fills the memory."""
_QUICK = 1  # zlib's level: every swap of a record pays for it


class _Row(Recent, frozen=True, array_like=True):
    """A finished story without its fields' names: there are fifty of them."""


class _Shown(Record, frozen=True, omit_defaults=True):
    recent: tuple[_Row, ...] = ()


class _Label(msgspec.Struct, frozen=True):
    """`md5`: of the record's bytes, which storage has worked out, too, and tells in a listing."""

    made: int
    md5: bytes
    shown: _Shown


# Made on import, not on first use: msgspec crashes if several threads meet a type for the first time at once.
_ENCODER = msgspec.msgpack.Encoder()
_DECODER = msgspec.msgpack.Decoder(_Label)


def label(record: Record, data: bytes) -> str | None:
    """The label of a record that is stored as these bytes; None if it is too long for one: then it is read."""
    made = _Label(_MADE, digest(data), shown(record))
    text = b64encode(zlib.compress(_ENCODER.encode(made), _QUICK)).decode()
    return text if len(text) <= LONGEST else None


def labelled(blob: Blob, profile: str) -> Record | None:
    """What a listed record's label says, for `overview`; None if there is none that counts."""
    text = blob.metadata.get(KEY, "")
    if not 0 < len(text) <= LONGEST:
        return None
    try:
        unfolding = zlib.decompressobj()
        data = unfolding.decompress(b64decode(text, validate=True), _LARGEST)
        found = _DECODER.decode(data) if unfolding.eof else None
    except (msgspec.MsgspecError, zlib.error, ValueError, RecursionError):
        return None
    ours = (_MADE, blob.md5, VERSION, profile)
    if found is None or (found.made, found.md5, found.shown.v, found.shown.profile) != ours:
        return None
    return found.shown


def shown(record: Record) -> _Shown:
    """A record without what `overview` makes nothing of."""
    driver, seen, refusal = record.driver, record.inbox, record.refusal
    less = replace(
        record,
        swap="",
        driver=replace(driver, instance="") if driver is not None else None,
        inbox=replace(seen, fingerprint="") if seen is not None else None,
        restless=replace(record.restless, fingerprint="") if record.restless is not None else None,
        telling=None,
        refusal=Refusal("", refusal.count) if refusal is not None else None,
        unmovable=tuple(_without(each) for each in record.unmovable[:1]),
        current=_current(record.current) if record.current is not None else None,
        accepted=None,
        kept=(),
        tries=None,
    )
    return _Shown(**asdict(less) | {"recent": tuple(_Row(*astuple(story)) for story in record.recent)})


def digest(data: bytes) -> bytes:
    """As storage works it out for a blob that is written at once (learn.microsoft.com, "Put Blob")."""
    return hashlib.md5(data, usedforsecurity=False).digest()


_FILE = DropFile("", "", "", "", 0)


def _current(run: Current) -> Current:
    """Of the files, how many there are."""
    drop = Drop("", (_FILE,) * len(run.drop.files))
    return replace(run, drop=drop, target=Target(run.target.api, ""), messages=(), claim=None, operation=None)


def _without(stuck: Unmovable) -> Unmovable:
    return replace(stuck, name="", etag="", why="")
