"""The one redaction: no signature, token, key or query string gets into a message that people read, or into a log."""

import logging
import re
from typing import Any

LONGEST = 300
"""Characters of a failure message."""

_BLANKS = re.compile(r"[\x00-\x20\x7f\x85\u2028\u2029]+")
_RULES: tuple[tuple[re.Pattern[str], str], ...] = (
    (re.compile(r"([a-z][a-z0-9+.-]*://[^\s?#\"'<>]*)[?#][^\s\"'<>]*", re.IGNORECASE), r"\1"),
    (re.compile(r"\beyJ[\w-]+(\.[\w-]*)*"), "[token]"),
    (re.compile(r"\b(bearer)\s+[\w.~+/=-]+", re.IGNORECASE), r"\1 [token]"),
    (
        re.compile(
            r"\b(sig|signature|access_token|client_secret|accountkey)(\W{1,4})[^&\s\"'<>,;]+",
            re.IGNORECASE,
        ),
        r"\1\2[removed]",
    ),
)
_NOISY = ("azure", "msal", "urllib3")


def clean(text: str, limit: int = LONGEST) -> str:
    """`text` on one line, at most `limit` long, without secrets."""
    text = _BLANKS.sub(" ", text[: limit * 20])  # a garbage body may be long; the rules needn't read all of it
    text = redact(text).strip()
    return text if len(text) <= limit else text[: limit - 1] + "…"


def redact(text: str) -> str:
    """The text without secrets, as long and on as many lines as it is."""
    for pattern, replacement in _RULES:
        text = pattern.sub(replacement, text)
    return text


def redact_logs() -> None:
    """Redact every log record of the process from now on, whoever logs it; doing it again changes nothing."""
    before = logging.getLogRecordFactory()
    if getattr(before, "redacts", False):
        return

    def make(*args: Any, **kwargs: Any) -> logging.LogRecord:
        record = before(*args, **kwargs)
        try:
            text = record.getMessage()
        except (TypeError, ValueError, KeyError):
            return record  # arguments that don't fit: logging reports that in its own way
        if (clean_text := redact(text)) != text:
            record.msg, record.args = clean_text, ()
        return record

    make.redacts = True  # type: ignore[attr-defined]
    logging.setLogRecordFactory(make)
    for name in _NOISY:
        logging.getLogger(name).setLevel(logging.WARNING)
