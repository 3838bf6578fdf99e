"""Files that were given each other's names: one cause, where else every row of them has a reference that dangles."""

from collections.abc import Mapping

from ..formats import Format
from .findings import Findings
from .model import ids_of

_NEARLY = 0.9
"""The share of a file's rows that must be about the others' people."""


def report_exchanged(chosen: Format, names: Mapping[str, str], rows: Mapping[str, int], findings: Findings) -> None:
    """Report them in place of what dangles. By the format's names: the files' in the folder, and their rows."""
    people = {spec.name for spec in chosen.files if spec.people}
    found: dict[str, tuple[str, str, str]] = {}
    for spec in (spec for spec in chosen.files if spec.name in names):
        for column in (column for column in spec.columns if column.required and column.refers):
            of = column.refers[0] if column.refers else ""
            for other in people - {of} if of in people else ():
                count = findings.count("reference", names[spec.name], column.name, ids_of(other))
                if count >= _NEARLY * rows.get(spec.name, 0) > 0:
                    found[spec.name] = (column.name, of, other)
    if len({of for _, of, _ in found.values()}) > 1:
        for name, (header, _, other) in found.items():
            findings.withdraw("reference", names[name], header, ids_of(other))
        both = " and ".join(names[name] for name in list(found)[:2])
        findings.add("exchangedFiles", None, detail=both)
