"""More of what exports of real systems look like: what schools do between two exports, and to the files themselves."""

from shared.verification.model import (
    BEHIND,
    BROKEN_QUOTES,
    FRONT,
    GLUED,
    HARDLY,
    PARTED_NAME,
    REST,
    SAME_PEOPLE,
    SAME_TABLE,
    SEMICOLONS,
    TWO_ROWS,
)
from tests.verification.exports import V1, V21, Data, Export, appended, column, rows, text
from tests.verification.sets import Files

AROUND = "marks or brackets around or behind the names"
EXPONENT = "an exponent (as in 9.9E+15)"


def _long_ids(files: Files) -> Data:
    """Ids of twelve digits, which a spreadsheet has shortened in one file."""
    for name, at in (("Student.csv", 0), ("GuardianRelationship.csv", 0), ("StudentEnrollment.csv", 1)):
        for row in files[name][1:]:
            row[at] = "70000050" + row[at].removeprefix("p")
    for row in files["StudentEnrollment.csv"][1:]:
        row[:] = ["c1000", "7.00E+11"]
    return rows(files)


def _parted(*numbers: int) -> Data | object:
    """A line break in the first name of some students, without quotation marks around it."""

    def change(data: bytes) -> bytes:
        lines = data.split(b"\r\n")
        for number in numbers:
            cells = lines[number].split(b",")
            lines[number] = b",".join(cells[:4]) + b"\r\nMary," + b",".join(cells[4:])
        return b"\r\n".join(lines)

    return text("Student.csv", change)


def _teachers_as_students(files: Files) -> Data:
    """The teachers once more, in place of the students."""
    files["Student.csv"] = [row[:5] for row in files["Teacher.csv"]]
    return rows(files)


def _units(data: bytes) -> bytes:
    return data.replace(b"Birthdate", b"Birthdate (YYYY-MM-DD)").replace(b",Grade,", b",Grade [01-12],")


def _marked(data: bytes, mark: str) -> bytes:
    head, _, rest = data.partition(b"\r\n")
    before, _, after = mark.encode().partition(b"*")
    return b",".join(before + name + after for name in head.split(b",")) + b"\r\n" + rest


def _reordered(files: Files) -> Data:
    """A second export behind the first, with its columns in another order."""
    files["School.csv"] += [["Name", "SIS ID", *row[2:]] if row[0] == "SIS ID" else row for row in files["School.csv"]]
    return rows(files)


SCHOOLS = [
    *(
        Export(
            f"a header row with a quotation mark in the wrong place: {name}",
            format_,
            text(name, change),
            {(name, "noHeader", BROKEN_QUOTES)},
            ("nothing between them and the comma",),
        )
        for format_, name, change in (
            (V1, "Student.csv", lambda data: b'"' + data.replace(b",", b'", "').replace(b"\r\n", b'"\r\n"')),
            (V1, "Section.csv", lambda data: data.replace(b"SIS ID", b'"SIS" ID', 1)),
            (V21, "users.csv", lambda data: data.replace(b"username", b' "username"', 1)),
        )
    ),
    Export(
        "a spreadsheet's delimiters behind every row",
        V1,
        text("StudentEnrollment.csv", lambda data: data.replace(b"\r\n", b";;;\r\n")),
        {("StudentEnrollment.csv", "noHeader", SEMICOLONS)},
        ("without opening and saving it",),
    ),
    Export(
        "rows that are the same because their ids were shortened",
        V1,
        _long_ids,
        {("StudentEnrollment.csv", "reference", EXPONENT)},
        never=("Nothing is lost", "emove the rows"),
    ),
    Export(
        "line breaks of a memo field, without quotation marks",
        V1,
        _parted(14, 18, 22),  # type: ignore[arg-type]
        {("Student.csv", "noRecord", REST)},
        ("A line break in a cell has parted a row",),
        never=("Add what is missing",),
    ),
    *(
        Export(
            f"a file put behind one without a last line end: {name}",
            format_,
            text(name, lambda data: data.removesuffix(b"\r\n") + data.partition(b"\r\n")[0] + b"\r\n"),
            {(name, "repeatedHeader", GLUED)},
            ("put a line break after that row",),
        )
        for format_, name in ((V1, "Student.csv"), (V1, "TeacherRoster.csv"), (V21, "roles.csv"))
    ),
    Export(
        "a second export with its columns in another order",
        V1,
        _reordered,
        {("School.csv", "secondTable", SAME_TABLE)},
        ("let the export write all rows under one header row",),
    ),
    Export(
        "a unit or a form in the names of columns",
        V1,
        text("Student.csv", _units),
        {("Student.csv", "headerStyle", AROUND)},
        ("Name them exactly so: Grade, Birthdate.",),
    ),
    Export(
        "a unit in the name of one column",
        V1,
        text("Student.csv", lambda data: data.replace(b",Grade,", b",Grade (01-12),")),
        {("Student.csv", "nearColumn", "")},
        ("Did you mean “Grade”?",),
    ),
    *(
        Export(
            f"marks around the names of columns: {mark}",
            V1,
            text("School.csv", lambda data, mark=mark: _marked(data, mark)),
            {("School.csv", "headerStyle", AROUND)},
            ("Name them exactly so: SIS ID, Name,",),
        )
        for mark in ("`*`", "[*]", "* (required)", "**")
    ),
    Export(
        "a line break in a column name",
        V1,
        text("Student.csv", lambda data: data.replace(b"SIS ID", b'"SIS\r\nID"', 1)),
        {("Student.csv", "noHeader", PARTED_NAME)},
        never=("Remove it",),
    ),
    Export(
        "a name of another language among those of the format",
        V1,
        text("Student.csv", lambda data: data.replace(b"Username", b"Gebruikersnaam", 1)),
        {("Student.csv", "missingColumn", ""), ("Student.csv", "unknownColumn", "")},
        ("Is it “Gebruikersnaam”, which the format doesn't have?",),
    ),
    Export(
        "two rows on one line",
        V1,
        text("Student.csv", lambda data: data.replace(b"\r\np1020", b"p1020", 1)),
        {("Student.csv", "columnCount", TWO_ROWS)},
        ("Put a line end between them",),
        never=("quotation marks",),
    ),
    Export(
        "marks of a merge that was not finished",
        V1,
        appended("School.csv", "<<<<<<< HEAD", "=======", ">>>>>>> export"),
        {("School.csv", "noRecord", "a mark of a merge that was not finished")},
    ),
    Export(
        "the teachers in place of the students",
        V1,
        _teachers_as_students,
        {
            ("Teacher.csv", "sharedId", SAME_PEOPLE),
            ("StudentEnrollment.csv", "reference", HARDLY),
            ("GuardianRelationship.csv", "reference", HARDLY),
        },
        ("may have been exported in place of the other",),
    ),
    *(
        Export(
            f"ids with more to them in one file: {value}",
            V1,
            column("StudentEnrollment.csv", "SIS ID", lambda id_, value=value: value.replace("*", id_)),
            {("StudentEnrollment.csv", "reference", shape)},
            ("Write it in the same way in both files",),
        )
        for value, shape in (("S*", FRONT), ("98*", FRONT), ("*@x", BEHIND), ("*00", BEHIND))
    ),
    *(
        Export(
            f"ids with less to them in the files that refer to them: {value}",
            V1,
            column("School.csv", "SIS ID", lambda id_, value=value: value.replace("*", id_)),
            {(name, "reference", shape) for name in ("Section.csv", "Student.csv", "Teacher.csv")},
            ("Write it in the same way in both files",),
        )
        for value, shape in (("N-*", FRONT), ("*A", BEHIND))
    ),
    Export(
        "ids of people who left, like the ends of others",
        V1,
        lambda files: rows(
            files
            | {
                "Student.csv": [
                    [f"9{row[0][1:]}", *row[1:]] if row[0] in ("p1002", "p1005") else row
                    for row in files["Student.csv"]
                ]
            }
        ),
        {("StudentEnrollment.csv", "reference", ""), ("GuardianRelationship.csv", "reference", "")},
        ("Add what is missing",),
    ),
    Export(
        "grades that are decimal numbers",
        V21,
        column("roles.csv", "grade", lambda _: "9.0"),
        {("roles.csv", "value", "")},
        ("without the .0 behind it",),
    ),
]
