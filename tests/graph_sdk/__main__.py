"""`python -m tests.graph_sdk INTERPRETER [--write]`: INTERPRETER is one that has Microsoft's SDK.

Compares every industry data object of the emulator, field by field, with what the SDK understood of it, and the
fields of the SDK's classes with fields.json, which `--write` writes anew. Exit 0: no difference.
"""

import json
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import httpx

from local.emulator import Emulator
from local.serve import Server
from tests.emulator.samples import SDS_V21

from .compare import differences

FIELDS = Path(__file__).with_name("fields.json")
FLOW = "6f2b1c54-9a3e-4d7f-8b21-0c5d9e7a4f10"
SECONDS = 300
SESSION = ["containerExpirationDateTime", "containerId", "sessionExpirationDateTime", "sessionUrl"]
"""A fileUploadSession as its page has it: the SDK knows neither the type nor the function that gives it."""
SCENARIO = {
    "flows": [
        {
            "id": FLOW,
            "fileFormat": "schoolDataSyncV2Rev1",
            "validate": {
                "states": [{"state": "succeeded"}],
                "warnings": [{"code": "OptionalFileNotFound", "target": "courses.csv"}],
            },
        }
    ],
    "runs": {
        "states": [{"state": "completed"}],
        "startOperation": [{"state": "succeeded"}],
        "before": {"status": "failed"},
    },
}


class AnyToken:
    def check(self, authorization_header: str | None, resource: str) -> bool:
        return authorization_header is not None and resource == "https://graph.microsoft.com"

    def revoke_all(self) -> None:
        """Nobody asks for it here."""


def upload(graph: httpx.Client) -> None:
    """Put a set into the flow's session; one row in it has no counterpart, so that the run counts an error."""
    connector = graph.get(f"external/industryData/inboundFlows/{FLOW}/dataConnector").json()["id"]
    session = graph.get(f"external/industryData/dataConnectors/{connector}/getUploadSession").json()
    address = httpx.URL(session["sessionUrl"])
    for name, text in (SDS_V21 | {"enrollments.csv": SDS_V21["enrollments.csv"] + "c1,u9,student\r\n"}).items():
        file, content = address.copy_with(path=f"{address.path}/{name}"), text.encode()
        append, flush = {"action": "append", "position": "0"}, {"action": "flush", "position": str(len(content))}
        graph.put(file.copy_merge_params({"resource": "file"})).raise_for_status()
        graph.patch(file.copy_merge_params(append), content=content).raise_for_status()
        graph.patch(file.copy_merge_params(flush)).raise_for_status()


def sent(graph: httpx.Client, path: str) -> Any:
    body = graph.get(path.removesuffix("[]")).raise_for_status().json()
    return body["value"] if path.endswith("[]") else body


def compared(graph: httpx.Client, path: str, body: Any) -> Iterator[str]:
    if path.endswith("/getUploadSession"):
        if sorted(body) != sorted(["@odata.context", *SESSION]):
            yield f"{path}: has {sorted(body)}, and the page has {SESSION}"
        return
    yield from differences(sent(graph, path), body, path)


def main(interpreter: str, *options: str) -> int:
    with Emulator(AnyToken(), "") as emulator, Server(emulator.app) as server:
        emulator.load_scenario(SCENARIO)
        root = f"{server.url}/beta"
        with httpx.Client(base_url=f"{root}/", headers={"Authorization": "Bearer any"}, trust_env=False) as graph:
            upload(graph)
            reader = [interpreter, str(Path(__file__).with_name("read.py")), root, "any", FLOW]
            done = subprocess.run(reader, stdout=subprocess.PIPE, text=True, check=True, timeout=SECONDS)
            version, fields, seen = done.stdout.splitlines()
            known, objects = json.loads(fields), json.loads(seen)
            if "--write" in options:
                FIELDS.write_text(json.dumps(known, indent=1) + "\n", encoding="utf-8")
            found = [line for one in objects for line in compared(graph, **one)]
    if json.loads(FIELDS.read_text(encoding="utf-8")) != known:
        found.append(f"{FIELDS.name} differs from the SDK's classes: write it anew with --write")
    for line in found:
        sys.stdout.write(f"{line}\n")
    counted = f"{len(objects)} answers, {sum(map(_size, (one['body'] for one in objects)))} fields"
    sys.stdout.write(f"msgraph-beta-sdk {version}: {counted}, {len(found)} differences\n")
    return 1 if found else 0


def _size(body: Any) -> int:
    """How many plain values an object holds."""
    if isinstance(body, dict):
        return sum(_size(value) for name, value in body.items() if name not in ("class", "?"))
    return sum(map(_size, body)) if isinstance(body, list) else 1


if __name__ == "__main__":
    raise SystemExit(main(*sys.argv[1:]))
