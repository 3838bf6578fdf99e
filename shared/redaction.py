"""The one redaction: no signature, token, key or query string gets into a message that people read, or into a log.

Every rule takes time in proportion to the text, whatever the text is: a pattern either has a bounded length or takes
all that it has looked at.
"""

import base64
import logging
import re
import traceback
from typing import Any

from . import secret_forms as forms
from .decoded import decoded
from .secret_runs import without_runs
from .text import visible

LONGEST = 300
"""Characters of a failure message."""
LONGEST_RECORD = 100_000
"""Characters of a log record that are looked at; what is beyond is left out."""

_BLANKS = re.compile(r"[\x00-\x20\x7f\x85\u2028\u2029]+")
_QUERY = re.compile(r"[?#]")
_AUTHORITY = re.compile(r"[^/\\]*")
_HOST_PORT = re.compile(r"(?:\[[^\]]*\]|[^:]*)(?::\d*\W*)?")
_PRIVATE_KEY = re.compile(r"-{4,5} ?BEGIN [A-Z0-9 ]{0,40}PRIVATE KEY|PuTTY-User-Key-File")
_JWT = re.compile(r"eyJ[\w-]{4,}+(?:(?:\s|\\{1,16}[nr]){0,4}\.[\w-]*+)*+")
_ADDRESS = re.compile(r"//(?P<rest>[^\s\"'<>]*)")
_PASSWORD_AT = re.compile(r""":[^\s"'<>@/\\]{1,100}+@(?=[\w\[])""")
_BASIC = re.compile(r"(?<![A-Za-z0-9])basic[\s+]{1,8}+[\"']?(?P<word>[A-Za-z0-9+/_-]{4,2000}+)={0,2}+", re.IGNORECASE)
_MARK = re.compile(r"\[?(?:removed|token)\](?![\w%+/=.~-])")
_ENCODED_QUOTE = re.compile(
    r"%(?:25){0,60}+2[27]|&(?:amp;){0,60}+(?:quot|apos|#0{0,6}3[49]|#[xX]0{0,6}2[27]);|\\{1,60}+(?:u00|x)2[27]"
)
_ENTITY = re.compile(r"&(?:amp;){0,8}(?:#?\w{1,8})?;")
_LONGEST_ENTITY = 50
_DEEPEST = 8
"""Backslashes before a quote that are told apart."""
_INDENT = 8
"""Blanks between a quote and its value."""
_BEFORE = 40
"""Quotes, blanks and brackets before a value that are looked at."""

_QUOTES_AND_BLANKS = "\"'`\\ \t\r\n"

_NOISY = ("azure", "httpcore", "msal", "urllib3")


def clean(text: str, limit: int = LONGEST) -> str:
    """`text` on one line, at most `limit` long, without secrets and without anything that a terminal acts on."""
    text = text[: limit * 20]  # a garbage body may be long; the rules needn't read all of it
    told = redact(text)
    if (line := _BLANKS.sub(" ", told)) != told:
        line = redact(line)
    return visible(line.strip(), limit)


def redact(text: str) -> str:
    """The text without secrets, on as many lines as it is. If it had one that was encoded, its encoding is undone."""
    return _redact(text, 0)


def _redact(text: str, depth: int) -> str:
    told = _without_named(text)
    plain = decoded(told)
    if plain is not told:
        clearer = _without_unnamed(_without_named(plain), depth)
        if clearer != plain:
            return clearer
    return _without_unnamed(told, depth)


def _without_named(text: str) -> str:
    if private := _PRIVATE_KEY.search(text):
        text = text[: private.start()] + "[private key]"
    text = _without_values(_ADDRESS.sub(_address, text))
    if "@" in text:
        text = _PASSWORD_AT.sub(f":{forms.REMOVED}@", text)
    return _BASIC.sub(_basic, text) if "basic" in text.lower() else text


def _without_unnamed(text: str, depth: int) -> str:
    """What has no end but by its looks is found in the decoded text alone: there it is whole."""
    return without_runs(_JWT.sub("[token]", text), _redact, depth)


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
            end = _end_of_first(text, start, value, ends)
            mark = _MARK.match(text, start - 1) or _MARK.match(text, start)
            if mark and end <= mark.end():
                continue
            end = _end_in_brackets(text, start, end, ends)
            if _goes_on_encoded(text, start, end):
                break
            if end > max(start, done):
                kept += (text[done:start], instead) if start >= done else ()
                done = end
                break
    return "".join((*kept, text[done:])) if kept else text


def _goes_on_encoded(text: str, start: int, end: int) -> bool:
    """Whether only the decoded text shows where the value ends."""
    return bool(_ENCODED_QUOTE.match(text, start) or _ENTITY.search(text, max(start, end - _LONGEST_ENTITY), end + 1))


def _end_of_first(text: str, start: int, value: re.Pattern[str], ends: dict[object, int]) -> int:
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


def _end_in_brackets(text: str, start: int, end: int, ends: dict[object, int]) -> int:
    """Where the last value ends, if there are more in the brackets that the first one is in."""
    if bracket := _bracket(text, start):
        closing = _nearest(text, bracket, end, ends)
        if closing < len(text) and text[end:closing].strip(_QUOTES_AND_BLANKS):
            return closing
    return end


def _bracket(text: str, start: int) -> str | None:
    """What closes the outermost bracket that stands right before a value."""
    closing = None
    for character in reversed(text[max(0, start - _BEFORE) : start]):
        if character in forms.BRACKETS:
            closing = forms.BRACKETS[character]
        elif character not in _QUOTES_AND_BLANKS:
            break
    return closing


def _nearest(text: str, closing: str, start: int, ends: dict[object, int]) -> int:
    if ends.get(closing, -1) < start:
        found = text.find(closing, start)
        ends[closing] = found if found >= 0 else len(text)
    return ends[closing]


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
    """An address without its query and without a user."""
    return "//" + _shown_address(found["rest"])


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


def _basic(found: re.Match[str]) -> str:
    """Only what is a user and a password: `basic` is a word of prose, too."""
    word = found["word"]
    try:
        plain = base64.urlsafe_b64decode(word.replace("+", "-").replace("/", "_") + "=" * (-len(word) % 4))
    except ValueError:
        return found.group()
    return f"{found.group()[:5]} [token]" if b":" in plain else found.group()


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
