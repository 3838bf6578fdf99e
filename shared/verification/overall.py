"""What all rows of a file show together that none of them shows alone: then they have one cause, which is told."""

from collections.abc import Sequence

from .findings import Findings
from .model import ALONE, GROUPED, IN_ALL, MORE_ALL, MORE_BELOW, PUSHED
from .width import MORE

_SOME = 3  # rows from which on it is no chance that all that follow are alike


def report_overall(
    file: str, rows: int, fitting: tuple[int, int], ids: Sequence[str], alone_in: str, findings: Findings
) -> None:
    """Tell it in place of what is told of the rows. `rows` is their number, `fitting` are the lines of the first and
    the last one that have the header's width, `ids` are the headers of the columns that name each row, `alone_in` is
    that of the last cell that has nothing beside it."""
    first, last = fitting
    wide = findings.lines("columnCount", file, None, MORE.shape)
    many = findings.count("columnCount", file, None, MORE.shape)
    if many == rows > 1:
        findings.rename("columnCount", file, None, MORE.shape, MORE_ALL)
    elif many >= _SOME and min(wide) > last:
        findings.rename("columnCount", file, None, MORE.shape, MORE_BELOW)
    for key in findings.of("dateOrder", file):
        if rows > 1 and findings.count(*key) == rows:
            findings.rename(*key, IN_ALL)
    for key in findings.of("missingValue", file):
        most = not key[3] and key[2] not in ids and rows > findings.count(*key) >= max(_SOME, rows / 2)
        if most and min(findings.lines(*key)) > first:
            findings.rename(*key, GROUPED)
    alone = findings.lines("noRecord", file, None, ALONE)
    moved = len(alone) == 1 and alone[0] > last and alone_in in ids
    if moved and findings.count("missingValue", file, alone_in, "") == 1:
        findings.rename("missingValue", file, alone_in, "", PUSHED)
        findings.withdraw("noRecord", file, None, ALONE)
