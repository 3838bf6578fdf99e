"""Sweep: which profiles have something to do, and nobody at it. One profile's trouble is that profile's alone."""

from datetime import datetime, timedelta
from typing import NamedTuple

from msgspec.structs import replace

from .. import door
from ..decide import View, decide
from ..door import Edited, Newer, Unreadable
from ..inbox import UNADDRESSED, owner_of, seen
from ..lines import line
from ..record import Record
from ..room import Room
from ..starts import BLOB as STARTS
from .arrive import reason
from .work import Work, log

_AGAIN = timedelta(hours=1)
_MOST = 50_000
_newer_told: dict[str, datetime] = {}


class Asleep(NamedTuple):
    """A profile to wake. `driver` claims it (None: nobody): it may be dead, so the engine is to be asked."""

    profile: str
    driver: str | None


def asleep(room: Room) -> list[Asleep]:
    """Profiles with files or unfinished work that nobody is known to be at."""
    found = []
    for key in _keys(room):
        try:
            if (one := _asleep(Work(room, key))) is not None:
                found.append(one)
        except Exception as error:  # noqa: BLE001 - whatever it is, the other profiles are swept as ever
            log.error("%s", line("sweepFailed", profile=key, why=reason(error)))
    return found


def _keys(room: Room) -> list[str]:
    folders, root = room.store.folders(room.settings.drop_container, _MOST)
    keys = {owner_of(f"{folder}/", room.settings) for folder in folders} | ({UNADDRESSED} if root else set())
    for blob in room.store.blobs(room.settings.state_container):
        # A record that was edited by hand may have lost its metadata: then it is looked at.
        if blob.name.endswith(".json") and blob.name != STARTS and blob.metadata.get("open") != "false":
            keys.add(blob.name.removesuffix(".json"))
    return sorted(keys)


def _asleep(work: Work) -> Asleep | None:
    try:
        record = work.load()
    except Unreadable:
        return Asleep(work.profile, None)  # whoever joins it mends it
    except Newer:
        _tell_newer(work)
        return None
    driver, now = record.driver, work.now()
    if driver is not None and driver.until > now:
        return Asleep(work.profile, driver.instance)
    return Asleep(work.profile, None) if record.current is not None or _has_work(work, record) else None


def _has_work(work: Work, record: Record) -> bool:
    """Whether a driver that came now would find anything to do or to wait for."""
    inbox = work.look(record)
    now = work.now()
    shown = replace(record, inbox=seen(record.inbox, inbox.set, now, work.settings.settle))
    view = View(now, shown, inbox, work.target, work.room.settings.problem(work.profile))
    return decide(view, work.settings).do != "leave"


def _tell_newer(work: Work) -> None:
    last, now = _newer_told.get(work.profile), work.now()
    if last is None or now - last >= _AGAIN:
        _newer_told[work.profile] = now
        log.error("%s", line("recordNewer", profile=work.profile))


def release(room: Room, profile: str, instance: str) -> None:
    """Take the profile from a driver that the engine doesn't know, or knows as ended."""

    def swap(record: Record) -> Edited[bool]:
        if record.driver is None or record.driver.instance != instance:
            return Edited(record, False)
        return Edited(replace(record, driver=None), True)

    if door.change(room.store, room.settings, profile, swap).said:
        log.warning("%s", line("driverGone", profile=profile, driver=instance))


def spared(room: Room, profile: str) -> bool:
    """Whether a wake-up would change nothing: a driver is at work, and has been told already."""
    try:
        record = Work(room, profile).load()
    except (Unreadable, Newer):
        return False
    return record.poke and record.driver is not None and record.driver.until > room.now()
