"""HTTP, to Graph and to the upload storage alike: one request, one answer; nothing sleeps, nothing is followed."""

import functools
import ssl
import time
from collections.abc import Mapping
from typing import Any

import httpx

from .. import VERSION
from ..redaction import redact_logs
from .port import Reply
from .replies import Exchange, unavailable

TIMEOUT = httpx.Timeout(connect=10, read=60, write=60, pool=10)
LONGEST_ANSWER = 120.0
"""Seconds from sending a request to the last byte of its answer: dripping bytes never meet a read timeout."""
LARGEST_ANSWER = 16 * 1024 * 1024


@functools.cache
def _tls() -> ssl.SSLContext:
    """Reading the certificates takes most of the time that a client takes to make; they are read once a process."""
    return httpx.create_ssl_context()


class Wire:
    """One httpx client: connections are reused, timeouts are set, redirects are not followed."""

    def __init__(
        self, scheme: str, transport: httpx.BaseTransport | None = None, timeout: httpx.Timeout = TIMEOUT
    ) -> None:
        redact_logs()
        self._client = httpx.Client(
            transport=transport,
            timeout=timeout,
            verify=_tls(),
            follow_redirects=False,
            # HTTPS_PROXY only tunnels, so it is honoured; a proxy for plain http would read the token.
            trust_env=scheme == "https",
            headers={"User-Agent": f"rosterdrop/{VERSION}"},
        )

    def send(
        self,
        method: str,
        url: httpx.URL,
        headers: Mapping[str, str],
        content: bytes = b"",
        shown: str | None = None,
    ) -> Exchange | Reply[Any]:
        """One request. A reply is a failure: no whole answer came. `shown`: the address to tell people."""
        asked = f"{method} {shown if shown is not None else url.path}"
        deadline = time.monotonic() + LONGEST_ANSWER
        # httpx's request and response refer to each other and live until the next garbage collection. An iterator
        # lets go of the content as it is sent, so a large upload doesn't pile up its pieces.
        sending = iter((content,)) if content else None
        sized = {**headers, "Content-Length": str(len(content))} if content else headers
        try:
            with self._client.stream(method, url, headers=sized, content=sending) as response:
                body = bytearray()
                for chunk in response.iter_bytes():
                    body += chunk
                    if len(body) > LARGEST_ANSWER or time.monotonic() > deadline:
                        return unavailable(asked, "the answer was too long or too slow", response.headers)
                return Exchange(asked, response.status_code, response.headers, bytes(body))
        except (httpx.ConnectError, httpx.ConnectTimeout, httpx.PoolTimeout) as error:
            return unavailable(asked, f"no connection, nothing was sent ({type(error).__name__})", code="notSent")
        except httpx.TimeoutException as error:
            return unavailable(asked, f"no answer in time ({type(error).__name__})")
        except (httpx.HTTPError, httpx.InvalidURL, httpx.StreamError, OSError, UnicodeError) as error:
            # Only the kind: an exception's text may quote the address, and an upload address is a key.
            return unavailable(asked, f"no answer ({type(error).__name__})")

    def close(self) -> None:
        self._client.close()
