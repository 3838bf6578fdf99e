"""Pairs of small drops in both formats, as values that a naive reader can count, and as files."""

import csv
import io
from collections.abc import Mapping, Sequence

import msgspec
from hypothesis import strategies as st
from msgspec.structs import replace

from shared.guard import Ids, IdWatch
from shared.results import RemovedKind
from shared.verification import Source, Verification, verify

KEY = b"0123456789abcdef0123456789abcdef"
ALL: tuple[RemovedKind, ...] = ("people", "orgs", "classes", "enrollments")

Rows = tuple[tuple[str, ...], ...]

HEADERS = {
    "sdsV1": {
        "School.csv": ("SIS ID", "Name"),
        "Student.csv": ("SIS ID", "School SIS ID", "Username"),
        "Teacher.csv": ("Username", "SIS ID", "School SIS ID"),
        "Section.csv": ("SIS ID", "School SIS ID", "Section Name"),
        "StudentEnrollment.csv": ("Section SIS ID", "SIS ID"),
        "TeacherRoster.csv": ("SIS ID", "Section SIS ID"),
    },
    "sdsV2.1": {
        "orgs.csv": ("sourcedId", "name", "type"),
        "users.csv": ("sourcedId", "username"),
        "roles.csv": ("userSourcedId", "orgSourcedId", "role"),
        "classes.csv": ("sourcedId", "orgSourcedId", "title"),
        "enrollments.csv": ("classSourcedId", "userSourcedId", "role"),
    },
}


class Drop(msgspec.Struct, frozen=True):
    """Rows by file, and the lines of those that the service will drop. One row takes one line here."""

    format: str
    rows: Mapping[str, Rows]
    dropped: Mapping[str, frozenset[int]] = {}

    def sources(self) -> list[Source]:
        return [Source(name, None, lambda name=name: [self.text(name)]) for name in self.rows]  # type: ignore[misc]

    def text(self, name: str) -> bytes:
        text = io.StringIO()
        writer = csv.writer(text, lineterminator="\n")
        writer.writerow(HEADERS[self.format][name])
        writer.writerows(self.rows[name])
        return text.getvalue().encode()

    def kept(self, name: str, *columns: str, fallen: bool = False) -> list[tuple[str, ...]]:
        """The columns of the rows that the service takes, or with `fallen` of those that it drops."""
        header = HEADERS[self.format][name]
        at = [header.index(column) for column in columns]
        gone = self.dropped.get(name, frozenset())
        rows = enumerate(self.rows.get(name, ()), 2)
        return [tuple(row[i] for i in at) for line, row in rows if (line in gone) == fallen]

    def verified(self, watch: IdWatch) -> Verification:
        """The verification, with our own idea of which rows are dropped."""
        found = verify(self.sources(), watch=watch)
        files = tuple(replace(f, dropped=sorted(self.dropped.get(f.name, ()))) for f in found.files)
        return replace(found, files=files)

    def ids(self, kinds: Sequence[RemovedKind] = ALL, key: bytes = KEY) -> Ids:
        watch = IdWatch(key, kinds)
        return watch.ids(self.verified(watch))


_ID = st.sampled_from(["1", "2", "3", "4", "5", "6", "7", "Å8", "x y", "1 "])
_ROLE = st.sampled_from(["student", "Student", "teacher", "TEACHER", "principal", "student"])


def _cells(format_: str, name: str) -> st.SearchStrategy[tuple[str, ...]]:
    kinds = {"role": _ROLE, "name": st.just("n"), "type": st.just("school")}
    plain = {"Name", "Section Name", "title", "Username", "username"}
    return st.tuples(
        *(kinds.get(column, st.just("n") if column in plain else _ID) for column in HEADERS[format_][name])
    )


@st.composite
def drops(draw: st.DrawFn, format_: str) -> Drop:
    """A drop with few ids, so that some are there twice and some are dropped in one row and taken in another."""
    names = list(HEADERS[format_])
    rows = {name: tuple(draw(st.lists(_cells(format_, name), max_size=12))) for name in names}
    dropped = {
        name: frozenset(draw(st.sets(st.integers(2, len(rows[name]) + 1), max_size=6)))
        for name in names
        if rows[name] and draw(st.booleans())
    }
    absent = draw(st.sets(st.sampled_from(names), max_size=2))
    return Drop(format_, {name: rows[name] for name in names if name not in absent}, dropped)
