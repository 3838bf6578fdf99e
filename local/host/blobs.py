"""Blob triggers: a container is listed again and again, in place of Event Grid."""

import asyncio
import json
import logging
import os
import re
from collections.abc import Mapping
from dataclasses import dataclass

from azure.core.exceptions import AzureError, ResourceNotFoundError
from azure.storage.blob import ContainerClient

from local.child import StartError
from local.host.app_settings import resolve
from local.host.boundary import Boundaries
from local.host.chaos import Chaos
from local.host.invocations import Invocations
from local.host.protos import ModelBindingData, TypedData
from local.host.worker import Function, InvocationFailed, Worker

_LOG = logging.getLogger("host.blobs")

_PARAMETER = re.compile(r"\\\{(\w+)\\\}")

_RETRY_SECONDS = 0.2
"""The pause after a first failure; it doubles each time. Azure's are minutes."""


@dataclass(frozen=True)
class Source:
    """What a blob trigger watches: a container, and the names in it that fit."""

    container: str
    name: re.Pattern[str]
    connection: str

    @classmethod
    def of(cls, function: Function) -> "Source":
        """Read a trigger's `path` and `connection`. Raises StartError."""
        path = resolve(str(function.trigger.get("path", "")))
        container, _, pattern = path.strip("/").partition("/")
        if not container:
            raise StartError(f"the blob trigger of {function.name} has no path")
        name = _PARAMETER.sub(r"(?P<\1>.*)", re.escape(pattern)) if pattern else "(?P<name>.*)"
        return cls(container, re.compile(name, re.DOTALL), str(function.trigger.get("connection", "")))

    def client(self, environment: Mapping[str, str] = os.environ) -> ContainerClient:
        """Open the container. Raises StartError if the connection isn't a connection string."""
        text = environment.get(self.connection) or environment.get(f"AzureWebJobs{self.connection}")
        if not text:
            raise StartError(f"the blob trigger's connection {self.connection} is not set (a connection string)")
        try:
            # One try: a listing that fails is simply done again, and then sees more.
            return ContainerClient.from_connection_string(text, self.container, retry_total=0)
        except ValueError as error:
            raise StartError(f"the blob trigger's connection {self.connection} can't be used: {error}") from None


class BlobTrigger:
    """Calls one function for every blob that is new or has changed, existing ones included."""

    def __init__(
        self,
        function: Function,
        worker: Worker,
        tries: int,
        at_once: int,
        chaos: Chaos,
        boundaries: Boundaries,
        invocations: Invocations,
    ) -> None:
        self._function = function
        self._source = Source.of(function)
        self._client = self._source.client()
        self._worker = worker
        self._tries = tries
        self._slots = asyncio.Semaphore(at_once)
        self._chaos = chaos
        self._boundaries = boundaries
        self._invocations = invocations
        self._seen: dict[str, str] = {}

    async def watch(self, interval: float) -> None:
        """List every `interval` seconds until cancelled. A blob is known by its name and ETag."""
        with self._client:
            while True:
                await self._look()
                await asyncio.sleep(interval)

    async def _look(self) -> None:
        try:
            found = await asyncio.to_thread(self._list)
        except ResourceNotFoundError:
            return
        except AzureError as error:
            _LOG.warning("%s can't be listed: %s", self._source.container, str(error).partition("\n")[0])
            return
        new = [(name, etag) for name, etag in found.items() if self._seen.get(name) != etag]
        self._seen = found
        for name, etag in new:
            if match := self._source.name.fullmatch(name):
                self._invocations.start(self._event(name, etag, match.groupdict()))

    def _list(self) -> dict[str, str]:
        return {blob.name: blob.etag for blob in self._client.list_blobs()}

    async def _event(self, name: str, etag: str, parameters: Mapping[str, str]) -> None:
        what = self._chaos.event()
        if what == "never":
            return
        if what == "late":
            await asyncio.sleep(self._chaos.lateness())
        for _ in range(2 if what == "twice" else 1):
            await self._deliver(name, etag, parameters)

    async def _deliver(self, name: str, etag: str, parameters: Mapping[str, str]) -> None:
        path = f"{self._source.container}/{name}"
        content = {
            "Connection": self._source.connection,
            "ContainerName": self._source.container,
            "BlobName": name,
        }
        value = ModelBindingData("AzureStorageBlobs", json.dumps(content).encode())
        metadata = {
            "BlobTrigger": TypedData(string=path),
            "Uri": TypedData(string=f"{self._client.url}/{name}"),
            "Properties": TypedData(json=json.dumps({"ETag": etag})),
            "Metadata": TypedData(json="{}"),
            **{key: TypedData(string=text) for key, text in parameters.items()},
        }
        async with self._slots:
            for attempt in range(1, self._tries + 1):
                self._boundaries.cross(f"before event {path}")
                try:
                    await self._worker.invoke(self._function, TypedData(model_binding_data=value), metadata)
                except InvocationFailed as error:
                    _LOG.warning("%s failed for %s, try %d: %s", self._function.name, path, attempt, error)
                    if attempt == self._tries:
                        _LOG.error("poison: %s gave up on %s after %d tries", self._function.name, path, attempt)
                    else:
                        await asyncio.sleep(_RETRY_SECONDS * 2 ** (attempt - 1))
                else:
                    self._boundaries.cross(f"after event {path}")
                    return
