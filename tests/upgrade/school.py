"""A small invented school: one whole set a night, each file of which differs from last night's."""

FILES = ("School.csv", "Section.csv", "Student.csv", "Teacher.csv", "StudentEnrollment.csv", "TeacherRoster.csv")


def night(number: int) -> dict[str, bytes]:
    """The set of a night, file name to bytes. A pupil and a teacher come in every night; nobody leaves."""
    pupils = range(1, 4 + number)
    teachers = range(1, 2 + number)
    lines = {
        "School.csv": ["SIS ID,Name", f"1,Oak School {number}"],
        "Section.csv": ["SIS ID,School SIS ID,Section Name", f"10,1,Mathematics {number}"],
        "Student.csv": [
            "SIS ID,School SIS ID,Username,First Name,Last Name",
            *(f"{100 + n},1,pupil{n},Pupil,Invented" for n in pupils),
        ],
        "Teacher.csv": [
            "SIS ID,School SIS ID,Username,First Name,Last Name",
            *(f"{900 + n},1,teacher{n},Teacher,Invented" for n in teachers),
        ],
        "StudentEnrollment.csv": ["Section SIS ID,SIS ID", *(f"10,{100 + n}" for n in pupils)],
        "TeacherRoster.csv": ["Section SIS ID,SIS ID", *(f"10,{900 + n}" for n in teachers)],
    }
    return {name: "".join(f"{line}\r\n" for line in lines[name]).encode() for name in FILES}


def night_of(files: dict[str, bytes]) -> int | None:
    """The night whose whole set this is, None if it is no one night's."""
    return next((number for number in range(10) if files == night(number)), None)
