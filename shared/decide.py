"""What to do next: pure functions from what was seen to a plan. No I/O, no clock, nothing that a replay could upset.

`learn` writes into the run what the service said, and `decide` turns record and inbox into a plan. `steps.observe`
calls them in this order; the orchestrator carries out the plan.
"""

import hashlib
from datetime import datetime, timedelta
from typing import Any, Literal

import msgspec
from msgspec.structs import replace

from .inbox import Inbox
from .kept import mark
from .learn import claimed, due, ended, settled, watched
from .life import BEFORE_START, BEFORE_UPLOAD, RUNNING
from .record import Current, Ending, Record, Seen, SyncEnding, Target, Tries
from .sds.port import Failure
from .settings import Settings

Do = Literal["wait", "take", "verify", "upload", "start", "report", "refuse", "leave", "observe"]
_SOON = 1.0
"""Seconds between two looks at the least, unless `SDS_POLL_SECONDS` asks for less than five between two requests."""
ATTEMPTS = 2
"""POSTs to start that a run may make."""
FAULTS = 12
"""Failures in a row, for no known reason, after which a step is given up."""
CHANGING = timedelta(days=1)
"""How long files may change without a quiet moment before the queue hears of it."""
_SHARE = 100
"""Files that have been changing for a time are looked at again after this part of it: a long drop waits little more."""


class Plan(msgspec.Struct, frozen=True, omit_defaults=True):
    """What the orchestrator does next: wait, or call the activity of that name.

    After a wait it looks again, unless `then` says what follows.
    """

    do: Do
    seconds: float = 0
    then: Do | None = None
    ending: Ending | None = None
    sync: SyncEnding | None = None
    incomplete: bool = False
    hurry: bool = False
    """A newer set waits: tell what is known by now."""


class View(msgspec.Struct, frozen=True):
    """One look at a profile: the clock, its record, what is new in its inbox, and the target that the settings name."""

    now: datetime
    record: Record
    inbox: Inbox = Inbox()
    target: Target | None = None
    problem: str | None = None
    """A bad setting of this profile alone."""


def plan_of(fields: dict[str, Any]) -> Plan:
    """A plan as it came through the engine."""
    return msgspec.convert(fields, Plan)


plan_of({"do": "leave"})  # on import, not on first use by several threads: see `door`


def decide(view: View, settings: Settings) -> Plan:
    """The plan for a record that has learned all that this look showed."""
    plan = _next(view, settings)
    if plan.do != "wait":
        return plan
    # A wake-up only pokes a driver that waits, so it looks up often enough, whatever it waits for.
    longest, least = max(settings.poll_max, _SOON), min(_SOON, settings.poll / 5)
    if plan.seconds > longest:
        return replace(plan, seconds=longest, then=None)
    return replace(plan, seconds=max(plan.seconds, least))


def tried(view: View, plan: Plan, settings: Settings) -> tuple[Plan, Tries | None]:
    """The plan with a pause before a step that has changed nothing, and the count of such tries.

    A step that fails for no known reason is given up after `FAULTS` failures in a row; one that storage refuses, at
    the deadline of all waiting, but not before it was tried as often: time in which nobody was there is no try. What is
    given up is reported, or tried once in the longest interval.
    """
    before, now = view.record.tries, view.now
    if before is not None and before.do == "observe":
        before = None  # this look has succeeded
    if plan.do == "leave" or (plan.do == "wait" and plan.then is None):
        return plan, before
    do = plan.then or plan.do
    token = _token(view, do, plan)
    if before is None or before.do != do or before.token != token:
        return plan, Tries(do, token, now)
    if plan.do == "wait":
        return plan, before
    again = replace(before, times=before.times + 1, gave_up=False)
    waited = (now - before.since).total_seconds()
    over = waited > max(settings.provision_timeout, settings.poll_max) and before.times >= FAULTS
    if before.faults < FAULTS and not over:
        return Plan("wait", pause_of(before, settings), then=do), again
    instead = _given_up(view, plan, before)
    if instead is None or before.gave_up:
        return Plan("wait", settings.poll_max, then=do if instead is None else None), again
    return instead, replace(again, gave_up=True)


def pause_of(tries: Tries | None, settings: Settings) -> float:
    """Seconds until a step that came to nothing is tried again."""
    times = tries.times - 1 if tries else 0
    return max(min(settings.poll * 2.0 ** min(times, 20), settings.poll_max), min(_SOON, settings.poll / 5))


def _given_up(view: View, plan: Plan, tries: Tries) -> Plan | None:
    """The end of what can't be done: of the run, or of the blobs in the inbox, which are told and kept. None: go on.

    A run has no part in what is refused or told beside it. As long as that doesn't stand in the record, nobody can be
    told that it is given up: it is tried again, in the longest pauses.
    """
    current, now = view.record.current, view.now
    words = f"The step '{tries.do}' came to nothing {tries.times} times, last with {tries.why or 'no result'}."
    ending = Ending("failed", now, Failure("internal", words))
    if current is None and view.record.retry is not None and tries.do == "take":
        return Plan("take", ending=ending)  # it is the wish that can't be fulfilled: the inbox has no part in it
    if tries.do == "refuse" and view.record.refusal is not None:
        return Plan("refuse", ending=ending)
    if current is None:
        return Plan("refuse", ending=ending) if tries.do in ("take", "refuse", "report") else None
    if _is_apart(tries.do, plan):
        return None
    if current.stage in RUNNING:
        return Plan("report", ending=ending)
    return Plan("report", sync=SyncEnding("unknown", now)) if current.stage == "following" else None


def _is_apart(do: str, plan: Plan) -> bool:
    """Whether a step is about the inbox, whatever the run beside it does."""
    return do == "refuse" or plan.incomplete


def _token(view: View, do: Do, plan: Plan) -> str:
    """Equal as long as nothing has changed that a step could have brought about."""
    current = view.record.current
    current = replace(current, claim=None) if current is not None and not _is_apart(do, plan) else None
    record = replace(view.record, driver=None, poke=False, swap="", tries=None, current=current, restless=None)
    print_of = view.inbox.set.fingerprint if view.inbox.set else ""
    names = "".join(blob.name for blob in view.inbox.misplaced[:3])
    text = repr((record, print_of, names, len(view.inbox.misplaced)))
    return hashlib.blake2b(text.encode("utf-8", "surrogatepass"), digest_size=8).hexdigest()


def end(record: Record, plan: Plan) -> Record:
    """The record with the ending that a plan carries."""
    current = record.current
    if current is None or (plan.ending is None and plan.sync is None):
        return record
    if current.stage == "taken":
        # The inbox was not emptied of its files. As a new set they would be this very run again, and its id is used up.
        stay = (mark(name, etag) for name, etag in current.drop.sources.items())
        record = replace(record, kept=tuple(sorted({*record.kept, *stay})))
    current = ended(current, plan.ending) if plan.ending else current
    current = settled(current, plan.sync) if plan.sync else current
    return replace(record, current=current)


def overdue(seen: Seen, now: datetime) -> bool:
    """Whether files have been changing for so long, and the queue hasn't heard of it."""
    return seen.changing is not None and not seen.told_changing and now - seen.changing >= CHANGING


def newer_set(view: View, settings: Settings) -> bool:
    """Whether a complete, quiet set waits that may take a run's place."""
    seen, found = view.record.inbox, view.inbox.set
    return bool(
        found and seen and found.complete and seen.quiet(view.now, settings.settle) and view.record.paused is None
    )


def _next(view: View, settings: Settings) -> Plan:
    plan = _run(view, settings) if view.record.current else Plan("leave")
    if plan.do not in ("wait", "leave"):
        return plan
    pause = _inbox(view, settings)
    if pause.do == "leave" or (plan.do == "wait" and pause.do == "wait" and plan.seconds <= pause.seconds):
        return plan
    return pause


def _run(view: View, settings: Settings) -> Plan:
    """The plan for the run that is on its way."""
    current, now = view.record.current, view.now
    assert current is not None
    if current.stage == "ended":
        return Plan("report")
    if current.stage == "taken":
        return Plan("take")
    overtaken = newer_set(view, settings)
    if current.stage == "synced":
        told = overtaken or due(current, now)
        return Plan("report", hurry=overtaken) if told else Plan("wait", _seconds(_pause(current, now)))
    if current.stage in BEFORE_UPLOAD and overtaken:
        return Plan("report", ending=Ending("superseded", now))
    if (elsewhere := _other_target(view, current)) is not None:
        return elsewhere
    if current.stage == "held":
        return _held(current, now)
    if view.problem is not None and current.stage in BEFORE_UPLOAD:
        return Plan("report", ending=Ending("failed", now, Failure("badSetting", view.problem)))
    if current.stage in BEFORE_START and view.record.paused is not None:
        return _paused(current, now)
    if _is_over(current, now):
        assert current.waiting is not None
        return Plan("report", ending=Ending(current.waiting.outcome, now, current.waiting.failure))
    return _working(view, current, overtaken)


def _working(view: View, current: Current, overtaken: bool) -> Plan:
    now = view.now
    match current.stage:
        case "cleared":
            return Plan("verify")
        case "checked":
            return Plan("upload") if current.ready_at is not None and _free(current, now) else _wait(current, now)
        case "uploading":
            return Plan("upload") if _free(current, now) else _wait(current, now)
        case "uploaded" | "verified":
            return Plan("start") if _free(current, now) else _wait(current, now)
        case "verifying":
            # Without an operation, whoever asked is at work with it or is gone: `start` finds out which.
            free = current.operation is None and _free(current, now)
            return Plan("start") if free else _wait(current, now)
        case "starting":
            return _start(current, now)
        case _:
            return _follow(current, now, overtaken=overtaken)


def _held(current: Current, now: datetime) -> Plan:
    hold = current.hold
    assert hold is not None
    if hold.decision is not None:
        if hold.decision.approve:
            return Plan("verify")
        return Plan("report", ending=Ending("notApproved", now, Failure("refused", "A person refused this run.")))
    if now >= hold.until:
        words = "Nobody approved this run in time."
        return Plan("report", ending=Ending("notApproved", now, Failure("noDecision", words)))
    return Plan("wait", _seconds(hold.until - now)) if hold.told else Plan("report")


def _other_target(view: View, current: Current) -> Plan | None:
    """A run whose target the settings no longer name ends; it is never sent elsewhere."""
    if view.target == current.target:
        return None
    words = (
        "The profile's API or GUID was changed in the settings while this run was on its way. "
        "Drop the files again for the new target."
    )
    if current.stage == "following":
        return Plan("report", sync=SyncEnding("unknown", view.now))
    return Plan("report", ending=Ending("failed", view.now, Failure("targetChanged", words)))


def _is_over(current: Current, now: datetime) -> bool:
    """Whether the deadline has come for a run that waits; a start that may have happened is watched to its end."""
    if current.waiting is None or now < current.deadline or current.stage not in RUNNING:
        return False
    return not (current.start_intent and watched(current.start_intent, now))


def _start(current: Current, now: datetime) -> Plan:
    intent = current.start_intent
    assert intent is not None
    if watched(intent, now):
        if now >= max(current.deadline, intent.watch_until + (intent.watch_until - intent.at)):
            return _unconfirmed(current, now)
        pause = _pause(current, now)
        left = intent.watch_until - now
        return Plan("wait", _seconds(min(pause, left) if left > timedelta() else pause))
    if intent.attempts >= ATTEMPTS:
        return _unconfirmed(current, now)
    return Plan("start") if _free(current, now) else _wait(current, now)


def _unconfirmed(current: Current, now: datetime) -> Plan:
    intent = current.start_intent
    times = intent.attempts if intent else 0
    told = current.waiting.failure if current.waiting and current.waiting.failure else None
    words = f"The start was sent {times} {'time' if times == 1 else 'times'} and never confirmed"
    words += f"; the last answer was: {told.message}" if told else "; no sync of ours was seen in the sync's status."
    request = told.request_id if told else None
    return Plan("report", ending=Ending("failed", now, Failure("startUnconfirmed", words, request)))


def _follow(current: Current, now: datetime, *, overtaken: bool) -> Plan:
    if overtaken:
        return Plan("report", sync=SyncEnding("overtaken", now))
    if current.follow_until is None or now >= current.follow_until:
        return Plan("report", sync=SyncEnding("timedOut", now))
    pause = _pause(current, now)
    return Plan("wait", _seconds(min(pause, current.follow_until - now)))


def _paused(current: Current, now: datetime) -> Plan:
    if now < current.deadline:
        return Plan("wait", _seconds(current.deadline - now))
    words = "The profile was paused until the deadline of all waiting; `retry` drops the files again."
    return Plan("report", ending=Ending("timedOut", now, Failure("paused", words)))


def _pause(current: Current, now: datetime) -> timedelta:
    """Until the service may be asked."""
    return current.poll.next - now if current.poll else timedelta()


def _free(current: Current, now: datetime) -> bool:
    return due(current, now) and not claimed(current, now)


def _wait(current: Current, now: datetime) -> Plan:
    """Wait for the next request, at most to the deadline; at the deadline, the end."""
    if now >= current.deadline and not claimed(current, now):
        words = "The run was not done at the deadline of all waiting."
        return Plan("report", ending=Ending("timedOut", now, Failure("timedOut", words)))
    pause = _pause(current, now)
    if current.claim is not None and current.claim.until is not None:
        pause = max(pause, current.claim.until - now)
    left = current.deadline - now
    return Plan("wait", _seconds(min(pause, left) if left > timedelta() else pause))


def _inbox(view: View, settings: Settings) -> Plan:
    """The plan for what lies in the inbox, whatever the run is doing."""
    record, now, inbox = view.record, view.now, view.inbox
    found, seen = inbox.set, record.inbox
    if record.half_told:
        return Plan("report", incomplete=True)
    if record.paused is not None:
        return Plan("leave")
    pauses: list[Plan] = []
    free = record.current is None
    if free and record.retry is not None:
        return Plan("take")
    if free and newer_set(view, settings):
        return Plan("take")
    if record.refusal is not None or record.unmovable or inbox.misplaced:
        return Plan("refuse")
    if inbox.unsettled is not None:
        pauses.append(_until_rested(record.restless, inbox.unsettled, now, settings))
    if found is not None and seen is not None:
        if not seen.quiet(now, settings.settle):
            if overdue(seen, now):
                return Plan("report", incomplete=True)
            pauses.append(_until_quiet(seen, now, settings, take=found.complete and free))
        elif found.problem is not None:
            return Plan("refuse")
        elif not found.complete and not seen.told:
            left = seen.since + timedelta(seconds=settings.incomplete_after) - now
            if left <= timedelta():
                return Plan("report", incomplete=True)
            pauses.append(Plan("wait", min(_seconds(left), max(settings.settle, settings.poll_max))))
    return min(pauses, key=lambda plan: plan.seconds, default=Plan("leave"))


def _until_quiet(seen: Seen, now: datetime, settings: Settings, *, take: bool) -> Plan:
    """Wait for the settle time, and for longer and longer the longer files have been changing."""
    if rare := _rare(seen, now, settings):
        return Plan("wait", rare)
    # `take` lists the inbox itself, and does nothing unless that is the second listing of a quiet set.
    left = seen.since + timedelta(seconds=settings.settle) - now
    return Plan("wait", _seconds(left), then="take" if take else None)


def _until_rested(restless: Seen | None, unsettled: datetime, now: datetime, settings: Settings) -> Plan:
    """Wait for what belongs to no set, in the same way."""
    if restless is not None and overdue(restless, now):
        return Plan("report", incomplete=True)
    return Plan("wait", max(_seconds(unsettled - now), _rare(restless, now, settings)))


def _rare(seen: Seen | None, now: datetime, settings: Settings) -> float:
    """Seconds until files that have been changing for long are looked at again; 0: as soon as they may have rested."""
    since = seen.changing if seen is not None else None
    rare = (now - since).total_seconds() / _SHARE if since is not None else 0
    return min(rare, max(settings.settle, settings.poll_max)) if rare > settings.settle else 0


def _seconds(pause: timedelta) -> float:
    return max(pause.total_seconds(), _SOON)
