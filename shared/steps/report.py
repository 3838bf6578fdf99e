"""Report: tell the queue how a run or its sync came out, and close what is done."""

from datetime import timedelta

import msgspec
from msgspec.structs import replace

from .. import baseline, messages, reports
from ..decide import Plan
from ..door import Edited
from ..life import may, moved
from ..outcomes import ACCEPTED, STARTED
from ..record import Accepted, Current, Ending, Record
from ..results import Counts, TimesEntry
from .held import tell_held
from .incomplete import tell_incomplete, tell_rest
from .sync import tell_sync
from .tell import Story, drop_entry, remember, tell
from .work import Work


def report(work: Work, plan: Plan | None = None) -> Plan | None:
    """Announce what is decided and not yet announced."""
    record = work.load()
    current = record.current
    if record.half_told:
        tell_rest(work, record)
    elif plan is not None and plan.incomplete:
        tell_incomplete(work)
    elif current is not None and current.stage == "held" and not (current.hold and current.hold.told):
        tell_held(work, current)
    elif current is not None and current.stage == "ended" and current.ending is not None:
        _tell_and_close(work, current, current.ending)
    elif current is not None and current.stage == "synced" and current.sync is not None:
        tell_sync(work, current, current.sync, hurry=plan is not None and plan.hurry)
    else:
        tell_incomplete(work)  # a plan that is carried out after a wait is only a name
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
