"""Incomplete: tell the queue what a set lacks, once. The files stay where they are.

The record says so before the message is committed: the inbox may be another before whoever tells it gets further, and
then the next one who looks sends what was committed.
"""

from msgspec.structs import replace

from .. import messages
from ..door import Edited
from ..inbox import Survey, landed
from ..record import Ending, Recent, Record, Telling
from ..results import DropEntry, FileEntry, TimesEntry
from .older import story_of
from .tell import Story, committed, recent, remembered, tell
from .work import Work


def tell_incomplete(work: Work) -> None:
    """Name what is missing, if it is still so and has been for long enough."""
    record = work.load()
    found, seen = work.look(record).set, record.inbox
    if found is None or seen is None or seen.told or found.complete or found.fingerprint != seen.fingerprint:
        return
    if found.problem is not None or (work.now() - seen.since).total_seconds() < work.settings.incomplete_after:
        return
    entries = tuple(messages.of_lacks(found, stated=bool(work.settings.files)))
    first, last = landed(found.blobs)
    counts = messages.sorted_and_counted(list(entries))[1]
    story = _begin(work, found, recent(story_of(work, found), Ending("incomplete", work.now()), counts, last))
    if story is None:
        return
    tell(
        work,
        Story(
            run_id=story.run_id,
            folder=work.folder(story.run_id),
            ending=Ending("incomplete", story.at),
            target=work.target,
            drop=_drop(work, found),
            entries=entries,
            times=TimesEntry(first_landed=first, last_landed=last, settled=seen.since),
            warnings=tuple(": ".join(filter(None, (entry.file_name, entry.description))) for entry in entries),
        ),
    )
    _done(work, Telling(found.fingerprint, story))


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


def _begin(work: Work, found: Survey, story: Recent) -> Recent | None:
    """Write down that this is told; the story as it was begun. None: the inbox, or what is told, is another."""

    def swap(record: Record) -> Edited[Recent | None]:
        if record.inbox is None or record.inbox.fingerprint != found.fingerprint:
            return Edited(record, None)
        if record.telling is not None:
            return Edited(record, record.telling.story if record.telling.fingerprint == found.fingerprint else None)
        return Edited(replace(record, telling=Telling(found.fingerprint, story)), story)

    return work.change(swap).said


def _done(work: Work, told: Telling) -> None:
    def swap(record: Record) -> Edited[None]:
        if record.inbox is not None and record.inbox.fingerprint == told.fingerprint:
            record = replace(record, inbox=replace(record.inbox, told=True))
        left = record.telling if record.telling != told else None
        return Edited(replace(remembered(record, told.story), telling=left), None)

    work.change(swap)


def _drop(work: Work, found: Survey) -> DropEntry:
    names = {blob.name: name for name, blob in found.files.items()}
    return DropEntry(
        format=found.format,
        container=work.settings.drop_container,
        prefix=f"{work.profile}/",
        files=tuple(FileEntry(names[blob.name], blob.size, None, None) for blob in found.files.values()),
        ignored=tuple(blob.name.partition("/")[2] for blob in found.ignored),
    )
