"""HTTP, to Graph and to the upload storage alike: one request, one answer; nothing sleeps, nothing is followed.

httpcore, the engine below httpx, gives an answer as it was sent: nothing is decompressed, redirected or remembered.
"""

import functools
import ssl
import threading
from collections.abc import Iterable, Mapping
from contextlib import closing
from typing import Any, NamedTuple
from urllib.parse import unquote, urlsplit

import httpcore

from .. import VERSION
from ..redaction import redact_logs
from .address import Address
from .network import Budget, BudgetNetwork, TooMuch, spending
from .port import Reply
from .replies import Exchange, unavailable

LARGEST_HEAD = 256 * 1024
LARGEST_ANSWER = 4 * 1024 * 1024
"""Bytes of an answer as they come. Read as JSON they take up to 25 times as many."""


class Patience(NamedTuple):
    """Seconds: for a connection, for a silence, and for all of an exchange from its first step to its last byte."""

    connect: float = 10
    silence: float = 60
    whole: float = 120


@functools.cache
def _tls() -> ssl.SSLContext:
    """The system's authorities (`SSL_CERT_FILE`, too) and Mozilla's. Reading them takes long: once a process."""
    import certifi

    context = ssl.create_default_context()
    context.load_verify_locations(cafile=certifi.where())
    return context


class Wire:
    """Connections that are kept and reused. `proxied`: HTTPS_PROXY is honoured, which only tunnels; no other is."""

    def __init__(self, *, proxied: bool, patience: Patience | None = None) -> None:
        redact_logs()
        self._proxied = proxied
        self._patience = patience or Patience()
        self._pools: dict[str, httpcore.ConnectionPool] = {}
        self._lock = threading.Lock()

    def send(
        self,
        method: str,
        address: Address,
        headers: Mapping[str, str],
        content: bytes = b"",
        shown: str | None = None,
    ) -> Exchange | Reply[Any]:
        """One request. A reply is a failure: no whole answer came. `shown`: the address to tell people."""
        asked = f"{method} {shown if shown is not None else address.path}"
        heard: Mapping[str, str] | None = None
        try:
            request, pool = self._request(method, address, headers, content), self._pool(address)
        except (ValueError, httpcore.UnsupportedProtocol) as error:
            return unavailable(asked, f"it can't be sent like this ({type(error).__name__})", code="notSent")
        budget = Budget(self._patience.whole, LARGEST_HEAD)
        try:
            with spending(budget), closing(pool.handle_request(request)) as response:
                heard = _named(response.headers)
                if budget.left == LARGEST_HEAD:  # nothing was read: it lay behind the last answer of this connection
                    return unavailable(asked, "what came was there before the question: it answers another one")
                if heard.get("content-encoding", "").strip().lower() not in ("", "identity"):
                    return unavailable(asked, "the answer is compressed, which nobody asked for", heard)
                budget.left = LARGEST_ANSWER
                assert isinstance(response.stream, Iterable)
                return Exchange(asked, response.status, heard, b"".join(response.stream))
        except (
            httpcore.ConnectError,
            httpcore.ConnectTimeout,
            httpcore.PoolTimeout,
            httpcore.ProxyError,
            httpcore.LocalProtocolError,
        ) as error:
            return unavailable(asked, f"no connection, nothing was sent ({type(error).__name__})", code="notSent")
        except TooMuch:
            return unavailable(asked, "the answer was too long", heard)
        except httpcore.TimeoutException as error:
            return unavailable(asked, f"no answer in time ({type(error).__name__})", heard)
        except (httpcore.NetworkError, httpcore.ProtocolError, OSError) as error:
            # Only the kind: an exception's text may quote the address, and an upload address is a key.
            return unavailable(asked, f"no answer ({type(error).__name__})", heard)

    def close(self) -> None:
        with self._lock:
            pools, self._pools = self._pools, {}
        for pool in pools.values():
            pool.close()

    def _request(self, method: str, address: Address, headers: Mapping[str, str], content: bytes) -> httpcore.Request:
        """Raises ValueError for a header that isn't ASCII."""
        always = {
            "Host": address.authority,
            "User-Agent": f"rosterdrop/{VERSION}",
            "Accept-Encoding": "identity",
        }
        if content or method != "GET":
            always["Content-Length"] = str(len(content))
        named = [(name.encode("ascii"), value.encode("ascii")) for name, value in (always | dict(headers)).items()]
        patience = self._patience
        timeouts = {"connect": patience.connect, "pool": patience.connect}
        return httpcore.Request(
            method,
            httpcore.URL(scheme=address.scheme, host=address.host, port=address.port, target=address.target),
            headers=named,
            # An iterator lets go of the content as it is sent, so a large upload doesn't pile up its pieces.
            content=iter((content,)) if content else None,
            extensions={"timeout": timeouts | {"read": patience.silence, "write": patience.silence}},
        )

    def _pool(self, address: Address) -> httpcore.ConnectionPool:
        secure = address.scheme == "https"
        proxy = _proxy(address.host) if secure and self._proxied else None
        with self._lock:
            key = proxy or address.scheme
            if key not in self._pools:
                self._pools[key] = _new_pool(_tls() if secure else None, proxy)
            return self._pools[key]


def _new_pool(tls: ssl.SSLContext | None, proxy: str | None) -> httpcore.ConnectionPool:
    return httpcore.ConnectionPool(
        ssl_context=tls,
        proxy=_tunnel(proxy) if proxy is not None else None,
        max_connections=100,
        max_keepalive_connections=20,
        keepalive_expiry=5,
        network_backend=BudgetNetwork(),
    )


def _tunnel(proxy: str) -> httpcore.Proxy:
    """Raises ValueError or UnsupportedProtocol for an address that can't be used."""
    parts = urlsplit(proxy)
    if parts.scheme != "http" or not parts.hostname:
        raise httpcore.UnsupportedProtocol("a proxy must be named by an http:// address")
    address = httpcore.URL(scheme="http", host=parts.hostname, port=parts.port or 80, target="/")
    if not parts.username:
        return httpcore.Proxy(address)
    return httpcore.Proxy(address, (unquote(parts.username).encode(), unquote(parts.password or "").encode()))


def _proxy(host: str) -> str | None:
    """The proxy that the environment names for https to this host."""
    from urllib.request import getproxies, proxy_bypass

    proxies = getproxies()
    proxy = proxies.get("https") or proxies.get("all")
    if not proxy or proxy_bypass(host):
        return None
    return proxy if "://" in proxy else f"http://{proxy}"


def _named(headers: list[tuple[bytes, bytes]]) -> dict[str, str]:
    """Headers by their name in lower case; those of one name are joined, as HTTP has it."""
    named: dict[str, str] = {}
    for name, value in headers:
        key, text = name.decode("latin-1").lower(), value.decode("latin-1")
        named[key] = f"{named[key]}, {text}" if key in named else text
    return named
