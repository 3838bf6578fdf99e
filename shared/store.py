"""Storage as the run needs it: a handful of conditional operations on blobs, and one queue.

`AzureStore` is the real one. Everything above it takes a `Store`, so that the same steps also run, by the thousand,
over a store that lives in memory (tests/model.py).
"""

from collections.abc import Iterator
from datetime import datetime
from typing import Literal, Protocol

import msgspec


class Blob(msgspec.Struct, frozen=True):
    """A blob as a listing shows it. `etag` has no quotes."""

    name: str
    etag: str
    size: int
    modified: datetime
    leased: bool = False
    metadata: dict[str, str] = {}


class Conflict(Exception):
    """A condition on an ETag was not met: somebody else was there first."""


class Denied(Exception):
    """The identity has no right to do this."""


CopyStatus = Literal["none", "pending", "success", "failed"]


class Store(Protocol):
    """Blob containers and the results queue of one storage account."""

    def address(self, container: str) -> str:
        """The container's URL without any credential."""

    def folders(self, container: str) -> tuple[list[str], list[Blob]]:
        """First-level folder names, and the blobs at the container's root."""

    def blobs(self, container: str, prefix: str = "") -> list[Blob]:
        """All blobs below a prefix, directory markers left out."""

    def read(self, container: str, name: str) -> tuple[bytes, str] | None:
        """A small blob's bytes and ETag, None if there is no such blob."""

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
        """Write a small blob, return its ETag. Raises Conflict if that is not `etag`, or it exists with `create`."""

    def stream(self, container: str, name: str) -> Iterator[bytes]:
        """A blob's bytes in pieces of a few MiB."""

    def append_lines(self, container: str, name: str, lines: Iterator[bytes]) -> None:
        """Write a blob of any size from pieces, replacing it."""

    def copy(self, source: str, blob: Blob, container: str, name: str) -> CopyStatus:
        """Start a server-side copy of exactly that version. Raises Conflict if the source is not that version any more.

        A target that exists is left as it is; its status is `pending` until `copy_status` is asked.
        """

    def copy_status(self, container: str, name: str) -> CopyStatus: ...

    def delete(self, container: str, name: str, etag: str | None = None) -> None:
        """Delete a blob. Raises Conflict if it is another version, leased, or (with `etag`) gone; Denied."""

    def send(self, message: bytes) -> None:
        """Put one message on the results queue, Base64, never expiring."""
