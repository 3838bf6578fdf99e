"""What goes into a verification and what comes out of it."""

from collections.abc import Callable, Iterable
from typing import Literal

import msgspec

Service = Literal["classic", "industryData"]
Type = Literal["error", "warning", "information"]


class Source(msgspec.Struct, frozen=True):
    """One file to verify, wherever it is. `size` in bytes, None if unknown (for progress only)."""

    name: str
    size: int | None
    open: Callable[[], Iterable[bytes]]
    """Gives the bytes in chunks of any size. Called once; the chunks are read to the end."""


class Finding(msgspec.Struct, frozen=True):
    """One problem of one file: all places of one rule in one column.

    `line` is the physical line of the first place (its record's first character; the header is 1), None when
    the file as a whole is meant. `column` is the header as the file has it. `lines` and `values` hold the
    first few places; `values` are cell contents and are for the person at the terminal only: they belong in no
    message, report or log. `description` holds none of them.
    """

    type: Type
    rule: str
    file_name: str | None
    line: int | None
    column: str | None
    count: int
    description: str
    lines: tuple[int, ...] = ()
    values: tuple[str, ...] = ()


class FileResult(msgspec.Struct, frozen=True):
    """One file as it was read. `size` and `sha256` are over every byte; `rows` (data rows) is None if not counted."""

    name: str
    rows: int | None
    size: int
    sha256: str


class Verification(msgspec.Struct, frozen=True):
    """The outcome. `format` is the format's id, None if it isn't known; `files` are in the order given."""

    format: str | None
    files: tuple[FileResult, ...]
    findings: tuple[Finding, ...]

    @property
    def counts(self) -> dict[Type, int]:
        """How many places have an error, a warning, an information."""
        counts: dict[Type, int] = {"error": 0, "warning": 0, "information": 0}
        for finding in self.findings:
            counts[finding.type] += finding.count
        return counts
