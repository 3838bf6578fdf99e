"""The one redaction: no signature, token, key or query string gets into a message that people read, or into a log.

Every rule takes time in proportion to the text, whatever the text is: a pattern either has a bounded length or takes
all that it has looked at.
"""

import base64
import logging
import re
import traceback
from typing import Any
from urllib.parse import unquote

from . import secret_forms as forms
from .text import visible

LONGEST = 300
"""Characters of a failure message."""
LONGEST_RECORD = 100_000
"""Characters of a log record that are looked at; what is beyond is left out."""

_BLANKS = re.compile(r"[\x00-\x20\x7f\x85\u2028\u2029]+")
_QUERY = re.compile(r"[?#]")
_AUTHORITY = re.compile(r"[^/\\]*")
_HOST_PORT = re.compile(r"(?:\[[^\]]*\]|[^:]*)(?::\d*\W*)?")
_UPPER = re.compile("[A-Z]")
_DIGIT = re.compile("[0-9]")
_DEEPEST = 8
"""Backslashes before a quote, and times that an address is encoded, which are told apart."""
_INDENT = 8
"""Blanks between a quote and its value."""

_NOISY = ("azure", "httpcore", "msal", "urllib3")


def clean(text: str, limit: int = LONGEST) -> str:
    """`text` on one line, at most `limit` long, without secrets and without anything that a terminal acts on."""
    text = _BLANKS.sub(" ", text[: limit * 20])  # a garbage body may be long; the rules needn't read all of it
    return visible(redact(text).strip(), limit)


def redact(text: str) -> str:
    """The text without secrets, on as many lines as it is."""
    if private := forms.PRIVATE_KEY.search(text):
        text = text[: private.start()] + "[private key]"
    encoded = forms.ENCODED.search(text) is not None
    address = forms.ADDRESS if encoded else forms.PLAIN_ADDRESS
    text = _without_values(forms.JWT.sub("[token]", address.sub(_address, text)))
    if "@" in text:
        text = forms.PASSWORD_AT.sub(f":{forms.REMOVED}@", text)
    if "basic" in text or "Basic" in text or "BASIC" in text:
        text = forms.BASIC.sub(_basic, text)
    return forms.BASE64.sub(_base64, text) if encoded or "=" in text else text


def _without_values(text: str) -> str:
    """`text` with something harmless in place of each value of a name, to its closing quote if it has one.

    A value may hold a name, too, whose own value goes on after it: then both go.
    """
    lower = _lower(text)
    ends: dict[object, int] = {}
    kept: list[str] = []
    at = done = 0
    while found := forms.STEMS.search(lower, at):
        at = found.end()
        for name, value, instead in forms.rules(found.group()):
            named = name.match(text, found.start())
            if named is None:
                continue
            start = named.end()
            end = _end(text, start, value, ends)
            if end > max(start, done):
                kept += (text[done:start], instead) if start >= done else ()
                done = end
                break
    return "".join((*kept, text[done:])) if kept else text


def _end(text: str, start: int, value: re.Pattern[str], ends: dict[object, int]) -> int:
    """Where a value ends. `ends` are those that were found last: nothing is looked at twice."""
    at = start - 1
    while at > 0 and text[at].isspace() and at > start - _INDENT:
        at -= 1
    if text[at] in forms.CLOSING:
        quote = forms.CLOSING[text[at]], min(_backslashes(text, at), _DEEPEST)
        if ends.get(quote, -1) < start:
            ends[quote] = _closing(text, start, *quote)
        if ends[quote] < len(text):
            return ends[quote]
    if ends.get(value, -1) < start:
        plain = value.match(text, start)
        ends[value] = plain.end() if plain else start
    return ends[value]


def _closing(text: str, start: int, quote: str, depth: int) -> int:
    """Where the next quote is that stands behind at most `depth` backslashes: one behind more is quoted itself."""
    at = text.find(quote, start)
    while at >= 0:
        before = _backslashes(text, at)
        if before <= depth or depth == _DEEPEST:
            return max(start, at - before)
        at = text.find(quote, at + 1)
    return len(text)


def _backslashes(text: str, at: int) -> int:
    """How many stand right before `at`, up to more than are told apart."""
    count = 0
    while count <= _DEEPEST and count < at and text[at - 1 - count] == "\\":
        count += 1
    return count


def _lower(text: str) -> str:
    """In lower case, and as long: a few letters of other scripts have two in lower case."""
    lower = text.lower()
    if len(lower) == len(text):
        return lower
    return "".join(letter.lower() if letter.isascii() else letter for letter in text)


def _address(found: re.Match[str]) -> str:
    """An address without its query and without a user, however often it is encoded."""
    slashes, rest = found["slashes"], found["rest"]
    if "/" not in slashes:  # encoded: what comes after it in the same query is no part of it
        rest, more, left = rest.partition("&")
        plain = _decoded(rest)
        shown = _shown_address(plain)
        return f"{slashes}{rest if shown == plain else shown}{more}{left}"
    return slashes + _shown_address(rest)


def _shown_address(rest: str) -> str:
    plain = _QUERY.split(rest, maxsplit=1)[0]
    authority = _AUTHORITY.match(plain)
    assert authority is not None
    user, at, host = authority.group().rpartition("@")
    path = plain[authority.end() :]
    if not _HOST_PORT.fullmatch(host):  # a password, which may hold what ends a host
        _, at, path = path.rpartition("@")
        user, host = host, ""
    return f"{forms.REMOVED if user else ''}{at}{host}{path}"


def _decoded(text: str) -> str:
    for _ in range(_DEEPEST):
        plain = unquote(text)
        if plain == text:
            break
        text = plain
    return text


def _basic(found: re.Match[str]) -> str:
    """Only what is a user and a password: `basic` is a word of prose, too."""
    word = found["word"]
    try:
        plain = base64.urlsafe_b64decode(word.replace("+", "-").replace("/", "_") + "=" * (-len(word) % 4))
    except ValueError:
        return found.group()
    return f"{found.group()[:5]} [token]" if b":" in plain else found.group()


def _base64(found: re.Match[str]) -> str:
    """Keys and signatures end in `=`; a long path or word of the same letters doesn't, a long name has no such mix."""
    text = found.group()
    if found["end"] is None:
        return text
    follows = found.string[found.end() : found.end() + 1]
    mixed = _UPPER.search(text) and _DIGIT.search(text) and any(letter.islower() for letter in text)
    named = ("-" in text or "_" in text) and (follows.isalnum() or not mixed)
    return text if named else forms.REMOVED


def redact_logs() -> None:
    """Redact every log record of the process from now on, whoever logs it; doing it again changes nothing.

    Its message, its arguments, the text of its exception and of its stack.
    """
    before = logging.getLogRecordFactory()
    if getattr(before, "redacts", False):
        return

    def make(*args: Any, **kwargs: Any) -> logging.LogRecord:
        record = before(*args, **kwargs)
        _redact_message(record)
        _redact_exception(record)
        return record

    make.redacts = True  # type: ignore[attr-defined]
    logging.setLogRecordFactory(make)
    for name in _NOISY:
        logging.getLogger(name).setLevel(logging.WARNING)


def _redact_message(record: logging.LogRecord) -> None:
    fits = True
    try:
        text = record.getMessage()
    except Exception:  # noqa: BLE001 - logging would print message and arguments as they are
        fits, text = False, f"{_shown(record.msg)} (arguments that don't fit: {_shown(record.args)})"
    cut = text[:LONGEST_RECORD]
    if (clean_text := redact(cut)) != text or not fits:
        record.msg, record.args = clean_text, ()


def _redact_exception(record: logging.LogRecord) -> None:
    if record.stack_info:
        record.stack_info = redact(record.stack_info[:LONGEST_RECORD])
    if not record.exc_info or record.exc_info[0] is None:
        return
    try:
        text = "".join(traceback.format_exception(*record.exc_info)).rstrip("\n")
    except Exception:  # noqa: BLE001 - an exception whose own text fails
        text = record.exc_info[0].__name__
    cut = text[:LONGEST_RECORD]
    if (clean_text := redact(cut)) != text:
        # Handlers print the text if there is one, and have no exception to ask for another.
        record.exc_text, record.exc_info = clean_text, None


def _shown(value: object) -> str:
    try:
        return repr(value)
    except Exception:  # noqa: BLE001 - whatever it is, it has no text
        return type(value).__name__
