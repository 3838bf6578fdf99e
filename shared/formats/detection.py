"""Which format a set of files is, by name."""

from collections.abc import Iterable

import msgspec

from .model import Format, Refused
from .sds_v1 import SDS_V1
from .sds_v21 import SDS_V21

FORMATS = (SDS_V1, SDS_V21)


class _Sign(msgspec.Struct, frozen=True):
    """A set that holds all of `present` (lower case) is that format."""

    format: Refused
    present: frozenset[str]


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

_SIGNS = (
    _Sign(ONEROSTER, frozenset({"manifest.csv"})),
    _Sign(CLEVER, frozenset({"schools.csv", "students.csv"})),
    _Sign(CLEVER, frozenset({"schools.csv", "teachers.csv"})),
    _Sign(CLEVER, frozenset({"students.csv", "sections.csv", "enrollments.csv"})),
)


def format_of(names: Iterable[str]) -> Format | None:
    """The one format that has a file for every name; None if there is none."""
    wanted = list(names)
    for candidate in FORMATS:
        if wanted and all(candidate.spec(name) for name in wanted):
            return candidate
    return None


def refused_format(names: Iterable[str]) -> Refused | None:
    """The format, known and not taken by SDS, that a set of file names belongs to; None if it isn't one.

    SDS V2 is not among them: by its names it is an SDS V2.1 set that lacks roles.csv. Its users.csv tells them apart.
    """
    present = {name.lower() for name in names}
    return next((sign.format for sign in _SIGNS if sign.present <= present), None)
