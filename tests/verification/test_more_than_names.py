"""A first line that holds column names and values: nobody in it is lost in silence, and nothing of it is shown."""

import pytest

from shared.verification.model import EXCHANGED, MORE_ALL, RECORDS_BEHIND
from shared.verification.output import as_json
from tests.verification.sets import check, clean, encoded, rendered

V1, V21 = "sdsV1", "sdsV2.1"
SERVICES = pytest.mark.parametrize("service", ["classic", "industryData"])


@SERVICES
@pytest.mark.parametrize("rows", [1, 24])
@pytest.mark.parametrize(("format_id", "file"), [(V1, "School.csv"), (V1, "Student.csv"), (V21, "roles.csv")])
def test_a_lost_line_end_behind_the_names(format_id, file, rows, service):
    files = clean(format_id)
    last = files[file][0]
    for row in files[file][1:]:
        row[-1] = row[-1] or "x"
        row[0] = row[0] if row[0][:1].isdigit() else f"7{row[0]}"
    assert len(last) > 2
    data = rendered(files)
    head, *rest = data[file].split(b"\r\n")
    data[file] = head + b"".join(rest[:rows]) + b"\r\n" + b"\r\n".join(rest[rows:])
    result = check(data, service=service)
    found = [f for f in result.findings if f.file_name == file]
    assert [(f.rule, f.shape, f.lines) for f in found] == [("noHeader", RECORDS_BEHIND, (1,))]
    assert "Put one behind the last column name" in found[0].description
    assert not result.taken


def test_columns_of_one_s_own_are_no_records():
    files = clean(V1)
    files["School.csv"] = [
        ["SIS ID", "Name", "Note2026", "More"],
        *[[f"s{1000 + i}", "x", "a", "b"] for i in range(24)],
    ]
    assert {f.rule for f in check(rendered(files)).findings} == {"unknownColumn"}


@SERVICES
def test_rows_and_columns_that_are_exchanged(service):
    files = clean(V1)
    files["Student.csv"] = [list(row) for row in zip(*files["Student.csv"], strict=True)]
    result = check(rendered(files), service=service)
    assert [(f.rule, f.shape) for f in result.findings] == [("noHeader", EXCHANGED)]
    assert not result.taken


def test_columns_of_a_fixed_width():
    data = rendered(clean(V1))
    data["School.csv"] = data["School.csv"].replace(b",", b"     ")
    found = [f for f in check(data).findings if f.file_name == "School.csv"]
    assert [f.rule for f in found] == ["delimiter"]
    assert "blanks, in columns of a fixed width" in found[0].description


@pytest.mark.parametrize("value", ["ivy.march@a.example", "s81001", "2011-03-04"])
def test_a_value_among_the_names_is_not_shown(value):
    rows = [["SIS ID", "Name", value], *[[f"s{1000 + i}", "x", "a"] for i in range(24)]]
    result = check(rendered(clean(V1)) | {"School.csv": encoded(rows)})
    assert ("unknownColumn", "number 3") in {(f.rule, f.column) for f in result.findings}
    assert value not in as_json(result)
    rows[0][1:] = [value]
    result = check(rendered(clean(V1)) | {"School.csv": encoded([row[:2] for row in rows])})
    assert ("missingColumn", "Name") in {(f.rule, f.column) for f in result.findings}
    assert value not in as_json(result)


@pytest.mark.parametrize("number", ["{},", '"{}",'])
def test_numbers_in_front_of_all_rows(number):
    data = rendered(clean(V1))
    head, *rows = data["Student.csv"].split(b"\r\n")
    rows = [number.format(i).encode() + row for i, row in enumerate(rows[:-1], 1)]
    data["Student.csv"] = b"\r\n".join([head, *rows, b""])
    (finding,) = check(data).findings
    assert (finding.rule, finding.shape, finding.count) == ("columnCount", MORE_ALL, 24)
    assert "its number" in finding.advice
    data["Student.csv"] = b"\r\n".join([head, *rows[:-1], rows[-1].partition(b",")[2], b""])
    assert {f.shape for f in check(data).findings if f.rule == "columnCount"} == {"more cells than the header"}
