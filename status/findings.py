"""What was found in a run's files, file by file and the worst first, from its report. No cell value stands there."""

from collections import defaultdict
from collections.abc import Iterable, Mapping
from typing import Any

import msgspec

from shared.reports import Finding, Report

MOST_FILES = 30
MOST = 50
"""Findings that are shown of a file."""
_KINDS = ("error", "warning", "information")
_PLURAL = {"error": "errors", "warning": "warnings", "information": "notes"}
_ONE = {"error": "error", "warning": "warning", "information": "note"}


class Found(msgspec.Struct, frozen=True):
    """One finding: `count` places, of which `lines` are the first. `rule` is None for the service's own words."""

    kind: str
    says: str
    rule: str | None = None
    column: str | None = None
    count: int = 1
    lines: tuple[int, ...] = ()

    @property
    def where(self) -> str:
        """Column and first lines, in words; empty if there is nothing to say."""
        lines = ", ".join(map(str, self.lines))
        more = self.count > len(self.lines) > 0
        parts = (
            f"{self.count} places" if self.count > 1 else "",
            (f"line{'s' if len(self.lines) > 1 else ''} {lines}" if lines else "") + (" and more" if more else ""),
        )
        return ", ".join(part for part in parts if part)


class FileFindings(msgspec.Struct, frozen=True):
    """One file, or with `name` None the set as a whole. `counts` count places, of those not shown too."""

    name: str | None
    counts: Mapping[str, int]
    found: tuple[Found, ...]
    unshown: int

    @property
    def says(self) -> str:
        """The counts in words."""
        parts = [f"{n:,} {(_ONE if n == 1 else _PLURAL)[kind]}" for kind in _KINDS if (n := self.counts[kind])]
        return ", ".join(parts)


def by_file(report: Report) -> list[FileFindings]:
    """The findings of our own check and of the service, the file with the most errors first."""
    files: dict[str | None, list[Found]] = defaultdict(list)
    for own in report.preflight:
        files[own.file_name].append(_own(own))
    for words in report.service:
        name, found = _service(words)
        files[name].append(found)
    for warning in report.warnings:
        files[None].append(Found("warning", warning, "run.warning"))
    made = [_file(name, found) for name, found in files.items()]
    return sorted(made, key=lambda file: (*(-file.counts[kind] for kind in _KINDS), file.name or ""))


def _file(name: str | None, found: Iterable[Found]) -> FileFindings:
    worst = sorted(found, key=lambda each: (_KINDS.index(each.kind), -each.count))
    counts = {kind: sum(each.count for each in worst if each.kind == kind) for kind in _KINDS}
    return FileFindings(name, counts, tuple(worst[:MOST]), len(worst) - len(worst[:MOST]))


def _own(finding: Finding) -> Found:
    lines = finding.lines or ((finding.line,) if finding.line else ())
    return Found(_kind(finding.type), finding.description, finding.rule, finding.column, finding.count, lines)


def _service(words: Any) -> tuple[str | None, Found]:
    """The service's own message, as the report keeps it."""
    words = words if isinstance(words, dict) else {"description": words}
    name = words.get("fileName")
    return (str(name) if name else None), Found(_kind(words.get("type")), str(words.get("description") or ""))


def _kind(text: Any) -> str:
    return text if text in _KINDS else "information"
