"""Refuse: move what can never become a run out of the drop container, a portion at a time, and say so once.

What can't be moved (its name can't be addressed, it is archived or too long to be named) is told with the others and
kept: it is never looked at again in that version.
"""

from collections.abc import Iterable
from datetime import datetime
from typing import NamedTuple

import msgspec
from msgspec.structs import replace

from .. import messages
from ..decide import Plan
from ..door import Edited
from ..inbox import PORTION, UNADDRESSED, Inbox, Survey, key_of, landed, run_id, seen
from ..kept import mark
from ..lines import line
from ..record import Ending, Record, Refusal
from ..results import Counts, DropEntry, FileEntry, TimesEntry
from ..store import LONGEST_NAME, Blob, Conflict, Copied, Deleted, addressable
from .older import folder_of
from .tell import Story, remember, tell
from .work import Work, log

_AT_ONCE = 100
"""Blobs between two heartbeats."""
REFUSED = "_refused"
_AT_ROOT = (
    "These files name no profile. A file belongs at {container}/<profile>/<file>.csv, where <profile> is a GUID or an "
    "alias from SDS_PROFILES. They were moved to {runs}/_refused."
)
_NOT_ALLOWED = (
    "{folders} not an allowed profile. Use a name from SDS_PROFILES, or add it there. The files were moved to "
    "{runs}/_refused."
)
_NAMED = 5
"""Folders of profiles that aren't allowed that a message names; the files' names tell all."""
_TOO_DEEP = (
    "These files lie deeper than {container}/{profile}/<file>.csv, where they belong. "
    "They were moved to {runs}/_refused."
)
_NO_SET = "{advice} The files were moved to {runs}/_refused."
_CANNOT_COPY = (
    "{count} of the set's files can't be copied by storage ({why}), so the set can't be taken: upload them anew. "
    "The set's other files stay and wait for them."
)
_NEVER = "copies that never end"
_GIVEN_UP = "The files stay where they are and are not looked at again; upload them anew."
_STAY = {
    "name": "{count} of the files have names that can't be addressed (dot segments, or too long); they stay.",
    "copy": "{count} of the files can't be copied by storage ({why}); they stay.",
}


class _Item(msgspec.Struct, frozen=True, rename="camel"):
    """One blob of a portion."""

    name: str
    etag: str
    size: int
    modified: datetime


class _Portion(msgspec.Struct, frozen=True, rename="camel"):
    """What is refused together, as it stands beside the refused files. `move`: False only tells and keeps."""

    reason: str
    items: tuple[_Item, ...]
    move: bool = True
    ending: Ending | None = None


class _What(NamedTuple):
    """A portion that was found, as blobs and as it is written down."""

    blobs: tuple[Blob, ...]
    portion: _Portion


_DECODER = msgspec.json.Decoder(_Portion)  # made on import: see `door`


def refuse(work: Work, plan: Plan | None = None) -> Plan | None:
    """Name a portion in the record, copy it, tell it, delete it: each may be interrupted and repeated."""
    record = work.load()
    if record.refusal is None:
        found = _what(work, record, plan.ending if plan else None)
        if found is None:
            return None
        record = _begin(work, *found)
    refusal = record.refusal
    if refusal is None:
        return None
    portion = _read(work, refusal)
    given_up = plan is not None and plan.ending is not None
    stay = dict.fromkeys((item.name for item in portion.items), "")
    if portion.move:
        copied = _copy(work, refusal, portion, given_up=given_up)
        if copied is None:
            return work.copying(record, "refuse")
        stay = copied
    ending, counts = _tell(work, refusal, portion, stay)
    marks = _delete(work, portion, stay)
    keep = work.keep(marks)
    rest = _rest(work, record, portion)

    def swap(record: Record) -> Edited[None]:
        if record.refusal is None or record.refusal.run_id != refusal.run_id:
            return Edited(record, None)
        record = remember(record, refusal.run_id, ending, counts, None)
        told = {item.name for item in portion.items}
        left = tuple(blob for blob in record.unmovable if blob.name not in told)
        if rest is not None:
            shown = seen(record.inbox, rest, work.now(), work.settings.settle)
            record = replace(record, inbox=shown and replace(shown, told=True))
        return Edited(keep(replace(record, refusal=None, unmovable=left)), None)

    work.change(swap)
    return None


def _rest(work: Work, record: Record, portion: _Portion) -> Survey | None:
    """The rest of a set, if it lacks what was just told and nothing else: it isn't told incomplete on top of that."""
    if portion.move or portion.ending is not None:
        return None
    found = work.look(record).set
    told = {item.name.rpartition("/")[2].lower() for item in portion.items}
    if found is None or not found.files or found.problem is not None:
        return None
    return found if {lack.name.lower() for lack in found.lacks} <= told else None


def _what(work: Work, record: Record, ending: Ending | None) -> _What | None:
    """The portion to refuse, and why; None if there is nothing, or it isn't quiet any more."""
    words = {
        "container": work.settings.drop_container,
        "runs": work.settings.run_container,
        "profile": work.profile,
    }
    if record.unmovable:
        stuck = tuple(Blob(b.name, b.etag, b.size, b.modified) for b in record.unmovable)
        why = ", ".join(sorted({blob.why for blob in record.unmovable}))
        return _found(stuck, _CANNOT_COPY.format(count=len(stuck), why=why), move=False)
    inbox = work.look(record)
    if ending is not None:
        blobs = _all_of(inbox)[:PORTION]
        reason = f"{ending.failure.message} {_GIVEN_UP}" if ending.failure else _GIVEN_UP
        return _found(blobs, reason, move=False, ending=ending)
    if inbox.misplaced:
        reason = _nobodys(inbox.misplaced) if work.profile == UNADDRESSED else _TOO_DEEP
        return _found(inbox.misplaced, reason.format(**words))
    found, seen = inbox.set, record.inbox
    if found is None or found.problem is None or seen is None or seen.fingerprint != found.fingerprint:
        return None
    if not seen.quiet(work.now(), work.settings.settle):
        return None
    return _found(found.blobs[:PORTION], _NO_SET.format(advice=found.advice, **words))


def _nobodys(blobs: tuple[Blob, ...]) -> str:
    """Why these are nobody's: they name no profile, or one that isn't allowed."""
    keys = {key_of(blob.name) for blob in blobs}
    folders = [f"'{key}'" for key in sorted(keys - {UNADDRESSED})]
    named = ", ".join(folders[:_NAMED]) + (f" and {len(folders) - _NAMED} more" if len(folders) > _NAMED else "")
    allowed = _NOT_ALLOWED.replace("{folders}", f"{named} {'is' if len(folders) == 1 else 'are each'}")
    return " ".join([_AT_ROOT] * (UNADDRESSED in keys) + [allowed] * bool(folders))


def _only_folder(portion: _Portion) -> str | None:
    """The key of the only folder in which its files lie; None if there are others, or it names no profile."""
    keys = {key_of(item.name) for item in portion.items}
    return keys.pop() if len(keys) == 1 and UNADDRESSED not in keys else None


def _all_of(inbox: Inbox) -> tuple[Blob, ...]:
    return (*inbox.misplaced, *(inbox.set.blobs if inbox.set is not None else ()))


def _found(blobs: tuple[Blob, ...], reason: str, *, move: bool = True, ending: Ending | None = None) -> _What | None:
    if not blobs:
        return None
    items = tuple(_Item(blob.name, blob.etag, blob.size, blob.modified) for blob in blobs)
    return _What(blobs, _Portion(reason, items, move, ending))


def _begin(work: Work, blobs: tuple[Blob, ...], portion: _Portion) -> Record:
    """Write the portion down, then name it in the record; its id is a pure function of its blobs and its number."""
    base, number = run_id(blobs), 1
    encoded = msgspec.json.encode(portion)
    while True:
        name = f"{base}-x{number}"
        try:
            work.store.write(work.settings.run_container, _portion_blob(name), encoded, create=True)
        except Conflict:
            there = work.store.read(work.settings.run_container, _portion_blob(name))
            told = work.store.read(work.settings.run_container, f"{_folder(name)}message.json")
            if told is not None and not _still_new(work, blobs):
                return work.load()  # a step that was at work at the same time has done it all
            if told is not None or there is None or not _same(there[0], portion):
                number += 1  # that story is told already, or is another one
                continue
        break
    refusal = Refusal(name, len(blobs), marks=tuple(mark(blob.name, blob.etag) for blob in blobs))

    def swap(record: Record) -> Edited[None]:
        return Edited(record if record.refusal is not None else replace(record, refusal=refusal), None)

    return work.change(swap).record


def _still_new(work: Work, blobs: tuple[Blob, ...]) -> bool:
    record = work.load()
    inbox = work.look(record)
    there = {mark(blob.name, blob.etag) for blob in _all_of(inbox)}
    there |= {mark(blob.name, blob.etag) for blob in record.unmovable}
    return record.refusal is None and all(mark(blob.name, blob.etag) in there for blob in blobs)


def _same(data: bytes, portion: _Portion) -> bool:
    try:
        return _DECODER.decode(data).items == portion.items
    except msgspec.MsgspecError:
        return False


def _read(work: Work, refusal: Refusal) -> _Portion:
    """The portion as it was written down; of an older version's record, as that has it."""
    if refusal.blobs:
        at = refusal.last_landed or work.now()
        items = (
            _Item(name, etag, size, at) for (name, etag), size in zip(refusal.blobs.items(), refusal.sizes, strict=True)
        )
        return _Portion(refusal.reason or "", tuple(items))
    found = work.store.read(work.settings.run_container, _portion_blob(refusal.run_id))
    return _DECODER.decode(found[0]) if found else _Portion("The list of these files was lost.", (), move=False)


def _copy(work: Work, refusal: Refusal, portion: _Portion, *, given_up: bool) -> dict[str, str] | None:
    """Copy all that can be copied; the names of those that stay, and why. None: some are not done yet.

    `given_up`: those stay, too.
    """
    folder = f"{_folder(refusal.run_id)}files/"
    names = [item.name for item in portion.items]
    stay = {name: "" for name in names if not addressable(name) or len(folder + name) > LONGEST_NAME}
    blobs = [Blob(i.name, i.etag, i.size, i.modified) for i in portion.items if i.name not in stay]
    later = False

    def copy(blob: Blob) -> tuple[Copied, str]:
        return work.store.copy(work.settings.drop_container, blob, work.settings.run_container, folder + blob.name)

    for some in _beaten(work, blobs):
        for blob, (copied, why) in zip(some, work.together(copy, some), strict=True):
            if copied is Copied.LATER and given_up:
                stay[blob.name] = _NEVER
            later = later or (copied is Copied.LATER and not given_up)
            if copied is Copied.CANNOT:
                stay[blob.name] = why
    return None if later else stay


def _tell(work: Work, refusal: Refusal, portion: _Portion, stay: dict[str, str]) -> tuple[Ending, Counts]:
    ending = portion.ending or Ending("invalidDrop", work.now())
    reasons = [portion.reason]
    if portion.move:
        unnamed = [name for name, why in stay.items() if not why]
        uncopied = sorted({why for why in stay.values() if why})
        if unnamed:
            reasons.append(_STAY["name"].format(count=len(unnamed)))
        if uncopied:
            reasons.append(_STAY["copy"].format(count=len(stay) - len(unnamed), why=", ".join(uncopied)))
    blobs = [Blob(i.name, i.etag, i.size, i.modified) for i in portion.items]
    first, last = landed(blobs) if blobs else (refusal.first_landed, refusal.last_landed)
    entries = [entry for reason in reasons for entry in messages.of_refusal(reason)]
    return ending, tell(
        work,
        Story(
            run_id=refusal.run_id,
            folder=folder_of(work, refusal) or _folder(refusal.run_id).rstrip("/"),
            ending=ending,
            target=work.target,
            drop=DropEntry(
                format=None,
                container=work.settings.run_container,
                prefix=f"{_folder(refusal.run_id)}files/",
                files=tuple(FileEntry(item.name, item.size, None, None) for item in portion.items),
                ignored=(),
            ),
            entries=tuple(entries),
            under=_only_folder(portion),
            times=TimesEntry(first_landed=first, last_landed=last),
            warnings=tuple(reasons),
        ),
    )


def _delete(work: Work, portion: _Portion, stay: dict[str, str]) -> tuple[str, ...]:
    """Delete what was copied, each only in the version that was told. The marks of all that is there still."""
    marks = [mark(item.name, item.etag) for item in portion.items if item.name in stay]
    moved = [item for item in portion.items if item.name not in stay]

    def delete(item: _Item) -> Deleted:
        return work.store.delete(work.settings.drop_container, item.name, item.etag)

    for some in _beaten(work, moved):
        for item, became in zip(some, work.together(delete, some), strict=True):
            if became in (Deleted.PROTECTED, Deleted.DENIED):
                marks.append(mark(item.name, item.etag))
    if marks:
        log.warning("%s", line("kept", profile=work.profile, files=len(marks)))
    return tuple(marks)


def _beaten[T](work: Work, items: list[T]) -> Iterable[list[T]]:
    beat = work.heartbeat()
    for at in range(0, len(items), _AT_ONCE):
        beat()
        yield items[at : at + _AT_ONCE]


def _folder(refused: str) -> str:
    """Where the files are moved: below the folder of the report and the message, so that no name meets theirs."""
    return f"{REFUSED}/{refused}/"


def _portion_blob(refused: str) -> str:
    return f"{_folder(refused)}portion.json"
