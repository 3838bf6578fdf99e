"""What a run's outcome means for the exit code."""

from typing import get_args

from shared.outcomes import Outcome, SyncOutcome

ACCEPTED, FILES_FAULT, SYNC_FAILED, HELD, OTHER = 0, 3, 4, 5, 1

RUN: dict[str, int] = {
    "started": ACCEPTED,
    "startedWithWarnings": ACCEPTED,
    "acceptedForSchedule": ACCEPTED,
    "unchanged": ACCEPTED,
    "rejected": FILES_FAULT,
    "rejectedBeforeUpload": FILES_FAULT,
    "incomplete": FILES_FAULT,
    "invalidDrop": FILES_FAULT,
    "superseded": FILES_FAULT,
    "notApproved": FILES_FAULT,
    "profileUnusable": OTHER,
    "timedOut": OTHER,
    "failed": OTHER,
}
SYNC: dict[str, int] = dict.fromkeys(get_args(SyncOutcome), ACCEPTED) | {"failed": SYNC_FAILED, "paused": SYNC_FAILED}
SYNCED = ("started", "startedWithWarnings")
"""Outcomes after which there is a sync, and a message about it."""

assert set(RUN) == set(get_args(Outcome))


def exit_code(outcome: str | None, sync: str | None, *, held: bool = False) -> int:
    """The exit code of a run that ended so; None: there was no such message. `held`: it waits for a person."""
    if outcome is None and held:
        return HELD
    code = RUN.get(outcome or "", OTHER)
    return SYNC.get(sync, OTHER) if code == ACCEPTED and sync is not None else code
