"""The six files of SDS V1. Column names: learn.microsoft.com/schooldatasync/sds-v1-csv-file-format."""

from collections.abc import Iterable

from . import people
from .people import Names, pick
from .plan import Plan
from .tables import Column, Table, table


def school_id(n: int) -> str:
    return str(101 + n)


def section_id(n: int) -> str:
    return f"4{n:06}"


def student_id(n: int) -> str:
    return f"2{n:06}"


def teacher_id(n: int) -> str:
    return f"7{n:06}"


def grade(n: int) -> int:
    return n * 5 % 12 + 1


def description(n: int, length: int) -> str:
    text = f'Our course book: "{pick(people.COURSES, n)[0]}". '
    return text + people.filler(max(length - len(text), 40)).rstrip()


def school_name(n: int) -> str:
    name = pick(people.SCHOOLS, n)
    return name if n < len(people.SCHOOLS) else f"{name} No. {n // len(people.SCHOOLS) + 1}"


def section_name(n: int) -> str:
    return f"{pick(people.COURSES, n)[0]}, group {n + 1}"


def v1_tables(plan: Plan) -> Iterable[Table]:
    """The set's files in the order of the format, each streamed."""
    students, teachers = Names(plan.seed, "students"), Names(plan.seed, "teachers")

    def home(n: int) -> str:
        return school_id(n % plan.schools)

    school: list[Column] = [
        ("SIS ID", True, school_id),
        ("Name", True, school_name),
        ("School Number", False, lambda n: f"{n + 1:03}"),
        ("State ID", False, lambda n: f"ZZ-{n + 1:03}"),
        ("Grade Low", False, lambda _: "01"),
        ("Grade High", False, lambda _: "12"),
        ("Principal SIS ID", False, teacher_id),  # teacher n is always one of school n
        ("Principal Name", False, lambda n: f"{teachers.given(n)} {teachers.family(n)}"),
        ("Principal Secondary Email", False, lambda n: f"head{n + 1}@example.org"),
        ("Address", False, lambda n: f"{n + 1} Invented Lane, Building B"),
        ("City", False, lambda _: "Nowhere-on-Sea"),
        ("State", False, lambda _: "ZZ"),
        ("Country", False, lambda _: "Utopia"),
        ("Zip", False, lambda n: f"{n % 100000:05}"),
        ("Phone", False, people.phone),
        ("Zone", False, lambda _: "North"),
    ]
    section: list[Column] = [
        ("SIS ID", True, section_id),
        ("School SIS ID", True, home),
        ("Section Name", True, section_name),
        ("Section Number", False, lambda n: str(n + 1)),
        ("Term SIS ID", False, lambda _: "2026"),
        ("Term Name", False, lambda _: "School year 2026/27"),
        ("Term StartDate", False, lambda _: "2026-08-17"),
        ("Term EndDate", False, lambda _: "2027-06-25"),
        ("Course SIS ID", False, lambda n: f"C{n % len(people.COURSES) + 1}"),
        ("Course Name", False, lambda n: pick(people.COURSES, n)[0]),
        ("Course Number", False, lambda n: str(100 + n % len(people.COURSES))),
        ("Course Description", False, lambda n: description(n, plan.padding)),
        ("Course Subject", False, lambda n: pick(people.COURSES, n)[1]),
        ("Periods", False, lambda n: str(n % 8 + 1)),
        ("Status", False, lambda _: "Active"),
    ]
    student: list[Column] = [
        ("SIS ID", True, student_id),
        ("School SIS ID", True, home),
        ("Username", True, lambda n: f"s{n + 100001}"),
        ("First Name", False, students.given),
        ("Last Name", False, students.family),
        ("State ID", False, lambda n: f"ZZ{n + 1:07}"),
        ("Secondary Email", False, lambda n: f"s{n + 100001}@example.org"),
        ("Student Number", False, lambda n: str(n + 1)),
        ("Middle Name", False, students.middle),
        ("Grade", False, lambda n: f"{grade(n):02}"),
        ("Status", False, lambda _: "Active"),
        ("Birthdate", False, lambda n: f"{2020 - grade(n)}-{n % 12 + 1:02}-{n % 28 + 1:02}"),
        ("Graduation Year", False, lambda n: str(2039 - grade(n))),
    ]
    teacher: list[Column] = [
        ("SIS ID", True, teacher_id),
        ("School SIS ID", True, home),
        ("Username", True, lambda n: f"t{n + 100001}"),
        ("First Name", False, teachers.given),
        ("Last Name", False, teachers.family),
        ("State ID", False, lambda n: f"ZT{n + 1:07}"),
        ("Teacher Number", False, lambda n: str(n + 1)),
        ("Status", False, lambda _: "Active"),
        ("Middle Name", False, teachers.middle),
        ("Secondary Email", False, lambda n: f"t{n + 100001}@example.org"),
        ("Title", False, lambda n: pick(people.TITLES, n)),
        ("Qualification", False, lambda _: "Certified"),
    ]
    yield table("School.csv", school, plan.schools, full=plan.full)
    yield table("Section.csv", section, plan.sections, full=plan.full)
    yield table("Student.csv", student, plan.students, full=plan.full)
    yield table("Teacher.csv", teacher, plan.teachers, full=plan.full)
    pair = ("Section SIS ID", "SIS ID")
    yield Table("StudentEnrollment.csv", pair, ((section_id(s), student_id(n)) for s, n in plan.enrolled()))
    yield Table("TeacherRoster.csv", pair, ((section_id(s), teacher_id(n)) for s, n in plan.rostered()))
