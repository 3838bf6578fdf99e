"""The answers of the JSON routes: a status and a document, from records and reports alone."""

from typing import Any, NamedTuple

import msgspec

from shared import board, reports
from shared.overview import overview
from shared.record import Decision
from shared.room import Room
from shared.steps.held import Answer, decided
from shared.steps.work import Work


class Said(NamedTuple):
    """An answer: an HTTP status and what is encoded as JSON."""

    status: int
    body: Any


UNKNOWN_PROFILE = Said(404, {"error": "no such profile"})
UNKNOWN_RUN = Said(404, {"error": "no such run"})
_TOO_LATE: dict[Answer, str] = {
    "notHeld": "the run does not wait for a person",
    "decided": "somebody has decided already",
}


def all_profiles(room: Room) -> Said:
    """Every profile, by its key."""
    return Said(200, {"profiles": board.profiles(room)})


def one_profile(room: Room, named: str) -> Said:
    key = board.profile_key(named)
    view = board.profile(room, key) if key is not None else None
    return Said(200, view) if view is not None else UNKNOWN_PROFILE


def one_run(room: Room, named: str, run_id: str) -> Said:
    """The run's report."""
    key = board.profile_key(named)
    if key is None:
        return UNKNOWN_PROFILE
    if not board.is_story_id(run_id):
        return UNKNOWN_RUN
    work = Work(room, key)
    found = reports.read(room.store, work.settings, work.folder(run_id))
    return Said(200, found) if found is not None else UNKNOWN_RUN


def decide(room: Room, named: str, run_id: str, *, approve: bool, by: str | None) -> Said:
    """Write a decision down, once. 409 with the present state if it comes too late."""
    key = board.profile_key(named)
    if key is None or board.record(room, key) is None:
        return UNKNOWN_PROFILE
    if not board.is_run_id(run_id):
        return UNKNOWN_RUN
    work = Work(room, key)
    answer, record = decided(work, run_id, Decision(approve, work.now(), by))
    if answer == "noSuchRun":
        return UNKNOWN_RUN
    view = overview(record, work.now())
    if answer == "done":
        return Said(200, {"decided": "approve" if approve else "reject", "now": view})
    return Said(409, {"error": _TOO_LATE[answer], "now": view})


def encoded(said: Said) -> bytes:
    return msgspec.json.encode(said.body)
