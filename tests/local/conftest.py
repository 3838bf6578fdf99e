"""The functions host with the small app beside this file."""

import os
import time
import uuid
from collections.abc import Callable, Iterator, Mapping
from contextlib import ExitStack
from pathlib import Path

import pytest
from azure.storage.blob import BlobServiceClient, ContainerClient

from local.host_process import HostProcess

ROOT = Path(__file__).parent.parent.parent
APP = Path(__file__).parent / "app"


class Hosted:
    """A host with a drop container and a journal of its own."""

    def __init__(self, process: HostProcess, drop: ContainerClient, journal: ContainerClient) -> None:
        self.process = process
        self._drop = drop
        self._journal = journal

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
        blobs = ending.enter_context(BlobServiceClient.from_connection_string(azurite))
        drop, journal = (ending.enter_context(blobs.create_container(f"{name}-{part}")) for part in ("d", "j"))
        environment = {
            **os.environ,
            "DROP_STORAGE": azurite,
            "SDS_DROP_CONTAINER": f"{name}-d",
            "SDS_RUN_CONTAINER": f"{name}-j",
            "SDS_TASK_HUB": "hub",
            "SDS_SWEEP_SCHEDULE": "0 0 0 1 1 *",
            **(settings or {}),
        }
        process = HostProcess(APP, ROOT, environment, options, folder / f"{name}.log")
        ending.callback(process.end)
        process.start(die_at)
        return Hosted(process, drop, journal)

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
