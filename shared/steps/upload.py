"""Upload: send the snapshot's files to a fresh address, streamed. The address never leaves this module."""

import hashlib
from collections.abc import Iterator

from msgspec.structs import replace

from ..decide import Plan
from ..door import Edited
from ..learn import due, ended, failure, outcome_of, put_off
from ..life import may, moved
from ..lines import line
from ..record import Current, DropFile, Ending, Record
from ..sds.answers import Act, Phase, Rule, meaning
from ..sds.port import Answer, Failure, Reply, Upload
from ..snapshot import prefix
from .claim import Claimed, Lost, claim, taken_from
from .work import SMALL, Work, log

_ADDRESSES = 3
_CHANGED = "changed"
_INTERNAL = Rule(Act.END, "failed", "internal")
_REFUSED = Failure("uploadRefused", f"The storage refused the upload address, {_ADDRESSES} fresh ones in a row.")


def upload(work: Work, _plan: Plan | None = None) -> Plan | None:
    """Send all files; a refused address is replaced by a fresh one, at most three."""
    current = work.load().current
    if current is None:
        return None

    def wanted(run: Current) -> bool:
        known = run.stage == "uploading" or run.ready_at is not None
        return may(run, "open") and known and due(run, work.now()) and run.target == work.target

    claimed = claim(work, current.run_id, wanted)
    if claimed is None:
        return None
    try:
        return _upload(work, claimed)
    except Lost:
        return None


def _upload(work: Work, claimed: Claimed) -> Plan | None:
    target = claimed.run.target
    for _ in range(_ADDRESSES):
        claimed.check()
        opened = work.sds.open_upload(target.profile_id)
        if opened.value is None:
            return _note(work, claimed, meaning(target.api, Phase.BEFORE, opened.answer), opened)
        try:
            if not _begin(work, claimed):
                return None
            sent = _send(work, claimed, opened.value)
        finally:
            opened.value.close()
        if sent.answer is Answer.OK:
            return _sent(work, claimed, opened.value)
        if sent.failure is not None and sent.failure.code == _CHANGED:
            return _note(work, claimed, _INTERNAL, sent)
        if sent.answer is not Answer.FORBIDDEN:
            return _note(work, claimed, meaning(target.api, Phase.BEFORE, Answer.UNAVAILABLE), sent)
    rule = Rule(Act.END, "failed", _REFUSED.code)
    return _note(work, claimed, rule, Reply(Answer.FORBIDDEN, failure=_REFUSED))


def _begin(work: Work, claimed: Claimed) -> bool:
    """From here on files of this run may be in the service's container: a newer set must wait its turn.

    False: another attempt, or another run, is at work by now. Opening may have emptied its session, so whoever it is
    sends everything anew.
    """

    def swap(record: Record) -> Edited[bool]:
        run = record.current
        if run is None:
            return Edited(record, False)
        if claimed.mine(run) and may(run, "open"):
            return Edited(replace(record, current=moved(run, "open")), True)
        if may(run, "anew"):
            run = moved(taken_from(run), "anew", operation=None, verification="none")
        elif run.stage == "uploading":
            run = taken_from(run)
        return Edited(replace(record, current=run), False)

    return work.change(swap, driver=False).said


def _send(work: Work, claimed: Claimed, target: Upload) -> Reply[None]:
    """Small files go together, large ones one by one: each holds a few pieces of it in memory."""
    failed: list[Reply[None]] = []

    def put(file: DropFile) -> None:
        if failed:
            return
        name = prefix(work.profile, claimed.run.run_id) + file.name
        digest = hashlib.sha256()
        sent = target.put(file.upload, file.size, _chunks(work, name, claimed, digest))
        if sent.answer is Answer.OK and file.sha256 not in (None, digest.hexdigest()):
            sent = _changed(file)
        if sent.answer is not Answer.OK:
            failed.append(sent)

    files = claimed.run.drop.files
    claimed.check()
    work.together(put, [file for file in files if file.size <= SMALL])
    for file in files:
        if file.size > SMALL:
            claimed.check()
            put(file)
    return failed[0] if failed else Reply(Answer.OK)


def _chunks(work: Work, name: str, claimed: Claimed, digest: "hashlib._Hash") -> Iterator[bytes]:
    for chunk in work.store.stream(work.settings.run_container, name):
        claimed.beat()
        digest.update(chunk)
        yield chunk


def _changed(file: DropFile) -> Reply[None]:
    """Nothing is started that is not, byte for byte, what was checked."""
    words = f"The copy of {file.upload} was changed after it was checked; nothing was started. Drop the set again."
    return Reply(Answer.UNAVAILABLE, failure=Failure(_CHANGED, words))


def _sent(work: Work, claimed: Claimed, session: Upload) -> Plan | None:
    def edit(run: Current) -> Current:
        times = replace(run.times, uploaded=work.now())
        return moved(run, "upload", times=times, session_until=session.expires, poll=None, waiting=None)

    run = claimed.settle(edit)
    if run is None:
        return None
    log.info("%s", line("uploaded", profile=work.profile, run=run.run_id, files=len(run.drop.files)))
    return Plan("start")


def _note(work: Work, claimed: Claimed, rule: Rule, reply: Reply[Upload] | Reply[None]) -> Plan | None:
    """Write down an answer that is no upload: wait, or the run's end."""

    def edit(run: Current) -> Current:
        if rule.act is Act.END:
            return ended(run, Ending(outcome_of(rule), work.now(), failure(rule, reply)))
        return put_off(run, work.now(), work.settings, rule, reply)

    claimed.settle(edit)
    return None
