"""Incomplete: tell the queue what a set lacks, or that files keep changing, once. The files stay where they are.

The record says so before the message is committed: the inbox may be another before whoever tells it gets further, and
then the next one who looks sends what was committed.
"""

from collections.abc import Iterable
from datetime import datetime

from msgspec.structs import replace

from .. import messages
from ..decide import overdue
from ..door import Edited
from ..formats import FORMATS, is_csv
from ..inbox import UNADDRESSED, Survey, file_name, landed, seen
from ..record import Ending, Record, Seen, Telling
from ..results import DropEntry, FileEntry, MessageEntry, TimesEntry
from ..store import Blob
from .older import story_of
from .tell import Story, committed, recent, remembered, tell
from .work import Work

_RESTLESS = ""
"""Stands for the fingerprint where it is told of files that belong to no set: they are others at every look."""


def tell_incomplete(work: Work) -> None:
    """Name what is missing, or what keeps changing, if it is still so and has been for long enough."""
    record = work.load()
    inbox, now = work.look(record), work.now()
    found, restless, before = inbox.set, inbox.restless, record.inbox
    shown = seen(before, found, now, work.settings.settle)
    changing = shown is not None and before is not None and overdue(shown, now)
    if found and shown and before and (changing or _lacking(work, found, shown, before)):
        entries = tuple(_entries(work, found, changing=changing))
        _tell(work, found, found.fingerprint, entries, None if changing else shown.since)
    elif restless is not None and record.restless is not None and overdue(record.restless, now):
        _tell(work, restless, _RESTLESS, (messages.of_restless(restless, lambda blob: _name(work, blob)),), None)


def _tell(work: Work, found: Survey, about: str, entries: tuple[MessageEntry, ...], settled: datetime | None) -> None:
    """Begin the story, or go on with it as it was begun. `settled` None: the files keep changing."""
    first, last = landed(found.blobs)
    counts = messages.sorted_and_counted(list(entries))[1]
    story = recent(story_of(work, found), Ending("incomplete", work.now()), counts, last)
    telling = _begin(work, found, Telling(about, story, settled is None))
    if telling is None:
        return
    story = telling.story
    tell(
        work,
        Story(
            run_id=story.run_id,
            folder=work.folder(story.run_id),
            ending=Ending("incomplete", story.at),
            target=work.target,
            drop=_drop(work, found),
            entries=entries,
            times=TimesEntry(first_landed=first, last_landed=last, settled=settled),
            warnings=tuple(": ".join(filter(None, (entry.file_name, entry.description))) for entry in entries),
        ),
    )
    _done(work, telling)


def tell_rest(work: Work, record: Record) -> None:
    """Send what was committed about an inbox that is another by now; what was not committed is not said."""
    telling = record.telling
    if telling is None:
        return
    message = committed(work, work.folder(telling.story.run_id), "verification")
    if message is not None:
        work.store.send(message)
        _done(work, telling)
    else:
        work.change(lambda r: Edited(replace(r, telling=None) if r.telling == telling else r, None))


def _lacking(work: Work, found: Survey, shown: Seen, before: Seen) -> bool:
    """Whether the set has lacked something, quietly, for long enough, and that was not told."""
    if shown.told or found.complete or found.problem is not None or found.fingerprint != before.fingerprint:
        return False
    return (work.now() - shown.since).total_seconds() >= work.settings.incomplete_after


def _entries(work: Work, found: Survey, *, changing: bool) -> Iterable[MessageEntry]:
    if changing:
        yield messages.of_changes(found)
    if found.lacks:
        yield from messages.of_lacks(found, stated=bool(work.settings.files), alike=_alike(work, found))


def _alike(work: Work, found: Survey) -> dict[str, str]:
    """Files beside the set that have the columns of one that it lacks, by that one's name: see `by_header`."""
    from ..verification.fileset import HEADERS, by_header
    from ..verification.firstline import first_cells

    form = next((form for form in FORMATS if form.id == found.format), None)
    if form is None or all(lack.why != "missing" or lack.near for lack in found.lacks):
        return {}
    beside = [blob for blob in found.ignored if is_csv(file_name(blob))][:HEADERS]
    starts = work.together(lambda name: work.store.start(work.settings.drop_container, name), [b.name for b in beside])
    headers = {file_name(blob): first_cells(start) for blob, start in zip(beside, starts, strict=True)}
    return by_header(found.files, form, headers)


def _begin(work: Work, found: Survey, telling: Telling) -> Telling | None:
    """Write down that this is told; as it was begun. None: the inbox, or what is told, is another."""

    def swap(record: Record) -> Edited[Telling | None]:
        if telling.fingerprint == _RESTLESS:
            if record.restless is None or record.telling is not None:
                return Edited(record, None)
            return Edited(replace(record, telling=telling), telling)
        if telling.changing and record.telling is None:
            # Its files may be others at every look: what this one has shown is what is told.
            record = replace(record, inbox=seen(record.inbox, found, work.now(), work.settings.settle))
        if record.inbox is None or record.inbox.fingerprint != found.fingerprint:
            return Edited(record, None)
        if record.telling is not None:
            return Edited(record, record.telling if record.telling.fingerprint == found.fingerprint else None)
        return Edited(replace(record, telling=telling), telling)

    return work.change(swap).said


def _done(work: Work, told: Telling) -> None:
    def swap(record: Record) -> Edited[None]:
        if record.inbox is not None and record.inbox.fingerprint == told.fingerprint:
            record = replace(record, inbox=replace(record.inbox, told=True))
        if told.fingerprint == _RESTLESS and record.restless is not None:
            record = replace(record, restless=replace(record.restless, told_changing=True))
        elif told.changing and record.inbox is not None and record.inbox.changing is not None:
            record = replace(record, inbox=replace(record.inbox, told_changing=True))
        left = record.telling if record.telling != told else None
        return Edited(replace(remembered(record, told.story), telling=left), None)

    work.change(swap)


def _drop(work: Work, found: Survey) -> DropEntry:
    names = {blob.name: name for name, blob in found.files.items()}
    return DropEntry(
        format=found.format,
        container=work.settings.drop_container,
        prefix="" if work.profile == UNADDRESSED else f"{work.profile}/",
        files=tuple(FileEntry(names[blob.name], blob.size, None, None) for blob in found.files.values()),
        ignored=tuple(_name(work, blob) for blob in found.ignored),
    )


def _name(work: Work, blob: Blob) -> str:
    """What a person calls it: nobody's files are told from each other by their folders alone."""
    return blob.name if work.profile == UNADDRESSED else file_name(blob)
