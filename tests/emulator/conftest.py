"""The emulator behind real HTTP, with a clock that tests move and a token that is simply `good`."""

import ssl
from collections.abc import Iterator
from pathlib import Path
from typing import Any
from uuid import uuid4

import httpx
import pytest
from starlette.types import ASGIApp, Receive, Scope, Send

from local.emulator import Emulator
from local.serve import Server

NO_CERTIFICATES = ssl.SSLContext(ssl.PROTOCOL_TLS_CLIENT)
"""Loading certificates takes longer than a test, and nothing here is https."""


class FakeClock:
    """Seconds since 1970 that stand still until a test moves them."""

    def __init__(self) -> None:
        self.now = 1_795_000_000.25

    def __call__(self) -> float:
        return self.now

    def advance(self, seconds: float) -> None:
        self.now += seconds


class FakeTokens:
    """Takes `Bearer <good>` for Graph; revoking makes another word the good one."""

    def __init__(self) -> None:
        self.good = "good"

    def check(self, authorization_header: str | None, resource: str) -> bool:
        return resource == "https://graph.microsoft.com" and authorization_header == f"Bearer {self.good}"

    def revoke_all(self) -> None:
        self.good = f"good-{uuid4()}"


class Client(httpx.Client):
    """Paths are relative to the Graph root; the token is sent by itself."""

    def ask(self, method: str, path: str, body: object = None) -> httpx.Response:
        """A request to the control API."""
        return self.request(method, self.base_url.join(f"/control/{path}"), json=body)

    def control(self, method: str, path: str, body: object = None) -> Any:
        """The JSON of a request to the control API that must succeed."""
        answer = self.ask(method, path, body)
        assert answer.is_success, answer.text
        return answer.json() if answer.content else None


@pytest.fixture
def clock() -> FakeClock:
    return FakeClock()


@pytest.fixture
def tokens() -> FakeTokens:
    return FakeTokens()


class Socket:
    """Gives one server to the emulators of many tests, one after the other: starting one takes longer than a test."""

    app: ASGIApp

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        await self.app(scope, receive, send)


@pytest.fixture(scope="session")
def served() -> Iterator[tuple[Socket, str]]:
    """Where to plug an app in, and its address."""
    socket = Socket()
    with Server(socket) as server:
        yield socket, server.url


@pytest.fixture
def emulator(azurite: str, clock: FakeClock, tokens: FakeTokens, tmp_path: Path) -> Iterator[Emulator]:
    with Emulator(tokens, azurite, clock=clock, data_dir=tmp_path) as emulator:
        yield emulator


@pytest.fixture
def graph(emulator: Emulator, served: tuple[Socket, str]) -> Iterator[Client]:
    socket, url = served
    socket.app = emulator.app
    headers = {"Authorization": "Bearer good"}
    with Client(base_url=f"{url}/beta/", headers=headers, verify=NO_CERTIFICATES, timeout=10) as client:
        yield client


@pytest.fixture
def profile() -> str:
    """A profile id that no other test uses."""
    return str(uuid4())
