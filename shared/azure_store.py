"""The store on Azure Storage (or Azurite)."""

import os
from collections.abc import Callable, Iterator, Mapping
from contextlib import suppress
from datetime import UTC, datetime
from functools import cached_property
from typing import TYPE_CHECKING, Any

from .settings import BadSetting, Settings
from .store import Blob, Conflict, CopyStatus, Denied

if TYPE_CHECKING:
    from azure.core.credentials import TokenCredential
    from azure.storage.blob import BlobClient, BlobServiceClient
    from azure.storage.queue import QueueClient

CONNECTION = "DROP_STORAGE"
_PIECE = 4 * 1024 * 1024


class AzureStore:
    """Blobs and queue of the account that the `DROP_STORAGE` settings name."""

    def __init__(self, settings: Settings, environment: Mapping[str, str] = os.environ) -> None:
        self._settings = settings
        self._environment = environment

    def address(self, container: str) -> str:
        # With a SAS for a connection, the URL ends in its signature.
        return f"{self._service.url.partition('?')[0].rstrip('/')}/{container}"

    def folders(self, container: str) -> tuple[list[str], list[Blob]]:
        from azure.storage.blob import BlobPrefix

        names: list[str] = []
        blobs: list[Blob] = []
        for entry in self._service.get_container_client(container).walk_blobs(include=["metadata"], delimiter="/"):
            if isinstance(entry, BlobPrefix):
                names.append(str(entry.name).rstrip("/"))
            elif not _is_directory(entry):
                blobs.append(_blob(entry))
        return names, blobs

    def blobs(self, container: str, prefix: str = "") -> list[Blob]:
        listing = self._service.get_container_client(container).list_blobs(
            name_starts_with=prefix, include=["metadata"]
        )
        return [_blob(entry) for entry in listing if not _is_directory(entry)]

    def read(self, container: str, name: str) -> tuple[bytes, str] | None:
        from azure.core.exceptions import ResourceNotFoundError

        try:
            download = self._blob_client(container, name).download_blob()
            return download.readall(), str(download.properties.etag).strip('"')
        except ResourceNotFoundError:
            return None

    def write(
        self,
        container: str,
        name: str,
        data: bytes,
        *,
        etag: str | None = None,
        create: bool = False,
        metadata: dict[str, str] | None = None,
    ) -> str:
        from azure.core import MatchConditions

        conditions: dict[str, Any] = {"overwrite": not create}
        if etag is not None:
            conditions |= {"etag": f'"{etag}"', "match_condition": MatchConditions.IfNotModified}
        answer = _mapped(lambda: self._blob_client(container, name).upload_blob(data, metadata=metadata, **conditions))
        return str(answer["etag"]).strip('"')

    def stream(self, container: str, name: str) -> Iterator[bytes]:
        yield from self._blob_client(container, name).download_blob(max_concurrency=1).chunks()

    def append_lines(self, container: str, name: str, lines: Iterator[bytes]) -> None:
        self._blob_client(container, name).upload_blob(lines, overwrite=True, max_concurrency=1)

    def copy(self, source: str, blob: Blob, container: str, name: str) -> CopyStatus:
        from azure.core import MatchConditions
        from azure.core.exceptions import ResourceExistsError

        origin = self._blob_client(source, blob.name).url  # signed, if the connection is by a SAS

        def start() -> CopyStatus:
            try:
                answer = self._blob_client(container, name).start_copy_from_url(
                    origin,
                    source_etag=f'"{blob.etag}"',
                    source_match_condition=MatchConditions.IfNotModified,
                    match_condition=MatchConditions.IfMissing,
                )
            except ResourceExistsError:
                return "pending"  # an earlier, interrupted try has it: same run id, same versions, same bytes
            return "success" if answer["copy_status"] == "success" else "pending"

        return _mapped(start)

    def copy_status(self, container: str, name: str) -> CopyStatus:
        from azure.core.exceptions import ResourceNotFoundError

        try:
            status = self._blob_client(container, name).get_blob_properties().copy.status
        except ResourceNotFoundError:
            return "none"
        if status in ("pending", "success"):
            return "pending" if status == "pending" else "success"
        return "failed"

    def delete(self, container: str, name: str, etag: str | None = None) -> None:
        from azure.core import MatchConditions
        from azure.core.exceptions import ResourceNotFoundError

        conditions: dict[str, Any] = {}
        if etag is not None:
            conditions = {"etag": f'"{etag}"', "match_condition": MatchConditions.IfNotModified}

        def delete() -> None:
            try:
                self._blob_client(container, name).delete_blob(**conditions)
            except ResourceNotFoundError:
                return

        _mapped(delete)

    def send(self, message: bytes) -> None:
        self._queue.send_message(message.decode(), time_to_live=-1)

    def close(self) -> None:
        """Close the connections that were opened."""
        for name in ("_service", "_queue"):
            if (client := self.__dict__.pop(name, None)) is not None:
                client.close()

    @cached_property
    def _service(self) -> "BlobServiceClient":
        from azure.core.exceptions import ResourceExistsError
        from azure.storage.blob import BlobServiceClient, ExponentialRetry

        options: dict[str, Any] = {
            "retry_policy": ExponentialRetry(initial_backoff=1, increment_base=2, retry_total=3),
            "connection_timeout": 10,
            "read_timeout": 60,
            "max_chunk_get_size": _PIECE,
            "max_single_get_size": _PIECE,
            "max_block_size": _PIECE,
            "max_single_put_size": _PIECE,
        }
        if connection := self._connection_string:
            service = BlobServiceClient.from_connection_string(connection, **options)
        else:
            service = BlobServiceClient(self._address_of("blobServiceUri"), credential=self._credential, **options)
        for container in (
            self._settings.run_container,
            self._settings.state_container,
            self._settings.drop_container,
        ):
            try:
                if not service.get_container_client(container).exists():
                    service.create_container(container)
            except ResourceExistsError:
                continue  # another instance made it between the two calls
        return service

    @cached_property
    def _queue(self) -> "QueueClient":
        from azure.core.exceptions import ResourceExistsError
        from azure.storage.queue import ExponentialRetry, QueueServiceClient, TextBase64EncodePolicy

        options: dict[str, Any] = {
            "retry_policy": ExponentialRetry(initial_backoff=1, increment_base=2, retry_total=3),
            "connection_timeout": 10,
            "read_timeout": 60,
        }
        if connection := self._connection_string:
            service = QueueServiceClient.from_connection_string(connection, **options)
        else:
            service = QueueServiceClient(self._address_of("queueServiceUri"), credential=self._credential, **options)
        queue = service.get_queue_client(self._settings.results_queue, message_encode_policy=TextBase64EncodePolicy())
        with suppress(ResourceExistsError):
            queue.create_queue()
        return queue

    @property
    def _connection_string(self) -> str:
        return self._environment.get(CONNECTION, "").strip()

    def _address_of(self, part: str) -> str:
        name = f"{CONNECTION}__{part}"
        if address := self._environment.get(name, "").strip():
            return address
        raise BadSetting(
            f"{name} is not set; set {CONNECTION} to a connection string, "
            f"or both {CONNECTION}__blobServiceUri and {CONNECTION}__queueServiceUri"
        )

    @cached_property
    def _credential(self) -> "TokenCredential":
        from azure.identity import DefaultAzureCredential, ManagedIdentityCredential

        client_id = self._environment.get(f"{CONNECTION}__clientId", "").strip() or None
        if self._environment.get(f"{CONNECTION}__credential", "").strip().lower() == "managedidentity":
            return ManagedIdentityCredential(client_id=client_id)
        return DefaultAzureCredential(managed_identity_client_id=client_id) if client_id else DefaultAzureCredential()

    def _blob_client(self, container: str, name: str) -> "BlobClient":
        return self._service.get_blob_client(container, name)


def _mapped[T](call: Callable[[], T]) -> T:
    """Turn the SDK's conflict and permission answers into the store's own."""
    from azure.core.exceptions import HttpResponseError, ResourceExistsError, ResourceModifiedError

    try:
        return call()
    except (ResourceExistsError, ResourceModifiedError) as error:
        raise Conflict(str(error.error_code if hasattr(error, "error_code") else "conflict")) from None
    except HttpResponseError as error:
        # 404 here is a copy source that went away; 409 and 412 are conditions, leases and immutability.
        if error.status_code in (404, 409, 412, 304):
            raise Conflict(f"status {error.status_code}") from None
        if error.status_code in (401, 403):
            raise Denied(f"status {error.status_code}") from None
        raise


def _blob(entry: Any) -> Blob:
    return Blob(
        name=str(entry.name),
        etag=str(entry.etag).strip('"'),
        size=int(entry.size or 0),
        modified=(entry.last_modified or datetime.now(UTC)).astimezone(UTC),
        leased=getattr(entry.lease, "state", None) == "leased",
        metadata=dict(entry.metadata or {}),
    )


def _is_directory(entry: Any) -> bool:
    """Accounts with a hierarchical namespace (SFTP needs one) list their directories as empty blobs."""
    metadata = {key.lower(): value for key, value in (entry.metadata or {}).items()}
    return metadata.get("hdi_isfolder") == "true" or (entry.size == 0 and str(entry.name).endswith("/"))
