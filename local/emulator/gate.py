"""The ASGI app: faults, token check, routing and the request log around every request."""

import asyncio
import ipaddress
import logging
from typing import Protocol

from starlette.requests import ClientDisconnect, Request
from starlette.responses import PlainTextResponse, Response
from starlette.types import Receive, Scope, Send

from .abort import reset_connection
from .call import Call, GraphError
from .clock import stamp
from .faults import Faults, answer_of, answers
from .log import Entry, RequestLog
from .paths import address_of
from .specs import Fault
from .state import State

_LOG = logging.getLogger(__name__)


class Tokens(Protocol):
    """What the emulator needs of a token issuer."""

    def check(self, authorization_header: str | None, resource: str) -> bool: ...

    def revoke_all(self) -> None: ...


class Area(Protocol):
    """A part of the emulator with routes of its own."""

    def keys(self, path: str) -> dict[str, str]: ...

    async def answer(self, call: Call) -> Response: ...


class Gate:
    """Graph, the upload storage and the control API at one address, told apart by the path's first segment."""

    def __init__(
        self,
        state: State,
        tokens: Tokens,
        resource: str,
        faults: Faults,
        log: RequestLog,
        graph: Area,
        control: Area,
        storage: Area,
    ) -> None:
        self._state = state
        self._tokens = tokens
        self._resource = resource
        self._faults = faults
        self._log = log
        self._graph = graph
        self._control = control
        self._storage = storage

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] != "http":
            return
        request = Request(scope, receive)
        call = Call(self._state, request, address_of(scope["path"]))
        if call.address.path.startswith("/control"):
            response = await self._controlled(call)
        else:
            answered = await self._served(call)
            if answered is None:
                await reset_connection(send, receive)
                return
            response = answered
        await response(scope, receive, send)

    async def _controlled(self, call: Call) -> Response:
        client = call.request.client
        if client is None or not ipaddress.ip_address(client.host).is_loopback:
            return PlainTextResponse("the control API is for this machine only", 403)
        return await self._control.answer(call)

    async def _served(self, call: Call) -> Response | None:
        """The answer to a request of Graph or of the upload storage; None to reset the connection."""
        request, arrived = call.request, self._state.clock()
        area = self._graph if call.address.path.startswith("/beta/") else self._storage
        subject = self._state.subject(area.keys(call.address.path))
        fault = self._faults.match(request.method, request.url.path, call.address.path)
        try:
            response = await (self._misbehave(call, area, fault) if fault else self._work(call, area))
        except ClientDisconnect:
            response = None
        except Exception:  # noqa: BLE001 - whatever breaks, a service answers with a 500
            _LOG.exception("%s %s failed inside of the emulator", request.method, call.address.path)
            response = call.error(GraphError(500, "InternalServerError", "The emulator failed; see its log."))
        self._log.add(
            Entry(
                time=stamp(arrived),
                method=request.method,
                path=request.url.path,
                plain=call.address.path,
                status=response.status_code if response else None,
                profile=subject.profile,
                phase=subject.phase,
                sync=subject.sync,
                request_id=call.request_id,
                client_request_id=request.headers.get("client-request-id"),
                fault=fault.name if fault else None,
            )
        )
        return response

    async def _work(self, call: Call, area: Area) -> Response:
        if area is self._graph and not self._tokens.check(call.request.headers.get("authorization"), self._resource):
            text = "Access token has expired or is not yet valid, is missing, or is for another resource."
            challenge = {"WWW-Authenticate": 'Bearer realm="", authorization_uri="http://127.0.0.1/authorize"'}
            return call.error(GraphError(401, "InvalidAuthenticationToken", text, challenge))
        return await area.answer(call)

    async def _misbehave(self, call: Call, area: Area, fault: Fault) -> Response | None:
        if fault.revoke_tokens:
            self._tokens.revoke_all()
        call.expired_sas = fault.expired_sas
        if not answers(fault):
            await asyncio.sleep(fault.delay)
            return await self._work(call, area)
        worked = await self._work(call, area) if fault.work else None
        await asyncio.sleep(fault.delay)
        return None if fault.reset else answer_of(fault, call, worked)
