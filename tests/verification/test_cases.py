"""Errors of whole files and sets: found where they are, and without any that follow from them."""

import pytest

from shared.verification import columns
from tests.verification.cases import CASES, V1, Case, spoilt
from tests.verification.sets import check, clean, places


@pytest.mark.parametrize(
    "case", CASES, ids=lambda case: f"{case.rule}-{'-'.join(str(p[1]) for p in sorted(case.places, key=str)[:1])}"
)
def test_case(case: Case):
    result = check(spoilt(case, clean(case.format)), service=case.service)
    found = places(result.findings)
    assert case.places <= found
    assert not case.whole or found == case.places
    assert {f.type for f in result.findings if f.rule == case.rule} == {case.type}


def test_not_checked_any_more_above_what_fits_in_memory(monkeypatch):
    monkeypatch.setattr(columns, "KEYS", 10)
    findings = check(spoilt(Case("", V1, lambda data: data, set()), clean(V1))).findings
    assert {f.rule for f in findings} == {"notChecked"}
    assert ("School.csv", "SIS ID") in {(f.file_name, f.column) for f in findings}


def test_slips_are_named():
    def said(rule: str) -> list[str]:
        return [
            f.description
            for case in CASES
            if case.rule == rule
            for f in check(spoilt(case, clean(case.format)), service=case.service).findings
        ]

    assert any("Did you mean StudentEnrollment.csv?" in text for text in said("missingFile"))
    assert any("“orgSouredId”" in text for text in said("missingColumn"))
    assert any("“courseSourcedId”" in text for text in said("nearColumn"))
    assert any("semicolons" in text for text in said("delimiter"))
    assert any("userFlags.csv" in text for text in said("fileNameCase"))
    assert {name for text in said("wideText") for name in ("UTF-16", "UTF-32") if name in text} == {"UTF-16", "UTF-32"}


@pytest.mark.parametrize(
    ("data", "name"),
    [
        ("é".encode("latin-1"), "ISO-8859-1"),
        (b"\x80uro", "Windows-1252"),
        (b"\x81\xfe", "unknown"),
    ],
)
def test_one_byte_encodings_are_named(data, name):
    files = spoilt(Case("", V1, lambda data: data, set()), clean(V1))
    files["School.csv"] = files["School.csv"].replace(b"School 1003", data)
    (finding,) = check(files).findings
    assert (finding.rule, finding.line, finding.column) == ("encoding", 5, "Name")
    assert name in finding.description


def files_of(format_id: str) -> dict[str, bytes]:
    return spoilt(Case("", format_id, lambda data: data, set()), clean(format_id))


def test_a_broken_row_still_counts_for_references():
    files = files_of(V1)
    files["Student.csv"] = files["Student.csv"].replace(b"p1000,", b"p1000,more,", 1)
    assert places(check(files).findings) == {("columnCount", "Student.csv", 2, None)}


def test_nothing_follows_from_a_file_that_was_not_read_to_its_end():
    files = files_of(V1)
    head, row, rest = files["Student.csv"].partition(b"p1003,")
    files["Student.csv"] = head + b"x" * 200_000 + b"\r\n" + row + rest
    assert places(check(files).findings) == {("lineTooLong", "Student.csv", 5, None)}


def test_nothing_follows_from_a_key_column_that_is_missing():
    files = files_of(V1)
    files["Student.csv"] = files["Student.csv"].replace(b"SIS ID", b"Badge", 1)
    assert {f.rule for f in check(files).findings} == {"missingColumn", "unknownColumn"}


def test_empty_cells_are_no_duplicates_of_each_other():
    files = files_of(V1)
    files["TeacherRoster.csv"] += b",\r\n,\r\n"
    assert {f.rule for f in check(files).findings} == {"missingValue"}
