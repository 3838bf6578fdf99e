"""Whole runs on a stack, as a person sees them: files in, messages out."""

import base64
import json
import time
from collections.abc import Callable
from pathlib import Path
from typing import Self

from azure.storage.blob import BlobServiceClient
from azure.storage.queue import QueueClient

from local.stack import PROFILE, Stack

SAMPLE = Path(__file__).parents[2] / "samples" / "drop"


class Run:
    """Drops the sample, any number of times, and reads the outcomes from the queue."""

    def __init__(self, stack: Stack) -> None:
        self._stack = stack
        self._blobs = BlobServiceClient.from_connection_string(stack.connection_string)
        self._queue = QueueClient.from_connection_string(stack.connection_string, "sds-results")

    def drop(self) -> None:
        for file in SAMPLE.iterdir():
            with self._blobs.get_blob_client("sds-drop", f"{PROFILE}/{file.name}") as blob:
                blob.upload_blob(file.read_bytes(), overwrite=True)

    def told(self, number: int = 2, seconds: float = 90) -> list[str]:
        """The outcomes of the next messages, which are taken from the queue."""
        outcomes: list[str] = []

        def enough() -> bool:
            for message in self._queue.receive_messages():
                outcomes.append(json.loads(base64.b64decode(message.content))["data"]["outcome"])
                self._queue.delete_message(message)
            return len(outcomes) >= number

        self.wait_for(enough, seconds)
        return outcomes

    def waiting(self) -> int:
        """About how many messages are on the queue."""
        return self._queue.get_queue_properties().approximate_message_count or 0

    def wait_for(self, condition: Callable[[], bool], seconds: float = 30) -> None:
        deadline = time.monotonic() + seconds
        while not condition():
            assert time.monotonic() < deadline, self._stack.host_log.read_text(encoding="utf-8")[-3000:]
            time.sleep(0.1)

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self._blobs.close()
        self._queue.close()
