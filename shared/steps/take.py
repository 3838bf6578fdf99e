"""Take: freeze a complete, quiet set into a snapshot, make it the current run, and empty the inbox of it."""

from datetime import datetime, timedelta

from msgspec.structs import replace

from ..decide import Plan, takeable
from ..inbox import Survey, file_name, landed, look, survey
from ..learn import new_files
from ..record import Current, Drop, DropFile, IgnoredFile, Record, Times, Version
from ..snapshot import discard, freeze, in_snapshot
from ..store import Conflict, Denied
from .room import Room, log

NOT_DELETED = "The files could not be deleted from the drop container; they stay there and are not taken twice."
_COPY_PAUSE = 1.0


def take(room: Room, profile: str, instance: str, _plan: Plan | None = None) -> Plan | None:
    """Freeze the set; finish what an interrupted try left."""
    version = room.version(profile)
    record = version.record
    if record.current is None:
        began = room.now()  # before the listing: that and the one before must be a whole settle time apart
        found = _survey(room, profile, record)
        if found is None or not _settled(room, record, found, began):
            return None
        run_id = _run_id(record, found)
        try:
            target = in_snapshot(profile, run_id, found.blobs)
            if not freeze(room.store, room.settings, found.blobs, target, room.together):
                return Plan("wait", _COPY_PAUSE)
            again = _survey(room, profile, record)
        except Conflict:
            again = None
        if again is None or again.fingerprint != found.fingerprint or not again.complete:
            _give_up(room, profile, instance, found, run_id, again)
            return None
        current = _current(room, found, run_id)

        def swap(record: Record) -> Record | None:
            if record.current or not record.inbox or record.inbox.fingerprint != found.fingerprint:
                return None
            return replace(record, current=current, inbox=None)

        version = room.swap(profile, swap, instance=instance, known=version)
        record = version.record
        if record.current is None or record.current.run_id != run_id:
            return None
        log.info("%s: took run %s, %d files of %s", profile, run_id, len(found.files), found.format)
    if record.current is not None and record.current.stage == "taken" and not record.current.cleared:
        _clear(room, profile, instance, record.current, version)
        return Plan("verify")
    return None


def _give_up(room: Room, profile: str, instance: str, found: Survey, run_id: str, again: Survey | None) -> None:
    """The set changed while it was copied: settle anew, and remove the copy once nobody can adopt it any more."""

    def swap(record: Record) -> Record | None:
        return None if record.current else replace(record, inbox=None)

    record = room.change(profile, swap, instance=instance)
    # With the inbox's fingerprint gone from the record no other driver's take can succeed; and only a set of other
    # versions, unlike one whose leases changed, can never be this run again.
    if record.current is None and (again is None or again.run_id != found.run_id):
        discard(room.store, room.settings, profile, run_id)


def _survey(room: Room, profile: str, record: Record) -> Survey | None:
    listing = look(room.store, room.settings, profile, room.together)
    accepted = (record.accepted.format, record.accepted.files) if record.accepted else (None, ())
    return survey(new_files(record, listing), room.settings, accepted)


def _settled(room: Room, record: Record, found: Survey, now: datetime) -> bool:
    seen = record.inbox
    return (
        found.complete
        and seen is not None
        and seen.fingerprint == found.fingerprint
        and replace(seen, looks=2).quiet(now, room.settings.settle)  # this look is the second
        and takeable(record, found)
    )


def _run_id(record: Record, found: Survey) -> str:
    # The same blobs may have been reported incomplete first (a lease that ended, a changed SDS_FILES); that message
    # is out, so the run needs an id of its own.
    return f"{found.run_id}-2" if record.outcome_of(found.run_id) else found.run_id


def _current(room: Room, found: Survey, run_id: str) -> Current:
    first, last = landed(found.files.values())
    now = room.now()
    drop = Drop(
        format=found.format or "",
        files=tuple(DropFile(file_name(b), name, b.name, b.etag, b.size) for name, b in found.files.items()),
        ignored=tuple(IgnoredFile(file_name(blob), blob.name, blob.etag) for blob in found.ignored),
    )
    return Current(
        run_id=run_id,
        stage="taken",
        drop=drop,
        times=Times(first_landed=first, last_landed=last, settled=now),
        deadline=now + timedelta(seconds=room.settings.provision_timeout),
    )


def _clear(room: Room, profile: str, instance: str, current: Current, version: Version) -> None:
    """Delete the drop's files from the inbox, each only if it is still the version that was taken."""
    taken = {file.source: file.etag for file in current.drop.files}
    taken |= {file.source: file.etag for file in current.drop.ignored}

    def deleted(name: str) -> bool:
        try:
            room.store.delete(room.settings.drop_container, name, taken[name])
        except Denied:
            return False
        except Conflict:
            return True  # a newer version: it belongs to the next set
        return True

    gone = zip(taken, room.together(deleted, taken), strict=True)
    kept = {name: taken[name] for name, done in gone if not done}

    def swap(record: Record) -> Record | None:
        run = record.current
        if run is None or run.run_id != current.run_id:
            return None
        warnings = (*run.warnings, NOT_DELETED) if kept and NOT_DELETED not in run.warnings else run.warnings
        return replace(record, kept=record.kept | kept, current=replace(run, cleared=True, warnings=warnings))

    if kept:
        log.warning(
            "%s: run %s: %d files could not be deleted from the drop container",
            profile,
            current.run_id,
            len(kept),
        )
    room.change(profile, swap, instance=instance, known=version)
