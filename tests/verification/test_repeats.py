"""Duplicates: all of them, in their places, however the records come in."""

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from shared.verification import keys, repeats
from shared.verification.model import IN_KNOWN
from shared.verification.repeats import Repeats, SameRows
from tests.verification.sets import check, clean, encoded, rendered

ROWS = 3000
Found = list[tuple[int, tuple[bytes, ...]]]
VALUES = st.sampled_from([b"", b"a", b"b", b"c", b"d", b"e"])


def found(rows: list[tuple[bytes, ...]], size: int) -> Found:
    """The lines and values of the duplicates among these rows, which come in batches of this size."""
    places: Found = []
    check = Repeats()
    for at in range(0, len(rows), size):
        batch = rows[at : at + size]
        places.extend((at + 2 + i, batch[i]) for i in check.add([list(column) for column in zip(*batch, strict=True)]))
    return places


def expected(rows: list[tuple[bytes, ...]]) -> Found:
    seen: set[tuple[bytes, ...]] = set()
    places: Found = []
    for line, row in enumerate(rows, 2):
        if row in seen and all(row):
            places.append((line, row))
        seen.add(row)
    return places


def test_every_record_twice():
    rows = [(b"c%d" % (i % 40), b"p%d" % (i // 2)) for i in range(ROWS)]
    rows += rows
    assert found(rows, 97) == expected(rows)


@given(rows=st.lists(st.tuples(VALUES, VALUES), max_size=40), size=st.integers(1, 12))
@settings(deadline=None)
def test_any_records_in_any_batches(rows, size):
    assert found(rows, size) == expected(rows)


@given(rows=st.lists(VALUES, max_size=30), size=st.integers(1, 6), asked=st.integers(0, 30))
@settings(deadline=None)
def test_rows_that_are_the_same_are_known_whenever_somebody_asks(rows, size, asked):
    same, seen = SameRows(), set()
    for at in range(0, len(rows), size):
        batch = rows[at : at + size]
        same.add(batch)
        again = []
        for i, text in enumerate(batch):
            if text in seen:
                again.append(i)
            seen.add(text)
        if at >= asked:
            assert same.repeated(batch, range(len(batch))) == again
            assert same.repeated(batch, again[:1]) == again[:1]


@pytest.mark.parametrize("chunk", [1000, 1 << 20])
def test_exact_in_a_whole_set_with_every_row_twice(chunk):
    files = clean("sdsV1")
    header, first = files["Student.csv"][0], files["Student.csv"][1]
    id_at, name_at = header.index("SIS ID"), header.index("Username")

    def row(i: int) -> list[str]:
        values = list(first)
        values[id_at], values[name_at] = f"n{i}", f"user-{i % ROWS}"
        return values

    files["Student.csv"] += [row(i) for i in range(2 * ROWS)]
    files["StudentEnrollment.csv"] += 2 * files["StudentEnrollment.csv"][1:]
    result = check({name: encoded(rows) for name, rows in files.items()}, chunk=chunk)
    places = {(f.rule, f.file_name, f.column): (f.count, f.lines[:5], f.values[:1]) for f in result.findings}
    students, enrolled = len(clean("sdsV1")["Student.csv"]), len(clean("sdsV1")["StudentEnrollment.csv"])
    assert places == {
        ("duplicate", "Student.csv", "Username"): (
            ROWS,
            tuple(students + ROWS + i for i in range(1, 6)),
            ("user-0",),
        ),
        ("duplicateRow", "StudentEnrollment.csv", None): (
            2 * (enrolled - 1),
            tuple(enrolled + i for i in range(1, 6)),
            (", ".join(clean("sdsV1")["StudentEnrollment.csv"][1][:2]),),
        ),
    }


@pytest.mark.parametrize("between", [0, ROWS])
def test_a_row_that_only_lacks_its_last_cells_is_compared_like_any_other(between):
    files = {name: encoded(rows) for name, rows in clean("sdsV1").items()}
    width = files["Student.csv"].partition(b"\r\n")[0].count(b",")
    others = b"".join(b"n%d,s1000,n%d%s\r\n" % (i, i, b"," * (width - 2)) for i in range(between))
    for rows in ((b"x,s1000,y\r\n", b"x,s1000,y%s\r\n"), (b"x,s1000,y%s\r\n", b"x,s1000,y\r\n")):
        first, last = (row.replace(b"%s", b"," * (width - 2)) for row in rows)
        spoilt = files | {"Student.csv": files["Student.csv"] + first + others + last}
        assert [(f.rule, f.count) for f in check(spoilt).findings] == [
            ("fewerCells", 1),
            ("duplicate", 1),
        ]


def test_what_was_found_before_the_file_broke_off_is_reported():
    files = {name: encoded(rows) for name, rows in clean("sdsV1").items()}
    lines = files["Student.csv"].splitlines(keepends=True)
    again = lines[1].replace(b"p1000,", b"p9999,", 1)
    files["Student.csv"] = b"".join([*lines, again, b"x" * 200_000])
    assert {f.rule for f in check(files).findings} == {"duplicate", "lineTooLong"}


def test_not_checked_any_more_above_what_is_remembered(monkeypatch):
    monkeypatch.setattr(repeats, "RECORDS", 10)
    findings = check({name: encoded(rows) for name, rows in clean("sdsV1").items()}).findings
    places = {(f.rule, f.file_name, f.column) for f in findings}
    assert ("notChecked", "StudentEnrollment.csv", None) in places
    assert {f.rule for f in findings} == {"notChecked"}
    assert keys.KEYS > 10


def joined(rows, *differs):
    """Each row twice, with a column of its own that the format doesn't have."""
    twice = [rows[0] + ["Class"]]
    for number, row in enumerate(rows[1:]):
        twice.append([*row, f"k{number}"])
        again = [*row, f"m{number}"]
        for at in differs:
            again[at] += "x"
        twice.append(again)
    return twice


@pytest.mark.parametrize("service", ["classic", "industryData"])
@pytest.mark.parametrize("file", ["School.csv", "Section.csv", "Student.csv", "Teacher.csv", "TeacherRoster.csv"])
def test_rows_that_differ_in_other_columns_alone_are_the_same(file, service):
    """As a join with the enrollments writes them."""
    files = clean("sdsV1")
    files[file] = joined(files[file])
    result = check(rendered(files), service=service)
    told = {(f.rule, f.type, f.shape, f.count) for f in result.findings if f.rule != "unknownColumn"}
    if file == "TeacherRoster.csv":  # there no row is of one thing: the pair of ids comes again
        assert told == {("duplicateRow", "warning", "", 24)}
    else:
        assert told == {("repeatedRow", "warning", IN_KNOWN, 24)}
        (finding,) = [f for f in result.findings if f.rule == "repeatedRow"]
        assert (finding.lines[:2], finding.others[:2]) == ((3, 5), (2, 4))
        assert "as a row for each class" in finding.advice
    assert result.taken


@pytest.mark.parametrize("column", ["First Name", "Last Name", "Status", "State ID", "Middle Name"])
def test_rows_that_differ_in_a_column_of_the_format_are_not(column):
    files = clean("sdsV1")
    files["Student.csv"] = joined(files["Student.csv"], files["Student.csv"][0].index(column))
    assert "repeatedRow" not in {f.rule for f in check(rendered(files)).findings}
