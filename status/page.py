"""The page: every profile in words, and two buttons for a run that waits for a person."""

import hashlib
from base64 import b64encode
from collections.abc import Callable
from datetime import UTC, datetime
from functools import cache
from pathlib import Path

from shared import baseline, board
from shared.overview import PastView, ProfileView
from shared.pages import render
from shared.results import RemovedEntry
from shared.room import Room

from . import people
from .people import Person

_TEMPLATES = Path(__file__).parent / "templates"
_RECENT = 10
"""Finished runs that are shown of a profile."""


def page(room: Room, who: Person, notice: str | None = None) -> str:
    """The page as this person sees it. `notice`: what came of the button that was just pressed."""
    views = sorted(board.profiles(room), key=lambda view: not _waits(view))  # what has to be decided comes first
    return render(
        _TEMPLATES / "page.html",
        css=_css(),
        views=views,
        waiting=sum(map(_waits, views)),
        who=who.name,
        now=room.now(),
        notice=notice,
        recent=_RECENT,
        token=_tokens(room, who),
        time=_time,
        kind=_kind,
        share=_share,
        tone=_tone,
    )


def _waits(view: ProfileView) -> bool:
    """Whether a run of the profile waits for a person."""
    return view.current is not None and view.current.held is not None and view.current.held.decided is None


def policy() -> str:
    """The Content-Security-Policy: the page's own stylesheet and its own forms, and nothing else."""
    digest = b64encode(hashlib.sha256(_css().encode()).digest()).decode()
    return (
        f"default-src 'none'; style-src 'sha256-{digest}'; base-uri 'none'; form-action 'self'; frame-ancestors 'none'"
    )


@cache
def _css() -> str:
    from markupsafe import Markup

    return Markup((_TEMPLATES / "page.css").read_text(encoding="utf-8"))  # noqa: S704 - our own file


def _tokens(room: Room, who: Person) -> Callable[[str, str], str]:
    return lambda profile, run_id: people.token(
        baseline.key(room.store, room.settings.of(profile), profile), profile, run_id, who
    )


def _time(at: datetime) -> str:
    return f"{at.astimezone(UTC):%a %d %b %Y, %H:%M} UTC"


_KINDS = {
    "people": "people",
    "orgs": "schools and other organisations",
    "classes": "classes",
    "enrollments": "enrolments",
    "students": "students",
    "teachers": "teachers",
    "others": "other people",
}


def _kind(removed: RemovedEntry) -> str:
    return _KINDS[removed.role or removed.kind]


def _share(percent: float) -> float:
    """A percentage as a length of the bar."""
    return round(min(max(percent, 0), 100), 1)


def _tone(past: PastView) -> str:
    return "look" if past.needs_person else "good"
