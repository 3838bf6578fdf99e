"""Report: tell the queue how a run, its sync, or an incomplete set came out, and close what is done."""

from datetime import timedelta

import msgspec
from msgspec.structs import replace

from .. import baseline, messages
from .. import report as reports
from ..decide import Plan
from ..door import Edited
from ..inbox import landed
from ..life import may, moved
from ..outcomes import ACCEPTED, STARTED
from ..record import Accepted, Current, Ending, Record
from ..results import Counts, DropEntry, FileEntry, TimesEntry
from .held import tell_held
from .older import story_of
from .sync import tell_sync
from .tell import Story, drop_entry, remember, tell
from .work import Work


def report(work: Work, plan: Plan | None = None) -> Plan | None:
    """Announce what is decided and not yet announced."""
    current = work.load().current
    if plan is not None and plan.incomplete:
        _tell_incomplete(work)
    elif current is not None and current.stage == "held":
        tell_held(work, current)
    elif current is not None and current.stage == "ended" and current.ending is not None:
        _tell_and_close(work, current, current.ending)
    elif current is not None and current.stage == "synced" and current.sync is not None:
        tell_sync(work, current, current.sync, hurry=plan is not None and plan.hurry)
    else:
        _tell_incomplete(work)  # a plan that is carried out after a wait is only a name
    return None


def _tell_and_close(work: Work, current: Current, ending: Ending) -> None:
    counts = _tell_run(work, current, ending)
    if ending.outcome in ACCEPTED:
        folder = work.folder(current.run_id)
        baseline.accept(
            work.store, work.settings, work.profile, folder, _accepted(current), lambda: _is_current(work, current)
        )
    work.change(lambda record: Edited(_closed(work, record, current, counts), None))


def _is_current(work: Work, told: Current) -> bool:
    there = work.load().current
    return there is not None and (there.run_id, there.stage) == (told.run_id, told.stage)


def _tell_run(work: Work, current: Current, ending: Ending) -> Counts:
    folder = work.folder(current.run_id)
    written = reports.read(work.store, work.settings, folder) if current.findings else None
    found = written.preflight if written else ()
    warnings = messages.of_run(current, ending.at)
    entries = messages.of_service(current.messages) + messages.of_findings(found) + warnings
    return tell(
        work,
        Story(
            run_id=current.run_id,
            folder=folder,
            ending=ending,
            target=current.target,
            drop=drop_entry(work, current),
            entries=tuple(entries),
            times=TimesEntry(**{name: getattr(current.times, name) for name in TimesEntry.__struct_fields__}),
            profile_state=current.profile_state,
            detail=current.drop,
            preflight=found,
            service=current.messages,
            warnings=tuple(entry.description for entry in warnings),
            removed=msgspec.to_builtins(current.hold.removed) if current.hold else None,
            decision=msgspec.to_builtins(current.hold.decision) if current.hold else None,
        ),
    )


def _closed(work: Work, record: Record, told: Current, counts: Counts) -> Record:
    """The record after the run's message is out: the sync is followed, or the run is done."""
    current, ending = record.current, told.ending
    if current is None or current.run_id != told.run_id or not may(current, "follow") or ending is None:
        return record
    record = remember(record, told.run_id, ending, counts, told.times.last_landed)
    if ending.outcome in ACCEPTED:
        record = replace(record, accepted=_accepted(told))
    elif record.accepted is not None and told.claim is not None:
        # Its files may be with the service, whatever it said: that an earlier drop ended well means nothing now.
        record = replace(record, accepted=replace(record.accepted, ended_well=False))
    if ending.outcome not in STARTED or not work.settings.follow:
        return replace(record, current=None)
    until = ending.at + timedelta(seconds=work.settings.follow)
    return replace(record, current=moved(current, "follow", follow_until=until, poll=None))


def _accepted(run: Current) -> Accepted:
    digests = {file.upload: file.sha256 for file in run.drop.files if file.sha256}
    return Accepted(run.run_id, run.target, run.drop.format, tuple(file.upload for file in run.drop.files), digests)


def _tell_incomplete(work: Work) -> None:
    """Name what is missing. The files stay where they are."""
    record = work.load()
    found, seen = work.look(record).set, record.inbox
    if found is None or seen is None or seen.told or found.complete or found.fingerprint != seen.fingerprint:
        return
    if found.problem is not None or (work.now() - seen.since).total_seconds() < work.settings.incomplete_after:
        return
    ending = Ending("incomplete", work.now())
    names = {blob.name: name for name, blob in found.files.items()}
    drop = DropEntry(
        format=found.format,
        container=work.settings.drop_container,
        prefix=f"{work.profile}/",
        files=tuple(FileEntry(names[blob.name], blob.size, None, None) for blob in found.files.values()),
        ignored=tuple(blob.name.partition("/")[2] for blob in found.ignored),
    )
    first, last = landed(found.blobs)
    run_id = story_of(work, found)
    entries = messages.of_lacks(found, stated=bool(work.settings.files))
    counts = tell(
        work,
        Story(
            run_id=run_id,
            folder=work.folder(run_id),
            ending=ending,
            target=work.target,
            drop=drop,
            entries=tuple(entries),
            times=TimesEntry(first_landed=first, last_landed=last, settled=seen.since),
            warnings=tuple(": ".join(filter(None, (entry.file_name, entry.description))) for entry in entries),
        ),
    )

    def told(record: Record) -> Edited[None]:
        if record.inbox is None or record.inbox.fingerprint != found.fingerprint:
            return Edited(record, None)
        record = replace(record, inbox=replace(record.inbox, told=True))
        return Edited(remember(record, run_id, ending, counts, last), None)

    work.change(told)
