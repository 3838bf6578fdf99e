"""What exports of real systems look like: what is done to a clean set, and all that must be said of it."""

from collections.abc import Callable
from typing import NamedTuple

from tests.verification.sets import Files, encoded

V1, V21 = "sdsV1", "sdsV2.1"
Data = dict[str, bytes]

NARROW = "number signs in its place, from a column that was too narrow (####)"


class Export(NamedTuple):
    """`change` makes the files of it, of a clean set of `format`; `found` is by file, rule and shape."""

    name: str
    format: str
    change: Callable[[Files], Data]
    found: set[tuple[str | None, str, str]]
    words: tuple[str, ...] = ()
    """In what is said."""
    never: tuple[str, ...] = ("emove the rows", "keep one row")
    """In nothing of what is said, but after “don't”."""


def rows(files: Files) -> Data:
    return {name: encoded(some) for name, some in files.items()}


def text(name: str, change: Callable[[bytes], bytes]) -> Callable[[Files], Data]:
    """A change of one file as it is written."""
    return lambda files: rows(files) | {name: change(encoded(files[name]))}


def cells(*places: tuple[str, int, str, str]) -> Callable[[Files], Data]:
    """Cells by file, row (the header's being 0), column and new value."""

    def changed(files: Files) -> Data:
        for name, row, column, value in places:
            files[name][row][files[name][0].index(column)] = value
        return rows(files)

    return changed


def column(name: str, header: str, change: Callable[[str], str]) -> Callable[[Files], Data]:
    """A change of every cell of a column."""

    def changed(files: Files) -> Data:
        at = files[name][0].index(header)
        for row in files[name][1:]:
            row[at] = change(row[at])
        return rows(files)

    return changed


def appended(name: str, *lines: str) -> Callable[[Files], Data]:
    """Lines after the last one."""
    return text(name, lambda data: data + "".join(f"{line}\r\n" for line in lines).encode())


def _header(data: bytes) -> bytes:
    return data.partition(b"\r\n")[0]


def _rows_delimited(data: bytes) -> bytes:
    head, _, rest = data.partition(b"\r\n")
    return head + b"\r\n" + rest.replace(b",", b";")


def _decimal(files: Files) -> Data:
    for name, at, end in (
        ("Student.csv", 0, ""),
        ("GuardianRelationship.csv", 0, ""),
        ("StudentEnrollment.csv", 1, ".0"),
    ):
        for row in files[name][1:]:
            row[at] = row[at].removeprefix("p") + end
    return rows(files)


EXPORTS = [
    Export(
        "several files put together, each with its byte order mark",
        V1,
        text("Student.csv", lambda data: data + b"\xef\xbb\xbf" + _header(data) + b"\r\n"),
        {("Student.csv", "repeatedHeader", "")},
    ),
    *(
        Export(
            f"a last line: {line}",
            V1,
            appended(name, line),
            {(name, "noRecord", "a total, a date or an end mark of a report")},
        )
        for name, line in (
            ("Student.csv", "Summe: 24"),
            ("Student.csv", "Gesamt,,,,24"),
            ("Teacher.csv", "Totaal 24"),
            ("TeacherRoster.csv", "Total,24"),
            ("Section.csv", "Anzahl: 24"),
            ("School.csv", "Seite 1 von 1"),
        )
    ),
    Export(
        "a comment at the end",
        V1,
        appended("Student.csv", "# exported by a script on 2026-11-27"),
        {("Student.csv", "noRecord", "a comment")},
    ),
    Export(
        "a spool file with a page header and a footer after blank lines",
        V1,
        text("Teacher.csv", lambda data: data + _header(data) + b"\r\n\r\n\r\n24 rows selected.\r\n\r\n"),
        {("Teacher.csv", "repeatedHeader", ""), ("Teacher.csv", "noRecord", "the number of the rows")},
    ),
    Export(
        "cells in curly quotation marks",
        V1,
        text("Section.csv", lambda data: data.replace(b"Maths 1003", "“Maths, 1003”".encode())),
        {("Section.csv", "columnCount", "more cells than the header, and curly quotation marks")},
        ("plain quotation marks",),
    ),
    *(
        Export(
            f"rows separated by {name}, the header by commas",
            V1,
            text("Student.csv", lambda data, by=by: _rows_delimited(data).replace(b";", by)),
            {("Student.csv", "columnCount", f"{name} between the cells, where the header has commas")},
            ("Export the file with commas throughout",),
        )
        for by, name in ((b";", "semicolons"), (b"\t", "tabs"), (b"|", "vertical bars"))
    ),
    *(
        Export(
            f"a whole table below another: {name}",
            V1,
            lambda files, name=name, other=other: (
                rows(files) | {name: encoded(files[name]) + b"\r\n\r\n" + encoded(files[other])}
            ),
            {(name, "secondTable", "")},
            (f"with the columns of {other}", "Put each table into a file of its own"),
        )
        for name, other in (
            ("Student.csv", "Section.csv"),
            ("Student.csv", "StudentEnrollment.csv"),
            ("StudentEnrollment.csv", "Section.csv"),
            ("School.csv", "Teacher.csv"),
        )
    ),
    *(
        Export(f"text that only names a column: {text_}", V1, cells(("School.csv", 20, "Address", text_)), set())
        for text_ in ("SIS ID", "the SIS ID, School SIS ID", "SIS ID,School SIS ID")
    ),
    *(
        Export(
            f"what a spreadsheet makes of 3-1: {value}",
            V1,
            cells(("Student.csv", 20, "SIS ID", value)),
            {("Student.csv", "spreadsheet", "a date (5-Jan)")},
            ("format the column as text",),
        )
        for value in ("01.Mar", "03. Jan", "1-Mär", "01. Mrz", "3-janv", "1-mars", "03/01/2026", "1/3/26", "3.1.2026")
    ),
    *(
        Export(
            f"ids that may be dates and are none: {value}",
            V1,
            cells(("Section.csv", 20, "SIS ID", value)),
            set(),
        )
        for value in ("3-1", "Mar", "7.Marx", "2026-01", "1.2.3", "10.Juni.", "A-Mar-5", "2026.27")
    ),
    Export(
        "references to ids that a spreadsheet has changed",
        V1,
        cells(("Student.csv", 1, "SIS ID", "1-Mar")),
        {
            ("Student.csv", "spreadsheet", "a date (5-Jan)"),
            ("StudentEnrollment.csv", "reference", "a spreadsheet has changed ids there"),
            ("GuardianRelationship.csv", "reference", "a spreadsheet has changed ids there"),
        },
        ("A spreadsheet has changed ids in Student.csv",),
    ),
    Export(
        "a short id with an exponent",
        V1,
        cells(("Student.csv", 1, "SIS ID", "1.00E+05"), ("StudentEnrollment.csv", 1, "SIS ID", "100000")),
        {
            ("StudentEnrollment.csv", "reference", "an exponent (as in 9.9E+15)"),
            ("StudentEnrollment.csv", "reference", "a spreadsheet has changed ids there"),
            ("GuardianRelationship.csv", "reference", "a spreadsheet has changed ids there"),
        },
        ("Student.csv (a long number with an exponent (9.91E+15), in line 2) has it",),
    ),
    *(
        Export(
            f"an error of a formula: {value}",
            V1,
            cells(("Student.csv", 20, "First Name", value)),
            {("Student.csv", "spreadsheet", "an error of a formula (#REF!)")},
        )
        for value in ("#ERROR!", "#BEZUG!", "#¡VALOR!", "#NOM?", "#DIV/0!", "#BUSY!", "#GETTING_DATA")
    ),
    *(
        Export(
            f"a column that was too narrow: {value}",
            V1,
            cells(("Student.csv", 20, "First Name", value)),
            {("Student.csv", "spreadsheet", NARROW)},
        )
        for value in ("###", "#########")
    ),
    *(
        Export(
            f"Python's bytes: {value}",
            V1,
            cells(("Student.csv", 20, "First Name", value)),
            {("Student.csv", "damagedText", "b'…' around it, as Python shows bytes")},
        )
        for value in ("b'Ann'", "b'O\\'Neil'")
    ),
    *(
        Export(f"no error of a formula: {value}", V1, cells(("Student.csv", 20, "Middle Name", value)), set())
        for value in ("#1!", "#Ann!", "C#?", "#12", "##", "NA", "x", "b's", "Rob's'")
    ),
    *(
        Export(
            f"an id that a spreadsheet has broken: {value}",
            V1,
            cells(("Student.csv", 20, "School SIS ID", value)),
            {("Student.csv", "reference", f"changed by a spreadsheet: {shape}")},
            ("A spreadsheet has changed it", "Don't remove the rows"),
        )
        for value, shape in (
            ("#REF!", "an error of a formula (#REF!)"),
            ("=VLOOKUP(A2)", "a formula"),
            ("4-Jun", "a date (5-Jan)"),
            ("8.12345E+15", "a long number with an exponent (9.91E+15)"),
        )
    ),
    *(
        Export(
            f"a value that a spreadsheet has broken, in {name}",
            format_,
            cells((name, 20, header, value)),
            {(name, rule, shape)},
        )
        for format_, name, header, value, rule, shape in (
            (V1, "User.csv", "Phone", "2.06556E+11", "spreadsheet", "a long number with an exponent (9.91E+15)"),
            (V1, "Student.csv", "Birthdate", "########", "spreadsheet", NARROW),
            (V1, "Student.csv", "Username", "#N/A!", "spreadsheet", "an error of a formula (#REF!)"),
            (V1, "Section.csv", "SIS ID", "03. Jan", "spreadsheet", "a date (5-Jan)"),
            (V21, "roles.csv", "role", "#REF!", "value", "an error of a formula (#REF!)"),
            (V21, "academicSessions.csv", "endDate", "########", "date", NARROW),
            (V1, "User.csv", "Email", "#NAME?", "email", "an error of a formula (#REF!)"),
        )
    ),
    *(
        Export(
            f"a parent that is none: {value}", V21, cells(("orgs.csv", 3, "parentSourcedId", value)), {found}, (words,)
        )
        for value, found, words in (
            ("0", ("orgs.csv", "reference", "a word for nothing"), "a word for nothing"),
            ("NULL", ("orgs.csv", "nullWord", "NULL"), "leave the cell empty"),
            ("nowhere", ("orgs.csv", "reference", ""), "Add what is missing"),
        )
    ),
    *(
        Export(
            f"text for web pages and programs: {value}",
            V1,
            cells(("School.csv", 20, "Name", value)),
            {("School.csv", "damagedText", shape)},
            ("let the export write the characters themselves",),
        )
        for value, shape in (
            ("Arts &amp; Crafts", "an HTML entity (&amp;)"),
            ("Caf\\u00e9", "an escaped character (\\u00fc)"),
            ("Caf%C3%A9", "a letter as in web addresses (%C3%BC)"),
        )
    ),
    Export(
        "column names in the school's own words",
        V1,
        text("Student.csv", lambda data: b"Nummer,Schule,Anmeldename\r\n" + data.partition(b"\r\n")[2]),
        {("Student.csv", "noHeader", "")},
        ("the column names of Student.csv (SIS ID, School SIS ID, Username)",),
    ),
    Export(
        "ids that became one",
        V1,
        cells(*(("School.csv", row, "SIS ID", "9.91214E+15") for row in range(15, 19))),
        {("School.csv", "duplicate", "a long number with an exponent (9.91E+15)")},
    ),
    Export(
        "numbers that became decimal in one file",
        V1,
        _decimal,
        {("StudentEnrollment.csv", "reference", "a .0 at the end")},
        ("Write it in the same way in both files",),
    ),
    Export(
        "a cell that was still being computed",
        V1,
        cells(("Student.csv", 20, "Middle Name", "Loading...")),
        {("Student.csv", "nullWord", "Loading...")},
    ),
    *(
        Export(
            f"a reference to nothing: {value}",
            V1,
            cells(("Student.csv", 20, "School SIS ID", value)),
            {("Student.csv", "reference", "a word for nothing")},
            ("fill in the value",),
        )
        for value in ("NA", "0", "unknown", "?")
    ),
    *(
        Export(
            f"no date: {one}, {other}",
            V1,
            cells(("Student.csv", 20, "Birthdate", one), ("Student.csv", 21, "Birthdate", other)),
            {("Student.csv", "date", "")},
            (words,),
        )
        for one, other, words in (
            ("0000-00-00", "00/00/0000", "databases say that there is no date"),
            ("0000-00-00 00:00:00", "0", "databases say that there is no date"),
            ("NA", "unknown", "These are words for nothing."),
        )
    ),
    *(
        Export(
            f"no e-mail address: {value}",
            V1,
            cells(("User.csv", 20, "Email", value)),
            {("User.csv", "email", "")},
            (words,),
        )
        for value, words in (
            ("pa@x.example;pb@x.example", "several addresses"),
            ("pa@x.example, pb@x.example", "several addresses"),
            ("Pat Lee <pa@x.example>", "leave it out, and the < > around it"),
            ("mailto:pa@x.example@", "Leave out mailto:."),
            ("pat.x.example", "Some have no @."),
        )
    ),
]
