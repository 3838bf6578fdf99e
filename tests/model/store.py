"""A store in memory, with ETags, leases and conditions; a hook runs before each operation."""

from collections.abc import Callable, Iterator
from datetime import datetime

import msgspec

from shared.store import Blob, Conflict, CopyStatus, Denied


class Held(msgspec.Struct):
    data: bytes
    etag: str
    modified: datetime
    metadata: dict[str, str]
    leased: bool = False


class MemoryStore:
    """`shared.store.Store` without Azure."""

    def __init__(self, now: Callable[[], datetime]) -> None:
        self._now = now
        self._count = 0
        self.held: dict[str, dict[str, Held]] = {}
        self.sent: list[bytes] = []
        self.before: Callable[[str], None] = lambda operation: None
        self.deletes_denied = False

    def put(self, container: str, name: str, data: bytes, metadata: dict[str, str] | None = None) -> str:
        """What somebody else writes: no hook."""
        self._count += 1
        etag = f"0x{self._count:08X}"
        self.held.setdefault(container, {})[name] = Held(data, etag, self._now(), metadata or {})
        return etag

    def address(self, container: str) -> str:
        return f"https://account.example/{container}"

    def folders(self, container: str) -> tuple[list[str], list[Blob]]:
        blobs = self.blobs(container)
        names = sorted({blob.name.partition("/")[0] for blob in blobs if "/" in blob.name})
        return names, [blob for blob in blobs if "/" not in blob.name]

    def blobs(self, container: str, prefix: str = "") -> list[Blob]:
        self.before("blobs")
        held = self.held.get(container, {})
        return [
            Blob(name, blob.etag, len(blob.data), blob.modified, blob.leased, blob.metadata)
            for name, blob in sorted(held.items())
            if name.startswith(prefix)
        ]

    def read(self, container: str, name: str) -> tuple[bytes, str] | None:
        self.before("read")
        blob = self.held.get(container, {}).get(name)
        return (blob.data, blob.etag) if blob else None

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
        self.before("write")
        there = self.held.get(container, {}).get(name)
        if (create and there) or (etag is not None and (there is None or there.etag != etag)):
            raise Conflict(name)
        made = self.put(container, name, data, metadata)
        self.before("written")
        return made

    def stream(self, container: str, name: str) -> Iterator[bytes]:
        self.before("stream")
        data = self.held[container][name].data
        middle = len(data) // 2
        yield data[:middle]
        self.before("chunk")
        yield data[middle:]

    def append_lines(self, container: str, name: str, lines: Iterator[bytes]) -> None:
        self.before("write")
        self.put(container, name, b"".join(lines))

    def copy(self, source: str, blob: Blob, container: str, name: str) -> CopyStatus:
        self.before("copy")
        if name in self.held.get(container, {}):
            return "pending"
        there = self.held.get(source, {}).get(blob.name)
        if there is None or there.etag != blob.etag:
            raise Conflict(blob.name)
        self.put(container, name, there.data)
        return "pending"

    def copy_status(self, container: str, name: str) -> CopyStatus:
        self.before("copy_status")
        return "success" if name in self.held.get(container, {}) else "none"

    def delete(self, container: str, name: str, etag: str | None = None) -> None:
        self.before("delete")
        there = self.held.get(container, {}).get(name)
        if there is None:
            return
        if (etag is not None and there.etag != etag) or there.leased:
            raise Conflict(name)
        if self.deletes_denied and container == "sds-drop":
            raise Denied(name)
        del self.held[container][name]
        self.before("deleted")

    def send(self, message: bytes) -> None:
        self.before("send")
        self.sent.append(message)
        self.before("sent")
