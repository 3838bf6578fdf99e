"""The tenant's starts: the industry data API allows a few own starts in some hours, whichever profile makes them.

One small blob for all profiles, changed by compare-and-swap; a start is counted before its POST goes out.
"""

from contextlib import suppress
from datetime import datetime, timedelta

import msgspec

from .settings import Settings
from .store import Conflict, Store

BLOB = "_starts.json"
_SWAPS = 50
_KEPT = 200


class Start(msgspec.Struct, frozen=True):
    """One POST: by whom (profile, run and attempt), and when."""

    by: str
    at: datetime


class Starts(msgspec.Struct, frozen=True):
    starts: tuple[Start, ...] = ()
    v: int = 1


_DECODER = msgspec.json.Decoder(Starts)  # made on import: see `door`


def reserve(store: Store, settings: Settings, by: str, now: datetime, allowed: tuple[int, float]) -> bool:
    """Count a start before it is made. False: `allowed` (how many, in how many seconds) are used up."""
    most, seconds = allowed
    since = now - timedelta(seconds=seconds)
    for _ in range(_SWAPS):
        found, etag = _read(store, settings)
        recent = tuple(start for start in found.starts if start.at > since)[-_KEPT:]
        if any(start.by == by for start in recent):
            return True
        if len(recent) >= most:
            return False
        with suppress(Conflict):
            _write(store, settings, Starts((*recent, Start(by, now))), etag)
            return True
    raise Conflict(f"{BLOB} changed {_SWAPS} times under one swap")


def withdraw(store: Store, settings: Settings, by: str) -> None:
    """Take back a start that the service turned away unread."""
    for _ in range(_SWAPS):
        found, etag = _read(store, settings)
        left = tuple(start for start in found.starts if start.by != by)
        if left == found.starts:
            return
        with suppress(Conflict):
            _write(store, settings, Starts(left), etag)
            return


def _read(store: Store, settings: Settings) -> tuple[Starts, str | None]:
    found = store.read(settings.state_container, BLOB)
    if found is None:
        return Starts(), None
    try:
        return _DECODER.decode(found[0]), found[1]
    except msgspec.MsgspecError:
        return Starts(), found[1]  # damaged: the service counts, too


def _write(store: Store, settings: Settings, starts: Starts, etag: str | None) -> None:
    store.write(settings.state_container, BLOB, msgspec.json.encode(starts), etag=etag, create=etag is None)
