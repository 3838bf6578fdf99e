"""Connections to the storage emulator, kept open and used again."""

import asyncio
import ssl
from contextlib import suppress

import h11

from local.http1 import Gone, Wire


class Relay:
    """The way to one service of the emulator, which may not be up yet: whoever asks for a connection waits for it."""

    def __init__(self, secure: ssl.SSLContext | None) -> None:
        self._secure = secure
        self._idle: list[Wire] = []
        self._up = asyncio.Event()
        self._port = 0

    def open(self, port: int) -> None:
        """From now on the service is at this port of this machine."""
        self._port = port
        self._up.set()

    async def connect(self) -> Wire:
        """A connection that nobody else uses; hand it back with `release`. Raises OSError."""
        await self._up.wait()
        if self._idle:
            return self._idle.pop()
        reader, writer = await asyncio.open_connection("127.0.0.1", self._port, ssl=self._secure)
        return Wire(h11.CLIENT, reader, writer)

    def release(self, wire: Wire) -> None:
        """Keep the connection for the next request if its last one is over; else end it."""
        with suppress(h11.LocalProtocolError):
            if wire.again():
                self._idle.append(wire)
                return
        wire.drop()

    def close(self) -> None:
        for wire in self._idle:
            wire.drop()
        self._idle.clear()


async def response_head(upstream: Wire) -> h11.Response:
    """The head of the answer, past any interim ones. Raises Gone."""
    while True:
        try:
            event = await upstream.hear()
        except h11.RemoteProtocolError as error:
            raise Gone(str(error)) from None
        if isinstance(event, h11.Response):
            return event
        if not isinstance(event, h11.InformationalResponse):
            raise Gone("the storage emulator ended the connection")
