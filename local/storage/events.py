"""Stands in for Event Grid: tells the functions host what was written, by its webhook, and again until it listens."""

import asyncio
import json
import logging
import secrets
from collections.abc import Callable
from datetime import UTC, datetime
from typing import Any
from urllib.parse import quote, urlencode

import h11

from local.http1 import ask
from local.storage.operations import Operation, Service
from local.subscription import Filter, passes

_LOG = logging.getLogger(__name__)

WEBHOOK = "/runtime/webhooks/blobs"
_TYPES = {
    **dict.fromkeys(("PutBlob", "PutBlockList", "CopyBlob", "CopyBlobFromURL"), "Microsoft.Storage.BlobCreated"),
    "DeleteBlob": "Microsoft.Storage.BlobDeleted",
}
_TIMEOUT = 30.0
"""Seconds that a delivery may take; Event Grid gives a webhook as long."""
_PAUSES = (0.05, 0.1, 0.2, 0.5, 1.0)
"""Seconds until the next try; the last one again and again. Event Grid begins with ten."""


def event(operation: Operation, url: str, request: h11.Request, answer: h11.Response) -> dict[str, Any]:
    """The event of one write, in Event Grid's own schema (azure-docs, "event-schema-blob-storage")."""
    asked, given = dict(request.headers), dict(answer.headers)
    container = operation.scope.removeprefix("containers/")
    size = asked.get(b"content-length", b"0") if operation.name == "PutBlob" else b"0"
    return {
        "topic": "/subscriptions/local/resourceGroups/local/providers/Microsoft.Storage/storageAccounts/local",
        "subject": f"/blobServices/default/containers/{container}/blobs/{operation.item}",
        "eventType": _TYPES[operation.name],
        "id": secrets.token_hex(16),
        "data": {
            "api": operation.name,
            "requestId": given.get(b"x-ms-request-id", b"").decode(),
            "eTag": given.get(b"etag", b"").decode().strip('"'),
            "contentType": asked.get(b"x-ms-blob-content-type", b"application/octet-stream").decode("latin-1"),
            "contentLength": int(size),
            "blobType": "BlockBlob",
            "url": f"{url}/{quote(container)}/{quote(operation.item)}",
            "sequencer": secrets.token_hex(16),
            "storageDiagnostics": {"batchId": secrets.token_hex(16)},
        },
        "dataVersion": "",
        "metadataVersion": "1",
        "eventTime": datetime.now(UTC).isoformat().replace("+00:00", "Z"),
    }


class EventGrid:
    """One subscription for each function. Lives on the running loop; delivers from `subscribe` to `stop`."""

    def __init__(self, port: int, key: str, url: Callable[[], str]) -> None:
        """The host's port, its key for the webhook, and what blob URLs begin with."""
        self._port = port
        self._key = key
        self._url = url
        self._filters: dict[str, Filter] = {}
        self._known: set[str] = set()
        self._tasks: set[asyncio.Task[None]] = set()

    def subscribe(self, function: str, given: Filter) -> None:
        """Tell a function from now on what passes a filter. Doing it again replaces the filter."""
        self._filters[function] = given

    def happened(self, service: Service, operation: Operation, request: h11.Request, answer: h11.Response) -> None:
        """Something was asked of storage, with this answer."""
        if service != "blob" or operation.name not in _TYPES or answer.status_code >= 300:
            return
        made = event(operation, self._url(), request, answer)
        for function, given in self._filters.items():
            if passes(given, made):
                task = asyncio.get_running_loop().create_task(self._deliver(function, made))
                self._tasks.add(task)
                task.add_done_callback(self._tasks.discard)

    async def stop(self) -> None:
        for task in self._tasks:
            task.cancel()
        await asyncio.gather(*self._tasks, return_exceptions=True)

    async def _deliver(self, function: str, made: dict[str, Any]) -> None:
        for number in range(1_000_000):
            try:
                if await self._greeted(function) and await self._post(function, "Notification", made) < 300:
                    return
            except OSError:
                pass  # the host is down, or went away in the middle: it hears of it again
            await asyncio.sleep(_PAUSES[min(number, len(_PAUSES) - 1)])

    async def _greeted(self, function: str) -> bool:
        """A webhook must say first that it wants events (azure-docs, "webhook-event-delivery", handshake)."""
        if function in self._known:
            return True
        code = secrets.token_hex(16)
        greeting = {
            "id": secrets.token_hex(16),
            "topic": "",
            "subject": "",
            "data": {"validationCode": code, "validationUrl": "https://localhost/none"},
            "eventType": "Microsoft.EventGrid.SubscriptionValidationEvent",
            "eventTime": datetime.now(UTC).isoformat().replace("+00:00", "Z"),
            "metadataVersion": "1",
            "dataVersion": "2",
        }
        status, body = await self._send(function, "SubscriptionValidation", greeting)
        if status == 200 and json.loads(body).get("validationResponse") == code:
            self._known.add(function)
            return True
        _LOG.warning("%s refuses the subscription with %d", function, status)
        return False

    async def _post(self, function: str, kind: str, made: dict[str, Any]) -> int:
        return (await self._send(function, kind, made))[0]

    async def _send(self, function: str, kind: str, made: dict[str, Any]) -> tuple[int, bytes]:
        query = urlencode({"functionName": f"Host.Functions.{function}", "code": self._key})
        headers = [(b"Content-Type", b"application/json; charset=utf-8"), (b"aeg-event-type", kind.encode())]
        body = json.dumps([made]).encode()
        return await ask(self._port, "POST", f"{WEBHOOK}?{query}", headers, body, _TIMEOUT)
