"""The store on Azurite: conditions, copies, leases and the queue, as the steps rely on them."""

import base64
import gzip
import uuid
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta

import pytest
from azure.storage.blob import (
    AccountSasPermissions,
    BlobServiceClient,
    ContentSettings,
    ResourceTypes,
    generate_account_sas,
)
from azure.storage.queue import QueueClient

from shared import azure_store, door
from shared.azure_store import AzureStore
from shared.label import LONGEST, labelled
from shared.record import Decision, Record
from shared.settings import BadSetting, Settings
from shared.store import START, Blob, Conflict, Copied, Deleted, Denied


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
    with BlobServiceClient.from_connection_string(azurite) as service:
        for name in (settings.drop_container, settings.run_container, settings.state_container):
            service.create_container(name)
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


def test_a_listing_tells_a_record_by_its_label_and_never_a_stale_one(store: AzureStore, settings: Settings) -> None:
    state = settings.state_container
    record = Record("north", retry="\u5b66", paused=Decision(approve=False, at=datetime(2026, 11, 1, tzinfo=UTC)))
    door.save(store, settings, record, None)
    (blob,) = store.blobs(state)
    found = labelled(blob, "north")
    assert found is not None
    assert found.paused == record.paused
    store.write(state, "north.json", door.encode(Record("north")), metadata=blob.metadata)
    (blob,) = store.blobs(state)
    assert blob.metadata["label"], "a tool that keeps the metadata"
    assert labelled(blob, "north") is None
    store.replace(state, "north.json", iter([door.encode(record)]))
    (blob,) = store.blobs(state)
    assert labelled(blob, "north") is None, "a tool that writes metadata of its own, or none"


def test_a_label_as_long_as_they_get_is_stored_and_told(store: AzureStore, settings: Settings) -> None:
    text = "x" * LONGEST
    store.write(settings.state_container, "north.json", b"1", metadata={"open": "true", "label": text})
    (blob,) = store.blobs(settings.state_container)
    assert blob.metadata == {"open": "true", "label": text}
    assert store.read(settings.state_container, "north.json") == (b"1", blob.etag)


def copied(store: AzureStore, drop: str, blob: Blob, runs: str, name: str) -> Copied:
    while (answer := store.copy(drop, blob, runs, name).copied) is Copied.LATER:
        pass
    return answer


def test_a_copy_is_of_one_version(store: AzureStore, settings: Settings) -> None:
    drop, runs = settings.drop_container, settings.run_container
    store.write(drop, "north/ä b.csv", b"one")
    (first,) = store.blobs(drop, "north/")
    assert copied(store, drop, first, runs, "copy") is Copied.COPIED
    assert copied(store, drop, first, runs, "copy") is Copied.COPIED
    store.write(drop, "north/ä b.csv", b"two")
    (second,) = store.blobs(drop, "north/")
    assert copied(store, drop, first, runs, "elsewhere") is Copied.NEWER
    assert b"".join(store.stream(runs, "copy")) == b"one"
    # A target that is a copy of another version is replaced: its bytes would be those of the wrong file.
    assert copied(store, drop, second, runs, "copy") is Copied.COPIED
    assert b"".join(store.stream(runs, "copy")) == b"two"
    assert store.delete(drop, "north/ä b.csv", first.etag) is Deleted.NEWER
    assert store.delete(drop, "north/ä b.csv", second.etag) is Deleted.DELETED
    assert store.delete(drop, "north/ä b.csv", second.etag) is Deleted.DELETED
    assert copied(store, drop, second, runs, "elsewhere") is Copied.GONE


def test_a_file_that_stays_is_told_from_one_that_is_newer(store: AzureStore, settings: Settings, azurite: str) -> None:
    drop = settings.drop_container
    store.write(drop, "a.csv", b"x")
    store.write(drop, "b.csv", b"x")
    with BlobServiceClient.from_connection_string(azurite) as service:
        service.get_blob_client(drop, "a.csv").acquire_lease()
        service.get_blob_client(drop, "b.csv").create_snapshot()
    leased, snapshotted = store.blobs(drop)
    assert leased.leased
    assert store.delete(drop, "a.csv", leased.etag) is Deleted.PROTECTED
    assert store.delete(drop, "b.csv", snapshotted.etag) is Deleted.PROTECTED
    assert store.delete(drop, "a.csv", "0x123") is Deleted.NEWER


def test_an_encoding_is_told_and_never_undone(store: AzureStore, settings: Settings, azurite: str) -> None:
    drop = settings.drop_container
    packed = gzip.compress(gzip.compress(b"x" * 100_000_000))
    with BlobServiceClient.from_connection_string(azurite) as service:
        encoded = ContentSettings(content_encoding="gzip, gzip")
        service.get_blob_client(drop, "a.csv").upload_blob(packed, content_settings=encoded)
        plain = ContentSettings(content_encoding="gzip")
        service.get_blob_client(drop, "b.csv").upload_blob(b"not gzip at all", content_settings=plain)
    assert [blob.encoding for blob in store.blobs(drop)] == ["gzip, gzip", "gzip"]
    assert b"".join(store.stream(drop, "a.csv")) == packed
    assert (store.start(drop, "a.csv"), store.start(drop, "gone.csv")) == (packed[:START], b"")
    assert b"".join(store.stream(drop, "b.csv")) == b"not gzip at all"
    found = store.read(drop, "a.csv")
    assert found is not None
    assert found[0] == packed


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
        lease.release()


def test_a_listing_goes_on_over_its_pages(
    store: AzureStore, settings: Settings, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(azure_store, "_PAGE", 2)
    drop, names = settings.drop_container, [f"north/{n}.csv" for n in range(5)]
    for name in (*names, "a/x", "b/x", "c.csv", "d.csv", "e.csv"):
        store.write(drop, name, b"1", metadata={"note": "x" * 8000})
    assert [blob.name for blob in store.blobs(drop, "north/")] == names
    assert [blob.name for blob in store.blobs(drop, "north/", most=3)] == names[:3]
    folders, root = store.folders(drop)
    assert (folders, [blob.name for blob in root]) == (["a", "b", "north"], ["c.csv", "d.csv", "e.csv"])


def test_only_an_empty_blob_is_a_directory(store: AzureStore, settings: Settings) -> None:
    drop = settings.drop_container
    store.write(drop, "north/empty", b"", metadata={"Hdi_IsFolder": "True"})
    store.write(drop, "north/full.csv", b"x", metadata={"hdi_isfolder": "true"})
    store.write(drop, "north/zero.csv", b"")
    assert [blob.name for blob in store.blobs(drop)] == ["north/full.csv", "north/zero.csv"]


def test_what_a_sender_says_of_many_blobs_fills_no_memory(store: AzureStore, settings: Settings, azurite: str) -> None:
    drop, said = settings.drop_container, {"label": "x" * 8000}
    with BlobServiceClient.from_connection_string(azurite) as service:
        for name in ("root.csv", "north/a.csv"):
            coded = ContentSettings(content_encoding="y" * 4000)
            service.get_blob_client(drop, name).upload_blob(b"1", metadata=said, content_settings=coded)
    listed = [*store.folders(drop)[1], *store.blobs(drop)]
    assert len(listed) == 3
    assert all(blob.metadata == {} for blob in listed)
    assert all(blob.encoding == "y" * 100 for blob in listed)


def test_big_blobs_stream_in_pieces(store: AzureStore, settings: Settings) -> None:
    runs = settings.run_container
    store.replace(runs, "big", (b"x" * 1_000_000 for _ in range(20)))
    assert len(store.start(runs, "big")) == START
    sizes = [len(piece) for piece in store.stream(runs, "big")]
    assert sum(sizes) == 20_000_000
    assert max(sizes) <= 4 * 1024 * 1024


def test_a_message_is_base64_and_never_expires(store: AzureStore, settings: Settings, azurite: str) -> None:
    with pytest.raises(Denied, match="404 QueueNotFound at results"):
        store.send(b"{}")  # nobody here makes a queue
    with QueueClient.from_connection_string(azurite, settings.results_queue) as queue:
        queue.create_queue()
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
    with BlobServiceClient.from_connection_string(azurite) as service:
        for name in (settings.drop_container, settings.run_container):
            service.create_container(name)
    store.write(settings.drop_container, "p/a.csv", b"x")
    (blob,) = store.blobs(settings.drop_container)
    assert copied(store, settings.drop_container, blob, settings.run_container, "a.csv") is Copied.COPIED
    store.close()


def test_without_an_account_the_setting_is_named() -> None:
    with pytest.raises(BadSetting, match="DROP_STORAGE__blobServiceUri is not set"):
        AzureStore(Settings(), {})
