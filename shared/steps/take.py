"""Take: freeze a complete, quiet set into a snapshot, make it the current run, and empty the inbox of it."""

from collections.abc import Mapping
from datetime import datetime, timedelta
from typing import Literal

from msgspec.structs import replace

from .. import life
from ..decide import Plan
from ..door import Edited, Version
from ..inbox import Survey, file_name, landed, seen, targets
from ..kept import mark
from ..life import moved
from ..lines import line
from ..record import Current, Drop, DropFile, IgnoredFile, Record, Times, Unmovable
from ..snapshot import discard, freeze, prefix
from ..store import Blob, Copied, CopyAnswer, Deleted
from .retry import retry
from .tell import committed
from .work import Work, log

NOT_DELETED = (
    "{count} of the files could not be deleted from the drop container ({why}); they stay and are not taken again."
)
NOT_COPIED = "{count} of the files that do not belong to the set can't be copied or named elsewhere; they stay."


def take(work: Work, plan: Plan | None = None) -> Plan | None:
    """Freeze the set; finish what an interrupted try left."""
    version = work.version()
    record = version.record
    if record.current is None:
        given_up = plan is not None and plan.ending is not None
        then, taken = retry(work, version, given_up=given_up) if record.retry is not None else _take(work, version)
        if taken is None:
            return then
        version = taken
    current = version.record.current
    if current is not None and current.stage == "taken":
        return _clear(work, current, version)
    return None


def _take(work: Work, version: Version) -> tuple[Plan | None, Version | None]:
    """Copy the set and swap it into the record; the version after that, None if there is nothing to go on with."""
    record = version.record
    began = work.now()  # before the listing: that and the one before must be a whole settle time apart
    found = work.look(record).set
    if found is None or not found.complete or not _settled(work, record, found, began):
        return None, None
    found = replace(found, run_id=_run_id(work, found))
    wanted = targets(prefix(work.profile, found.run_id), found.blobs)
    answers = freeze(work.store, work.settings, wanted, work.together)
    if (stop := _unfinished(work, record, found, wanted, answers)) is not None:
        return stop if isinstance(stop, Plan) else None, None
    again = work.look(record).set
    if again is None or again.fingerprint != found.fingerprint or not again.complete:
        _give_up(work, found, again)
        return None, None
    stuck = _stuck(found, wanted, answers)
    current = _current(work, found, wanted, answers, stuck)
    keep = work.keep(mark(blob.name, blob.etag) for blob in stuck)

    def swap(record: Record) -> Edited[bool]:
        there = record.inbox
        if record.current or record.paused or there is None or there.fingerprint != found.fingerprint:
            return Edited(record, False)
        return Edited(keep(replace(record, current=current, inbox=None)), True)

    changed = work.change(swap, known=None if stuck else version)
    if not changed.said:
        return None, None
    files = len(found.files)
    log.info("%s", line("taken", profile=work.profile, run=found.run_id, files=files, format=found.format))
    return None, changed.version


def _run_id(work: Work, found: Survey) -> str:
    """The id of the run that the set is to be.

    An id whose outcome was told is used up. What comes back as it was, as soft delete brings it back, is another run.
    """
    run_id, turn = found.run_id, 1
    while committed(work, work.folder(run_id), "verification") is not None:
        turn += 1
        run_id = f"{found.run_id}-{turn}"
    return run_id


def _settled(work: Work, record: Record, found: Survey, began: datetime) -> bool:
    there = record.inbox
    return (
        there is not None
        and there.fingerprint == found.fingerprint
        and replace(there, looks=2).quiet(began, work.settings.settle)  # this look is the second
    )


def _unfinished(
    work: Work, record: Record, found: Survey, wanted: Mapping[str, Blob], answers: Mapping[str, CopyAnswer]
) -> Plan | Literal["anew"] | None:
    """Why the snapshot isn't whole: to be waited for, a set that has changed, or a file that can't be copied.

    Only the set's own files count. A stranger beside them that can't be copied stays where it is.
    """
    names = {blob.name for blob in found.files.values()}
    of_set = {blob.name: answers[name] for name, blob in wanted.items() if blob.name in names}
    if any(answer.copied is Copied.LATER for answer in answers.values()):
        return work.copying(record, "take")
    if any(answer.copied in (Copied.NEWER, Copied.GONE) for answer in of_set.values()):
        again = work.look(record).set
        if again is not None and again.fingerprint == found.fingerprint:
            # The very versions are there still: storage can't read what it lists. Some day that is given up, and told.
            return work.copying(record, "take")
        _give_up(work, found, None)
        return "anew"
    stuck = tuple(
        Unmovable(blob.name, blob.etag, blob.size, blob.modified, of_set[blob.name].why)
        for blob in found.files.values()
        if of_set[blob.name].copied is Copied.CANNOT
    )
    if not stuck:
        return None
    work.change(lambda record: Edited(replace(record, unmovable=stuck, inbox=None), None))
    return Plan("refuse")


def _give_up(work: Work, found: Survey, again: Survey | None) -> None:
    """The set changed while it was copied: settle anew, and remove the copy once nobody can adopt it any more."""

    def swap(record: Record) -> Edited[bool]:
        if record.current is not None:
            return Edited(record, False)
        named = any(recent.run_id == found.run_id for recent in record.recent)
        # With the inbox's fingerprint gone from the record no other driver's take can succeed.
        return Edited(replace(record, inbox=seen(None, again, work.now(), work.settings.settle)), not named)

    free = work.change(swap).said
    # Only a set of other versions, unlike one whose leases changed, can never be this run again.
    if free and (again is None or not found.run_id.startswith(again.run_id)):
        discard(work.store, work.settings, work.profile, found.run_id)


def _stuck(found: Survey, wanted: Mapping[str, Blob], answers: Mapping[str, CopyAnswer]) -> tuple[Blob, ...]:
    """Strangers that can't be copied, or that no name in the snapshot fits: told and kept."""
    can = {blob.name for name, blob in wanted.items() if answers[name].copied is not Copied.CANNOT}
    return tuple(blob for blob in found.ignored if blob.name not in can)


def _current(
    work: Work,
    found: Survey,
    wanted: Mapping[str, Blob],
    answers: Mapping[str, CopyAnswer],
    stuck: tuple[Blob, ...],
) -> Current:
    first, last = landed(found.files.values())
    now = work.now()
    copied = {blob.name for name, blob in wanted.items() if answers[name].copied is Copied.COPIED}
    ignored = [blob for blob in found.ignored if blob.name in copied]
    target = work.target
    assert target is not None  # or it would not be an inbox
    return Current(
        run_id=found.run_id,
        stage=life.FIRST,
        target=target,
        drop=Drop(
            format=found.format or "",
            files=tuple(_file(name, blob) for name, blob in found.files.items()),
            ignored=tuple(IgnoredFile(file_name(blob), blob.name, blob.etag) for blob in ignored),
        ),
        times=Times(first_landed=first, last_landed=last, settled=now),
        deadline=now + timedelta(seconds=work.settings.provision_timeout),
        warnings=(NOT_COPIED.format(count=len(stuck)),) if stuck else (),
    )


def _file(name: str, blob: Blob) -> DropFile:
    return DropFile(file_name(blob), name, blob.name, blob.etag, blob.size, encoding=blob.encoding)


def _clear(work: Work, current: Current, version: Version) -> Plan | None:
    """Delete the drop's files from the inbox, each only if it is still the version that was taken."""
    taken = current.drop.sources if current.retry_of is None else {}
    beat = work.heartbeat()

    def delete(name: str) -> Deleted:
        return work.store.delete(work.settings.drop_container, name, taken[name])

    answers: dict[str, Deleted] = {}
    names = list(taken)
    for at in range(0, len(names), 100):
        some = names[at : at + 100]
        answers |= zip(some, work.together(delete, some), strict=True)
        beat()
    stay = {name: why for name, why in answers.items() if why in (Deleted.PROTECTED, Deleted.DENIED)}
    keep = work.keep(mark(name, taken[name]) for name in stay)
    words = NOT_DELETED.format(count=len(stay), why=", ".join(sorted(set(stay.values()))))

    def swap(record: Record) -> Edited[bool]:
        run = record.current
        if run is None or run.run_id != current.run_id or not life.may(run, "clear"):
            return Edited(record, False)
        warnings = (*run.warnings, words) if stay else run.warnings
        return Edited(keep(replace(record, current=moved(run, "clear", warnings=warnings))), True)

    if stay:
        log.warning("%s", line("kept", profile=work.profile, run=current.run_id, files=len(stay)))
    return Plan("verify") if work.change(swap, known=None if stay else version).said else None
