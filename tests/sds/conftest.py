"""A real HTTP server whose answers a test writes down beforehand, and SDS services that talk to it."""

import json
import logging
import socket
import struct
import threading
import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any, Literal, NamedTuple

import pytest

from shared.sds.connect import connect
from shared.sds.http import Patience
from shared.sds.port import Answer, Sds
from shared.settings import Settings

PROFILE = "11111111-2222-3333-4444-555555555555"
CONNECTOR = "aaaaaaaa-0000-0000-0000-000000000001"
TOKEN = "opaque-token-of-the-test"


class Asked(NamedTuple):
    method: str
    path: str
    headers: dict[str, str]
    body: bytes


class Scripted(NamedTuple):
    status: int
    body: bytes
    headers: dict[str, str]


@dataclass
class Script:
    """The answers to come, in order, and the requests that came."""

    url: str = ""
    asked: list[Asked] = field(default_factory=list)
    answers: list[Any] = field(default_factory=list)
    otherwise: Callable[[Asked], Any] | None = None
    ended: threading.Event = field(default_factory=threading.Event)

    def say(self, status: int, body: object = b"", **headers: str) -> "Script":
        content = body if isinstance(body, bytes) else json.dumps(body).encode()
        named = {name.replace("_", "-"): value for name, value in headers.items()}
        self.answers.append(Scripted(status, content, named))
        return self

    def reset(self) -> "Script":
        """Read the request, then reset the connection."""
        self.answers.append("reset")
        return self

    def silence(self) -> "Script":
        """Read the request and never answer."""
        self.answers.append("silence")
        return self

    def raw(self, content: bytes) -> "Script":
        """Bytes that needn't be HTTP, then close."""
        self.answers.append(content)
        return self

    def error(self, status: int, code: str, message: str, **headers: str) -> "Script":
        inner = {"date": "2026-01-01T00:00:00", "request-id": "inner-request-id"}
        return self.say(status, {"error": {"code": code, "message": message, "innerError": inner}}, **headers)

    @property
    def paths(self) -> list[str]:
        return [f"{asked.method} {asked.path}" for asked in self.asked]


class _Handler(BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"
    script: Script

    def _any(self) -> None:
        script = self.script
        body = self.rfile.read(int(self.headers.get("content-length", "0")))
        asked = Asked(self.command, self.path, {k.lower(): v for k, v in self.headers.items()}, body)
        script.asked.append(asked)
        answer = script.answers.pop(0) if script.answers else script.otherwise and script.otherwise(asked)
        if answer is None:
            answer = Scripted(599, b"nothing scripted", {})
        if isinstance(answer, Scripted):
            self.send_response_only(answer.status)
            for name, value in answer.headers.items():
                self.send_header(name, value)
            if "content-length" not in {name.lower() for name in answer.headers}:
                self.send_header("Content-Length", str(len(answer.body)))
            self.end_headers()
            self.wfile.write(answer.body)
            return
        self.close_connection = True
        if answer == "silence":
            script.ended.wait(30)
        elif answer == "reset":
            self.connection.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))
            self.connection.close()
        else:
            self.wfile.write(answer)

    do_GET = do_POST = do_PUT = do_PATCH = do_DELETE = do_HEAD = do_CONNECT = _any

    def log_message(self, *args: object) -> None:
        pass


class _Server(ThreadingHTTPServer):
    daemon_threads = True

    def handle_error(self, request: object, client_address: object) -> None:
        pass  # a reset connection is what the test asked for


def _serve(script: Script) -> Iterator[Script]:
    handler = type("Handler", (_Handler,), {"script": script})
    with _Server(("127.0.0.1", 0), handler) as server:
        thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.02})
        thread.start()
        script.url = f"http://127.0.0.1:{server.server_port}"
        yield script
        script.ended.set()
        server.shutdown()
        thread.join()


@pytest.fixture
def graph() -> Iterator[Script]:
    yield from _serve(Script())


@pytest.fixture
def elsewhere() -> Iterator[Script]:
    """A second server: another host as far as tokens are concerned."""
    yield from _serve(Script())


@pytest.fixture
def identity(monkeypatch: pytest.MonkeyPatch) -> Iterator[Script]:
    """An App Service identity endpoint that azure-identity talks to unchanged; tokens are counted."""
    script = Script()
    issued = iter(range(1, 1000))
    script.otherwise = lambda _: Scripted(
        200,
        json.dumps(
            {
                "access_token": f"identity-token-{next(issued)}",
                "expires_on": str(int(time.time()) + 3600),
                "resource": "https://graph.microsoft.com",
                "token_type": "Bearer",
            }
        ).encode(),
        {"Content-Type": "application/json"},
    )
    for served in _serve(script):
        monkeypatch.setenv("IDENTITY_ENDPOINT", f"{served.url}/msi/token")
        monkeypatch.setenv("IDENTITY_HEADER", "identity-header-secret")
        monkeypatch.setenv("AZURE_TOKEN_CREDENTIALS", "ManagedIdentityCredential")
        yield served


class FixedCredential:
    """A credential whose token never changes."""

    def get_token(self, *scopes: str, **options: object) -> Any:
        return type("Token", (), {"token": TOKEN})()


Connect = Callable[..., Sds]


@pytest.fixture
def connected(graph: Script) -> Iterator[Connect]:
    """`connected(api="classic", url=..., credential=...)`: services on the scripted Graph."""
    opened: list[Sds] = []

    def make(
        api: Literal["classic", "industryData"] = "classic",
        url: str | None = None,
        read: float = 10,
        whole: float = 60,
        operation_poll: float = 5,
        **options: Any,
    ) -> Sds:
        options.setdefault("credential", FixedCredential())
        patience = Patience(connect=5, silence=read, whole=whole)
        settings = Settings(api=api, graph_base_url=(url or graph.url) + "/beta", operation_poll=operation_poll)
        opened.append(connect(settings, patience=patience, **options))
        return opened[-1]

    yield make
    for sds in opened:
        sds.close()


@pytest.fixture
def everything_logged(caplog: pytest.LogCaptureFixture) -> pytest.LogCaptureFixture:
    caplog.set_level(logging.DEBUG)
    for name in ("httpx", "httpcore", "azure", "urllib3", "msal"):
        caplog.set_level(logging.DEBUG, logger=name)
    return caplog


@pytest.fixture
def sds(connected: Connect) -> Sds:
    return connected("industryData")


@pytest.fixture
def ready(graph: Script, sds: Sds) -> Sds:
    """A service that knows the flow's connector."""
    graph.say(200, {"id": PROFILE, "readinessStatus": "ready", "dataConnector": {"id": CONNECTOR}})
    assert sds.readiness(PROFILE).answer is Answer.OK
    graph.asked.clear()
    return sds
