"""Bytes that aren't UTF-8, and NULs: found by record and column, and only looked for where a block has some."""

from collections import defaultdict
from collections.abc import Callable, Iterable, Iterator, Sequence

from .cells import decoded, encoded
from .encoding import is_utf8, narrow
from .findings import Findings
from .header import Header
from .records import Batch, Oddity, Part, Ragged

_Places = dict[tuple[str, str | None], list[tuple[int, bytes]]]
_Test = Callable[[bytes], bool]


def _has_nul(data: bytes) -> bool:
    return b"\0" in data


class Damage:
    """What is damaged in a file. Tell it each block; once one is damaged, pass all parts through `mended`."""

    def __init__(self, file: str, header: Header, findings: Findings) -> None:
        self._file = file
        self._header = header
        self._findings = findings
        self._encoding = ""
        self._tests: dict[str, _Test] = {}

    def block(self, block: bytes) -> None:
        """Look at a block that comes next."""
        if "encoding" not in self._tests and not is_utf8(block):
            self._encoding = narrow(block)
            self._tests["encoding"] = lambda data: not is_utf8(data)
        if _has_nul(block):
            self._tests["nul"] = _has_nul

    def first_line(self, line: bytes) -> None:
        """Report what is damaged in the header."""
        places: _Places = defaultdict(list)
        self._look([line], [1], None, places)
        self._report(places)

    def mended(self, parts: Iterable[Part]) -> Iterable[Part]:
        """The parts without NULs; reports what is damaged in them."""
        return self._mended(parts) if self._tests else parts

    def _mended(self, parts: Iterable[Part]) -> Iterator[Part]:
        places: _Places = defaultdict(list)
        for part in parts:
            if isinstance(part, Oddity):
                yield part
            elif isinstance(part, Batch):
                for index in range(self._header.width):
                    self._look(part.column(index), part.lines, self._header.name(index), places)
                yield part.without(b"\0") if "nul" in self._tests else part
            else:
                for line, row in zip(part.lines, part.rows, strict=True):
                    self._look_at_row(encoded("\n".join(row)), row, line, places)
                rows = [[cell.replace("\0", "") for cell in row] for row in part.rows]
                yield Ragged(part.lines, rows, told=part.told)
        self._report(places)

    def _look(self, cells: Sequence[bytes], lines: Sequence[int], column: str | None, places: _Places) -> None:
        for rule, test in self._tests.items():
            if test(b"\n".join(cells)):
                found = [(lines[i], cell) for i, cell in enumerate(cells) if test(cell)]
                places[rule, column].extend(found)

    def _look_at_row(self, data: bytes, row: list[str], line: int, places: _Places) -> None:
        """A row of the wrong width; what is beyond the header counts as one."""
        for rule, test in self._tests.items():
            if not test(data):
                continue
            hits = {self._header.name(i): encoded(cell) for i, cell in enumerate(row) if test(encoded(cell))}
            for column, cell in hits.items():
                places[rule, column].append((line, cell))

    def _report(self, places: _Places) -> None:
        for (rule, column), found in places.items():
            found.sort()
            self._findings.add_hits(
                rule,
                self._file,
                column,
                range(len(found)),
                [line for line, _ in found],
                lambda i, found=found: decoded(found[i][1]),  # type: ignore[misc]
                detail=self._encoding if rule == "encoding" else "",
            )
