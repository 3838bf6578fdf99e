"""Tell: the one place where reports and messages are made and announced.

The report is written first; then the message is committed, once, as a blob, and exactly those bytes go on the queue,
any number of times.
"""

from datetime import datetime
from typing import Any, Literal

import msgspec
from msgspec.structs import replace

from .. import messages, reports
from ..inbox import UNADDRESSED
from ..lines import line
from ..outcomes import STARTED
from ..record import RECENT, Current, Ending, Recent, Record, Target
from ..reports import Finding, blob_name
from ..results import (
    BlobEntry,
    Counts,
    DropEntry,
    FileEntry,
    MessageEntry,
    TimesEntry,
    VerificationData,
    event,
)
from ..sds.port import ServiceMessage
from ..snapshot import prefix
from ..store import Conflict
from .work import Work, log

Kind = Literal["verification", "sync", "held"]
COMMITTED: dict[Kind, str] = {"verification": "message.json", "sync": "sync.json", "held": "held.json"}


class Story(msgspec.Struct, frozen=True, kw_only=True):
    """All that there is to say of a run, or of files that did not become one. `folder` is in the run container."""

    run_id: str
    folder: str
    ending: Ending
    target: Target | None
    drop: DropEntry
    entries: tuple[MessageEntry, ...]
    under: str | None = None
    """The one folder, of no allowed profile, in which all of nobody's files lie: it is told as their profile."""
    times: TimesEntry = TimesEntry()
    profile_state: str | None = None
    detail: Any = None
    """The drop as the report has it, with ETags; None: as the message has it."""
    preflight: tuple[Finding, ...] = ()
    service: tuple[ServiceMessage, ...] = ()
    warnings: tuple[str, ...] = ()
    decision: Any = None
    removed: Any = None


def tell(work: Work, story: Story) -> Counts:
    """Write the report, commit the message, send it. Returns the counts of its messages by type."""
    entries, counts = messages.sorted_and_counted(list(story.entries))
    ending, profile = story.ending, _profile(work, story.under)
    api = story.target.api if story.target else work.settings.api
    reports.write(
        work.store,
        work.settings,
        story.folder,
        reports.Report(
            profile=profile,
            run_id=story.run_id,
            api=api,
            outcome=ending.outcome,
            failure=ending.failure,
            drop=story.detail or story.drop,
            preflight=story.preflight,
            service=story.service,
            warnings=story.warnings,
            times=msgspec.to_builtins(story.times),
            ended=ending.at,
            decision=story.decision,
            removed=story.removed,
        ),
    )
    data = VerificationData(
        profile=profile,
        profile_id=story.target.profile_id if story.target else None,
        run_id=story.run_id,
        api=api,
        outcome=ending.outcome,
        profile_state=story.profile_state,
        verification=ending.verification,
        drop=story.drop,
        counts=counts,
        messages=entries,
        truncated=False,
        report=report_entry(work, story.folder),
        failure=ending.failure,
        times=story.times,
    )
    announce(work, story.folder, "verification", event(source(work, story.under), "verification", ending.at, data))
    log.info(
        "%s",
        line(
            "outcome",
            profile=work.profile,
            run=story.run_id,
            api=api,
            outcome=ending.outcome,
            code=ending.failure.code if ending.failure else None,
            errors=counts.error,
            warnings=counts.warning,
        ),
    )
    return counts


def announce(work: Work, folder: str, kind: Kind, message: bytes) -> None:
    """Commit the message and send it; if another was committed before, that is the one that is sent."""
    name = f"{folder}/{COMMITTED[kind]}"
    try:
        work.store.write(work.settings.run_container, name, message, create=True)
    except Conflict:
        there = committed(work, folder, kind)
        if there is None:
            raise
        message = there
    work.store.send(message)


def committed(work: Work, folder: str, kind: Kind) -> bytes | None:
    """The message of that kind that was committed for a story."""
    found = work.store.read(work.settings.run_container, f"{folder}/{COMMITTED[kind]}")
    return found[0] if found is not None else None


def source(work: Work, under: str | None = None) -> str:
    """CloudEvents `source`: the inbox's address, or the container's where there is no profile."""
    container, profile = work.store.address(work.settings.drop_container), _profile(work, under)
    return container if profile is None else f"{container}/{profile}"


def drop_entry(work: Work, current: Current) -> DropEntry:
    """The run's files, and where their copies are."""
    drop = current.drop
    return DropEntry(
        format=drop.format,
        container=work.settings.run_container,
        prefix=prefix(work.profile, current.run_id),
        files=tuple(FileEntry(f.name, f.size, f.sha256, f.rows, f.rows_dropped) for f in drop.files),
        ignored=tuple(file.name for file in drop.ignored),
    )


def report_entry(work: Work, folder: str) -> BlobEntry:
    return BlobEntry(work.settings.run_container, blob_name(folder))


def remember(record: Record, run_id: str, ending: Ending, counts: Counts, landed: datetime | None) -> Record:
    """The record with one more finished story."""
    return remembered(record, recent(run_id, ending, counts, landed))


def recent(run_id: str, ending: Ending, counts: Counts, landed: datetime | None) -> Recent:
    """A finished story as the record remembers it."""
    return Recent(
        run_id,
        ending.outcome,
        ending.at,
        errors=counts.error,
        warnings=counts.warning,
        landed=landed,
        started=ending.at if ending.outcome in STARTED else None,
        failure=ending.failure.code if ending.failure else None,
    )


def remembered(record: Record, story: Recent) -> Record:
    others = tuple(other for other in record.recent if other.run_id != story.run_id)
    return replace(record, recent=(*others, story)[-RECENT:])


def _profile(work: Work, under: str | None) -> str | None:
    return under if work.profile == UNADDRESSED else work.profile
