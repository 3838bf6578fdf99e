"""Start: have the service verify and sync. The one step that must not happen twice without a reason.

Before each POST an intent is swapped into the record; whoever loses that swap does not send. An intent without an
answer is ambiguous: `decide` watches the sync's state before it lets a second POST go out, and there is no third.
"""

from datetime import datetime, timedelta

from msgspec.structs import replace

from ..decide import Plan
from ..learn import due, failure, held, proves_start, put_off, started_outcome, verdict_ending, watched
from ..record import Current, Ending, Record, StartIntent, Version
from ..sds.answers import MEANING, Act, Phase, Rule
from ..sds.port import Answer, Failure, Reply, ServiceMessage, SyncState, Verdict
from .hold import claim, mine, released
from .room import Room, log

ATTEMPTS = 2
_NEVER_LEFT = ("noToken", "notSent")
"""Failure codes of requests that did not reach Graph: there is nothing to be in doubt about."""


def start(room: Room, profile: str, instance: str, _plan: Plan | None = None) -> Plan | None:
    """Ask for verification where that is apart, then POST start, at most twice a run."""
    version = room.version(profile)
    record, current = version.record, version.record.current
    if current is None or current.stage != "uploaded":
        return None
    if current.start_intent is None and not due(current, room.now()):
        return None
    if room.sds.verifies_apart and not current.verified:
        return _verify(room, profile, instance, current)
    if _used_up(room, record):
        return _end(room, profile, current, Ending("acceptedForSchedule", room.now(), verification="complete"))
    intent = _intent(room, profile, instance, current, version)
    if intent is None or room.now() >= intent.watch_until:
        return None  # not ours to send, or this process hung so long that another may have sent it by now
    reply = room.sds.start(room.profile_id(profile))
    return _answered(room, profile, current, intent, reply)


def _verify(room: Room, profile: str, instance: str, current: Current) -> Plan | None:
    """Ask once for each upload: asking ends the upload session, so an unanswered question costs a new upload."""
    over = current.operation is None and current.session_until is not None and current.session_until <= room.now()
    if current.asked_to_verify or over:
        if not held(current, room.now()):
            room.change_run(profile, current.run_id, lambda run: _anew(run, current), instance=instance)
        return None
    claimed = claim(
        room,
        profile,
        instance,
        lambda run: run.stage == "uploaded" and run.operation is None and not run.asked_to_verify,
        lambda run: replace(run, asked_to_verify=True),
    )
    if claimed is None:
        return None
    attempt = claimed.attempt
    reply = room.sds.verify(room.profile_id(profile))
    rule = MEANING[Phase.BEFORE][reply.answer]

    def swap(run: Current) -> Current | None:
        if run.stage != "uploaded" or not mine(run, attempt):
            return None
        run = released(replace(run, asked_to_verify=False))
        if reply.value is not None:
            return replace(run, operation=reply.value, waiting=None, poll=None)
        if rule.act is Act.END:
            return replace(run, stage="ended", ending=Ending(rule.outcome, room.now(), failure(rule, reply)))
        turned_away = reply.answer in (Answer.THROTTLED, Answer.BUSY)
        stage = run.stage if turned_away else "uploading"
        return replace(put_off(run, room.now(), room.settings, rule, reply), stage=stage)

    room.change_run(profile, current.run_id, swap, instance=instance)
    return None


def _anew(run: Current, seen: Current) -> Current | None:
    """The session is over; or it was asked to verify without an answer: whoever asked is gone, and it may be too."""
    if run.stage != "uploaded" or run.hold != seen.hold or run.asked_to_verify != seen.asked_to_verify:
        return None
    return replace(run, stage="uploading", asked_to_verify=False)


def _used_up(room: Room, record: Record) -> bool:
    if room.sds.starts_allowed is None:
        return False
    most, seconds = room.sds.starts_allowed
    since = room.now() - timedelta(seconds=seconds)
    return sum(started > since for started in record.starts) >= most


def _intent(room: Room, profile: str, instance: str, current: Current, version: Version) -> StartIntent | None:
    """Swap the intent of one more POST into the record; None if it isn't ours to send."""
    before = current.start_intent
    now = room.now()
    if before is not None and (before.attempts >= ATTEMPTS or watched(before, now)):
        return None
    if before is None:
        reply = room.sds.sync_state(room.profile_id(profile))
        rule = MEANING[Phase.BEFORE][reply.answer]
        # A profile that never synced may have no status yet; then only a running sync will prove a start.
        if reply.value is None and reply.answer not in (Answer.NOT_FOUND, Answer.BAD_REQUEST):
            room.change_run(
                profile,
                current.run_id,
                lambda run: put_off(run, now, room.settings, rule, reply),
                instance=instance,
            )
            return None
        intent = _baseline(reply.value, room)
    else:
        intent = before
    intent = replace(intent, at=now, attempts=intent.attempts + 1, watch_until=_watch_until(room), looked=False)
    ours = False

    def swap(run: Current) -> Current | None:
        nonlocal ours
        ours = run.stage == "uploaded" and run.start_intent == before
        return replace(run, start_intent=intent, poll=None, waiting=None) if ours else None

    room.change_run(profile, current.run_id, swap, instance=instance, known=version)
    return intent if ours else None


def _baseline(state: SyncState | None, room: Room) -> StartIntent:
    """What the sync looks like before the first POST; a second one is measured by the same."""
    intent = StartIntent(room.now(), 0, room.now())
    if state is None:
        return intent
    return replace(
        intent,
        status=state.status,
        running=state.stage == "running",
        last_activity_date_time=state.last_activity_date_time,
        last_synchronization_date_time=state.last_synchronization_date_time,
        run=state.run,
    )


def _watch_until(room: Room) -> datetime:
    return room.now() + timedelta(seconds=room.settings.start_confirm)


def _answered(room: Room, profile: str, current: Current, intent: StartIntent, reply: Reply[Verdict]) -> Plan | None:
    """Write down what came back; whoever drives by now, the answer counts."""
    rule = MEANING[Phase.START][reply.answer]
    if reply.failure is not None and reply.failure.code in _NEVER_LEFT:
        rule = MEANING[Phase.BEFORE][reply.answer]
    now = room.now()
    if reply.answer is Answer.UNAUTHORIZED and rule.act is Act.END and intent.attempts < ATTEMPTS:
        # The token is void. The next one is new, and this was one of the two tries.
        over = replace(intent, watch_until=now)
        room.change_run(
            profile,
            current.run_id,
            lambda run: replace(run, start_intent=over, poll=None) if run.start_intent == intent else None,
        )
        return None
    if rule.act is Act.WAIT:
        room.change_run(profile, current.run_id, lambda run: _not_sent(room, run, intent, rule, reply))
        return None
    if rule.act is Act.WATCH:
        log.warning("%s: run %s: the start was not answered; watching the sync", profile, current.run_id)
        open_again = replace(intent, watch_until=_watch_until(room))
        room.change_run(
            profile,
            current.run_id,
            lambda run: replace(run, start_intent=open_again, poll=None) if run.start_intent == intent else None,
        )
        return None
    if reply.value is not None:
        messages = reply.value.messages
        # Where verification is apart, its warnings came before the start.
        ending = verdict_ending(replace(reply.value, messages=(*current.messages, *messages)), now)
    else:
        ending = Ending(rule.outcome, now, failure(rule, reply))
        messages = ()
    saw_running = False
    if ending.outcome not in ("started", "startedWithWarnings"):
        ending, saw_running = _despite(room, profile, replace(current, start_intent=intent), ending)
    return _end(room, profile, current, ending, messages, saw_running=saw_running)


def _not_sent(room: Room, run: Current, intent: StartIntent, rule: Rule, reply: Reply[Verdict]) -> Current | None:
    """The service turned the POST away without looking at it: it does not count as a try."""
    if run.start_intent != intent:
        return None
    run = put_off(run, room.now(), room.settings, rule, reply)
    if room.sds.starts_allowed is not None and run.waiting is not None:
        # The files are accepted and will ride the next scheduled run, whether or not we may start one.
        run = replace(run, waiting=replace(run.waiting, outcome="acceptedForSchedule", failure=None))
    tried = intent.attempts - 1
    assert run.poll is not None
    return replace(run, start_intent=replace(intent, attempts=tried, watch_until=run.poll.next) if tried else None)


def _despite(room: Room, profile: str, current: Current, ending: Ending) -> tuple[Ending, bool]:
    """A refusal is believed only if the sync isn't running: an earlier try may have started it.

    The ending, and whether the sync was seen running.
    """
    intent = current.start_intent
    if intent is None or (room.sds.verifies_apart and intent.attempts == 1):
        return ending, False
    reply = room.sds.sync_state(room.profile_id(profile), intent.before)
    if reply.value is None or not proves_start(current, reply.value):
        return ending, False
    running = reply.value.stage == "running"
    if intent.attempts > 1 and ending.outcome == "failed":
        return Ending(started_outcome(current.messages), ending.at, verification="unknown"), running
    if not running:
        return ending, False  # verification alone may touch the times
    words = "The service reported errors in the files and runs the sync all the same; look at it in the SDS portal."
    return replace(ending, outcome="failed", failure=Failure("startedDespiteErrors", words)), running


def _end(
    room: Room,
    profile: str,
    current: Current,
    ending: Ending,
    messages: tuple[ServiceMessage, ...] = (),
    *,
    saw_running: bool = False,
) -> Plan:
    log.info("%s: run %s: %s", profile, current.run_id, ending.outcome)

    def swap(run: Current) -> Current | None:
        if run.stage != "uploaded":
            return None
        started = ending.outcome in ("started", "startedWithWarnings")
        times = replace(run.times, started=ending.at) if started else run.times
        run = replace(run, saw_running=run.saw_running or saw_running)
        return replace(run, stage="ended", ending=ending, times=times, messages=(*run.messages, *messages))

    room.change_run(profile, current.run_id, swap)
    return Plan("report")
