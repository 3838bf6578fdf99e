"""The one redaction: no signature, token, key or query string gets into a message that people read, or into a log.

Every rule takes time in proportion to the text, whatever the text is: a pattern either has a bounded length or takes
all that it has looked at.
"""

import logging
import re
import traceback
from typing import Any

from .text import visible

LONGEST = 300
"""Characters of a failure message."""
LONGEST_RECORD = 100_000
"""Characters of a log record that are looked at; what is beyond is left out."""

_REMOVED = "[removed]"
_BLANKS = re.compile(r"[\x00-\x20\x7f\x85\u2028\u2029]+")

# What may stand before a name, around it and between it and its value, plain or as some encoding has it.
_BYTE = r"[0-9A-Fa-f]{2}"
_START = rf"(?:(?<![A-Za-z0-9])|(?<=%{_BYTE})|(?<=%25{_BYTE})|(?<=\\u00{_BYTE})|(?<=\\x{_BYTE}))"
_GAP = r"""(?:[\s"'\\]|%(?:25)?2[027]|&quot;|&\#3[49];|\\{1,2}u002[27]|\\{1,2}x2[27]){0,8}"""
_EQUALS = r"(?:=|%(?:25){0,2}3D|\\{1,2}u003d|\\{1,2}x3d|&\#(?:61|x3d);|&equals;)"
_IS = rf"(?:{_EQUALS}|:|%(?:25){{0,2}}3A|\\{{1,2}}u003a|\\{{1,2}}x3a)"
_BLANK = r"(?:\s|%(?:25)?20|\+|\\{1,2}u0020|\\{1,2}x20|\\{1,2}t){1,4}"

_VALUE = re.compile(r"""[^\s&"'<>,;]*""")
_WORD = re.compile(r"""[^\s"'<>,;]*""")

_NAMES: tuple[tuple[str, str, re.Pattern[str], str], ...] = (
    ("sig", rf"(?:{_START}sig|signature){_GAP}{_IS}{_GAP}", _VALUE, _REMOVED),
    (
        "token",
        rf"(?:(?<=[-_])token{_GAP}{_IS}|token{_GAP}{_EQUALS}|token(?:\\?[\"']){_GAP}{_IS}){_GAP}",
        _VALUE,
        _REMOVED,
    ),
    ("key", rf"(?:(?<=account)|(?<=access)|(?<=api)|(?<=[-_]))key{_GAP}{_IS}{_GAP}", _VALUE, _REMOVED),
    ("secret", rf"secret{_GAP}{_IS}{_GAP}", _VALUE, _REMOVED),
    ("assertion", rf"(?<=[-_])assertion{_GAP}{_IS}{_GAP}", _VALUE, _REMOVED),
    ("header", rf"(?<=identity[-_])header{_GAP}{_IS}{_GAP}", _VALUE, _REMOVED),
    ("pass", rf"pass(?:word|wd|phrase){_GAP}{_IS}{_GAP}", _VALUE, _REMOVED),
    ("pwd", rf"{_START}pwd{_GAP}{_IS}{_GAP}", _VALUE, _REMOVED),
    ("cookie", rf"cookie{_GAP}{_IS}{_GAP}", _VALUE, _REMOVED),
    # A word of prose, too: only in a query, or with a value as long as a key.
    ("code", rf"(?:(?<=[?&])|(?<=%26)|(?<=%3F)|(?<=\\u0026)|(?<=\\x26))code{_EQUALS}", _VALUE, _REMOVED),
    ("code", rf"{_START}code{_EQUALS}(?=[^\s&\"'<>,;]{{20}})", _VALUE, _REMOVED),
    ("bearer", rf"{_START}bearer{_BLANK}", _WORD, "[token]"),
    ("sharedkey", rf"{_START}sharedkey(?:lite)?{_BLANK}", _WORD, "[token]"),
    ("authorization", rf"authorization{_GAP}{_IS}{_GAP}(?:[A-Za-z]{{1,30}}{_BLANK})?", _WORD, "[token]"),
)
"""What each name has in it, how it stands before its value, what its value is, and what people see in its place."""

_RULES: dict[str, list[tuple[re.Pattern[str], re.Pattern[str], str]]] = {}
for _stem, _name, _value, _instead in _NAMES:
    _RULES.setdefault(_stem, []).append((re.compile(_name, re.IGNORECASE), _value, _instead))
_STEMS = re.compile("|".join(sorted(_RULES, key=len, reverse=True)))

_PRIVATE = re.compile(r"-----BEGIN [A-Z ]{0,30}PRIVATE KEY-----")
_ADDRESS = re.compile(r"""://[^\s"'<>]*""")
_JWT = re.compile(r"eyJ[\w-]{4,}(?:(?:\.|%2E)[\w-]*)*")
_BASE64 = re.compile(r"[A-Za-z0-9+/]{40,}(?:=|%3D){0,2}")

_NOISY = ("azure", "httpcore", "msal", "urllib3")


def clean(text: str, limit: int = LONGEST) -> str:
    """`text` on one line, at most `limit` long, without secrets and without anything that a terminal acts on."""
    text = _BLANKS.sub(" ", text[: limit * 20])  # a garbage body may be long; the rules needn't read all of it
    return visible(redact(text).strip(), limit)


def redact(text: str) -> str:
    """The text without secrets, on as many lines as it is."""
    if private := _PRIVATE.search(text):
        text = text[: private.start()] + "[private key]"
    text = _without_values(_JWT.sub("[token]", _ADDRESS.sub(_address, text)))
    return _BASE64.sub(_base64, text) if "=" in text or "%3D" in text else text


def _without_values(text: str) -> str:
    """`text` with something harmless in place of each value of a name, to its closing quote if it has one.

    A value may hold a name, too, whose own value goes on after it: then both go.
    """
    lower = _lower(text)
    ends: dict[object, int] = {}
    kept: list[str] = []
    at = done = 0
    while found := _STEMS.search(lower, at):
        at = found.end()
        for name, value, instead in _RULES[found.group()]:
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
    quote = text[start - 1]
    if quote in "\"'":
        if ends.get(quote, -1) < start:
            closing = text.find(quote, start)
            ends[quote] = closing if closing >= 0 else len(text)
        if ends[quote] < len(text):
            return ends[quote]
    if ends.get(value, -1) < start:
        plain = value.match(text, start)
        ends[value] = plain.end() if plain else start
    return ends[value]


def _lower(text: str) -> str:
    """In lower case, and as long: a few letters of other scripts have two in lower case."""
    lower = text.lower()
    if len(lower) == len(text):
        return lower
    return "".join(letter.lower() if letter.isascii() else letter for letter in text)


def _address(found: re.Match[str]) -> str:
    """An address without its query and without a user."""
    plain = re.split(r"[?#]", found.group(), maxsplit=1)[0]
    authority, slash, path = plain[3:].partition("/")
    user, at, host = authority.rpartition("@")
    return f"://{_REMOVED if user else ''}{at}{host}{slash}{path}"


def _base64(found: re.Match[str]) -> str:
    """Keys and signatures end in `=`; a long path or word of the same letters doesn't."""
    return _REMOVED if found.group().endswith(("=", "%3D")) else found.group()


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
