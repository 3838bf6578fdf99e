"""Errors to plant in a row of a clean set, one table line each, with where they must be found."""

from collections.abc import Callable
from typing import NamedTuple

from tests.verification.sets import clean


class Plant(NamedTuple):
    """One error: `value` goes into `column` of a spare row; or `text` changes the row as it is written."""

    rule: str
    format: str
    file: str
    column: str | None
    value: str | None = None
    service: str | None = None
    """Only an error for this service; None: for both."""
    text: Callable[[bytes], bytes] | None = None
    twin: str | None = None
    """This column gets the value it has in another row."""
    together: tuple[str, ...] = ()
    """These columns get the values they have in another row."""


V1, V21 = "sdsV1", "sdsV2.1"
LONG = "x" * 300


def _first_cell(change: Callable[[bytes], bytes]) -> Callable[[bytes], bytes]:
    def changed(line: bytes) -> bytes:
        first, comma, rest = line.partition(b",")
        return change(first) + comma + rest

    return changed


PLANTS = [
    *(
        Plant("missingValue", V1, file, column, "")
        for file, column in (
            ("School.csv", "SIS ID"),
            ("School.csv", "Name"),
            ("Section.csv", "Section Name"),
            ("Student.csv", "SIS ID"),
            ("Student.csv", "School SIS ID"),
            ("Teacher.csv", "Username"),
            ("StudentEnrollment.csv", "SIS ID"),
            ("TeacherRoster.csv", "Section SIS ID"),
            ("User.csv", "Last Name"),
            ("GuardianRelationship.csv", "Email"),
        )
    ),
    *(
        Plant("missingValue", V21, file, column, "   ")
        for file, column in (
            ("orgs.csv", "type"),
            ("users.csv", "username"),
            ("roles.csv", "role"),
            ("classes.csv", "title"),
            ("enrollments.csv", "userSourcedId"),
            ("academicSessions.csv", "endDate"),
            ("courses.csv", "orgSourcedId"),
            ("demographics.csv", "userSourcedId"),
            ("userFlags.csv", "flag"),
            ("relationships.csv", "relationshipRole"),
        )
    ),
    *(
        Plant("duplicate", V1, file, column, twin=column)
        for file, column in (
            ("School.csv", "SIS ID"),
            ("Section.csv", "SIS ID"),
            ("Student.csv", "SIS ID"),
            ("Student.csv", "Username"),
            ("Teacher.csv", "Username"),
            ("User.csv", "Email"),
        )
    ),
    *(
        Plant("duplicate", V21, file, column, twin=column)
        for file, column in (
            ("orgs.csv", "sourcedId"),
            ("users.csv", "sourcedId"),
            ("users.csv", "username"),
            ("classes.csv", "sourcedId"),
            ("academicSessions.csv", "sourcedId"),
            ("courses.csv", "sourcedId"),
            ("demographics.csv", "userSourcedId"),
        )
    ),
    Plant("duplicateRow", V1, "StudentEnrollment.csv", None, together=("Section SIS ID", "SIS ID")),
    Plant("duplicateRow", V1, "TeacherRoster.csv", None, together=("Section SIS ID", "SIS ID")),
    Plant("duplicateRow", V21, "enrollments.csv", None, together=("classSourcedId", "userSourcedId")),
    Plant("duplicateRow", V21, "userFlags.csv", None, together=("userSourcedId",)),
    *(
        Plant("reference", V1, file, column, "nowhere")
        for file, column in (
            ("Section.csv", "School SIS ID"),
            ("Student.csv", "School SIS ID"),
            ("Teacher.csv", "School SIS ID"),
            ("StudentEnrollment.csv", "Section SIS ID"),
            ("StudentEnrollment.csv", "SIS ID"),
            ("TeacherRoster.csv", "SIS ID"),
            ("GuardianRelationship.csv", "SIS ID"),
        )
    ),
    Plant("reference", V1, "GuardianRelationship.csv", "Email", "nobody@mail.example"),
    *(
        Plant("reference", V21, file, column, "nowhere")
        for file, column in (
            ("orgs.csv", "parentSourcedId"),
            ("roles.csv", "userSourcedId"),
            ("roles.csv", "orgSourcedId"),
            ("roles.csv", "sessionSourcedId"),
            ("classes.csv", "orgSourcedId"),
            ("classes.csv", "courseSourcedId"),
            ("enrollments.csv", "classSourcedId"),
            ("enrollments.csv", "userSourcedId"),
            ("courses.csv", "schoolYearSourcedId"),
            ("demographics.csv", "userSourcedId"),
            ("userFlags.csv", "userSourcedId"),
            ("relationships.csv", "relationshipUserSourcedId"),
        )
    ),
    Plant("reference", V21, "classes.csv", "sessionSourcedIds", "y1000, nowhere"),
    *(
        Plant("value", V21, file, column, "unheard-of")
        for file, column in (
            ("orgs.csv", "type"),
            ("roles.csv", "role"),
            ("roles.csv", "grade"),
            ("enrollments.csv", "role"),
            ("academicSessions.csv", "type"),
            ("courses.csv", "subject"),
            ("demographics.csv", "sex"),
            ("demographics.csv", "raceCodes"),
            ("userFlags.csv", "flag"),
            ("relationships.csv", "relationshipRole"),
        )
    ),
    Plant("value", V1, "GuardianRelationship.csv", "Role", "Neighbour"),
    Plant("value", V1, "Student.csv", "Grade", "Year 9", service="industryData"),
    Plant("value", V1, "Section.csv", "Course Subject", "Gym", service="industryData"),
    Plant("date", V1, "Student.csv", "Birthdate", "31.12.2016"),
    Plant("date", V1, "Student.csv", "Birthdate", "2/13/2016", service="industryData"),
    Plant("date", V1, "Student.csv", "Birthdate", "13/2/2016"),
    Plant("date", V1, "Student.csv", "Birthdate", "2016-02-13T25:00:00Z"),
    Plant("date", V1, "Section.csv", "Term EndDate", "2026-02-30"),
    Plant("date", V21, "academicSessions.csv", "startDate", "20261301"),
    Plant("date", V21, "roles.csv", "roleEndDate", "6/30/2027"),
    Plant("date", V21, "demographics.csv", "birthDate", "unknown"),
    Plant("dateOrder", V1, "Section.csv", "Term EndDate", "2026-01-01"),
    Plant("dateOrder", V21, "academicSessions.csv", "endDate", "2026-08-30"),
    Plant("dateOrder", V21, "roles.csv", "roleEndDate", "20260830"),
    Plant("year", V1, "Student.csv", "Graduation Year", "31"),
    Plant("year", V21, "academicSessions.csv", "schoolYear", "2026/27"),
    Plant("phone", V1, "User.csv", "Phone", "ask the office"),
    Plant("phone", V21, "users.csv", "phone", "(030) 123-4567", service="industryData"),
    Plant("phone", V21, "users.csv", "sms", "+49 30 x"),
    Plant("email", V1, "User.csv", "Email", "anna.mail.example"),
    Plant("email", V21, "users.csv", "email", "anna@"),
    Plant("boolean", V21, "roles.csv", "isPrimary", "yes"),
    Plant("username", V1, "Student.csv", "Username", "ann lee"),
    Plant("username", V1, "Teacher.csv", "Username", "ann@x@mail.example"),
    Plant("username", V1, "Teacher.csv", "Username", "ann.@mail.example"),
    Plant("username", V1, "Teacher.csv", "Username", LONG),
    Plant("username", V21, "users.csv", "username", "zoë@school.example"),
    Plant("usernameDomain", V21, "users.csv", "username", "ann", service="classic"),
    Plant("mailNickname", V1, "Section.csv", "SIS ID", "10/A 7"),
    Plant("length", V1, "Section.csv", "Section Name", LONG),
    Plant("length", V1, "Student.csv", "Last Name", LONG),
    Plant("length", V21, "users.csv", "givenName", LONG),
    Plant("whitespace", V1, "Student.csv", "First Name", " Ann"),
    *(
        Plant("whitespace", V1, "School.csv", "Zone", f"north{space}")
        for space in "\t\x0b\x0c\xa0\xad\u200b\u200c\u200d\u200e\u200f\u2060\u3000\ufeff"
    ),
    Plant("whitespace", V1, "Teacher.csv", "Username", "t.user\xa0"),
    Plant("reference", V1, "GuardianRelationship.csv", "SIS ID", "p1000\xa0"),
    Plant("whitespace", V21, "orgs.csv", "type", "school "),
    Plant("reference", V21, "classes.csv", "orgSourcedId", "\u200bo1000"),
    Plant("lineBreak", V1, "School.csv", "Name", "North\nSchool"),
    Plant("lineBreak", V21, "courses.csv", "title", "a\r\nb"),
    Plant("columnCount", V1, "Student.csv", None, text=lambda line: line + b",more"),
    Plant("fewerCells", V1, "School.csv", None, text=lambda line: line.rpartition(b",")[0]),
    Plant("fewerCells", V21, "users.csv", None, text=lambda line: line.rpartition(b",")[0]),
    Plant("surplusCells", V1, "Teacher.csv", None, text=lambda line: line + b",, ,"),
    Plant("surplusCells", V21, "orgs.csv", None, text=lambda line: line + b","),
    Plant("emptyRow", V1, "Student.csv", None, text=lambda line: b",,,\n" + line),
    Plant("emptyRow", V1, "StudentEnrollment.csv", None, text=lambda line: b" ,\t\n" + line),
    Plant("emptyRow", V21, "roles.csv", None, text=lambda line: b'"","","","","","","",""\n' + line),
    Plant("repeatedHeader", V1, "TeacherRoster.csv", None, text=lambda line: b"Section SIS ID,SIS ID\n" + line),
    Plant("repeatedHeader", V21, "userFlags.csv", None, text=lambda line: b'"userSourcedId", flag,\n' + line),
    *(
        Plant("nullWord", format_, file, column, word)
        for format_, file, column, word in (
            (V1, "Student.csv", "Username", "NULL"),
            (V1, "Student.csv", "Middle Name", "(null)"),
            (V1, "Section.csv", "Term StartDate", "N/A"),
            (V1, "Teacher.csv", "SIS ID", "None"),
            (V21, "users.csv", "phone", "nan"),
            (V21, "users.csv", "givenName", "\\N"),
            (V21, "roles.csv", "grade", "undefined"),
            (V21, "classes.csv", "courseSourcedId", "null"),
        )
    ),
    *(
        Plant("spreadsheet", format_, file, column, value)
        for format_, file, column, value in (
            (V1, "Section.csv", "Course Number", "9.91214E+15"),
            (V1, "Student.csv", "State ID", '="09001"'),
            (V1, "Teacher.csv", "Middle Name", "#REF!"),
            (V1, "Student.csv", "SIS ID", "9001.0"),
            (V1, "Section.csv", "Course SIS ID", "'9001"),
            (V1, "Teacher.csv", "SIS ID", "5-Jan"),
            (V21, "courses.csv", "code", "=A1+1"),
            (V21, "users.csv", "sourcedId", "Mar-07"),
            (V21, "classes.csv", "sourcedId", "9,9E+15"),
            (V21, "users.csv", "activeDirectoryMatchId", "########"),
        )
    ),
    *(
        Plant("damagedText", format_, file, column, value)
        for format_, file, column, value in (
            (V1, "Student.csv", "First Name", "Zo\ufffd"),
            (V1, "Student.csv", "Last Name", "Mu\u00c3\u00b1oz"),
            (V1, "School.csv", "Name", "O&#39;Neil Primary"),
            (V1, "Teacher.csv", "Last Name", "M?ller"),
            (V21, "users.csv", "familyName", "Zo\u00c3\u00ab"),
            (V21, "classes.csv", "title", "Fran\u00e2\u20ac\u2122s"),
            (V21, "orgs.csv", "name", "Caf\\u00e9"),
        )
    ),
    *(
        Plant("controlCharacter", format_, file, column, value)
        for format_, file, column, value in (
            (V1, "Student.csv", "First Name", "Iv\x02y"),
            (V1, "School.csv", "City", "Bay\x7f Town"),
            (V1, "Teacher.csv", "Last Name", "St\u200bone"),
            (V21, "users.csv", "givenName", "Ab\u202ely"),
            (V21, "classes.csv", "title", "Reading\u0085Blue"),
            (V21, "orgs.csv", "name", "North\tEast"),
        )
    ),
    *(
        Plant("repeatedRow", format_, file, None, together=tuple(clean(format_)[file][0]))
        for format_, file in ((V1, "School.csv"), (V1, "Teacher.csv"), (V21, "users.csv"), (V21, "demographics.csv"))
    ),
    Plant("nearDuplicate", V1, "Teacher.csv", "Username", "T.user-1000"),
    Plant("nearDuplicate", V21, "users.csv", "sourcedId", "U1001"),
    Plant("sharedId", V1, "Teacher.csv", "SIS ID", "p1000"),
    Plant("sharedId", V1, "Teacher.csv", "Username", "p.user-1001"),
    Plant("columnCount", V21, "users.csv", None, text=lambda line: line.partition(b",")[0]),
    Plant("strayQuote", V1, "Teacher.csv", None, text=_first_cell(lambda cell: cell.strip(b'"') + b'"x')),
    Plant("strayQuote", V21, "courses.csv", None, text=_first_cell(lambda c: b'"' + c.strip(b'"') + b'"x')),
    Plant("nul", V1, "Section.csv", "SIS ID", text=_first_cell(lambda cell: cell[:-1] + b"\0" + cell[-1:])),
    Plant("nul", V21, "orgs.csv", "sourcedId", text=_first_cell(lambda cell: cell[:1] + b"\0" + cell[1:])),
    Plant("encoding", V1, "School.csv", "Name", "M\udcfcnster"),
    Plant("encoding", V21, "courses.csv", "title", "Fran\udce7ais"),
    Plant("blankLine", V1, "Section.csv", None, text=lambda line: b"\n" + line),
    Plant("blankLine", V21, "enrollments.csv", None, text=lambda line: b"\n" + line),
]
