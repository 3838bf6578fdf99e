"""Tell how the sync came out: counts to the queue, people's names to errors.jsonl and nowhere else."""

from collections import Counter
from collections.abc import Callable, Iterator
from typing import Any

import msgspec
from msgspec.structs import replace

from .. import reports
from ..door import Edited
from ..learn import backoff
from ..lines import line
from ..outcomes import SyncOutcome
from ..record import Current, Record, SyncEnding
from ..results import ErrorCount, SyncData, SyncTimes, event
from ..sds.answers import Act, Phase, meaning
from ..sds.pages import error_pages
from ..sds.port import Reply
from ..sds.runs import errors_in
from .tell import announce, report_entry, source
from .work import EditedRun, Work, log

_WITHOUT_ERRORS: tuple[SyncOutcome, ...] = ("overtaken", "timedOut", "unknown")
_MOST_CODES = 200
_MOST_KEPT = 10_000
"""Different codes that are counted apart; the rest is counted together, as `null`."""
_LARGEST = 256 * 1024 * 1024
"""Bytes of `errors.jsonl`; what is beyond is counted only."""


class _Unread(Exception):
    """Something of the sync could not be had now. The argument is the reply."""


def tell_sync(work: Work, current: Current, sync: SyncEnding, *, hurry: bool = False) -> None:
    """Announce the sync's outcome, with its errors counted by code.

    What can't be had now is waited for as long as the sync would be followed; in a `hurry` it is left out.
    """
    folder = work.folder(current.run_id)
    codes: Counter[tuple[str | None, str | None]] = Counter()
    statistics = None
    reachable = current.target == work.target  # else the service that the settings name is another one
    try:
        statistics = _statistics(work, current, sync) if reachable else None
        wanted = sync.outcome not in _WITHOUT_ERRORS and (sync.error_count or sync.outcome != "succeeded")
        if wanted and reachable:
            lines = _lines(work, current, codes, work.heartbeat())
            work.store.replace(work.settings.run_container, f"{folder}/errors.jsonl", lines)
    except _Unread as unread:
        if not hurry and current.follow_until is not None and work.now() < current.follow_until:
            _again(work, current, unread.args[0])
            return
        log.warning("%s", line("syncErrorsUnread", profile=work.profile, run=current.run_id))
    counted = tuple(ErrorCount(kind, code, count) for (kind, code), count in codes.most_common(_MOST_CODES))
    data = SyncData(
        profile=work.profile,
        profile_id=current.target.profile_id,
        run_id=current.run_id,
        api=current.target.api,
        outcome=sync.outcome,
        service_status=sync.status,
        error_count=_error_count(sync, codes, statistics),
        errors_by_code=counted,
        statistics=statistics,
        report=report_entry(work, folder),
        times=SyncTimes(current.times.started, sync.at),
    )
    written = reports.read(work.store, work.settings, folder)
    if written is not None:
        reports.write(work.store, work.settings, folder, msgspec.structs.replace(written, sync=data))
    announce(work, folder, "sync", event(source(work), "sync", sync.at, data))
    log.info(
        "%s",
        line(
            "sync",
            profile=work.profile,
            run=current.run_id,
            outcome=sync.outcome,
            status=sync.status,
            errors=data.error_count,
        ),
    )
    work.change(lambda record: Edited(_closed(record, current.run_id, sync), None))


def _closed(record: Record, run_id: str, sync: SyncEnding) -> Record:
    if record.current is None or record.current.run_id != run_id or record.current.stage != "synced":
        return record
    accepted = record.accepted
    if accepted is not None and accepted.run_id == run_id:
        accepted = replace(accepted, ended_well=sync.outcome == "succeeded")
    recent = tuple(
        replace(story, sync=sync.outcome, sync_at=sync.at) if story.run_id == run_id else story
        for story in record.recent
    )
    return replace(record, current=None, accepted=accepted, recent=recent)


def _error_count(
    sync: SyncEnding, codes: Counter[tuple[str | None, str | None]], statistics: dict[str, Any] | None
) -> int | None:
    """What the sync's state says; else what was counted; else what the run's statistics say."""
    if sync.error_count is not None:
        return sync.error_count
    if codes:
        return sum(codes.values())
    return errors_in(statistics or {})


def _lines(
    work: Work, current: Current, codes: Counter[tuple[str | None, str | None]], beat: Callable[[], None]
) -> Iterator[bytes]:
    size = 0
    for reply in error_pages(work.sds, current.target.profile_id):
        if reply.value is None:
            if meaning(current.target.api, Phase.FOLLOWING, reply.answer).act is Act.WAIT:
                raise _Unread(reply)
            return  # this service has no errors to give
        for error in reply.value.errors:
            code = (error.entry_type, error.error_code)
            codes[code if code in codes or len(codes) < _MOST_KEPT else (None, None)] += 1
            told = msgspec.json.encode(error) + b"\n"
            size += len(told)
            if size <= _LARGEST:
                yield told
        beat()


def _again(work: Work, current: Current, reply: Reply[Any]) -> None:
    def swap(run: Current) -> EditedRun[bool]:
        return EditedRun(backoff(run, work.now(), work.settings, after=reply.retry_after), True)

    work.change_run(current.run_id, swap)


def _statistics(work: Work, current: Current, sync: SyncEnding) -> dict[str, Any] | None:
    if sync.run is None:
        return None
    reply = work.sds.statistics(current.target.profile_id, sync.run)
    if meaning(current.target.api, Phase.FOLLOWING, reply.answer).act is Act.WAIT:
        raise _Unread(reply)
    return reply.value
