"""From a source's bytes to blocks of whole lines, and to the size and hash of everything."""

import hashlib
from collections.abc import Callable, Iterator
from itertools import chain

from .model import Source

BLOCK = 32 * 1024
"""Bytes of a block: its cells fit a processor's cache (measured: larger blocks are slower)."""
LINE = 128 * 1024
"""Bytes of the longest line, and characters of the longest record; csv's own field limit."""


_START = 4096


class LineTooLong(ValueError):
    """A line is longer than LINE."""


class ByteStream:
    """One source, read once. Blocks depend on the bytes alone, not on how they were cut into chunks.

    `start` is its first few bytes, as far as they were read.
    """

    def __init__(self, source: Source, progress: Callable[[str, int], None] | None = None) -> None:
        self.size = 0
        self.start = b""
        self._digest = hashlib.sha256()
        self._source = source
        self._progress = progress
        self._chunks: Iterator[bytes] = self._read()

    @property
    def sha256(self) -> str:
        """The hash, hex, of what was read so far."""
        return self._digest.hexdigest()

    def _read(self) -> Iterator[bytes]:
        for chunk in self._source.open():
            self.size += len(chunk)
            self._digest.update(chunk)
            if len(self.start) < _START:
                self.start += bytes(chunk[: _START - len(self.start)])
            yield chunk
            if self._progress:
                self._progress(self._source.name, self.size)

    def peek(self) -> bytes:
        """The first few bytes. To be asked before anything else is read."""
        first: list[bytes] = []
        while len(self.start) < _START and (chunk := next(self._chunks, None)) is not None:
            first.append(chunk)
        self._chunks = chain(first, self._chunks)
        return self.start

    def drain(self) -> None:
        """Read what is left, for its size and hash."""
        for _ in self._chunks:
            pass

    def blocks(self) -> Iterator[bytes]:
        """Blocks of whole lines; the last may lack its line end. Raises LineTooLong."""
        parts: list[bytes] = []
        size, full = 0, BLOCK
        for chunk in self._chunks:
            parts.append(chunk)
            size += len(chunk)
            if size < full:
                continue
            data, at = b"".join(parts), 0
            while len(data) - at >= full:
                end = _last_line_end(data, at, at + full)
                if end:
                    yield data[at:end]
                    at, full = end, BLOCK
                elif full < LINE:
                    full += BLOCK
                else:
                    raise LineTooLong
            parts, size = [data[at:]], len(data) - at
        if size:
            yield b"".join(parts)


def _last_line_end(data: bytes, start: int, end: int) -> int:
    """Where the last whole line ends: after LF, or after a CR that can't be the first half of CR LF. 0: nowhere."""
    return data.rfind(b"\n", start, end) + 1 or data.rfind(b"\r", start, end - 1) + 1
