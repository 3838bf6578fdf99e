"""Sets that are not read: a file, or all of them, is larger than a setting allows."""

from collections.abc import Mapping

from .findings import Findings
from .model import Finding, Service

ROWS = 500_000
"""The documented limit of data rows in a file: those above it are counted, not checked."""
STRANGE = 1_100_000
"""Lines that are no rows, more than a sheet of Excel has, after which what follows is counted, not checked."""


def too_large(
    sizes: Mapping[str, int], service: Service, *, file_bytes: float, set_bytes: float
) -> tuple[Finding, ...]:
    """What is too large among the set's files, by name and bytes. The limits are those of `SDS_MAX_…_BYTES`."""
    findings = Findings(service, 1, 1)
    for name, size in sizes.items():
        if size > file_bytes:
            findings.add("file.tooLarge", name, detail=_words(size, "SDS_MAX_FILE_BYTES", file_bytes))
    if (whole := sum(sizes.values())) > set_bytes:
        findings.add("set.tooLarge", None, detail=_words(whole, "SDS_MAX_SET_BYTES", set_bytes))
    return findings.all(list(sizes))


def _words(size: int, setting: str, limit: float) -> str:
    return f"{size:,} bytes, and {setting} allows {limit:,.0f}"
