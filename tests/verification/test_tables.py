"""Values in tables and limits: as the format's pages and the docs have them, written down a second time."""

import pytest

from shared.formats import FORMATS
from shared.verification import header, keys, records, repeats, stream, table, written
from tests.verification.test_rules import ROWS

REQUIRED = {
    "School.csv": "SIS ID*, Name",
    "Section.csv": "SIS ID*, School SIS ID>School.csv, Section Name",
    "Student.csv": "SIS ID*, School SIS ID>School.csv, Username*",
    "Teacher.csv": "SIS ID*, School SIS ID>School.csv, Username*",
    "StudentEnrollment.csv": "Section SIS ID>Section.csv, SIS ID>Student.csv",
    "TeacherRoster.csv": "Section SIS ID>Section.csv, SIS ID>Teacher.csv",
    "User.csv": "Email*, First Name, Last Name, (Phone), (SIS ID)",
    "GuardianRelationship.csv": "SIS ID>Student.csv, Email>User.csv, (Role)",
    "orgs.csv": "sourcedId*, name, type",
    "users.csv": "sourcedId*, username*",
    "roles.csv": "userSourcedId>users.csv, orgSourcedId>orgs.csv, role",
    "classes.csv": "sourcedId*, orgSourcedId>orgs.csv, title",
    "enrollments.csv": "classSourcedId>classes.csv, userSourcedId>users.csv, role",
    "academicSessions.csv": "sourcedId*, title, type, schoolYear, startDate, endDate",
    "courses.csv": "sourcedId*, orgSourcedId>orgs.csv, title",
    "demographics.csv": "userSourcedId*>users.csv",
    "userFlags.csv": "userSourcedId>users.csv, flag",
    "relationships.csv": "userSourcedId>users.csv, relationshipUserSourcedId>users.csv, relationshipRole",
}
"""`*`: no two rows have one value; `>`: the file that must have it; in brackets: the header alone is required."""
OPTIONAL = {
    ("orgs.csv", "parentSourcedId", "orgs.csv"),
    ("roles.csv", "sessionSourcedId", "academicSessions.csv"),
    ("classes.csv", "sessionSourcedIds", "academicSessions.csv"),
    ("classes.csv", "courseSourcedId", "courses.csv"),
    ("courses.csv", "schoolYearSourcedId", "academicSessions.csv"),
}
SEVERAL = {
    *(("classes.csv", "sessionSourcedIds"), ("courses.csv", "subject"), ("courses.csv", "grade")),
    *(("demographics.csv", "ethnicityCodes"), ("demographics.csv", "raceCodes")),
}
ALWAYS = {"School.csv", "Student.csv", "Teacher.csv", "orgs.csv", "users.csv", "roles.csv"}
USUAL = ALWAYS | {"Section.csv", "StudentEnrollment.csv", "TeacherRoster.csv", "classes.csv", "enrollments.csv"}
PEOPLE = {"Student.csv", "Teacher.csv", "users.csv"}
SPECS = [spec for form in FORMATS for spec in form.files]
COLUMNS = [(spec, column) for spec in SPECS for column in spec.columns]


@pytest.mark.parametrize("spec", SPECS, ids=lambda spec: spec.name)
def test_what_every_row_needs(spec):
    told = [
        f"({column.name})"
        if column.header
        else f"{column.name}{'*' if column.unique else ''}{f'>{column.refers[0]}' if column.refers else ''}"
        for column in spec.columns
        if column.required or column.header
    ]
    assert ", ".join(told) == REQUIRED[spec.name]


def test_what_may_be_left_out():
    refers = {(s.name, c.name, c.refers[0]) for s, c in COLUMNS if c.refers and not c.required}
    assert refers == OPTIONAL
    assert {(s.name, c.name) for s, c in COLUMNS if c.many} == SEVERAL
    assert {(s.name, c.name) for s, c in COLUMNS if c.alone} == {("GuardianRelationship.csv", "SIS ID")}
    assert {(s.name, c.name) for s, c in COLUMNS if c.apart} == {("Teacher.csv", n) for n in ("SIS ID", "Username")}
    assert {(s.name, c.name) for s, c in COLUMNS if not c.documented} == {
        *(("users.csv", "password"), ("classes.csv", "code"))
    }
    assert {(s.name, s.row_for_each) for s in SPECS if s.row_for_each} == {
        *(("Student.csv", "School SIS ID"), ("Teacher.csv", "School SIS ID"))
    }


def test_which_files_a_set_needs():
    assert {spec.name for spec in SPECS if spec.required} == ALWAYS
    assert {spec.name for spec in SPECS if spec.usual} == USUAL
    assert {spec.name for spec in SPECS if spec.people} == PEOPLE
    assert [(form.any_case, form.all_headers, form.american_dates) for form in FORMATS] == [
        *((True, False, True), (False, True, False))
    ]


def test_how_long_names_may_be():
    people, others = {"First Name", "Last Name", "givenName", "familyName"}, {"Name", "Section Name", "name", "title"}
    limits = {(column.name, column.limit) for _, column in COLUMNS if column.limit}
    assert limits == {*((name, 64) for name in people), *((name, 256) for name in others)}


@pytest.mark.parametrize(
    ("rule", "limit", "words"),
    [
        ("tooManyRows", table.ROWS, "500,000 rows"),
        ("tooManyRows", table.STRANGE, "1,100,000 lines"),
        ("notChecked", keys.KEYS, "600,000 ids or rows"),
        ("notChecked", repeats.RECORDS, "600,000 ids or rows"),
        ("notChecked", records.BROKEN, "20,000 rows"),
        ("whitespace", written.MOST, "200,000 ids"),
        ("tooManyColumns", header.COLUMNS, "1,000 columns"),
        ("lineTooLong", stream.LINE // 1024, "128 KiB"),
        ("unclosedQuote", stream.LINE // 1024, "128 KiB"),
    ],
)
def test_the_docs_name_the_limits(rule, limit, words):
    assert words.startswith(f"{limit:,} ")
    assert words in ROWS[rule][4]
