"""The lists of values that School Data Sync knows by default, and how sure each list is.

`certain` lists are documented, or taken by every public writer of the format; for the others only a part
is public. Sources: learn.microsoft.com/schooldatasync/default-list-of-values, parent-contact-sync-file-format,
Microsoft's sample files, public exporters.
"""

from msgspec.structs import replace

from .model import ValueList


def _list(name: str, text: str, *, certain: bool = True) -> ValueList:
    words = tuple(text.split())
    return ValueList(name, words, frozenset(map(str.lower, words)), certain)


_STAFF = """principal chair professor researcher adjunct affiliate occupationalTherapist physicalTherapist
speechTherapist visionTherapist paraprofessional specialServices advisor proctor nurse officeStaff lecturer
itAdmin administrator teacher faculty staff teacherAssistant assistant instructor substitute coach alumni"""

_SUBJECTS = """01 02 03 04 05 07 08 09 10 11 12 13 14 15 16 17 18 19 20 21 22 23 24
51037 52039 51999 54999 55199 57999 58999 09999 10999 11999 62999 13999 14999 65999 66999 67997 68999 69001
70999 71999 22999 72999 24039"""

_GRADES = """it pr pk tk kg 01 02 03 04 05 06 07 08 09 10 11 12 13 14 ps ug other ps1 ps2 ps3 ps4
undergraduate graduate postgraduate alumni adultEducation"""

ORG_TYPE = _list(
    "orgType",
    """school department district local state national departmentOfEducation ministryOfEducation
    university college campus adultEducation municipality academicTrust localAuthority region division
    province researchCenter program""",
)
ORG_ROLE = _list("orgRole", _STAFF + " student other")
ENROLLMENT_ROLE = _list("enrollmentRole", _STAFF + " student aid aide other")
GRADE = _list("grade", _GRADES, certain=False)
GRADE_V1 = replace(GRADE, industry_only=True)
SUBJECT = _list("subject", _SUBJECTS, certain=False)
SUBJECT_V1 = replace(SUBJECT, industry_only=True)
SESSION_TYPE = _list("sessionType", "schoolYear semester term gradingPeriod quarter")
RELATIONSHIP_ROLE = _list("relationshipRole", "parent relative aide doctor guardian child administrator other")
SEX = _list("sex", "male female notSelected other", certain=False)
RACE = _list(
    "race",
    """americanIndianOrAlaskaNative asian blackOrAfricanAmerican nativeHawaiianOrOtherPacificIslander
    white demographicRaceTwoOrMoreRaces""",
    certain=False,
)
ETHNICITY = _list("ethnicity", "hispanicOrLatinoEthnicity", certain=False)
USER_FLAG = _list("userFlag", "iep freeLunch reducedLunch 504 homeless giftedOrTalented ell migrant", certain=False)

LISTS = (
    ORG_TYPE,
    ORG_ROLE,
    ENROLLMENT_ROLE,
    GRADE,
    SUBJECT,
    SESSION_TYPE,
    RELATIONSHIP_ROLE,
    SEX,
    RACE,
    ETHNICITY,
    USER_FLAG,
)
