"""Blob triggers whose source is Event Grid: a blob that an event names calls one function."""

import asyncio
import json
import logging
import os
import re
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any
from urllib.parse import unquote, urlsplit

from local.child import StartError
from local.host.app_settings import resolve
from local.host.boundary import Boundaries
from local.host.chaos import Chaos
from local.host.protos import ModelBindingData, TypedData
from local.host.worker import Function, InvocationFailed, Worker
from shared.settings import is_loopback

_LOG = logging.getLogger("host.blobs")

_PARAMETER = re.compile(r"\\\{(\w+)\\\}")

_RETRY_SECONDS = 0.2
"""The pause after a first failure; it doubles each time. Azure's are minutes."""


@dataclass(frozen=True)
class Source:
    """What a blob trigger listens to: a container, and the names in it that fit."""

    container: str
    name: re.Pattern[str]
    connection: str

    @classmethod
    def of(cls, function: Function, environment: Mapping[str, str] = os.environ) -> "Source":
        """Read a trigger's `path` and `connection`. Raises StartError."""
        path = resolve(str(function.trigger.get("path", "")))
        container, _, pattern = path.strip("/").partition("/")
        if not container:
            raise StartError(f"the blob trigger of {function.name} has no path")
        connection = str(function.trigger.get("connection", ""))
        if not any(environment.get(f"{connection}{form}") for form in ("", "__blobServiceUri", "__serviceUri")):
            raise StartError(f"the blob trigger's connection {connection} is not set")
        name = _PARAMETER.sub(r"(?P<\1>.*)", re.escape(pattern)) if pattern else "(?P<name>.*)"
        return cls(container, re.compile(name, re.DOTALL), connection)


class BlobTrigger:
    """Calls one function for every event about a blob that fits."""

    def __init__(
        self, function: Function, worker: Worker, tries: int, at_once: int, chaos: Chaos, boundaries: Boundaries
    ) -> None:
        self.function = function
        self.source = Source.of(function)
        self._worker = worker
        self._tries = tries
        self._slots = asyncio.Semaphore(at_once)
        self._chaos = chaos
        self._boundaries = boundaries

    async def hear(self, event: Mapping[str, Any]) -> None:
        """Take an event in Event Grid's schema or CloudEvents' as the extension does: only its `data.url` counts.

        Returns when the function has run, or has failed too often. Raises ValueError for what is no such event.
        """
        container, name = _place(event)
        match = self.source.name.fullmatch(name)
        if container != self.source.container or not match:
            return
        what = self._chaos.event()
        if what == "never":
            return
        if what == "late":
            await asyncio.sleep(self._chaos.lateness())
        for _ in range(2 if what == "twice" else 1):
            await self._deliver(name, event["data"], match.groupdict())

    async def _deliver(self, name: str, data: Mapping[str, Any], parameters: Mapping[str, str]) -> None:
        path = f"{self.source.container}/{name}"
        content = {"Connection": self.source.connection, "ContainerName": self.source.container, "BlobName": name}
        value = ModelBindingData("AzureStorageBlobs", json.dumps(content).encode())
        metadata = {
            "BlobTrigger": TypedData(string=path),
            "Uri": TypedData(string=str(data["url"])),
            "Properties": TypedData(json=json.dumps({"ETag": data.get("eTag")})),
            "Metadata": TypedData(json="{}"),
            **{key: TypedData(string=text) for key, text in parameters.items()},
        }
        async with self._slots:
            for attempt in range(1, self._tries + 1):
                self._boundaries.cross(f"before event {path}")
                try:
                    await self._worker.invoke(self.function, TypedData(model_binding_data=value), metadata)
                except InvocationFailed as error:
                    _LOG.warning("%s failed for %s, try %d: %s", self.function.name, path, attempt, error)
                    if attempt == self._tries:
                        _LOG.error("poison: %s gave up on %s after %d tries", self.function.name, path, attempt)
                    else:
                        await asyncio.sleep(_RETRY_SECONDS * 2 ** (attempt - 1))
                else:
                    self._boundaries.cross(f"after event {path}")
                    return


def _place(event: Mapping[str, Any]) -> tuple[str, str]:
    """Container and name of the blob that an event is about. Raises ValueError."""
    try:
        address = urlsplit(event["data"]["url"])
    except (KeyError, TypeError, AttributeError):
        raise ValueError("the event has no data.url") from None
    path = address.path.lstrip("/")
    if is_loopback(address.hostname or ""):
        path = path.partition("/")[2]  # an emulator's addresses begin with the account's name
    container, _, name = path.partition("/")
    return unquote(container), unquote(name)
