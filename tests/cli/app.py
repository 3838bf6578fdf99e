"""A stand-in for the app and its stack: it notices a drop, keeps a record and sends what the test tells it to."""

import os
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import msgspec
from azure.storage.blob import ContainerClient
from azure.storage.queue import QueueClient, TextBase64EncodePolicy

from shared.life import Stage
from shared.record import Current, Drop, Record, Target, Times
from shared.settings import Settings

NORTH = "11111111-2222-3333-4444-555555555555"
STAGES: tuple[Stage, ...] = ("taken", "checked", "uploading", "uploaded", "ended", "following")


class Storage:
    """One test's containers and queue."""

    def __init__(self, connection: str, settings: Settings) -> None:
        self.connection = connection
        self.inbox = self._container(settings.drop_container)
        self.state = self._container(settings.state_container)
        self.queue = QueueClient.from_connection_string(
            connection, settings.results_queue, message_encode_policy=TextBase64EncodePolicy()
        )
        self.queue.create_queue()
        self._open = [self.inbox, self.state, self.queue]

    def _container(self, name: str) -> ContainerClient:
        container = ContainerClient.from_connection_string(self.connection, name)
        container.create_container()
        return container

    def event(self, kind: str, outcome: str, run_id: str, profile: str | None = "north", **data: Any) -> str:
        source = self.inbox.url if profile is None else f"{self.inbox.url}/{profile}"
        return msgspec.json.encode(
            {
                "specversion": "1.0",
                "id": f"{run_id}/{kind}",
                "source": source,
                "type": f"rosterdrop.{kind}.v1",
                "subject": run_id,
                "data": {"profile": profile, "outcome": outcome, "runId": run_id, **data},
            }
        ).decode()

    def send(self, *texts: str) -> None:
        for text in texts:
            self.queue.send_message(text)

    def record(self, stage: Stage, run_id: str, profile: str = "north", **more: Any) -> None:
        now = datetime.now(UTC)
        current = Current(run_id, stage, Target("classic", NORTH), Drop("sdsV1", ()), Times(), now, **more)
        record = Record(profile, current=current)
        self.state.upload_blob(f"{profile}.json", msgspec.json.encode(record), overwrite=True)

    def run_id(self) -> str:
        newest = max(blob.last_modified for blob in self.inbox.list_blobs())
        return f"{newest:%Y%m%dT%H%M%SZ}-0123456789ab"

    def close(self) -> None:
        for client in self._open:
            client.close()


class Stack:
    """What `run` and `up` need of the stack. On a drop it sends a verification and, if told, a sync message."""

    def __init__(self, storage: Storage, outcome: str | None, sync: str | None, files: int) -> None:
        self.connection_string = storage.connection
        self.graph_base_url = "http://127.0.0.1:1/beta"
        self.identity_endpoint = "http://127.0.0.1:1/token"
        self.identity_header = "secret"
        self.http_base_url = "http://127.0.0.1:1"
        self.http_key = "key"
        self.page = "http://127.0.0.1:1/api/status?signIn=secret"
        self.profiles = {"north": NORTH}
        self._storage, self._outcome, self._sync, self._files = storage, outcome, sync, files
        self._stop = threading.Event()
        self.host_pid: int | None = 1
        self.host_log = Path(os.devnull)
        self.restarts = 0

    def restart_host(self) -> None:
        self.restarts += 1
        self.host_pid = 1

    @contextmanager
    def __call__(self, *_: object) -> Iterator["Stack"]:
        thread = threading.Thread(target=self._work)
        thread.start()
        try:
            yield self
        finally:
            self._stop.set()
            thread.join()

    def _work(self) -> None:
        while len(list(self._storage.inbox.list_blobs())) < self._files:
            if self._stop.wait(0.05):
                return
        run_id = self._storage.run_id()
        for stage in STAGES[:4]:
            self._storage.record(stage, run_id)
        if self._outcome:
            text = self._storage.event("verification", self._outcome, run_id, messages=[])
            self._storage.send(text, text)
        if self._sync:
            text = self._storage.event("sync", self._sync, run_id, errorCount=0)
            self._storage.send(text, text)
