"""What a report says, in words: for the page and for a terminal. Whatever a report holds, there are words for it."""

from datetime import datetime
from typing import Any, NamedTuple

import msgspec

from .overview import OUTCOME_SAYS, SYNC_SAYS
from .reports import Report

_TIMES = {
    "firstLanded": "First file landed",
    "lastLanded": "Last file landed",
    "settled": "Set was complete and quiet",
    "provisioned": "Profile was ready",
    "uploaded": "Files were sent",
    "started": "Sync was started",
}


class Decided(NamedTuple):
    """What a person decided about a held run."""

    how: str
    at: datetime | None
    by: str | None


def says(found: Report) -> str:
    """How the run ended, and its sync."""
    if found.outcome is None:
        return "The run has not ended yet."
    words = OUTCOME_SAYS.get(found.outcome, found.outcome)  # type: ignore[call-overload]
    sync = found.sync.get("outcome") if isinstance(found.sync, dict) else None
    return f"{words} {SYNC_SAYS[sync]}" if sync in SYNC_SAYS else str(words)


def times(found: Report) -> list[tuple[str, datetime]]:
    """What happened when, in order."""
    return [(words, at) for name, words in _TIMES.items() if (at := moment_of(found.times.get(name)))]


def failure(found: Report) -> str | None:
    """Why the run failed; None if it didn't."""
    if not isinstance(found.failure, dict):
        return None
    return ": ".join(str(found.failure[name]) for name in ("code", "message") if found.failure.get(name)) or None


def decided(found: Report) -> Decided | None:
    """What a person decided; None if nobody did."""
    decision = found.decision
    if not isinstance(decision, dict):
        return None
    by = decision.get("by")
    how = "Approved" if decision.get("approve") else "Rejected"
    return Decided(how, moment_of(decision.get("at")), str(by) if by else None)


def moment_of(text: Any) -> datetime | None:
    """A moment as JSON has it; None if this is none."""
    try:
        return msgspec.convert(text, datetime)
    except msgspec.ValidationError:
        return None
