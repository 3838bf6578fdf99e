"""One request passed on to the storage emulator and its answer passed back, whole or broken as a fault says."""

import asyncio
import secrets
from collections.abc import Callable, Sequence
from xml.sax.saxutils import escape

import h11

from local.http1 import Gone, Wire, answer
from local.storage.faults import STATUS_CODES, Fault
from local.storage.names import PAGE, STATUS
from local.storage.relay import Relay, response_head

_DRIPS = 20
"""Pieces in which a dripping answer comes."""


type Answered = Callable[[h11.Response], None]
"""Called with the head of the storage's answer, before the client hears of it."""


async def pass_on(
    request: h11.Request, wire: Wire, relay: Relay, answered: Answered, fault: Fault | None = None
) -> None:
    """Pass it on and back, with everything about it unchanged but for a fault that comes after the work.

    Raises OSError when either side goes away.
    """
    upstream = await relay.connect()
    try:
        headers = [(name, value) for name, value in request.headers.raw_items() if name.lower() != b"expect"]
        await upstream.say(h11.Request(method=request.method, target=request.target, headers=headers))
        if fault and fault.kind == "half":
            await _send_half(wire, upstream)
            return
        async for piece in wire.body():
            await upstream.say(h11.Data(data=piece))
        await upstream.say(h11.EndOfMessage())
        head = await response_head(upstream)
        answered(head)
        if fault:
            await _spoiled(head, b"".join([piece async for piece in upstream.body()]), wire, fault, request)
        else:
            await wire.say(_copy(head))
            async for piece in upstream.body():
                await wire.say(h11.Data(data=piece))
            await wire.say(h11.EndOfMessage())
    finally:
        relay.release(upstream)


async def refuse(
    wire: Wire, request: h11.Request, status: int, code: str, message: str, extra: Sequence[tuple[bytes, bytes]] = ()
) -> None:
    """Answer as Azure Storage does when it says no. The request's body is read first, as its sender expects."""
    async for _ in wire.body():
        pass
    text = (
        f'<?xml version="1.0" encoding="utf-8"?><Error><Code>{code}</Code><Message>{escape(message)}</Message></Error>'
    )
    headers = [
        (b"x-ms-error-code", code.encode()),
        (b"x-ms-request-id", secrets.token_hex(16).encode()),
        (b"Content-Type", b"application/xml"),
        *extra,
    ]
    await answer(wire, status, headers, b"" if request.method == b"HEAD" else text.encode())


async def refuse_address(wire: Wire) -> None:
    """Answer as the web server before Azure Storage does to an address that it doesn't take (`names`)."""
    async for _ in wire.body():
        pass
    await answer(wire, STATUS, [(b"Content-Type", b"text/html; charset=us-ascii"), (b"Connection", b"close")], PAGE)


def _copy(head: h11.Response) -> h11.Response:
    return h11.Response(status_code=head.status_code, headers=head.headers.raw_items(), reason=head.reason)


async def instead(wire: Wire, fault: Fault, request: h11.Request) -> None:
    """What the client gets in place of an answer."""
    if fault.kind == "status":
        extra = [] if fault.retry_after is None else [(b"Retry-After", str(fault.retry_after).encode())]
        await refuse(wire, request, fault.status, STATUS_CODES[fault.status], "This is a fault on purpose.", extra)
        return
    if fault.kind == "blackhole":
        await asyncio.sleep(fault.seconds)
    wire.reset()


async def _send_half(wire: Wire, upstream: Wire) -> None:
    """Half of the body reaches the storage; then both connections break."""
    body = b"".join([piece async for piece in wire.body()])
    if half := body[: len(body) // 2]:
        await upstream.say(h11.Data(data=half))
    upstream.reset()
    wire.reset()


async def _spoiled(head: h11.Response, body: bytes, wire: Wire, fault: Fault, request: h11.Request) -> None:
    if fault.kind == "truncated":
        await wire.say(_copy(head))
        if half := body[: len(body) // 2]:
            await wire.say(h11.Data(data=half))
        if body:
            raise Gone("cut off on purpose")
        await wire.say(h11.EndOfMessage())
    elif fault.kind == "drip":
        await wire.say(_copy(head))
        size = max(1, len(body) // _DRIPS)
        for start in range(0, len(body), size):
            await asyncio.sleep(fault.seconds / _DRIPS)
            await wire.say(h11.Data(data=body[start : start + size]))
        await wire.say(h11.EndOfMessage())
    else:
        await instead(wire, fault, request)
