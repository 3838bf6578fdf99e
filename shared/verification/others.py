"""Rows of the header's width that are none: empty ones, the header again, lines of a report."""

from .cells import blank, decoded, encoded, trimmed
from .records import Batch
from .strangers import stranger, total
from .width import Width

Others = dict[tuple[str, str], list[int]]
"""By rule and shape, the numbers of the records."""


class OtherRows:
    """Finds them. `first` and `last` are the cells of the first and the last column that each row needs."""

    def __init__(self, width: Width, name: str, first: int, last: int) -> None:
        """`name`: the header of the first."""
        self._width = width
        self._name = encoded(name).lower()
        self._first = first
        self._last = last

    def find(self, batch: Batch) -> Others:
        """Those of a batch."""
        values, found = batch.column(self._first), Others()
        if b"" in values or (batch.spaced and any(map(blank, values))):
            empty = [i for i, value in enumerate(values) if blank(value) and all(map(blank, batch.row(i)))]
            found["emptyRow", ""] = empty
        joined = b"\n".join([b"", *values]).lower()
        if self._name in joined:
            named = [i for i, value in enumerate(values) if trimmed(value).lower() == self._name]
            found["repeatedHeader", ""] = [i for i in named if self._width.is_header(list(map(decoded, batch.row(i))))]
        wanted = batch.column(self._last) if self._last != self._first else ()
        ruled = b"\n-" in joined or (batch.spaced and b"-" in joined)
        if b"" in wanted or ruled or total(joined):
            for i in [i for i, cell in enumerate(wanted) if not cell or cell.isdigit() or cell[:2] == b"--"]:
                if shape := stranger(batch.texts[i]):
                    found.setdefault(("noRecord", shape), []).append(i)
        return {kind: hits for kind, hits in found.items() if hits}
