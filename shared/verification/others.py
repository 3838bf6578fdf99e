"""Rows of the header's width that are none: empty ones, the header again, lines of a report."""

from collections.abc import Callable, Sequence

from .cells import blank, decoded, encoded, trimmed
from .model import ALONE, TEMPLATE
from .records import Batch
from .strangers import stranger, total
from .width import Width

_TEMPLATE = frozenset(
    (b"required", b"optional", b"mandatory", b"conditional", b"recommended", b"string", b"text", b"number", b"integer")
) | {b"date", b"datetime", b"boolean", b"bit", b"int", b"varchar", b"nvarchar", b"char", b"guid"}
"""What templates say of columns in a row below their names."""
_TOP = 3  # rows in which such are
_LACKING = 2  # needed cells that are empty where one cell alone is filled
NO_ROWS = frozenset(("emptyRow", "repeatedHeader", "noRecord"))
"""The rules that tell them."""
Others = dict[tuple[str, str], list[int]]
"""By rule and shape, the numbers of the records."""


class OtherRows:
    """Finds them. `needed` are the columns that each row needs, in their order."""

    def __init__(self, width: Width, name: str, needed: Sequence[int]) -> None:
        """`name`: the header of the first of them."""
        self._width = width
        self._name = encoded(name).lower()
        self._begun = False
        self._needed = needed
        self._first = needed[0]
        self._last = needed[-1]

    def find(self, batch: Batch) -> Others:
        """Those of a batch."""
        values, texts, found = batch.column(self._first), batch.texts, Others()
        if b"" in values or (batch.spaced and any(map(blank, values))):
            lacking = [i for i, value in enumerate(values) if blank(value)]
            found["emptyRow", ""] = _alike(texts, lacking, lambda i: all(map(blank, batch.row(i))))
        joined = b"" if b"".join(values).isdigit() else b"\n".join([b"", *values]).lower()  # numbers name nothing
        if self._name in joined:
            named = [i for i, value in enumerate(values) if trimmed(value).lower() == self._name]
            found["repeatedHeader", ""] = _alike(texts, named, lambda i: self._is_header(batch.row(i)))
        wanted = batch.column(self._last) if self._last != self._first else ()
        ruled = b"\n-" in joined or (batch.spaced and b"-" in joined)
        if b"" in wanted or ruled or total(joined):
            some = [i for i, cell in enumerate(wanted) if not cell or cell.isdigit() or cell[:2] == b"--"]
            shapes = {text: shape for text in {texts[i] for i in some} if (shape := stranger(text))}
            for i in some if shapes else ():
                if texts[i] in shapes:
                    found.setdefault(("noRecord", shapes[texts[i]]), []).append(i)
        if not self._begun:
            found["noRecord", TEMPLATE] = [i for i in range(min(len(texts), _TOP)) if _of_template(batch.row(i))]
            self._begun = True
        if b"" in values or b"" in wanted:
            known = {i for kind, hits in found.items() if kind[0] == "noRecord" for i in hits}
            found["noRecord", ALONE] = [i for i in self._alone(batch) if i not in known]
        return {kind: hits for kind, hits in found.items() if hits}

    def _alone(self, batch: Batch) -> list[int]:
        """The rows in which only one cell has something in it, and two that are needed have nothing."""
        empty = [column for index in self._needed if b"" in (column := batch.column(index))]
        if len(empty) < _LACKING:
            return []
        some = [i for i, cells in enumerate(zip(*empty, strict=True)) if cells.count(b"") >= _LACKING]
        return _alike(batch.texts, some, lambda i: sum(not blank(cell) for cell in batch.row(i)) == 1)

    def _is_header(self, row: Sequence[bytes]) -> bool:
        return self._width.is_header(list(map(decoded, row)))


def _of_template(row: Sequence[bytes]) -> bool:
    cells = [cell.strip(b" *()").partition(b"(")[0].strip().lower() for cell in row if cell]
    return len(cells) > 1 and _TEMPLATE.issuperset(cells)


def _alike(texts: Sequence[bytes], some: Sequence[int], test: Callable[[int], bool]) -> list[int]:
    """Those of some records that pass a test, which is asked once for each text."""
    last = {texts[i]: i for i in some}
    passed = {text for text, i in last.items() if test(i)}
    return [i for i in some if texts[i] in passed] if passed else []
