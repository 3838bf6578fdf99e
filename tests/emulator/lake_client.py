"""Uploading over the Data Lake protocol, as a client of the industry data API would."""

from collections.abc import Mapping
from uuid import NAMESPACE_OID, uuid5

import httpx

from tests.emulator.conftest import Client

ROOT = "external/industryData"


def connector_of(flow: str) -> str:
    """The id that the emulator gives a flow's connector by itself."""
    return str(uuid5(NAMESPACE_OID, flow))


class Upload:
    """An upload session; `files` are written under the sessionUrl's path."""

    def __init__(self, graph: Client, flow: str) -> None:
        self.graph = graph
        address = f"{ROOT}/dataConnectors/{connector_of(flow)}/getUploadSession"
        self.session = graph.get(address, params={"resetSession": "true"}).raise_for_status().json()
        self.url = httpx.URL(self.session["sessionUrl"])

    def request(self, method: str, name: str, params: Mapping[str, str], content: bytes = b"") -> httpx.Response:
        url = self.url.copy_with(path=f"{self.url.path}/{name}").copy_merge_params(params)
        return self.graph.request(method, url, content=content, headers={"Authorization": ""})

    def create(self, name: str) -> httpx.Response:
        return self.request("PUT", name, {"resource": "file"})

    def append(self, name: str, position: int, content: bytes) -> httpx.Response:
        return self.request("PATCH", name, {"action": "append", "position": str(position)}, content)

    def flush(self, name: str, position: int) -> httpx.Response:
        return self.request("PATCH", name, {"action": "flush", "position": str(position)})

    def put(self, files: Mapping[str, str]) -> None:
        for name, text in files.items():
            content = text.encode()
            answers = self.create(name), self.append(name, 0, content), self.flush(name, len(content))
            assert [answer.status_code for answer in answers] == [201, 202, 200]
