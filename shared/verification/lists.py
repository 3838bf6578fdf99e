"""Which values a list allows: the nearest first, a handful; docs/verification.md has them all."""

from difflib import SequenceMatcher

from ..formats import ValueList
from .cells import decoded
from .model import DOCS

_HANDFUL = 5


def nearest_allowed(values: ValueList, added: frozenset[str], value: bytes) -> str:
    """The allowed values in words, those nearest to a wrong one first. The wrong one isn't named."""
    wrong = decoded(value[:80]).strip().lower()

    def distance(word: str) -> tuple[bool, float]:
        near = SequenceMatcher(None, wrong, word.lower()).ratio()
        return (not (wrong and (word.lower().startswith(wrong) or wrong.startswith(word.lower()))), -near)

    words = sorted((*values.spelled, *sorted(added)), key=distance)
    more = len(words) - _HANDFUL
    listed = ", ".join(words[:_HANDFUL])
    return f"{listed}{f' and {more} more' if more > 0 else ''} (the list {values.id} in {DOCS}#list-{values.id})"
