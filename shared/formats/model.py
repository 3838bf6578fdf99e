"""What a format is: files, their columns, and what a cell of a column may hold."""

from enum import Enum, auto

import msgspec


class Kind(Enum):
    """What a cell holds."""

    TEXT = auto()
    DATE = auto()  # ISO 8601; the classic service takes month/day/year in SDS V1 too
    YEAR = auto()  # YYYY
    PHONE = auto()  # E.164
    EMAIL = auto()
    BOOLEAN = auto()
    USERNAME = auto()  # with or without @domain
    ADDRESS = auto()  # a user name that needs its @domain
    MAILNAME = auto()  # ends up in a mail nickname


_OF_PEOPLE = (Kind.USERNAME, Kind.ADDRESS, Kind.EMAIL)


class ValueList(msgspec.Struct, frozen=True):
    """A list of values, compared without case. A tenant can add to it (`SDS_ALLOWED_VALUES`, by `id`)."""

    id: str
    spelled: tuple[str, ...]
    """As the service writes them, in its order."""
    values: frozenset[str]
    """In lower case."""
    certain: bool = True
    """The list is documented in full. If not, a value outside of it is only ever a warning."""
    industry_only: bool = False
    """The classic service takes free text here."""

    def key(self, value: str) -> str:
        """The value as the list holds it: lower case, and a one-digit number with its leading zero."""
        lower = value.lower()
        return "0" + lower if len(lower) == 1 and lower.isdigit() and ("0" + lower) in self.values else lower


class Column(msgspec.Struct, frozen=True):
    """One column. `name` is the header as SDS matches it, case included."""

    name: str
    required: bool = False
    """The header must be there, and every row needs a value."""
    header: bool = False
    """The header must be there; the value may be empty."""
    unique: bool = False
    kind: Kind = Kind.TEXT
    refers: tuple[str, str] | None = None
    """(file, column) that must hold the value."""
    apart: tuple[str, str] | None = None
    """(file, column) that must not hold the value: two people have two ids."""
    alone: bool = False
    """The file referred to may have no rows at all: guardians can be sent alone, the rest as headers."""
    many: bool = False
    """Several values, joined by commas."""
    values: ValueList | None = None
    limit: int | None = None
    """Longest value, in characters."""
    documented: bool = True
    """It is on the format's page, not only in Microsoft's samples or other people's exporters."""
    secret: bool = False
    """What is in it is shown nowhere, and nothing is said of its letters: a password has any."""
    aliases: tuple[str, ...] = ()
    """The same column in SDS V1 for the UK, which only the classic service takes."""


class FileSpec(msgspec.Struct, frozen=True):
    """One file of a format. `name` is the format's own spelling, used for uploads."""

    name: str
    required: bool = False
    """Always needed, whatever is managed."""
    usual: bool = False
    """Expected of a profile that has no accepted drop yet and no SDS_FILES."""
    people: bool = False
    """Holds the people: with a header and no rows it would empty a school."""
    row_for_each: str | None = None
    """The column with the school, of which a person may have several: each is a row of its own."""
    columns: tuple[Column, ...] = ()
    unique: tuple[str, ...] = ()
    """Columns that together are unique."""
    periods: tuple[tuple[str, str], ...] = ()
    """(start, end) columns: the end isn't before the start."""
    contacts: str | None = None
    """The column that names a contact, who needs a name and an e-mail address in users.csv."""

    @property
    def of_people(self) -> bool:
        """Each row is somebody, whether everybody would become inactive without it (`people`) or not."""
        return any(column.unique and column.kind in _OF_PEOPLE for column in self.columns)

    @property
    def secret(self) -> bool:
        """Some column of it is shown nowhere: so are whole rows."""
        return any(column.secret for column in self.columns)

    def column(self, header: str) -> Column | None:
        """The column of this header, None if the file has none."""
        for column in self.columns:
            if header == column.name or header in column.aliases:
                return column
        return None


class Format(msgspec.Struct, frozen=True):
    """A set of CSV files that School Data Sync takes."""

    id: str
    title: str
    files: tuple[FileSpec, ...]
    any_case: bool
    """The service matches file names without case. If not, one that differs in case is sent under the right name."""
    together: tuple[tuple[str, ...], ...] = ()
    """Groups of files that come all or not at all."""
    all_headers: bool = False
    """The classic service wants the headers of optional columns too."""
    american_dates: bool = False
    """Month/day/year is taken by the classic service."""
    by_name: dict[str, FileSpec] = {}
    """The files by their names in lower case."""

    def spec(self, name: str) -> FileSpec | None:
        """The file that a blob of this name is, case apart; None if the format has no such file."""
        return self.by_name.get(name.lower())

    def __post_init__(self) -> None:
        self.by_name.update((spec.name.lower(), spec) for spec in self.files)
