"""Rows that repeat the id of a person: a further school of theirs, the same person once more, or somebody else."""

from array import array
from collections.abc import Iterable, Mapping, Sequence

from .cells import decoded
from .findings import Findings
from .keys import Keys, Places, short
from .model import OTHER_NAME, OTHER_SCHOOL, SAME_NAME

OF_PEOPLE = ": no row of a person is to go. If it is one person with two ids, decide on one of them, in every file."
OF_THINGS = ", or keep one row if it is one and the same."
"""What `duplicate` advises besides."""
_TEXTS = 1000  # ids that are remembered as text, more than are ever shown


class People:
    """Looks at the end at the rows whose id came before: only then is it cheap to find the row that had it first.

    `apart` is the index of the column in which the rows of one person differ, where the format has a row for each.
    """

    def __init__(
        self,
        file: str,
        ids: tuple[str, Keys],
        names: tuple[str, Keys],
        apart: int | None,
        places: Places,
        findings: Findings,
        detail: str,
    ) -> None:
        """`ids` and `names` are the headers and the values of the columns with the id and the user name.

        `detail` says where the schools of a person belong.
        """
        self._detail = detail
        self._file = file
        self._ids = ids
        self._names = names
        self._apart = apart
        self._places = places
        self._findings = findings
        self._schools: list[bytes] = []  # those of a batch, joined: that takes a fifth of the time of hashes
        self._again = array("q")  # records whose id came before,
        self._named = bytearray()  # and whether their user name did too
        self._texts: dict[int, tuple[bytes, bytes]] = {}

    def add(self, values: dict[int, list[bytes]]) -> None:
        """Remember a batch."""
        if self._apart is not None:
            schools = short(values[self._apart])
            joined = b"\n".join(schools)
            if joined.count(b"\n") >= len(schools):
                joined = b"\n".join(school.replace(b"\n", b" ") for school in schools)
            self._schools.append(joined)

    def repeated(self, hits: Sequence[int], named: Iterable[int], ids: Sequence[bytes], names: Sequence[bytes]) -> None:
        """Note records of the last batch whose id came before; those of `named` have a user name that did too."""
        both, earlier = set(named), len(self._ids[1].values) - len(ids)
        for i in hits:
            if len(self._texts) < _TEXTS:
                self._texts[earlier + i] = (ids[i], names[i])
            self._again.append(earlier + i)
            self._named.append(i in both)

    def end(self) -> None:
        """Report them."""
        ids, names = self._ids[1].values, self._names[1].values
        first = _first(ids, self._again)
        schools = [school for joined in self._schools for school in joined.split(b"\n")] if first else []
        seen = set[tuple[bytes, bytes]]()
        other, same, plain, named = array("q"), array("q"), array("q"), array("q")
        another, elsewhere = array("q"), array("q")
        for number, has_name in zip(self._again, self._named, strict=True):
            start = first.get(ids[number], -1) if ids else -1
            if start < 0 or not (has_name and names and names[start] == names[number]):
                if start < 0 or not (names and names[start] and names[number]):
                    plain.append(number)
                elif schools and schools[start] != schools[number]:
                    elsewhere.append(number)
                else:
                    another.append(number)
                if has_name:
                    named.append(number)
            elif schools and _is_new(seen, ids[number], schools[start], schools[number]):
                other.append(number)
            else:
                same.append(number)
        self._report("otherSchool", other, first)
        self._report("duplicate", same, first, shape=SAME_NAME)
        self._report("duplicate", another, first, shape=OTHER_NAME)
        self._report("duplicate", elsewhere, first, shape=OTHER_SCHOOL)
        self._report("duplicate", plain, first)
        self._report("duplicate", named, of_name=True)

    def _report(
        self,
        rule: str,
        numbers: Sequence[int],
        first: Mapping[bytes, int] = {},
        *,
        shape: str = "",
        of_name: bool = False,
    ) -> None:
        if not numbers:
            return
        findings, line, values = self._findings, self._places.line, self._ids[1].values
        if not findings.is_warning(rule, "required"):
            findings.drop(self._file, [line(number) for number in numbers])
        findings.add(
            rule,
            self._file,
            column=(self._names if of_name else self._ids)[0],
            count=len(numbers),
            lines=[line(number) for number in numbers[: findings.places]],
            values=[
                decoded(self._texts[number][of_name])
                for number in numbers[: findings.examples]
                if number in self._texts
            ],
            others=[line(first[values[number]]) for number in numbers[: findings.examples]] if first else (),
            shape=shape,
            detail=self._detail if shape else OF_PEOPLE,
        )


def _is_new(seen: set[tuple[bytes, bytes]], id_: bytes, first: bytes, school: bytes) -> bool:
    """None of the person's rows before has that school."""
    seen.add((id_, first))
    known = len(seen)
    seen.add((id_, school))
    return len(seen) > known


def _first(values: Sequence[bytes], numbers: Iterable[int]) -> dict[bytes, int]:
    """The first record with each of the values that some records have; nothing if the values are forgotten."""
    found: dict[bytes, int] = {}
    wanted = {values[number] for number in numbers} if values else ()
    for number, value in enumerate(values) if wanted else ():
        if value in wanted:
            found.setdefault(value, number)
    return found
