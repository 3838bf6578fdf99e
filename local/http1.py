"""HTTP/1.1 on asyncio streams: h11 decides what may be said, this module reads and writes it.

For what an ASGI server can't do: pass requests on byte for byte, and break connections in every way a network does.
"""

import asyncio
import logging
import socket
import ssl
import struct
from collections.abc import AsyncIterator, Awaitable, Callable

import h11

_LOG = logging.getLogger(__name__)

_READ = 1 << 16
_LINGER_ZERO = struct.pack("ii", 1, 0)

type Headers = list[tuple[bytes, bytes]]


class Gone(ConnectionError):
    """The other side went away in the middle of what it was saying."""


class Wire:
    """One connection, seen from one of its sides: h11.SERVER or h11.CLIENT."""

    def __init__(
        self, role: type[h11.SERVER] | type[h11.CLIENT], reader: asyncio.StreamReader, writer: asyncio.StreamWriter
    ) -> None:
        self._http = h11.Connection(role, max_incomplete_event_size=1 << 17)
        self._reader = reader
        self._writer = writer

    async def hear(self) -> h11.Event:
        """The next thing that the other side says. Raises Gone, or h11.RemoteProtocolError for what is no HTTP."""
        while True:
            event = self._http.next_event()
            if event is h11.NEED_DATA:
                if self._http.they_are_waiting_for_100_continue:
                    await self.say(h11.InformationalResponse(status_code=100, headers=[]))
                self._http.receive_data(await self._reader.read(_READ))
            elif event is h11.PAUSED:
                raise Gone("more was said before the answer")
            else:
                return event  # type: ignore[return-value]  # the sentinels are handled above

    async def body(self) -> AsyncIterator[bytes]:
        """The rest of the message, in pieces as they come; nothing if it is over. Raises Gone if it is cut off."""
        while self._http.their_state is not h11.DONE:
            try:
                event = await self.hear()
            except h11.RemoteProtocolError as error:
                raise Gone(str(error)) from None
            if isinstance(event, h11.Data):
                yield bytes(event.data)
            elif isinstance(event, h11.EndOfMessage):
                return
            else:
                raise Gone("the connection ended in the middle of a message")

    async def say(self, *events: h11.Event) -> None:
        """Raises ConnectionError if nobody is there any more."""
        for event in events:
            self._writer.write(self._http.send(event) or b"")
        await self._writer.drain()

    @property
    def owes_answer(self) -> bool:
        """Whether a request is there whose answer has not begun."""
        return self._http.our_state is h11.SEND_RESPONSE

    def again(self) -> bool:
        """Get ready for the next request on the same connection; False if there can't be one."""
        if self._http.our_state is not h11.DONE or self._http.their_state is not h11.DONE:
            return False
        self._http.start_next_cycle()
        return True

    def reset(self) -> None:
        """Break the connection so that the other side sees it reset, not ended."""
        connection = self._writer.get_extra_info("socket")
        if connection is not None and not self._writer.transport.is_closing():
            # A linger of zero makes the kernel send RST in place of FIN.
            connection.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, _LINGER_ZERO)
        self._writer.transport.abort()

    def close(self) -> None:
        """End the connection when all has been sent. May be called more than once, and after `reset`."""
        self._writer.close()

    def drop(self) -> None:
        """End the connection now, whatever has not been sent."""
        self._writer.transport.abort()


async def answer(wire: Wire, status: int, headers: Headers, body: bytes = b"") -> None:
    """Say a whole response."""
    length = (b"Content-Length", str(len(body)).encode())
    said: list[h11.Event] = [h11.Response(status_code=status, headers=[*headers, length])]
    if body:
        said.append(h11.Data(data=body))
    await wire.say(*said, h11.EndOfMessage())


type Handler = Callable[[h11.Request, Wire], Awaitable[None]]
"""Reads the request's body from the wire and says the whole response; or closes or resets the wire."""


class HttpServer:
    """Answers what comes in at a socket that is bound already. Lives on the running loop."""

    def __init__(self, handler: Handler, listener: socket.socket, secure: ssl.SSLContext | None = None) -> None:
        self._handler = handler
        self._listener = listener
        self._secure = secure
        self._server: asyncio.Server | None = None
        self._open: dict[asyncio.Task[None], Wire] = {}

    async def start(self) -> None:
        self._server = await asyncio.start_server(self._connected, sock=self._listener, ssl=self._secure, backlog=256)

    async def stop(self) -> None:
        """Close the socket and every connection. May be called more than once."""
        if self._server is not None:
            self._server.close()
        open_now = dict(self._open)
        for task, wire in open_now.items():
            task.cancel()
            wire.drop()
        await asyncio.gather(*open_now, return_exceptions=True)

    async def _connected(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        task = asyncio.current_task()
        assert task is not None
        wire = Wire(h11.SERVER, reader, writer)
        self._open[task] = wire
        try:
            await self._talk(wire)
        except (OSError, asyncio.CancelledError):
            pass  # a client that went away, or the server's end: nobody is left to tell
        except Exception:  # noqa: BLE001 - the server goes on, whatever it was
            _LOG.exception("a request could not be answered")
        finally:
            del self._open[task]
            wire.close()

    async def _talk(self, wire: Wire) -> None:
        while True:
            try:
                request = await wire.hear()
                if not isinstance(request, h11.Request):
                    return
                await self._handler(request, wire)
            except h11.RemoteProtocolError:
                if wire.owes_answer:
                    await answer(wire, 400, [(b"Connection", b"close")])
                return
            if not wire.again():
                return


def listener(port: int = 0, *, shared: bool = False) -> socket.socket:
    """A socket of this machine alone, bound and not yet listening; nobody else can take its port.

    A `shared` one may be bound by several processes of one user, of which one listens at a time.
    """
    # With the protocol left open, asyncio would not know it for TCP and would leave Nagle's algorithm on: an answer's
    # body would wait 40 ms until its head has been acknowledged.
    bound = socket.socket(socket.AF_INET, socket.SOCK_STREAM, socket.IPPROTO_TCP)
    bound.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
    if shared:
        bound.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEPORT, 1)
    try:
        bound.bind(("127.0.0.1", port))
    except OSError:
        bound.close()
        raise
    return bound


async def ask(port: int, method: str, target: str, headers: Headers, body: bytes, timeout: float) -> tuple[int, bytes]:
    """One request to a server on this machine, on a connection of its own: status and body. Raises OSError."""
    async with asyncio.timeout(timeout):
        reader, writer = await asyncio.open_connection("127.0.0.1", port)
        wire = Wire(h11.CLIENT, reader, writer)
        try:
            own = [(b"Host", f"127.0.0.1:{port}".encode()), (b"Content-Length", str(len(body)).encode())]
            request = h11.Request(method=method, target=target, headers=[*own, *headers])
            await wire.say(request, *([h11.Data(data=body)] if body else []), h11.EndOfMessage())
            event = await wire.hear()
            if not isinstance(event, h11.Response):
                raise Gone("the server ended the connection")
            return event.status_code, b"".join([piece async for piece in wire.body()])
        except h11.RemoteProtocolError as error:
            raise Gone(str(error)) from None
        finally:
            wire.close()
