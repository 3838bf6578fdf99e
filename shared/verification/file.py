"""One file of a set, from its first byte to its last: bytes, encoding, lines, header; the rest is in `table`."""

from collections.abc import Callable, Iterator

from ..formats import FileSpec
from .context import Context
from .encoding import BOM, foreign, narrow, wide
from .header import read_header
from .model import FileResult, Source
from .spaces import odd_space
from .stream import LINE, ByteStream, LineTooLong
from .table import Table


class FileCheck:
    """Verifies one file. Stops reading it as CSV where that makes no sense any more; never stops hashing."""

    def __init__(
        self, source: Source, spec: FileSpec, context: Context, progress: Callable[[str, int], None] | None
    ) -> None:
        self._stream = ByteStream(source, progress)
        self._name = source.name
        self._spec = spec
        self._context = context
        self._findings = context.findings
        self._line = 1
        self._encoding = ""
        self._table: Table | None = None

    def run(self) -> FileResult:
        """Read everything, report what is wrong."""
        rows: int | None = None
        try:
            whole = all(self._block(data) for data in self._data())
        except LineTooLong:
            if self._table or self._is_text():
                self._findings.add("lineTooLong", self._name, lines=[self._line], detail=str(LINE))
            whole = False
        if whole and self._table:
            rows = self._table.end()
        else:
            self._context.give_up(self._spec)
        self._stream.drain()
        if not self._stream.size:
            self._findings.add("emptyFile", self._name)
        self._context.forget(self._spec)
        return FileResult(self._name, rows, self._stream.size, self._stream.sha256)

    def _data(self) -> Iterator[bytes]:
        """The file in blocks of whole lines, with LF line ends. Ends at once if it is no text."""
        for number, block in enumerate(self._stream.blocks()):
            if number == 0 and not self._is_text():
                return
            lines = (block if number else block.removeprefix(BOM)).splitlines() or [b""]
            lines.append(b"")
            yield b"\n".join(lines)

    def _is_text(self) -> bool:
        rule, name = "notText", foreign(self._stream.start)
        encoding = wide(self._stream.start)
        if encoding and name in (None, "binary data"):
            rule, name = "wideText", encoding
        if name:
            self._findings.add(rule, self._name, detail=name)
        return name is None

    def _decoded(self, data: bytes) -> str:
        try:
            return data.decode()
        except UnicodeDecodeError:
            self._encoding = self._encoding or narrow(data)
            return data.decode(errors="surrogateescape")

    def _block(self, data: bytes) -> bool:
        """Check a block. False if the file can't be read any further."""
        start, text = self._line, self._decoded(data)
        self._line += text.count("\n")
        if self._table is None:
            line, _, text = text.partition("\n")
            header = read_header(line.replace("\0", ""), self._spec, self._name, self._findings.service, self._findings)
            if header is None:
                return False
            self._table = Table(header, self._spec, self._name, self._context)
            self._table.odd(line, start, self._encoding)
            start += 1
        if text:
            self._table.feed(self._table.odd(text, start, self._encoding), odd_space=odd_space(data))
        return True
