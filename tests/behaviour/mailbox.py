"""All messages of one stack's results queue, in the order in which they came, checked as they come."""

import base64
import json
import threading
import time
from typing import Any, Self

from azure.storage.queue import QueueClient
from jsonschema import Draft202012Validator, FormatChecker

from shared.results import LIMIT, SCHEMA_ID, schema

_LOOK = 0.2
"""Seconds between two looks; each costs the storage emulator and this process some milliseconds."""
_ENVELOPE = {"specversion": "1.0", "datacontenttype": "application/json", "dataschema": SCHEMA_ID}


class Mailbox:
    """Reads the queue in a thread of its own until closed."""

    def __init__(self, connection: str, queue: str = "sds-results") -> None:
        self._queue = QueueClient.from_connection_string(connection, queue)
        self._schema = Draft202012Validator(schema(), format_checker=FormatChecker())
        self._came = threading.Condition()
        self._messages: list[dict[str, Any]] = []
        self._problems: list[str] = []
        self._closing = threading.Event()
        self._thread = threading.Thread(target=self._read, name="mailbox")
        self.texts: list[str] = []
        """Every message as it was on the queue, decoded."""

    def of(self, inbox: str, kind: str) -> list[dict[str, Any]]:
        """The messages of one kind whose source ends like this, one for each id. Raises AssertionError."""
        with self._came:
            assert not self._problems, self._problems
            first: dict[str, dict[str, Any]] = {}
            for message in self._messages:
                if message["source"].endswith(inbox) and message["type"] == f"rosterdrop.{kind}.v1":
                    assert first.setdefault(message["id"], message) == message, "one id with two contents"
            return list(first.values())

    def wait_for(self, inbox: str, kind: str, number: int, seconds: float) -> dict[str, Any]:
        """The `number`-th message of a kind. Raises AssertionError at the deadline."""
        deadline = time.monotonic() + seconds
        with self._came:
            while len(found := self.of(inbox, kind)) < number:
                left = deadline - time.monotonic()
                assert left > 0, f"no {kind} message {number} of {inbox} within {seconds} s"
                self._came.wait(left)
            return found[number - 1]

    def _read(self) -> None:
        while not self._closing.wait(_LOOK):
            for message in self._queue.receive_messages(messages_per_page=32):
                text = base64.b64decode(message.content).decode()
                event = json.loads(text)
                with self._came:
                    self._problems += self._check(text, event)
                    self._messages.append(event)
                    self.texts.append(text)
                    self._came.notify_all()
                self._queue.delete_message(message)

    def _check(self, text: str, event: dict[str, Any]) -> list[str]:
        problems = [f"{event['id']}: {error.message}" for error in self._schema.iter_errors(event["data"])]
        wrong = [name for name, value in _ENVELOPE.items() if event[name] != value]
        if len(text.encode()) > LIMIT or event["subject"] != event["data"]["runId"]:
            wrong.append("size or subject")
        return problems + [f"{event['id']}: {name}" for name in wrong]

    def __enter__(self) -> Self:
        self._thread.start()
        return self

    def __exit__(self, *_: object) -> None:
        self._closing.set()
        self._thread.join()
        self._queue.close()
