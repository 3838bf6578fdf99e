"""What a run makes of accepted files: how many of what, and how many records and values fail."""

import csv
from collections import Counter
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from functools import partial
from pathlib import Path

from shared.verification import Source, verify

KINDS = {
    "organizations": ("School.csv", "orgs.csv"),
    "people": ("Student.csv", "Teacher.csv", "users.csv"),
    "groups": ("Section.csv", "classes.csv"),
    "memberships": ("StudentEnrollment.csv", "TeacherRoster.csv", "enrollments.csv"),
}
"""A statistic's name to the files whose rows it counts."""
_V1_ROLES = {"student.csv": "student", "teacher.csv": "teacher"}
_CHUNK = 2**20


@dataclass
class Tally:
    active: dict[str, int] = field(default_factory=dict)
    """By KINDS."""
    roles: Counter[str] = field(default_factory=Counter)
    errors: int = 0
    warnings: int = 0


def tallied(files: Mapping[str, Path]) -> Tally:
    """Count and verify the files by name. Blocks for as long as reading them takes."""
    sources = [Source(name, path.stat().st_size, partial(_chunks, path)) for name, path in files.items()]
    verification = verify(sources, service="industryData")
    rows = {result.name.lower(): result.rows or 0 for result in verification.files}
    tally = Tally({kind: sum(rows.get(name.lower(), 0) for name in names) for kind, names in KINDS.items()})
    for finding in verification.findings:
        if finding.line is not None:  # the file as a whole was the validation's matter, not a run's
            tally.errors += finding.count if finding.type == "error" else 0
            tally.warnings += finding.count if finding.type == "warning" else 0
    for file, role in _V1_ROLES.items():
        tally.roles[role] += rows.get(file, 0)
    if "roles.csv" in files:
        tally.roles.update(_roles(files["roles.csv"]))
    tally.roles = +tally.roles
    return tally


def _chunks(path: Path) -> Iterable[bytes]:
    with path.open("rb") as file:
        while chunk := file.read(_CHUNK):
            yield chunk


def _roles(path: Path) -> Iterable[str]:
    with path.open(encoding="utf-8-sig", errors="replace", newline="") as file:
        try:
            for row in csv.DictReader(file):
                yield (row.get("role") or "").lower()
        except csv.Error:  # the verification has counted it
            return
