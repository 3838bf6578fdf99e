"""Requests to Graph: where tokens go, what each request says, and one new token after a 401."""

import logging
import uuid
from collections.abc import Mapping
from datetime import UTC, datetime, timedelta
from typing import Any

from ..redaction import clean
from .address import Address
from .http import Wire
from .parsing import Fields, json_object, section, text
from .port import Answer, Failure, Reply
from .replies import Exchange, failed, object_of, service_time
from .token import Tokens
from .words import words

_LOG = logging.getLogger(__name__)
_DIAGNOSTIC = "x-ms-ags-diagnostic"
_FOR_SUPPORT = ("request-id", "date", _DIAGNOSTIC)
"""Microsoft's support asks for these and for the client-request-id."""
_SERVER = ("DataCenter", "Slice", "Ring", "ScaleUnit", "RoleInstance")
"""What the diagnostic says of the server (learn.microsoft.com, "Microsoft Graph error responses")."""


FOREIGN: Reply[Any] = Reply(
    Answer.UNAVAILABLE,
    failure=Failure("foreignLink", "a link led away from what was asked for; not followed"),
)


class Graph:
    """Graph under one root. Tokens go to this scheme, host and port, to paths below `api` under the root, and nowhere
    else."""

    def __init__(self, root: str, api: str, tokens: Tokens, wire: Wire) -> None:
        address = Address.read(root.rstrip("/"))
        if address is None:
            raise ValueError("the Graph root is no address")
        self._origin = address.origin
        self._base = root.rstrip("/")
        self._root = address.path.rstrip("/")
        self._below = self._root + api
        self._tokens = tokens
        self._wire = wire
        self._ahead = timedelta(0)

    def locate(self, target: str) -> Address | None:
        """The address of a path below the root, or of an absolute link; None if it leads elsewhere."""
        address = Address.read(self._base + target if target.startswith("/") else target)
        return address if address is not None and self._is_ours(address) else None

    def _is_ours(self, address: Address) -> bool:
        start, rest = address.path[: len(self._below)], address.path[len(self._below) :]
        below = start.lower() == self._below.lower() and rest[:1] in ("", "/", "(")
        return below and address.origin == self._origin

    def goes_on(self, link: str, *parts: str) -> bool:
        """Whether a link leads to a page of one list: each part stands in its path, the last at the end.

        Another list below the root is another profile's, or no list of the kind.
        """
        address = self.locate(link) if link.lower().startswith("http") else None
        path = address.folder.lower() if address is not None else ""
        return all(part.lower() in path for part in parts) and path.endswith(parts[-1].lower())

    def exchange(self, method: str, target: str, *, again: bool = True) -> Exchange | Reply[Any]:
        """One request with a token; after a 401, `again` with a new token. A reply is a failure."""
        address = self.locate(target)
        if address is None:
            return FOREIGN
        for last in (False, True):
            token = self._tokens.get()
            if isinstance(token, Reply):
                return token
            sent = str(uuid.uuid4())
            result = self._wire.send(method, address, _headers(token, sent))
            if isinstance(result, Exchange) and (told := service_time(result.headers)) is not None:
                self._ahead = told - datetime.now(UTC)
            if isinstance(result, Exchange) and result.status == 401 and not last:
                self._tokens.renew()
                if again:
                    continue
            if isinstance(result, Exchange) and token:
                result = _without(token, result)
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
        found = Address(*self._origin, asked, "").joined(link) if link else None
        return found.path[len(self._root) :] if found is not None and self._is_ours(found) else None

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
        if isinstance(result, Reply):
            _LOG.info("%s; client-request-id %s", result.failure.message if result.failure else "", sent)
            return
        _LOG.info("%s: %s; client-request-id %s; %s", clean(result.asked), result.status, sent, _told(result.headers))


def _without(token: str, result: Exchange) -> Exchange:
    """The answer without what it echoes of the request."""
    headers = {name: value.replace(token, "[token]") for name, value in result.headers.items()}
    return result._replace(headers=headers, body=result.body.replace(token.encode(), b"[token]"))


def _told(headers: Mapping[str, str]) -> dict[str, str]:
    named = {name: words(headers[name], 200) for name in _FOR_SUPPORT if name in headers}
    if _DIAGNOSTIC in headers and (fields := json_object(headers[_DIAGNOSTIC].encode(errors="replace"))) is not None:
        # JSON's own quotes quote nothing: each value is looked at by itself.
        server = section(fields, "ServerInfo")
        given = [(name, text(server, name)) for name in _SERVER]
        named[_DIAGNOSTIC] = ", ".join(f"{name} {words(value, 60)}" for name, value in given if value)
    return named


def _headers(token: str, client_request_id: str) -> dict[str, str]:
    return {
        "Authorization": f"Bearer {token}",
        "Accept": "application/json",
        "client-request-id": client_request_id,
        "Prefer": "include-unknown-enum-members",
    }
