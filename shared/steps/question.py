"""Question: ask the service to verify what was uploaded, where that is apart from the start."""

from msgspec.structs import replace

from ..decide import Plan
from ..learn import claimed, ended, failure, outcome_of, put_off
from ..life import may, moved
from ..record import Current, Ending
from ..sds.answers import Act, Phase, meaning
from ..sds.port import Answer
from .claim import Lost, claim
from .work import EditedRun, Work


def question(work: Work, current: Current) -> Plan | None:
    """Ask once for each upload: asking ends the upload session, so an unanswered question costs a new upload."""
    over = current.session_until is not None and current.session_until <= work.now()
    if current.operation is None and (current.stage == "verifying" or over):
        _anew(work, current)
        return None
    won = claim(work, current.run_id, lambda run: may(run, "ask"), lambda run: moved(run, "ask"))
    if won is None:
        return None
    try:
        won.check()
    except Lost:
        return None
    reply = work.sds.verify(current.target.profile_id)
    rule = meaning(current.target.api, Phase.BEFORE, reply.answer)

    def edit(run: Current) -> Current:
        if reply.value is not None:
            return replace(run, operation=reply.value, waiting=None, poll=None)
        if rule.act is Act.END:
            return ended(run, Ending(outcome_of(rule), work.now(), failure(rule, reply)))
        run = put_off(run, work.now(), work.settings, rule, reply)
        turned_away = reply.answer in (Answer.THROTTLED, Answer.BUSY)
        return moved(run, "unask" if turned_away else "anew")

    won.settle(edit)
    return None


def _anew(work: Work, seen: Current) -> None:
    """The session is over; or it was asked to verify without an answer: whoever asked is gone, and it may be too."""

    def swap(run: Current) -> EditedRun[bool] | None:
        same = (run.stage, run.claim, run.operation) == (seen.stage, seen.claim, None)
        if not same or not may(run, "anew") or claimed(run, work.now()):
            return None
        return EditedRun(moved(run, "anew", session_until=None), True)

    work.change_run(seen.run_id, swap)
