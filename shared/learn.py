"""What is known after a look: pure functions from what was seen to the run. No I/O and no clock.

`ask` says what the service is to be asked now, `learn` writes into the run what its answer has shown.
"""

from collections.abc import Callable
from datetime import datetime, timedelta
from typing import Any, Literal

import msgspec
from msgspec.structs import replace

from .life import BEFORE_START, moved
from .outcomes import Outcome
from .record import Current, Ending, Poll, StartIntent, SyncEnding, Waiting
from .sds.answers import Act, Phase, Rule, meaning
from .sds.port import Answer, Failure, Readiness, Reply, ServiceMessage, SyncState, Verdict
from .settings import Settings

Ask = Literal["readiness", "verification", "operation", "sync"]
GROWTH = 2.0
MESSAGES = 200
"""Messages of the service that a run keeps."""
_LONGEST = 400 * 86400.0


class Asked(msgspec.Struct, frozen=True):
    """What the service was asked at this look, and what it said."""

    what: Ask
    reply: Reply[Any]


def ask(current: Current | None, now: datetime) -> Ask | None:
    """What the service is to be asked at this look; None if nothing is due."""
    if current is None or not due(current, now):
        return None
    if current.waiting is not None and now >= current.deadline and current.stage in BEFORE_START:
        return None  # the deadline of all waiting has come: `decide` ends the run
    if current.stage == "checked" and current.ready_at is None:
        return "readiness"
    if current.stage == "verifying" and current.operation is not None:
        return "verification"
    if current.stage == "starting" and (intent := current.start_intent) is not None:
        if intent.operation is not None:
            return "operation"
        return "sync" if watched(intent, now) else None
    return "sync" if current.stage == "following" else None


def due(current: Current, now: datetime) -> bool:
    """Whether the service may be asked again."""
    return current.poll is None or current.poll.next <= now


def watched(intent: StartIntent, now: datetime) -> bool:
    """Whether the sync's state may still show that this POST has started it."""
    return now < intent.watch_until or not intent.looked


def claimed(current: Current, now: datetime) -> bool:
    """Whether a step is at work with the upload session."""
    return current.claim is not None and current.claim.until is not None and current.claim.until > now


def backoff(
    current: Current, now: datetime, settings: Settings, least: float = 0, after: float | None = None
) -> Current:
    """Put off the next request: by a growing interval, by `least` seconds at least, or by Retry-After.

    A Retry-After never outlasts the deadline: before the start that of the run, after it that of following.
    """
    interval = current.poll.interval if current.poll else settings.poll
    pause = max(interval, least)
    if after is not None:
        end = current.follow_until if current.stage in ("following", "synced") else current.deadline
        left = max((end - now).total_seconds(), 0.0) if end else _LONGEST
        pause = max(pause, min(after, left, _LONGEST))
    grown = min(interval * GROWTH, settings.poll_max)
    return replace(current, poll=Poll(now + timedelta(seconds=pause), grown))


def put_off(
    current: Current, now: datetime, settings: Settings, rule: Rule, reply: Reply[Any], least: float = 0
) -> Current:
    """Wait on an answer: remember what it would end with at the deadline, and when to ask again."""
    waiting = Waiting(outcome_of(rule), failure(rule, reply))
    return replace(backoff(current, now, settings, least, reply.retry_after), waiting=waiting)


def outcome_of(rule: Rule) -> Outcome:
    """The outcome that a rule of the answer table names."""
    named: Any = rule.outcome
    outcome: Outcome = named or "failed"
    return outcome


def failure(rule: Rule, reply: Reply[Any]) -> Failure:
    """The run's failure of an answer: the table's code, the service's words."""
    words = reply.failure or Failure(rule.code, "The service gave no reason.")
    return replace(words, code=rule.code or words.code)


def learn(current: Current, asked: Asked, now: datetime, settings: Settings) -> Current:
    """The run with what the service said."""
    return _LEARN[asked.what](current, asked.reply, now, settings)


def learn_readiness(current: Current, reply: Reply[Readiness], now: datetime, settings: Settings) -> Current:
    """The run with what was said of the profile; asked before the upload, and again right before the start."""
    rule = meaning(current.target.api, Phase.BEFORE, reply.answer)
    if rule.act is Act.END:
        return ended(current, Ending(outcome_of(rule), now, failure(rule, reply)))
    if rule.act is not Act.GO_ON or reply.value is None:
        return _waiting(replace(current, ready_at=None), rule, reply, now, settings)
    readiness = reply.value
    current = replace(current, profile_state=readiness.state, expires=readiness.expires)
    if readiness.usable == "never":
        advice = readiness.advice or f"The profile is {readiness.state}."
        return ended(current, Ending("profileUnusable", now, Failure(readiness.state, advice)))
    if readiness.usable == "wait":
        return replace(current, ready_at=None, waiting=Waiting("timedOut"))
    times = replace(current.times, provisioned=current.times.provisioned or now)
    return replace(current, ready_at=now, times=times, poll=None, waiting=None)


def verdict_ending(verdict: Verdict, now: datetime) -> Ending:
    """The outcome of the service's verdict on the files or on a start."""
    types = {message.type for message in verdict.messages}
    if verdict.started:
        return Ending(started_outcome(verdict.messages), now, verification="complete")
    if verdict.failure is not None and verdict.failure.code == "unexpectedFiles":
        return Ending("failed", now, verdict.failure, verification="complete")
    if "error" in types:
        return Ending("rejected", now, verification="complete")
    reason = verdict.failure or Failure("badRequest", "The service did not start the sync and gave no reason.")
    return Ending("failed", now, replace(reason, code="badRequest"))


def started_outcome(messages: tuple[ServiceMessage, ...], *, row_errors: bool = False) -> Outcome:
    """The outcome of a sync that has started after these messages of the verification."""
    warned = row_errors or any(message.type == "warning" for message in messages)
    return "startedWithWarnings" if warned else "started"


def rebased(current: Current, state: SyncState) -> Current:
    """The run once the sync that was running before its start is seen to be over: that one's end is never ours."""
    intent = current.start_intent
    if intent is None or not intent.running or state.run is not None or state.stage in ("running", "unknown"):
        return current
    return replace(
        current,
        start_intent=replace(
            intent,
            running=False,
            status=state.status,
            last_activity_date_time=state.last_activity_date_time,
            last_synchronization_date_time=state.last_synchronization_date_time,
            seen=state.seen,
        ),
    )


def ended(current: Current, ending: Ending) -> Current:
    """The run with its outcome decided; what the service has verified stays verified.

    Files that ride the next scheduled run are no failure: why we did not start one ourselves is a warning.
    """
    if ending.outcome == "acceptedForSchedule" and ending.failure is not None:
        current = replace(current, warnings=(*current.warnings, ending.failure.message))
        ending = replace(ending, failure=None)
    if current.verification == "complete" and ending.verification == "none":
        ending = replace(ending, verification="complete")
    return moved(current, "end", ending=ending)


def settled(current: Current, ending: SyncEnding) -> Current:
    """The run with the sync's outcome decided."""
    return moved(current, "settle", sync=ending)


def _waiting(current: Current, rule: Rule, reply: Reply[Any], now: datetime, settings: Settings) -> Current:
    """Wait on an answer whose next request was put off before this one was made; only Retry-After puts it off more."""
    if reply.retry_after:
        return put_off(current, now, settings, rule, reply)
    return replace(current, waiting=Waiting(outcome_of(rule), failure(rule, reply)))


def _learn_verification(current: Current, reply: Reply[Verdict], now: datetime, settings: Settings) -> Current:
    rule = meaning(current.target.api, Phase.BEFORE, reply.answer)
    if rule.act is Act.END:
        return ended(current, Ending(outcome_of(rule), now, failure(rule, reply)))
    if rule.act is not Act.GO_ON or reply.value is None:
        return _waiting(current, rule, reply, now, settings)
    verdict = reply.value
    if not verdict.done:
        return replace(current, waiting=Waiting("timedOut"))
    current = replace(
        current,
        operation=None,
        messages=verdict.messages[:MESSAGES],
        poll=None,
        waiting=None,
        verification="complete",
    )
    return moved(current, "verify") if verdict.accepted else ended(current, verdict_ending(verdict, now))


def _learn_operation(current: Current, reply: Reply[Verdict], now: datetime, settings: Settings) -> Current:
    """What became of a start that was accepted: asked for a while before the start is told."""
    intent = current.start_intent
    rule = meaning(current.target.api, Phase.FOLLOWING, reply.answer)
    verdict = reply.value
    if verdict is not None and verdict.done and not verdict.started:
        return ended(current, verdict_ending(verdict, now))
    if reply.answer is Answer.QUOTA:
        return ended(current, Ending("acceptedForSchedule", now, failure(rule, reply)))
    if (verdict is not None and verdict.started) or intent is None or now >= intent.watch_until:
        return started(current, now)
    return backoff(current, now, settings, after=reply.retry_after) if reply.retry_after else current


def started(current: Current, now: datetime) -> Current:
    """The run whose start the service has accepted."""
    outcome = started_outcome(current.messages, row_errors=current.row_errors)
    times = replace(current.times, started=current.times.started or now)
    return ended(replace(current, times=times), Ending(outcome, now, verification="complete"))


def _learn_sync(current: Current, reply: Reply[SyncState], now: datetime, settings: Settings) -> Current:
    if current.stage == "starting":
        return _watch(current, reply, now, settings)
    rule = meaning(current.target.api, Phase.FOLLOWING, reply.answer)
    if rule.act is Act.END:
        return settled(current, SyncEnding("unknown", now))
    # One answer that knows nothing of the sync may be the service's slip; several in a row are its word.
    current = replace(current, misses=current.misses + 1 if rule.act is Act.END_AFTER else 0)
    if rule.act is Act.END_AFTER and current.misses >= rule.times:
        return settled(current, SyncEnding("unknown", now))
    if reply.value is None:
        return backoff(current, now, settings, after=reply.retry_after) if reply.retry_after else current
    state = reply.value
    if state.stage == "running":
        return replace(current, saw_running=True, perhaps=None) if state.fresh else current
    if state.stage == "unknown":
        return current
    end = SyncEnding(state.stage, now, state.status, state.error_count, state.run)
    if current.saw_running or state.fresh:
        return settled(current, end)
    if current.perhaps is not None:
        alone = (now - current.perhaps.at).total_seconds() >= settings.start_confirm
        return settled(current, current.perhaps) if alone else current
    after = rebased(current, state)
    return replace(after, perhaps=end) if after is not current else current


def _watch(current: Current, reply: Reply[SyncState], now: datetime, settings: Settings) -> Current:
    """What a look shows of a start that was not answered. Only an answered look lets a second POST go out."""
    state, intent = reply.value, current.start_intent
    if state is not None and state.fresh:
        running = state.stage == "running"
        current = replace(current, times=replace(current.times, started=now), saw_running=running)
        outcome = started_outcome(current.messages, row_errors=current.row_errors)
        verification: Literal["complete", "unknown"] = "complete" if current.verification == "complete" else "unknown"
        return ended(current, Ending(outcome, now, verification=verification))
    if state is not None and intent is not None and now >= intent.watch_until:
        current = replace(current, start_intent=replace(intent, looked=True))
    if state is None and reply.retry_after:
        return backoff(current, now, settings, after=reply.retry_after)
    return rebased(current, state) if state is not None else current


_LEARN: dict[Ask, Callable[[Current, Reply[Any], datetime, Settings], Current]] = {
    "readiness": learn_readiness,
    "verification": _learn_verification,
    "operation": _learn_operation,
    "sync": _learn_sync,
}
