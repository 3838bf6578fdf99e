"""Resetting a connection for real: the client sees ECONNRESET, as from a load balancer that dies."""

import asyncio
import socket
import struct

from starlette.types import Receive, Send

_LINGER_ZERO = struct.pack("ii", 1, 0)


async def reset_connection(send: Send, receive: Receive) -> None:
    """Abort the transport below an ASGI request. `send` must be uvicorn's own, not wrapped by a middleware.

    ASGI has no way to do this, so the transport is taken from uvicorn's request cycle. Raises TypeError when the
    server is another one. Returns when the server knows that the client is gone; the app must then just return.
    """
    transport = getattr(getattr(send, "__self__", None), "transport", None)
    if not isinstance(transport, asyncio.Transport):
        raise TypeError("resetting connections needs uvicorn, and the emulator's app as its outermost app")
    connection: socket.socket | None = transport.get_extra_info("socket")
    if connection is not None and not transport.is_closing():
        # A linger of zero makes the kernel send RST in place of FIN.
        connection.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, _LINGER_ZERO)
    transport.abort()
    while (await receive())["type"] != "http.disconnect":
        pass
