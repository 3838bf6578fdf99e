"""Mend: a record that can't be read, or is gone although a driver is at work, is rebuilt from the blobs, and told once.

Nobody else is harmed by it. The damaged one is copied aside first, for whoever wants to know.
"""

import hashlib
from contextlib import suppress
from datetime import UTC, datetime, timedelta
from typing import NamedTuple

from msgspec.structs import replace

from .. import baseline, door, kept
from ..door import Unreadable, blob_name
from ..inbox import UNADDRESSED, listing
from ..kept import mark
from ..lines import line
from ..record import Ending, Record
from ..results import DropEntry, MessageEntry
from ..sds.port import Failure
from ..store import Blob, Conflict
from .tell import COMMITTED, Story, remember, tell
from .work import Work, log

_LATELY = timedelta(days=1)
_MOST = 20
"""Messages that are sent again, of those that were committed lately."""
_WORDS = {
    "damaged": "The app's record of this profile could not be read; it was put aside as {aside} and rebuilt.",
    "gone": "The app's record of this profile was deleted while a run was on its way; it was rebuilt.",
}
_OPEN = (
    " These runs had no outcome yet: {runs}. Look in School Data Sync whether they were started, and drop their files "
    "again with `python -m local retry {profile} RUN`."
)
_NONE = " No run was on its way. Nothing has to be done."


def mend(work: Work, trouble: Unreadable) -> None:
    """Rebuild the record. Whoever else does so at the same time finds it done."""
    store, settings, name = work.store, work.settings, blob_name(work.profile)
    found = store.read(settings.state_container, name)
    if found is not None and found[1] != trouble.etag:
        return  # somebody has written it since
    if found is None and trouble.etag is not None:
        return
    aside = f"{name}.damaged-{trouble.etag}"
    if found is not None:
        with suppress(Conflict):  # another got so far
            store.write(settings.state_container, aside, found[0], create=True)
    runs = _runs(work)
    rebuilt, unfinished = _rebuilt(work, runs.taken), runs.unfinished
    _send(work, runs.committed)
    story = _story(work, trouble, aside, unfinished)
    # Told before it is replaced: a rebuilt record looks like any other, and nobody would tell it again.
    counts = tell(work, story)
    rebuilt = remember(rebuilt, story.run_id, story.ending, counts, None)
    try:
        door.save(store, settings, rebuilt, trouble.etag)
    except Conflict:
        return
    log.warning("%s", line("mended", profile=work.profile, why="damaged" if trouble.etag else "gone"))


class _Runs(NamedTuple):
    """What the run container tells of a profile: runs without an outcome, the files (name, ETag) that runs took, and
    the names of messages that were committed lately."""

    unfinished: list[str]
    taken: set[tuple[str, str]]
    committed: list[str]


def begin(work: Work) -> None:
    """Before a profile gets its first record: was there one? Then runs without an outcome, or messages, tell of it."""
    runs = _runs(work)
    if runs.unfinished:
        mend(work, Unreadable(work.profile, None))
    else:
        _send(work, runs.committed)


def _runs(work: Work) -> _Runs:
    runs: dict[str, bool] = {}
    taken: set[tuple[str, str]] = set()
    committed: list[Blob] = []
    folder = f"{work.profile}/"
    for blob in work.store.blobs(work.settings.run_container, folder):
        run, _, rest = blob.name.removeprefix(folder).partition("/")
        runs[run] = runs.get(run, False) or rest == COMMITTED["verification"]
        if rest.startswith("files/") and (etag := blob.metadata.get("source_etag")):
            taken.add((rest.removeprefix("files/").rpartition("/")[2], etag))
        if rest in COMMITTED.values() and work.now() - blob.modified < _LATELY:
            committed.append(blob)
    # What names no profile is never a run; beside it lie the refusals of every profile, each that profile's own.
    unfinished = [] if work.profile == UNADDRESSED else sorted(run for run, told in runs.items() if not told)
    lately = sorted(committed, key=lambda blob: blob.modified)[-_MOST:]
    return _Runs(unfinished, taken, [blob.name for blob in lately])


def _send(work: Work, committed: list[str]) -> None:
    """Put messages on the queue again: the record that is gone may have been the last to know that one never was."""
    for name in committed:
        if (found := work.store.read(work.settings.run_container, name)) is not None:
            work.store.send(found[0])


def _rebuilt(work: Work, taken: set[tuple[str, str]]) -> Record:
    """The record as far as the run container tells it."""
    there = listing(work.store, work.settings, work.profile)
    marks = [
        mark(blob.name, blob.etag)
        for blob in (*there.files, *there.misplaced)
        if (blob.name.rpartition("/")[2], blob.etag) in taken
    ]
    known = baseline.read(work.store, work.settings, work.profile)
    record = Record(work.profile, accepted=known.accepted if known is not None else None)
    if len(marks) > kept.IN_RECORD:
        kept.add(work.store, work.settings, work.profile, marks)
        record = replace(record, kept_apart=True)
    else:
        record = replace(record, kept=tuple(sorted(marks)))
    apart = kept.read(work.store, work.settings, work.profile)
    return replace(record, kept_apart=bool(apart))


def _story(work: Work, trouble: Unreadable, aside: str, unfinished: list[str]) -> Story:
    now = work.now()
    words = _WORDS["damaged" if trouble.etag else "gone"].format(aside=aside)
    words += _OPEN.format(runs=", ".join(unfinished[:10]), profile=work.profile) if unfinished else _NONE
    run_id = _run_id(work, trouble.etag, unfinished)
    return Story(
        run_id=run_id,
        folder=work.folder(run_id),
        ending=Ending("failed", now, Failure("internal", words)),
        target=work.target,
        drop=DropEntry(format=None, container=None, prefix=None, files=(), ignored=()),
        entries=(MessageEntry("error", None, words, "preflight", "record.damaged", count=1),),
        warnings=(words,),
    )


def _run_id(work: Work, etag: str | None, unfinished: list[str]) -> str:
    """The id of this story: of the damaged blob, or, where there is none, of the runs that it leaves open."""
    name = blob_name(work.profile)
    modified = next(
        (blob.modified for blob in work.store.blobs(work.settings.state_container, name) if blob.name == name), None
    )
    if modified is None:
        newest = unfinished[-1][:16] if unfinished else f"{datetime(1970, 1, 1, tzinfo=UTC):%Y%m%dT%H%M%SZ}"
        text = f"{name}\t{' '.join(unfinished)}\n"
    else:
        newest = f"{modified.astimezone(UTC):%Y%m%dT%H%M%SZ}"
        text = f"{name}\t{etag}\n"
    return f"{newest}-{hashlib.sha256(text.encode()).hexdigest()[:12]}-d"
