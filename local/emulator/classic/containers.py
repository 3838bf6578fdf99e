"""Upload containers in a real storage account, handed out as the service does: one URL that may only write.

All of it blocks; the routes call it in a thread.
"""

from collections.abc import Iterable
from datetime import UTC, datetime, timedelta
from functools import cached_property
from typing import NamedTuple
from uuid import uuid4

from azure.core.exceptions import ResourceExistsError, ResourceNotFoundError
from azure.storage.blob import AccessPolicy, BlobServiceClient, ContainerSasPermissions, generate_container_sas

MOST_POLICIES = 5
"""A container holds no more stored access policies."""


PIECE = 4 * 2**20
"""Bytes that are read at a time, so that large files take little memory."""


class Uploaded(NamedTuple):
    """One file in a profile's container."""

    name: str
    size: int
    last_modified: datetime


class Containers:
    """One container per profile, named by its id (as in the documented sample)."""

    def __init__(self, connection_string: str) -> None:
        self._connection_string = connection_string

    @cached_property
    def _service(self) -> BlobServiceClient:
        return BlobServiceClient.from_connection_string(
            self._connection_string, max_single_get_size=PIECE, max_chunk_get_size=PIECE
        )

    def close(self) -> None:
        if "_service" in vars(self):
            self._service.close()

    def open(self, profile: str, seconds: float, *, empty: bool) -> str:
        """Make the container if needed, empty it if asked, and return a SAS URL: `sp=w`, `sr=c`, `si`, `se`.

        The storage account checks the SAS by the real time, whatever clock the emulator has. Negative seconds give
        an address that has expired. Every address has a stored access policy of its own.
        """
        container = self._service.get_container_client(profile)
        try:
            container.create_container()
        except ResourceExistsError:
            if empty:
                for blob in container.list_blob_names():
                    container.delete_blob(blob)
        expiry = (datetime.now(UTC) + timedelta(seconds=seconds)).replace(microsecond=0)
        policy = f"upload-{uuid4().hex[:12]}"
        kept = container.get_container_access_policy()["signed_identifiers"][-(MOST_POLICIES - 1) :]
        policies = {identifier.id: identifier.access_policy for identifier in kept}
        policies[policy] = AccessPolicy(permission="w", expiry=expiry, start=None)
        container.set_container_access_policy(policies)
        sas = generate_container_sas(
            self._service.account_name or "",
            profile,
            account_key=self._service.credential.account_key,
            permission=ContainerSasPermissions(write=True),
            expiry=expiry,
            policy_id=policy,
        )
        return f"{container.url}?{sas}"

    def files(self, profile: str) -> list[Uploaded]:
        """What lies in a profile's container; nothing if it was never opened."""
        container = self._service.get_container_client(profile)
        try:
            return [Uploaded(blob.name, blob.size, blob.last_modified) for blob in container.list_blobs()]
        except ResourceNotFoundError:
            return []

    def read(self, profile: str, name: str) -> Iterable[bytes]:
        """One file's bytes in chunks."""
        return self._service.get_blob_client(profile, name).download_blob().chunks()
