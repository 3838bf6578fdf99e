"""The upload storage checks signature, time, path and position, and keeps every byte."""

import hashlib
import threading
from collections.abc import Iterator
from pathlib import Path

import httpx
import pytest

from local.emulator import Emulator
from tests.emulator.conftest import Client, FakeClock
from tests.emulator.lake_client import ROOT, Upload, connector_of


@pytest.fixture
def upload(graph: Client, emulator: Emulator, profile: str) -> Upload:
    emulator.load_scenario({"flows": [{"id": profile}]})
    return Upload(graph, profile)


def code(answer: httpx.Response) -> tuple[int, str]:
    assert answer.json()["error"]["code"] == answer.headers["x-ms-error-code"]
    return answer.status_code, answer.headers["x-ms-error-code"]


def test_a_file_in_pieces_is_whole_after_the_flush(upload: Upload, graph: Client, profile: str) -> None:
    assert upload.create("users.csv").headers["etag"]
    upload.append("users.csv", 0, b"abc")
    upload.append("users.csv", 3, b"def")
    assert upload.flush("users.csv", 6).status_code == 200
    graph.post(f"{ROOT}/inboundFlows/{profile}/dataConnector/validate")
    (file,) = graph.control("GET", f"flows/{profile}")["validations"][0]["files"]
    assert file == {"name": "users.csv", "size": 6, "sha256": hashlib.sha256(b"abcdef").hexdigest()}


def test_a_piece_may_be_sent_again(upload: Upload) -> None:
    upload.create("users.csv")
    for _ in range(2):
        assert upload.append("users.csv", 0, b"abc").status_code == 202
    assert upload.flush("users.csv", 3).status_code == 200


def test_pieces_may_come_in_any_order_but_without_a_gap(upload: Upload) -> None:
    upload.create("users.csv")
    assert upload.append("users.csv", 3, b"def").status_code == 202
    assert code(upload.flush("users.csv", 6)) == (400, "InvalidFlushPosition")
    upload.append("users.csv", 0, b"abc")
    assert code(upload.flush("users.csv", 5)) == (400, "InvalidFlushPosition")
    assert upload.flush("users.csv", 6).status_code == 200
    assert code(upload.append("users.csv", 2, b"x"))[0] == 400


def test_creating_again_begins_anew(upload: Upload, graph: Client, profile: str) -> None:
    upload.put({"users.csv": "a long first try"})
    upload.put({"users.csv": "short"})
    graph.post(f"{ROOT}/inboundFlows/{profile}/dataConnector/validate")
    (file,) = graph.control("GET", f"flows/{profile}")["validations"][0]["files"]
    assert file["size"] == 5


def test_what_is_not_there_can_not_be_appended_to(upload: Upload) -> None:
    assert code(upload.append("users.csv", 0, b"abc")) == (404, "PathNotFound")


def test_the_protocol_is_minded(upload: Upload) -> None:
    upload.create("users.csv")
    append = {"action": "append"}
    assert code(upload.request("PUT", "users.csv", {"resource": "file"}, b"x")) == (400, "ContentLengthMustBeZero")
    assert code(upload.request("PATCH", "users.csv", append)) == (400, "MissingRequiredQueryParameter")
    bad = upload.request("PATCH", "users.csv", append | {"position": "-1"})
    assert code(bad) == (400, "InvalidQueryParameterValue")
    flush = {"action": "flush", "position": "0"}
    assert code(upload.request("PATCH", "users.csv", flush, b"x")) == (400, "ContentLengthMustBeZero")
    assert code(upload.create("deeper/users.csv")) == (400, "InvalidUri")
    chunked = upload.graph.patch(
        upload.url.copy_with(path=f"{upload.url.path}/users.csv").copy_merge_params(append | {"position": "0"}),
        content=iter([b"abc"]),
    )
    assert code(chunked) == (411, "MissingContentLengthHeader")


def test_an_append_may_carry_the_flush(upload: Upload) -> None:
    upload.create("users.csv")
    upload.request("PATCH", "users.csv", {"action": "append", "position": "0", "flush": "true"}, b"abc")
    assert upload.flush("users.csv", 3).status_code == 200


def test_too_long_pieces_are_refused(upload: Upload, graph: Client, profile: str) -> None:
    graph.control("PATCH", f"flows/{profile}", {"session": {"appendLimit": 4}})
    upload = Upload(graph, profile)
    upload.create("users.csv")
    assert code(upload.append("users.csv", 0, b"abcde")) == (413, "RequestBodyTooLarge")
    assert upload.append("users.csv", 0, b"abcd").status_code == 202


@pytest.mark.parametrize("broken", [{"sig": "AAAA"}, {"se": "2099-01-01T00:00:00Z"}, {"sp": "rcwdl"}, {"sdd": "1"}])
def test_a_changed_signature_is_refused(upload: Upload, broken: dict[str, str]) -> None:
    upload.url = upload.url.copy_merge_params(broken)
    assert code(upload.create("users.csv")) == (403, "AuthenticationFailed")


def test_a_signature_is_for_its_directory_only(upload: Upload, graph: Client, profile: str) -> None:
    session = upload.session["containerId"]
    upload.url = upload.url.copy_with(path=upload.url.path.replace(session, session[::-1]))
    assert code(upload.create("users.csv")) == (403, "AuthenticationFailed")
    assert code(upload.graph.put(upload.url.copy_with(path="/", query=b"resource=file")))[0] == 403


def test_a_signature_writes_only(upload: Upload) -> None:
    upload.put({"users.csv": "x"})
    for method in ("GET", "HEAD", "DELETE"):
        answer = upload.request(method, "users.csv", {})
        assert (answer.status_code, answer.headers["x-ms-error-code"]) == (403, "AuthorizationPermissionMismatch")


def test_a_session_ends_with_its_time(upload: Upload, clock: FakeClock) -> None:
    upload.create("users.csv")
    clock.advance(14 * 3600)
    assert code(upload.append("users.csv", 0, b"abc")) == (403, "AuthenticationFailed")


def test_a_session_ends_with_the_validation(upload: Upload, graph: Client, profile: str) -> None:
    graph.post(f"{ROOT}/dataConnectors/{connector_of(profile)}/validate")
    assert code(upload.create("users.csv")) == (403, "AuthenticationFailed")


def test_an_interrupted_piece_does_not_count(upload: Upload, emulator: Emulator) -> None:
    upload.create("users.csv")
    address = upload.url.copy_with(path=f"{upload.url.path}/users.csv")
    address = address.copy_merge_params({"action": "append", "position": "0"})

    def breaking() -> Iterator[bytes]:
        yield b"x" * 1000
        raise ConnectionAbortedError

    with pytest.raises(ConnectionAbortedError):
        upload.graph.patch(address, content=breaking(), headers={"Content-Length": "5000"})
    assert code(upload.flush("users.csv", 1000)) == (400, "InvalidFlushPosition")
    upload.append("users.csv", 0, b"abc")
    assert upload.flush("users.csv", 3).status_code == 200


def test_a_large_file_goes_to_disk_as_it_comes(upload: Upload, tmp_path: Path) -> None:
    """While a piece is still being sent, what has been sent is in the file already."""
    upload.create("users.csv")
    address = upload.url.copy_with(path=f"{upload.url.path}/users.csv")
    address = address.copy_merge_params({"action": "append", "position": "0"})
    arrived = threading.Event()

    def slow() -> Iterator[bytes]:
        yield b"x" * 2**20
        assert arrived.wait(10)
        yield b"x"

    def watch(folder: Path) -> None:
        while max((path.stat().st_size for path in folder.rglob("*")), default=0) < 2**20:
            arrived.wait(0.01)
        arrived.set()

    watcher = threading.Thread(target=watch, args=[tmp_path / "uploads"])
    watcher.start()
    answer = upload.graph.patch(address, content=slow(), headers={"Content-Length": str(2**20 + 1)})
    watcher.join()
    assert answer.status_code == 202


@pytest.mark.parametrize(("form", "depth"), [("directory", 3), ("fileSystem", 1), ("host", 0)])
def test_the_address_holds_as_much_of_the_path_as_told(
    graph: Client, emulator: Emulator, profile: str, form: str, depth: int
) -> None:
    emulator.load_scenario({"flows": [{"id": profile, "session": {"urlPath": form}}]})
    upload = Upload(graph, profile)
    given = [segment for segment in upload.url.path.split("/") if segment]
    whole = ["5d500000-7e4a-4000-8000-000000000001", connector_of(profile), upload.session["containerId"]]
    assert given == whole[:depth]
    upload.url = upload.url.copy_with(path="/" + "/".join(whole))
    assert upload.create("users.csv").status_code == 201


def test_an_expired_signature_on_demand(graph: Client, emulator: Emulator, profile: str) -> None:
    emulator.load_scenario({"flows": [{"id": profile}], "faults": [{"path": "*session", "expiredSas": True}]})
    assert code(Upload(graph, profile).create("users.csv")) == (403, "AuthenticationFailed")
    assert Upload(graph, profile).create("users.csv").status_code == 201


def test_no_signature_is_in_the_log(upload: Upload, emulator: Emulator, profile: str) -> None:
    upload.create("users.csv")
    (entry,) = emulator.log.entries("PUT")
    assert "sig" not in entry.path
    assert (entry.profile, entry.phase) == (profile, "ready")
