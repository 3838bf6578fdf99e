"""The example subscriber handles each message once, whatever is repeated, and empties the queue."""

import base64
import json
import os
import subprocess
import sys
import uuid
from pathlib import Path
from typing import Any

from azure.storage.queue import QueueClient

PROGRAM = Path(__file__).parents[2] / "samples" / "subscriber" / "subscriber.py"


def event(kind: str, **data: Any) -> dict[str, Any]:
    return {"source": "https://x/sds-drop/north", "id": f"r1/{kind}", "type": f"rosterdrop.{kind}.v1", "data": data}


def test_each_message_is_handled_once(azurite: str, tmp_path: Path) -> None:
    queue = f"sds-{uuid.uuid4().hex[:12]}"
    rejected = event(
        "verification",
        profile="north",
        outcome="rejected",
        counts={"error": 1, "warning": 0},
        messages=[{"fileName": "Student\x1b[2J\u202e.csv", "description": "Bad."}],
        failure={"code": "badRequest", "message": "Why."},
    )
    synced = event("sync", profile="north", outcome="succeeded", errorCount=None)
    unknown = event("held", profile="north")

    def subscribe() -> str:
        done = subprocess.run(
            [sys.executable, str(PROGRAM), "--queue", queue, "--once"],
            cwd=tmp_path,
            env=os.environ | {"DROP_STORAGE": azurite},
            capture_output=True,
            text=True,
            check=True,
        )
        return done.stdout

    with QueueClient.from_connection_string(azurite, queue) as client:
        client.create_queue()
        for sent in (rejected, rejected, synced, unknown):
            client.send_message(base64.b64encode(json.dumps(sent).encode()).decode())
        assert subscribe().splitlines() == [
            "north: rejected (1 errors, 0 warnings)",
            "  Student\\x1b[2J\\u202e.csv: Bad.",
            "  badRequest: Why.",
            "north: sync succeeded, 0 errors",
        ]
        assert client.get_queue_properties().approximate_message_count == 0
        client.send_message(base64.b64encode(json.dumps(rejected).encode()).decode())
        assert subscribe() == ""
