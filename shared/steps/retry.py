"""Retry: the snapshot of a finished run becomes a run of its own, on somebody's wish.

The files don't pass through the inbox again: beside what an exporter is writing there, they could make a mixed set.
"""

from datetime import timedelta

from msgspec.structs import replace

from .. import life
from ..decide import Plan
from ..door import Edited, Version
from ..formats import FORMATS
from ..inbox import landed, run_id
from ..lines import line
from ..record import Current, Drop, DropFile, IgnoredFile, Record, Times
from ..snapshot import prefix
from ..store import Blob, Copied
from .tell import COMMITTED
from .work import Work, log

_CHAIN = 100
"""Retries of retries that are looked through for the last one."""


def retry(work: Work, version: Version, *, given_up: bool = False) -> tuple[Plan | None, Version | None]:
    """Copy the snapshot and swap it in as the current run; the version after that, None if it isn't so far.

    A wish that can't be fulfilled, or that was `given_up`, is dropped: what lands meanwhile must not wait for it.
    """
    wish = version.record.retry
    assert wish is not None
    if given_up:
        return _dropped(work, wish, "givenUp")
    origin, blobs, new = _origin(work, wish)
    current = _current(work, wish, new, blobs)
    if current is None:
        return _dropped(work, wish, "noSnapshot")
    folder = prefix(work.profile, origin)

    def copy(blob: Blob) -> Copied:
        container = work.settings.run_container
        target = prefix(work.profile, new) + blob.name.removeprefix(folder)
        return work.store.copy(container, blob, container, target).copied

    copies = set(work.together(copy, blobs))
    if copies - {Copied.COPIED, Copied.LATER}:
        return _dropped(work, wish, "notCopied")
    if Copied.LATER in copies:
        return work.copying(version.record, "take"), None

    def swap(record: Record) -> Edited[bool]:
        if record.current is not None or record.paused is not None or record.retry != wish:
            return Edited(record, False)
        return Edited(replace(record, current=current, retry=None), True)

    changed = work.change(swap, known=version)
    if changed.said:
        log.info("%s", line("taken", profile=work.profile, run=new, again=wish, files=len(blobs)))
    return None, changed.version if changed.said else None


def _dropped(work: Work, wish: str, result: str) -> tuple[None, None]:
    log.warning("%s", line("retry", profile=work.profile, run=wish, result=result))
    work.change(lambda record: Edited(replace(record, retry=None) if record.retry == wish else record, None))
    return None, None


def _origin(work: Work, wish: str) -> tuple[str, list[Blob], str]:
    """The run whose snapshot is copied, its blobs, and the new run's id: a pure function of those blobs.

    A run that was repeated before is repeated from its last repetition, or the id would be used twice.
    """
    origin = wish
    for _ in range(_CHAIN):
        folder = prefix(work.profile, origin)
        blobs = work.store.blobs(work.settings.run_container, folder)
        if not blobs:
            break
        new = run_id(replace(blob, name=f"{work.profile}/{blob.name.removeprefix(folder)}") for blob in blobs)
        message = f"{work.folder(new)}/{COMMITTED['verification']}"
        if work.store.read(work.settings.run_container, message) is None:
            return origin, blobs, new
        origin = new
    return origin, [], ""


def _current(work: Work, wish: str, new: str, blobs: list[Blob]) -> Current | None:
    """The run that repeats `wish`; None if there is nothing to repeat."""
    target = work.target
    named = [(blob.name.rpartition("/files/")[2], blob) for blob in blobs]
    form = max(FORMATS, key=lambda form: sum(form.spec(name) is not None for name, _ in named))
    of_set = [(name, blob, spec) for name, blob in named if (spec := form.spec(name)) is not None]
    if not of_set or target is None:
        return None
    now = work.now()
    first, last = landed(blobs)
    return Current(
        run_id=new,
        stage=life.FIRST,
        target=target,
        drop=Drop(
            form.id,
            tuple(
                DropFile(name, spec.name, blob.name, blob.etag, blob.size, encoding=blob.encoding)
                for name, blob, spec in of_set
            ),
            tuple(IgnoredFile(name, blob.name, blob.etag) for name, blob in named if form.spec(name) is None),
        ),
        times=Times(first_landed=first, last_landed=last, settled=now),
        deadline=now + timedelta(seconds=work.settings.provision_timeout),
        retry_of=wish,
    )
