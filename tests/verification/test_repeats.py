"""Duplicates: all of them, in their places, whatever the filter says and however the records come in."""

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from shared.verification import columns, repeats
from shared.verification.repeats import Columns, Repeats
from tests.verification.sets import check, clean, encoded

ROWS = 3000
Found = list[tuple[int, tuple[bytes, ...]]]


def found(rows: list[tuple[bytes, ...]], size: int, **options: int) -> Found:
    """The lines and values of the duplicates among these rows, which come in batches of this size."""
    places: Found = []

    def report(rule: str, hits: list[int], values: Columns, lines: object) -> None:
        assert rule == "duplicate"
        places.extend((lines[i], tuple(column[i] for column in values)) for i in hits)  # type: ignore[index]

    check = Repeats(report, **options)
    for at in range(0, len(rows), size):
        batch = rows[at : at + size]
        check.add([list(column) for column in zip(*batch, strict=True)], range(at + 2, at + 2 + len(batch)))
    check.settle()
    return places


def expected(rows: list[tuple[bytes, ...]]) -> Found:
    seen: set[tuple[bytes, ...]] = set()
    places: Found = []
    for line, row in enumerate(rows, 2):
        if row in seen and all(row):
            places.append((line, row))
        seen.add(row)
    return places


def test_meeting_the_bit_of_another_makes_no_duplicate():
    rows = [(b"%d" % i,) for i in range(ROWS)]
    for waiting in (1, 7, 100_000):
        assert found(rows, 100, filter_bytes=1, waiting=waiting) == []


@pytest.mark.parametrize("filter_bytes", [1, 64, 1 << 16])
@pytest.mark.parametrize("waiting", [10, 1000, 100_000])
def test_every_record_twice(filter_bytes, waiting):
    rows = [(b"c%d" % (i % 40), b"p%d" % (i // 2)) for i in range(ROWS)]
    rows += rows
    assert found(rows, 97, filter_bytes=filter_bytes, waiting=waiting) == expected(rows)


VALUES = st.sampled_from([b"", b"a", b"b", b"c", b"d", b"e"])


@given(
    rows=st.lists(st.tuples(VALUES, VALUES), max_size=40),
    size=st.integers(1, 12),
    filter_bytes=st.sampled_from([1, 2, 1 << 10]),
    waiting=st.sampled_from([1, 5, 1000]),
)
@settings(deadline=None)
def test_any_records_in_any_batches(rows, size, filter_bytes, waiting):
    assert found(rows, size, filter_bytes=filter_bytes, waiting=waiting) == expected(rows)


@given(
    rows=st.lists(st.tuples(VALUES, VALUES), max_size=40),
    ordered=st.integers(0, 40),
    turned=st.booleans(),
    size=st.integers(1, 12),
)
@settings(deadline=None)
def test_records_that_come_in_order_for_a_while(rows, ordered, turned, size):
    """By the first column, or by the second; and then some that aren't."""
    head = sorted(set(rows[:ordered]), key=lambda row: row[::-1] if turned else row)
    rows = head + rows[ordered:]
    assert found(rows, size) == expected(rows)
    assert found([row[:1] for row in rows], size) == expected([row[:1] for row in rows])


def test_a_late_record_in_a_sorted_file_is_found():
    rows = [(b"%06d" % i,) for i in range(ROWS)]
    assert found([*rows, (b"000007",), (b"zz",), (b"zz",)], 100) == [(ROWS + 2, (b"000007",)), (ROWS + 4, (b"zz",))]
    assert found([*rows, rows[-1]], 100) == [(ROWS + 2, rows[-1])]


def test_long_values_do_not_wait_for_many_others(monkeypatch):
    monkeypatch.setattr(repeats, "_WAITING_BYTES", 100)
    places: list[int] = []
    check = Repeats(lambda rule, hits, values, lines: places.extend(lines[i] for i in hits))
    check.add([[b"x" * 60] * 4], range(2, 6))
    assert places == [3, 4, 5]


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
def test_rows_of_the_wrong_width_are_nobodys_duplicates_near_or_far(between):
    files = {name: encoded(rows) for name, rows in clean("sdsV1").items()}
    width = files["Student.csv"].partition(b"\r\n")[0].count(b",")
    others = b"".join(b"n%d,s1000,n%d%s\r\n" % (i, i, b"," * (width - 2)) for i in range(between))
    for rows in ((b"x,s1000,y\r\n", b"x,s1000,y%s\r\n"), (b"x,s1000,y%s\r\n", b"x,s1000,y\r\n")):
        first, last = (row.replace(b"%s", b"," * (width - 2)) for row in rows)
        spoilt = files | {"Student.csv": files["Student.csv"] + first + others + last}
        assert [(f.rule, f.count) for f in check(spoilt).findings] == [("columnCount", 1)]


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
    assert ("notChecked", "Student.csv", "Username") in places
    assert ("notChecked", "StudentEnrollment.csv", None) in places
    assert {f.rule for f in findings} == {"notChecked"}
    assert columns.KEYS > 10
