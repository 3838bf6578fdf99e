"""Upload: send the snapshot's files to a fresh address, streamed. The address never leaves this module."""

from collections.abc import Callable, Iterator

from msgspec.structs import replace

from ..decide import Plan, due, failure, put_off
from ..record import Current, DropFile, Ending
from ..sds.answers import MEANING, Act, Phase, Rule
from ..sds.port import Answer, Failure, Reply, Upload
from ..snapshot import prefix
from .room import SMALL, Room, log

_ADDRESSES = 3
_REFUSED = Failure("uploadRefused", f"The storage refused the upload address, {_ADDRESSES} fresh ones in a row.")


def upload(room: Room, profile: str, instance: str, _plan: Plan | None = None) -> Plan | None:
    """Send all files; a refused address is replaced by a fresh one, at most three."""
    version = room.version(profile)
    current = version.record.current
    if current is None or current.stage not in ("checked", "uploading") or not current.ready:
        return None
    if not due(current, room.now()):
        return None
    beat = room.heartbeat(profile, instance)
    for _ in range(_ADDRESSES):
        opened = room.sds.open_upload(room.profile_id(profile))
        rule = MEANING[Phase.BEFORE][opened.answer]
        if opened.value is None:
            return _note(room, profile, instance, current, rule, opened)
        try:
            # From here on files of this run may be in the service's container: a newer set must wait its turn.
            version = room.swap_run(profile, current.run_id, _uploading, instance=instance, known=version)
            sent = _send(room, profile, current, opened.value, beat)
        finally:
            opened.value.close()
        if sent.answer is Answer.OK:
            log.info("%s: run %s uploaded, %d files", profile, current.run_id, len(current.drop.files))
            room.change_run(profile, current.run_id, lambda run: _uploaded(room, run), instance=instance, known=version)
            return Plan("start")
        if sent.answer is not Answer.FORBIDDEN:
            return _note(room, profile, instance, current, MEANING[Phase.BEFORE][Answer.UNAVAILABLE], sent)
    ending = Ending("failed", room.now(), _REFUSED)
    room.change_run(profile, current.run_id, lambda run: replace(run, stage="ended", ending=ending), instance=instance)
    return Plan("report")


def _send(room: Room, profile: str, current: Current, target: Upload, beat: Callable[[], None]) -> Reply[None]:
    """Small files go together, large ones one by one: each holds a few pieces of it in memory."""

    failed: list[Reply[None]] = []

    def put(file: DropFile) -> None:
        if failed:
            return
        name = prefix(profile, current.run_id) + file.name
        sent = target.put(file.upload, file.size, _chunks(room, name, beat))
        if sent.answer is not Answer.OK:
            failed.append(sent)

    room.together(put, [file for file in current.drop.files if file.size <= SMALL])
    for file in current.drop.files:
        if file.size > SMALL:
            put(file)
    return failed[0] if failed else Reply(Answer.OK)


def _chunks(room: Room, name: str, beat: Callable[[], None]) -> Iterator[bytes]:
    for chunk in room.store.stream(room.settings.run_container, name):
        beat()
        yield chunk


def _uploading(run: Current) -> Current | None:
    return replace(run, stage="uploading") if run.stage == "checked" else None


def _uploaded(room: Room, run: Current) -> Current | None:
    if run.stage != "uploading":
        return None
    times = replace(run.times, uploaded=room.now())
    return replace(run, stage="uploaded", times=times, poll=None, waiting=None)


def _note(
    room: Room, profile: str, instance: str, current: Current, rule: Rule, reply: Reply[Upload] | Reply[None]
) -> Plan | None:
    """Write down an answer that is no upload: wait, or the run's end."""

    def swap(run: Current) -> Current | None:
        if run.stage not in ("checked", "uploading"):
            return None
        if rule.act is Act.END:
            return replace(run, stage="ended", ending=Ending(rule.outcome, room.now(), failure(rule, reply)))
        return put_off(run, room.now(), room.settings, rule, reply)

    room.change_run(profile, current.run_id, swap, instance=instance)
    return None
