"""Formats that are recognised in order to be refused: by their columns, or by names that only they have."""

from collections.abc import Collection, Mapping, Sequence

import msgspec


class Refused(msgspec.Struct, frozen=True):
    """A format that is recognised and not taken. `advice` says what to do instead."""

    title: str
    advice: str

    @property
    def says(self) -> str:
        """What it is, and what to do, in full sentences."""
        return f"This is {self.title}. {self.advice}"


CLEVER = Refused(
    "Clever",
    "School Data Sync no longer takes Clever's files. Export SDS V2.1 or SDS V1 files from your school's "
    "system instead.",
)
ONEROSTER = Refused(
    "OneRoster",
    "School Data Sync takes no OneRoster files as they are. Export SDS V2.1 files, or convert the set to "
    "SDS V2.1 first (drop status and dateLastModified, put the roles of users.csv in a roles.csv).",
)
ONEROSTER_FILE = Refused(
    "OneRoster",
    "School Data Sync takes no OneRoster files as they are. Export SDS V2.1 for this one, too (without status and "
    "dateLastModified), or leave it out if the set can do without it.",
)
SDS_V2 = Refused(
    "SDS V2",
    "SDS V2 was retired in May 2022. Export SDS V2.1: users.csv without orgSourcedIds, role and grade, and a "
    "roles.csv with one row for each user, organisation and role.",
)
UK = Refused(
    "SDS V1 for the UK",
    "Only the classic service takes the UK headers. Use SDS_API=classic, or name the columns as SDS V1 does: "
    "SIS ID, School SIS ID, Section SIS ID, Zip.",
)

APPLE = Refused(
    "Apple School Manager",
    "School Data Sync takes none of Apple's files. Export SDS V2.1 or SDS V1 files from your school's system instead.",
)

_APPLE_NAMES = frozenset({"students.csv", "staff.csv", "locations.csv", "rosters.csv"})
_CLEVER_NAMES = frozenset({"schools.csv", "students.csv", "teachers.csv", "sections.csv", "enrollments.csv"})
_CLEVER_COLUMNS = frozenset({"school_id", "student_id", "teacher_id", "section_id"})
_ONEROSTER_NAME = "manifest.csv"


def is_oneroster(columns: Collection[str]) -> bool:
    """A header row is OneRoster's, or has columns that only that has."""
    return "sourcedId" in columns and "dateLastModified" in columns


def by_columns(columns: Collection[str]) -> Refused | None:
    """The format that a header row is of, None if it is none of these."""
    if is_oneroster(columns):
        return ONEROSTER
    if len(_CLEVER_COLUMNS & {column.strip().lower() for column in columns}) > 1:
        return CLEVER
    return None


def by_names(names: Collection[str]) -> Refused | None:
    """The format that only has files of these names, None if they may be of another.

    Two plurals prove nothing (`students.csv` is a near miss of Student.csv as well): all five files of Clever do.
    SDS V2 is not among them: by its names it is an SDS V2.1 set that lacks roles.csv. Its users.csv tells them apart.
    """
    present = {name.lower() for name in names}
    if present >= _APPLE_NAMES:
        return APPLE
    if present >= _CLEVER_NAMES:
        return CLEVER
    return ONEROSTER if _ONEROSTER_NAME in present else None


def recognised(names: Collection[str], headers: Mapping[str, Sequence[str]]) -> Refused | None:
    """The format that a set without a whole set of ours is: by the columns of its files, as far as known, or names."""
    found = (refused for columns in headers.values() if (refused := by_columns(columns)))
    return next(found, None) or by_names(names)
