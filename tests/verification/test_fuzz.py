"""No input crashes it, and the same bytes give the same messages however they come in."""

import csv
import hashlib
import io

from hypothesis import given, settings
from hypothesis import strategies as st

from shared.formats import FORMATS
from shared.verification import quoting, stream
from shared.verification.records import Batch, Odd, Records
from shared.verification.width import Width
from tests.verification.sets import check, clean, encoded

NAMES = [spec.name for format_ in FORMATS for spec in format_.files] + ["x.csv", "manifest.csv", "schools.csv", ""]
HEADERS = [",".join(column.name for column in spec.columns) for format_ in FORMATS for spec in format_.files]
PIECES = [
    '"',
    '""',
    ",",
    "\n",
    "\r\n",
    "\r",
    " ",
    "\0",
    ";",
    "a",
    "1000",
    "\ufeff",
    "é",
    "2026-02-30",
    "@",
    "\x1a",
    "\u2028",
]

texts = st.lists(st.sampled_from(PIECES), max_size=40).map("".join).map(str.encode)
contents = st.one_of(
    st.binary(max_size=200),
    texts,
    st.tuples(st.sampled_from(HEADERS), texts).map(lambda parts: parts[0].encode() + b"\n" + parts[1]),
    st.tuples(st.sampled_from(HEADERS), st.binary(max_size=100)).map(lambda p: p[0].encode() + b"\n" + p[1]),
)
sets = st.dictionaries(st.sampled_from(NAMES), contents, max_size=5)


@given(files=sets, service=st.sampled_from(["classic", "industryData"]), chunk=st.integers(1, 50))
@settings(max_examples=200, deadline=None)
def test_nothing_crashes_and_chunks_dont_matter(files, service, chunk):
    whole = check(files, service=service)
    assert check(files, service=service, chunk=chunk) == whole
    assert [(f.name, f.size, f.sha256) for f in whole.files] == [
        (name, len(data), hashlib.sha256(data).hexdigest()) for name, data in files.items()
    ]
    for finding in whole.findings:
        assert finding.count >= len(finding.lines)
        assert list(finding.lines) == sorted(finding.lines) or finding.rule in ("duplicate", "duplicateRow")
        finding.description.encode()
        (finding.column or "").encode()
        "".join(finding.values).encode()


@given(data=st.data(), block=st.integers(1, 400))
@settings(max_examples=60, deadline=None)
def test_where_a_block_ends_doesnt_matter(data, block):
    """The size of a block is a matter of speed only: lines, counts and rules stay the same."""
    files = {name: encoded(rows) for name, rows in clean("sdsV1").items()}
    name = data.draw(st.sampled_from(["School.csv", "TeacherRoster.csv"]))
    at = data.draw(st.integers(files[name].index(b"\n") + 1, len(files[name])))
    files[name] = files[name][:at] + data.draw(texts) + files[name][at:]
    whole = check(files, examples=1000)
    before = stream.BLOCK
    stream.BLOCK = block
    try:
        pieces = check(files, examples=1000)
    finally:
        stream.BLOCK = before

    def shape(result):
        return [(f.rule, f.file_name, f.column, f.count, sorted(f.lines)) for f in result.findings]

    assert shape(pieces) == shape(whole)
    assert pieces.files == whole.files


def read(text: str, width: int, cuts: list[int]) -> tuple[list[tuple[int, list[str]]], list[tuple[str, int]]]:
    """What Records makes of a text that comes in pieces of whole lines."""
    reader = Records(Width(width), 1)
    rows: list[tuple[int, list[str]]] = []
    odd: list[tuple[str, int]] = []
    lines = [line.encode() for line in text.removesuffix("\n").split("\n")]
    pieces = [lines[a:b] for a, b in zip([0, *cuts], [*cuts, None], strict=True)]
    fed = (reader.feed(piece, quoted=any(b'"' in line for line in piece)) for piece in pieces if piece)
    parts = [part for piece in fed for part in piece] + list(reader.end())
    for part in parts:
        if isinstance(part, Batch):
            columns = [list(map(bytes.decode, part.column(i))) for i in range(width)]
            rows.extend(zip(part.lines, map(list, zip(*columns, strict=True)), strict=True))
        elif isinstance(part, Odd) and part.unread:
            rows.extend((line, list(map(bytes.decode, row))) for line, row in zip(part.lines, part.rows, strict=True))
        if not isinstance(part, Batch):
            rule = part.rule if isinstance(part, Odd) else "blankLine"
            odd.extend((rule, line) for line in part.lines)
    assert len(rows) == reader.rows
    return sorted(rows), sorted(odd)


@given(
    rows=st.lists(
        st.lists(st.text(st.sampled_from('ab", \n'), max_size=4), min_size=1, max_size=4), min_size=1, max_size=8
    ),
    quoting=st.sampled_from([csv.QUOTE_ALL, csv.QUOTE_MINIMAL]),
    width=st.integers(1, 4),
    data=st.data(),
)
@settings(max_examples=200, deadline=None)
def test_whatever_a_csv_writer_writes_is_read_back(rows, quoting, width, data):
    rows = [[*row, *[""] * width][:width] for row in rows]
    out = io.StringIO()
    csv.writer(out, quoting=quoting, lineterminator="\n").writerows(rows)
    text = out.getvalue()
    count = len(text.splitlines())
    cuts = sorted(data.draw(st.sets(st.integers(1, max(count - 1, 1)), max_size=3)))
    read_back, odd = read(text, width, cuts)
    # A writer quotes a lone empty cell, but not a lone cell of blanks: that record is a blank line to a reader.
    lost = [quoting == csv.QUOTE_MINIMAL and len(row) == 1 and row[0] != "" and not row[0].strip(" ") for row in rows]
    assert [row for _, row in read_back] == [row for row, gone in zip(rows, lost, strict=True) if not gone]
    assert {rule for rule, _ in odd} <= {"lineBreak", "blankLine"}
    assert ("blankLine" in {rule for rule, _ in odd}) <= any(lost)
    at, lines = 1, []
    for row, gone in zip(rows, lost, strict=True):
        if not gone:
            lines.append(at)
        at += 1 + sum(cell.count("\n") for cell in row)
    assert [line for line, _ in read_back] == lines


@given(text=st.text(st.sampled_from('ab",\n'), max_size=40), width=st.integers(1, 3), data=st.data())
@settings(max_examples=200, deadline=None)
def test_broken_quoting_is_the_same_in_any_pieces(text, width, data):
    text += "\n"
    count = text.count("\n")
    cuts = sorted(data.draw(st.sets(st.integers(1, max(count - 1, 1)), max_size=3)))
    assert read(text, width, cuts) == read(text, width, [])
    careful, _ = read('"x\ny"\n' + text, width, [])  # a cell with a line break makes the reader go record by record
    assert [(line - 2, row) for line, row in careful[1:]] == read(text, width, [])[0] or '"' in text


def test_blank_lines_of_a_whole_block_are_inside_of_the_file_if_a_record_follows():
    assert read("a,b\n\n\nc,d\n\n", 2, [1, 3])[1] == [("blankLine", 2), ("blankLine", 3)]


def test_no_record_is_longer_than_its_limit(monkeypatch):
    monkeypatch.setattr(quoting, "LINE", 50)
    reader = Records(Width(2, 1), 1)
    assert list(reader.feed([b'a,"b', *[b"c,d"] * 5], quoted=True)) == []
    parts = list(reader.feed([b"c,d"] * 20, quoted=False))
    assert [(part.rule, part.lines) for part in parts if isinstance(part, Odd)] == [("unclosedQuote", [1])]
    assert reader.rows == 26
