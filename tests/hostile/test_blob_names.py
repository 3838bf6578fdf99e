"""Names of blobs that a writer made up, on a real storage: each request reaches the blob that it names."""

import hashlib
import uuid
from collections.abc import Iterator

import pytest
from azure.storage.blob import BlobServiceClient

from shared.azure_store import AzureStore
from shared.inbox import targets
from shared.settings import Settings
from shared.store import Copied, Deleted, addressable

NAMES = [
    "Student.csv", "a b.csv", " a.csv", "a.csv ", "a+b.csv", "100%.csv", "%41.csv", "%2541.csv", "a?sig=x", "a#b",
    "a&b=c", "a;b", "a'b\".csv", "<b>.csv", "[b].csv", "{b}", "a|b", "a*b", "~a", "a:b", "a=b", "a,b", "@a", "a..b",
    "..a", "a..", "...", "CON", "x" * 900, "\u5b66" * 300, "e\u0301.csv", "\xe9.csv", "\uff0e\uff0e", "\u2024\u2024",
    "\u202egnp.csv", "\u200b.csv", "\U0001f600.csv", "\ufe0f.csv", "\x7f.csv", "a\tb", "a\nb",
]  # fmt: skip
OTHERS = [
    ".", "..", "a/../Student.csv", "%2e%2e/Student.csv", "a\\b", "..\\Student.csv", "%2e", "%252e%252e",
    "..%2fStudent.csv",
]  # fmt: skip


@pytest.fixture
def store(azurite: str) -> Iterator[AzureStore]:
    tail = uuid.uuid4().hex[:8]
    made = AzureStore(Settings(drop_container=f"drop-{tail}", run_container=f"runs-{tail}"), {"DROP_STORAGE": azurite})
    with BlobServiceClient.from_connection_string(azurite) as service:
        service.create_container(f"drop-{tail}")
        service.create_container(f"runs-{tail}")
    yield made
    made.close()


def test_each_name_that_can_be_addressed_is_one_blob(store: AzureStore) -> None:
    drop, runs = store._settings.drop_container, store._settings.run_container
    data = {f"north/{name}": hashlib.sha256(name.encode()).digest() for name in NAMES}
    for name, content in data.items():
        store.write(drop, name, content, create=True)
    listed = {blob.name: blob for blob in store.blobs(drop, "north/")}
    assert set(listed) == set(data)
    copies = targets("north/run/files/", listed.values())
    assert {blob.name for blob in copies.values()} == set(data)
    for target, blob in copies.items():
        assert b"".join(store.stream(drop, blob.name)) == data[blob.name]
        assert store.copy(drop, blob, runs, target).copied is Copied.COPIED
        found = store.read(runs, target)
        assert found is not None
        assert found[0] == data[blob.name]
    assert {blob.name for blob in store.blobs(runs)} == set(copies)
    first = list(listed)[::2]
    assert {store.delete(drop, name, listed[name].etag) for name in first} == {Deleted.DELETED}
    assert {blob.name for blob in store.blobs(drop)} == set(data) - set(first)


@pytest.mark.parametrize("name", OTHERS)
def test_a_name_that_leads_elsewhere_is_not_addressed(name: str) -> None:
    assert not addressable(f"north/{name}")
