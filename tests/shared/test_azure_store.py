"""The store on Azurite: conditions, copies, leases and the queue, as the steps rely on them."""

import base64
import uuid
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta

import pytest
from azure.storage.blob import (
    AccountSasPermissions,
    BlobServiceClient,
    ResourceTypes,
    generate_account_sas,
)
from azure.storage.queue import QueueClient

from shared.azure_store import AzureStore
from shared.settings import BadSetting, Settings
from shared.store import Conflict


@pytest.fixture
def settings() -> Settings:
    tail = uuid.uuid4().hex[:8]
    return Settings(
        drop_container=f"drop-{tail}",
        run_container=f"runs-{tail}",
        state_container=f"state-{tail}",
        results_queue=f"results-{tail}",
    )


@pytest.fixture
def store(azurite: str, settings: Settings) -> Iterator[AzureStore]:
    made = AzureStore(settings, {"DROP_STORAGE": azurite})
    yield made
    made.close()


def test_compare_and_swap(store: AzureStore, settings: Settings) -> None:
    state = settings.state_container
    assert store.read(state, "a.json") is None
    first = store.write(state, "a.json", b"1", create=True, metadata={"open": "true"})
    with pytest.raises(Conflict):
        store.write(state, "a.json", b"2", create=True)
    second = store.write(state, "a.json", b"2", etag=first)
    with pytest.raises(Conflict):
        store.write(state, "a.json", b"3", etag=first)
    assert store.read(state, "a.json") == (b"2", second)
    with pytest.raises(Conflict):
        store.write(state, "gone.json", b"3", etag=first)
    store.write(state, "a.json", b"4", metadata={"open": "true"})
    (blob,) = store.blobs(state)
    assert blob.metadata == {"open": "true"}


def test_a_copy_is_of_one_version_and_made_once(store: AzureStore, settings: Settings) -> None:
    drop, runs = settings.drop_container, settings.run_container
    store.write(drop, "north/ä b.csv", b"one")
    (blob,) = store.blobs(drop, "north/")
    store.copy(drop, blob, runs, "north/run/files/ä b.csv")
    store.copy(drop, blob, runs, "north/run/files/ä b.csv")
    assert store.copy_status(runs, "north/run/files/ä b.csv") == "success"
    assert store.copy_status(runs, "nothing") == "none"
    store.write(drop, "north/ä b.csv", b"two")
    with pytest.raises(Conflict):
        store.copy(drop, blob, runs, "elsewhere")
    with pytest.raises(Conflict):
        store.delete(drop, "north/ä b.csv", blob.etag)
    assert b"".join(store.stream(runs, "north/run/files/ä b.csv")) == b"one"
    store.delete(drop, "north/ä b.csv", store.blobs(drop)[0].etag)
    store.delete(drop, "north/ä b.csv")
    with pytest.raises(Conflict):
        store.copy(drop, blob, runs, "elsewhere")


def test_leases_folders_and_directory_markers(store: AzureStore, settings: Settings, azurite: str) -> None:
    drop = settings.drop_container
    for name in ("root.csv", "north/a.csv", "south/deep/b.csv"):
        store.write(drop, name, b"x")
    store.write(drop, "north", b"", metadata={"hdi_isfolder": "true"})
    assert sorted(store.folders(drop)[0]) == ["north", "south"]
    assert [blob.name for blob in store.folders(drop)[1]] == ["root.csv"]
    assert [blob.name for blob in store.blobs(drop, "south/")] == ["south/deep/b.csv"]
    with BlobServiceClient.from_connection_string(azurite) as service:
        lease = service.get_blob_client(drop, "north/a.csv").acquire_lease()
        assert [blob.leased for blob in store.blobs(drop, "north/")] == [True]
        with pytest.raises(Conflict):
            store.delete(drop, "north/a.csv", store.blobs(drop, "north/")[0].etag)
        lease.release()


def test_big_blobs_stream_in_pieces(store: AzureStore, settings: Settings) -> None:
    runs = settings.run_container
    store.append_lines(runs, "big", (b"x" * 1_000_000 for _ in range(20)))
    sizes = [len(piece) for piece in store.stream(runs, "big")]
    assert sum(sizes) == 20_000_000
    assert max(sizes) <= 4 * 1024 * 1024


def test_a_message_is_base64_and_never_expires(store: AzureStore, settings: Settings, azurite: str) -> None:
    store.send(b'{"a":1}')
    with QueueClient.from_connection_string(azurite, settings.results_queue) as queue:
        (message,) = queue.receive_messages()
        assert base64.b64decode(message.content) == b'{"a":1}'
        assert message.expires_on is not None
        assert message.expires_on.year > 9000


def test_no_signature_gets_into_an_address(settings: Settings, azurite: str) -> None:
    given = dict(part.split("=", 1) for part in azurite.rstrip(";").split(";"))
    signature = generate_account_sas(
        given["AccountName"],
        given["AccountKey"],
        ResourceTypes(service=True, container=True, object=True),
        AccountSasPermissions(read=True, write=True, create=True, list=True),
        expiry=datetime.now(UTC) + timedelta(hours=1),
    )
    connection = f"BlobEndpoint={given['BlobEndpoint']};SharedAccessSignature={signature}"
    store = AzureStore(settings, {"DROP_STORAGE": connection})
    assert store.address("sds-drop") == f"{given['BlobEndpoint'].rstrip('/')}/sds-drop"
    store.write(settings.drop_container, "p/a.csv", b"x")
    (blob,) = store.blobs(settings.drop_container)
    assert store.copy(settings.drop_container, blob, settings.run_container, "a.csv") == "success"
    store.close()


def test_without_an_account_the_setting_is_named() -> None:
    with pytest.raises(BadSetting, match="DROP_STORAGE__blobServiceUri is not set"):
        AzureStore(Settings(), {}).blobs("x")
    with pytest.raises(BadSetting, match="DROP_STORAGE__queueServiceUri is not set"):
        AzureStore(Settings(), {"DROP_STORAGE__blobServiceUri": "https://a.blob.core.windows.net"}).send(b"x")
