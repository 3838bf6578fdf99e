"""Uploading to a container with a write-only SAS (classic): Put Blob, or Put Block and Put Block List.

Plain REST over the service's own connections. azure-storage-blob could do it, but its retries sleep, and
urllib3 below it logs whole addresses, the signature included; the requests that a write-only SAS allows are
fewer lines.
"""

import base64
import math
from collections.abc import Callable, Iterable
from datetime import datetime

from .address import Address
from .http import Wire
from .port import Answer, Reply
from .storage import PIECE, STORAGE_VERSION, expired, pieces, stored, wrong_size

_MOST_BLOCKS = 50_000  # per blob, a limit of the Blob service
_CSV = {"x-ms-blob-content-type": "text/csv"}


class BlobUpload:
    """An open upload to the container of `address`."""

    def __init__(self, wire: Wire, address: Address, expires: datetime | None, now: Callable[[], datetime]) -> None:
        self._wire = wire
        self._address = address
        self.expires: datetime | None = None
        """The files are with the service once they are there: only the address has an end."""
        self._until = expires
        self._now = now

    def put(self, name: str, size: int, chunks: Iterable[bytes]) -> Reply[None]:
        """Write `name`, overwriting. What `chunks` raises passes through; the name then keeps its old content."""
        piece = max(PIECE, math.ceil(size / _MOST_BLOCKS))
        blocks: list[str] = []
        sent = 0
        for data in pieces(chunks, piece):
            sent += len(data)
            if sent > size:
                break
            if size <= piece and sent == size:
                return self._request(name, "", {"x-ms-blob-type": "BlockBlob", **_CSV}, data)
            block = base64.b64encode(f"{len(blocks):08d}".encode()).decode()
            reply = self._request(name, f"comp=block&blockid={block.replace('=', '%3D')}", {}, data)
            if reply.answer is not Answer.OK:
                return reply
            blocks.append(block)
        if sent != size:
            return wrong_size(name)
        if not blocks:
            return self._request(name, "", {"x-ms-blob-type": "BlockBlob", **_CSV}, b"")
        listing = "".join(f"<Uncommitted>{block}</Uncommitted>" for block in blocks)
        content = f'<?xml version="1.0" encoding="utf-8"?><BlockList>{listing}</BlockList>'.encode()
        return self._request(name, "comp=blocklist", _CSV, content)

    def close(self) -> None:
        """Nothing to end: the connection is the service object's, and the address goes with this one."""

    def _request(self, name: str, query: str, headers: dict[str, str], content: bytes) -> Reply[None]:
        if self._until is not None and self._now() >= self._until:
            return expired(name)
        url = self._address.file(name, query=query)
        result = self._wire.send("PUT", url, STORAGE_VERSION | headers, content, shown=f"upload of {name}")
        return stored(result, url)
