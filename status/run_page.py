"""The page of one run: how it ended, its times, and what was found in its files."""

from shared import board, report_words, reports
from shared.moments import in_zone, universal
from shared.pages import render
from shared.room import Room
from shared.steps.work import Work

from .findings import MOST_FILES, by_file
from .page import TEMPLATES, css, kind, removed_entry, share
from .people import Person


def run_page(room: Room, named: str, run_id: str, who: Person) -> str | None:
    """The page; None if there is no such run, or no report of it yet."""
    key = board.profile_key(named)
    if key is None or not board.is_story_id(run_id):
        return None
    work = Work(room, key)
    found = reports.read(room.store, work.settings, work.folder(run_id))
    if found is None:
        return None
    files = by_file(found)
    return render(
        TEMPLATES / "run.html",
        css=css(),
        profile=key,
        run=run_id,
        report=found,
        says=report_words.says(found),
        failure=report_words.failure(found),
        decision=report_words.decided(found),
        removed=[entry for entry in map(removed_entry, found.removed or ()) if entry],
        times=report_words.times(found),
        files=files[:MOST_FILES],
        unshown=max(len(files) - MOST_FILES, 0),
        who=who.name,
        now=room.now(),
        time=in_zone(room.settings.time_zone),
        utc=universal,
        kind=kind,
        share=share,
    )
