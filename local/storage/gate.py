"""The gate between app and storage: it knows who may do what, and everything else that Azure would say.

Requests that may pass go to the storage emulator unchanged, their `Host` included: the emulator takes a copy's
source only from the host that it was asked at.
"""

import asyncio
from collections.abc import Callable
from typing import Literal, NamedTuple

import h11

from local.http1 import Wire
from local.identity import TokenIssuer
from local.rights import Assignment, granted
from local.storage.exchange import instead, pass_on, refuse, refuse_address
from local.storage.faults import Faults
from local.storage.log import Call, CallLog
from local.storage.names import STATUS, is_refused
from local.storage.operations import Operation, Service, operation_of, source_of
from local.storage.relay import Relay
from local.storage.states import States

AUDIENCE = "https://storage.azure.com"
# With this, the storage clients know where to get another token.
_CHALLENGE = (
    b"WWW-Authenticate",
    (
        b"Bearer authorization_uri=https://login.microsoftonline.com/organizations/oauth2/authorize "
        b"resource_id=https://storage.azure.com"
    ),
)

type Happened = Callable[[Service, Operation, h11.Request, h11.Response], None]
"""Called after each request that the storage answered."""


class Gate:
    """What tests set, and what they read, about the app's storage."""

    def __init__(self, tokens: TokenIssuer, assignments: tuple[Assignment, ...]) -> None:
        self.assignments = assignments
        """Who may do what; a test may put another table in its place."""
        self.log = CallLog()
        self.faults = Faults()
        self.states = States()
        self._tokens = tokens
        self._open = asyncio.Event()

    def open(self) -> None:
        """Let requests through. Those that came before wait until now. On the gate's own loop."""
        self._open.set()

    def door(self, service: Service, relay: Relay, happened: Happened) -> "Door":
        return Door(self, service, relay, happened)

    async def opened(self) -> None:
        await self._open.wait()

    def identity(self, authorization: str | None) -> str | None:
        """Whose token it is; None if it is not good for storage."""
        return self._tokens.identity(authorization, AUDIENCE)

    def allows(self, identity: str, operation: Operation) -> bool:
        """Whether an identity has every right that an operation asks for."""
        return all(
            not granted(self.assignments, identity, need.scope).isdisjoint(need.one_of) for need in operation.needs
        )


class Door:
    """The gate at one service: answers every request."""

    def __init__(self, gate: Gate, service: Service, relay: Relay, happened: Happened) -> None:
        self._gate = gate
        self._service = service
        self._relay = relay
        self._happened = happened

    async def __call__(self, request: h11.Request, wire: Wire) -> None:
        await self._gate.opened()
        headers = {name.decode("latin-1"): value.decode("latin-1") for name, value in request.headers}
        method, target = request.method.decode(), request.target.decode("latin-1")
        operation = operation_of(self._service, method, target, headers)
        auth = _auth(headers, target)
        identity = self._gate.identity(headers.get("authorization")) or ""
        if self._service == "blob" and is_refused(operation.item):
            self._gate.log.add(Call(method, operation, auth, identity, STATUS))
            await refuse_address(wire)
            return
        fault = self._gate.faults.of(operation)

        def log(status: int | None) -> None:
            name = f"{fault.kind} {fault.when}" if fault else ""
            self._gate.log.add(Call(method, operation, auth, identity, status, name))

        def answered(head: h11.Response) -> None:
            log(head.status_code)
            self._happened(self._service, operation, request, head)

        if fault and fault.when == "before":
            log(fault.status if fault.kind == "status" else None)
            if fault.kind != "half":
                await instead(wire, fault, request)
                return
        elif refusal := self._refusal(auth, identity, operation, headers):
            log(refusal.status)
            await refuse(wire, request, refusal.status, refusal.code, refusal.message, refusal.headers)
            return
        await pass_on(request, wire, self._relay, answered, fault)

    def _refusal(self, auth: str, identity: str, operation: Operation, headers: dict[str, str]) -> "_Refusal | None":
        if auth in ("key", "sas"):
            return _Refusal(403, "KeyBasedAuthenticationNotPermitted", "Key based authentication is not permitted.")
        if not identity:
            return _Refusal(
                401, "InvalidAuthenticationInfo", "Server failed to authenticate the request.", (_CHALLENGE,)
            )
        if not self._gate.allows(identity, operation):
            text = "This request is not authorized to perform this operation using this permission."
            return _Refusal(403, "AuthorizationPermissionMismatch", text)
        if state := self._gate.states.refusal(operation, source_of(headers)):
            return _Refusal(state.status, state.code, "The blob is in a state that forbids it.")
        return None


class _Refusal(NamedTuple):
    status: int
    code: str
    message: str
    headers: tuple[tuple[bytes, bytes], ...] = ()


class Pipe:
    """The way in for people's tools: no rights, no faults, no log; but what they write is noticed."""

    def __init__(self, service: Service, relay: Relay, happened: Happened) -> None:
        self._service = service
        self._relay = relay
        self._happened = happened

    async def __call__(self, request: h11.Request, wire: Wire) -> None:
        headers = {name.decode("latin-1"): value.decode("latin-1") for name, value in request.headers}
        operation = operation_of(self._service, request.method.decode(), request.target.decode("latin-1"), headers)
        if self._service == "blob" and is_refused(operation.item):
            await refuse_address(wire)
            return
        await pass_on(request, wire, self._relay, lambda head: self._happened(self._service, operation, request, head))


def _auth(headers: dict[str, str], target: str) -> Literal["bearer", "key", "sas", "none"]:
    scheme = headers.get("authorization", "").partition(" ")[0].lower()
    if scheme == "bearer":
        return "bearer"
    if scheme in ("sharedkey", "sharedkeylite"):
        return "key"
    return "sas" if "sig=" in target.partition("?")[2] else "none"
