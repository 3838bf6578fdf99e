"""Uploads over the Data Lake protocol, to a server that keeps its rules: create, append at the end, flush the whole."""

import base64
import json
import os
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from typing import Any
from urllib.parse import parse_qs, unquote, urlsplit

import pytest

from shared.sds.address import Address
from shared.sds.data_lake import folder_of
from shared.sds.port import Answer, Upload

from .conftest import PROFILE, TOKEN, Asked, Connect, Script, Scripted

TENANT, CONNECTOR, CONTAINER = "tenant-1", "connector-2", "container-3"
FLOW = {"id": PROFILE, "readinessStatus": "ready", "dataConnector": {"id": CONNECTOR}}


class Lake:
    """The rules of the storage: flushed files, and what is appended but not flushed."""

    def __init__(self) -> None:
        self.flushed: dict[str, bytes] = {}
        self.appended: dict[str, bytearray] = {}
        self.largest = 0

    def __call__(self, asked: Asked) -> Scripted:
        address = urlsplit(asked.path)
        query = {name: values[0] for name, values in parse_qs(address.query).items()}
        path = unquote(address.path)
        assert query["sig"] == "s+/="
        assert "authorization" not in asked.headers
        self.largest = max(self.largest, len(asked.body))
        if asked.method == "PUT" and query["resource"] == "file":
            self.appended[path], self.flushed[path] = bytearray(), b""
            return Scripted(201, b"", {})
        if path not in self.appended:
            return Scripted(404, b"", {"x-ms-error-code": "PathNotFound"})
        if int(query["position"]) != len(self.appended[path]):
            return Scripted(400, b"", {"x-ms-error-code": "InvalidFlushPosition"})
        if query["action"] == "append":
            self.appended[path] += asked.body
            return Scripted(202, b"", {})
        self.flushed[path] = bytes(self.appended[path])
        return Scripted(200, b"", {})


@pytest.fixture
def lake(elsewhere: Script) -> Lake:
    elsewhere.otherwise = lake = Lake()
    return lake


def open_upload(graph: Script, connected: Connect, session: dict[str, Any], **options: Any) -> Any:
    graph.say(200, FLOW).say(200, {"containerId": CONTAINER, **session})
    sds = connected("industryData", **options)
    sds.readiness(PROFILE)
    return sds.open_upload(PROFILE)


@pytest.fixture
def upload(graph: Script, elsewhere: Script, connected: Connect, lake: Lake) -> Iterator[Upload]:
    reply = open_upload(graph, connected, {"sessionUrl": f"{elsewhere.url}/{TENANT}?sv=1&sig=s%2B%2F%3D"})
    assert reply.answer is Answer.OK
    yield reply.value
    reply.value.close()


@pytest.mark.parametrize("size", [0, 1, 4 * 1024 * 1024, 9 * 1024 * 1024 + 1])
def test_every_size_arrives_whole(upload: Upload, lake: Lake, size: int) -> None:
    data = os.urandom(size)
    chunks = [data[start : start + 700_001] for start in range(0, size, 700_001)]
    assert upload.put("users.csv", size, chunks).answer is Answer.OK
    assert lake.flushed == {f"/{TENANT}/{CONNECTOR}/{CONTAINER}/users.csv": data}
    assert lake.largest <= 4 * 1024 * 1024


def test_a_file_is_written_anew(upload: Upload, lake: Lake) -> None:
    for data in (b"a longer one", b"2nd"):
        assert upload.put("å #.csv", len(data), [data]).answer is Answer.OK
    assert list(lake.flushed.values()) == [b"2nd"]
    assert next(iter(lake.flushed)).endswith("/å #.csv")


@pytest.mark.parametrize("size", [2, 4])
def test_a_file_that_changed_length_is_not_flushed(upload: Upload, lake: Lake, size: int) -> None:
    reply = upload.put("users.csv", size, [b"abc"])
    assert reply.answer is Answer.UNAVAILABLE
    assert reply.failure is not None
    assert reply.failure.code == "wrongSize"
    assert list(lake.flushed.values()) == [b""]


@pytest.mark.parametrize(
    ("status", "code", "answer"),
    [
        (403, "AuthenticationFailed", Answer.FORBIDDEN),
        (404, "FilesystemNotFound", Answer.FORBIDDEN),
        (400, "InvalidFlushPosition", Answer.UNAVAILABLE),
        (400, "InvalidInput", Answer.BAD_REQUEST),
        (409, "PathConflict", Answer.UNAVAILABLE),
        (500, "InternalError", Answer.UNAVAILABLE),
    ],
)
@pytest.mark.parametrize("step", [0, 1, 2])
def test_a_refusal_at_each_step(
    upload: Upload, elsewhere: Script, step: int, status: int, code: str, answer: Answer
) -> None:
    for _ in range(step):
        elsewhere.say(201)
    elsewhere.say(status, b"", x_ms_error_code=code)
    reply = upload.put("users.csv", 3, [b"abc"])
    assert reply.answer is answer
    assert reply.failure is not None
    assert reply.failure.code == code
    assert len(elsewhere.asked) == step + 1


def test_a_session_that_ends_while_uploading(
    graph: Script, elsewhere: Script, connected: Connect, lake: Lake, monkeypatch: pytest.MonkeyPatch
) -> None:
    ends = datetime.now(UTC) + timedelta(hours=1)
    session = {
        "sessionUrl": f"{elsewhere.url}/{TENANT}?sig=s%2B%2F%3D",
        "sessionExpirationDateTime": ends.isoformat(),
        "containerExpirationDateTime": "2901-01-01T00:00:00.1234567Z",
    }
    upload = open_upload(graph, connected, session).value
    assert upload.put("users.csv", 1, [b"x"]).answer is Answer.OK
    asked = len(elsewhere.asked)
    monkeypatch.setattr(upload, "_now", lambda: ends)
    reply = upload.put("roles.csv", 1, [b"x"])
    assert (reply.answer, reply.failure.code) == (Answer.FORBIDDEN, "sessionExpired")
    assert len(elsewhere.asked) == asked


@pytest.mark.parametrize(
    "session",
    [
        {},
        {"sessionUrl": "https://a.example/t"},
        {"sessionUrl": "http://a.example/t?sig=1"},
        {"sessionUrl": "https://a.dfs.core.windows.net/t?sig=1", "containerId": None},
        {"sessionUrl": "https://a.dfs.core.windows.net/t?sig=1", "sessionExpirationDateTime": "2020-01-01T00:00:00Z"},
        {"sessionUrl": "https://a.example/t?sig=1"},
        {"sessionUrl": "https://a.dfs.core.windows.net/?sig=1"},
        {"sessionUrl": "https://a.dfs.core.windows.net/t?sig=1", "containerId": "../.."},
        {"sessionUrl": "https://a.dfs.core.windows.net/t?sig=1", "containerId": "a/b"},
    ],
)
def test_a_session_that_can_not_be_used(graph: Script, connected: Connect, session: dict[str, Any]) -> None:
    reply = open_upload(graph, connected, session)
    assert (reply.answer, reply.value) == (Answer.UNAVAILABLE, None)
    assert "sig=1" not in repr(reply)


def test_the_tenant_may_come_from_the_token(
    graph: Script, elsewhere: Script, connected: Connect, lake: Lake, monkeypatch: pytest.MonkeyPatch
) -> None:
    claims = base64.urlsafe_b64encode(json.dumps({"tid": TENANT}).encode()).decode().rstrip("=")
    monkeypatch.setattr("tests.sds.conftest.TOKEN", f"{TOKEN}.{claims}.signature")
    upload = open_upload(graph, connected, {"sessionUrl": f"{elsewhere.url}?sig=s%2B%2F%3D"}).value
    assert upload.put("users.csv", 1, [b"x"]).answer is Answer.OK
    assert list(lake.flushed) == [f"/{TENANT}/{CONNECTOR}/{CONTAINER}/users.csv"]


def test_a_session_on_the_blob_endpoint_is_used_on_the_data_lake_one(graph: Script, connected: Connect) -> None:
    upload = open_upload(graph, connected, {"sessionUrl": "https://acct.blob.core.windows.net/t?sig=1"}).value
    assert repr(vars(upload)["_address"]) == "Address(https://acct.dfs.core.windows.net/t, query kept back)"


def test_a_fresh_process_finds_the_connector(graph: Script, elsewhere: Script, connected: Connect, lake: Lake) -> None:
    graph.say(200, {"id": CONNECTOR})
    graph.say(200, {"containerId": CONTAINER, "sessionUrl": f"{elsewhere.url}/{TENANT}?sig=s%2B%2F%3D"})
    assert connected("industryData").open_upload(PROFILE).answer is Answer.OK
    assert graph.paths[0] == f"GET /beta/external/industryData/inboundFlows/{PROFILE}/dataConnector"
    assert graph.paths[1].endswith("azureDataLakeConnector/getUploadSession?resetSession=true")


@pytest.mark.parametrize(
    ("path", "tenant", "folder"),
    [
        ("/t/c/d", None, "/t/c/d"),
        ("/t/C/D/", None, "/t/C/D"),
        ("/account/d", None, "/account/d"),
        ("/t/c", None, "/t/c/d"),
        ("/t", None, "/t/c/d"),
        ("/t", "other", "/t/c/d"),
        ("/", "t", "/t/c/d"),
        ("", "t", "/t/c/d"),
        ("", None, None),
    ],
)
def test_what_the_address_lacks_is_added(path: str, tenant: str | None, folder: str | None) -> None:
    assert folder_of(path, tenant, "c", "d") == folder


def test_the_blob_endpoint_is_swapped_for_the_data_lake_one() -> None:
    for host in ("acct.blob.core.windows.net", "acct.dfs.core.windows.net"):
        address = Address.read(f"https://{host}/t?sig=a%2Bb")
        assert address is not None
        file = address.on_data_lake().file("users.csv", folder="/t", query="resource=file")
        assert (file.base, file.target) == (
            "https://acct.dfs.core.windows.net",
            b"/t/users.csv?sig=a%2Bb&resource=file",
        )
