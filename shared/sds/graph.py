"""Requests to Graph: where tokens go, what each request says, and one new token after a 401."""

import logging
import uuid
from datetime import UTC, datetime, timedelta
from typing import Any

import httpx

from .http import Wire
from .parsing import Fields
from .port import Answer, Failure, Reply
from .replies import Exchange, failed, object_of, service_time
from .token import Tokens

_LOG = logging.getLogger(__name__)


class Graph:
    """Graph under one root. Tokens go to this scheme, host, port and path, and nowhere else."""

    def __init__(self, root: str, tokens: Tokens, wire: Wire) -> None:
        self._root = httpx.URL(root)
        self._base = root.rstrip("/")
        self._tokens = tokens
        self._wire = wire
        self._ahead = timedelta(0)

    def locate(self, target: str) -> httpx.URL | None:
        """The address of a path below the root, or of an absolute link; None if a link leads elsewhere."""
        try:
            url = httpx.URL(self._base + target if target.startswith("/") else target)
        except (httpx.InvalidURL, ValueError, UnicodeError):
            return None
        same_place = (url.scheme, url.host, _port(url)) == (
            self._root.scheme,
            self._root.host,
            _port(self._root),
        )
        root_path = self._root.path.rstrip("/").lower() + "/"
        below = url.path.lower().startswith(root_path) and "\\" not in url.path and "/.." not in url.path
        return url.copy_with(fragment=None) if same_place and below and not url.userinfo else None

    def exchange(self, method: str, target: str, *, again: bool = True) -> Exchange | Reply[Any]:
        """One request with a token; after a 401, `again` with a new token. A reply is a failure."""
        url = self.locate(target)
        if url is None:
            return Reply(
                Answer.UNAVAILABLE,
                failure=Failure("foreignLink", "a link led away from the Graph root; not followed"),
            )
        for last in (False, True):
            token = self._tokens.get()
            if isinstance(token, Reply):
                return token
            sent = str(uuid.uuid4())
            result = self._wire.send(method, url, _headers(token, sent))
            if isinstance(result, Exchange) and (told := service_time(result.headers)) is not None:
                self._ahead = told - datetime.now(UTC)
            if isinstance(result, Exchange) and result.status == 401 and not last:
                self._tokens.renew()
                if again:
                    continue
            if isinstance(result, Exchange) and token and token.encode() in result.body:  # an echo of the request
                result = result._replace(body=result.body.replace(token.encode(), b"[token]"))
            self._log(result, sent)
            return result
        raise AssertionError

    def read(self, target: str) -> Fields | Reply[Any]:
        """GET a JSON object. A reply is a failure: any other status, or a body that is something else."""
        result = self.exchange("GET", target)
        if isinstance(result, Reply):
            return result
        return object_of(result) if result.good else failed(result)

    def path_below(self, link: str, asked: str) -> str | None:
        """The path below the root that `link` names, without a query; it may be relative to the path `asked` for."""
        try:
            url = self.locate(str(self._root.join(asked).join(link))) if link else None
        except (httpx.InvalidURL, ValueError, UnicodeError):
            url = None
        if url is None:
            return None
        path = url.raw_path.decode("ascii").partition("?")[0]
        return path[len(self._root.raw_path.decode("ascii").rstrip("/")) :]

    def now(self) -> datetime:
        """The time by the service's clock, as far as its answers told it: its own times are compared with this."""
        return datetime.now(UTC) + self._ahead

    def tenant(self) -> str | None:
        """The tenant that the token is for, if it can be read."""
        return self._tokens.tenant()

    def close(self) -> None:
        self._tokens.close()
        self._wire.close()

    def _log(self, result: Exchange | Reply[Any], sent: str) -> None:
        # Microsoft's support asks for these four (client-request-id, request-id, Date, x-ms-ags-diagnostic).
        if isinstance(result, Reply):
            _LOG.info("%s; client-request-id %s", result.failure.message if result.failure else "", sent)
            return
        named = {name: result.headers.get(name) for name in ("request-id", "date", "x-ms-ags-diagnostic")}
        _LOG.info("%s: %s; client-request-id %s; %s", result.asked, result.status, sent, named)


def _port(url: httpx.URL) -> int | None:
    return url.port or {"https": 443, "http": 80}.get(url.scheme)


def _headers(token: str, client_request_id: str) -> dict[str, str]:
    return {
        "Authorization": f"Bearer {token}",
        "Accept": "application/json",
        "client-request-id": client_request_id,
        "Prefer": "include-unknown-enum-members",
    }
