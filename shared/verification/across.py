"""The checks of a file that look at several columns of a record together."""

from array import array
from collections.abc import Callable, Sequence

from . import keys
from .cells import decoded
from .findings import Findings, Need
from .keys import Places
from .kinds import day
from .marks import LastRows
from .repeats import Columns, Repeats

_STUDENT = b"student"
_FIRST, _SOME, _NEARLY = 1000, 3, 0.9  # rows that are looked at; how many of them, and which share, tell
Check = Callable[[Columns, Sequence[int]], None]
"""Takes the values of its columns, and the lines of their records."""


class UniqueTogether:
    """Columns that together are unique."""

    def __init__(self, file: str, names: Sequence[str], findings: Findings) -> None:
        self._file = file
        self._names = names
        self._findings = findings
        self._repeats = Repeats()
        self._places = Places()

    def __call__(self, values: Columns, lines: Sequence[int]) -> None:
        """Check a batch."""
        self._places.add(lines)
        full = self._repeats.full
        hits = self._repeats.add(values)
        if self._repeats.full and not full:
            self._findings.add("notChecked", self._file, lines=lines[:1])
        self._findings.add_hits(
            "duplicateRow",
            self._file,
            None,
            hits,
            lines,
            lambda i: ", ".join(decoded(column[i]) for column in values),
            detail=" and ".join(self._names),
            other=lambda i: self._places.line(self._repeats.first(tuple(column[i] for column in values))),
        )


class Period:
    """Two columns with the start and the end of a period."""

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
        first = day(decoded(start), american=self._american)
        last = day(decoded(end), american=self._american)
        return first is not None and last is not None and last < first


class Contacts:
    """Remembers the users who lack what a contact needs: a name and an e-mail address. Hashes, as `Keys` does."""

    def __init__(self) -> None:
        self.all_lack = False
        """users.csv has no column for some of it."""
        self._lacking = array("q")
        self._rows: LastRows | None = None

    def __call__(self, values: Columns, lines: Sequence[int]) -> None:  # noqa: ARG002
        """Look at a batch of users; the first column is the id."""
        if len(self._lacking) <= keys.KEYS:
            self._lacking.extend(hash(row[0]) for row in zip(*values, strict=True) if not all(row))

    def lacking(self, ids: set[bytes]) -> set[bytes]:
        """Those of the users who lack something. To be asked when all users are known."""
        if self.all_lack:
            return set(ids)
        if self._rows is None:
            self._rows = LastRows(self._lacking)
        find = self._rows.find
        return {id_ for id_ in ids if find(hash(id_)) >= 0}


class Students:
    """Remembers who is a student in some row of roles.csv. Hashes, as `Keys` does."""

    def __init__(self) -> None:
        self._ids = array("q")
        self._rows: LastRows | None = None

    def __call__(self, values: Columns, lines: Sequence[int]) -> None:  # noqa: ARG002
        """Look at a batch of roles: ids, and what they are."""
        if len(self._ids) <= keys.KEYS:
            pairs = zip(*values, strict=True)
            self._ids.extend(hash(id_) for id_, role in pairs if role.lower() == _STUDENT)

    def __contains__(self, id_: bytes) -> bool:
        """To be asked when all roles are known."""
        if self._rows is None:
            self._rows = LastRows(self._ids)
        return self._rows.find(hash(id_)) >= 0


class Related:
    """People and their contacts: whether a file names them the wrong way round, by its first rows."""

    def __init__(self, file: str, names: tuple[str, str], students: Students, findings: Findings) -> None:
        self._file = file
        self._names = names
        self._students = students
        self._findings = findings
        self._turned: list[int] = []
        self._looked = self._rows = 0

    def __call__(self, values: Columns, lines: Sequence[int]) -> None:
        """Look at a batch: students, and those who are their contacts."""
        self._rows += len(lines)
        for person, contact, line in zip(*values, lines, strict=True):
            if self._looked == _FIRST:
                return
            self._looked += 1
            if contact in self._students and person not in self._students:
                self._turned.append(line)

    def end(self) -> None:
        """Report it, in place of what the contacts lack."""
        if len(self._turned) >= max(_SOME, _NEARLY * self._looked):
            person, contact = self._names
            self._findings.withdraw("contactDetails", self._file, contact)
            self._findings.add(
                "swappedColumns",
                self._file,
                column=person,
                count=self._rows,
                lines=self._turned,
                detail=f"{person} and {contact}",
                need="optional",
            )
