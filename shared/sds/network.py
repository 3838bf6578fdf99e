"""Sockets with a budget: one deadline and one bound on bytes over a whole exchange, its head included.

httpcore has a timeout for each read and write only, so a server that sends a byte now and then, or one interim answer
after another, is listened to for ever. Its streams can be replaced: these ask the budget of the exchange that the
calling thread is in before they wait for anything.
"""

import select
import socket
import ssl
import time
from collections.abc import Callable, Generator, Iterable
from contextlib import contextmanager
from contextvars import ContextVar
from typing import Any

import httpcore


class TooMuch(Exception):
    """More bytes came than the budget allows."""


class Budget:
    """What one exchange may take: until `deadline` (monotonic seconds), and `left` bytes of answer."""

    def __init__(self, seconds: float, left: int) -> None:
        self.deadline = time.monotonic() + seconds
        self.left = left

    def wait(self, at_most: float | None) -> float:
        """Seconds that may be waited now. Raises TimeoutError if the time is over."""
        rest = self.deadline - time.monotonic()
        if rest <= 0:
            raise TimeoutError
        return rest if at_most is None else min(rest, at_most)

    def take(self, count: int) -> None:
        self.left -= count
        if self.left < 0:
            raise TooMuch


_BUDGET: ContextVar[Budget] = ContextVar("budget")


@contextmanager
def spending(budget: Budget) -> Generator[None]:
    """What this thread reads and writes meanwhile is on `budget`."""
    token = _BUDGET.set(budget)
    try:
        yield
    finally:
        _BUDGET.reset(token)


class BudgetNetwork(httpcore.NetworkBackend):
    """Connects by TCP, by each of the host's addresses in turn. Resolving names is bounded by the resolver's limits."""

    def connect_tcp(
        self,
        host: str,
        port: int,
        timeout: float | None = None,
        local_address: str | None = None,  # noqa: ARG002 - as httpcore has it
        socket_options: Iterable[Any] | None = None,  # noqa: ARG002
    ) -> httpcore.NetworkStream:
        with _mapped(httpcore.ConnectTimeout, httpcore.ConnectError):
            failure: OSError = ConnectionError("the name has no address")
            for family, kind, protocol, _, address in socket.getaddrinfo(host, port, type=socket.SOCK_STREAM):
                connection = socket.socket(family, kind, protocol)
                try:
                    connection.settimeout(_BUDGET.get().wait(timeout))
                    connection.connect(address)
                    connection.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
                    return _Stream(connection)
                except OSError as error:
                    connection.close()
                    failure = error
            raise failure


class _Stream(httpcore.NetworkStream):
    def __init__(self, connection: socket.socket) -> None:
        self._socket = connection

    def read(self, max_bytes: int, timeout: float | None = None) -> bytes:
        with _mapped(httpcore.ReadTimeout, httpcore.ReadError):
            budget = _BUDGET.get()
            self._socket.settimeout(budget.wait(timeout))
            data = self._socket.recv(max_bytes)
        budget.take(len(data))
        return data

    def write(self, buffer: bytes, timeout: float | None = None) -> None:
        with _mapped(httpcore.WriteTimeout, httpcore.WriteError):
            budget = _BUDGET.get()
            view = memoryview(buffer)
            while view:
                self._socket.settimeout(budget.wait(timeout))
                view = view[self._socket.send(view) :]

    def close(self) -> None:
        self._socket.close()

    def start_tls(
        self, ssl_context: ssl.SSLContext, server_hostname: str | None = None, timeout: float | None = None
    ) -> httpcore.NetworkStream:
        """Raises ConnectError for TLS in TLS, too: a proxy must be one that is reached by plain http."""
        try:
            with _mapped(httpcore.ConnectTimeout, httpcore.ConnectError):
                if isinstance(self._socket, ssl.SSLSocket):
                    raise ssl.SSLError("TLS in TLS")
                self._socket.settimeout(_BUDGET.get().wait(timeout))
                return _Stream(ssl_context.wrap_socket(self._socket, server_hostname=server_hostname))
        except (httpcore.NetworkError, httpcore.TimeoutException):
            self.close()
            raise

    def get_extra_info(self, info: str) -> Any:
        """What httpcore asks for: the TLS object, for its protocol, and whether an idle connection has ended."""
        answers: dict[str, Callable[[], Any]] = {
            "ssl_object": lambda: self._socket if isinstance(self._socket, ssl.SSLSocket) else None,
            "is_readable": lambda: _is_readable(self._socket),
        }
        return answers[info]() if info in answers else None


def _is_readable(connection: socket.socket) -> bool:
    if connection.fileno() < 0:
        return True
    poll = select.poll()
    poll.register(connection, select.POLLIN)
    return bool(poll.poll(0))


@contextmanager
def _mapped(late: type[Exception], broken: type[Exception]) -> Generator[None]:
    try:
        yield
    except TimeoutError as error:
        raise late(str(error)) from error
    except (OSError, UnicodeError) as error:
        raise broken(str(error)) from error
