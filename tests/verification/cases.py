"""Errors of whole files and sets, one table line each: what is done to a clean set, and what must be found."""

from collections.abc import Callable
from typing import NamedTuple

from tests.verification.changes import (
    CLASS,
    Data,
    both,
    circle,
    delimited,
    few_columns,
    first_line,
    header,
    many,
    no_email,
    only,
    renamed,
    replaced,
    uk,
    without,
)
from tests.verification.sets import Files, Place, rendered

V1, V21 = "sdsV1", "sdsV2.1"


class Case(NamedTuple):
    """`change` spoils the files of a clean set of `format`; `places` are then found, and nothing else."""

    rule: str
    format: str
    change: Callable[[Data], Data]
    places: set[Place]
    service: str = "classic"
    type: str = "error"
    whole: bool = True
    """Nothing else is found."""


SET = [
    Case("unknownFormat", V1, lambda _: {"a.csv": b"x\n", "b.csv": b"y\n"}, {("unknownFormat", None, None, None)}),
    Case(
        "refusedFormat",
        V1,
        lambda _: {"schools.csv": b"School_id,School_name\n", "students.csv": b"School_id,Student_id\n"},
        {("refusedFormat", None, None, None)},
    ),
    Case(
        "refusedFormat",
        V21,
        both(without("roles.csv"), lambda data: data | {"manifest.csv": b"propertyName,value\n"}),
        {("refusedFormat", None, None, None)},
    ),
    Case(
        "refusedFormat",
        V21,
        header("orgs.csv", "sourcedId", "sourcedId,status,dateLastModified"),
        {("refusedFormat", "orgs.csv", 1, None)},
    ),
    Case(
        "refusedFormat",
        V21,
        both(without("roles.csv"), header("users.csv", "password", "orgSourcedIds")),
        {("refusedFormat", "users.csv", 1, None), ("missingFile", "roles.csv", None, None)},
    ),
    Case(
        "refusedFormat",
        V21,
        both(without("roles.csv"), header("users.csv", "sourcedId", "sourcedId,status,dateLastModified,role")),
        {("refusedFormat", "users.csv", 1, None), ("missingFile", "roles.csv", None, None)},
    ),
    Case(
        "unknownColumn",
        V21,
        header("users.csv", "password", "orgSourcedIds"),
        {("unknownColumn", "users.csv", 1, "orgSourcedIds")},
        type="information",
    ),
    Case("refusedFormat", V1, uk, {("refusedFormat", "School.csv", 1, None)}, service="industryData"),
    Case(
        "unknownFile",
        V1,
        lambda data: data | {"orgs.csv": b"sourcedId\n"},
        {("unknownFile", "orgs.csv", None, None)},
        type="warning",
    ),
    Case(
        "mixedFormats",
        V1,
        lambda data: data | dict.fromkeys(("orgs.csv", "users.csv", "roles.csv"), b"sourcedId\n"),
        {("mixedFormats", None, None, None)},
        whole=False,
    ),
    Case(
        "archive",
        V1,
        lambda data: data | {"night.zip": b"PK\x03\x04"},
        {("archive", "night.zip", None, None)},
        type="warning",
    ),
    Case("missingFile", V1, without("Teacher.csv"), {("missingFile", "Teacher.csv", None, None)}),
    Case("missingFile", V1, without("Section.csv"), {("missingFile", "Section.csv", None, None)}),
    Case("missingFile", V1, without("User.csv"), {("missingFile", "User.csv", None, None)}),
    Case("missingFile", V21, without("roles.csv"), {("missingFile", "roles.csv", None, None)}),
    Case(
        "missingFile",
        V21,
        both(few_columns("classes.csv", *CLASS), only("orgs.csv", "users.csv", "classes.csv", "enrollments.csv")),
        {("missingFile", "roles.csv", None, None)},
        service="industryData",
    ),
    Case("missingFile", V21, without("enrollments.csv"), {("missingFile", "enrollments.csv", None, None)}),
    Case(
        "missingFile",
        V1,
        without("Section.csv", "StudentEnrollment.csv", "TeacherRoster.csv"),
        {("missingFile", name, None, None) for name in ("Section.csv", "StudentEnrollment.csv", "TeacherRoster.csv")},
        type="warning",
    ),
    Case(
        "missingFile",
        V1,
        renamed("StudentEnrollment.csv", "StudentEnrolment.csv"),
        {("missingFile", "StudentEnrollment.csv", None, None), ("unknownFile", "StudentEnrolment.csv", None, None)},
    ),
    Case(
        "unknownFile",
        V21,
        lambda data: data | {"notes.csv": b"a,b\n"},
        {("unknownFile", "notes.csv", None, None)},
        type="warning",
    ),
    Case(
        "fileNameCase",
        V21,
        renamed("userFlags.csv", "userflags.csv"),
        {("fileNameCase", "userflags.csv", None, None)},
        type="warning",
    ),
    Case(
        "duplicateFile",
        V1,
        lambda data: {"student.csv": b"x\n"} | data,
        {("duplicateFile", "student.csv", None, None)},
    ),
]
FILE = [
    Case("emptyFile", V1, replaced("Teacher.csv", b""), {("emptyFile", "Teacher.csv", None, None)}),
    Case(
        "notText",
        V1,
        replaced("Student.csv", b"PK\x03\x04" + bytes(range(256)) * 9),
        {("notText", "Student.csv", None, None)},
    ),
    Case("notText", V21, replaced("users.csv", bytes(range(256)) * 99), {("notText", "users.csv", None, None)}),
    Case(
        "wideText",
        V1,
        replaced("School.csv", lambda text: text.decode().encode("utf-16")),
        {("wideText", "School.csv", None, None)},
    ),
    Case(
        "wideText",
        V1,
        replaced("School.csv", lambda text: text.decode().encode("utf-16-be")),
        {("wideText", "School.csv", None, None)},
    ),
    Case(
        "wideText",
        V21,
        replaced("orgs.csv", lambda text: text.decode().encode("utf-32")),
        {("wideText", "orgs.csv", None, None)},
    ),
    Case(
        "endMark",
        V1,
        replaced("School.csv", lambda text: text + b"\x1a"),
        {("endMark", "School.csv", 26, None)},
        type="warning",
    ),
    Case(
        "endMark",
        V21,
        replaced("orgs.csv", lambda text: text + bytes(9)),
        {("endMark", "orgs.csv", 26, None)},
        type="warning",
    ),
    Case(
        "apostrophes",
        V1,
        replaced("TeacherRoster.csv", lambda text: b"'" + text.replace(b",", b"','").replace(b"\r\n", b"'\r\n'")),
        {("apostrophes", "TeacherRoster.csv", 1, None)},
    ),
    Case(
        "wrongFile",
        V21,
        lambda data: data | {"userFlags.csv": data["roles.csv"]},
        {("wrongFile", "userFlags.csv", 1, None)},
    ),
    Case(
        "wrongFile",
        V1,
        lambda data: data | {"Section.csv": data["Student.csv"]},
        {("wrongFile", "Section.csv", 1, None)},
    ),
    *(
        Case(
            "noRecord",
            V1,
            replaced(name, lambda text, row=row: text + row + b"\r\n"),
            {("noRecord", name, 26, None)},
        )
        for name, row in (
            ("School.csv", b"--,----"),
            ("School.csv", b"-----," + b",".join([b"----"] * 16)),
            ("Teacher.csv", b"(24 rows affected)"),
            ("Teacher.csv", b"24 records" + b"," * 13),
            ("Student.csv", b"Total: 24" + b"," * 13),
            ("Student.csv", b'"Report generated 11/27/2026"'),
            ("TeacherRoster.csv", b"*** End of report ***"),
            ("TeacherRoster.csv", b"\x1a"),
        )
    ),
    Case("delimiter", V1, replaced("Student.csv", delimited(";")), {("delimiter", "Student.csv", 1, None)}),
    Case("delimiter", V21, replaced("orgs.csv", delimited("\t")), {("delimiter", "orgs.csv", 1, None)}),
    Case("delimiter", V21, replaced("users.csv", delimited("|")), {("delimiter", "users.csv", 1, None)}),
    Case(
        "noHeader",
        V1,
        replaced("School.csv", lambda text: text.partition(b"\r\n")[2]),
        {("noHeader", "School.csv", 1, None)},
    ),
    Case("noHeader", V1, replaced("School.csv", lambda text: b"\r\n" + text), {("noHeader", "School.csv", 1, None)}),
    *(
        Case(
            "noHeader",
            format_,
            replaced(name, lambda text, row=row: row + b"\r\n" + text),
            {("noHeader", name, 1, None)},
        )
        for format_, name, row in (
            (V1, "User.csv", b"pa@x.example,Emil,Lee,+12065550100,"),
            (V1, "User.csv", b"pa@x.example,Emil,,,"),
            (V1, "Student.csv", b"p1,s1,ann,Ann,Lee,,,,,Active,9,1,2014-02-28,2031"),
            (V1, "School.csv", b"s1,North,1,,,1,12,,,,City,,WA,,98000,,"),
            (V1, "School.csv", b"SIS ID,Name\xe2\x80\xa8s1,North"),
            (V21, "users.csv", b"u1,username1,Lee,Ann,,,ann@x.example,+12065550100,"),
            (V21, "academicSessions.csv", b"y1,Year,schoolYear,2026,2026-08-01,2027-06-30"),
            (V21, "academicSessions.csv", b"y1,,schoolYear"),
        )
    ),
    Case(
        "missingColumn",
        V1,
        header("School.csv", "Name", "Call Sign"),
        {("missingColumn", "School.csv", 1, "Name"), ("unknownColumn", "School.csv", 1, "Call Sign")},
    ),
    Case(
        "missingColumn",
        V1,
        header("User.csv", "Phone", "Fon"),
        {("missingColumn", "User.csv", 1, "Phone"), ("unknownColumn", "User.csv", 1, "Fon")},
    ),
    Case(
        "missingColumn",
        V21,
        header("classes.csv", "orgSourcedId", "orgSouredId"),
        {("missingColumn", "classes.csv", 1, "orgSourcedId")},
    ),
    Case("missingColumn", V1, header("School.csv", "SIS ID", "sis id"), {("missingColumn", "School.csv", 1, "SIS ID")}),
    Case(
        "missingColumn",
        V1,
        header("TeacherRoster.csv", "Section SIS ID,SIS ID", "Klasse,SIS ID"),
        {
            ("missingColumn", "TeacherRoster.csv", 1, "Section SIS ID"),
            ("unknownColumn", "TeacherRoster.csv", 1, "Klasse"),
        },
    ),
    Case(
        "missingColumn",
        V1,
        header("TeacherRoster.csv", "Section SIS ID,SIS ID", "section sis id,Sis-Id"),
        {("missingColumn", "TeacherRoster.csv", 1, name) for name in ("Section SIS ID", "SIS ID")},
    ),
    *(
        Case("headerStyle", format_, change, {("headerStyle", name, 1, None)})
        for format_, name, change in (
            (
                V1,
                "TeacherRoster.csv",
                header("TeacherRoster.csv", "Section SIS ID,SIS ID", "Section SIS ID , SIS ID"),
            ),
            (V1, "Student.csv", first_line("Student.csv", lambda line: line.replace(b" ", b"_"))),
            (V1, "Section.csv", first_line("Section.csv", lambda line: line.replace(b" ", b""))),
            (V1, "Teacher.csv", first_line("Teacher.csv", lambda line: line.replace(b" ", b"_").lower())),
            (V21, "users.csv", first_line("users.csv", bytes.lower)),
        )
    ),
    Case(
        "headerStyle",
        V1,
        header("Student.csv", "First Name,Last Name", "First_Name,Last_Name"),
        {("headerStyle", "Student.csv", 1, None)},
        type="warning",
    ),
    Case(
        "quotedLines",
        V1,
        replaced("School.csv", lambda text: b"".join(b'"' + line + b'"\r\n' for line in text.split(b"\r\n")[:-1])),
        {("quotedLines", "School.csv", 1, None)},
    ),
    Case(
        "optionalColumns",
        V21,
        few_columns("classes.csv", *CLASS, "courseSourcedId"),
        {("optionalColumns", "classes.csv", 1, None)},
        type="warning",
    ),
    Case(
        "nearColumn",
        V1,
        header("School.csv", "Zip", "Postal Code"),
        {("nearColumn", "School.csv", 1, "Postal Code")},
        service="industryData",
        type="warning",
    ),
    Case(
        "unknownColumn",
        V1,
        header("School.csv", "Zone", "Postal Code"),
        {("unknownColumn", "School.csv", 1, "Postal Code")},
        type="information",
    ),
    Case(
        "unknownColumn",
        V1,
        header("Teacher.csv", "Title", "ID"),
        {("unknownColumn", "Teacher.csv", 1, "ID")},
        type="information",
    ),
    Case(
        "duplicateColumn",
        V1,
        header("School.csv", "SIS ID,Name,School Number", "DfE Number,Name,Dfe Number"),
        {("duplicateColumn", "School.csv", 1, "Dfe Number")},
    ),
    Case("duplicateColumn", V1, header("School.csv", "Zone", "City"), {("duplicateColumn", "School.csv", 1, "City")}),
    Case(
        "nearColumn",
        V21,
        header("classes.csv", "courseSourcedId", "courseSouredId"),
        {("nearColumn", "classes.csv", 1, "courseSouredId")},
        type="warning",
    ),
    Case(
        "nearColumn",
        V1,
        header("Teacher.csv", "Title", " Title"),
        {("nearColumn", "Teacher.csv", 1, "Title")},
        type="warning",
    ),
    Case(
        "nearColumn",
        V1,
        header("Student.csv", "Birthdate", "BirthDate"),
        {("nearColumn", "Student.csv", 1, "BirthDate")},
        type="warning",
    ),
    Case(
        "unknownColumn",
        V1,
        header("Student.csv", "Student Number", "Shoe size"),
        {("unknownColumn", "Student.csv", 1, "Shoe size")},
        type="information",
    ),
    Case(
        "unknownColumn",
        V1,
        header("Student.csv", "Student Number", ""),
        {("unknownColumn", "Student.csv", 1, "number 12")},
        type="information",
    ),
    Case(
        "tooManyColumns",
        V1,
        replaced("Teacher.csv", b"SIS ID," * 1001 + b"\n"),
        {("tooManyColumns", "Teacher.csv", 1, None)},
    ),
    Case(
        "noRows",
        V1,
        replaced("Section.csv", lambda text: text.partition(b"\n")[0]),
        {("noRows", "Section.csv", None, None)},
        type="warning",
        whole=False,
    ),
    Case(
        "swappedColumns",
        V21,
        header("roles.csv", "userSourcedId,orgSourcedId", "orgSourcedId,userSourcedId"),
        {("swappedColumns", "roles.csv", line, "orgSourcedId") for line in range(2, 26)},
    ),
    Case(
        "people.noRows",
        V1,
        replaced("Teacher.csv", lambda text: text.partition(b"\n")[0]),
        {("people.noRows", "Teacher.csv", None, None)},
        whole=False,
    ),
    Case(
        "people.noRows",
        V21,
        replaced("users.csv", lambda text: text.partition(b"\n")[0]),
        {("people.noRows", "users.csv", None, None)},
        whole=False,
    ),
    Case(
        "tooManyRows",
        V1,
        both(few_columns("School.csv", "SIS ID", "Name"), replaced("School.csv", many)),
        {("tooManyRows", "School.csv", 500_002, None)},
        whole=False,
    ),
    Case(
        "lineTooLong",
        V1,
        replaced("TeacherRoster.csv", lambda text: text + b"c1000," + b"t" * 200_000 + b"\r\n"),
        {("lineTooLong", "TeacherRoster.csv", 26, None)},
    ),
    Case("lineTooLong", V1, replaced("Student.csv", b"a" * 3_000_000), {("lineTooLong", "Student.csv", 1, None)}),
    Case(
        "unclosedQuote",
        V1,
        replaced("StudentEnrollment.csv", lambda text: text.replace(b"\r\nc1001", b'\r\n"c1001', 1)),
        {("unclosedQuote", "StudentEnrollment.csv", 3, None)},
    ),
    *(
        Case(
            rule, V1, header("TeacherRoster.csv", "Section SIS ID,SIS ID", line), {(rule, "TeacherRoster.csv", 1, None)}
        )
        for rule, line in (
            ("unclosedQuote", 'Section SIS ID,"SIS ID'),
            ("unclosedQuote", '"Section SIS ID,SIS ID'),
            ("strayQuote", 'Section SIS ID,"SIS "ID'),
            ("strayQuote", 'Section SIS ID,SIS "ID"'),
        )
    ),
    *(
        Case("cutOff", V1, replaced("TeacherRoster.csv", lambda text, end=end: text + end), places)
        for places in [{("cutOff", "TeacherRoster.csv", 26, None)}]
        for end in (b'c1000,"t1000', b"c1000", b"c1000,t1000\xc3", b"c1000,t1000\xe2\x82", b'c1000,"t1000\xf0\x9f')
    ),
    Case(
        "cutOff",
        V21,
        replaced("users.csv", lambda text: text[: text.index(b"u1003,") + 12]),
        {("cutOff", "users.csv", 5, None)},
    ),
    Case(
        "referenceFile",
        V21,
        without("courses.csv"),
        {("referenceFile", "classes.csv", line, "courseSourcedId") for line in range(2, 26)},
        type="warning",
    ),
    Case(
        "parentCycle",
        V21,
        replaced("orgs.csv", circle),
        {("parentCycle", "orgs.csv", line, "parentSourcedId") for line in (3, 4, 6)},
        type="warning",
    ),
    Case(
        "contactDetails",
        V21,
        both(
            header("users.csv", "email", "mail address"),
            replaced("relationships.csv", lambda text: b"\r\n".join(text.split(b"\r\n")[:4])),
        ),
        {
            ("unknownColumn", "users.csv", 1, "mail address"),
            *(("contactDetails", "relationships.csv", line, "relationshipUserSourcedId") for line in (2, 3, 4)),
        },
        service="industryData",
        type="warning",
    ),
    Case(
        "contactDetails",
        V21,
        replaced("users.csv", no_email),
        {("contactDetails", "relationships.csv", line, "relationshipUserSourcedId") for line in (5, 17)},
        type="warning",
    ),
]
CASES = SET + FILE


def spoilt(case: Case, files: Files) -> Data:
    """The case's set as bytes."""
    return case.change(rendered(files))
