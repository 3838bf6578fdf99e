"""What an answer means, by the moment it comes in and by the API: the answer table of the design, as a table.

A rule is (what to do now, outcome if that ends the run, failure code). For `WAIT` the outcome and code are what the
run ends with if the deadline comes first.
"""

from enum import StrEnum
from typing import Literal, NamedTuple

from .port import Answer


class Phase(StrEnum):
    BEFORE = "before"  # any request before the start: readiness, upload, verification apart
    START = "start"  # the start itself
    FOLLOWING = "following"  # after it


class Act(StrEnum):
    GO_ON = "goOn"
    WAIT = "wait"  # a later tick asks again; Retry-After is honoured
    WATCH = "watch"  # the start may or may not have happened: watch the sync's state
    END = "end"
    END_AFTER = "endAfter"  # as WAIT, until the same answer has come `times` times in a row


class Rule(NamedTuple):
    act: Act
    outcome: str = ""
    code: str = ""
    times: int = 1


type Api = Literal["classic", "industryData"]

_GO_ON = Rule(Act.GO_ON)
_FOLLOW_ON = Rule(Act.WAIT, "timedOut")
_UNAVAILABLE = Rule(Act.WAIT, "failed", "serviceUnavailable")
_RIDES = Rule(Act.WAIT, "acceptedForSchedule")
"""The files were accepted before the start: whatever becomes of it, the next scheduled run takes them."""

_CLASSIC: dict[Phase, dict[Answer, Rule]] = {
    Phase.BEFORE: {
        Answer.OK: _GO_ON,
        Answer.UNAUTHORIZED: Rule(Act.WAIT, "failed", "accessDenied"),
        Answer.FORBIDDEN: Rule(Act.WAIT, "failed", "accessDenied"),
        Answer.NOT_FOUND: Rule(Act.END, "profileUnusable", "notFound"),
        Answer.BUSY: Rule(Act.WAIT, "timedOut", "busy"),
        Answer.THROTTLED: _UNAVAILABLE,
        Answer.QUOTA: _UNAVAILABLE,
        Answer.UNAVAILABLE: _UNAVAILABLE,
        Answer.BAD_REQUEST: Rule(Act.END, "failed", "badRequest"),
    },
    Phase.START: {
        Answer.OK: _GO_ON,
        Answer.UNAUTHORIZED: Rule(Act.END, "failed", "unauthorized"),
        Answer.FORBIDDEN: Rule(Act.END, "failed", "accessDenied"),
        Answer.NOT_FOUND: Rule(Act.END, "profileUnusable", "notFound"),
        Answer.BUSY: Rule(Act.WAIT, "timedOut", "busy"),
        Answer.THROTTLED: _UNAVAILABLE,
        Answer.QUOTA: _UNAVAILABLE,
        Answer.UNAVAILABLE: Rule(Act.WATCH, "failed", "startUnconfirmed"),
        Answer.BAD_REQUEST: Rule(Act.END, "failed", "badRequest"),
    },
    Phase.FOLLOWING: {
        Answer.OK: _GO_ON,
        Answer.UNAUTHORIZED: _FOLLOW_ON,
        Answer.FORBIDDEN: _FOLLOW_ON,
        Answer.NOT_FOUND: Rule(Act.END_AFTER, "unknown", times=3),
        Answer.BUSY: _FOLLOW_ON,
        Answer.THROTTLED: _FOLLOW_ON,
        Answer.QUOTA: _FOLLOW_ON,
        Answer.UNAVAILABLE: _FOLLOW_ON,
        Answer.BAD_REQUEST: Rule(Act.END, "unknown"),
    },
}

_INDUSTRY_DATA: dict[Phase, dict[Answer, Rule]] = {
    Phase.BEFORE: _CLASSIC[Phase.BEFORE],
    Phase.START: _CLASSIC[Phase.START]
    | {
        Answer.NOT_FOUND: Rule(
            Act.WAIT, "failed", "startNotFound"
        ),  # the address names no profile: runs are the tenant's
        Answer.BUSY: _RIDES,
        Answer.THROTTLED: _RIDES,
        Answer.QUOTA: Rule(Act.END, "acceptedForSchedule"),
    },
    Phase.FOLLOWING: _CLASSIC[Phase.FOLLOWING],
}

MEANINGS: dict[Api, dict[Phase, dict[Answer, Rule]]] = {"classic": _CLASSIC, "industryData": _INDUSTRY_DATA}


def meaning(api: Api, phase: Phase, answer: Answer) -> Rule:
    """The rule for an answer."""
    return MEANINGS[api][phase][answer]
