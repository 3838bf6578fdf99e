"""Announce: an outcome is committed once, as a blob, and exactly those bytes go on the queue, any number of times."""

from typing import Literal

from ..inbox import UNADDRESSED
from ..report import blob_name
from ..results import BlobEntry
from ..store import Conflict
from .room import Room

COMMITTED = {"verification": "message.json", "sync": "sync.json"}


def announce(room: Room, folder: str, kind: Literal["verification", "sync"], message: bytes) -> None:
    """Commit the message and send it; if another was committed before, that is the one that is sent."""
    name = f"{folder}/{COMMITTED[kind]}"
    try:
        room.store.write(room.settings.run_container, name, message, create=True)
    except Conflict:
        committed = room.store.read(room.settings.run_container, name)
        if committed is None:
            raise
        message = committed[0]
    room.store.send(message)


def source(room: Room, profile: str) -> str:
    """CloudEvents `source`: the inbox's address, or the container's where there is no profile."""
    container = room.store.address(room.settings.drop_container)
    return container if profile == UNADDRESSED else f"{container}/{profile}"


def report_entry(room: Room, folder: str) -> BlobEntry:
    return BlobEntry(room.settings.run_container, blob_name(folder))
