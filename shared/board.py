"""The board: what the page, the JSON routes and the command show of the profiles. Read from their records alone."""

import re
from datetime import datetime
from typing import TYPE_CHECKING

from .door import Newer, Unreadable, blob_name, load
from .inbox import UNADDRESSED, key_of
from .label import labelled
from .overview import ProfileView, overview
from .record import Record
from .starts import BLOB as STARTS
from .store import Blob

if TYPE_CHECKING:
    from .room import Room

_MOST = 5000
"""Blobs of the state container that are looked through for records."""
_REMEMBERED = 500
"""Records that a process remembers: of a big district the list is slower, not heavier."""
_SET = r"[0-9]{8}T[0-9]{6}Z-[0-9a-f]{12}"
_RUN_ID = re.compile(_SET + r"(?:-[0-9]{1,4})?")
_STORY_ID = re.compile(_SET + r"(?:-(?:[id]|x?[0-9]{1,4}))?")
_END = ".json"
DAMAGED = "The record of this profile can't be read. It is rebuilt when the profile is looked at next."
NEWER = "A newer version of the app keeps this profile's record; this one leaves it alone."
NOTHING = "Nothing has been dropped for this profile yet."


def is_run_id(text: str) -> bool:
    """Whether this is how a run is named."""
    return _RUN_ID.fullmatch(text) is not None


def is_story_id(text: str) -> bool:
    """Whether this is how a run is named, or what never became one: incomplete, refused, a damaged record."""
    return _STORY_ID.fullmatch(text) is not None


def profile_key(text: str) -> str | None:
    """The key of the profile that is meant: an alias, or a GUID in any case. None: no profile is named so."""
    key = key_of(f"{text}/")
    return None if key == UNADDRESSED or "/" in text else key


def profiles(room: "Room") -> list[ProfileView]:
    """Every profile that has a record or is allowed, by key. No run and no inbox is listed.

    One listing tells most of it; only a record without a label that counts is read, and once for each version.
    """
    found = room.store.blobs(room.settings.state_container, most=_MOST)
    blobs = {blob.name.removesuffix(_END): blob for blob in found if blob.name.endswith(_END)}
    blobs = {key: blob for key, blob in blobs.items() if profile_key(key) == key and blob_name(key) != STARTS}
    all_listed, now = len(found) < _MOST, room.now()

    def told(key: str) -> ProfileView | None:
        if key not in blobs:
            return _only(key, NOTHING) if all_listed else None
        known = _known(room, key, blobs[key])
        return overview(known, now) if known is not None else None

    views = {key: told(key) for key in sorted(blobs.keys() | room.settings.profiles.keys())}
    unread = [key for key, view in views.items() if view is None]
    read = room.together(lambda key: _view(room, key, now, blobs.get(key)) or _only(key, NOTHING), unread)
    views |= zip(unread, read, strict=True)
    return [view for view in views.values() if view is not None]


def profile(room: "Room", key: str) -> ProfileView | None:
    """One profile; None if it has no record and isn't allowed by name."""
    view = _view(room, key, room.now())
    return _only(key, NOTHING) if view is None and key in room.settings.profiles else view


def record(room: "Room", key: str) -> Record | None:
    """The record, None if there is none that can be read."""
    try:
        version = load(room.store, room.settings, key)
    except (Unreadable, Newer):
        return None
    return version.record if version.etag is not None else None


def _known(room: "Room", key: str, blob: Blob) -> Record | None:
    """The record, as far as it is shown, if it needn't be read: this version was read before, or its label tells it."""
    seen = room.seen.get(key)
    return seen.record if seen is not None and seen.etag == blob.etag else labelled(blob, key)


def _view(room: "Room", key: str, now: datetime, listed: Blob | None = None) -> ProfileView | None:
    try:
        version = load(room.store, room.settings, key)
    except Unreadable:
        return _only(key, DAMAGED)
    except Newer:
        return _only(key, NEWER)
    if listed is not None and (key in room.seen or len(room.seen) < _REMEMBERED):
        room.seen[key] = version
    return overview(version.record, now) if version.etag is not None else None


def _only(key: str, says: str) -> ProfileView:
    return ProfileView(key, says, paused=False, next_look=None, inbox=None, current=None, recent=())
