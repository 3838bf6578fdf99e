"""What an HTTP answer of Graph means: the one place where statuses, headers and error objects are read."""

import math
from collections.abc import Mapping
from datetime import UTC, datetime
from email.utils import parsedate_to_datetime
from typing import Any, NamedTuple

from ..redaction import clean
from .parsing import Fields, json_object, section, text
from .port import Answer, Failure, Reply
from .words import words

LONGEST_WAIT = 400 * 86_400.0
"""Seconds, as for every duration that can be set: more can't be added to a date."""

_KIND = {
    401: Answer.UNAUTHORIZED,
    403: Answer.FORBIDDEN,
    404: Answer.NOT_FOUND,
    408: Answer.UNAVAILABLE,  # the service gave up waiting for the request: a timeout, not a fault in it
    409: Answer.BUSY,
    423: Answer.BUSY,
    429: Answer.THROTTLED,
}


class Exchange(NamedTuple):
    """A request that got a whole answer. `asked` is its method and path, without the query."""

    asked: str
    status: int
    headers: Mapping[str, str]
    """Found in any case."""
    body: bytes

    @property
    def good(self) -> bool:
        return 200 <= self.status < 300


def object_of(result: Exchange) -> Fields | Reply[Any]:
    """The JSON object that a success holds. A reply is a failure."""
    fields = json_object(result.body)
    return garbage(result) if fields is None or isinstance(fields.get("error"), dict) else fields


def failed(result: Exchange) -> Reply[Any]:
    """The reply for an answer that isn't a success, by its status and Graph's error object."""
    wait = retry_after(result.headers)
    if result.status == 503 and wait is not None:
        answer = Answer.THROTTLED
    elif 400 <= result.status < 500:
        answer = _KIND.get(result.status, Answer.BAD_REQUEST)
    else:
        answer = Answer.UNAVAILABLE
    failure = failure_of(result, json_object(result.body) or {}, answer.value)
    return Reply(answer, failure=failure, retry_after=wait)


def failure_of(result: Exchange, fields: Fields, code: str) -> Failure:
    """Graph's error object as a failure; `code` stands in where Graph gives none."""
    error = section(fields, "error")
    given = words(text(error, "code") or "", limit=80)
    said = text(error, "message")
    parts = (f"{result.asked} answered {result.status}", given, said)
    message = words(": ".join(filter(None, parts)))
    return Failure(given or code, message, request_id(result.headers, error))


def garbage(result: Exchange, why: str = "the body is not what the service documents") -> Reply[Any]:
    """The reply for a success whose body can't be understood."""
    error = section(json_object(result.body) or {}, "error")
    said = text(error, "message")
    message = words(f"{result.asked} answered {result.status}, but {why}" + (f": {said}" if said else ""))
    return Reply(Answer.UNAVAILABLE, failure=Failure("garbage", message, request_id(result.headers, error)))


def unreadable(what: str) -> Reply[Any]:
    """The reply for a readable answer that lacks what it is for."""
    return Reply(Answer.UNAVAILABLE, failure=Failure("garbage", f"{what} can't be read from the service's answer"))


def too_much(what: str) -> Reply[Any]:
    """The reply for more than anybody asked for."""
    return Reply(Answer.UNAVAILABLE, failure=Failure("tooMuch", f"{what} has no end within bounds; it is not used"))


def unavailable(asked: str, why: str, headers: Mapping[str, str] | None = None, code: str = "noAnswer") -> Reply[Any]:
    """The reply for a request without a whole answer; `headers` are those of one that began.

    Code `notSent`: it can't have reached the service.
    """
    failure = Failure(code, clean(f"{asked}: {why}"), request_id(headers, {}) if headers is not None else None)
    return Reply(Answer.UNAVAILABLE, failure=failure, answered=headers is not None)


def service_time(headers: Mapping[str, str]) -> datetime | None:
    """When the service says it answered (`Date`). Years 1 and 9999 are no times: nothing can be counted from them."""
    read = _date(headers.get("date", ""))
    return read.astimezone(UTC) if read is not None and 1 < read.year < 9999 else None


def _date(value: str) -> datetime | None:
    try:
        read = parsedate_to_datetime(value)
    except (ValueError, TypeError, IndexError, OverflowError):
        return None
    return read if read.tzinfo else read.replace(tzinfo=UTC)


def request_id(headers: Mapping[str, str], error: Fields) -> str | None:
    """Graph's id of the request, from the header, else from the nested error objects (either spelling)."""
    found = headers.get("request-id") or headers.get("x-ms-request-id")
    for _ in range(5):
        error = section(error, "innerError") or section(error, "innererror")
        found = found or text(error, "request-id")
    return words(found, limit=100) if found else None


def retry_after(headers: Mapping[str, str]) -> float | None:
    """Seconds to wait, at most `LONGEST_WAIT`. Graph sends decimals ("2.128"); HTTP allows a date.

    Garbage and negatives are None.
    """
    value = headers.get("retry-after", "").strip()
    try:
        seconds = float(value)
    except ValueError:
        then = _date(value)
        now = service_time(headers) or datetime.now(UTC)  # the service's clock if it is told; ours may be off
        return min(max(0.0, (then - now).total_seconds()), LONGEST_WAIT) if then else None
    return min(seconds, LONGEST_WAIT) if math.isfinite(seconds) and seconds >= 0 else None
