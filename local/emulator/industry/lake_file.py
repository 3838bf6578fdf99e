"""One uploaded file: created empty, appended to in pieces, and whole only after a flush."""

import hashlib
import os
from collections.abc import AsyncIterable
from pathlib import Path

from .sas import StorageRefusal


class LakeFile:
    """A file on disk. Pieces may come in any order and twice; a flush wants them without a gap."""

    def __init__(self, name: str, path: Path) -> None:
        self.name = name
        self.path = path
        self.size = 0
        """Bytes that have been flushed."""
        self._pieces: dict[int, int] = {}
        """Appended and not flushed yet: position to length."""
        self._digest = hashlib.sha256()
        self._hashed = 0
        os.close(os.open(path, os.O_CREAT | os.O_TRUNC | os.O_WRONLY, 0o600))  # for its owner alone

    @property
    def sha256(self) -> str | None:
        """Of the flushed bytes, if they came in order and once."""
        return self._digest.hexdigest() if self._hashed == self.size else None

    def put(self, content: bytes) -> None:
        """Give a new file all of its bytes at once."""
        self.path.write_bytes(content)
        self._digest.update(content)
        self.size = self._hashed = len(content)

    async def append(self, position: int, chunks: AsyncIterable[bytes]) -> None:
        """Write a piece. If the chunks end early (they raise), the piece doesn't count. Raises StorageRefusal."""
        if position < self.size:
            text = "The position is below the length of the file."
            raise StorageRefusal(400, "InvalidQueryParameterValue", text)
        digest, length = self._digest.copy(), 0
        with self.path.open("r+b", buffering=0) as file:
            file.seek(position)
            async for chunk in chunks:
                file.write(chunk)
                digest.update(chunk)
                length += len(chunk)
        self._pieces[position] = length
        if position == self._hashed:
            self._digest, self._hashed = digest, position + length

    def flush(self, position: int) -> None:
        """Make the file `position` bytes long. Raises StorageRefusal when the pieces don't add up to that."""
        end, pieces = self.size, dict(self._pieces)
        while length := pieces.pop(end, 0):
            end += length
        if end != position or any(pieces.values()):
            text = (
                "The uploaded data is not contiguous or the position query parameter value is not equal to the "
                "length of the file after appending the uploaded data."
            )
            raise StorageRefusal(400, "InvalidFlushPosition", text)
        self.size = end
        self._pieces.clear()
        with self.path.open("r+b") as file:
            file.truncate(end)
