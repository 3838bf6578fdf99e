"""What to do next: pure functions from what was seen to a plan. No I/O, no clock, nothing that a replay could upset.

`learn` writes into the record what a look has shown, and `decide` turns the record into a plan. `steps.observe` calls
them in this order; the orchestrator carries out the plan.
"""

from datetime import datetime, timedelta
from typing import Any, Literal

import msgspec
from msgspec.structs import replace

from .inbox import Survey
from .learn import View, due, ended, held, synced, watched
from .record import BEFORE_UPLOAD, Current, Ending, Record, Seen, SyncEnding
from .sds.port import Failure
from .settings import Settings

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


def end(record: Record, plan: Plan) -> Record:
    """The record with the ending that a plan carries."""
    current = record.current
    if current is None or (plan.ending is None and plan.sync is None):
        return record
    current = ended(current, plan.ending) if plan.ending else current
    current = synced(current, plan.sync) if plan.sync else current
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
        return Plan("report", hurry=overtaken) if told else Plan("wait", _seconds(_pause(current, now)))
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
        pause = _pause(current, now)
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
    pause = _pause(current, now)
    return Plan("wait", _seconds(min(pause, current.follow_until - now)))


def _pause(current: Current, now: datetime) -> timedelta:
    """Until the service may be asked."""
    return current.poll.next - now if current.poll else timedelta()


def _free(current: Current, now: datetime) -> bool:
    return due(current, now) and not held(current, now)


def _wait(current: Current, now: datetime) -> Plan:
    """Wait for the next request, at most to the deadline; at the deadline, the end."""
    if now >= current.deadline and not due(current, now):
        return Plan("report", ending=Ending("timedOut", now))
    pause = _pause(current, now)
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
