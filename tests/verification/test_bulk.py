"""What is seen of whole blocks at once is what a look at each cell would have seen."""

import csv
import io
import tracemalloc

import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st

from shared.verification import table
from shared.verification.cells import encoded, odd_space
from shared.verification.findings import Findings
from shared.verification.keys import Keys
from shared.verification.likeness import nearly
from shared.verification.model import GLUED as GLUED_WORDS
from shared.verification.records import Batch, Odd, Records
from shared.verification.references import References
from shared.verification.repeats import Repeats
from shared.verification.separated import BY, separated
from shared.verification.stream import BLOCK
from shared.verification.suspects import _KINDS as KINDS
from shared.verification.suspects import rare, suspects
from shared.verification.width import BLANK, Width
from tests.verification.sets import check, clean, rendered

LINES = st.lists(st.text('a,"= \x0b', max_size=12), min_size=1, max_size=5)
MANY = 9000  # rows, of several blocks


@given(lines=LINES)
@settings(deadline=None, max_examples=400)
def test_lines_are_taken_apart_as_csv_does_or_not_at_all(lines):
    data = separated([line.encode() for line in lines])
    if data is not None:
        rows = [line.split(BY.decode()) for line in data.decode().split("\n")]
        assert rows == [next(csv.reader(io.StringIO(line, newline=""), strict=True), [""]) for line in lines]


@given(rows=st.lists(st.lists(st.text('a,"= ü', max_size=6), min_size=2, max_size=4), min_size=1, max_size=6))
@settings(deadline=None)
def test_what_a_writer_quotes_is_always_taken_apart_at_once(rows):
    out = io.StringIO()
    csv.writer(out, lineterminator="\n").writerows(rows)
    data = separated(out.getvalue().encode().splitlines())
    assert data == "\n".join("\r".join(row) for row in rows).encode()


@given(rows=st.lists(st.lists(st.text("a  ,", max_size=4), min_size=2, max_size=2), min_size=1, max_size=3))
@example([["a a" * 500, "a"], [" a", "a"]])
@settings(deadline=None, max_examples=400)
def test_a_blank_at_an_edge_of_any_cell_is_seen_in_the_whole_block(rows):
    lines = [",".join(cell.replace(",", " ") for cell in row).encode() for row in rows]
    for part in Records(Width(2), 2).feed(lines, quoted=False, odd_space=False):
        cells = [cell for index in range(2) for cell in part.column(index)] if isinstance(part, Batch) else []
        assert not cells or part.spaced == any(cell != cell.strip() for cell in cells)


MOJIBAKE = "ü a\u20ac\xa0Ã¼Ă¼\u0420\u0458\u0420\u0438√º\u2014\u201c\u200b\ufeff\xad\ufffd\u202e\x85,1"


@given(text=st.text(MOJIBAKE, max_size=12))
@settings(deadline=None, max_examples=400)
def test_damage_that_is_in_a_block_is_seen_in_its_rare_bytes(text):
    block = text.encode()
    seen = {suspect.find for suspect in suspects(block, rare(block))}
    assert {kind.find for kind in KINDS if kind.block.search(block)} <= seen
    assert odd_space(block) <= odd_space(rare(block))


def test_a_cell_that_begins_after_its_quotation_mark_is_left_to_a_closer_look():
    for line in (b'a"b"', b'"b"a', b'a, "b"', b'"b" ,a', b'="1",2', b'"a', b'"a,b', b'a,"b\n"'):
        assert separated([b"a,b", line, b"c,d"]) is None, line


def _students(count: int) -> list[list[str]]:
    files = clean("sdsV1")
    header, row = files["Student.csv"][0], files["Student.csv"][1]
    at, name = header.index("SIS ID"), header.index("Username")
    rows = [header]
    for i in range(count):
        rows.append(list(row))
        rows[-1][at], rows[-1][name] = f"{i}.0", f"n{i}"
    return rows


def test_changed_ids_are_counted_in_every_block_where_they_are_and_where_they_are_named():
    files = clean("sdsV1")
    files["Student.csv"] = _students(MANY)
    del files["User.csv"], files["GuardianRelationship.csv"]
    section = files["StudentEnrollment.csv"][1][0]
    files["StudentEnrollment.csv"][1:] = [[section, f"{i}.0"] for i in range(MANY)]
    found = [f for f in check(rendered(files)).findings if f.rule == "spreadsheet"]
    assert {(f.file_name, f.count) for f in found} >= {("Student.csv", MANY), ("StudentEnrollment.csv", MANY)}


def test_one_changed_id_that_many_rows_name_is_counted_in_all_of_them():
    files = clean("sdsV1")
    files["School.csv"][1][0] = "7.0"
    files["Student.csv"] = _students(MANY)
    at = files["Student.csv"][0].index("School SIS ID")
    for row in files["Student.csv"][1:]:
        row[at] = "7.0"
    counts = {(f.file_name, f.column): f.count for f in check(rendered(files)).findings if f.rule == "spreadsheet"}
    assert counts["Student.csv", "School SIS ID"] == MANY


def test_words_for_nothing_are_found_in_columns_of_which_nothing_else_is_asked():
    files = clean("sdsV1")
    files["Student.csv"] = _students(MANY)
    at = files["Student.csv"][0].index("State ID")
    for row in files["Student.csv"][1:]:
        row[at] = "77"
    files["Student.csv"][MANY][at] = "NULL"
    (finding,) = [f for f in check(rendered(files)).findings if f.rule == "nullWord"]
    assert (finding.column, finding.lines, finding.count) == ("State ID", (MANY + 1,), 1)


def test_the_first_repetition_is_found_however_much_came_before():
    keys, pairs = Keys(), Repeats()
    for start in (0, 100, 200):
        some = [b"%d" % i for i in range(start, start + 100)]
        assert keys.add(some) == pairs.add([some, some]) == []
    again = [b"a", b"150", b"a", b"", b"b", b"b"]
    assert keys.add(again) == [1, 2, 5]
    assert pairs.add([again, again]) == [1, 2, 5]
    assert keys.add([b"a", b"c", b"c"]) == pairs.add([[b"a", b"c", b"c"], [b"a", b"c", b"c"]]) == [0, 2]


def dangling(findings: Findings) -> References:
    """A column of which all values dangle."""
    return References(
        Keys(),
        file="a.csv",
        header="Id",
        target="b.csv",
        target_column="Id",
        need="required",
        alone=False,
        parts=None,
        findings=findings,
    )


@given(values=st.lists(st.sampled_from([b"a", b"b", b"c", b"7"]), max_size=60), size=st.integers(1, 9))
@settings(deadline=None)
def test_what_dangles_is_counted_with_its_first_places_whatever_the_blocks(values, size):
    findings = Findings("industryData", 2, 3)
    column = dangling(findings)
    for at in range(0, len(values), size):
        some = values[at : at + size]
        assert column.check(set(some), some, range(at + 2, at + 2 + len(some)), {}) == set(some)
    column.settle(len(values))
    lines = {value: [i for i, one in enumerate(values, 2) if one == value] for value in set(values)}
    (finding,) = findings.all(["a.csv"]) or (None,)
    assert (finding.count if finding else 0) == len(values) == findings.dropped["a.csv"].count
    if finding:
        assert finding.lines == tuple(sorted(line for some in lines.values() for line in some[:3])[:3])


@pytest.mark.parametrize("at_once", [1, 2, 5])
def test_as_many_places_are_carried_as_there_is_room_for_however_they_come(at_once):
    findings = Findings("classic", 2, 4)
    for at in range(2, 12, at_once):
        some = range(at, at + at_once)
        findings.add("date", "a.csv", count=at_once, lines=some, values=[f"v{line}" for line in some], others=some)
    (finding,) = findings.all(["a.csv"])
    assert (finding.count, finding.lines) == (at_once * len(range(2, 12, at_once)), (2, 3, 4, 5))
    assert (finding.values, finding.others) == (("v2", "v3"), (2, 3))


def test_what_is_told_of_parted_rows_alone_is_forgotten_and_nothing_that_is_known_in_part():
    findings = Findings("classic", 2, 6)
    findings.add("fewerCells", "a.csv", count=6, lines=range(2, 8))
    findings.add("reference", "a.csv", column="Id", count=3, lines=[3, 5, 7], detail="b.csv")
    findings.add("date", "a.csv", column="Born", count=3, lines=[3, 5, 7])
    findings.add("missingValue", "a.csv", column="Name", count=9, lines=[3, 5, 7])
    findings.fold_rows("a.csv")
    assert [(f.rule, f.count) for f in findings.all(["a.csv"])] == [("noRecord", 3), ("missingValue", 9)]


def test_a_reference_that_may_dangle_parts_no_row():
    findings = Findings("classic", 2, 6)
    findings.add("fewerCells", "a.csv", count=2, lines=[2, 3])
    findings.add("reference", "a.csv", column="Id", count=1, lines=[3], detail="b.csv", need="optional")
    findings.fold_rows("a.csv")
    assert [f.rule for f in findings.all(["a.csv"])] == ["fewerCells", "reference"]


NAMES = ["SIS ID", "School SIS ID", "Username"]
CELLS = st.sampled_from(
    ["", " ", "a", "b c", " d", "--", "sis id", "NULL", '"q,"', "(2 rows)", "Total", "a;b;c", "\u201ca", "9SIS ID"]
)
HEADER = ["sis id", "School SIS ID", "USERNAME"]
TAILS = st.sampled_from([[], [""], ["", ""], ["x", ""], ["", "x"], ["x", "x"]])
GLUED = [*["x", "y", "9SIS ID"], *HEADER[1:]]
ROWS = st.one_of(
    st.tuples(CELLS, st.integers(1, 6)).map(lambda row: [row[0]] * row[1]),
    st.tuples(st.sampled_from([HEADER, GLUED, ["a", "b", "c"]]), TAILS).map(lambda row: row[0] + row[1]),
    st.lists(CELLS, min_size=1, max_size=6),
)


@given(rows=st.lists(ROWS, min_size=1, max_size=6), alike=st.booleans(), last=st.integers(0, 2))
@settings(deadline=None, max_examples=900)
def test_what_is_said_of_many_records_at_once_is_said_of_each(rows, alike, last):
    if alike:  # of one width, as most blocks are
        rows = [(row * 6)[: len(rows[0])] for row in rows]
    lines = [",".join(cells).encode() for cells in rows]
    width = Width(3, last, NAMES)
    records = Records(width, 2)
    parts = [*records.feed(lines, quoted=b'"' in b"".join(lines), odd_space=False), *records.end()]
    said, cells = set(), {}
    for part in parts:
        if isinstance(part, Odd):
            said |= {(part.rule, part.shape, line) for line in part.lines}
        elif isinstance(part, Batch):
            columns = [part.column(index) for index in range(3)]
            cells |= dict(zip(part.lines, zip(*columns, strict=True), strict=True))
    parsed = {line: next(csv.reader([line.decode()], strict=True)) for line in lines if b'"' in line}
    judged = [width.judge_cells(parsed[line], line) if line in parsed else width.judge(line) for line in lines]
    assert said == {(of.rule, of.shape, at) for at, of in enumerate(judged, 2) if of.rule and of != BLANK}
    assert cells == {
        at: tuple(map(encoded, width.fitted_cells(parsed[line])) if line in parsed else width.fitted(line).split(b","))
        for at, (line, of) in enumerate(zip(lines, judged, strict=True), 2)
        if of.fits
    }
    assert records.rows == sum(of.fits or of.unread for of in judged)
    assert records.unread == sum(of.unread for of in judged)


def test_a_header_glued_to_a_row_is_seen_whichever_column_has_the_longest_name():
    names = ["School SIS ID", "SIS ID", "Username"]
    (odd,) = Records(Width(3, 2, names), 2).feed([b"x,y,9School SIS ID,SIS ID,Username"], quoted=False)
    assert isinstance(odd, Odd)
    assert (odd.rule, odd.shape) == ("repeatedHeader", GLUED_WORDS)


@pytest.mark.parametrize("line", [b",,,,", b",", b"(3 rows affected)", b"SIS ID,Name", b"SIS ID,Name,"])
def test_lines_that_are_no_rows_are_looked_at_up_to_a_limit(monkeypatch, line):
    monkeypatch.setattr(table, "STRANGE", MANY)
    rows = b"".join(b"s%d,School\n" % i for i in range(MANY))
    above = b"\n".join([b"SIS ID,Name", *[line] * (2 * MANY + 8 * BLOCK), rows])
    found = {f.rule: f for f in check({"School.csv": above}).findings if f.file_name == "School.csv"}
    assert found["tooManyRows"].count > MANY
    assert 2 * MANY > found["tooManyRows"].lines[0] - 2 >= MANY
    assert "missingValue" not in found


def test_what_dangles_is_kept_by_its_first_bytes():
    column = dangling(Findings("classic", 2, 3))
    tracemalloc.start()
    for number in range(100):
        some = [b"%d" % number + b"x" * 100_000, b"y"]
        column.check(set(some), some, (2, 3), {})
    kept, _ = tracemalloc.get_traced_memory()
    tracemalloc.stop()
    assert column.count == 200
    assert kept < 1_000_000


def test_a_key_with_a_line_break_in_it_stands_in_no_other_s_way():
    assert nearly([b"01"], [b"a\nb", b"1"]) == {b"01": (b"1", "leading zeros")}
