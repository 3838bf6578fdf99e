"""Errors of files, their header apart."""

from tests.verification.case import V1, V21, Case
from tests.verification.changes import both, circle, few_columns, header, many, marked, no_email, replaced, without

FILES = [
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
        "nul",
        V1,
        replaced("School.csv", lambda text: text.replace(b"Name", b"Na\0me", 1)),
        {("nul", "School.csv", 1, None)},
    ),
    Case(
        "apostrophes",
        V1,
        replaced("TeacherRoster.csv", lambda text: b"'" + text.replace(b",", b"','").replace(b"\r\n", b"'\r\n'")),
        {("apostrophes", "TeacherRoster.csv", 1, None)},
    ),
    Case("apostrophes", V1, marked("TeacherRoster.csv", b"'"), {("apostrophes", "TeacherRoster.csv", 2, None)}),
    Case("quotedTwice", V1, marked("TeacherRoster.csv", b'"""'), {("quotedTwice", "TeacherRoster.csv", 2, None)}),
    Case("quotedTwice", V21, marked("roles.csv", b'"""'), {("quotedTwice", "roles.csv", 2, None)}),
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
        "secondTable",
        V1,
        replaced("TeacherRoster.csv", lambda text: text + b"\r\nSIS ID,School SIS ID,Username\r\nx,y,z z\r\n"),
        {("secondTable", "TeacherRoster.csv", 27, None)},
    ),
    Case(
        "secondTable",
        V21,
        replaced("enrollments.csv", lambda text: text + b",,\r\nuserSourcedId,orgSourcedId,role\r\nx,y"),
        {("secondTable", "enrollments.csv", 27, None)},
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
            ("noHeader", 'Section SIS ID,"SIS "ID'),
            ("noHeader", 'Section SIS ID,SIS "ID"'),
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
        {("contactDetails", "relationships.csv", line, "relationshipUserSourcedId") for line in (5, 16)},
        type="warning",
    ),
]
