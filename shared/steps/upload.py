"""Upload: send the snapshot's files to a fresh address, streamed. The address never leaves this module."""

from collections.abc import Callable, Iterator
from datetime import datetime

from msgspec.structs import replace

from ..decide import Plan
from ..learn import due, failure, put_off
from ..record import Current, DropFile, Ending, Version
from ..sds.answers import MEANING, Act, Phase, Rule
from ..sds.port import Answer, Failure, Reply, Upload
from ..snapshot import prefix
from .hold import claim, mine, released
from .room import SMALL, Room, log

_STAGES = ("checked", "uploading")
_ADDRESSES = 3
_REFUSED = Failure("uploadRefused", f"The storage refused the upload address, {_ADDRESSES} fresh ones in a row.")


def upload(room: Room, profile: str, instance: str, _plan: Plan | None = None) -> Plan | None:
    """Send all files; a refused address is replaced by a fresh one, at most three."""
    claimed = claim(room, profile, instance, lambda run: run.stage in _STAGES and run.ready and due(run, room.now()))
    if claimed is None:
        return None
    current, attempt, version = claimed
    beat = room.heartbeat(profile, instance)
    for _ in range(_ADDRESSES):
        opened = room.sds.open_upload(room.profile_id(profile))
        rule = MEANING[Phase.BEFORE][opened.answer]
        if opened.value is None:
            return _note(room, profile, instance, attempt, current.run_id, rule, opened)
        try:
            begun = _begin(room, profile, instance, attempt, version)
            if begun is None:
                return None
            version = begun
            sent = _send(room, profile, current, opened.value, beat)
        finally:
            opened.value.close()
        if sent.answer is Answer.OK:
            return _sent(room, profile, instance, attempt, version, opened.value.expires)
        if sent.answer is not Answer.FORBIDDEN:
            rule = MEANING[Phase.BEFORE][Answer.UNAVAILABLE]
            return _note(room, profile, instance, attempt, current.run_id, rule, sent)
    rule = Rule(Act.END, "failed", _REFUSED.code)
    return _note(room, profile, instance, attempt, current.run_id, rule, Reply(Answer.FORBIDDEN, failure=_REFUSED))


def _begin(room: Room, profile: str, instance: str, attempt: int, known: Version) -> Version | None:
    """From here on files of this run may be in the service's container: a newer set must wait its turn.

    None: another attempt has begun meanwhile. Opening may have emptied its session, so what it sent goes out anew.
    """
    ours = False

    def swap(run: Current) -> Current | None:
        nonlocal ours
        ours = mine(run, attempt) and run.stage in _STAGES
        if ours:
            return replace(run, stage="uploading")
        if run.stage == "uploaded" and not run.verified and run.start_intent is None:
            return replace(run, stage="uploading", operation=None, asked_to_verify=False)
        return None

    assert known.record.current is not None
    version = room.change_run(profile, known.record.current.run_id, swap, instance=instance, known=known)
    return version if ours else None


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


def _sent(
    room: Room, profile: str, instance: str, attempt: int, known: Version, expires: datetime | None
) -> Plan | None:
    current = known.record.current
    assert current is not None

    def swap(run: Current) -> Current | None:
        if run.stage != "uploading" or not mine(run, attempt):
            return None
        times = replace(run.times, uploaded=room.now())
        return released(replace(run, stage="uploaded", times=times, session_until=expires, poll=None, waiting=None))

    log.info("%s: run %s uploaded, %d files", profile, current.run_id, len(current.drop.files))
    run = room.change_run(profile, current.run_id, swap, instance=instance, known=known).record.current
    return Plan("start") if run is not None and run.stage == "uploaded" else None


def _note(
    room: Room,
    profile: str,
    instance: str,
    attempt: int,
    run_id: str,
    rule: Rule,
    reply: Reply[Upload] | Reply[None],
) -> Plan | None:
    """Write down an answer that is no upload: wait, or the run's end."""

    def swap(run: Current) -> Current | None:
        if run.stage not in _STAGES or not mine(run, attempt):
            return None
        run = released(run)
        if rule.act is Act.END:
            return replace(run, stage="ended", ending=Ending(rule.outcome, room.now(), failure(rule, reply)))
        return put_off(run, room.now(), room.settings, rule, reply)

    room.change_run(profile, run_id, swap, instance=instance)
    return None
