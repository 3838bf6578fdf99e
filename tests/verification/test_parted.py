"""A line break that nobody has quoted parts a row: one cause, and both halves count as lost."""

import pytest

from shared.verification.findings import Findings
from shared.verification.model import REST
from tests.verification.sets import check, clean, encoded, rendered

V1 = "sdsV1"


def parted(at, *numbers):
    """Some students with a line break in the cell before column `at`."""
    files = clean(V1)
    lines = encoded(files["Student.csv"]).split(b"\r\n")
    for number in numbers:
        cells = lines[number].split(b",")
        lines[number] = b",".join(cells[:at]) + b"\r\nMary," + b",".join(cells[at:])
    return rendered(files) | {"Student.csv": b"\r\n".join(lines)}


@pytest.mark.parametrize("service", ["classic", "industryData"])
@pytest.mark.parametrize("at", [2, 3, 4, 5, 9, 13])
def test_wherever_it_is_the_cause_is_told_once(at, service):
    found = [f for f in check(parted(at, 14, 18, 22), service=service).findings if f.rule != "hanging"]
    assert [(f.rule, f.shape, f.count, f.lines, f.type) for f in found] == [
        ("noRecord", REST, 3, (16, 21, 26), "error")
    ]
    assert "both count as lost" in found[0].advice


@pytest.mark.parametrize("at", [2, 3, 4, 5, 9, 13])
def test_both_halves_are_dropped_rows(at):
    result = check(parted(at, 14, 18, 22), service="industryData", error_rows_percent=50)
    student = next(file for file in result.files if file.name == "Student.csv")
    assert (list(student.dropped), student.rows_dropped) == ([15, 16, 20, 21, 25, 26], 6)
    assert result.taken
    assert not check(parted(at, 14, 18, 22), service="industryData", error_rows_percent=15).taken


def test_a_short_row_that_stands_elsewhere_parts_none():
    data = parted(13, 14)
    data["Student.csv"] = data["Student.csv"].replace(b"\r\nMary,2031", b"") + b"p9,s1000\r\n"
    assert {f.rule for f in check(data).findings} == {"columnCount", "fewerCells"}


def test_rows_that_are_all_short_are_not_parted():
    files = clean(V1)
    files["Student.csv"] = [files["Student.csv"][0], *(row[:6] for row in files["Student.csv"][1:])]
    for row in files["Student.csv"][1:13]:
        row[1] = "s9"
    assert {(f.rule, f.count) for f in check(rendered(files)).findings} == {("fewerCells", 24), ("reference", 12)}


@pytest.mark.parametrize("service", ["classic", "industryData"])
@pytest.mark.parametrize("rule", ["reference", "columnCount"])
def test_those_whose_lines_are_not_known_count_too(service, rule):
    findings = Findings(service, 2, 4)
    second = range(3, 23, 2)
    if rule == "reference":
        findings.add("fewerCells", "a.csv", count=20, lines=range(2, 22))
        findings.add(rule, "a.csv", column="Id", count=10, lines=second, detail="b.csv")
    else:
        findings.add("fewerCells", "a.csv", count=10, lines=range(2, 22, 2))
        findings.add(rule, "a.csv", count=10, lines=second, shape="fewer cells than the header")
    findings.drop("a.csv", second)
    findings.fold_rows("a.csv")
    assert [(f.rule, f.count) for f in findings.all(["a.csv"])] == [("noRecord", 10)]
    assert findings.dropped["a.csv"].count == (20 if service == "industryData" else 0)
