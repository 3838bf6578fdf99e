"""The functions host with the small app beside this file."""

import os
import time
import uuid
from collections.abc import Callable, Iterator, Mapping
from contextlib import ExitStack
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

import httpx
import pytest
from azure.storage.blob import BlobServiceClient, ContainerClient

from local.host_process import KEYS, PORT, HostProcess
from local.http1 import HttpServer, listener
from local.loops import LoopThread
from local.storage.events import EventGrid
from local.storage.gate import Pipe
from local.storage.relay import Relay
from local.subscription import filter_of

ROOT = Path(__file__).parent.parent.parent
APP = Path(__file__).parent / "app"


FUNCTION_KEY, BLOBS_KEY = "function-key", "blobs-key"


class Noticed:
    """Storage beside which events are made: what is written by its connection string, a host hears of."""

    def __init__(self, azurite: str, host_port: int) -> None:
        self._loop = LoopThread("noticed")
        self._loop.start()
        blob = urlsplit(dict(part.split("=", 1) for part in azurite.rstrip(";").split(";"))["BlobEndpoint"])
        address = self._loop.run(self._open(blob.port or 0, host_port))
        self.connection_string = azurite.replace(f"{blob.scheme}://{blob.netloc}", address)

    async def _open(self, blob_port: int, host_port: int) -> str:
        bound = listener()
        self.address = f"http://127.0.0.1:{bound.getsockname()[1]}"
        self._events = EventGrid(host_port, BLOBS_KEY, lambda: f"{self.address}/devstoreaccount1")
        self._relay = Relay(None)
        self._relay.open(blob_port)
        self._server = HttpServer(Pipe("blob", self._relay, self._events.happened), bound)
        await self._server.start()
        return self.address

    def subscribe(self, function: str, container: str) -> None:
        self._loop.call(self._events.subscribe, function, filter_of(container))

    def close(self) -> None:
        for ending in (self._events.stop, self._server.stop):
            self._loop.run(ending())
        self._loop.call(self._relay.close)
        self._loop.stop()


class Hosted:
    """A host with a drop container and a journal of its own."""

    def __init__(
        self, process: HostProcess, drop: ContainerClient, journal: ContainerClient, url: str, noticed: Noticed
    ) -> None:
        self.process = process
        self.url = url
        self.noticed = noticed
        self.container = drop.container_name
        self._drop = drop
        self._journal = journal

    def ask(self, method: str, path: str, **more: Any) -> httpx.Response:
        """One HTTP request to the host."""
        return httpx.request(method, f"{self.url}{path}", timeout=20, **more)

    def drop(self, name: str) -> None:
        with self._drop.get_blob_client(name) as blob:
            blob.upload_blob(b"x", overwrite=True)

    def journal(self, prefix: str = "") -> list[str]:
        """What the app did: the sorted entries that start with the prefix, without it."""
        names = (blob.name for blob in self._journal.list_blobs(name_starts_with=prefix))
        return sorted(name.removeprefix(prefix).rpartition("/")[0] for name in names)

    def wait_for(self, condition: Callable[[], bool], seconds: float = 15) -> None:
        deadline = time.monotonic() + seconds
        while not condition():
            assert time.monotonic() < deadline, "\n".join([*self.journal(), *self.log().splitlines()[-40:]])
            time.sleep(0.02)

    def noted(self, name: str) -> str:
        """What an orchestration that a blob started says at its end."""
        self.wait_for(lambda: bool(self.journal(f"note/{name}/")))
        return self.journal(f"note/{name}/")[0]

    def log(self) -> str:
        return self.process.log.read_text(encoding="utf-8")


type Start = Callable[..., Hosted]


def _starter(azurite: str, folder: Path, ending: ExitStack) -> Start:
    def start(*options: str, die_at: int | None = None, settings: Mapping[str, str] | None = None) -> Hosted:
        name = f"host-{uuid.uuid4().hex[:8]}"
        port = ending.enter_context(listener(shared=True))
        host_port: int = port.getsockname()[1]
        noticed = Noticed(azurite, host_port)
        ending.callback(noticed.close)
        noticed.subscribe("landed", f"{name}-d")
        blobs = ending.enter_context(BlobServiceClient.from_connection_string(noticed.connection_string))
        drop, journal = (ending.enter_context(blobs.create_container(f"{name}-{part}")) for part in ("d", "j"))
        environment = {
            **os.environ,
            "DROP_STORAGE": azurite,
            "SDS_DROP_CONTAINER": f"{name}-d",
            "SDS_RUN_CONTAINER": f"{name}-j",
            "SDS_TASK_HUB": "hub",
            "SDS_SWEEP_SCHEDULE": "0 0 0 1 1 *",
            PORT: str(host_port),
            KEYS["function"]: FUNCTION_KEY,
            KEYS["blobs"]: BLOBS_KEY,
            **(settings or {}),
        }
        process = HostProcess(APP, ROOT, environment, options, folder / f"{name}.log")
        ending.callback(process.end)
        process.start(die_at)
        return Hosted(process, drop, journal, f"http://127.0.0.1:{host_port}", noticed)

    return start


@pytest.fixture
def start_host(azurite: str, tmp_path: Path) -> Iterator[Start]:
    """Start a host with options; it ends with the test."""
    with ExitStack() as ending:
        yield _starter(azurite, tmp_path, ending)


@pytest.fixture(scope="module")
def host(azurite: str, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Hosted]:
    """One host for the tests of a file."""
    with ExitStack() as ending:
        yield _starter(azurite, tmp_path_factory.mktemp("host"), ending)()
