"""Uploading to Azure Data Lake Storage with a session's SAS (industry data): create, append in pieces, flush.

Plain REST over the service's own connections: three requests. azure-storage-file-datalake would be one more
dependency, retries by sleeping, and urllib3 below it logs whole addresses, the signature included.
"""

from collections.abc import Callable, Iterable
from datetime import datetime

from .address import Address
from .http import Wire
from .port import Answer, Reply
from .storage import PIECE, STORAGE_VERSION, expired, pieces, stored, wrong_size


class DataLakeUpload:
    """An open upload session. `folder` is the path of its directory, filesystem first."""

    def __init__(
        self, wire: Wire, address: Address, folder: str, expires: datetime | None, now: Callable[[], datetime]
    ) -> None:
        self._wire = wire
        self._address = address
        self._folder = folder
        self.expires = expires
        self._now = now

    def put(self, name: str, size: int, chunks: Iterable[bytes]) -> Reply[None]:
        """Write `name`, overwriting. What `chunks` raises passes through; the file is then without its content."""
        reply = self._request("PUT", name, "resource=file")
        position = 0
        for data in pieces(chunks, PIECE):
            if reply.answer is not Answer.OK:
                return reply
            if position + len(data) > size:
                return wrong_size(name)
            reply = self._request("PATCH", name, f"action=append&position={position}", data)
            position += len(data)
        if reply.answer is not Answer.OK:
            return reply
        if position != size:
            return wrong_size(name)
        return self._request("PATCH", name, f"action=flush&position={size}")

    def close(self) -> None:
        """Nothing to end: validating finalises the session."""

    def _request(self, method: str, name: str, query: str, content: bytes = b"") -> Reply[None]:
        if self.expires is not None and self._now() >= self.expires:
            return expired(name)
        url = self._address.file(name, folder=self._folder, query=query)
        return stored(self._wire.send(method, url, STORAGE_VERSION, content, shown=f"upload of {name}"), url)


def folder_of(path: str, tenant: str | None, connector: str, container: str) -> str | None:
    """The session's directory. `path` is the path of its address, which may stop anywhere before the end.

    The samples take filesystem = tenant id and directory = `{connector}/{container}`, and use only the host and the
    SAS of the address. It isn't documented how much of that its path holds already, so only what lacks is added.
    None if the filesystem is neither in the path nor known.
    """
    segments = [segment for segment in path.split("/") if segment]
    last = segments[-1].lower() if segments else ""
    if last == container.lower():
        missing: list[str] = []
    elif last == connector.lower():
        missing = [container]
    elif segments:
        missing = [connector, container]
    elif tenant:
        missing = [tenant, connector, container]
    else:
        return None
    return "/" + "/".join(segments + missing)
