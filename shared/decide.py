"""What to do next: pure functions from what was seen to a plan. No I/O, no clock, nothing that a replay could upset.

`ask` says what the service is to be asked now, `learn` writes into the record what a look has shown, and `decide`
turns the record into a plan. `steps.observe` calls them in this order; the orchestrator carries out the plan.
"""

from collections.abc import Callable
from datetime import datetime, timedelta
from typing import Any, Literal

import msgspec
from msgspec.structs import replace

from .inbox import Listing, Survey, fingerprint
from .record import BEFORE_UPLOAD, Current, Ending, Poll, Record, Seen, StartIntent, SyncEnding, Waiting
from .sds.answers import MEANING, Act, Phase, Rule
from .sds.port import Failure, Readiness, Reply, ServiceMessage, SyncState, Verdict
from .settings import Settings
from .store import Blob

Ask = Literal["readiness", "verification", "sync"]
GROWTH = 1.5
_SOON = 0.05  # seconds; a timer of nothing would make a tight loop of two listings


class Plan(msgspec.Struct, frozen=True, omit_defaults=True):
    """What the orchestrator does next: wait, or call the activity of that name.

    After a wait it looks again, unless `then` says what follows.
    """

    do: Literal["wait", "take", "verify", "upload", "start", "report", "refuse", "leave", "observe"]
    seconds: float = 0
    then: Literal["take"] | None = None
    ending: Ending | None = None
    sync: SyncEnding | None = None
    incomplete: bool = False
    hurry: bool = False
    """A newer set waits: tell what is known by now."""


def plan_of(fields: dict[str, Any]) -> Plan:
    """A plan as it came through the engine."""
    return msgspec.convert(fields, Plan)


plan_of({"do": "leave"})  # on import, not on first use by several threads: see `record`


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


def decide(view: View, settings: Settings) -> Plan:
    """The plan for a record that has learned all that this look showed."""
    plan = _next(view, settings)
    # A wake-up only pokes a driver that waits, so it looks up often enough, whatever it waits for.
    longest = max(settings.poll_max, _SOON)
    return plan if plan.seconds <= longest else replace(plan, seconds=longest, then=None)


def _next(view: View, settings: Settings) -> Plan:
    plan = _run(view, settings) if view.record.current else Plan("leave")
    if plan.do not in ("wait", "leave"):
        return plan
    pause = _inbox(view, settings)
    if pause.do == "leave" or (plan.do == "wait" and pause.do == "wait" and plan.seconds <= pause.seconds):
        return plan
    return pause


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
        return _ended(current, Ending(rule.outcome, now, failure(rule, reply)))
    if rule.act is not Act.GO_ON or reply.value is None:
        return put_off(current, now, settings, rule, reply) if reply.retry_after else _waiting(current, rule, reply)
    readiness = reply.value
    current = replace(current, profile_state=readiness.state, expires=readiness.expires)
    if readiness.usable == "never":
        advice = readiness.advice or f"The profile is {readiness.state}."
        return _ended(current, Ending("profileUnusable", now, Failure(readiness.state, advice)))
    if readiness.usable == "wait":
        return replace(current, waiting=Waiting("timedOut"))
    times = replace(current.times, provisioned=now)
    return replace(current, ready=True, times=times, poll=None, waiting=None)


def _learn_verification(current: Current, reply: Reply[Verdict], now: datetime, settings: Settings) -> Current:
    rule = MEANING[Phase.BEFORE][reply.answer]
    if rule.act is Act.END:
        return _ended(current, Ending(rule.outcome, now, failure(rule, reply)))
    if rule.act is not Act.GO_ON or reply.value is None:
        return put_off(current, now, settings, rule, reply) if reply.retry_after else _waiting(current, rule, reply)
    verdict = reply.value
    if not verdict.done:
        return replace(current, waiting=Waiting("timedOut"))
    current = replace(current, operation=None, messages=verdict.messages, poll=None, waiting=None)
    if verdict.accepted:
        return replace(current, verified=True)
    return _ended(current, verdict_ending(verdict, now))


def _learn_sync(current: Current, reply: Reply[SyncState], now: datetime, settings: Settings) -> Current:
    rule = MEANING[Phase.FOLLOWING][reply.answer]
    if current.stage == "uploaded":
        state = reply.value
        if state is not None and proves_start(current, state):
            saw_running = state.stage == "running"
            current = replace(current, times=replace(current.times, started=now), saw_running=saw_running)
            return _ended(current, Ending(started_outcome(current.messages), now, verification="unknown"))
        if current.start_intent is not None and now >= current.start_intent.watch_until:
            current = replace(current, start_intent=replace(current.start_intent, looked=True))
        return backoff(current, now, settings, after=reply.retry_after) if reply.retry_after else current
    if rule.act is Act.END:
        return _synced(current, SyncEnding(rule.outcome, now))
    if reply.value is None:
        return backoff(current, now, settings, after=reply.retry_after) if reply.retry_after else current
    state = reply.value
    if state.stage == "running":
        return replace(current, saw_running=True)
    if state.stage != "unknown" and (current.saw_running or newer(current, state)):
        return _synced(current, SyncEnding(state.stage, now, state.status, state.error_count, state.run))
    return current


_LEARN: dict[Ask, Callable[[Current, Reply[Any], datetime, Settings], Current]] = {
    "readiness": _learn_readiness,
    "verification": _learn_verification,
    "sync": _learn_sync,
}


def _waiting(current: Current, rule: Rule, reply: Reply[Any]) -> Current:
    return replace(current, waiting=Waiting(rule.outcome, failure(rule, reply)))


def _ended(current: Current, ending: Ending) -> Current:
    return replace(current, ending=ending, stage="ended")


def _synced(current: Current, ending: SyncEnding) -> Current:
    return replace(current, sync=ending, stage="synced")


def end(record: Record, plan: Plan) -> Record:
    """The record with the ending that a plan carries."""
    current = record.current
    if current is None or (plan.ending is None and plan.sync is None):
        return record
    current = _ended(current, plan.ending) if plan.ending else current
    current = _synced(current, plan.sync) if plan.sync else current
    return replace(record, current=current)


def _run(view: View, settings: Settings) -> Plan:
    """The plan for the run that is on its way."""
    current, now = view.record.current, view.now
    assert current is not None
    if current.stage == "ended":
        return Plan("report")
    if current.stage == "taken" and not current.cleared:
        return Plan("take")
    overtaken = _newer_set(view, settings)
    if current.stage == "synced":
        told = overtaken or due(current, now)
        return Plan("report", hurry=overtaken) if told else Plan("wait", _until(current, now))
    if current.stage in BEFORE_UPLOAD and overtaken:
        return Plan("report", ending=Ending("superseded", now))
    if (
        now >= current.deadline
        and current.waiting is not None
        and not (current.start_intent and watched(current.start_intent, now))
    ):
        verification: Literal["complete", "none"] = "complete" if current.verified else "none"
        return Plan("report", ending=Ending(current.waiting.outcome, now, current.waiting.failure, verification))
    match current.stage:
        case "taken":
            return Plan("verify")
        case "checked":
            return Plan("upload") if current.ready and _free(current, now) else _wait(current, now)
        case "uploading":
            return Plan("upload") if _free(current, now) else _wait(current, now)
        case "uploaded":
            return _start(current, now, view.verifies_apart)
        case _:
            return _follow(current, now, overtaken=overtaken)


def _start(current: Current, now: datetime, verifies_apart: bool) -> Plan:
    intent = current.start_intent
    if intent is not None and watched(intent, now):
        pause = current.poll.next - now if current.poll else timedelta()
        left = intent.watch_until - now
        return Plan("wait", _seconds(min(pause, left) if left > timedelta() else pause))
    if intent is not None and intent.attempts > 1:
        words = f"The start was sent {intent.attempts} times and neither answered nor seen in the sync's status."
        return Plan("report", ending=Ending("failed", now, Failure("startUnconfirmed", words)))
    if intent is None and verifies_apart and (current.operation is not None or held(current, now)):
        return _wait(current, now)
    return Plan("start") if intent is not None or due(current, now) else _wait(current, now)


def _follow(current: Current, now: datetime, *, overtaken: bool) -> Plan:
    if overtaken:
        return Plan("report", sync=SyncEnding("overtaken", now))
    if current.follow_until is None or now >= current.follow_until:
        return Plan("report", sync=SyncEnding("timedOut", now))
    pause = current.poll.next - now if current.poll else timedelta()
    return Plan("wait", _seconds(min(pause, current.follow_until - now)))


def _until(current: Current, now: datetime) -> float:
    """Seconds until the service may be asked."""
    return _seconds(current.poll.next - now if current.poll else timedelta())


def _free(current: Current, now: datetime) -> bool:
    return due(current, now) and not held(current, now)


def _wait(current: Current, now: datetime) -> Plan:
    """Wait for the next request, at most to the deadline; at the deadline, the end."""
    if now >= current.deadline and not due(current, now):
        return Plan("report", ending=Ending("timedOut", now))
    pause = current.poll.next - now if current.poll else timedelta()
    if current.hold is not None and current.hold.until is not None:
        pause = max(pause, current.hold.until - now)
    return Plan("wait", _seconds(min(pause, max(current.deadline - now, timedelta()))))


def _inbox(view: View, settings: Settings) -> Plan:
    """The plan for what lies in the inbox, whatever the run is doing."""
    record, now, survey = view.record, view.now, view.survey
    if record.refusal is not None or (record.misplaced and record.misplaced.quiet(now, settings.settle)):
        return Plan("refuse")
    pauses: list[Plan] = []
    if record.misplaced is not None:
        pauses.append(Plan("wait", _until_quiet(record.misplaced, now, settings)))
    seen = record.inbox
    if survey is not None and seen is not None:
        ready = survey.complete and record.current is None and takeable(record, survey)
        if not seen.quiet(now, settings.settle):
            # `take` lists the inbox itself, and does nothing unless that is the second listing of a quiet set.
            pauses.append(Plan("wait", _until_quiet(seen, now, settings), then="take" if ready else None))
        elif survey.problem is not None:
            return Plan("refuse")
        elif not survey.complete and not seen.reported:
            left = seen.since + timedelta(seconds=settings.incomplete_after) - now
            if left <= timedelta():
                return Plan("report", incomplete=True)
            pauses.append(Plan("wait", min(_seconds(left), max(settings.settle, settings.poll))))
        elif ready:
            return Plan("take")
    return min(pauses, key=lambda plan: plan.seconds, default=Plan("leave"))


def takeable(record: Record, survey: Survey) -> bool:
    """Whether a complete set has not been run before (its files may be where they were if they can't be deleted)."""
    return record.outcome_of(survey.run_id) in (None, "incomplete")


def _newer_set(view: View, settings: Settings) -> bool:
    seen, survey = view.record.inbox, view.survey
    return bool(
        survey and seen and survey.complete and seen.quiet(view.now, settings.settle) and takeable(view.record, survey)
    )


def _until_quiet(seen: Seen, now: datetime, settings: Settings) -> float:
    return _seconds(seen.since + timedelta(seconds=settings.settle) - now)


def _seconds(pause: timedelta) -> float:
    return max(pause.total_seconds(), _SOON)
