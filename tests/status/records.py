"""Records as the app leaves them, in every state that a person may see."""

from datetime import UTC, datetime, timedelta
from typing import Any, get_args

from shared.life import Stage
from shared.outcomes import Outcome
from shared.record import (
    Current,
    Decision,
    Drop,
    DropFile,
    Hold,
    Lack,
    Recent,
    Record,
    Seen,
    Target,
    Times,
)
from shared.results import RemovedEntry

NORTH = "11111111-2222-3333-4444-555555555555"
NOW = datetime(2026, 11, 27, 6, 0, tzinfo=UTC)
RUN = "20261127T055900Z-0123456789ab"
STAGES: tuple[Stage, ...] = get_args(Stage)
NASTY = "<script>alert('x')</script>\"'\u202e\x1b[31m&.csv"


def current(stage: Stage, **more: Any) -> Current:
    file = DropFile("Student.csv", "Student.csv", "north/Student.csv", "0x1", 10)
    times = Times(first_landed=NOW, last_landed=NOW)
    deadline = NOW + timedelta(hours=24)
    return Current(RUN, stage, Target("classic", NORTH), Drop("sdsV1", (file,)), times, deadline, **more)


def held(decision: Decision | None = None, profile: str = "north") -> Record:
    removed = (
        RemovedEntry("people", "students", 400, 200, 200, 0, 50.0, 20.0),
        RemovedEntry("orgs", None, 10, 10, 0, 0, 0.0, 20.0),
    )
    hold = Hold(NOW, NOW + timedelta(days=7), removed, told=True, decision=decision)
    return Record(profile, current=current("held", hold=hold), recent=recent())


def at(stage: Stage, profile: str = "north") -> Record:
    if stage == "held":
        return held(profile=profile)
    return Record(profile, current=current(stage), recent=recent())


def waiting(profile: str = "north") -> Record:
    lacks = (Lack("Section.csv", "missing", accepted_before=True, near=NASTY), Lack("Teacher.csv", "stale"))
    seen = Seen("f", NOW, 2, told=True, format="sdsV1", files=("School.csv", NASTY), lacks=lacks, strangers=3)
    return Record(profile, inbox=seen, recent=recent())


def recent() -> tuple[Recent, ...]:
    outcomes: tuple[Outcome, ...] = get_args(Outcome)
    return tuple(
        Recent(f"20261126T0{n % 10}0000Z-{n:012x}", outcome, NOW - timedelta(hours=len(outcomes) - n), errors=n)
        for n, outcome in enumerate(outcomes)
    )
