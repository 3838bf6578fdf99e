"""The files of SDS V2.1. Column names: learn.microsoft.com/schooldatasync/sds-v2.1-csv-file-format."""

from collections.abc import Iterable

from . import people
from .people import Names, pick
from .plan import Plan
from .tables import Column, Table, table
from .v1 import grade, school_id, school_name, section_id, section_name, student_id, teacher_id

_DISTRICT = "100"
_DOMAIN = "rosterdrop.example"


def v21_tables(plan: Plan) -> Iterable[Table]:
    """The set's files, each streamed: five, and with all columns the sessions and courses they name."""
    students, teachers = Names(plan.seed, "students"), Names(plan.seed, "teachers")
    pupils = plan.students  # users and roles: students first, then teachers

    def person(n: int) -> str:
        return student_id(n) if n < pupils else teacher_id(n - pupils)

    def username(n: int) -> str:
        return f"s{n + 100001}@{_DOMAIN}" if n < pupils else f"t{n - pupils + 100001}@{_DOMAIN}"

    def named(part: str, n: int) -> str:
        names, number = (students, n) if n < pupils else (teachers, n - pupils)
        return names.given(number) if part == "given" else names.family(number)

    def home(n: int) -> str:
        return school_id((n if n < pupils else n - pupils) % plan.schools)

    orgs: list[Column] = [
        ("sourcedId", True, lambda n: school_id(n - 1) if n else _DISTRICT),
        ("name", True, lambda n: school_name(n - 1) if n else "Invented District"),
        ("type", True, lambda n: "school" if n else "district"),
        ("parentSourcedId", False, lambda n: _DISTRICT if n else ""),
    ]
    users: list[Column] = [
        ("sourcedId", True, person),
        ("username", True, username),
        ("givenName", False, lambda n: named("given", n)),
        ("familyName", False, lambda n: named("family", n)),
        ("activeDirectoryMatchId", False, lambda _: ""),
        ("email", False, username),
        ("phone", False, people.phone),
        ("sms", False, lambda _: ""),
    ]
    roles: list[Column] = [
        ("userSourcedId", True, person),
        ("orgSourcedId", True, home),
        ("role", True, lambda n: "student" if n < pupils else "teacher"),
        ("sessionSourcedId", False, lambda _: "2026"),
        ("grade", False, lambda n: f"{grade(n):02}" if n < pupils else ""),
        ("isPrimary", False, lambda _: "true"),
        ("roleStartDate", False, lambda _: "2026-08-17"),
        ("roleEndDate", False, lambda _: "2027-06-25"),
    ]
    classes: list[Column] = [
        ("sourcedId", True, section_id),
        ("orgSourcedId", True, lambda n: school_id(n % plan.schools)),
        ("title", True, section_name),
        ("sessionSourcedIds", False, lambda n: "2026" if n % 3 else "2026,2026H1"),
        ("courseSourcedId", False, lambda n: f"C{n % len(people.COURSES) + 1}"),
    ]
    courses: list[Column] = [
        ("sourcedId", True, lambda n: f"C{n + 1}"),
        ("orgSourcedId", True, lambda _: _DISTRICT),
        ("title", True, lambda n: pick(people.COURSES, n)[0]),
        ("code", False, lambda n: str(100 + n)),
        ("schoolYearSourcedId", False, lambda _: "2026"),
        ("subject", False, lambda n: pick(people.COURSES, n)[1]),
        ("grade", False, lambda n: f"{grade(n):02}"),
    ]
    yield table("orgs.csv", orgs, plan.schools + 1, full=plan.full)
    yield table("users.csv", users, plan.students + plan.teachers, full=plan.full)
    yield table("roles.csv", roles, plan.students + plan.teachers, full=plan.full)
    yield table("classes.csv", classes, plan.sections, full=plan.full)
    yield Table("enrollments.csv", ("classSourcedId", "userSourcedId", "role"), _enrollments(plan))
    if plan.full:
        yield table("courses.csv", courses, len(people.COURSES), full=True)
        yield Table(
            "academicSessions.csv",
            ("sourcedId", "title", "type", "schoolYear", "startDate", "endDate"),
            (
                ("2026", "School year 2026/27", "schoolYear", "2026", "2026-08-17", "2027-06-25"),
                ("2026H1", "Autumn", "semester", "2026", "2026-08-17", "2027-01-29"),
            ),
        )


def _enrollments(plan: Plan) -> Iterable[tuple[str, str, str]]:
    for section, student in plan.enrolled():
        yield section_id(section), student_id(student), "student"
    for section, teacher in plan.rostered():
        yield section_id(section), teacher_id(teacher), "teacher"
