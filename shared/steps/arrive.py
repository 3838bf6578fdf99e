"""Join, observe, leave: how a driver comes, looks and goes without a wake-up getting lost."""

from typing import Any

from msgspec.structs import replace

from ..decide import Plan, View, decide, end, pause_of, tried
from ..door import Edited, Version
from ..inbox import UNADDRESSED, Inbox, seen
from ..learn import Ask, Asked, ask, backoff, learn
from ..lines import line
from ..record import Current, Record, Tries
from ..sds.port import Reply
from ..store import Conflict, Denied
from .work import Work, log


def join(work: Work, _plan: Plan | None = None) -> bool:
    """Become the profile's driver, or leave word (`poke`) with the one there is. True: this instance drives.

    Who only leaves word looks at the inbox too, the first time: what is new there settles from now, not from when the
    driver next looks up. A listing that storage refuses keeps nobody out: whoever drives waits for it.
    """
    version = work.version()
    if _is_driven(work, version.record) and version.record.poke:
        return False
    began = work.now()
    inbox = _listed(work, version.record)

    def swap(record: Record) -> Edited[bool]:
        if inbox is not None and (record.inbox is None or record.inbox.since <= began):
            record = replace(record, inbox=seen(record.inbox, inbox.set, work.now(), work.settings.settle))
        if _is_driven(work, record):
            return Edited(replace(record, poke=True), False)
        return Edited(replace(record, driver=work.driver()), True)

    return work.change(swap, known=version, driver=False).said


def _listed(work: Work, record: Record) -> Inbox | None:
    try:
        return work.look(record)
    except Exception as error:
        if not is_known(error):
            raise
        log.warning("%s", line("notListed", profile=work.profile, why=reason(error)))
        return None


def _is_driven(work: Work, record: Record) -> bool:
    """Whether another instance is to be believed."""
    driver = record.driver
    return driver is not None and driver.instance != work.instance and driver.until > work.now()


def leave(work: Work, _plan: Plan | None = None) -> bool:
    """Stop driving, unless a wake-up came since the last look. True: this instance is done."""

    def swap(record: Record) -> Edited[bool]:
        if record.driver is None or record.driver.instance != work.instance:
            return Edited(record, True)
        if record.poke:
            return Edited(record, False)
        return Edited(replace(record, driver=None), True)

    return work.change(swap, driver=False).said


def observe(work: Work, _plan: Plan | None = None) -> Plan:
    """Look at everything once and say what to do next."""

    def arrive(record: Record) -> Edited[Ask | None]:
        # The poke is taken down before the look, so that a wake-up during the look is seen by `leave`. A request is
        # claimed before it is made: two drivers, or one step run twice, don't ask twice in one interval.
        current = record.current
        asked = ask(current, work.now()) if current is None or current.target == work.target else None
        if asked and current is not None:
            current = backoff(current, work.now(), work.settings, _least(work, asked))
        return Edited(replace(record, poke=False, current=current), asked)

    arrived = work.change(arrive)
    asked = _asked(work, arrived.record, arrived.said) if arrived.said else None
    inbox = work.look(arrived.record)  # last, for it counts as a look at `now`: the service may have taken minutes
    now = work.now()

    def depart(record: Record) -> Edited[Plan]:
        kept = _still_there(record, inbox) if work.target is not None or work.profile == UNADDRESSED else record.kept
        shown = seen(record.inbox, inbox.set, now, work.settings.settle)
        restless = seen(record.restless, inbox.restless, now, work.settings.settle)
        record = replace(record, inbox=shown, restless=restless, kept=kept)
        if asked is not None and record.current is not None and _is_same(record, arrived.record):
            record = replace(record, current=learn(record.current, asked, now, work.settings))
        view = View(now, record, inbox, work.target, work.room.settings.problem(work.profile))
        plan, tries = tried(view, decide(view, work.settings), work.settings)
        # Who writes for ever wakes for ever: meanwhile word counts as left, so that nobody comes to leave it.
        told = any(each is not None and each.told_changing for each in (shown, restless))
        poke = record.poke or (plan.do == "wait" and told)
        return Edited(replace(end(record, plan), tries=tries, driver=work.driver(plan.seconds), poke=poke), plan)

    plan = work.change(depart, known=Version(arrived.record, arrived.etag)).said
    if plan.do != "wait":
        log.info("%s", line("plan", profile=work.profile, run=_run(arrived.record), do=plan.do))
    return plan


def _is_same(record: Record, before: Record) -> bool:
    """Whether the run is as it was when the service was asked: an answer is of no use to any other."""
    there, then = record.current, before.current
    return there is not None and then is not None and _asked_about(there) == _asked_about(then)


def _asked_about(run: Current) -> tuple[object, ...]:
    return run.run_id, run.stage, run.operation, run.start_intent


def _still_there(record: Record, inbox: Inbox) -> tuple[str, ...]:
    return tuple(each for each in record.kept if each in inbox.there)


def _least(work: Work, asked: Ask) -> float:
    return work.sds.poll_at_least if asked in ("verification", "operation") else 0


def _run(record: Record) -> str | None:
    return record.current.run_id if record.current else None


def _asked(work: Work, record: Record, what: Ask) -> Asked | None:
    current = record.current
    assert current is not None
    guid, intent = current.target.profile_id, current.start_intent
    reply: Reply[Any]
    if what == "readiness":
        reply = work.sds.readiness(guid, current.drop.format)
    elif what == "sync":
        reply = work.sds.sync_state(guid, intent.before if intent else None)
    elif what == "operation":
        assert intent is not None
        assert intent.operation is not None
        reply = work.sds.start_operation(guid, intent.operation)
    else:
        assert current.operation is not None
        reply = work.sds.verification(guid, current.operation, tuple(file.upload for file in current.drop.files))
    return Asked(what, reply)


def failed(work: Work, step: str, error: Exception) -> Plan | None:
    """Count a step that failed. Storage and its rights may be out of order for a while: the plan is to wait.

    None: the reason is unknown; the engine tries again, and `decide` gives up after a number of failures in a row.
    """
    why, known = reason(error), is_known(error)
    now = work.now()

    def swap(record: Record) -> Edited[Plan | None]:
        before = record.tries if record.tries and record.tries.do == step else None
        # How often any other step was tried, the look before it counts.
        again = before is not None and step == "observe"
        tries = replace(before, times=before.times + again) if before is not None else Tries(step, "", now)
        tries = replace(tries, faults=tries.faults + (not known), why=why)
        if not known:
            return Edited(replace(record, tries=tries), None)
        pause = pause_of(tries, work.settings)
        return Edited(replace(record, tries=tries, driver=work.driver(pause)), Plan("wait", pause))

    return work.change(swap).said


def is_known(error: Exception) -> bool:
    """Whether it is storage that can't be reached, or that refuses: that is waited for."""
    return isinstance(error, Conflict | Denied) or type(error).__module__.startswith(
        ("azure.", "requests.", "urllib3.")
    )


def reason(error: Exception) -> str:
    """What went wrong, in a status and a code, or the exception's kind: never in words that could quote a file."""
    status, code = getattr(error, "status_code", None), getattr(error, "error_code", None)
    told = " ".join(str(part) for part in (status, code) if part) or (str(error) if isinstance(error, Denied) else "")
    return f"{type(error).__name__} {told}".strip()[:200]
