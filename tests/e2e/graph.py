"""A Graph that is not the emulator: the little of the classic API that a run needs, on the standard library alone."""

import json
import threading
from datetime import UTC, datetime, timedelta
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any, Self

from azure.storage.blob import BlobServiceClient, ContainerSasPermissions, generate_container_sas

from local.azurite import ACCOUNT, KEY

ERRORS = [{"entryType": "Student", "errorCode": "Unmatched", "joiningValue": "pupil@example.edu"}] * 2


class Graph:
    """Serves one profile on a port of its own, its uploads in an account given; the sync ends in `end`."""

    def __init__(self, storage: str, end: str) -> None:
        self._blobs = BlobServiceClient.from_connection_string(storage)
        self._container = self._blobs.create_container(f"graph-{datetime.now(UTC):%H%M%S%f}")
        self._end = end
        self._statuses = ["inProgress", end]
        self.asked: list[tuple[str, str]] = []
        """Method and last part of the path of every request."""
        graph = self

        class Handler(BaseHTTPRequestHandler):
            protocol_version = "HTTP/1.1"

            def do_GET(self) -> None:
                self._answer(graph.get(self.path.rpartition("/")[2]))

            def do_POST(self) -> None:
                self.rfile.read(int(self.headers.get("Content-Length") or 0))
                self._answer(graph.post(self.path.rpartition("/")[2]))

            def _answer(self, body: dict[str, Any]) -> None:
                data = json.dumps(body).encode()
                self.send_response(200 if self.headers["Authorization"].startswith("Bearer ") else 401)
                self.send_header("Content-Type", "application/json")
                self.send_header("Content-Length", str(len(data)))
                self.end_headers()
                self.wfile.write(data)

            def log_message(self, *_: object) -> None:
                """Nothing on standard error."""

        self._server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
        self._thread = threading.Thread(target=self._server.serve_forever, args=(0.05,), name="graph")
        self.url = f"http://127.0.0.1:{self._server.server_port}/beta"

    @property
    def uploaded(self) -> set[str]:
        return {blob.name for blob in self._container.list_blobs()}

    def get(self, what: str) -> dict[str, Any]:
        self.asked.append(("GET", what))
        match what:
            case "uploadUrl":
                until = datetime.now(UTC) + timedelta(hours=1)
                rights = ContainerSasPermissions(write=True, create=True)
                name = self._container.container_name
                sas = generate_container_sas(ACCOUNT, name, account_key=KEY, permission=rights, expiry=until)
                return {"value": f"{self._container.url}?{sas}"}
            case "profileStatus" if ("POST", "start") not in self.asked:
                return {"status": "success", "lastSynchronizationDateTime": "2020-09-01T02:00:00Z"}
            case "profileStatus":
                now = datetime.now(UTC).isoformat()
                status = self._statuses.pop(0) if self._statuses else self._end
                return {"status": status, "lastActivityDateTime": now, "errorCount": len(ERRORS)}
            case "errors":
                return {"value": ERRORS}
        return {"id": what, "state": "provisioned"}

    def post(self, what: str) -> dict[str, Any]:
        self.asked.append(("POST", what))
        return {"value": []}

    def __enter__(self) -> Self:
        self._thread.start()
        return self

    def __exit__(self, *_: object) -> None:
        self._server.shutdown()
        self._thread.join()
        self._server.server_close()
        self._blobs.close()
