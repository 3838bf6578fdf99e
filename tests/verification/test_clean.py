"""A clean set gives no findings at all, however it is written down: a false alarm stops a school's night."""

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from shared.formats import FORMATS
from shared.verification import Service
from tests.verification.sets import check, clean, encoded, rendered

BOTH = ("classic", "industryData")


@pytest.mark.parametrize("service", BOTH)
@pytest.mark.parametrize("format_", FORMATS, ids=lambda f: f.id)
def test_full_columns(format_, service):
    result = check(rendered(clean(format_.id)), service=service)
    assert result.findings == ()
    assert result.format == format_.id


def test_the_sets_have_every_column_of_the_formats_but_the_legacy_ones():
    for format_ in FORMATS:
        files = clean(format_.id)
        for spec in format_.files:
            missing = {column.name for column in spec.columns} - set(files[spec.name][0])
            assert all(
                name.startswith(("Mailing ", "Residence ")) or name in ("Gender", "ELL Status", "FederalRace")
                for name in missing
            ), (spec.name, missing)


@pytest.mark.parametrize("service", BOTH)
@pytest.mark.parametrize("format_", FORMATS, ids=lambda f: f.id)
def test_minimum_columns_and_files(format_, service):
    files = clean(format_.id)
    least = {}
    for spec in format_.files:
        if spec.required or spec.usual:
            keep = [
                i for i, name in enumerate(files[spec.name][0]) if (c := spec.column(name)) and (c.required or c.header)
            ]
            least[spec.name] = encoded([row[i] for i in keep] for row in files[spec.name])
    findings = check(least, service=service).findings
    wants_all = format_.all_headers and service == "classic"
    assert {(f.rule, f.file_name) for f in findings} == (
        {("optionalColumns", name) for name in ("orgs.csv", "users.csv", "roles.csv", "classes.csv")}
        if wants_all
        else set()
    )


@given(
    format_id=st.sampled_from(["sdsV1", "sdsV2.1"]),
    service=st.sampled_from(BOTH),
    end=st.sampled_from(["\r\n", "\n", "\r"]),
    quote=st.booleans(),
    bom=st.booleans(),
    cut=st.booleans(),
    chunk=st.sampled_from([1, 7, 1000, 1 << 20]),
    order=st.randoms(use_true_random=False),
)
@settings(max_examples=60, deadline=None)
def test_any_dialect(format_id: str, service: Service, end, quote, bom, cut, chunk, order):
    files = list(clean(format_id).items())
    order.shuffle(files)
    data = {name: encoded(rows, end=end, quote=quote, bom=bom) for name, rows in files}
    if cut:
        data = {name: text.removesuffix(end.encode()) for name, text in data.items()}
    result = check(data, chunk=chunk, service=service)
    assert result.findings == ()
    assert [file.name for file in result.files] == [name for name, _ in files]
    assert [file.rows for file in result.files] == [len(rows) - 1 for _, rows in files]


def test_column_order_and_blank_lines_at_the_end_dont_matter():
    files = clean("sdsV2.1")
    data = {name: encoded(row[::-1] for row in rows) + b"\r\n\r\n\n" for name, rows in files.items()}
    assert check(data).findings == ()


def test_the_uk_headers_for_the_classic_service():
    files = clean("sdsV1")
    names = {"School SIS ID": "School DfE Number", "Section SIS ID": "Section ID", "Zip": "Postal Code", "SIS ID": "ID"}
    for name, rows in files.items():
        if name not in ("User.csv",):
            own = names | ({"SIS ID": "DfE Number"} if name == "School.csv" else {})
            rows[0] = [own.get(header, header) for header in rows[0]]
    assert check(rendered(files)).findings == ()


def test_guardians_alone_with_headers_for_the_rest():
    files = clean("sdsV1")
    data = {
        name: rows if name in ("User.csv", "GuardianRelationship.csv") else rows[:1] for name, rows in files.items()
    }
    result = check(rendered(data), allow_empty=True)
    assert {(finding.rule, finding.type) for finding in result.findings} == {
        ("noRows", "warning"),
        ("people.noRows", "warning"),
    }
    assert result.taken
    refused = check(rendered(data))
    assert {f.file_name for f in refused.refusing} == {"Student.csv", "Teacher.csv"}
    assert not refused.taken


def test_american_dates_and_free_grades_in_classic_v1():
    files = clean("sdsV1")
    student = files["Student.csv"]
    for row in student[1:]:
        row[student[0].index("Birthdate")] = "2/13/2014"
        row[student[0].index("Grade")] = "Year 9"
    assert check(rendered(files)).findings == ()
    assert {f.rule for f in check(rendered(files), service="industryData").findings} == {"date", "value"}
