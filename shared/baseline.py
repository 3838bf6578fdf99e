"""The baseline: what is remembered of the last accepted drop, so that the removal guard can compare the next one.

Three small blobs. The profile's key and the baseline are in the state container; the ids of a run that is on its way
are beside its snapshot, and become the baseline when the run is accepted. Nothing in them is an id: they are keyed
hashes, and the key never leaves the state container.
"""

import os
from collections.abc import Callable
from contextlib import suppress

import msgspec

from .guard import KEY_BYTES
from .record import Accepted
from .settings import Settings
from .store import Conflict, Store

_SWAPS = 10


class Baseline(msgspec.Struct, frozen=True):
    """The last accepted drop, and its remembered ids (`guard.remember`)."""

    accepted: Accepted
    memory: bytes


_DECODER = msgspec.json.Decoder(Accepted)  # made on import: see `door`


def key(store: Store, settings: Settings, profile: str) -> bytes:
    """The profile's key; made on first use, by whoever is first."""
    name = f"{profile}.key"
    for _ in range(_SWAPS):
        if (found := store.read(settings.state_container, name)) is not None and len(found[0]) == KEY_BYTES:
            return found[0]
        with suppress(Conflict):
            store.write(
                settings.state_container,
                name,
                os.urandom(KEY_BYTES),
                etag=found[1] if found else None,
                create=found is None,
            )
    raise Conflict(f"{name} changed {_SWAPS} times under one swap")


def ids_blob(folder: str) -> str:
    """Where a run's ids wait, in the run container."""
    return f"{folder}/ids"


def read(store: Store, settings: Settings, profile: str) -> Baseline | None:
    """The baseline; None if there is none, or none that can be read."""
    found = store.read(settings.state_container, f"{profile}.baseline")
    if found is None:
        return None
    head, _, memory = found[0].partition(b"\n")
    try:
        return Baseline(_DECODER.decode(head), memory)
    except msgspec.MsgspecError:
        return None


def accept(
    store: Store,
    settings: Settings,
    profile: str,
    folder: str,
    accepted: Accepted,
    current: Callable[[], bool] = lambda: True,
) -> None:
    """Make an accepted run the baseline; without its ids, if an older version took it, nothing can be compared.

    `current` says whether it is the profile's run still: one that hung must not take the place of a later one.
    """
    name = f"{profile}.baseline"
    there = store.read(settings.state_container, name)
    found = store.read(settings.run_container, ids_blob(folder))
    memory = found[0] if found is not None else b""
    if not current():
        return
    data = msgspec.json.encode(accepted) + b"\n" + memory
    with suppress(Conflict):  # another has written it since: this run's own twin, or a later run
        store.write(settings.state_container, name, data, etag=there[1] if there else None, create=there is None)
