"""Services that mean harm: a bare TCP server whose test writes what goes over the wire."""

import contextlib
import socket
import ssl
import threading
import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field

import pytest

from tests.sds.conftest import (  # noqa: F401 - fixtures
    Script,
    connected,
    elsewhere,
    everything_logged,
    graph,
    identity,
    ready,
    sds,
)

type Conversation = Callable[["Wire"], None]


class Wire:
    """The server's end of one connection."""

    def __init__(self, connection: socket.socket, over: threading.Event) -> None:
        self._connection = connection
        self._over = over
        self.sent = 0
        self.heard = b""

    def request(self) -> bytes:
        """Read the head of a request, and what comes with it."""
        while b"\r\n\r\n" not in self.heard and (more := self._connection.recv(65_536)):
            self.heard += more
        return self.heard

    def say(self, content: bytes) -> None:
        self._connection.sendall(content)
        self.sent += len(content)

    def drip(self, content: bytes, every: float = 0.02, size: int = 1) -> None:
        """Send `content` again and again, `size` bytes at a time, for as long as anybody listens."""
        while not self._over.is_set():
            for start in range(0, len(content), size):
                self.say(content[start : start + size])
                if self._over.wait(every):
                    return

    def flood(self, content: bytes) -> None:
        """Send `content` as fast as it goes, for as long as anybody listens."""
        block = content * max(1, 65_536 // len(content))
        while not self._over.is_set():
            self.say(block)

    def sip(self, every: float = 0.02) -> None:
        """Read a byte now and then."""
        self._connection.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, 4096)
        while not self._over.wait(every) and self._connection.recv(1):
            pass

    def wait(self) -> None:
        self._over.wait(30)


@dataclass
class Villain:
    """Every connection to `url` is the conversation that a test wrote."""

    url: str
    conversation: Conversation = field(default=lambda wire: None)
    wires: list[Wire] = field(default_factory=list)
    tls: ssl.SSLContext | None = None

    @property
    def sent(self) -> int:
        return sum(wire.sent for wire in self.wires)


@pytest.fixture
def villain() -> Iterator[Villain]:
    over = threading.Event()
    with socket.create_server(("127.0.0.1", 0)) as server:
        server.settimeout(0.05)
        villain = Villain(f"http://127.0.0.1:{server.getsockname()[1]}")
        threads: list[threading.Thread] = []

        def talk(connection: socket.socket) -> None:
            with contextlib.suppress(OSError), contextlib.ExitStack() as stack:
                connection.settimeout(5)
                stack.enter_context(connection)
                if villain.tls is not None:
                    connection = stack.enter_context(villain.tls.wrap_socket(connection, server_side=True))
                wire = Wire(connection, over)
                villain.wires.append(wire)
                villain.conversation(wire)

        def listen() -> None:
            while not over.is_set():
                with contextlib.suppress(OSError):
                    connection, _ = server.accept()
                    threads.append(threading.Thread(target=talk, args=(connection,)))
                    threads[-1].start()

        listener = threading.Thread(target=listen)
        listener.start()
        yield villain
        over.set()
        listener.join()
        for thread in threads:
            thread.join()


class Clock:
    """How long something took."""

    def __enter__(self) -> "Clock":
        self._began = time.monotonic()
        return self

    def __exit__(self, *_: object) -> None:
        self.took = time.monotonic() - self._began
