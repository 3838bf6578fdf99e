"""How a text reads when every way of writing its characters otherwise is undone, whatever is in whatever.

Percent signs, escapes of JSON, Python and JavaScript, entities of HTML, wide letters, characters that nobody sees.
"""

import functools
import html
import re
import unicodedata
from urllib.parse import unquote

_ROUNDS = 8
"""Encodings within one another that are undone; one within itself counts once."""

_ANYTHING = re.compile(r"[%\\&\x00]|[^\x00-\x7f]")
_DOUBLED = re.compile(r"%(?:25){1,200}+(?=[0-9A-Fa-f]{2})|&(?:amp;){1,200}+(?=[#A-Za-z])")
_PERCENT = re.compile(r"(?:%[0-9A-Fa-f]{2})++")
_ESCAPE = re.compile(
    r"\\{1,200}+(?:u([0-9A-Fa-f]{4})|u\{0{0,6}([0-9A-Fa-f]{1,6})\}|U([0-9A-Fa-f]{8})|x([0-9A-Fa-f]{2})|([0-3][0-7]{2})|/)"
)
_BYTES = re.compile(r"(?:\\{1,200}+x[89A-Fa-f][0-9A-Fa-f]){2,}+")
_ENTITY = re.compile(r"&(?:#\d{1,9}|#[xX][0-9A-Fa-f]{1,8}|[A-Za-z]{2,8});")
_UNSEEN = frozenset("\x00\xad\u034f\u061c\u115f\u1160\u17b4\u17b5\u180e\u3164\ufeff\uffa0")


def decoded(text: str) -> str:
    """`text` without encodings. It is the same object if there are none; what is no printable character is a blank."""
    if not _ANYTHING.search(text):
        return text
    first = text
    for _ in range(_ROUNDS):
        before = text
        text = _DOUBLED.sub(lambda found: found.group()[0], text)
        text = _ESCAPE.sub(_escape, _BYTES.sub(_bytes, _PERCENT.sub(_percent, text)))
        text = _ENTITY.sub(_entity, text)
        if not text.isascii() or "\x00" in text:
            text = "".join(map(_folded, text))
        if text == before:
            break
    return first if text == first else text


@functools.lru_cache(4096)
def _folded(character: str) -> str:
    """Nothing for what nobody sees, an `a` for a wide or a bold one; never more than one character."""
    if character in _UNSEEN or (not character.isascii() and unicodedata.category(character) == "Cf"):
        return ""
    plain = unicodedata.normalize("NFKC", character)
    return plain if len(plain) == 1 else character


def _percent(found: re.Match[str]) -> str:
    return _shown(unquote(found.group()))


def _bytes(found: re.Match[str]) -> str:
    return _shown(bytes.fromhex(found.group().replace("\\", "").replace("x", "")).decode("utf-8", "replace"))


def _escape(found: re.Match[str]) -> str:
    if found.lastindex is None:
        return "/"
    digits = found[found.lastindex]
    code = int(digits, 8 if found.lastindex == 5 else 16)
    return _shown(chr(code)) if code <= 0x10FFFF else found.group()


def _entity(found: re.Match[str]) -> str:
    return _shown(html.unescape(found.group()))


def _shown(text: str) -> str:
    return "".join(letter if letter.isprintable() else "" if letter in _UNSEEN else " " for letter in text)
