"""Names that Azure refuses and the storage emulator takes: one such blob would end every listing of its container."""

from collections.abc import Iterator

import httpx
import pytest
from azure.core.exceptions import HttpResponseError
from azure.storage.blob import ContainerClient

from local.storage.faults import Fault
from tests.local.test_gate import SETTINGS, Place, code, drop, place, running

__all__ = ["place", "running"]
REFUSED = [
    "a\x00b", "\x01\x05.csv", "a\tb", "a\nb", "\x0b", "a\x1f", "\x81.csv", "\x9f", "\ue000.csv", "\uf003", "\ufffd.csv",
    "\ufdd0", "\ufffe", "\uffff.csv", "\U000f0000", "\U0001ffff",
]  # fmt: skip
TAKEN = [
    "a b.csv", "\x7f.csv", "\xa0", "\xe9.csv", "\xad", "\u200b.csv", "\u202egnp.csv", "\ufeff", "\uf900", "\ufdcf",
    "\u5b66.csv", "\ufffc", "\U0001f600.csv", "\U000e0041",
]  # fmt: skip


@pytest.fixture
def people(place: Place) -> Iterator[ContainerClient]:
    """People's way in, by key, and a set that lies in the inbox already."""
    container = place.by_key().get_container_client(SETTINGS.drop_container)
    container.upload_blob("north/Student.csv", b"x", overwrite=True)
    yield container
    for name in [blob.name for blob in container.list_blobs()]:
        container.delete_blob(name)


def inbox(place: Place) -> list[str]:
    return sorted(blob.name for blob in drop(place).list_blobs())


@pytest.mark.parametrize("name", REFUSED)
def test_a_name_that_azure_refuses_never_lands_and_the_set_beside_it_is_seen(
    place: Place, people: ContainerClient, name: str
) -> None:
    """The address is refused by the web server, without a storage error code, whatever is asked for."""
    for container in (people, place.blobs("sis").get_container_client(SETTINGS.drop_container)):
        blob = container.get_blob_client(f"north/{name}")
        for call in (lambda at=blob: at.upload_blob(b"y"), blob.delete_blob, blob.download_blob):
            assert code(call) == "400 None"
    assert inbox(place) == ["north/Student.csv"]
    people.upload_blob("north/School.csv", b"x")
    assert inbox(place) == ["north/School.csv", "north/Student.csv"], "the connection is fit for more"


@pytest.mark.parametrize("name", TAKEN)
def test_every_other_name_lands(place: Place, people: ContainerClient, name: str) -> None:
    people.upload_blob(f"north/{name}", b"y")
    assert inbox(place) == sorted(["north/Student.csv", f"north/{name}"])


def test_bytes_that_are_no_text_are_refused(place: Place) -> None:
    url = place.by_key().url.rstrip("/")
    with httpx.Client() as client:
        for path in ("north/%FF.csv", "%C3%28", "%ED%A0%80"):
            said = client.put(f"{url}/{SETTINGS.drop_container}/{path}", content=b"y" * 100_000)
            assert said.status_code == 400
            assert "x-ms-error-code" not in said.headers


def test_a_refusal_is_in_the_log_and_uses_up_no_fault(place: Place) -> None:
    place.gate.faults.add(Fault(kind="status", operation="PutBlob", status=503))
    before = len(place.gate.log.calls())
    container = place.blobs("sis").get_container_client(SETTINGS.drop_container)
    assert code(lambda: container.upload_blob("north/\x01", b"y")) == "400 None"
    (call,) = place.gate.log.calls()[before:]
    assert (call.operation.name, call.status, call.identity, call.fault) == ("PutBlob", 400, "sis", "")
    with pytest.raises(HttpResponseError, match="fault on purpose"):
        container.upload_blob("north/Student.csv", b"y", overwrite=True)
