"""Errors of header rows."""

from tests.verification.case import V1, V21, Case
from tests.verification.changes import CLASS, delimited, few_columns, first_line, header, replaced

HEADERS = [
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
]
