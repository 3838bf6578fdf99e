"""What an answer means, by the moment it comes in: the answer table of the design, as a table.

A rule is (what to do now, outcome if that ends the run, failure code). For `WAIT` the outcome and code are what the
run ends with if the deadline comes first.
"""

from enum import StrEnum
from typing import NamedTuple

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


class Rule(NamedTuple):
    act: Act
    outcome: str = ""
    code: str = ""


_GO_ON = Rule(Act.GO_ON)
_FOLLOW_ON = Rule(Act.WAIT, "timedOut")

MEANING: dict[Phase, dict[Answer, Rule]] = {
    Phase.BEFORE: {
        Answer.OK: _GO_ON,
        Answer.UNAUTHORIZED: Rule(Act.WAIT, "failed", "accessDenied"),
        Answer.FORBIDDEN: Rule(Act.WAIT, "failed", "accessDenied"),
        Answer.NOT_FOUND: Rule(Act.END, "profileUnusable", "notFound"),
        Answer.BUSY: Rule(Act.WAIT, "timedOut", "busy"),
        Answer.THROTTLED: Rule(Act.WAIT, "failed", "serviceUnavailable"),
        Answer.UNAVAILABLE: Rule(Act.WAIT, "failed", "serviceUnavailable"),
        Answer.BAD_REQUEST: Rule(Act.END, "failed", "badRequest"),
    },
    Phase.START: {
        Answer.OK: _GO_ON,
        Answer.UNAUTHORIZED: Rule(Act.END, "failed", "unauthorized"),
        Answer.FORBIDDEN: Rule(Act.END, "failed", "accessDenied"),
        Answer.NOT_FOUND: Rule(Act.END, "profileUnusable", "notFound"),
        Answer.BUSY: Rule(Act.WAIT, "timedOut", "busy"),
        Answer.THROTTLED: Rule(Act.WAIT, "failed", "serviceUnavailable"),
        Answer.UNAVAILABLE: Rule(Act.WATCH, "failed", "startUnconfirmed"),
        Answer.BAD_REQUEST: Rule(Act.END, "failed", "badRequest"),
    },
    Phase.FOLLOWING: {
        Answer.OK: _GO_ON,
        Answer.UNAUTHORIZED: _FOLLOW_ON,
        Answer.FORBIDDEN: _FOLLOW_ON,
        Answer.NOT_FOUND: Rule(Act.END, "unknown"),
        Answer.BUSY: _FOLLOW_ON,
        Answer.THROTTLED: _FOLLOW_ON,
        Answer.UNAVAILABLE: _FOLLOW_ON,
        Answer.BAD_REQUEST: Rule(Act.END, "unknown"),
    },
}
