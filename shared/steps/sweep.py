"""Sweep: which profiles have something to do, and nobody at it."""

from msgspec.structs import replace

from .. import record as records
from ..inbox import UNADDRESSED, key_of
from ..record import Record
from .room import Room, log


def asleep(room: Room) -> list[tuple[str, str | None]]:
    """Profiles with files or unfinished work, and the driver that claims them (None: nobody).

    A driver that is claimed may be dead all the same: ask the engine, and `release` it if so.
    """
    folders, root = room.store.folders(room.settings.drop_container)
    keys = {key_of(f"{folder}/") for folder in folders} | ({UNADDRESSED} if root else set())
    for blob in room.store.blobs(room.settings.state_container):
        if blob.metadata.get("open") == "true" and blob.name.endswith(".json"):
            keys.add(blob.name.removesuffix(".json"))
    found: list[tuple[str, str | None]] = []
    for key in sorted(keys):
        driver = records.load(room.store, room.settings, key)[0].driver
        live = driver is not None and driver.until > room.now()
        found.append((key, driver.instance if driver and live else None))
    return found


def release(room: Room, profile: str, instance: str) -> None:
    """Take the profile from a driver that the engine doesn't know, or knows as ended."""

    def swap(record: Record) -> Record | None:
        if record.driver is None or record.driver.instance != instance:
            return None
        return replace(record, driver=None)

    room.change(profile, swap)
    log.warning("%s: driver %s is gone; the profile is free for another", profile, instance)
