"""Tell how the sync came out: counts to the queue, people's names to errors.jsonl and nowhere else."""

from collections import Counter
from collections.abc import Iterator
from typing import Any

import msgspec
from msgspec.structs import replace

from .. import report as reports
from ..decide import Plan, backoff
from ..record import Current, Record, SyncEnding
from ..results import ErrorCount, SyncData, SyncTimes, event
from ..sds.port import Answer
from .announce import announce, report_entry, source
from .room import Room, log

_TRIES = 5
_WITHOUT_ERRORS = ("overtaken", "timedOut", "unknown")
_MOST_CODES = 200


class _Unread(Exception):
    """A page of errors could not be had now."""


def tell_sync(room: Room, profile: str, instance: str, current: Current, sync: SyncEnding) -> Plan | None:
    """Announce the sync's outcome, with its errors counted by code."""
    folder = room.folder(profile, current.run_id)
    codes: Counter[tuple[str | None, str | None]] = Counter()
    if sync.outcome not in _WITHOUT_ERRORS and (sync.error_count or sync.outcome != "succeeded"):
        try:
            room.store.append_lines(room.settings.run_container, f"{folder}/errors.jsonl", _lines(room, profile, codes))
        except _Unread:
            if current.error_tries < _TRIES:
                return _again(room, profile, instance, current)
            log.warning("%s: run %s: the sync's errors could not be read", profile, current.run_id)
    statistics = _statistics(room, profile, sync)
    counted = tuple(ErrorCount(kind, code, count) for (kind, code), count in codes.most_common(_MOST_CODES))
    outcome: Any = sync.outcome
    data = SyncData(
        profile=profile,
        profile_id=room.settings.profile_id(profile),
        run_id=current.run_id,
        api=room.settings.api,
        outcome=outcome,
        service_status=sync.status,
        error_count=sync.error_count if sync.error_count is not None else sum(codes.values()) or None,
        errors_by_code=counted,
        statistics=statistics,
        report=report_entry(room, folder),
        times=SyncTimes(current.times.started, sync.at),
    )
    written = reports.read(room.store, room.settings, folder)
    if written is not None:
        reports.write(room.store, room.settings, folder, msgspec.structs.replace(written, sync=data))
    announce(room, folder, "sync", event(source(room, profile), "sync", sync.at, data))
    log.info("%s: run %s: sync %s", profile, current.run_id, sync.outcome)

    def close(record: Record) -> Record | None:
        if record.current is None or record.current.run_id != current.run_id or record.current.stage != "synced":
            return None
        accepted = record.accepted
        if accepted is not None and accepted.run_id == current.run_id:
            accepted = replace(accepted, ended_well=sync.outcome == "succeeded")
        return replace(record, current=None, accepted=accepted)

    room.change(profile, close, instance=instance)
    return None


def _lines(room: Room, profile: str, codes: Counter[tuple[str | None, str | None]]) -> Iterator[bytes]:
    page: str | None = None
    while True:
        reply = room.sds.sync_errors(room.profile_id(profile), page)
        if reply.value is None:
            if reply.answer in (Answer.NOT_FOUND, Answer.BAD_REQUEST):
                return  # this service has no errors to give
            raise _Unread
        for error in reply.value.errors:
            codes[error.entry_type, error.error_code] += 1
            yield msgspec.json.encode(error) + b"\n"
        page = reply.value.next
        if page is None:
            return


def _again(room: Room, profile: str, instance: str, current: Current) -> Plan:
    def swap(run: Current) -> Current:
        return replace(backoff(run, room.now(), room.settings), error_tries=run.error_tries + 1)

    run = room.change_run(profile, current.run_id, swap, instance=instance).record.current
    poll = run.poll if run else None
    pause = (poll.next - room.now()).total_seconds() if poll else room.settings.poll
    return Plan("wait", max(pause, room.settings.poll))


def _statistics(room: Room, profile: str, sync: SyncEnding) -> dict[str, Any] | None:
    if sync.run is None:
        return None
    return room.sds.statistics(room.profile_id(profile), sync.run).value
