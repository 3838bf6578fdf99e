"""Words from outside as a person may see them: nothing that a terminal acts on, nothing that can't be seen.

Names of files and profiles, cells, words of a service and of exceptions: whoever shows them to a person shows
what these functions give. Nothing else is known to be harmless.
"""

import re

LONGEST = 2000
"""Characters that are shown of one text."""

_CUT = "…"
_NAMED = {"\n": "\\n", "\r": "\\r", "\t": "\\t"}
# Letters, signs and marks by Unicode, and yet nothing is seen of them: fillers, joiners, a Braille cell without dots,
# and the selectors that choose among a letter's forms.
_UNSEEN = frozenset(
    "\u034f\u115f\u1160\u17b4\u17b5\u2800\u3164\uffa0"
    + "".join(map(chr, (*range(0x180B, 0x1810), *range(0xFE00, 0xFE10), *range(0xE0100, 0xE01F0))))
)
_JSON_UNSAFE = re.compile(r"[^\x20-\x7e\xa1-\xac\xae-\u02ff]")


def visible(text: object, limit: int = LONGEST) -> str:
    """`text` on one line of at most `limit` characters, a cut one ending in `…`.

    Control characters (C0 and C1), characters of direction and format, every blank but the plain one, what Unicode
    has not assigned, and halves of surrogate pairs become escapes such as `\\x1b` or `\\u202e`; a byte of a name that
    is no UTF-8 becomes `\\xff`. Letters of all scripts stay as they are.
    """
    text = str(text)
    if len(text) <= limit and _is_plain(text):
        return text
    shown: list[str] = []
    length = 0
    for character in text[: limit + 1]:
        part = _escaped(character)
        if length + len(part) > limit:
            return _ended(shown, length, limit)
        shown.append(part)
        length += len(part)
    return "".join(shown)


def visible_json(text: str) -> str:
    """A JSON document on one line, made harmless on a terminal; it keeps its value.

    What `visible` would escape becomes JSON's own `\\u` escape, which a parser turns back.
    """
    return _JSON_UNSAFE.sub(lambda found: _json_escaped(found[0]), text)


def _is_plain(text: str) -> bool:
    return text.isprintable() and _UNSEEN.isdisjoint(text)


def _ended(shown: list[str], length: int, limit: int) -> str:
    while shown and length + len(_CUT) > limit:
        length -= len(shown.pop())
    return "".join(shown) + _CUT[:limit]


def _escaped(character: str) -> str:
    if _is_plain(character):
        return character
    code = ord(character)
    if 0xDC80 <= code <= 0xDCFF:  # how Python carries a byte that is no UTF-8
        code -= 0xDC00
    if code < 0x100:
        return _NAMED.get(character, f"\\x{code:02x}")
    return f"\\u{code:04x}" if code < 0x10000 else f"\\U{code:08x}"


def _json_escaped(character: str) -> str:
    if _is_plain(character):
        return character
    code = ord(character)
    if code < 0x10000:
        return f"\\u{code:04x}"
    code -= 0x10000
    return f"\\u{0xD800 + (code >> 10):04x}\\u{0xDC00 + (code & 0x3FF):04x}"
