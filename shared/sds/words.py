"""A service's own words, without what they quote: a quoted stretch may be a cell, and a cell may be a child's name.

Whatever a service says is shown through `words`, its states, codes, ids and names of files, too. Quoted names of files
and columns of a format and ids of profiles stay, e-mail addresses never do. The documented messages quote nothing.
"""

import re

from ..formats import FORMATS
from ..redaction import LONGEST, clean
from ..settings import GUID

_HIDDEN = "[…]"
_BEFORE = 20
"""Characters looked at for each that is shown, as in `redaction.clean`."""

_PAIRS = ("''", '""', "``", "\u201c\u201d", "\u2018\u2019", "\u201e\u201c", "\xab\xbb")
# An apostrophe in a word is none; a stretch without an end goes to the end, as it does where it is cut.
_QUOTED = re.compile(
    "|".join([rf"(?<!\w){a}(?:.{{0,300}}?{b}(?!\w)|.*)" for a, b in map(tuple, _PAIRS)] + ["<(?! )[^<>]{0,300}>"]),
    re.DOTALL,
)
_MAIL = re.compile(r"[^\s@<>()\[\]\"',;:]{0,64}@[^\s@<>()\[\]\"',;:]{1,255}")
_KNOWN = frozenset(
    name.lower() for form in FORMATS for spec in form.files for name in (spec.name, *(c.name for c in spec.columns))
)


def words(text: str, limit: int = LONGEST) -> str:
    """`text` as `redaction.clean` has it, and nothing in it that is quoted."""
    text = _QUOTED.sub(_told, text[: limit * _BEFORE])
    return clean(_MAIL.sub(_HIDDEN, text) if "@" in text else text, limit)


def _told(found: re.Match[str]) -> str:
    quoted = found.group()
    inside = quoted[1:-1].strip("\\ ").lower()
    return quoted if inside in _KNOWN or GUID.fullmatch(inside) else _HIDDEN
