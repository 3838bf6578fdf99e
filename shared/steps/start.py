"""Start: have the service verify and sync. The one step that must not happen twice without a reason.

Before each POST an intent is swapped into the record; whoever loses that swap does not send. An intent without an
answer is ambiguous: `decide` watches the sync's state before it lets a second POST go out, and there is no third.
"""

from collections.abc import Callable
from datetime import datetime, timedelta

from msgspec.structs import replace

from ..decide import ATTEMPTS, Plan
from ..door import Version
from ..learn import (
    MESSAGES,
    Asked,
    backoff,
    claimed,
    due,
    ended,
    failure,
    learn,
    learn_readiness,
    outcome_of,
    put_off,
    started_outcome,
    verdict_ending,
    watched,
)
from ..life import may, moved
from ..lines import line
from ..outcomes import STARTED
from ..record import Current, Ending, StartIntent, Waiting
from ..sds.answers import Act, Phase, Rule, meaning
from ..sds.port import Answer, Failure, Reply, ServiceMessage, SyncState, Verdict
from ..starts import reserve, withdraw
from .question import question
from .work import EditedRun, Work, log

_NEVER_LEFT = ("noToken", "notSent")
"""Failure codes of requests that did not reach Graph: there is nothing to be in doubt about."""
_USED_UP = (
    "The starts that the service allows in twelve hours are used up; the files were accepted and ride the next "
    "scheduled run."
)
_IN_PROGRESS = Failure(
    "runInProgress",
    "Another run of the tenant was in progress until the deadline; the files were accepted and ride the next "
    "scheduled run.",
)


def start(work: Work, _plan: Plan | None = None) -> Plan | None:
    """Ask for verification where that is apart, then POST start, at most twice a run."""
    version = work.version()
    current = version.record.current
    if current is None or current.target != work.target or claimed(current, work.now()):
        return None
    if work.sds.verifies_apart and current.stage in ("uploaded", "verifying"):
        return question(work, current)
    if not may(current, "intend") or not due(current, work.now()):
        return None
    if not _ready(work, current, version):
        return None
    intent = _intent(work, current)
    if intent is None or work.now() >= intent.watch_until:
        return None  # not ours to send, or this process hung so long that another may have sent it by now
    reply = work.sds.start(current.target.profile_id)
    return _answered(work, current.run_id, intent, reply)


def _ready(work: Work, current: Current, version: Version) -> bool:
    """Whether the profile is ready right before the start; asked again if that was learned a poll interval ago."""
    now = work.now()
    if current.ready_at is not None and now - current.ready_at <= timedelta(seconds=work.settings.poll):
        return True
    reply = work.sds.readiness(current.target.profile_id, current.drop.format)

    def swap(run: Current) -> EditedRun[bool] | None:
        if not may(run, "intend") or run.start_intent != current.start_intent:
            return None
        learned = learn_readiness(run, reply, work.now(), work.settings)
        if learned.ready_at is None and learned.ending is None and learned.poll == run.poll:
            learned = backoff(learned, work.now(), work.settings)
        return EditedRun(learned, learned.ending is None and learned.ready_at is not None)

    return bool(work.change_run(current.run_id, swap, known=version).said)


def _intent(work: Work, current: Current) -> StartIntent | None:
    """Swap the intent of one more POST into the record; None if it isn't ours to send."""
    before = current.start_intent
    now = work.now()
    if before is not None and (before.attempts >= ATTEMPTS or watched(before, now)):
        return None
    intent = _looked(work, current, before) if before is not None else _baseline(work, current)
    if intent is None:
        return None
    before = before and intent
    intent = replace(intent, at=work.now(), attempts=intent.attempts + 1, watch_until=_watch_until(work), looked=False)
    by = _by(work, current.run_id, intent)
    if work.sds.starts_allowed is not None and not reserve(
        work.store, work.settings, by, work.now(), work.sds.starts_allowed
    ):
        _end(work, current.run_id, before, Ending("acceptedForSchedule", work.now(), Failure("usedUp", _USED_UP)))
        return None

    def swap(run: Current) -> EditedRun[StartIntent] | None:
        if not may(run, "intend") or run.start_intent != before or claimed(run, work.now()):
            return None
        return EditedRun(moved(run, "intend", start_intent=intent, poll=None, waiting=None), intent)

    # A start that went out before a pause is seen through; a first one does not begin.
    return work.change_run(current.run_id, swap, though_paused=before is not None).said


def _looked(work: Work, current: Current, before: StartIntent) -> StartIntent | None:
    """The intent of the first POST, if a look right before the second shows nothing of it; None: it does, or wait.

    The look that allowed the second may be long ago by now: the service was busy, or nobody was there.
    """
    asked = Asked("sync", work.sds.sync_state(current.target.profile_id, before.before))

    def swap(run: Current) -> EditedRun[StartIntent | None] | None:
        if run.stage != "starting" or run.start_intent != before or claimed(run, work.now()):
            return None
        learned = learn(replace(run, start_intent=replace(before, looked=False)), asked, work.now(), work.settings)
        intent = learned.start_intent
        if learned.ending is not None or (intent is not None and intent.looked):
            return EditedRun(learned, None if learned.ending is not None else intent)
        return EditedRun(learned if learned.poll != run.poll else backoff(learned, work.now(), work.settings), None)

    return work.change_run(current.run_id, swap).said


def _baseline(work: Work, current: Current) -> StartIntent | None:
    """What the sync looks like before the first POST; a second one is measured by the same. None: wait."""
    reply = work.sds.sync_state(current.target.profile_id)
    rule = meaning(current.target.api, Phase.BEFORE, reply.answer)
    state, now = reply.value, work.now()
    # A profile that never synced may have no status yet; then only a running sync, or a new time, will prove a start.
    if state is None and reply.answer not in (Answer.NOT_FOUND, Answer.BAD_REQUEST):
        _wait(work, current, rule, reply)
        return None
    if state is not None and state.stage == "running" and work.sds.verifies_apart:
        _wait(
            work,
            current,
            Rule(Act.WAIT, "acceptedForSchedule", _IN_PROGRESS.code),
            Reply(Answer.BUSY, failure=_IN_PROGRESS),
        )
        return None
    intent = StartIntent(now, 0, now)
    if state is None:
        return intent
    return replace(
        intent,
        status=state.status,
        running=state.stage == "running",
        last_activity_date_time=state.last_activity_date_time,
        last_synchronization_date_time=state.last_synchronization_date_time,
        run=state.run,
        seen=state.seen,
    )


def _wait(work: Work, current: Current, rule: Rule, reply: Reply[SyncState]) -> None:
    def swap(run: Current) -> EditedRun[bool] | None:
        if not may(run, "intend") or run.start_intent is not None:
            return None
        return EditedRun(put_off(run, work.now(), work.settings, rule, reply), True)

    work.change_run(current.run_id, swap)


def _watch_until(work: Work) -> datetime:
    return work.now() + timedelta(seconds=work.settings.start_confirm)


def _by(work: Work, run_id: str, intent: StartIntent) -> str:
    return f"{work.profile}/{run_id}/{intent.attempts}"


def _answered(work: Work, run_id: str, intent: StartIntent, reply: Reply[Verdict]) -> Plan | None:
    """Write down what came back; whoever drives by now, the answer counts."""
    api = work.sds.api
    rule = meaning(api, Phase.START, reply.answer)
    never_left = reply.failure is not None and reply.failure.code in _NEVER_LEFT
    if never_left:
        rule = meaning(api, Phase.BEFORE, reply.answer)
    now = work.now()
    if reply.answer is Answer.UNAUTHORIZED and rule.act is Act.END and intent.attempts < ATTEMPTS:
        # The token is void. The next one is new, and this was one of the two tries.
        _note(
            work, run_id, intent, lambda run: replace(run, start_intent=replace(intent, watch_until=now, looked=True))
        )
        return None
    if rule.act is Act.WAIT:
        if work.sds.starts_allowed is not None:
            withdraw(work.store, work.settings, _by(work, run_id, intent))
        _note(work, run_id, intent, lambda run: _not_sent(work, run, intent, rule, reply))
        return None
    if rule.act is Act.WATCH:
        log.warning("%s", line("startUnanswered", profile=work.profile, run=run_id, answered=reply.answered))
        watching = replace(intent, watch_until=_watch_until(work))
        waiting = Waiting("failed", failure(rule, reply))
        _note(work, run_id, intent, lambda run: replace(run, start_intent=watching, waiting=waiting, poll=None))
        return None
    return _verdict(work, run_id, intent, rule, reply)


def _verdict(work: Work, run_id: str, intent: StartIntent, rule: Rule, reply: Reply[Verdict]) -> Plan | None:
    now, verdict = work.now(), reply.value
    current = work.load().current
    if current is None or current.run_id != run_id:
        return None
    messages: tuple[ServiceMessage, ...] = ()
    if verdict is not None:
        if verdict.started and verdict.operation is not None:
            watching = replace(intent, operation=verdict.operation, watch_until=_watch_until(work))
            _note(work, run_id, intent, lambda run: replace(run, start_intent=watching, poll=None, waiting=None))
            return None
        messages = verdict.messages[:MESSAGES]
        # Where verification is apart, its warnings came before the start.
        ending = verdict_ending(replace(verdict, messages=(*current.messages, *messages)), now)
        if ending.outcome == "started" and current.row_errors:
            ending = replace(ending, outcome="startedWithWarnings")
    else:
        ending = Ending(outcome_of(rule), now, failure(rule, reply))
    saw_running = False
    if ending.outcome not in STARTED:
        ending, saw_running = _despite(work, current, intent, ending)
    return _end(work, run_id, intent, ending, messages, saw_running=saw_running)


def _note(work: Work, run_id: str, intent: StartIntent, edit: Callable[[Current], Current]) -> None:
    def swap(run: Current) -> EditedRun[bool] | None:
        return EditedRun(edit(run), True) if run.start_intent == intent and run.stage == "starting" else None

    work.change_run(run_id, swap, driver=False)


def _not_sent(work: Work, run: Current, intent: StartIntent, rule: Rule, reply: Reply[Verdict]) -> Current:
    """The service turned the POST away without looking at it: it does not count as a try."""
    run = put_off(run, work.now(), work.settings, rule, reply)
    tried = intent.attempts - 1
    if not tried:
        return moved(run, "withdraw", start_intent=None)
    assert run.poll is not None
    return replace(run, start_intent=replace(intent, attempts=tried, watch_until=run.poll.next, looked=True))


def _despite(work: Work, current: Current, intent: StartIntent, ending: Ending) -> tuple[Ending, bool]:
    """A refusal is believed only if the sync isn't running: an earlier try may have started it.

    The ending, and whether the sync was seen running.
    """
    if work.sds.verifies_apart and intent.attempts == 1:
        return ending, False
    state = work.sds.sync_state(current.target.profile_id, intent.before).value
    if state is None or not state.fresh:
        return ending, False
    running = state.stage == "running"
    if intent.attempts > 1 and ending.outcome == "failed":
        outcome = started_outcome(current.messages, row_errors=current.row_errors)
        return Ending(outcome, ending.at, verification="unknown"), running
    if not running:
        return ending, False  # verification alone may touch the times
    words = "The service reported errors in the files and runs the sync all the same; look at it in the SDS portal."
    return replace(ending, outcome="failed", failure=Failure("startedDespiteErrors", words)), running


def _end(
    work: Work,
    run_id: str,
    intent: StartIntent | None,
    ending: Ending,
    messages: tuple[ServiceMessage, ...] = (),
    *,
    saw_running: bool = False,
) -> Plan | None:
    def swap(run: Current) -> EditedRun[bool] | None:
        if not may(run, "intend") or run.start_intent != intent:
            return None
        started = ending.outcome in STARTED
        times = replace(run.times, started=ending.at) if started else run.times
        both = (*run.messages, *messages)[:MESSAGES]
        run = replace(run, saw_running=run.saw_running or saw_running, times=times, messages=both)
        return EditedRun(ended(run, ending), True)

    return Plan("report") if work.change_run(run_id, swap, driver=False).said else None
