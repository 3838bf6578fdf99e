"""What comes more than once in a file: whole rows, and the values of its unique columns."""

from collections.abc import Callable, Hashable, Sequence

from ..formats import FileSpec
from .cells import decoded
from .columns import ColumnCheck
from .findings import Findings
from .keys import Places
from .model import BLANKS, IN_KNOWN, NOTHING_SHAPE
from .people import OF_PEOPLE, OF_THINGS, People
from .records import Batch
from .repeats import Repeats, SameRows
from .suspects import NOTHING, Suspect, changed_id


class Twice:
    """Reports it as it is found. `unique` are the checks of columns with keys; `people` looks at those of people."""

    def __init__(
        self,
        spec: FileSpec,
        file: str,
        unique: Sequence[ColumnCheck],
        people: People | None,
        places: Places,
        findings: Findings,
        *,
        known: Sequence[int] = (),
    ) -> None:
        """`known` are the columns that the format has, if the file has others, too: there rows may differ."""
        self._file = file
        self._unique = unique
        self._people = people
        self._places = places
        self._findings = findings
        self._same = SameRows()
        self._whole = None if unique or spec.unique else Repeats()  # rows of which no part is unique
        self._detail = OF_PEOPLE if spec.of_people else OF_THINGS
        self._known = known
        self._suspects: Sequence[Suspect] = ()
        self._nothing: set[tuple[str, str]] = set()  # columns, and the words for nothing that repeat an earlier one

    def find(self, batch: Batch, values: dict[int, list[bytes]], suspects: Sequence[Suspect]) -> dict[int, list[int]]:
        """Remember the keys of a batch and report those that came before; gives these, by column.

        `suspects` are the kinds of damage that may be in it.
        """
        self._suspects = suspects
        if whole := self._whole:
            self._tell_same(batch, batch.texts, whole.add([list(batch.texts)]), lambda text: whole.first((text,)))
        if not self._unique:
            return {}
        lines, again = batch.lines, {}
        rows: Sequence[Hashable] = batch.texts
        if self._known:
            rows = list(zip(*map(batch.column, self._known), strict=True))
        self._same.add(rows)
        for check in self._unique:
            keys = check.keys
            if keys is None:
                continue
            known, column = keys.complete, check.key(values[check.index])
            again[check.index] = keys.add(column)
            if known and not keys.complete:
                self._findings.add("notChecked", self._file, column=check.header, lines=lines[:1])
        if self._people:
            self._people.add(values)
        hits = max(again.values(), key=len)
        if len(hits) < len(lines):
            hits = sorted(set().union(*again.values()))
        if not hits:
            return again
        same = self._same.repeated(rows, hits)
        self._tell_same(batch, rows, same, self._same.first)
        if len(same) == len(hits):
            return again
        told = set(same)
        plain = {check.index: [i for i in again[check.index] if i not in told] for check in self._unique}
        if self._people:
            plain = self._without_people(self._people, plain, values)
        for check in self._unique:
            self._report_repeated(check, plain[check.index], values, lines)
        return again

    def end(self) -> None:
        """Report what is known of people when no more rows come."""
        if self._people:
            self._people.end()

    def fold(self) -> None:
        """Forget the first of the words for nothing that come again: it is in what is told of those."""
        for header, word in self._nothing:
            self._findings.withdraw("nullWord", self._file, header, word)

    def _tell_same[Row](
        self, batch: Batch, rows: Sequence[Row], hits: Sequence[int], first: Callable[[Row], int]
    ) -> None:
        """Report rows that are the same as an earlier one."""
        lines, texts = batch.lines, batch.texts
        if len(hits) < len(lines):
            lines, texts, rows = [lines[i] for i in hits], [texts[i] for i in hits], [rows[i] for i in hits]
        self._findings.add_hits(
            "repeatedRow",
            self._file,
            None,
            range(len(lines)),
            lines,
            lambda i: decoded(texts[i]),
            shape=IN_KNOWN if self._known else "",
            other=lambda i: self._places.line(first(rows[i])),
        )

    def _without_people(
        self, people: People, again: dict[int, list[int]], values: dict[int, list[bytes]]
    ) -> dict[int, list[int]]:
        """The hits without those that are people whose id, as far as can be seen, is what it was: see `People`."""
        ids, names = (check.index for check in self._unique)
        otherwise = self._unique[0].written_otherwise
        hits = [i for i in again[ids] if not self._changed(values[ids][i]) and not otherwise(i, values[ids][i])]
        out = set(hits)
        people.repeated(hits, again[names], values[ids], values[names])
        return {index: [i for i in some if i not in out] for index, some in again.items()}

    def _report_repeated(
        self, check: ColumnCheck, hits: list[int], values: dict[int, list[bytes]], lines: Sequence[int]
    ) -> None:
        """Report keys that came before; those that have other blanks around them are two to the service."""
        column = check.key(values[check.index])
        earlier = check.keys.line if check.keys else lambda _: 0
        otherwise = [i for i in hits if check.written_otherwise(i, column[i])]
        found = {("nearDuplicate", BLANKS): otherwise}
        again = sorted(set(hits) - set(otherwise))
        changed = {value: self._changed(value) for value in {column[i] for i in again}}
        for i in again:
            found.setdefault(("duplicate", changed[column[i]]), []).append(i)
        words = found.get(("duplicate", NOTHING_SHAPE), [])
        told = check.wrong({column[i] for i in words})
        words[:] = [i for i in words if column[i] not in told]
        self._nothing |= {(check.header, decoded(column[i])) for i in words}
        for (rule, shape), some in found.items():
            other = lambda i: earlier(column[i])  # noqa: E731
            check.report(rule, some, column, lines, shape=shape, other=other, detail=self._detail)

    def _changed(self, value: bytes) -> str:
        """What has been done to an id, so that different ones may have become the same."""
        if value in NOTHING:
            return NOTHING_SHAPE
        found = (suspect.find(value) for suspect in self._suspects if suspect.rule == "spreadsheet")
        return next((shape for shape in found if shape), None) or changed_id(value) or ""
