"""The host's HTTP side: the app's routes and the webhook for events, at one port."""

import socket
from collections.abc import Awaitable, Callable
from urllib.parse import parse_qsl

import h11

from local.host.messages import Asked, Reply
from local.http1 import HttpServer, Wire, answer

MOST = 100 * 1024 * 1024
"""Bytes of a request's body; Azure's own bound."""

type Answer = Callable[[Asked], Awaitable[Reply]]


class Web:
    """Serves from `start` to `stop`, on the running loop. What begins with a prefix goes to its own answerer."""

    def __init__(self, listener: socket.socket, answerers: dict[str, Answer], otherwise: Answer) -> None:
        self._server = HttpServer(self._handle, listener)
        self._answerers = answerers
        self._otherwise = otherwise

    async def start(self) -> None:
        await self._server.start()

    async def stop(self) -> None:
        await self._server.stop()

    async def _handle(self, request: h11.Request, wire: Wire) -> None:
        body = bytearray()
        async for piece in wire.body():
            if len(body) + len(piece) > MOST:
                await answer(wire, 413, [(b"Connection", b"close")])
                return
            body += piece
        reply = await self._reply(_asked(request, bytes(body)))
        headers = [(name.encode("latin-1"), value.encode("latin-1", "replace")) for name, value in reply.headers]
        if request.method == b"HEAD" or reply.status in (204, 304):
            await wire.say(h11.Response(status_code=reply.status, headers=headers), h11.EndOfMessage())
        else:
            await answer(wire, reply.status, headers, reply.body)

    async def _reply(self, asked: Asked) -> Reply:
        for prefix, answerer in self._answerers.items():
            if asked.path == prefix or asked.path.startswith(f"{prefix}/"):
                return await answerer(asked)
        return await self._otherwise(asked)


def _asked(request: h11.Request, body: bytes) -> Asked:
    target = request.target.decode("latin-1")
    path, _, query = target.partition("?")
    headers = {name.decode("latin-1"): value.decode("latin-1") for name, value in request.headers}
    return Asked(
        request.method.decode(),
        f"http://{headers.get('host', '')}{target}",
        path,
        dict(parse_qsl(query, keep_blank_values=True)),
        headers,
        body,
    )
