"""What goes into a verification and what comes out of it."""

from collections.abc import Callable, Iterable, Sequence
from typing import Literal

import msgspec

Service = Literal["classic", "industryData"]
Type = Literal["error", "warning", "information"]
Scope = Literal["row", "file", "set"]
"""What a finding is about. An error of a row costs that row; one of a file or of the set, the whole set."""

NOTHING_SHAPE = "a word for nothing"
"""The shape of a value such as NULL."""
BLANKS = "blanks or invisible characters"
"""The shape of an id that is written with others elsewhere."""
HARDLY = "hardly any of them is there"
"""The shape of references in a column of which nearly all dangle."""
OTHER_COLUMN = "the values of another column"
"""How the shape of references begins that hold something else of the rows that are meant, after which comes what."""
GONE = "rows that were left out or renumbered there"
"""The shape of references to many ids, or to some that are named again and again."""
CURLY = "more cells than the header, and curly quotation marks"
"""The shape of a row whose cells have the wrong marks around them."""
MORE_ALL = "more cells than the header, in every row"
"""The shape of rows of which none has the header's width."""
MORE_BELOW = "more cells than the header, in every row from one on"
"""The shape of rows that all have it, from one on to the end of the file."""
ESCAPED_COMMAS = "more cells than the header, and a backslash before commas"
"""The shape of a row in which commas are marked as text in a way that only databases read."""
ESCAPED_QUOTES = "a backslash before it"
"""The shape of a quotation mark that is marked so."""
ALONE = "one cell, and nothing beside it"
"""The shape of a row that has only one cell with something in it, where several are needed."""
PUSHED = "a column that was moved down"
"""The shape of a missing id if a row at the end of the file has nothing but one."""
GROUPED = "most rows, under one that has it"
"""The shape of missing values where a report, or merged cells, show one for several rows."""
IN_ALL = "in every row"
"""The shape of what is wrong with each row of a file."""
IN_KNOWN = "in the columns that the format has"
"""The shape of rows that are the same there, in a file that has others, too."""
TEMPLATE = "what a template says of its columns"
"""The shape of a row that says which columns are required, or what they hold."""
CR_CR_LF = "line ends of CR CR LF"
"""The shape of blank lines that come of line ends that were written twice."""
CHANGED = "a spreadsheet has changed ids there"
"""The shape of references to a file whose ids went through one."""
CHANGED_HERE = "changed by a spreadsheet"
"""How the shape of references begins that went through one, after which comes what it did."""
COUNTED_UP = "values that count up from row to row"
"""The shape of references that a spreadsheet has made by counting on from the cell above."""
OTHER_CELL = "the ids of another column of the row"
"""The shape of references in rows in which two cells are exchanged."""
DECORATED = "more than the address there"
"""The shape of references to an address that the other file has with something around it."""
ARRAY = "brackets around the values"
"""The shape of a cell with several ids that is written as programs write lists."""
OWN_FRONT = "other characters in front of each, as a school's number"
"""The shape of references that lack, or have, what is not the same for all,"""
OWN_BEHIND = "other characters behind each, as a school's number"
"""or have it at their end."""
SEVERAL = "several ids in one cell"
"""The shape of a reference that is more than one."""
SAME_NAME = "the same user name"
"""The shape of an id that comes again with the user name that it had."""
OTHER_NAME = "another user name"
"""The shape of an id that comes again with another user name,"""
OTHER_SCHOOL = "another user name in another school"
"""and in another school."""
BROKEN_QUOTES = "a header row with a quotation mark in the wrong place"
"""The shape of a first line whose cells can't be told for certain."""
RECORDS_BEHIND = "a header row with records behind it on the same line"
"""The shape of a first line whose line end is lost."""
EXCHANGED = "one of the columns: rows and columns are exchanged"
"""The shape of a first line that has the values of the first column beside its name."""
OTHER_NAMES = "names that the format doesn't have"
"""The shape of a first line that names the columns in another language, or as another product does."""
NAMES_JOINED = "two names in one cell"
"""The shape of a header's cell in which a comma is missing."""
NOTHING_IN_IT = "empty, and so is the file"
"""The shape of a first line below which there is nothing, either."""
LENGTHS = "the word Length, with numbers below"
"""The shape of a first line that PowerShell writes over the lengths of texts."""
PARTED_NAME = "a header row with a line break in a name"
"""The shape of a first line that goes on in the next."""
TWO_ROWS = "two rows on one line"
"""The shape of a line that has the cells of two rows, but for one."""
GLUED = "behind the last cell of a row"
"""The shape of a header row that is on one line with the row before it."""
REST = "the rest of the row before it, after a line break"
"""The shape of a line that is no record, but a piece of one."""
SAME_TABLE = "the file's own"
"""The shape of another table that is the file's own, with other columns or in another order."""
FRONT = "the same characters in front of each"
"""The shape of references that lack, or have, what the ids of the other file don't,"""
BEHIND = "the same characters behind each"
"""or have it at their end."""
SAME_PEOPLE = "hardly any of them is missing there"
"""The shape of ids in both of the files of people, if nearly all of the one are in the other."""
SEMICOLONS = "a header row with semicolons behind it"
"""The shape of a first line to which a spreadsheet has added its own delimiters."""
DOCS = "docs/verification.md"


JOINED = (
    "semicolons",
    "vertical bars",
    "slashes",
    "blanks",
    "words",
    "ampersands",
    "plus signs",
    "dashes",
    "line breaks",
)
"""What else than commas puts several ids in one cell."""


def not_commas(name: str) -> str:
    """The shape of a cell with several ids that something else separates, in the plural."""
    return f"{name} between the values, not commas"


def ids_of(file: str) -> str:
    """The shape of references that are ids of another file than they should be."""
    return f"ids of {file}"


class Source(msgspec.Struct, frozen=True):
    """One file to verify, wherever it is. `size` in bytes, None if unknown (for progress only)."""

    name: str
    size: int | None
    open: Callable[[], Iterable[bytes]]
    """Gives the bytes in chunks of any size. Called once; the chunks are read to the end."""


class Finding(msgspec.Struct, frozen=True):
    """One problem of one file: all places of one rule in one column.

    `line` is the physical line of the first place (its record's first character; the header is 1), None when
    the file as a whole is meant. `column` is the header as the file has it. `lines` are the lines of the first
    places, up to the verification's limit of `places`; `values`, of the first few, are cell contents and are
    for the person at the terminal only: they belong in no message, report or log. `description` holds none of them.
    """

    type: Type
    rule: str
    file_name: str | None
    line: int | None
    column: str | None
    count: int
    description: str
    lines: tuple[int, ...] = ()
    values: tuple[str, ...] = ()
    shape: str = ""
    """What about the values is wrong, never a value itself: `leading zeros`, `exponent`, `U+00A0`. Empty if unknown."""
    scope: Scope = "row"
    others: tuple[int, ...] = ()
    """The line of the place's counterpart (the row that it repeats, the id that it nearly is), for each of the first
    few of `lines`; 0 where there is none."""
    other_file: str | None = None
    """The file that `others` are lines of; None: `file_name`."""
    says: str = ""
    """The first part of `description`: what is wrong."""
    advice: str = ""
    """The last part of `description`: what to do. Between the two it says where."""

    @property
    def anchor(self) -> str:
        """Where the docs explain the rule, from the repository's root on."""
        return f"{DOCS}#{self.rule}"


class FileResult(msgspec.Struct, frozen=True):
    """One file as it was read. `size` and `sha256` are over every byte; `rows` (data rows) is None if not counted."""

    name: str
    rows: int | None
    size: int
    sha256: str
    upload: str | None = None
    """The format's own spelling of its name; None if the format has no such file: it is not sent."""
    people: bool = False
    """It holds the people."""
    rows_dropped: int = 0
    """Rows that the industry data service will drop: with an error of their own, or hanging on a dropped row.
    0 for the classic service, which refuses the set for one."""
    rows_allowed: int = 0
    """So many may be dropped before the set is refused."""
    dropped: Sequence[int] = ()
    """The lines of the dropped rows (each its record's first, the header's being 1), ascending."""


class Verification(msgspec.Struct, frozen=True):
    """The outcome. `format` is the format's id, None if it isn't known; `files` are in the order given."""

    format: str | None
    files: tuple[FileResult, ...]
    findings: tuple[Finding, ...]
    service: Service = "classic"

    @property
    def counts(self) -> dict[Type, int]:
        """How many places have an error, a warning, an information."""
        counts: dict[Type, int] = {"error": 0, "warning": 0, "information": 0}
        for finding in self.findings:
            counts[finding.type] += finding.count
        return counts

    @property
    def refusing(self) -> tuple[Finding, ...]:
        """The errors that refuse the set whatever share of rows may be dropped: those of the set, of files, and,
        for the classic service or where more rows would be dropped than may be, those of rows."""
        over = {file.name for file in self.files if file.rows_dropped > file.rows_allowed}
        return tuple(
            finding
            for finding in self.findings
            if finding.type == "error"
            and (finding.scope != "row" or self.service == "classic" or finding.file_name in over)
        )

    @property
    def taken(self) -> bool:
        """This set would be sent: nothing refuses it, each of its files was read to its end, and none loses more rows
        than it may."""
        sent = [file for file in self.files if file.upload]
        read = all(file.rows is not None for file in sent)
        return not self.refusing and read and all(file.rows_dropped <= file.rows_allowed for file in self.files)
