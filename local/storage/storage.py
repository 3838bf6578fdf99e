"""The storage of one stack: the emulator, the gate before it, the pipe beside it, and the events of both."""

from pathlib import Path
from urllib.parse import urlsplit

from local.azurite import ACCOUNT, Azurite, connection_string
from local.certificates import Certificates
from local.http1 import Handler, HttpServer, listener
from local.identity import TokenIssuer
from local.loops import LoopThread
from local.rights import Assignment
from local.storage.events import EventGrid
from local.storage.gate import Gate, Pipe
from local.storage.operations import Service
from local.storage.relay import Relay
from local.subscription import Filter


class Storage:
    """Runs from `begin` to `stop`. Addresses are known after `begin`; nothing is answered before `wait`."""

    def __init__(
        self, folder: Path, tokens: TokenIssuer, assignments: tuple[Assignment, ...], *, in_memory: bool
    ) -> None:
        self._folder = folder
        self._in_memory = in_memory
        self._loop = LoopThread("storage")
        self._servers: list[HttpServer] = []
        self._relays: dict[Service, Relay] = {}
        self._azurite: Azurite | None = None
        self._events: EventGrid | None = None
        self.gate = Gate(tokens, assignments)
        self.certificates: Certificates
        self.addresses: dict[Service, str] = {}
        """What the app's settings name: the gate, by HTTPS."""
        self.connection_string = ""
        """For people's tools: the pipe, by plain HTTP and the emulator's key."""

    def begin(self, host_port: int, blobs_key: str) -> None:
        """Open the ports and start the emulator. Raises StartError."""
        self.certificates = Certificates.make(self._folder / "tls")
        self._azurite = Azurite(None if self._in_memory else self._folder / "azurite", self.certificates)
        self._azurite.begin()
        self._loop.start()
        self._loop.run(self._open(host_port, blobs_key))

    def wait(self) -> None:
        """Wait until the emulator answers; from then on the pipe does, too. Raises StartError."""
        assert self._azurite is not None
        self._azurite.wait()
        found: dict[Service, str] = {"blob": self._azurite.blob, "queue": self._azurite.queue}
        for service, address in found.items():
            self._loop.call(self._relays[service].open, urlsplit(address).port or 0)

    def open_gate(self) -> None:
        """Let the app in. What it asked before has waited."""
        self._loop.call(self.gate.open)

    def subscribe(self, function: str, given: Filter) -> None:
        """From now on tell a function of the host what passes a filter."""
        assert self._events is not None
        self._loop.call(self._events.subscribe, function, given)

    def stop(self) -> None:
        """End everything; the emulator last, so that it writes what it was told. May be called more than once."""
        if self._loop.running:
            self._loop.run(self._close())
        self._loop.stop()
        if self._azurite is not None:
            self._azurite.stop()

    async def _open(self, host_port: int, blobs_key: str) -> None:
        self._events = EventGrid(host_port, blobs_key, lambda: self.addresses["blob"])
        happened, tls = self._events.happened, self.certificates
        pipes: dict[Service, str] = {}
        services: tuple[Service, ...] = ("blob", "queue")
        for service in services:
            self._relays[service] = relay = Relay(tls.client_context())
            door, pipe = self.gate.door(service, relay, happened), Pipe(service, relay, happened)
            self.addresses[service] = f"https://127.0.0.1:{await self._serve(door, secure=True)}/{ACCOUNT}"
            pipes[service] = f"http://127.0.0.1:{await self._serve(pipe, secure=False)}"
        self.connection_string = connection_string(pipes["blob"], pipes["queue"])

    async def _serve(self, handler: Handler, *, secure: bool) -> int:
        bound = listener()
        port: int = bound.getsockname()[1]
        server = HttpServer(handler, bound, self.certificates.server_context() if secure else None)
        self._servers.append(server)
        await server.start()
        return port

    async def _close(self) -> None:
        if self._events is not None:
            await self._events.stop()
        for server in self._servers:
            await server.stop()
        for relay in self._relays.values():
            relay.close()
