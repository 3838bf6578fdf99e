"""Errors of whole files and sets: found where they are, and without any that follow from them."""

import random

import pytest

from shared.formats import FORMATS
from shared.verification import keys, stream
from shared.verification.firstline import is_header
from tests.verification.case import V1, Case, spoilt
from tests.verification.cases import CASES
from tests.verification.sets import check, clean, encoded, places, rendered


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
    monkeypatch.setattr(keys, "KEYS", 10)
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

    assert any(
        "StudentEnrolment.csv is there: did you mean that? Name it StudentEnrollment.csv." in text
        for text in said("missingFile")
    )
    assert any("“orgSouredId”" in text for text in said("missingColumn"))
    assert any("“courseSourcedId”" in text for text in said("nearColumn"))
    assert any("blanks around the names" in text for text in said("headerStyle"))
    assert any("“Title”, without the blanks around it" in text for text in said("nearColumn"))
    assert any("sessionSourcedIds" in text and "code" not in text for text in said("optionalColumns"))
    refused = [text for text in said("refusedFormat") if "This is " in text]
    assert {text.partition("This is ")[2].partition(".")[0] for text in refused} == {
        "Clever",
        "OneRoster",
        "SDS V2",
        "SDS V1 for the UK",
    }
    assert all("xport SDS V2.1" in text or "SDS_API=classic" in text for text in refused)
    assert any("semicolons" in text for text in said("delimiter"))
    assert any("userFlags.csv" in text for text in said("fileNameCase"))
    assert any("U+001A, an end mark of old systems" in text for text in said("endMark"))
    assert any(" blanks or NULs" in text for text in said("endMark"))
    assert {name for text in said("wideText") for name in ("UTF-16", "UTF-32") if name in text} == {"UTF-16", "UTF-32"}


@pytest.mark.parametrize(
    ("data", "name"),
    [
        ("é".encode("latin-1"), "ISO-8859-1 or Windows-1252"),
        (b"\x80uro", "Windows-1252"),
        (b"\x81\xfe", "an unknown encoding"),
        ("Müller".encode("cp850"), "an old encoding of DOS or the Mac"),
        ("Müller".encode("mac_roman"), "an old encoding of DOS or the Mac"),
        ("O\u2019Lee".encode("cp1252"), "Windows-1252"),
        ("Müller \u2013 Šimek".encode("cp1252"), "Windows-1252"),
    ],
)
def test_one_byte_encodings_are_named(data, name):
    files = spoilt(Case("", V1, lambda data: data, set()), clean(V1))
    files["School.csv"] = files["School.csv"].replace("Zoë".encode(), b"Zoe").replace(b"School 1003", data)
    (finding,) = check(files).findings
    assert (finding.rule, finding.line, finding.column) == ("encoding", 5, "Name")
    assert f" {name}" in finding.description
    assert finding.shape == name


def test_damage_in_a_column_without_a_name_is_placed_by_its_number():
    files = files_of(V1)
    lines = files["School.csv"].split(b"\r\n")
    width = lines[0].count(b",") + 1
    files["School.csv"] = b"\r\n".join(
        [lines[0] + b",", lines[1] + b",x\0", *[line + b"," for line in lines[2:-1]], b""]
    )
    found = places(check(files).findings)
    assert {place for place in found if place[0] == "nul"} == {("nul", "School.csv", 2, f"number {width + 1}")}


def test_a_table_that_begins_a_block_is_seen(monkeypatch):
    files = files_of(V1)
    monkeypatch.setattr(stream, "BLOCK", len(files["TeacherRoster.csv"]))
    files["TeacherRoster.csv"] += b"SIS ID,School SIS ID,Username\r\nx,y,z z\r\n" * 40
    assert [f.rule for f in check(files).findings] == ["secondTable"]


@pytest.mark.parametrize("chunk", [7, 1 << 16])
@pytest.mark.parametrize(("rule", "bad"), [("encoding", b"\xfc"), ("nul", b"\0")])
def test_damage_is_placed_by_record_and_column(rule, bad, chunk):
    files = files_of(V1)
    lines = files["Section.csv"].split(b"\r\n")
    lines[3] = lines[3].replace(b"Maths 1002", b'"Maths\r\n' + bad + b'\r\n"').replace(b"t1", b"t" + bad)
    lines[7] = lines[7].replace(b"Maths 1006", b"Maths" + bad + b" 1006" + bad)
    lines[9] += b"," + bad + b"," + bad
    lines[0] = lines[0].replace(b"Periods", b"Per" + bad + b"iods")
    files["Section.csv"] = b"\r\n".join(lines)
    found = places(check(files, chunk=chunk).findings)
    assert {place for place in found if place[0] == rule} == {
        (rule, "Section.csv", 1, None),
        (rule, "Section.csv", 4, "Section Name"),
        (rule, "Section.csv", 4, "Term SIS ID"),
        (rule, "Section.csv", 10, "Section Name"),
        (rule, "Section.csv", 12, None),
    }
    assert {("lineBreak", "Section.csv", 4, "Section Name"), ("columnCount", "Section.csv", 12, None)} <= found
    counts = {f.column: f.count for f in check(files).findings if f.rule == rule}
    assert counts == {None: 2, "Section Name": 2, "Term SIS ID": 1}


def test_a_header_stays_one_whatever_else_is_in_it():
    more = [f"Extra {i}" for i in range(60)]
    for format_ in FORMATS:
        for spec in format_.files:
            names = [column.name for column in spec.columns if column.required]
            assert is_header(names, spec)
            assert is_header(names + more, spec)
            assert is_header([name.upper() for name in names], spec)
            assert not is_header(more, spec)
            assert not is_header([], spec)


@pytest.mark.parametrize("seed", range(60))
@pytest.mark.parametrize("size", [400, 5000])
def test_random_bytes_are_no_text(seed, size):
    data = random.Random(seed).randbytes(size)
    (finding,) = check(files_of(V1) | {"Teacher.csv": b"\x01" + data}).findings
    assert finding.rule == "notText"


@pytest.mark.parametrize("encoding", ["latin-1", "cp1252", "cp1251", "cp1253", "shift_jis"])
def test_text_of_another_encoding_is_text(encoding):
    text = {"cp1251": "Школа", "cp1253": "Σχολείο", "shift_jis": "学校"}.get(encoding, "Übung\x0bMünchen")
    rows = [[f"s{i}", f"{text} {i}"] for i in range(1000, 1024)]
    data = encoded([["SIS ID", "Name"], *rows]).decode().encode(encoding)
    found = check(files_of(V1) | {"School.csv": data}).findings
    assert [finding.count for finding in found if finding.rule == "encoding"] == [24]
    assert {finding.rule for finding in found} <= {"encoding", "controlCharacter"}


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


def test_a_period_in_month_day_year_for_the_classic_service():
    files = files_of(V1)
    files["Section.csv"] = files["Section.csv"].replace(b"2026-08-31,20270630", b"9/2/2026,9/1/2026", 1)
    files["Section.csv"] = files["Section.csv"].replace(b"2026-08-31,20270630", b"1/9/2026,6/8/2026", 1)
    result = check(files)
    assert places(result.findings) == {("dateOrder", "Section.csv", 2, "Term EndDate")}
    assert [finding.type for finding in result.findings] == ["warning"], "the column may be left out"


def test_empty_cells_are_no_duplicates_of_each_other():
    files = files_of(V1)
    files["TeacherRoster.csv"] += b"c1000,\r\nc1000,\r\n"
    assert {f.rule for f in check(files).findings} == {"missingValue"}


@pytest.mark.parametrize(
    ("file", "names", "alone"),
    [
        ("demographics.csv", "sourcedId,status,dateLastModified,birthDate,sex", True),
        ("orgs.csv", "sourcedId,status,dateLastModified,name,type,identifier,parentSourcedId", None),
        ("classes.csv", "sourcedId,status,dateLastModified,title,classType,courseSourcedId,schoolSourcedId", False),
    ],
)
@pytest.mark.parametrize("roles", [True, False])
def test_one_file_of_oneroster_is_no_set_of_them(file, names, alone, roles):
    data = files_of("sdsV2.1")
    data[file] = names.encode() + b"\r\n" + b",".join(b"x" for _ in names.split(",")) + b"\r\n"
    if not roles:
        del data["roles.csv"]
    found = [f for f in check(data).findings if f.rule == "refusedFormat"]
    if alone is None and roles:  # a file that was converted, and has more columns than it needs
        assert not found
        return
    assert {f.file_name for f in found} == {file} or not roles
    assert any("This is OneRoster" in f.description for f in found)
    assert any("Export SDS V2.1 for this one, too" in f.description for f in found) == (bool(alone) and roles)


@pytest.mark.parametrize("service", ["classic", "industryData"])
def test_columns_of_oneroster_in_a_whole_set_are_unknown_ones(service):
    files = clean("sdsV2.1")
    for rows in files.values():
        for at, row in enumerate(rows):
            row.extend(["active", "2026-11-28"] if at else ["status", "dateLastModified"])
    result = check(rendered(files), service=service)
    assert {(f.rule, f.type) for f in result.findings} == {("unknownColumn", "information")}
    assert result.taken
