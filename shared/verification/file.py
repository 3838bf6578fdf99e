"""One file of a set, from its first byte to its last: bytes, encoding, lines, header; the rest is in `table`."""

from collections.abc import Iterator

from ..formats import FileSpec
from .cells import decoded, odd_space
from .context import Context
from .encoding import BOM, foreign, wide
from .header import read_header
from .model import FileResult
from .stream import LINE, ByteStream, LineTooLong
from .table import Table


class FileCheck:
    """Verifies one file. Stops reading it as CSV where that makes no sense any more; never stops hashing."""

    def __init__(self, stream: ByteStream, name: str, spec: FileSpec, context: Context) -> None:
        self._stream = stream
        self._name = name
        self._spec = spec
        self._context = context
        self._findings = context.findings
        self._line = 1
        self._table: Table | None = None

    def run(self) -> FileResult:
        """Read everything, report what is wrong."""
        rows: int | None = None
        try:
            whole = all(self._block(block) for block in self._blocks())
        except LineTooLong:
            if self._table or self._is_text():
                self._findings.add("lineTooLong", self._name, lines=[self._line], detail=str(LINE))
            whole = False
        if whole and self._table:
            rows = self._table.end()
        else:
            if self._table:
                self._table.settle()
            self._context.give_up(self._spec)
        self._stream.drain()
        if not self._stream.size:
            self._findings.add("emptyFile", self._name)
        spec = self._spec
        return FileResult(self._name, rows, self._stream.size, self._stream.sha256, spec.name, people=spec.people)

    def _blocks(self) -> Iterator[bytes]:
        """The file in blocks of whole lines. Ends at once if it is no text."""
        for number, block in enumerate(self._stream.blocks()):
            if number == 0 and not self._is_text():
                return
            yield block if number else block.removeprefix(BOM)

    def _is_text(self) -> bool:
        rule, name = "notText", foreign(self._stream.start)
        encoding = wide(self._stream.start)
        if encoding and name in (None, "binary data"):
            rule, name = "wideText", encoding
        if name:
            self._findings.add(rule, self._name, detail=name)
        return name is None

    def _block(self, block: bytes) -> bool:
        """Check a block. False if the file can't be read any further."""
        lines = block.splitlines() or [b""]
        self._line += len(lines)
        if self._table is None:
            header = read_header(
                decoded(lines[0].replace(b"\0", b"")),
                self._spec,
                self._name,
                self._findings,
                chosen=self._context.format,
                present=self._context.present,
            )
            if header is None:
                return False
            self._table = Table(header, self._spec, self._name, self._context)
            self._table.damage.block(block)
            self._table.damage.first_line(lines.pop(0))
        else:
            self._table.damage.block(block)
        if lines:
            self._table.feed(lines, quoted=b'"' in block, odd_space=odd_space(block))
        return True
