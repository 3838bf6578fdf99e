"""What is known after a look: pure functions from what was seen to the record. No I/O and no clock.

`ask` says what the service is to be asked now, `learn` writes into the record what a look has shown.
"""

from collections.abc import Callable
from datetime import datetime, timedelta
from typing import Any, Literal

import msgspec
from msgspec.structs import replace

from .inbox import Listing, Survey, fingerprint
from .record import Current, Ending, Poll, Record, Seen, StartIntent, SyncEnding, Waiting
from .sds.answers import MEANING, Act, Phase, Rule
from .sds.port import Failure, Readiness, Reply, ServiceMessage, SyncState, Verdict
from .settings import Settings
from .store import Blob

Ask = Literal["readiness", "verification", "sync"]
GROWTH = 1.5


class View(msgspec.Struct, frozen=True):
    """One look at a profile: the clock, its record, what is new in its inbox, and the service's answer, if asked."""

    now: datetime
    record: Record
    survey: Survey | None = None
    misplaced: tuple[Blob, ...] = ()
    asked: Ask | None = None
    reply: Reply[Any] | None = None
    verifies_apart: bool = False


def new_files(record: Record, listing: Listing) -> tuple[Blob, ...]:
    """The inbox's blobs without those that a run has taken, or could not delete."""
    old = _dealt_with(record)
    return tuple(blob for blob in listing.files if old.get(blob.name) != blob.etag)


def new_misplaced(record: Record, listing: Listing) -> tuple[Blob, ...]:
    """The misplaced blobs without those that are being refused, or could not be deleted."""
    old = _dealt_with(record)
    return tuple(blob for blob in listing.misplaced if old.get(blob.name) != blob.etag)


def _dealt_with(record: Record) -> dict[str, str]:
    old = dict(record.kept)
    if record.current is not None:
        drop = record.current.drop
        old |= {file.source: file.etag for file in drop.files} | {file.source: file.etag for file in drop.ignored}
    return old | (record.refusal.blobs if record.refusal else {})


def ask(record: Record, now: datetime) -> Ask | None:
    """What the service is to be asked at this tick; None if nothing is due."""
    current = record.current
    if current is None or not due(current, now) or (current.ending and current.stage != "following"):
        return None
    if current.stage == "checked" and not current.ready:
        return "readiness"
    if current.stage == "uploaded" and current.start_intent is not None:
        return "sync" if watched(current.start_intent, now) else None
    if current.stage == "uploaded" and current.operation is not None:
        return "verification"
    return "sync" if current.stage == "following" else None


def due(current: Current, now: datetime) -> bool:
    return current.poll is None or current.poll.next <= now


def watched(intent: StartIntent, now: datetime) -> bool:
    """Whether the sync's state may still show that this POST has started it."""
    return now < intent.watch_until or not intent.looked


def held(current: Current, now: datetime) -> bool:
    """Whether a step is at work with the upload session."""
    return current.hold is not None and current.hold.until is not None and current.hold.until > now


def backoff(
    current: Current, now: datetime, settings: Settings, least: float = 0, after: float | None = None
) -> Current:
    """Put off the next request: by a growing interval, by `least` seconds at least, or by Retry-After."""
    interval = current.poll.interval if current.poll else settings.poll
    pause = max(interval, least, after or 0)
    grown = min(interval * GROWTH, settings.poll_max)
    return replace(current, poll=Poll(now + timedelta(seconds=pause), grown))


def put_off(
    current: Current, now: datetime, settings: Settings, rule: Rule, reply: Reply[Any], least: float = 0
) -> Current:
    """Wait on an answer: remember what it would end with at the deadline, and when to ask again."""
    waiting = Waiting(rule.outcome, failure(rule, reply))
    return replace(backoff(current, now, settings, least, reply.retry_after), waiting=waiting)


def failure(rule: Rule, reply: Reply[Any]) -> Failure:
    """The run's failure of an answer: the table's code, the service's words."""
    words = reply.failure or Failure(rule.code, "The service gave no reason.")
    return replace(words, code=rule.code, message=words.message)


def learn(view: View, settings: Settings) -> Record:
    """The record with what this look has shown."""
    now = view.now
    record = notice(view.record, view.survey, view.misplaced, now)
    current = record.current
    if current is None or view.asked is None or view.reply is None:
        return record
    return replace(record, current=_LEARN[view.asked](current, view.reply, now, settings))


def notice(record: Record, found: Survey | None, misplaced: tuple[Blob, ...], now: datetime) -> Record:
    """The record with what a listing has shown."""
    return replace(
        record,
        inbox=_seen(record.inbox, found.fingerprint if found else None, now),
        misplaced=_seen(record.misplaced, fingerprint(misplaced) if misplaced else None, now),
    )


def verdict_ending(verdict: Verdict, now: datetime) -> Ending:
    """The outcome of the service's verdict on a start."""
    types = {message.type for message in verdict.messages}
    if verdict.started:
        return Ending(started_outcome(verdict.messages), now, verification="complete")
    if "error" in types:
        return Ending("rejected", now, verification="complete")
    reason = verdict.failure or Failure("badRequest", "The service did not start the sync and gave no reason.")
    return Ending("failed", now, replace(reason, code="badRequest"))


def started_outcome(messages: tuple[ServiceMessage, ...]) -> str:
    """The outcome of a sync that has started after these messages of the verification."""
    return "startedWithWarnings" if any(message.type == "warning" for message in messages) else "started"


def proves_start(current: Current, state: SyncState) -> bool:
    """Whether the sync's state can only be of a start after the intent was written."""
    intent = current.start_intent
    if intent is None:
        return False
    return (state.run is None and state.stage == "running" and not intent.running) or newer(current, state)


def newer(current: Current, state: SyncState) -> bool:
    """Whether it is another run, or the times are later, than was seen before the start; last night's are not."""
    intent = current.start_intent
    if intent is None:
        return False
    if state.run is not None:
        return state.run != intent.run
    if intent.status is None:  # a profile that never synced had no status
        uploaded = current.times.uploaded
        return uploaded is not None and any(
            _later(time, uploaded) for time in (state.last_activity_date_time, state.last_synchronization_date_time)
        )
    return _later(state.last_activity_date_time, intent.last_activity_date_time) or _later(
        state.last_synchronization_date_time, intent.last_synchronization_date_time
    )


def _later(time: datetime | None, than: datetime | None) -> bool:
    return time is not None and (than is None or time > than)


def _seen(before: Seen | None, print_of: str | None, now: datetime) -> Seen | None:
    if print_of is None:
        return None
    if before is None or before.fingerprint != print_of:
        return Seen(print_of, now)
    return replace(before, looks=2)


def _learn_readiness(current: Current, reply: Reply[Readiness], now: datetime, settings: Settings) -> Current:
    rule = MEANING[Phase.BEFORE][reply.answer]
    if rule.act is Act.END:
        return ended(current, Ending(rule.outcome, now, failure(rule, reply)))
    if rule.act is not Act.GO_ON or reply.value is None:
        return put_off(current, now, settings, rule, reply) if reply.retry_after else _waiting(current, rule, reply)
    readiness = reply.value
    current = replace(current, profile_state=readiness.state, expires=readiness.expires)
    if readiness.usable == "never":
        advice = readiness.advice or f"The profile is {readiness.state}."
        return ended(current, Ending("profileUnusable", now, Failure(readiness.state, advice)))
    if readiness.usable == "wait":
        return replace(current, waiting=Waiting("timedOut"))
    times = replace(current.times, provisioned=now)
    return replace(current, ready=True, times=times, poll=None, waiting=None)


def _learn_verification(current: Current, reply: Reply[Verdict], now: datetime, settings: Settings) -> Current:
    rule = MEANING[Phase.BEFORE][reply.answer]
    if rule.act is Act.END:
        return ended(current, Ending(rule.outcome, now, failure(rule, reply)))
    if rule.act is not Act.GO_ON or reply.value is None:
        return put_off(current, now, settings, rule, reply) if reply.retry_after else _waiting(current, rule, reply)
    verdict = reply.value
    if not verdict.done:
        return replace(current, waiting=Waiting("timedOut"))
    current = replace(current, operation=None, messages=verdict.messages, poll=None, waiting=None)
    if verdict.accepted:
        return replace(current, verified=True)
    return ended(current, verdict_ending(verdict, now))


def _learn_sync(current: Current, reply: Reply[SyncState], now: datetime, settings: Settings) -> Current:
    rule = MEANING[Phase.FOLLOWING][reply.answer]
    if current.stage == "uploaded":
        state = reply.value
        if state is not None and proves_start(current, state):
            saw_running = state.stage == "running"
            current = replace(current, times=replace(current.times, started=now), saw_running=saw_running)
            return ended(current, Ending(started_outcome(current.messages), now, verification="unknown"))
        if current.start_intent is not None and now >= current.start_intent.watch_until:
            current = replace(current, start_intent=replace(current.start_intent, looked=True))
        return backoff(current, now, settings, after=reply.retry_after) if reply.retry_after else current
    if rule.act is Act.END:
        return synced(current, SyncEnding(rule.outcome, now))
    if reply.value is None:
        return backoff(current, now, settings, after=reply.retry_after) if reply.retry_after else current
    state = reply.value
    if state.stage == "running":
        return replace(current, saw_running=True)
    if state.stage != "unknown" and (current.saw_running or newer(current, state)):
        return synced(current, SyncEnding(state.stage, now, state.status, state.error_count, state.run))
    return current


_LEARN: dict[Ask, Callable[[Current, Reply[Any], datetime, Settings], Current]] = {
    "readiness": _learn_readiness,
    "verification": _learn_verification,
    "sync": _learn_sync,
}


def _waiting(current: Current, rule: Rule, reply: Reply[Any]) -> Current:
    return replace(current, waiting=Waiting(rule.outcome, failure(rule, reply)))


def ended(current: Current, ending: Ending) -> Current:
    return replace(current, ending=ending, stage="ended")


def synced(current: Current, ending: SyncEnding) -> Current:
    return replace(current, sync=ending, stage="synced")
