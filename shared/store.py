"""Storage as a run needs it: a handful of conditional operations on blobs, and one queue.

`AzureStore` is the real one. Everything above it takes a `Store`, so that the same steps also run, by the thousand,
over a store that lives in memory (tests/model). What storage says is told as what happened, never as a bare status.
"""

from collections.abc import Iterator
from datetime import datetime
from enum import StrEnum
from typing import NamedTuple, Protocol
from urllib.parse import unquote

import msgspec

LONGEST_NAME = 1024
"""Characters of a blob's name (learn.microsoft.com, "naming and referencing containers, blobs, and metadata")."""

START = 4096
"""Bytes of a blob that tell what it is."""


class Blob(msgspec.Struct, frozen=True):
    """A blob as a listing shows it. `etag` has no quotes; `encoding` is its Content-Encoding.

    `md5` is what storage worked out itself for a blob that was written at once; empty if it knows none.
    """

    name: str
    etag: str
    size: int
    modified: datetime
    leased: bool = False
    metadata: dict[str, str] = {}
    encoding: str | None = None
    md5: bytes = b""


class Conflict(Exception):
    """A condition on an ETag was not met: somebody else was there first."""


class Denied(Exception):
    """The identity has no right to do this, now: new role grants take a while. The text is a status and a code."""


class Deleted(StrEnum):
    """What became of a delete."""

    DELETED = "deleted"  # or it was gone already
    NEWER = "newer"  # another version is there now
    PROTECTED = "protected"  # this very version is still there: a lease, blob snapshots, immutability, a hold
    DENIED = "denied"  # no right to delete


class Copied(StrEnum):
    """What became of a copy of one version of a blob."""

    COPIED = "copied"  # the target is a whole copy of this very version
    LATER = "later"  # under way, or storage is too busy: ask again
    NEWER = "newer"  # the source is another version by now
    GONE = "gone"  # there is no source any more
    CANNOT = "cannot"  # this blob can't be copied: archived, encrypted with a key of its own, damaged


class CopyAnswer(NamedTuple):
    """`why` is storage's error code where it can't be copied."""

    copied: Copied
    why: str = ""


class Store(Protocol):
    """Blob containers and the results queue of one storage account."""

    def address(self, container: str) -> str:
        """The container's URL without any credential."""

    def folders(self, container: str, most: int | None = None) -> tuple[list[str], list[Blob]]:
        """First-level folder names, and the blobs at the container's root; at most about `most` of both together."""

    def blobs(self, container: str, prefix: str = "", most: int | None = None) -> list[Blob]:
        """All blobs below a prefix, or about the first `most`; directory markers are left out."""

    def read(self, container: str, name: str) -> tuple[bytes, str] | None:
        """A small blob's bytes as they are stored, and its ETag; None if there is no such blob."""

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

    def start(self, container: str, name: str) -> bytes:
        """A blob's first bytes as they are stored, at most START; none if it can't be read, whatever the reason."""

    def stream(self, container: str, name: str) -> Iterator[bytes]:
        """A blob's bytes as they are stored, in pieces of a few MiB. An encoding is never undone."""

    def replace(self, container: str, name: str, pieces: Iterator[bytes]) -> None:
        """Write a blob of any size from pieces, in place of what was there."""

    def copy(self, source: str, blob: Blob, container: str, name: str) -> CopyAnswer:
        """Copy exactly that version on the server, or say how far an earlier try has come.

        A target that is a copy of another version is replaced: the source's ETag is kept with every copy.
        Raises Denied.
        """

    def delete(self, container: str, name: str, etag: str) -> Deleted:
        """Delete exactly that version."""

    def send(self, message: bytes) -> None:
        """Put one message on the results queue, Base64, never expiring. Raises Denied if that can't be done now."""


def addressable(name: str) -> bool:
    """Whether a request for this blob reaches this blob.

    HTTP libraries and proxies remove dot segments, plain and encoded, and some read a backslash as a slash: such a
    name would address another blob than it names. Nobody may read, copy or delete by it.
    """
    plain = name
    for _ in range(3):
        plain, before = unquote(plain), plain
        if plain == before:
            break
    segments = plain.replace("\\", "/").split("/")
    return "\\" not in plain and not {".", ".."} & set(segments) and bool(name)
