"""The page of one run: how it ended, its times, and what was found in its files."""

from datetime import datetime
from typing import Any

import msgspec

from shared import board, report
from shared.moments import in_zone, universal
from shared.overview import OUTCOME_SAYS, SYNC_SAYS
from shared.pages import render
from shared.report import Report
from shared.room import Room
from shared.steps.work import Work

from .findings import MOST_FILES, by_file
from .page import TEMPLATES, css, kind, removed_entry, share
from .people import Person

_TIMES = {
    "firstLanded": "First file landed",
    "lastLanded": "Last file landed",
    "settled": "Set was complete and quiet",
    "provisioned": "Profile was ready",
    "uploaded": "Files were sent",
    "started": "Sync was started",
}


def run_page(room: Room, named: str, run_id: str, who: Person) -> str | None:
    """The page; None if there is no such run, or no report of it yet."""
    key = board.profile_key(named)
    if key is None or not board.is_story_id(run_id):
        return None
    work = Work(room, key)
    found = report.read(room.store, work.settings, work.folder(run_id))
    if found is None:
        return None
    files = by_file(found)
    return render(
        TEMPLATES / "run.html",
        css=css(),
        profile=key,
        run=run_id,
        report=found,
        says=_says(found),
        failure=_message(found.failure),
        decision=_decision(found.decision),
        removed=[entry for entry in map(removed_entry, found.removed or ()) if entry],
        times=[(words, at) for name, words in _TIMES.items() if (at := _at(found.times.get(name)))],
        files=files[:MOST_FILES],
        unshown=max(len(files) - MOST_FILES, 0),
        who=who.name,
        now=room.now(),
        time=in_zone(room.settings.time_zone),
        utc=universal,
        kind=kind,
        share=share,
    )


def _says(found: Report) -> str:
    if found.outcome is None:
        return "The run has not ended yet."
    says = OUTCOME_SAYS.get(found.outcome, found.outcome)  # type: ignore[call-overload]
    sync = found.sync.get("outcome") if isinstance(found.sync, dict) else None
    return f"{says} {SYNC_SAYS[sync]}" if sync in SYNC_SAYS else str(says)


def _message(failure: Any) -> str | None:
    if not isinstance(failure, dict):
        return None
    return ": ".join(str(failure[name]) for name in ("code", "message") if failure.get(name)) or None


def _decision(decision: Any) -> tuple[str, datetime | None, str | None] | None:
    if not isinstance(decision, dict):
        return None
    by = decision.get("by")
    return ("Approved" if decision.get("approve") else "Rejected"), _at(decision.get("at")), str(by) if by else None


def _at(text: Any) -> datetime | None:
    try:
        return msgspec.convert(text, datetime, strict=False)
    except msgspec.ValidationError:
        return None
