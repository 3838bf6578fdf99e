"""Rows of which every cell is in marks that the service takes for a part of it: one cause, told once."""

from .records import Batch

_MARKS = {b"'": "apostrophes", b'"': "quotedTwice"}
"""The rule for each."""
_ROWS = 50  # that are looked at, so many of which tell
_FEWEST = 2


def wrapped(batch: Batch) -> str:
    """The rule that the first rows of a file break; empty if some cell is as it should be."""
    rows = range(min(len(batch.lines), _ROWS))
    if len(rows) < _FEWEST:
        return ""
    mark = next((cell[:1] for cell in batch.row(0) if cell), b"")
    if mark not in _MARKS:
        return ""
    cells = [cell for i in rows for cell in batch.row(i) if cell]
    return _MARKS[mark] if all(len(cell) > 1 and cell[:1] == cell[-1:] == mark for cell in cells) else ""
