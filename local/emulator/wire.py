"""What ASGI has no way to do, done to the connection below a request: resets, dripped and broken answers, the Date.

The connection is taken from uvicorn's request cycle. `send` must be uvicorn's own, not wrapped by a middleware, or
TypeError is raised. Functions that end the connection return when the server knows that the client is gone, or has
closed; the app must then just return.
"""

import asyncio
import socket
import struct
from http import HTTPStatus

from starlette.responses import Response
from starlette.types import Receive, Send

_LINGER_ZERO = struct.pack("ii", 1, 0)


async def reset_connection(send: Send, receive: Receive) -> None:
    """Abort the connection: the client sees ECONNRESET, as from a load balancer that dies."""
    transport = _transport(send)
    connection: socket.socket | None = transport.get_extra_info("socket")
    if connection is not None and not transport.is_closing():
        # A linger of zero makes the kernel send RST in place of FIN.
        connection.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, _LINGER_ZERO)
    transport.abort()
    await gone(receive)


async def gone(receive: Receive) -> None:
    """Return when the client has closed the connection; what it still sends is thrown away."""
    while (await receive())["type"] != "http.disconnect":
        pass


def without_date(send: Send) -> None:
    """Leave uvicorn's own `Date` header out of the answer, so that the app's is the only one."""
    cycle = _cycle(send)
    cycle.default_headers = [header for header in cycle.default_headers if header[0] != b"date"]  # type: ignore[attr-defined]


async def write_raw(send: Send, receive: Receive, raw: bytes, *, at_once: int, piece: int, pause: float) -> None:
    """Write an answer as it is, head included, and close the connection.

    `at_once` bytes come in one; the rest in pieces of `piece` bytes with `pause` seconds before each. A client that
    gives up in between ends it.
    """
    transport = _transport(send)
    transport.write(raw[:at_once])
    for begin in range(at_once, len(raw), piece):
        await asyncio.sleep(pause)
        if transport.is_closing():
            break
        transport.write(raw[begin : begin + piece])
    transport.close()
    await gone(receive)


def head_of(response: Response) -> bytes:
    """The status line and headers of an answer after which the connection is closed."""
    lines = [f"HTTP/1.1 {response.status_code} {HTTPStatus(response.status_code).phrase}".encode()]
    lines += [name + b": " + value for name, value in response.raw_headers]
    return b"\r\n".join([*lines, b"connection: close", b"", b""])


def _cycle(send: Send) -> object:
    return getattr(send, "__self__", None)


def _transport(send: Send) -> asyncio.Transport:
    transport = getattr(_cycle(send), "transport", None)
    if not isinstance(transport, asyncio.Transport):
        raise TypeError("this misbehaviour needs uvicorn, and the emulator's app as its outermost app")
    return transport
