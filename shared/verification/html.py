"""The report to hand on: one HTML file without outside assets and scripts, that opens from a mail and prints well."""

from datetime import datetime
from pathlib import Path

from ..pages import render as render_page
from .model import Verification
from .summary import MOST, causes, counted, counts, facts, lines, own_words, sentence

_TEMPLATE = Path(__file__).parent / "templates" / "report.html"
_LINES = 20
_FILES = 200


def render(result: Verification, title: str, now: datetime, *, values: bool = False) -> str:
    """The page about the set called `title`, checked at `now`, a time with its zone.

    `values`: with the first cells that are wrong, which may name people.
    """

    return render_page(
        _TEMPLATE,
        title=title,
        now=f"{now:%Y-%m-%d %H:%M %Z}",
        taken=result.taken,
        sentence=sentence(result),
        facts=facts(result),
        counts=counts(result),
        causes=causes(result),
        files=result.files[:_FILES],
        more_files=len(result.files) - _FILES,
        loses=any(file.rows_dropped for file in result.files),
        most=MOST,
        values=values,
        where=lambda place: lines(place, _LINES),
        own_words=own_words,
        counted=counted,
    )
