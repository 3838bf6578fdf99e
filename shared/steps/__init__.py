"""The steps of a run: what the activities do. Each may be repeated, and run twice at once, without harm."""

from collections.abc import Callable
from typing import Any

from ..decide import Plan
from ..door import Displaced, Newer, Unreadable
from ..lines import line
from ..room import Room
from . import arrive
from .mend import begin, mend
from .refuse import refuse
from .report import report
from .start import start
from .take import take
from .upload import upload
from .verify import verify
from .work import Work, log

_LEAVE = Plan("leave")
type Step = Callable[[Room, str, str, Plan | None], Any]


def _step(run: Callable[[Work, Plan | None], Plan | None]) -> Step:
    def step(room: Room, profile: str, instance: str, plan: Plan | None = None) -> Plan | None:
        work = Work(room, profile, instance)
        try:
            return run(work, plan)
        except Displaced:
            log.info("%s", line("displaced", profile=profile))
        except Newer:
            log.error("%s", line("recordNewer", profile=profile))
        except Unreadable as trouble:
            mend(work, trouble)
        return _LEAVE

    return step


def join(room: Room, profile: str, instance: str) -> bool:
    """Become the profile's driver, or leave word with the one there is. True: this instance drives."""
    work = Work(room, profile, instance)
    try:
        if work.version().etag is None:
            begin(work)
    except Unreadable as trouble:
        mend(work, trouble)
    except Newer:
        return False
    return arrive.join(work)


def leave(room: Room, profile: str, instance: str) -> bool:
    """Stop driving, unless a wake-up came since the last look. True: this instance is done."""
    work = Work(room, profile, instance)
    try:
        return arrive.leave(work)
    except Newer:
        return True
    except Unreadable as trouble:
        mend(work, trouble)
        return True


def failed(room: Room, profile: str, instance: str, step: str, error: Exception) -> Plan | None:
    """Count a step that failed; the plan is to wait if storage is out of order, None if the engine shall try again."""
    return _step(lambda work, _: arrive.failed(work, step, error))(room, profile, instance, None)  # type: ignore[no-any-return]


STEPS: dict[str, Step] = {
    "observe": _step(arrive.observe),
    "take": _step(take),
    "verify": _step(verify),
    "upload": _step(upload),
    "start": _step(start),
    "report": _step(report),
    "refuse": _step(refuse),
}
"""Plan to step. A step returns the plan that follows when that is sure, else None: look again."""

__all__ = ["STEPS", "Room", "failed", "join", "leave"]
