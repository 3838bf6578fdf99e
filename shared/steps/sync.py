"""Tell how the sync came out: counts to the queue, people's names to errors.jsonl and nowhere else."""

from collections import Counter
from collections.abc import Callable, Iterator
from typing import Any

import msgspec
from msgspec.structs import replace

from .. import report as reports
from ..decide import Plan
from ..learn import backoff
from ..record import Current, Record, SyncEnding
from ..results import ErrorCount, SyncData, SyncTimes, event
from ..sds.answers import MEANING, Act, Phase
from ..sds.port import Reply
from .announce import announce, report_entry, source
from .room import Room, log

_WITHOUT_ERRORS = ("overtaken", "timedOut", "unknown")
_MOST_CODES = 200
_MOST_PAGES = 100_000


class _Unread(Exception):
    """Something of the sync could not be had now. The argument is the reply."""


def tell_sync(
    room: Room, profile: str, instance: str, current: Current, sync: SyncEnding, *, hurry: bool = False
) -> Plan | None:
    """Announce the sync's outcome, with its errors counted by code.

    What can't be had now is waited for as long as the sync would be followed; in a `hurry` it is left out.
    """
    folder = room.folder(profile, current.run_id)
    codes: Counter[tuple[str | None, str | None]] = Counter()
    statistics = None
    try:
        statistics = _statistics(room, profile, sync)
        if sync.outcome not in _WITHOUT_ERRORS and (sync.error_count or sync.outcome != "succeeded"):
            lines = _lines(room, profile, codes, room.heartbeat(profile, instance))
            room.store.append_lines(room.settings.run_container, f"{folder}/errors.jsonl", lines)
    except _Unread as unread:
        if not hurry and current.follow_until is not None and room.now() < current.follow_until:
            _again(room, profile, instance, current, unread.args[0])
            return None
        log.warning("%s: run %s: not all of the sync's errors could be read", profile, current.run_id)
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


def _lines(
    room: Room, profile: str, codes: Counter[tuple[str | None, str | None]], beat: Callable[[], None]
) -> Iterator[bytes]:
    page: str | None = None
    seen: set[str] = set()
    while page not in seen and len(seen) < _MOST_PAGES:
        if page is not None:
            seen.add(page)
        beat()
        reply = room.sds.sync_errors(room.profile_id(profile), page)
        if reply.value is None:
            if MEANING[Phase.FOLLOWING][reply.answer].act is Act.WAIT:
                raise _Unread(reply)
            return  # this service has no errors to give
        for error in reply.value.errors:
            codes[error.entry_type, error.error_code] += 1
            yield msgspec.json.encode(error) + b"\n"
        page = reply.value.next
        if page is None:
            return


def _again(room: Room, profile: str, instance: str, current: Current, reply: Reply[Any]) -> None:
    def swap(run: Current) -> Current:
        return backoff(run, room.now(), room.settings, after=reply.retry_after)

    room.change_run(profile, current.run_id, swap, instance=instance)


def _statistics(room: Room, profile: str, sync: SyncEnding) -> dict[str, Any] | None:
    if sync.run is None:
        return None
    reply = room.sds.statistics(room.profile_id(profile), sync.run)
    if MEANING[Phase.FOLLOWING][reply.answer].act is Act.WAIT:
        raise _Unread(reply)
    return reply.value
