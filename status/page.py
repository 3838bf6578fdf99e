"""The page: every profile in words, and two buttons for a run that waits for a person."""

import hashlib
from base64 import b64encode
from collections.abc import Callable
from functools import cache
from pathlib import Path
from typing import Any

import msgspec

from shared import baseline, board
from shared.moments import in_zone, universal
from shared.overview import PastView, ProfileView
from shared.pages import render
from shared.results import RemovedEntry
from shared.room import Room

from . import people
from .people import Person

TEMPLATES = Path(__file__).parent / "templates"
_RECENT = 10
"""Finished runs that are shown of a profile."""


def page(room: Room, who: Person, notice: str | None = None) -> str:
    """The page as this person sees it. `notice`: what came of the button that was just pressed."""
    # What has to be decided comes first; folders that somebody drops into and nobody allows come last.
    named = room.settings.profiles
    views = sorted(board.profiles(room), key=lambda view: (not _waits(view), view.profile not in named))
    return render(
        TEMPLATES / "page.html",
        css=css(),
        views=views,
        waiting=sum(map(_waits, views)),
        who=who.name,
        now=room.now(),
        notice=notice,
        recent=_RECENT,
        token=_tokens(room, who),
        time=in_zone(room.settings.time_zone),
        utc=universal,
        kind=kind,
        share=share,
        tone=_tone,
    )


def _waits(view: ProfileView) -> bool:
    """Whether a run of the profile waits for a person."""
    return view.current is not None and view.current.held is not None and view.current.held.decided is None


def policy() -> str:
    """The Content-Security-Policy: the page's own stylesheet and its own forms, and nothing else."""
    digest = b64encode(hashlib.sha256(css().encode()).digest()).decode()
    return (
        f"default-src 'none'; style-src 'sha256-{digest}'; base-uri 'none'; form-action 'self'; frame-ancestors 'none'"
    )


@cache
def css() -> str:
    """The one stylesheet of all pages."""
    from markupsafe import Markup

    return Markup((TEMPLATES / "page.css").read_text(encoding="utf-8"))  # noqa: S704 - our own file


def _tokens(room: Room, who: Person) -> Callable[[str, str], str]:
    return lambda profile, run_id: people.token(
        baseline.key(room.store, room.settings.of(profile), profile), profile, run_id, who
    )


_KINDS = {
    "people": "people",
    "orgs": "schools and other organisations",
    "classes": "classes",
    "enrollments": "enrolments",
    "students": "students",
    "teachers": "teachers",
    "others": "other people",
}


def kind(removed: RemovedEntry) -> str:
    """Whom or what it is about, in words."""
    return _KINDS[removed.role or removed.kind]


def share(percent: float) -> float:
    """A percentage as a length of the bar."""
    return round(min(max(percent, 0), 100), 1)


def _tone(past: PastView) -> str:
    return "look" if past.needs_person else "good"


def removed_entry(kept: Any) -> RemovedEntry | None:
    """One kind's counts as a report keeps them; None if it is nothing of the sort."""
    try:
        return msgspec.convert(kept, RemovedEntry)
    except msgspec.ValidationError:
        return None
