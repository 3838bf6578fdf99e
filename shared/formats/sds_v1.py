"""SDS V1 as a table. Source: learn.microsoft.com/schooldatasync/sds-v1-csv-file-format, Microsoft's samples.

`aliases` are the headers of SDS V1 for the UK (uk-school-data-sync-format-csv-files-for-sds).
"""

from msgspec.structs import replace

from .model import Column, FileSpec, Format, Kind
from .values import GRADE_V1, RELATIONSHIP_ROLE, SUBJECT_V1

_NAME = 64  # Entra's givenName and surname
_DISPLAY = 256  # Entra's displayName


def _plain(*names: str) -> tuple[Column, ...]:
    return tuple(Column(name) for name in names)


_SCHOOL_OF = Column(
    "School SIS ID",
    required=True,
    refers=("School.csv", "SIS ID"),
    aliases=("School DfE Number", "School Dfe Number"),
)
_PERSON = (
    Column("SIS ID", required=True, unique=True, aliases=("ID",)),
    _SCHOOL_OF,
    Column("Username", required=True, unique=True, kind=Kind.USERNAME),
    Column("First Name", limit=_NAME),
    Column("Last Name", limit=_NAME),
    Column("Password", secret=True),
    *_plain("State ID", "Secondary Email", "Middle Name", "Status"),
    Column("Grade", values=GRADE_V1),
)
_SECTION_OF = Column("Section SIS ID", required=True, refers=("Section.csv", "SIS ID"), aliases=("Section ID",))
_LEGACY = tuple(
    Column(f"{kind} {part}")
    for kind in ("Mailing", "Residence")
    for part in ("Address", "City", "State", "Zip", "Latitude", "Longitude", "Country")
)


def _apart(column: Column) -> Column:
    """The column of Teacher.csv: no teacher has the id or the user name of a student."""
    return replace(column, apart=("Student.csv", column.name)) if column.unique else column


def _of(file: str) -> Column:
    return Column("SIS ID", required=True, refers=(file, "SIS ID"), aliases=("ID",))


SDS_V1 = Format(
    "sdsV1",
    "SDS V1",
    (
        FileSpec(
            "School.csv",
            required=True,
            usual=True,
            columns=(
                Column("SIS ID", required=True, unique=True, aliases=("DfE Number", "Dfe Number")),
                Column("Name", required=True, limit=_DISPLAY),
                *_plain("School Number", "School NCES_ID", "State ID"),
                Column("Grade Low", values=GRADE_V1),
                Column("Grade High", values=GRADE_V1),
                *_plain("Principal SIS ID", "Principal Name", "Principal Secondary Email"),
                *_plain("Address", "City", "State", "Country"),
                Column("Zip", aliases=("Postal Code",)),
                *_plain("Phone", "Zone"),
            ),
        ),
        FileSpec(
            "Section.csv",
            usual=True,
            columns=(
                Column("SIS ID", required=True, unique=True, kind=Kind.MAILNAME, aliases=("ID",)),
                _SCHOOL_OF,
                Column("Section Name", required=True, limit=_DISPLAY),
                *_plain("Section Number", "Term SIS ID", "Term Name"),
                Column("Term StartDate", kind=Kind.DATE),
                Column("Term EndDate", kind=Kind.DATE),
                *_plain("Course SIS ID", "Course Name", "Course Number", "Course Description"),
                Column("Course Subject", values=SUBJECT_V1),
                *_plain("Periods", "Status"),
            ),
            periods=(("Term StartDate", "Term EndDate"),),
        ),
        FileSpec(
            "Student.csv",
            required=True,
            usual=True,
            people=True,
            row_for_each="School SIS ID",
            columns=(
                *_PERSON,
                Column("Student Number"),
                Column("Birthdate", kind=Kind.DATE),
                Column("Graduation Year", kind=Kind.YEAR),
                *_LEGACY,
                *_plain("Gender", "ELL Status", "FederalRace"),
            ),
        ),
        FileSpec(
            "Teacher.csv",
            required=True,
            usual=True,
            people=True,
            row_for_each="School SIS ID",
            columns=(*map(_apart, _PERSON), *_plain("Teacher Number", "Title", "Qualification")),
        ),
        FileSpec(
            "StudentEnrollment.csv",
            usual=True,
            columns=(_SECTION_OF, _of("Student.csv")),
            unique=("Section SIS ID", "SIS ID"),
        ),
        FileSpec(
            "TeacherRoster.csv",
            usual=True,
            columns=(_SECTION_OF, _of("Teacher.csv")),
            unique=("Section SIS ID", "SIS ID"),
        ),
        FileSpec(
            "User.csv",
            columns=(
                Column("Email", required=True, unique=True, kind=Kind.EMAIL),
                Column("First Name", required=True, limit=_NAME),
                Column("Last Name", required=True, limit=_NAME),
                Column("Phone", header=True, kind=Kind.PHONE),
                Column("SIS ID", header=True),
            ),
        ),
        FileSpec(
            "GuardianRelationship.csv",
            columns=(
                Column("SIS ID", required=True, refers=("Student.csv", "SIS ID"), alone=True, aliases=("ID",)),
                Column("Email", required=True, kind=Kind.EMAIL, refers=("User.csv", "Email")),
                Column("Role", header=True, values=RELATIONSHIP_ROLE),
            ),
        ),
    ),
    any_case=True,
    together=(
        ("Section.csv", "StudentEnrollment.csv", "TeacherRoster.csv"),
        ("User.csv", "GuardianRelationship.csv"),
    ),
    american_dates=True,
)
