"""Refuse: move what can never become a run out of the drop container, and say so once."""

from msgspec.structs import replace

from .. import messages
from .. import report as reports
from ..decide import Plan
from ..inbox import UNADDRESSED, fingerprint, landed, look, run_id, survey
from ..learn import new_files, new_misplaced
from ..record import Ending, Record, Refusal, Seen
from ..results import DropEntry, FileEntry, TimesEntry, VerificationData, event
from ..snapshot import freeze
from ..store import Blob, Conflict, Denied
from .announce import announce, report_entry, source
from .report import remember
from .room import Room, log

_COPY_PAUSE = 1.0
REFUSED = "_refused"
_AT_ROOT = (
    "These files name no profile. A file belongs at {container}/<profile>/<file>.csv, where <profile> is a GUID or an "
    "alias from SDS_PROFILES. They were moved to {runs}/_refused."
)
_NOT_ALLOWED = (
    "'{profile}' is not an allowed profile. Use a name from SDS_PROFILES, or add it there. The files were moved to "
    "{runs}/_refused."
)
_TOO_DEEP = (
    "These files lie deeper than {container}/{profile}/<file>.csv, where they belong. "
    "They were moved to {runs}/_refused."
)
_NO_SET = "{advice} The files were moved to {runs}/_refused."


def refuse(room: Room, profile: str, instance: str, _plan: Plan | None = None) -> Plan | None:
    """Copy, remember, announce, delete: each may be interrupted and repeated."""
    record = room.load(profile)
    if record.refusal is None:
        blobs, reason = _what(room, profile, record)
        if not blobs:
            return None
        refused = run_id(blobs)
        try:
            if not freeze(room.store, room.settings, blobs, lambda blob: _folder(refused) + blob.name):
                return Plan("wait", _COPY_PAUSE)
        except Conflict:
            return None  # one of them changed meanwhile: look again
        record = room.change(profile, lambda record: _decided(record, refused, blobs, reason), instance=instance)
    if record.refusal is not None:
        _tell(room, profile, record.refusal)
        _clear(room, profile, instance, record.refusal)
    return None


def _folder(refused: str) -> str:
    """Where the files are moved: below the folder of the report and the message, so that no name meets theirs."""
    return f"{REFUSED}/{refused}/files/"


def _decided(record: Record, refused: str, blobs: tuple[Blob, ...], reason: str) -> Record | None:
    if record.refusal is not None:
        return None
    refusal = Refusal(
        refused,
        {blob.name: blob.etag for blob in blobs},
        reason,
        tuple(blob.size for blob in blobs),
        *landed(blobs),
    )
    seen = fingerprint(blobs)
    return replace(
        record,
        refusal=refusal,
        misplaced=None if record.misplaced and record.misplaced.fingerprint == seen else record.misplaced,
    )


def _what(room: Room, profile: str, record: Record) -> tuple[tuple[Blob, ...], str]:
    """The blobs to refuse, and why; none if they are not quiet any more."""
    listing = look(room.store, room.settings, profile, room.together)
    words = {
        "container": room.settings.drop_container,
        "runs": room.settings.run_container,
        "profile": profile,
    }
    misplaced = new_misplaced(record, listing)
    if misplaced and _quiet(room, record.misplaced, fingerprint(misplaced)):
        if profile == UNADDRESSED:
            return misplaced, _AT_ROOT.format(**words)
        allowed = room.settings.profile_id(profile) is not None
        return misplaced, (_TOO_DEEP if allowed else _NOT_ALLOWED).format(**words)
    found = survey(new_files(record, listing), room.settings)
    if found is not None and found.problem is not None and _quiet(room, record.inbox, found.fingerprint):
        return found.blobs, _NO_SET.format(advice=found.advice, **words)
    return (), ""


def _quiet(room: Room, seen: Seen | None, print_of: str) -> bool:
    return seen is not None and seen.fingerprint == print_of and seen.quiet(room.now(), room.settings.settle)


def _tell(room: Room, profile: str, refusal: Refusal) -> None:
    folder = room.folder(profile, refusal.run_id)
    ending = Ending("invalidDrop", room.now())
    entries, counts = messages.sorted_and_counted(messages.of_refusal(refusal.reason))
    drop = DropEntry(
        format=None,
        container=room.settings.run_container,
        prefix=_folder(refusal.run_id),
        files=tuple(FileEntry(name, size, None, None) for name, size in zip(refusal.blobs, refusal.sizes, strict=True)),
        ignored=(),
    )
    data = VerificationData(
        profile=None if profile == UNADDRESSED else profile,
        profile_id=room.settings.profile_id(profile),
        run_id=refusal.run_id,
        api=room.settings.api,
        outcome="invalidDrop",
        profile_state=None,
        verification="none",
        drop=drop,
        counts=counts,
        messages=entries,
        truncated=False,
        report=report_entry(room, folder),
        failure=None,
        times=TimesEntry(first_landed=refusal.first_landed, last_landed=refusal.last_landed),
    )
    written = reports.Report(
        profile=data.profile,
        run_id=refusal.run_id,
        api=room.settings.api,
        outcome="invalidDrop",
        drop=drop,
        warnings=(refusal.reason,),
        ended=ending.at,
    )
    reports.write(room.store, room.settings, folder, written)
    announce(room, folder, "verification", event(source(room, profile), "verification", ending.at, data))
    log.info("%s: refused %d files as %s", profile, len(refusal.blobs), refusal.run_id)


def _clear(room: Room, profile: str, instance: str, refusal: Refusal) -> None:
    kept: dict[str, str] = {}
    for name, etag in refusal.blobs.items():
        try:
            room.store.delete(room.settings.drop_container, name, etag)
        except Conflict:
            continue
        except Denied:
            kept[name] = etag

    def swap(record: Record) -> Record | None:
        if record.refusal != refusal:
            return None
        record = remember(record, refusal.run_id, Ending("invalidDrop", room.now()))
        return replace(record, refusal=None, kept=record.kept | kept)

    room.change(profile, swap, instance=instance)
