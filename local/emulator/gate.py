"""The ASGI app: faults, token check, routing and the request log around every request."""

import asyncio
import ipaddress
import logging
from contextlib import suppress
from email.utils import formatdate
from typing import Protocol

from starlette.requests import ClientDisconnect, Request
from starlette.responses import PlainTextResponse, Response
from starlette.types import Receive, Scope, Send

from .call import Call, GraphError
from .clock import stamp
from .door import Door
from .faults import Faults
from .inflow import Inflow
from .log import Entry, RequestLog
from .paths import address_of
from .specs import Fault
from .spoilt import answer_of, answers, marked
from .state import State
from .wire import gone, head_of, reset_connection, without_date, write_raw

_LOG = logging.getLogger(__name__)
_HONEST = Fault()


class Area(Protocol):
    """A part of the emulator with routes of its own."""

    def keys(self, path: str) -> dict[str, str]: ...

    async def answer(self, call: Call) -> Response: ...


class Gate:
    """Graph, the upload storage and the control API at one address, told apart by the path's first segment."""

    def __init__(
        self, state: State, door: Door, faults: Faults, log: RequestLog, graph: Area, control: Area, storage: Area
    ) -> None:
        self._state = state
        self._door = door
        self._faults = faults
        self._log = log
        self._graph = graph
        self._control = control
        self._storage = storage

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] != "http":
            return
        inflow = Inflow(receive)
        call = Call(self._state, Request(scope, inflow), address_of(scope["path"]))
        if call.address.path.startswith("/control"):
            await (await self._controlled(call))(scope, receive, send)
            return
        fault = self._faults.match(call.request.method, call.request.url.path, call.address.path) or _HONEST
        inflow.most = fault.cut_request
        response = await self._served(call, fault, inflow)
        await _deliver(response, fault, scope, receive, send)

    async def _controlled(self, call: Call) -> Response:
        client = call.request.client
        if client is None or not ipaddress.ip_address(client.host).is_loopback:
            return PlainTextResponse("the control API is for this machine only", 403)
        return await self._control.answer(call)

    async def _served(self, call: Call, fault: Fault, inflow: Inflow) -> Response | None:
        """The answer to a request of Graph or of the upload storage; None if there will be none."""
        request, arrived = call.request, self._state.clock()
        area = self._graph if call.address.path.startswith("/beta/") else self._storage
        subject = self._state.subject(area.keys(call.address.path))
        worked: Response | None = None
        try:
            worked = await self._worked(call, area, fault)
            response = _answered(call, fault, worked)
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
                worked=worked.status_code if worked else None,
                profile=subject.profile,
                phase=subject.phase,
                sync=subject.sync,
                request_id=call.request_id,
                client_request_id=request.headers.get("client-request-id"),
                fault=None if fault is _HONEST else fault.name,
                received=inflow.received,
                facts=call.facts,
            )
        )
        return response

    async def _worked(self, call: Call, area: Area, fault: Fault) -> Response | None:
        """The true answer; None if the fault wants no work done."""
        authorization = call.request.headers.get("authorization")
        if fault.revoke_tokens:
            self._door.revoke_all()
        if fault.refuse_token:
            self._door.refuse(authorization)
        call.expired_sas = fault.expired_sas
        if answers(fault) and not fault.work:
            return None
        if not answers(fault):
            await asyncio.sleep(fault.delay)
        if area is self._graph and not self._door.check(authorization):
            text = "Access token has expired or is not yet valid, is missing, or is for another resource."
            challenge = {"WWW-Authenticate": 'Bearer realm="", authorization_uri="http://127.0.0.1/authorize"'}
            return call.error(GraphError(401, "InvalidAuthenticationToken", text, challenge))
        return await area.answer(call)


def _answered(call: Call, fault: Fault, worked: Response | None) -> Response | None:
    if fault.reset or fault.blackhole is not None:
        return None
    return marked(fault, call, answer_of(fault, call, worked) if worked is None or answers(fault) else worked)


async def _deliver(response: Response | None, fault: Fault, scope: Scope, receive: Receive, send: Send) -> None:
    """Bring an answer to the client the way the fault wants it."""
    if answers(fault):
        await asyncio.sleep(fault.delay)
    if fault.blackhole is not None:
        with suppress(TimeoutError):
            await asyncio.wait_for(gone(receive), fault.blackhole)
    if response is None:
        await reset_connection(send, receive)
    elif fault.body == "cut" or fault.drip is not None:
        response.headers.setdefault("Date", formatdate(usegmt=True))
        head, body = head_of(response), bytes(response.body)
        if fault.body == "cut":
            body = body[: len(body) // 2]
        at_once = len(head + body) if fault.drip is None else len(head) if fault.drip_from == "body" else 0
        raw = head + body
        await write_raw(send, receive, raw, at_once=at_once, piece=fault.drip_bytes, pause=fault.drip or 0)
    else:
        if fault.date_skew:
            without_date(send)
        await response(scope, receive, send)
