"""Report: tell the queue how a run, its sync, or an incomplete set came out, and close what is done."""

from datetime import timedelta
from typing import Any

import msgspec
from msgspec.structs import replace

from .. import messages
from .. import report as reports
from ..decide import Plan
from ..inbox import landed, look, survey
from ..learn import new_files
from ..record import RECENT, Accepted, Current, Ending, Recent, Record
from ..results import DropEntry, FileEntry, MessageEntry, TimesEntry, VerificationData, event
from ..snapshot import prefix
from .announce import announce, report_entry, source
from .room import Room, log
from .sync import tell_sync

ACCEPTED = ("started", "startedWithWarnings", "acceptedForSchedule")
STARTED = ("started", "startedWithWarnings")


def report(room: Room, profile: str, instance: str, plan: Plan | None = None) -> Plan | None:
    """Announce what is decided and not yet announced."""
    if plan is not None and plan.incomplete:
        _tell_incomplete(room, profile, instance)
        return None
    current = room.load(profile).current
    if current is None:
        return None
    if current.stage == "ended" and current.ending is not None:
        _tell_run(room, profile, current, current.ending)
        room.change(profile, lambda record: _closed(room, record, current), instance=instance)
        return None
    if current.stage == "synced" and current.sync is not None:
        hurry = plan is not None and plan.hurry
        return tell_sync(room, profile, instance, current, current.sync, hurry=hurry)
    return None


def _tell_run(room: Room, profile: str, current: Current, ending: Ending) -> None:
    folder = room.folder(profile, current.run_id)
    written = reports.read(room.store, room.settings, folder) if current.findings else None
    found = written.preflight if written else ()
    entries = messages.of_service(current.messages) + messages.of_findings(found) + messages.of_run(current, ending.at)
    drop = DropEntry(
        format=current.drop.format,
        container=room.settings.run_container,
        prefix=prefix(profile, current.run_id),
        files=tuple(FileEntry(f.name, f.size, f.sha256, f.rows) for f in current.drop.files),
        ignored=tuple(file.name for file in current.drop.ignored),
    )
    times = TimesEntry(**{name: getattr(current.times, name) for name in TimesEntry.__struct_fields__})
    data = _data(room, profile, current.run_id, ending, drop, entries, times, current.profile_state)
    full = reports.Report(
        profile=profile,
        run_id=current.run_id,
        api=room.settings.api,
        outcome=ending.outcome,
        failure=ending.failure,
        drop=current.drop,
        preflight=found,
        service=current.messages,
        warnings=tuple(entry.description for entry in messages.of_run(current, ending.at)),
        times=msgspec.to_builtins(current.times),
        ended=ending.at,
    )
    reports.write(room.store, room.settings, folder, full)
    announce(room, folder, "verification", event(source(room, profile), "verification", ending.at, data))
    for entry in messages.of_run(current, ending.at):
        log.warning("%s: run %s: %s", profile, current.run_id, entry.description)
    log.info("%s: run %s ended: %s", profile, current.run_id, ending.outcome)


def _data(
    room: Room,
    profile: str,
    run_id: str,
    ending: Ending,
    drop: DropEntry,
    entries: list[MessageEntry],
    times: TimesEntry,
    profile_state: str | None,
) -> VerificationData:
    sorted_entries, counts = messages.sorted_and_counted(entries)
    outcome: Any = ending.outcome
    return VerificationData(
        profile=profile,
        profile_id=room.settings.profile_id(profile),
        run_id=run_id,
        api=room.settings.api,
        outcome=outcome,
        profile_state=profile_state,
        verification=ending.verification,
        drop=drop,
        counts=counts,
        messages=sorted_entries,
        truncated=False,
        report=report_entry(room, room.folder(profile, run_id)),
        failure=ending.failure,
        times=times,
    )


def _closed(room: Room, record: Record, told: Current) -> Record | None:
    """The record after the run's message is out: the sync is followed, or the run is done."""
    current, ending = record.current, told.ending
    if current is None or current.run_id != told.run_id or current.stage != "ended" or ending is None:
        return None
    record = remember(record, told.run_id, ending)
    if ending.outcome in ACCEPTED:
        digests = {file.upload: file.sha256 for file in told.drop.files if file.sha256}
        files = tuple(file.upload for file in told.drop.files)
        record = replace(record, accepted=Accepted(told.run_id, told.drop.format, files, digests))
    if ending.outcome not in STARTED:
        return replace(record, current=None)
    record = replace(record, starts=(*record.starts, ending.at)[-RECENT:])
    if not room.settings.follow:
        return replace(record, current=None)
    until = ending.at + timedelta(seconds=room.settings.follow)
    return replace(record, current=replace(current, stage="following", follow_until=until, poll=None))


def remember(record: Record, run_id: str, ending: Ending) -> Record:
    """The record with one more recent outcome."""
    others = tuple(recent for recent in record.recent if recent.run_id != run_id)
    return replace(record, recent=(*others, Recent(run_id, ending.outcome, ending.at))[-RECENT:])


def _tell_incomplete(room: Room, profile: str, instance: str) -> None:
    """Name what is missing. The files stay where they are."""
    record = room.load(profile)
    accepted = (record.accepted.format, record.accepted.files) if record.accepted else (None, ())
    found = survey(new_files(record, look(room.store, room.settings, profile, room.together)), room.settings, accepted)
    seen = record.inbox
    if found is None or seen is None or seen.reported or found.complete or found.fingerprint != seen.fingerprint:
        return
    ending = Ending("incomplete", room.now())
    entries = messages.of_lacks(found)
    names = {blob.name: name for name, blob in found.files.items()}
    files = tuple(FileEntry(names[blob.name], blob.size, None, None) for blob in found.files.values())
    drop = DropEntry(
        format=found.format,
        container=room.settings.drop_container,
        prefix=f"{profile}/",
        files=files,
        ignored=tuple(blob.name.partition("/")[2] for blob in found.ignored),
    )
    first, last = landed(found.blobs)
    times = TimesEntry(first_landed=first, last_landed=last, settled=seen.since)
    folder = room.folder(profile, found.run_id)
    data = _data(room, profile, found.run_id, ending, drop, entries, times, None)
    written = reports.Report(
        profile=profile,
        run_id=found.run_id,
        api=room.settings.api,
        outcome=ending.outcome,
        drop=drop,
        warnings=tuple(entry.description for entry in entries),
        ended=ending.at,
    )
    reports.write(room.store, room.settings, folder, written)
    announce(room, folder, "verification", event(source(room, profile), "verification", ending.at, data))
    log.info("%s: the set is incomplete: %s", profile, ", ".join(lack.name for lack in found.lacks))

    def swap(record: Record) -> Record | None:
        if record.inbox is None or record.inbox.fingerprint != found.fingerprint:
            return None
        return remember(replace(record, inbox=replace(record.inbox, reported=True)), found.run_id, ending)

    room.change(profile, swap, instance=instance)
