"""The store on Azure Storage (or Azurite)."""

import os
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from datetime import UTC, datetime
from functools import cached_property
from itertools import islice
from typing import TYPE_CHECKING, Any

from .azure_connection import AzureConnection
from .settings import Settings
from .store import START, Blob, Conflict, Copied, CopyAnswer, Deleted, Denied

if TYPE_CHECKING:
    from azure.core.exceptions import HttpResponseError
    from azure.storage.blob import BlobClient, BlobServiceClient
    from azure.storage.queue import QueueClient

SOURCE_ETAG = "source_etag"
"""Metadata of a copy: the ETag of the version that it was made from."""

_LOCKED = ("leased", "breaking")
_TARGET_IS_BUSY = ("PendingCopyOperation", "LeaseIdMissing", "OperationTimedOut", "ServerBusy")
_PAGE = 1000
"""Blobs of one answer to a listing: with 8 KiB of metadata each, storage's own 5,000 would take hundreds of MiB."""
_ENCODING = 100
"""Characters of a Content-Encoding that are kept: a message shows fewer."""
_TURNS = 3  # of a copy whose target is of another version, or broken: removed, begun anew, looked at


class AzureStore:
    """Blobs and queue of the account that the `DROP_STORAGE` settings name."""

    def __init__(self, settings: Settings, environment: Mapping[str, str] = os.environ, *, app: bool = True) -> None:
        """`app`: the function app, which takes no connection string for storage elsewhere. Raises BadSetting."""
        self._settings = settings
        self._connection = AzureConnection(environment, app=app)

    def address(self, container: str) -> str:
        # With a SAS for a connection, the URL ends in its signature.
        return f"{self._service.url.partition('?')[0].rstrip('/')}/{container}"

    def folders(self, container: str, most: int | None = None) -> tuple[list[str], list[Blob]]:
        from azure.storage.blob import BlobPrefix

        names: list[str] = []
        blobs: list[Blob] = []
        client = self._service.get_container_client(container)
        walk = client.walk_blobs(include=["metadata"], delimiter="/", results_per_page=_PAGE)
        with _told(container):
            for entry in islice(walk, most):
                if isinstance(entry, BlobPrefix):
                    names.append(str(entry.name).removesuffix("/"))
                elif not _is_directory(entry):
                    blobs.append(self._blob(container, entry))
        return names, blobs

    def blobs(self, container: str, prefix: str = "", most: int | None = None) -> list[Blob]:
        listing = self._service.get_container_client(container).list_blobs(
            name_starts_with=prefix, include=["metadata"], results_per_page=_PAGE
        )
        with _told(container):
            return [self._blob(container, entry) for entry in islice(listing, most) if not _is_directory(entry)]

    def read(self, container: str, name: str) -> tuple[bytes, str] | None:
        from azure.core.exceptions import ResourceNotFoundError

        try:
            with _told(container):
                download = self._blob_client(container, name).download_blob(decompress=False)
                return download.readall(), _bare(download.properties.etag)
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
        from azure.core.exceptions import ResourceExistsError, ResourceModifiedError, ResourceNotFoundError

        conditions: dict[str, Any] = {"overwrite": not create}
        if etag is not None:
            conditions |= {"etag": f'"{etag}"', "match_condition": MatchConditions.IfNotModified}
        try:
            with _told(container):
                client = self._blob_client(container, name)
                return _bare(client.upload_blob(data, metadata=metadata, **conditions)["etag"])
        except (ResourceExistsError, ResourceModifiedError) as error:
            raise Conflict(str(getattr(error, "error_code", None) or "conflict")) from None
        except ResourceNotFoundError as error:
            if etag is not None and _code(error) != "ContainerNotFound":
                raise Conflict("BlobNotFound") from None
            raise

    def start(self, container: str, name: str) -> bytes:
        from azure.core.exceptions import HttpResponseError

        try:
            return self._blob_client(container, name).download_blob(0, START, decompress=False).readall()
        except HttpResponseError:
            return b""

    def stream(self, container: str, name: str) -> Iterator[bytes]:
        with _told(container):
            yield from self._blob_client(container, name).download_blob(max_concurrency=1, decompress=False).chunks()

    def replace(self, container: str, name: str, pieces: Iterator[bytes]) -> None:
        with _told(container):
            self._blob_client(container, name).upload_blob(pieces, overwrite=True, max_concurrency=1)

    def copy(self, source: str, blob: Blob, container: str, name: str) -> CopyAnswer:
        from azure.core.exceptions import HttpResponseError

        for _ in range(_TURNS):
            try:
                status = self._begin_copy(source, blob, container, name)
            except HttpResponseError as error:
                if error.status_code in (401, 403):
                    raise _denied(error, container) from None
                if error.status_code != 409 or _code(error) != "BlobAlreadyExists":
                    return _no_copy(error)
                status = self._copy_so_far(blob, container, name)
            if status == "success":
                return CopyAnswer(Copied.COPIED)
            if status == "pending":
                return CopyAnswer(Copied.LATER)
            # What was there is gone now, or was a copy of another version: begin again.
        return CopyAnswer(Copied.LATER)

    def delete(self, container: str, name: str, etag: str) -> Deleted:
        from azure.core import MatchConditions
        from azure.core.exceptions import HttpResponseError

        client = self._blob_client(container, name)
        try:
            client.delete_blob(etag=f'"{etag}"', match_condition=MatchConditions.IfNotModified)
        except HttpResponseError as error:
            if error.status_code == 404 and _code(error) != "ContainerNotFound":
                return Deleted.DELETED
            if error.status_code in (401, 403):
                return Deleted.DENIED
            if error.status_code not in (409, 412):
                raise
            return self._undeleted(client, etag, _code(error))
        return Deleted.DELETED

    def send(self, message: bytes) -> None:
        from azure.core.exceptions import ResourceNotFoundError

        try:
            with _told(self._settings.results_queue):
                self._queue.send_message(message.decode(), time_to_live=-1)
        except ResourceNotFoundError as error:
            raise _denied(error, self._settings.results_queue) from None

    def close(self) -> None:
        """Close the connections that were opened."""
        for name in ("_service", "_queue"):
            if (client := self.__dict__.pop(name, None)) is not None:
                client.close()
        self._connection.close()

    def _begin_copy(self, source: str, blob: Blob, container: str, name: str) -> str:
        from azure.core import MatchConditions

        answer = self._blob_client(container, name).start_copy_from_url(
            self._blob_client(source, blob.name).url,  # signed, if the connection is by a SAS
            metadata={SOURCE_ETAG: blob.etag},
            source_etag=f'"{blob.etag}"',
            source_match_condition=MatchConditions.IfNotModified,
            match_condition=MatchConditions.IfMissing,
        )
        return "success" if answer["copy_status"] == "success" else "pending"

    def _copy_so_far(self, blob: Blob, container: str, name: str) -> str:
        """How far an earlier try of this copy is; `none` if there is none any more, or none of this version."""
        from azure.core.exceptions import ResourceNotFoundError

        with _told(container):
            try:
                there = self._blob_client(container, name).get_blob_properties()
            except ResourceNotFoundError:
                return "none"
            of_this = (there.metadata or {}).get(SOURCE_ETAG) == blob.etag
            if of_this and there.copy.status in ("pending", "success"):
                return str(there.copy.status)
            if self.delete(container, name, _bare(there.etag)) in (Deleted.PROTECTED, Deleted.DENIED):
                raise Denied(f"a broken copy in {container} can't be removed")
            return "none"

    def _undeleted(self, client: "BlobClient", etag: str, refusal: str) -> Deleted:
        """Which version is there still: lease, snapshots and immutability are told before or after the condition.

        One with a key of its own may not even be looked at: then the refusal is all there is to go by.
        """
        from azure.core.exceptions import HttpResponseError

        try:
            there = _bare(client.get_blob_properties().etag)
        except HttpResponseError as error:
            if error.status_code == 404:
                return Deleted.DELETED
            if error.status_code == 409:
                return Deleted.NEWER if refusal == "ConditionNotMet" else Deleted.PROTECTED
            raise
        return Deleted.PROTECTED if there == etag else Deleted.NEWER

    def _blob(self, container: str, entry: Any) -> Blob:
        # Whoever drops may give 50,000 blobs 8 KiB of metadata and an encoding each: nothing reads it, so none is kept.
        is_dropped = container == self._settings.drop_container
        return Blob(
            name=str(entry.name),
            etag=_bare(entry.etag),
            size=int(entry.size or 0),
            modified=(entry.last_modified or datetime.now(UTC)).astimezone(UTC),
            leased=getattr(entry.lease, "state", None) in _LOCKED,
            metadata={} if is_dropped else dict(entry.metadata or {}),
            encoding=(getattr(entry.content_settings, "content_encoding", None) or "")[:_ENCODING] or None,
            md5=bytes(getattr(entry.content_settings, "content_md5", None) or b""),
        )

    @cached_property
    def _service(self) -> "BlobServiceClient":
        return self._connection.blob_service()

    @cached_property
    def _queue(self) -> "QueueClient":
        from azure.storage.queue import TextBase64EncodePolicy

        return self._connection.queue(self._settings.results_queue, message_encode_policy=TextBase64EncodePolicy())

    def _blob_client(self, container: str, name: str) -> "BlobClient":
        return self._service.get_blob_client(container, name)


@contextmanager
def _told(where: str) -> Iterator[None]:
    """Turn a refusal for want of rights into Denied, which says where, and can be waited for."""
    from azure.core.exceptions import HttpResponseError

    try:
        yield
    except HttpResponseError as error:
        if error.status_code in (401, 403):
            raise _denied(error, where) from None
        raise


def _denied(error: "HttpResponseError", where: str) -> Denied:
    return Denied(f"{error.status_code} {_code(error)} at {where}")


def _code(error: "HttpResponseError") -> str:
    return str(getattr(error, "error_code", None) or "")


def _no_copy(error: "HttpResponseError") -> CopyAnswer:
    """Why a copy was not begun."""
    status, code = error.status_code or 0, _code(error)
    if status == 404 and code not in ("ContainerNotFound",):
        return CopyAnswer(Copied.GONE)
    if status >= 500 or status in (0, 404, 408, 429) or code in _TARGET_IS_BUSY:
        return CopyAnswer(Copied.LATER)
    if status in (304, 412):  # a condition on the source; Azurite has a code of its own for it
        return CopyAnswer(Copied.NEWER)
    return CopyAnswer(Copied.CANNOT, code or str(status))


def _bare(etag: Any) -> str:
    return str(etag).strip('"')


def _is_directory(entry: Any) -> bool:
    """Accounts with a hierarchical namespace (SFTP needs one) list their directories as empty blobs.

    Only an empty blob can be one: a file whose metadata says so is a file.
    """
    if entry.size:
        return False
    metadata = {key.lower(): str(value).lower() for key, value in (entry.metadata or {}).items()}
    return metadata.get("hdi_isfolder") == "true" or str(entry.name).endswith("/")
