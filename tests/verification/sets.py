"""Clean sets small enough to reason about, and ways to write them down as bytes.

Rows from SPARE on are referred to by nobody, so an error planted there stays alone.
"""

from collections.abc import Iterable, Mapping, Sequence
from functools import cache

from shared.verification import Finding, Source, Verification, verify

ROWS = 24
SPARE = 12

Rows = list[list[str]]
Files = dict[str, Rows]
"""By file name; the first row is the header."""

_STATIC = ("", "plain", "with blank inside", "Zoë", "O'Neil")


def _table(header: str, row: Sequence[str], count: int = ROWS) -> Rows:
    """`#` in a cell becomes the row's number, `@` one below SPARE, `%` another such, `~` some harmless text."""
    made = [header.split(",")]
    for i in range(count):
        numbers = {"#": 1000 + i, "@": 1000 + i % SPARE, "%": 1000 + (i + i // SPARE) % SPARE}
        cells = [_STATIC[i % len(_STATIC)] if cell == "~" else cell for cell in row]
        for sign, number in numbers.items():
            cells = [cell.replace(sign, str(number)) for cell in cells]
        made.append(cells)
    return made


def _of(*columns: tuple[str, str], count: int = ROWS) -> Rows:
    return _table(",".join(name for name, _ in columns), [value for _, value in columns], count)


def sds_v1() -> Files:
    """All eight files with all documented columns."""
    person = (
        ("SIS ID", "{}#"),
        ("School SIS ID", "s@"),
        ("Username", "{}.user-#"),
        ("First Name", "Ann#"),
        ("Last Name", "~"),
        ("Password", "~"),
        ("State ID", "~"),
        ("Secondary Email", "a#@mail.example"),
        ("Middle Name", "~"),
        ("Status", "Active"),
        ("Grade", "9"),
    )

    def people(prefix: str, *more: tuple[str, str]) -> Rows:
        own = ((name, value.replace("{}", prefix) if value != "a#@mail.example" else "a#") for name, value in person)
        return _of(*own, *more)

    return {
        "School.csv": _of(
            ("SIS ID", "s#"),
            ("Name", "School #"),
            ("School Number", "#"),
            ("School NCES_ID", "~"),
            ("State ID", "~"),
            ("Grade Low", "01"),
            ("Grade High", "12"),
            ("Principal SIS ID", "~"),
            ("Principal Name", "~"),
            ("Principal Secondary Email", "~"),
            ("Address", "~"),
            ("City", "~"),
            ("State", "WA"),
            ("Country", "~"),
            ("Zip", "#"),
            ("Phone", "555-123-4567"),
            ("Zone", "~"),
        ),
        "Section.csv": _of(
            ("SIS ID", "c#"),
            ("School SIS ID", "s@"),
            ("Section Name", "Maths #"),
            ("Section Number", "#"),
            ("Term SIS ID", "t1"),
            ("Term Name", "~"),
            ("Term StartDate", "2026-08-31"),
            ("Term EndDate", "20270630"),
            ("Course SIS ID", "~"),
            ("Course Name", "~"),
            ("Course Number", "~"),
            ("Course Description", "~"),
            ("Course Subject", "02"),
            ("Periods", "3"),
            ("Status", "Active"),
        ),
        "Student.csv": people("p", ("Student Number", "#"), ("Birthdate", "2014-02-28"), ("Graduation Year", "2031")),
        "Teacher.csv": people("t", ("Teacher Number", "#"), ("Title", "~"), ("Qualification", "~")),
        "StudentEnrollment.csv": _of(("Section SIS ID", "c@"), ("SIS ID", "p%")),
        "TeacherRoster.csv": _of(("Section SIS ID", "c@"), ("SIS ID", "t%")),
        "User.csv": _of(
            ("Email", "g#(at)mail.example"),
            ("First Name", "Pat"),
            ("Last Name", "Lee"),
            ("Phone", "+4930123#"),
            ("SIS ID", "~"),
        ),
        "GuardianRelationship.csv": _of(("SIS ID", "p@"), ("Email", "g%(at)mail.example"), ("Role", "Parent")),
    }


def sds_v21() -> Files:
    """All ten files with all documented columns."""
    return {
        "orgs.csv": _of(("sourcedId", "o#"), ("name", "Org #"), ("type", "school"), ("parentSourcedId", "")),
        "users.csv": _of(
            ("sourcedId", "u#"),
            ("username", "user.#(at)school.example"),
            ("givenName", "Ann"),
            ("familyName", "Lee"),
            ("password", "~"),
            ("activeDirectoryMatchId", "~"),
            ("email", "u#(at)school.example"),
            ("phone", "+4930123#"),
            ("sms", ""),
        ),
        "roles.csv": _of(
            ("userSourcedId", "u@"),
            ("orgSourcedId", "o%"),
            ("role", "student"),
            ("sessionSourcedId", "y@"),
            ("grade", "PS1"),
            ("isPrimary", "TRUE"),
            ("roleStartDate", "2026-08-31"),
            ("roleEndDate", "2027-06-30"),
        ),
        "classes.csv": _of(
            ("sourcedId", "c#"),
            ("orgSourcedId", "o@"),
            ("title", "Maths #"),
            ("sessionSourcedIds", "y@"),
            ("courseSourcedId", "k@"),
            ("code", "~"),
        ),
        "enrollments.csv": _of(("classSourcedId", "c@"), ("userSourcedId", "u%"), ("role", "student")),
        "academicSessions.csv": _of(
            ("sourcedId", "y#"),
            ("title", "Year #"),
            ("type", "schoolYear"),
            ("schoolYear", "2027"),
            ("startDate", "2026-08-31"),
            ("endDate", "2027-06-30"),
        ),
        "courses.csv": _of(
            ("sourcedId", "k#"),
            ("orgSourcedId", "o@"),
            ("title", "Maths"),
            ("code", "M#"),
            ("schoolYearSourcedId", "y@"),
            ("subject", "02"),
            ("grade", "9"),
        ),
        "demographics.csv": _of(
            ("userSourcedId", "u@"),
            ("sex", "female"),
            ("birthDate", "2014-02-28"),
            ("birthCity", "~"),
            ("birthState", "~"),
            ("birthCountry", "~"),
            ("ethnicityCodes", "hispanicOrLatinoEthnicity"),
            ("raceCodes", "white"),
            count=SPARE,
        ),
        "userFlags.csv": _of(("userSourcedId", "u@"), ("flag", "iep"), count=SPARE),
        "relationships.csv": _of(
            ("userSourcedId", "u@"), ("relationshipUserSourcedId", "u%"), ("relationshipRole", "guardian")
        ),
    }


def clean(format_id: str) -> Files:
    """A clean set of a format, to be changed as one likes."""
    return {name: [list(row) for row in rows] for name, rows in _clean(format_id).items()}


@cache
def _clean(format_id: str) -> Files:
    files = sds_v1() if format_id == "sdsV1" else sds_v21()
    for rows in files.values():
        for row in rows:
            row[:] = [cell.replace("(at)", "@") for cell in row]
    return files


def source(name: str, data: bytes, chunk: int = 1 << 16) -> Source:
    """A source of bytes in chunks of one size."""
    return Source(name, len(data), lambda: (data[i : i + chunk] for i in range(0, len(data), chunk)))


_QUOTED = frozenset(',"\r\n')


def cell(text: str, *, quote: bool = False) -> str:
    """A cell as RFC 4180 writes it."""
    needed = quote or not _QUOTED.isdisjoint(text)
    return '"' + text.replace('"', '""') + '"' if needed else text


def encoded(rows: Iterable[Sequence[str]], *, end: str = "\r\n", quote: bool = False, bom: bool = False) -> bytes:
    """Rows as a CSV file."""
    text = "".join(",".join(cell(value, quote=quote) for value in row) + end for row in rows)
    return (b"\xef\xbb\xbf" if bom else b"") + text.encode()


def check(files: Mapping[str, bytes], *, chunk: int = 1 << 16, **options: object) -> Verification:
    """Verify files given as bytes."""
    return verify([source(name, data, chunk) for name, data in files.items()], **options)  # type: ignore[arg-type]


def rendered(files: Files) -> dict[str, bytes]:
    """A set as files, in the plainest way."""
    return {name: encoded(rows) for name, rows in files.items()}


Place = tuple[str, str | None, int | None, str | None]


def places(findings: Iterable[Finding]) -> set[Place]:
    """(rule, file, line, column) of every place that the findings show."""
    return {
        (finding.rule, finding.file_name, line, finding.column)
        for finding in findings
        for line in (finding.lines or (None,))
    }
