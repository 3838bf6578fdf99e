"""Join, observe, leave: how a driver comes, looks and goes without a wake-up getting lost."""

from datetime import datetime
from typing import Any

from msgspec.structs import replace

from ..decide import Plan, decide, end
from ..inbox import Listing, Survey, look, survey
from ..learn import Ask, View, ask, backoff, learn, new_files, new_misplaced, notice
from ..record import Driver, Ending, Record
from ..sds.port import Failure, Reply
from ..store import Conflict
from .room import Room, log


def join(room: Room, profile: str, instance: str) -> bool:
    """Become the profile's driver, or leave word (`poke`) with the one there is. True: this instance drives.

    Either way it looks at the inbox: what is new there settles from now, not from when the driver next looks up.
    """
    began = room.now()
    listing = look(room.store, room.settings, profile, room.together)
    now = room.now()

    def swap(record: Record) -> Record | None:
        if not _looked_since(record, began):
            record = notice(record, _found(room, record, listing), new_misplaced(record, listing), now)
        driver = record.driver
        if driver is not None and driver.instance != instance and driver.until > room.now():
            return replace(record, poke=True)
        return replace(record, driver=Driver(instance, room.believed_until()))

    driver = room.change(profile, swap).driver
    return driver is not None and driver.instance == instance


def _looked_since(record: Record, began: datetime) -> bool:
    return any(seen is not None and seen.since > began for seen in (record.inbox, record.misplaced))


def _found(room: Room, record: Record, listing: Listing) -> Survey | None:
    accepted = (record.accepted.format, record.accepted.files) if record.accepted else (None, ())
    return survey(new_files(record, listing), room.settings, accepted)


def leave(room: Room, profile: str, instance: str) -> bool:
    """Stop driving, unless a wake-up came since the last look. True: this instance is done."""

    def swap(record: Record) -> Record | None:
        if record.driver is None or record.driver.instance != instance or record.poke:
            return None
        return replace(record, driver=None)

    record = room.change(profile, swap)
    return record.driver is None or record.driver.instance != instance


def observe(room: Room, profile: str, instance: str, _plan: Plan | None = None) -> Plan:
    """Look at everything once and say what to do next."""
    asked: Ask | None = None

    def arrive(record: Record) -> Record | None:
        nonlocal asked
        asked = ask(record, room.now())
        # The poke is taken down before the look, so that a wake-up during the look is seen by `leave`. A request is
        # claimed before it is made: two drivers, or one step run twice, don't ask twice in one interval.
        current = record.current
        if asked and current is not None:
            current = backoff(current, room.now(), room.settings, _least(room, asked))
        elif not record.poke:
            return None
        return replace(record, poke=False, current=current)

    version = room.swap(profile, arrive, instance=instance)
    listing = look(room.store, room.settings, profile, room.together)
    reply = _asked(room, profile, version.record, asked) if asked else None
    now = room.now()
    plan = Plan("leave")

    def depart(record: Record) -> Record:
        nonlocal plan
        there = {(blob.name, blob.etag) for blob in (*listing.files, *listing.misplaced)}
        record = replace(record, kept={name: etag for name, etag in record.kept.items() if (name, etag) in there})
        misplaced = new_misplaced(record, listing)
        view = View(now, record, _found(room, record, listing), misplaced, asked, reply, _verifies_apart(room, record))
        view = replace(view, record=learn(view, room.settings))
        plan = decide(view, room.settings)
        return replace(end(view.record, plan), driver=Driver(instance, room.believed_until(plan.seconds)))

    room.change(profile, depart, instance=instance, known=version)
    _tell(profile, plan, now)
    return plan


def _least(room: Room, asked: Ask) -> float:
    return room.sds.poll_at_least if asked == "verification" else 0


def _verifies_apart(room: Room, record: Record) -> bool:
    return record.current is not None and record.current.stage == "uploaded" and room.sds.verifies_apart


def _asked(room: Room, profile: str, record: Record, asked: Ask) -> Reply[Any]:
    guid = room.profile_id(profile)
    if asked == "readiness":
        return room.sds.readiness(guid)
    current = record.current
    assert current is not None
    if asked == "sync":
        return room.sds.sync_state(guid, current.start_intent.before if current.start_intent else None)
    assert current.operation is not None
    return room.sds.verification(guid, current.operation, tuple(file.upload for file in current.drop.files))


def _tell(profile: str, plan: Plan, now: datetime) -> None:
    if plan.do == "wait":
        log.debug("%s: waits %.1f s", profile, plan.seconds)
    else:
        log.info("%s: %s", profile, plan.do)
    _ = now


def fault(room: Room, profile: str, instance: str, error: Exception, most: int) -> None:
    """Count a step that failed for no known reason; the run ends as `failed`/`internal` at the last of `most`.

    Storage that is out of order is a known reason: that is waited for.
    """
    if type(error).__module__.startswith("azure.core") or isinstance(error, Conflict):
        return
    words = f"A step failed {most} times, last with {type(error).__name__}; the function app's log has more."

    def swap(record: Record) -> Record | None:
        current = record.current
        if current is None or current.stage in ("ended", "synced"):
            return None
        current = replace(current, faults=current.faults + 1)
        if current.faults >= most and current.stage != "following":
            ending = Ending("failed", room.now(), Failure("internal", words))
            current = replace(current, stage="ended", ending=ending)
        return replace(record, current=current)

    room.change(profile, swap, instance=instance)
