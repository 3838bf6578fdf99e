"""What the two upload protocols share: cutting files into pieces, and the meaning of the storage's answers."""

import re
from collections.abc import Iterable, Iterator, Mapping
from urllib.parse import parse_qsl, unquote

from ..redaction import clean
from ..settings import GUID
from .address import Address
from .port import Answer, Failure, Reply
from .replies import Exchange, retry_after

STORAGE_VERSION = {"x-ms-version": "2021-12-02"}

PIECE = 4 * 1024 * 1024
"""Bytes of a file in memory at a time."""

_KIND = {
    # Expired, revoked, or the container is gone: only a fresh address can cure it.
    401: Answer.FORBIDDEN,
    403: Answer.FORBIDDEN,
    404: Answer.FORBIDDEN,
    # Leased, being deleted, changed meanwhile, slow: it passes.
    408: Answer.UNAVAILABLE,
    409: Answer.UNAVAILABLE,
    412: Answer.UNAVAILABLE,
    429: Answer.THROTTLED,
}
_CODE = re.compile(r"(?:[A-Za-z]|Md5|Crc64){1,80}")
"""An error code (learn.microsoft.com, "Common REST API error codes" and "Blob service error codes")."""
_KEY = 8
"""Letters from which on a value of an address may be a key."""

_CROSSED = frozenset({"InvalidBlockList", "InvalidBlobOrBlock", "InvalidFlushPosition", "InvalidAppendPosition"})
"""400s that come of the same file being written twice at once; the next try is alone."""


def pieces(chunks: Iterable[bytes], size: int) -> Iterator[bytes]:
    """`chunks` cut anew: all but the last piece have `size` bytes, none is empty."""
    held = bytearray()
    for chunk in chunks:
        view = memoryview(chunk)
        while view:
            taken = view[: size - len(held)]
            held += taken
            view = view[len(taken) :]
            if len(held) == size:
                yield bytes(held)
                held.clear()
    if held:
        yield bytes(held)


def stored(result: Exchange | Reply[None], address: Address) -> Reply[None]:
    """What the storage's answer to a request to `address` means.

    Its body isn't used, and no header that is not of the documented shape or holds a value of the address's query:
    they may quote the request, whose address is a key.
    """
    if isinstance(result, Reply) or result.good:
        return result if isinstance(result, Reply) else Reply(Answer.OK)
    client_fault = 400 <= result.status < 500
    answer = _KIND.get(result.status, Answer.BAD_REQUEST if client_fault else Answer.UNAVAILABLE)
    headers = _without_echoes(result.headers, address)
    code = _shaped(_CODE, headers, "x-ms-error-code") or ""
    if code in _CROSSED:
        answer = Answer.UNAVAILABLE
    code = code or answer.value
    message = clean(f"{result.asked} answered {result.status}: {code}")
    failure = Failure(code, message, _shaped(GUID, headers, "x-ms-request-id"))
    return Reply(answer, failure=failure, retry_after=retry_after(headers))


def _shaped(shape: re.Pattern[str], headers: Mapping[str, str], name: str) -> str | None:
    found = headers.get(name, "")
    return found if shape.fullmatch(found) else None


def _without_echoes(headers: Mapping[str, str], address: Address) -> dict[str, str]:
    values = [value.strip("=") for _, value in parse_qsl(address.query)]
    secrets = [value for value in values if len(value) >= _KEY]
    return {
        name: text for name, text in headers.items() if not any(one in text or one in unquote(text) for one in secrets)
    }


def expired(name: str) -> Reply[None]:
    """The address is past its time: as if it had been refused, for only a fresh one can cure it."""
    failure = Failure("sessionExpired", clean(f"upload of {name}: the time of the upload address is over"))
    return Reply(Answer.FORBIDDEN, failure=failure)


def wrong_size(name: str) -> Reply[None]:
    return Reply(
        Answer.UNAVAILABLE,
        failure=Failure("wrongSize", f"upload of {name}: its length changed while it was read"),
    )
