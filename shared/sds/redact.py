"""Keeps secrets out of what people read: failure messages and the HTTP library's own log lines."""

import logging
import re

LONGEST = 300
"""Characters of a failure message."""

_RULES: tuple[tuple[re.Pattern[str], str], ...] = (
    (re.compile(r"[\x00-\x20\x7f\x85\u2028\u2029]+"), " "),
    (re.compile(r"([a-z][a-z0-9+.-]*://[^\s?#\"'<>]*)[?#][^\s\"'<>]*", re.IGNORECASE), r"\1"),
    (re.compile(r"\beyJ[\w-]+(\.[\w-]*)*"), "[token]"),
    (re.compile(r"\b(bearer)\s+[\w.~+/=-]+", re.IGNORECASE), r"\1 [token]"),
    (
        re.compile(r"\b(sig|signature|access_token|client_secret)(\W{1,4})[^&\s\"'<>,]+", re.IGNORECASE),
        r"\1\2[removed]",
    ),
)


def clean(text: str, *secrets: str, limit: int = LONGEST) -> str:
    """`text` on one line, at most `limit` long, without tokens, signatures, query strings and `secrets`."""
    text = text[: limit * 20]  # a garbage body may be long; the rules needn't read all of it
    for secret in filter(None, secrets):
        text = text.replace(secret, "[removed]")
    for pattern, replacement in _RULES:
        text = pattern.sub(replacement, text)
    text = text.strip()
    return text if len(text) <= limit else text[: limit - 1] + "…"


class Cleaned(logging.Filter):
    """Cleans whole log lines: httpx logs whole addresses, httpcore whole response headers."""

    def filter(self, record: logging.LogRecord) -> bool:
        record.msg, record.args = clean(record.getMessage(), limit=2000), ()
        return True


_cleaned = Cleaned()
_LOGGERS = ("httpx", "httpcore.connection", "httpcore.http11", "httpcore.http2", "httpcore.proxy")


def quiet_logs() -> None:
    """Puts the filter on the HTTP library's loggers; doing it again changes nothing."""
    for name in _LOGGERS:
        logging.getLogger(name).addFilter(_cleaned)
