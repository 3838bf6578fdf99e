"""SDS V2.1 as a table. Source: learn.microsoft.com/schooldatasync/sds-v2.1-csv-file-format and its classic twin."""

from .model import Column, FileSpec, Format, Kind
from .values import (
    ENROLLMENT_ROLE,
    ETHNICITY,
    GRADE,
    ORG_ROLE,
    ORG_TYPE,
    RACE,
    RELATIONSHIP_ROLE,
    SESSION_TYPE,
    SEX,
    SUBJECT,
    USER_FLAG,
)

_ORG = ("orgs.csv", "sourcedId")
_USER = ("users.csv", "sourcedId")
_SESSION = ("academicSessions.csv", "sourcedId")
_NAME = 64  # Entra's givenName and surname
_DISPLAY = 256  # Entra's displayName
_ID = Column("sourcedId", required=True, unique=True)
_USER_OF = Column("userSourcedId", required=True, refers=_USER)
_ORG_OF = Column("orgSourcedId", required=True, refers=_ORG)

SDS_V21 = Format(
    "sdsV2.1",
    "SDS V2.1",
    (
        FileSpec(
            "orgs.csv",
            required=True,
            usual=True,
            columns=(
                _ID,
                Column("name", required=True, limit=_DISPLAY),
                Column("type", required=True, values=ORG_TYPE),
                Column("parentSourcedId", refers=_ORG),
            ),
        ),
        FileSpec(
            "users.csv",
            required=True,
            usual=True,
            people=True,
            columns=(
                _ID,
                Column("username", required=True, unique=True, kind=Kind.ADDRESS),
                Column("givenName", limit=_NAME),
                Column("familyName", limit=_NAME),
                Column("password", documented=False, secret=True),
                Column("activeDirectoryMatchId"),
                Column("email", kind=Kind.EMAIL),
                Column("phone", kind=Kind.PHONE),
                Column("sms", kind=Kind.PHONE),
            ),
        ),
        FileSpec(
            "roles.csv",
            required=True,
            usual=True,
            columns=(
                _USER_OF,
                _ORG_OF,
                Column("role", required=True, values=ORG_ROLE),
                Column("sessionSourcedId", refers=_SESSION),
                Column("grade", values=GRADE),
                Column("isPrimary", kind=Kind.BOOLEAN),
                Column("roleStartDate", kind=Kind.DATE),
                Column("roleEndDate", kind=Kind.DATE),
            ),
            periods=(("roleStartDate", "roleEndDate"),),
        ),
        FileSpec(
            "classes.csv",
            usual=True,
            columns=(
                _ID,
                _ORG_OF,
                Column("title", required=True, limit=_DISPLAY),
                Column("sessionSourcedIds", refers=_SESSION, many=True),
                Column("courseSourcedId", refers=("courses.csv", "sourcedId")),
                Column("code", documented=False),
            ),
        ),
        FileSpec(
            "enrollments.csv",
            usual=True,
            columns=(
                Column("classSourcedId", required=True, refers=("classes.csv", "sourcedId")),
                _USER_OF,
                Column("role", required=True, values=ENROLLMENT_ROLE),
            ),
            unique=("classSourcedId", "userSourcedId", "role"),
        ),
        FileSpec(
            "academicSessions.csv",
            columns=(
                _ID,
                Column("title", required=True),
                Column("type", required=True, values=SESSION_TYPE),
                Column("schoolYear", required=True, kind=Kind.YEAR),
                Column("startDate", required=True, kind=Kind.DATE),
                Column("endDate", required=True, kind=Kind.DATE),
            ),
            periods=(("startDate", "endDate"),),
        ),
        FileSpec(
            "courses.csv",
            columns=(
                _ID,
                _ORG_OF,
                Column("title", required=True),
                Column("code"),
                Column("schoolYearSourcedId", refers=_SESSION),
                Column("subject", values=SUBJECT, many=True),
                Column("grade", values=GRADE, many=True),
            ),
        ),
        FileSpec(
            "demographics.csv",
            columns=(
                Column("userSourcedId", required=True, unique=True, refers=_USER),
                Column("sex", values=SEX),
                Column("birthDate", kind=Kind.DATE),
                Column("birthCity"),
                Column("birthState"),
                Column("birthCountry"),
                Column("ethnicityCodes", values=ETHNICITY, many=True),
                Column("raceCodes", values=RACE, many=True),
            ),
        ),
        FileSpec(
            "userFlags.csv",
            columns=(_USER_OF, Column("flag", required=True, values=USER_FLAG)),
            unique=("userSourcedId", "flag"),
        ),
        FileSpec(
            "relationships.csv",
            columns=(
                _USER_OF,
                Column("relationshipUserSourcedId", required=True, refers=_USER),
                Column("relationshipRole", required=True, values=RELATIONSHIP_ROLE),
            ),
            contacts="relationshipUserSourcedId",
        ),
    ),
    any_case=False,
    all_headers=True,
    together=(("classes.csv", "enrollments.csv"),),
)
