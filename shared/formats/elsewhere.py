"""What other products call a column: for advice alone. In small letters, without blanks and punctuation."""

from .model import FileSpec

_MAIL = ("email", "emailaddress", "useremail", "mail", "login", "loginid", "upn", "userprincipalname", "userid")
_OWN = ("{}id", "{}number", "id", "personid", "localid", "uniqueid", "identifier")
ELSEWHERE: dict[str, tuple[str, ...]] = {
    "SIS ID": ("{}sisid", *_OWN),
    "School SIS ID": ("schoolid", "schoolnumber", "schoolcode", "campusid"),
    "Section SIS ID": ("sectionid", "classid", "courseid", "sectionnumber"),
    "Username": _MAIL,
    "Name": ("schoolname", "sitename", "campusname"),
    "Section Name": ("classname", "coursename", "title", "sectiontitle"),
    "sourcedId": ("sisid", *_OWN),
    "username": _MAIL,
    "userSourcedId": ("userid", "studentid", "personid", "studentsourcedid", "sisid"),
    "orgSourcedId": ("orgid", "schoolid", "schoolsourcedid", "schoolsisid"),
    "classSourcedId": ("classid", "sectionid", "sectionsourcedid", "sectionsisid"),
    "First Name": ("givenname", "forename", "firstname"),
    "Last Name": ("familyname", "surname", "lastname"),
    "Grade": ("gradelevel", "yeargroup", "yearlevel"),
    "Term StartDate": ("begindate", "startdate", "termstart"),
    "Term EndDate": ("enddate", "termend"),
    "sessionSourcedId": ("termsourcedid", "academicsessionsourcedid", "termid", "sessionid"),
    "sessionSourcedIds": ("termsourcedids", "termsourcedid", "academicsessionsourcedids", "termid", "sessionids"),
    "startDate": ("begindate", "termstart"),
    "endDate": ("finishdate", "termend"),
    "roleStartDate": ("begindate", "startdate"),
    "roleEndDate": ("enddate", "finishdate"),
    "phone": ("telephone", "mobile", "phonenumber", "tel"),
    "Phone": ("telephone", "mobile", "phonenumber", "tel"),
    "grade": ("gradelevel", "yeargroup", "grades", "yearlevel"),
    "givenName": ("firstname", "forename"),
    "familyName": ("lastname", "surname"),
    "title": ("classname", "sectionname", "classtitle", "name"),
    "name": ("orgname", "schoolname"),
}
"""By the format's name; `{}` is what the file is about."""


def names_elsewhere(column: str, spec: FileSpec) -> tuple[str, ...]:
    """What a column of a file is called elsewhere, the likeliest first."""
    about = spec.name.lower().removesuffix(".csv").removesuffix("enrollment").removesuffix("roster")
    about = {"classes": "class", "guardianrelationship": "student"}.get(about, about.removesuffix("s"))
    return tuple(name.format(about) for name in ELSEWHERE.get(column, ()))
