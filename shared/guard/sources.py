"""Where the ids of a set are: one table for both formats."""

import msgspec

from ..results import RemovedKind, RemovedRole

KINDS: tuple[RemovedKind, ...] = ("people", "orgs", "classes", "enrollments")


class IdSource(msgspec.Struct, frozen=True):
    """The ids that one file holds."""

    file: str
    kind: RemovedKind
    columns: tuple[str, ...]
    """What together is the id."""
    role: RemovedRole | None = None
    """Of all people in the file."""
    roles: str | None = None
    """The column that tells a person's role; the ids are those of another file's people."""
    also: bytes | None = None
    """What else belongs to the id: the role of all enrolments in the file, as the other format's column has it."""


SOURCES: tuple[IdSource, ...] = (
    # SDS V1
    IdSource("Student.csv", "people", ("SIS ID",), role="students"),
    IdSource("Teacher.csv", "people", ("SIS ID",), role="teachers"),
    IdSource("School.csv", "orgs", ("SIS ID",)),
    IdSource("Section.csv", "classes", ("SIS ID",)),
    IdSource("StudentEnrollment.csv", "enrollments", ("Section SIS ID", "SIS ID"), also=b"student"),
    IdSource("TeacherRoster.csv", "enrollments", ("Section SIS ID", "SIS ID"), also=b"teacher"),
    # SDS V2.1
    IdSource("users.csv", "people", ("sourcedId",)),
    IdSource("roles.csv", "people", ("userSourcedId",), roles="role"),
    IdSource("orgs.csv", "orgs", ("sourcedId",)),
    IdSource("classes.csv", "classes", ("sourcedId",)),
    IdSource("enrollments.csv", "enrollments", ("classSourcedId", "userSourcedId", "role")),
)
BY_FILE = {source.file: source for source in SOURCES}

ROLES: dict[bytes, RemovedRole] = {b"student": "students", b"teacher": "teachers"}
"""The roles of SDS V2.1 that are told apart, in lower case. Whoever has several is what comes first here; whoever has
none of them is one of the others."""


def kinds_of(limits: dict[str, float]) -> tuple[RemovedKind, ...]:
    """The kinds that are remembered: enrolments, which are many, only where their limit is below 100."""
    return tuple(kind for kind in KINDS if kind != "enrollments" or limits[kind] < 100)
