"""One file of a set, from its first byte to its last: bytes, encoding, lines, header; the rest is in `table`."""

from collections.abc import Iterator

from ..formats import FileSpec
from .cells import blank, decoded
from .context import Context
from .encoding import BOM, foreign, wide
from .header import Header, read_header
from .model import CR_CR_LF, FileResult
from .quoting import flaw
from .stream import LINE, ByteStream, LineTooLong
from .suspects import rare, suspects
from .table import Table

_TITLES = 8  # lines in which the column names are looked for, to say where they are


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
        self._cut = False

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
        elif self._table:
            self._table.settle()
        if not whole or self._table is None or self._cut:
            self._context.give_up(self._spec)
        self._stream.drain()
        if b"\r\r\n" in self._stream.start:
            self._findings.rename("blankLine", self._name, None, "", CR_CR_LF)
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
            header = self._header(lines)
            if header is None:
                return False
            self._table = Table(header, self._spec, self._name, self._context)
            lines = lines[header.line :]
        if not lines:
            return True
        if block[-1:] in (b"\n", b"\r"):
            self._table.feed(block, lines)
        else:
            self._end(self._table, block, lines)
        if self._table.hopeless:
            self._findings.add("notChecked", self._name, lines=[self._line])
        return not self._table.hopeless

    def _header(self, lines: list[bytes]) -> Header | None:
        near = [decoded(line.replace(b"\0", b"")) for line in lines[:_TITLES]]
        header = read_header(
            near,
            self._spec,
            self._name,
            self._findings,
            chosen=self._context.format,
            present=self._context.present,
        )
        if header is None:
            return None
        first = lines[header.line - 1]
        for suspect in suspects(first, rare(first)):
            if suspect.rule in ("nul", "encoding"):
                shape = suspect.find(first) or ""
                self._findings.add(suspect.rule, self._name, lines=[header.line], values=[decoded(first)], shape=shape)
        return header

    def _end(self, table: Table, block: bytes, lines: list[bytes]) -> None:
        """Check the last block of a file whose last line has no end: it may break off."""
        last = lines.pop()
        if lines:
            table.feed(block[: len(block) - len(last)], lines)
        if not last.strip(b"\x1a\0 \t"):  # an end mark, or what fills up a block
            shape = "U+001A, an end mark of old systems" if b"\x1a" in last else "blanks or NULs"
            self._findings.add("endMark", self._name, lines=[self._line - 1], shape=shape)
            return
        where = _broken_off(last, table)
        if not where:
            table.feed(last, [last])
            return
        self._cut = True
        shape = f"in the middle of {where}"
        self._findings.add("cutOff", self._name, lines=[self._line - 1], values=[decoded(last)], shape=shape)


def _broken_off(last: bytes, table: Table) -> str:
    """What the last line of a file breaks off in; empty if it seems whole."""
    if not _ends_whole(last):
        return "a character"
    if table.open or blank(last):
        return ""
    if flaw(last) == "unclosedQuote":
        return "a quoted cell"
    return "a row" if table.alone_too_short(last) else ""


def _ends_whole(line: bytes) -> bool:
    """The line doesn't end in the middle of a UTF-8 character, being UTF-8 up to there."""
    try:
        line.decode()
    except UnicodeDecodeError as error:
        return not (error.reason == "unexpected end of data" and error.end == len(line))
    return True
