"""The board: what the page, the JSON routes and the command show of the profiles. Read from their records alone."""

import re
from datetime import datetime
from typing import TYPE_CHECKING

from .door import Newer, Unreadable, Version, blob_name, load
from .inbox import UNADDRESSED, key_of
from .overview import ProfileView, overview
from .record import Record
from .starts import BLOB as STARTS

if TYPE_CHECKING:
    from .room import Room

_MOST = 5000
"""Blobs of the state container that are looked through for records."""
_REMEMBERED = 500
"""Records that a process remembers: of a big district the list is slower, not heavier."""
_RUN_ID = re.compile(r"[0-9]{8}T[0-9]{6}Z-[0-9a-f]{12}")
_STORY_ID = re.compile(_RUN_ID.pattern + r"(?:-(?:[id]|x[0-9]{1,4}))?")
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
    return None if key == UNADDRESSED else key


def profiles(room: "Room") -> list[ProfileView]:
    """Every profile that has a record or is allowed, by key. No run and no inbox is listed."""
    found = room.store.blobs(room.settings.state_container, most=_MOST)
    etags = {blob.name.removesuffix(_END): blob.etag for blob in found if blob.name.endswith(_END)}
    etags = {key: etag for key, etag in etags.items() if profile_key(key) == key and blob_name(key) != STARTS}
    now = room.now()
    keys = sorted(etags.keys() | room.settings.profiles.keys())
    return room.together(lambda key: _view(room, key, now, etags.get(key)) or _only(key, NOTHING), keys)


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


def _view(room: "Room", key: str, now: datetime, listed: str | None = None) -> ProfileView | None:
    try:
        version = _version(room, key, listed)
    except Unreadable:
        return _only(key, DAMAGED)
    except Newer:
        return _only(key, NEWER)
    return overview(version.record, now) if version.etag is not None else None


def _version(room: "Room", key: str, listed: str | None) -> Version:
    """The record. It isn't read again if the version that a listing has just shown is the one that was read last."""
    seen = room.seen.get(key)
    if listed is not None and seen is not None and seen.etag == listed:
        return seen
    version = load(room.store, room.settings, key)
    if listed is not None and (key in room.seen or len(room.seen) < _REMEMBERED):
        room.seen[key] = version
    return version


def _only(key: str, says: str) -> ProfileView:
    return ProfileView(key, says, paused=False, next_look=None, inbox=None, current=None, recent=())
