"""The one redaction filter: no SAS signature, bearer token or account key gets into a log, whoever logs it."""

import logging
import re
from typing import Any

_SECRET = re.compile(r"(?i)(\bsig=|\bbearer\s+|accountkey=)[^&\s\"']+")
_NOISY = ("azure", "httpx", "httpcore", "urllib3", "msal")


def redact(text: str) -> str:
    """The text with every secret replaced by a word."""
    return _SECRET.sub(r"\1REDACTED", text)


def redact_logs() -> None:
    """Redact every log record of the process from now on, and quieten libraries that log each request."""
    before = logging.getLogRecordFactory()
    if getattr(before, "redacts", False):
        return

    def make(*args: Any, **kwargs: Any) -> logging.LogRecord:
        record = before(*args, **kwargs)
        text = record.getMessage()
        if (clean := redact(text)) != text:
            record.msg, record.args = clean, ()
        return record

    make.redacts = True  # type: ignore[attr-defined]
    logging.setLogRecordFactory(make)
    for name in _NOISY:
        logging.getLogger(name).setLevel(logging.WARNING)
