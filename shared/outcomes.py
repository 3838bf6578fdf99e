"""The last words that a run, and the sync after it, can have; and what follows from each."""

from typing import Literal, get_args

Outcome = Literal[
    "started",
    "startedWithWarnings",
    "rejected",
    "rejectedBeforeUpload",
    "incomplete",
    "invalidDrop",
    "unchanged",
    "superseded",
    "notApproved",
    "acceptedForSchedule",
    "profileUnusable",
    "timedOut",
    "failed",
]
SyncOutcome = Literal["succeeded", "succeededWithErrors", "paused", "failed", "overtaken", "timedOut", "unknown"]

OUTCOMES: tuple[Outcome, ...] = get_args(Outcome)
STARTED: tuple[Outcome, ...] = ("started", "startedWithWarnings")
ACCEPTED: tuple[Outcome, ...] = (*STARTED, "acceptedForSchedule")
"""The service has taken the files: later drops are compared with these."""
