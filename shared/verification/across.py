"""The checks of a file that look at several columns of a record together."""

from collections.abc import Callable, Sequence

from . import columns
from .cells import decoded
from .columns import Keys
from .findings import Findings, Need
from .kinds import dates
from .repeats import Columns, Repeats

_OF_ROWS = {"duplicate": "duplicateRow"}
Check = Callable[[Columns, Sequence[int]], None]
"""Takes the values of its columns, and the lines of their records."""


class UniqueTogether:
    """Columns that together are unique."""

    def __init__(self, file: str, names: Sequence[str], findings: Findings) -> None:
        self._file = file
        self._names = names
        self._findings = findings
        self._repeats = Repeats(self._repeated)

    def __call__(self, values: Columns, lines: Sequence[int]) -> None:
        """Check a batch."""
        self._repeats.add(values, lines)

    def settle(self) -> None:
        """Report what is still to be reported; no more records come."""
        self._repeats.settle()

    def _repeated(self, rule: str, hits: list[int], values: Columns, lines: Sequence[int]) -> None:
        self._findings.add_hits(
            _OF_ROWS.get(rule, rule),
            self._file,
            None,
            hits,
            lines,
            lambda i: ", ".join(decoded(column[i]) for column in values),
            detail=" and ".join(self._names),
        )


class Period:
    """Two columns with the start and the end of a period. Days that can be read two ways get both chances."""

    def __init__(self, file: str, names: tuple[str, str], findings: Findings, *, need: Need, american: bool) -> None:
        self._file = file
        self._names = names
        self._findings = findings
        self._need = need
        self._american = american
        self._good: set[tuple[bytes, bytes]] = set()

    def __call__(self, values: Columns, lines: Sequence[int]) -> None:
        """Check a batch."""
        pairs = set(zip(values[0], values[1], strict=True)) - self._good
        bad = {pair for pair in pairs if self._reversed(*pair)}
        if len(self._good) < 10_000:
            self._good |= {(start, end) for start, end in pairs - bad if len(start) + len(end) < 64}
        if bad:
            hits = [i for i, pair in enumerate(zip(values[0], values[1], strict=True)) if pair in bad]
            start, end = self._names
            self._findings.add_hits(
                "dateOrder",
                self._file,
                end,
                hits,
                lines,
                lambda i: decoded(values[1][i]),
                detail=start,
                need=self._need,
            )

    def _reversed(self, start: bytes, end: bytes) -> bool:
        starts = dates(decoded(start), american=self._american)
        ends = dates(decoded(end), american=self._american)
        return bool(starts and ends) and max(ends) < min(starts)


class Contacts:
    """Remembers the users who lack what a contact needs: a name and an e-mail address."""

    def __init__(self) -> None:
        self.lacking: set[bytes] = set()

    def __call__(self, values: Columns, lines: Sequence[int]) -> None:  # noqa: ARG002
        """Look at a batch of users; the first column is the id."""
        if len(self.lacking) <= columns.KEYS:
            self.lacking.update(row[0] for row in zip(*values, strict=True) if not all(row))


class Parents:
    """A column that refers to the key column of its own file: checked at its end, when all keys are known."""

    def __init__(self, file: str, header: str, keys: Keys, findings: Findings) -> None:
        self._file = file
        self._header = header
        self._keys = keys
        self._findings = findings
        self._rows: list[tuple[bytes, bytes, int]] = []

    def __call__(self, values: Columns, lines: Sequence[int]) -> None:
        """Remember the records of a batch that have a parent."""
        if len(self._rows) <= columns.KEYS:
            rows = zip(*values, lines, strict=True)
            self._rows.extend((own, parent, line) for own, parent, line in rows if parent)

    def end(self) -> None:
        """Report parents that don't exist, and those that go round in a circle."""
        absent = self._keys.missing({parent for _, parent, _ in self._rows})
        parents = {own: parent for own, parent, _ in self._rows}
        circles = _circles(parents)
        for rule, chosen in (
            ("reference", [row for row in self._rows if row[1] in absent]),
            ("parentCycle", [row for row in self._rows if row[0] in circles]),
        ):
            self._findings.add_hits(
                rule,
                self._file,
                self._header,
                range(len(chosen)),
                [line for _, _, line in chosen],
                lambda i, chosen=chosen: decoded(chosen[i][1]),  # type: ignore[misc]
                detail=self._file,
                need="optional",
            )


def _circles(parents: dict[bytes, bytes]) -> set[bytes]:
    """Those from whom the way up leads back to themselves."""
    settled: set[bytes] = set()
    circles: set[bytes] = set()
    for start in parents:
        way: dict[bytes, None] = {}
        at: bytes | None = start
        while at is not None and at not in settled and at not in way:
            way[at] = None
            at = parents.get(at)
        if at is not None and at in way:
            names = list(way)
            circles.update(names[names.index(at) :])
        settled.update(way)
    return circles
