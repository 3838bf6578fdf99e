"""A store in memory, with ETags, leases and conditions; a hook runs before each operation.

It can be as unkind as the world: copies that stay under way or can't be made, files that can't be deleted, answers of
conditional writes that get lost, and rights that are refused for a while.
"""

from collections.abc import Callable, Iterator
from datetime import datetime

import msgspec

from shared.label import digest
from shared.store import START, Blob, Conflict, Copied, CopyAnswer, Deleted, Denied, addressable

SOURCE_ETAG = "source_etag"


class Held(msgspec.Struct):
    data: bytes
    etag: str
    modified: datetime
    metadata: dict[str, str]
    leased: bool = False
    protected: bool = False
    uncopyable: str = ""
    encoding: str | None = None
    md5: bytes = b""


class MemoryStore:
    """`shared.store.Store` without Azure."""

    def __init__(self, now: Callable[[], datetime]) -> None:
        self._now = now
        self._count = 0
        self.held: dict[str, dict[str, Held]] = {}
        self.sent: list[bytes] = []
        self.before: Callable[[str], None] = lambda operation: None
        self.deletes_denied = False
        self.refused: Callable[[str], bool] = lambda operation: False
        self.answer_lost: Callable[[], bool] = lambda: False
        self.written: Callable[[str, str, bytes | None, bytes], None] = lambda container, name, before, after: None
        """Told of every write: container, name, the bytes before (None: there was no such blob) and after."""
        self.copy_slow: Callable[[], bool] = lambda: False

    def put(self, container: str, name: str, data: bytes, metadata: dict[str, str] | None = None) -> str:
        """What somebody else writes: no hook."""
        self._count += 1
        etag = f"0x{self._count:08X}"
        self.held.setdefault(container, {})[name] = Held(data, etag, self._now(), metadata or {}, md5=digest(data))
        return etag

    def address(self, container: str) -> str:
        return f"https://account.example/{container}"

    def folders(self, container: str, most: int | None = None) -> tuple[list[str], list[Blob]]:
        blobs = self.blobs(container)
        names = sorted({blob.name.partition("/")[0] for blob in blobs if "/" in blob.name})
        return names[:most], [blob for blob in blobs if "/" not in blob.name][:most]

    def blobs(self, container: str, prefix: str = "", most: int | None = None) -> list[Blob]:
        self._before("blobs", container)
        held = self.held.get(container, {})
        return [
            Blob(name, blob.etag, len(blob.data), blob.modified, blob.leased, blob.metadata, blob.encoding, blob.md5)
            for name, blob in sorted(held.items())
            if name.startswith(prefix)
        ][:most]

    def read(self, container: str, name: str) -> tuple[bytes, str] | None:
        self._before("read", container)
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
        self._before("write", container)
        self._check(container, name, etag, create)
        there = self.held.get(container, {}).get(name)
        made = self.put(container, name, data, metadata)
        self.written(container, name, there.data if there else None, data)
        if self.answer_lost():
            self._check(container, name, etag, create)  # the SDK sends it again, and meets its own write
        self.before("written")
        return made

    def start(self, container: str, name: str) -> bytes:
        self._before("start", container)
        blob = self.held[container].get(name)
        return blob.data[:START] if blob else b""

    def stream(self, container: str, name: str) -> Iterator[bytes]:
        self._before("stream", container)
        data = self.held[container][name].data
        middle = len(data) // 2
        yield data[:middle]
        self.before("chunk")
        yield data[middle:]

    def replace(self, container: str, name: str, pieces: Iterator[bytes]) -> None:
        self._before("write", container)
        self.put(container, name, b"".join(pieces))

    def copy(self, source: str, blob: Blob, container: str, name: str) -> CopyAnswer:
        self._before("copy", container)
        assert addressable(blob.name), "a blob that can't be addressed"
        there = self.held.get(container, {}).get(name)
        if there is not None and there.metadata.get(SOURCE_ETAG) == blob.etag:
            return CopyAnswer(Copied.COPIED)
        origin = self.held.get(source, {}).get(blob.name)
        if origin is None:
            return CopyAnswer(Copied.GONE)
        if origin.etag != blob.etag:
            return CopyAnswer(Copied.NEWER)
        if origin.uncopyable:
            return CopyAnswer(Copied.CANNOT, origin.uncopyable)
        self.put(container, name, origin.data, {SOURCE_ETAG: blob.etag})
        return CopyAnswer(Copied.LATER if self.copy_slow() else Copied.COPIED)

    def delete(self, container: str, name: str, etag: str) -> Deleted:
        self._before("delete", container)
        there = self.held.get(container, {}).get(name)
        if there is None:
            return Deleted.DELETED
        if there.etag != etag:
            return Deleted.NEWER
        if there.leased or there.protected:
            return Deleted.PROTECTED
        if self.deletes_denied and container == "sds-drop":
            return Deleted.DENIED
        del self.held[container][name]
        self.before("deleted")
        return Deleted.DELETED

    def send(self, message: bytes) -> None:
        self._before("send", "queue")
        self.sent.append(message)
        self.before("sent")

    def _before(self, operation: str, container: str) -> None:
        self.before(operation)
        if self.refused(f"{operation} {container}"):
            raise Denied(f"403 AuthorizationPermissionMismatch at {container}")

    def _check(self, container: str, name: str, etag: str | None, create: bool) -> None:
        there = self.held.get(container, {}).get(name)
        if (create and there) or (etag is not None and (there is None or there.etag != etag)):
            raise Conflict(name)
