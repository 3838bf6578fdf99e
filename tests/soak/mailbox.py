"""Everything that came by the results queue."""

import base64
import json
import threading
from typing import Any, Self

from azure.core.exceptions import AzureError
from azure.storage.queue import QueueClient

from tests.soak.evidence import Told

_PAUSE = 0.2


class Mailbox:
    """Reads the queue in a thread of its own while its `with` block runs."""

    def __init__(self, connection: str) -> None:
        self._queue = QueueClient.from_connection_string(connection, "sds-results")
        self._lock = threading.Lock()
        self._told: list[Told] = []
        self._stories: dict[str, dict[str, bool]] = {}
        self._closing = threading.Event()
        self._thread = threading.Thread(target=self._read, name="mailbox", daemon=True)

    def told(self) -> list[Told]:
        with self._lock:
            return list(self._told)

    def stories(self, profile: str) -> tuple[int, bool]:
        """How many stories of a profile were told, and whether none of them has a sync to come."""
        with self._lock:
            known = self._stories.get(profile, {})
            return len(known), all(known.values())

    def _read(self) -> None:
        while not self._closing.is_set():
            try:
                found = list(self._queue.receive_messages(messages_per_page=32, max_messages=32))
                for message in found:
                    self._take(base64.b64decode(message.content).decode())
                    self._queue.delete_message(message)
            except AzureError:
                found = []  # what was taken and not deleted comes again, as the same message
            if not found:
                self._closing.wait(_PAUSE)

    def _take(self, text: str) -> None:
        event: dict[str, Any] = json.loads(text)
        told = Told(event["id"], event["type"], event["subject"], event["source"], text, event["data"])
        with self._lock:
            self._told.append(told)
            stories = self._stories.setdefault(told.source.rpartition("/")[2], {})
            if told.type == "rosterdrop.sync.v1":
                stories[told.subject] = True
            elif told.type == "rosterdrop.verification.v1":
                over = told.data["outcome"] not in ("started", "startedWithWarnings")
                stories[told.subject] = stories.get(told.subject, False) or over

    def __enter__(self) -> Self:
        self._thread.start()
        return self

    def __exit__(self, *_: object) -> None:
        self._closing.set()
        self._thread.join()
        self._queue.close()
