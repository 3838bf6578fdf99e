"""Uploads to a real container with a write-only SAS, and what the storage's refusals mean."""

import os
import uuid
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from azure.storage.blob import ContainerClient, ContainerSasPermissions, generate_container_sas

from shared.sds import blob_upload
from shared.sds.port import Answer, Upload
from shared.sds.storage import pieces

from .conftest import PROFILE, Connect, Script

MIB = 1024 * 1024
REQUEST = "0c1f9a30-901e-0042-7b3a-5d8c1b000000"


@pytest.fixture
def container(azurite: str) -> Iterator[ContainerClient]:
    with ContainerClient.from_connection_string(azurite, f"sds-{uuid.uuid4().hex[:12]}") as client:
        client.create_container()
        yield client


def sas_url(container: ContainerClient, expires_in: float = 3600) -> str:
    sas = generate_container_sas(
        str(container.account_name),
        container.container_name,
        account_key=container.credential.account_key,
        permission=ContainerSasPermissions(write=True),
        expiry=datetime.now(UTC) + timedelta(seconds=expires_in),
    )
    return f"{container.url}?{sas}"


@pytest.fixture
def upload(graph: Script, connected: Connect, container: ContainerClient) -> Upload:
    graph.say(200, {"value": sas_url(container)})
    opened = connected().open_upload(PROFILE).value
    assert opened is not None
    return opened


def read(container: ContainerClient, name: str) -> bytes:
    return container.download_blob(name).readall()


@pytest.mark.parametrize("size", [0, 1, 5000, 4 * MIB, 4 * MIB + 1, 9 * MIB])
def test_every_size_arrives_whole(upload: Upload, container: ContainerClient, size: int) -> None:
    data = os.urandom(size)
    chunks = [data[start : start + 700_001] for start in range(0, size, 700_001)]
    assert upload.put("Section.csv", size, chunks).answer is Answer.OK
    assert read(container, "Section.csv") == data


def test_names_are_overwritten_and_quoted(upload: Upload, container: ContainerClient) -> None:
    for data in (b"first", b"2nd"):
        assert upload.put("å b%2F#?.csv", len(data), [data]).answer is Answer.OK
    assert [blob.name for blob in container.list_blobs()] == ["å b%2F#?.csv"]
    assert read(container, "å b%2F#?.csv") == b"2nd"


@pytest.mark.parametrize("size", [2, 4, 9 * MIB])
def test_a_file_that_changed_length_is_not_written(upload: Upload, container: ContainerClient, size: int) -> None:
    reply = upload.put("Student.csv", size, [b"abc"])
    assert reply.answer is Answer.UNAVAILABLE
    assert not list(container.list_blobs())


def test_a_source_that_breaks_leaves_the_old_content(upload: Upload, container: ContainerClient) -> None:
    def broken() -> Iterator[bytes]:
        yield b"x" * 5 * MIB
        raise ConnectionError("the snapshot could not be read")

    upload.put("Student.csv", 3, [b"old"])
    with pytest.raises(ConnectionError):
        upload.put("Student.csv", 9 * MIB, broken())
    assert read(container, "Student.csv") == b"old"


@pytest.mark.parametrize("size", [3, 5 * MIB])
def test_an_expired_sas_is_refused(graph: Script, connected: Connect, container: ContainerClient, size: int) -> None:
    graph.say(200, {"value": sas_url(container, -60)})
    upload = connected().open_upload(PROFILE).value
    assert upload is not None
    reply = upload.put("Student.csv", size, [b"x" * size])
    assert reply.answer is Answer.FORBIDDEN
    assert reply.failure is not None
    assert reply.failure.message.startswith("PUT upload of Student.csv answered 403")


def test_a_container_that_is_gone_needs_a_fresh_address(upload: Upload, container: ContainerClient) -> None:
    container.delete_container()
    reply = upload.put("Student.csv", 1, [b"x"])
    assert reply.answer is Answer.FORBIDDEN
    assert reply.failure is not None
    assert reply.failure.code == "ContainerNotFound"


@pytest.mark.parametrize(
    ("status", "answer"),
    [
        (400, Answer.BAD_REQUEST),
        (401, Answer.FORBIDDEN),
        (403, Answer.FORBIDDEN),
        (404, Answer.FORBIDDEN),
        (409, Answer.UNAVAILABLE),
        (412, Answer.UNAVAILABLE),
        (413, Answer.BAD_REQUEST),
        (429, Answer.THROTTLED),
        (500, Answer.UNAVAILABLE),
        (503, Answer.UNAVAILABLE),
        (307, Answer.UNAVAILABLE),
    ],
)
def test_each_refusal_of_the_storage(
    graph: Script, elsewhere: Script, connected: Connect, status: int, answer: Answer
) -> None:
    graph.say(200, {"value": f"{elsewhere.url}/container?sig=s"})
    elsewhere.say(
        status, b"<Error>quoting ?sig=s</Error>", x_ms_error_code="SomeCode", x_ms_request_id=REQUEST, Retry_After="4"
    )
    upload = connected().open_upload(PROFILE).value
    assert upload is not None
    reply = upload.put("Student.csv", 1, [b"x"])
    assert reply.answer is answer
    assert reply.failure is not None
    assert (reply.failure.code, reply.failure.request_id, reply.retry_after) == ("SomeCode", REQUEST, 4.0)


def test_a_refused_block_ends_the_upload(graph: Script, elsewhere: Script, connected: Connect) -> None:
    graph.say(200, {"value": f"{elsewhere.url}/container?sig=s"})
    elsewhere.say(201).say(403)
    upload = connected().open_upload(PROFILE).value
    assert upload is not None
    assert upload.put("Student.csv", 12 * MIB, [b"x" * 12 * MIB]).answer is Answer.FORBIDDEN
    assert len(elsewhere.asked) == 2


def test_the_connection_breaks_while_uploading(graph: Script, elsewhere: Script, connected: Connect) -> None:
    for misbehave in (Script.reset, Script.silence):
        graph.say(200, {"value": f"{elsewhere.url}/container?sig=s"})
        misbehave(elsewhere)
        upload = connected(read=1).open_upload(PROFILE).value
        assert upload is not None
        assert upload.put("Student.csv", 1, [b"x"]).answer is Answer.UNAVAILABLE


def test_pieces_are_bounded_and_complete() -> None:
    data = os.urandom(1000)
    for step in (1, 7, 64, 999, 5000):
        cut = list(pieces((data[start : start + step] for start in range(0, 1000, step)), 64))
        assert b"".join(cut) == data
        assert {len(piece) for piece in cut[:-1]} <= {64}


def test_memory_is_bounded(upload: Upload, monkeypatch: pytest.MonkeyPatch) -> None:
    import tracemalloc

    monkeypatch.setattr(blob_upload, "PIECE", 256 * 1024)
    chunk = bytes(64 * 1024)
    count = 160  # 10 MiB

    def source() -> Iterator[Any]:
        for _ in range(count):
            yield chunk

    tracemalloc.start()
    try:
        assert upload.put("Big.csv", count * len(chunk), source()).answer is Answer.OK
        assert tracemalloc.get_traced_memory()[1] < 3 * MIB
    finally:
        tracemalloc.stop()
