"""The board: what the page, the JSON routes and the command show of the profiles. Read from their records alone."""

import re
from datetime import datetime
from typing import TYPE_CHECKING

from .door import Newer, Unreadable, load
from .inbox import UNADDRESSED, key_of
from .overview import ProfileView, overview
from .record import Record
from .starts import BLOB as STARTS

if TYPE_CHECKING:
    from .room import Room

_MOST = 5000
"""Blobs of the state container that are looked through for records."""
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
    keys = {blob.name.removesuffix(_END) for blob in found if blob.name.endswith(_END) and blob.name != STARTS}
    keys = {key for key in keys if profile_key(key) == key} | set(room.settings.profiles)
    now = room.now()
    return room.together(lambda key: _view(room, key, now) or _only(key, NOTHING), sorted(keys))


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


def _view(room: "Room", key: str, now: datetime) -> ProfileView | None:
    try:
        version = load(room.store, room.settings, key)
    except Unreadable:
        return _only(key, DAMAGED)
    except Newer:
        return _only(key, NEWER)
    return overview(version.record, now) if version.etag is not None else None


def _only(key: str, says: str) -> ProfileView:
    return ProfileView(key, says, paused=False, next_look=None, inbox=None, current=None, recent=())
