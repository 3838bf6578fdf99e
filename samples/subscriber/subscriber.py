"""A subscriber: reads the results queue and does something with every message exactly once.

    pip install azure-storage-queue azure-identity
    export DROP_STORAGE__queueServiceUri=https://ACCOUNT.queue.core.windows.net
    python samples/subscriber/subscriber.py

By identity (`az login`, or a managed identity) it needs the role "Storage Queue Data Message Processor" on the queue
and no more. For a storage account that allows keys, DROP_STORAGE may be its connection string instead.

It stands alone; copy it. Three things matter in any subscriber:

* A message's text is a CloudEvent in JSON, Base64-encoded (what Functions and Logic Apps expect).
* Delivery is at least once. A repeat has the same `source` and `id`, so remember those, across restarts too.
* Delete a message only after its work is done. One that isn't deleted comes back when its hiding time is over.

Names of files, and words about them, are written by whoever dropped the files: show them as text, and nothing else.
"""

import argparse
import base64
import json
import os
import sys
import time
from pathlib import Path
from typing import Any

from azure.storage.queue import QueueClient

ADDRESS = "DROP_STORAGE__queueServiceUri"
CLIENT_ID = "DROP_STORAGE__clientId"
"""Only for a user-assigned managed identity."""

FAULT_OF_FILES = {"rejected", "rejectedBeforeUpload", "incomplete", "invalidDrop", "superseded", "notApproved"}


class Handled:
    """The messages that were handled, kept in a file of one line each."""

    def __init__(self, file: Path) -> None:
        self._file = file
        self._keys = set(file.read_text(encoding="utf-8").splitlines()) if file.exists() else set()

    def __contains__(self, event: dict[str, Any]) -> bool:
        return self._key(event) in self._keys

    def add(self, event: dict[str, Any]) -> None:
        self._keys.add(self._key(event))
        with self._file.open("a", encoding="utf-8") as file:
            file.write(self._key(event) + "\n")

    @staticmethod
    def _key(event: dict[str, Any]) -> str:
        return f"{event['source']} {event['id']}"


def decode(content: str) -> dict[str, Any]:
    event: dict[str, Any] = json.loads(base64.b64decode(content))
    return event


def say(text: str) -> None:
    """Print one line; what could act on a terminal or can't be seen becomes an escape."""
    print("".join(c if c.isprintable() else c.encode("unicode_escape").decode() for c in text))


def handle(event: dict[str, Any]) -> None:
    """The work: here, a line for a person. `type` tells what `data` holds; skip types that you don't know."""
    data = event["data"]
    if event["type"] == "rosterdrop.verification.v1":
        counts = data["counts"]
        say(f"{data['profile']}: {data['outcome']} ({counts['error']} errors, {counts['warning']} warnings)")
        if data["outcome"] in FAULT_OF_FILES:
            for message in data["messages"]:
                say(f"  {message['fileName']}: {message['description']}")
        if data["failure"]:
            say(f"  {data['failure']['code']}: {data['failure']['message']}")
    elif event["type"] == "rosterdrop.sync.v1":
        say(f"{data['profile']}: sync {data['outcome']}, {data['errorCount'] or 0} errors")


def work(queue: QueueClient, handled: Handled) -> int:
    """Handle what is on the queue now; returns how many messages were new."""
    new = 0
    for message in queue.receive_messages(visibility_timeout=60):
        event = decode(message.content)
        if event not in handled:
            handle(event)
            handled.add(event)
            new += 1
        queue.delete_message(message)
    return new


def connect(name: str) -> QueueClient:
    """The queue, by a connection string or by an identity. Raises KeyError if the environment names no account."""
    if connection := os.environ.get("DROP_STORAGE"):
        return QueueClient.from_connection_string(connection, name)
    from azure.identity import DefaultAzureCredential

    address = os.environ[ADDRESS]
    client_id = os.environ.get(CLIENT_ID)
    credential = DefaultAzureCredential(managed_identity_client_id=client_id)
    return QueueClient(address, name, credential=credential)


def main() -> int:
    parser = argparse.ArgumentParser(description="Read Rosterdrop's results queue.")
    parser.add_argument("--queue", default=os.environ.get("SDS_RESULTS_QUEUE") or "sds-results")
    parser.add_argument("--handled", type=Path, default=Path("handled.txt"), help="where handled ids are kept")
    parser.add_argument("--once", action="store_true", help="stop when the queue is empty")
    arguments = parser.parse_args()
    handled = Handled(arguments.handled)
    try:
        queue = connect(arguments.queue)
    except KeyError:
        parser.error(f"set {ADDRESS} to the address of the account's queues")
    with queue:
        while work(queue, handled) or not arguments.once:
            time.sleep(0 if arguments.once else 5)
    return 0


if __name__ == "__main__":
    try:
        sys.exit(main())
    except KeyboardInterrupt:
        sys.exit(0)
