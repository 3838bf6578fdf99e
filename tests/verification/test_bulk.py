"""What is seen of whole blocks at once is what a look at each cell would have seen."""

import csv
import io

import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st

from shared.verification.cells import odd_space
from shared.verification.findings import Findings
from shared.verification.keys import Keys
from shared.verification.records import Batch, Odd, Records
from shared.verification.references import References
from shared.verification.repeats import Repeats
from shared.verification.separated import BY, separated
from shared.verification.suspects import _KINDS as KINDS
from shared.verification.suspects import rare, suspects
from shared.verification.width import Width
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


@given(values=st.lists(st.sampled_from([b"a", b"b", b"c", b"7"]), max_size=60), size=st.integers(1, 9))
@settings(deadline=None)
def test_what_dangles_is_counted_with_its_first_places_whatever_the_blocks(values, size):
    findings = Findings("industryData", 2, 3)
    column = References(
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
CELLS = st.sampled_from(["", " ", "a", "b c", " d", "--", "sis id", "NULL", '"q,"', "(2 rows)"])
HEADER = ["sis id", "School SIS ID", "USERNAME"]
TAILS = st.sampled_from([[], [""], ["", ""], ["x", ""], ["", "x"], ["x", "x"]])
ROWS = st.one_of(
    st.tuples(CELLS, st.integers(1, 6)).map(lambda row: [row[0]] * row[1]),
    st.tuples(st.sampled_from([HEADER, ["a", "b", "c"]]), TAILS).map(lambda row: row[0] + row[1]),
    st.lists(CELLS, min_size=1, max_size=6),
)


@given(row=ROWS, more=st.lists(ROWS, max_size=3), last=st.integers(0, 2))
@settings(deadline=None, max_examples=600)
def test_what_is_said_of_all_records_of_a_block_is_said_of_each(row, more, last):
    rows = [row, *[(one * 6)[: len(row)] for one in more]]
    lines = [",".join(cells).encode() for cells in rows]

    def parts(blocks):
        records = Records(Width(3, last, NAMES), 2)
        found = [
            part for lines in blocks for part in records.feed(lines, quoted=b'"' in b"".join(lines), odd_space=False)
        ]
        said, cells = set(), {}
        for part in [*found, *records.end()]:
            if isinstance(part, Odd):
                said |= {(part.rule, part.shape, line) for line in part.lines}
            elif isinstance(part, Batch):
                columns = [part.column(index) for index in range(3)]
                cells |= dict(zip(part.lines, zip(*columns, strict=True), strict=True))
        return said, cells, records.rows, records.unread

    # a second record of another width lets the look at the whole block say nothing of them
    odd = b"x,y,z,z,z,z,z,z,z,z"
    once, alone = parts([lines]), parts([[*lines, odd], [odd, odd[:-2]]])
    count, cells = len(lines), alone[1]
    assert once[0] == {place for place in alone[0] if place[2] < count + 2}
    assert once[1] == {line: row for line, row in cells.items() if line < count + 2}
