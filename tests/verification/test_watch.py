"""Whoever watches a verification gets the values of its columns, row by row, whatever the rows look like."""

from collections.abc import Sequence

from shared.verification import Source, verify
from shared.verification.stream import BLOCK


class Seen:
    """Keeps what it is shown."""

    def __init__(self, **wanted: tuple[str, ...]) -> None:
        self._wanted = {f"{name}.csv": columns for name, columns in wanted.items()}
        self.rows_of: dict[str, dict[int, tuple[bytes, ...]]] = {}

    def columns(self, file: str) -> Sequence[str]:
        return self._wanted.get(file, ())

    def rows(self, file: str, values: Sequence[Sequence[bytes]], lines: Sequence[int]) -> None:
        rows = self.rows_of.setdefault(file, {})
        for *cells, line in zip(*values, lines, strict=True):
            assert line not in rows
            rows[line] = tuple(cells)


def source(name: str, text: str) -> Source:
    return Source(name, None, lambda: [text.encode(errors="surrogateescape")])


def test_values_come_with_their_lines_without_blanks_and_by_the_formats_names() -> None:
    seen = Seen(Student=("Grade", "SIS ID", "Last Name"), School=("SIS ID",), Section=("SIS ID",))
    text = 'SIS ID,School SIS ID,Username,Grade\n1,9,a,01\n\n "2 " ,9,b,\n3,9\n"4\n4",9,"c ,d",02,x\n\0005,9,e,03\n'
    verify([source("student.CSV", text), source("School.csv", "SIS ID,Name\n9,North\n")], watch=seen)
    assert seen.rows_of == {
        "Student.csv": {
            2: (b"01", b"1", b""),
            4: (b"", b"2", b""),
            5: (b"", b"3", b""),
            6: (b"02", b"4\n4", b""),
            8: (b"03", b"5", b""),
        },
        "School.csv": {2: (b"9",)},
    }


def test_blocks_and_columns_that_nothing_else_looks_at_make_no_difference() -> None:
    seen = Seen(Student=("Password",))
    count = 3 * BLOCK // 20
    rows = "".join(f"{i},9,user{i},p{i} \n" for i in range(count))
    verify([source("Student.csv", "SIS ID,School SIS ID,Username,Password\n" + rows)], watch=seen)
    assert seen.rows_of["Student.csv"] == {i + 2: (f"p{i}".encode(),) for i in range(count)}


def test_a_verification_says_the_same_with_and_without_a_watch() -> None:
    sources = [
        source("School.csv", "SIS ID,Name\n9,North\n 9 ,South\n"),
        source("Student.csv", "SIS ID,School SIS ID,Username\n 1,9,a\n1,8,b\n2,9\n"),
        source("Teacher.csv", "SIS ID,School SIS ID\n"),
    ]
    seen = Seen(Student=("SIS ID", "Username"), School=("Name",), Teacher=("SIS ID",))
    assert verify(sources, watch=seen) == verify(sources)
