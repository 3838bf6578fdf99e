"""The first rows of a file, column by column: what the values of another file are, if they aren't its ids."""

from collections import defaultdict
from collections.abc import Collection, Iterable, Sequence, Set

from .cells import lower, trimmed
from .records import Batch

_ROWS = 500  # that are remembered
_NEARLY, _FEW = 0.9, 3  # the share of different values in a column that tells rows apart; values that tell
_AT = b"@"


class Sample:
    """The values of a file's columns in its first rows, but for those of `but`, its ids."""

    def __init__(self, names: Sequence[str], but: Collection[int]) -> None:
        self._names = {index: name for index, name in enumerate(names) if name and index not in but}
        self._columns: defaultdict[str, list[bytes]] = defaultdict(list)
        self._forms: dict[str, set[bytes]] = {}  # made when they are asked for, by then there are no more rows
        self._taken = self._rows = 0

    def add(self, batch: Batch) -> None:
        """The next rows."""
        self._rows += len(batch.lines)
        if self._taken < _ROWS:
            more = min(len(batch.lines), _ROWS - self._taken)
            self._taken += more
            for index, name in self._names.items():
                self._columns[name] += batch.column(index)[:more]

    def column_of(self, values: Set[bytes]) -> str:
        """The column that holds nearly all of some different values, as far as the rows can tell; empty if none does.

        Of a long file they are a part: half of the values that would be in it on average are enough, if they are a
        few. Case and the domain of an address don't count.
        """
        forms = _forms(values)
        if not self._rows:
            return ""
        share = _NEARLY if self._taken == self._rows else self._taken / self._rows / 2
        whole = self._taken == self._rows and not any(
            map(bytes.isdigit, values)
        )  # then none of them is there by chance
        for name, cells in self._columns.items():
            column = self._forms[name] = self._forms.get(name) or _forms(cells)
            if len(column) < _NEARLY * len(cells) or not forms:
                continue
            if len(forms & column) >= max(_FEW, share * len(forms)) or (whole and forms <= column):
                return name
        return ""


def _forms(values: Iterable[bytes]) -> set[bytes]:
    cells = lower(b"\n".join(values)).split(b"\n")
    return {trimmed(cell.partition(_AT)[0]) for cell in set(cells)} - {b""}
