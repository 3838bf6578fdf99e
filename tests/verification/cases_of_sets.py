"""Errors of sets: formats, names, files that lack."""

from tests.verification.case import V1, V21, Case
from tests.verification.changes import CLASS, both, few_columns, header, only, renamed, uk, without

SETS = [
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
        both(without("roles.csv"), header("orgs.csv", "sourcedId", "sourcedId,status,dateLastModified")),
        {("refusedFormat", "orgs.csv", 1, None)},
    ),
    Case(
        "refusedFormat",
        V21,
        both(without("roles.csv"), header("users.csv", "password", "orgSourcedIds")),
        {("refusedFormat", "users.csv", 1, None)},
    ),
    Case(
        "refusedFormat",
        V21,
        both(without("roles.csv"), header("users.csv", "sourcedId", "sourcedId,status,dateLastModified,role")),
        {("refusedFormat", "users.csv", 1, None)},
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
    Case(
        "exchangedFiles",
        V1,
        lambda data: (
            data
            | {"TeacherRoster.csv": data["StudentEnrollment.csv"], "StudentEnrollment.csv": data["TeacherRoster.csv"]}
        ),
        {("exchangedFiles", None, None, None)},
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
        {("missingFile", "StudentEnrollment.csv", None, None)},
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
