"""What must be told nowhere: marks in every cell, word and address that comes in, and how they are found again."""

import csv
import io
import re
from collections.abc import Mapping
from typing import Any

SIGN = "Zq7qWx"
"""In every planted secret; nothing else of the product or of the machine holds it."""
BIRTHDAY = "1987-03-09"
CELL = f"{SIGN}quoted"

KINDS = {
    "SIS ID": "id",
    "Username": "user",
    "First Name": "first",
    "Last Name": "last",
    "Password": "pass",
    "Secondary Email": "mail",
    "Email": "mail",
    "Phone": "phone",
    "Name": "school",
    "Section Name": "section",
}
"""Columns by the end of their name, and the word that their marks have."""

SECRETS = (
    f"sig={SIGN}sig", f"sig%3D{SIGN}sig", f"Bearer {SIGN}bearer", f"client_secret={SIGN}secret",
    f"AccountKey={SIGN}key",
    f"https://acct.blob.core.windows.net/c?sv=1&sig={SIGN}sas", f"x-functions-key: {SIGN}function",
)  # fmt: skip
QUOTED = f"Row 7: '{CELL}' is no grade of \"{SIGN}first\" <{SIGN}> {SIGN}.mail@school.example born '{BIRTHDAY}'"
"""How a service's words may quote a row: what neither quotes nor is an address can't be told from its own words."""
WORDS = f"{QUOTED}; {'; '.join(SECRETS)}"

_FOUND = re.compile(rf"{SIGN}|{BIRTHDAY}|eyJ[\w-]{{12,}}|[?&]sig=(?!\[removed\])", re.IGNORECASE)
_AROUND = 60


def marked(files: Mapping[str, bytes]) -> dict[str, bytes]:
    """A drop with a mark in every cell that tells of a person or a place; what belongs together still does."""
    return {name: _rendered([_row(head, row) for row in rows], head) for name, (head, rows) in _tables(files).items()}


def spoiled(files: Mapping[str, bytes]) -> dict[str, bytes]:
    """A marked drop with mistakes of many kinds, each in a cell with a mark; one file has lost its header."""
    tables = _tables(files)
    head, rows = tables["Student.csv"]
    rows[0][head.index("SIS ID")] = rows[1][head.index("SIS ID")]
    rows[2][head.index("School SIS ID")] = f"{SIGN}nowhere"
    rows[3][head.index("Grade")] = f"{SIGN}grade" if "Grade" in head else rows[3][head.index("Grade")]
    rows[4][head.index("Username")] = f"{SIGN}@two@ats \u200b"
    rows[5].append(f"{SIGN}beyond")
    rows[6][head.index("First Name")] = ""
    made = {name: _rendered(rows, head) for name, (head, rows) in tables.items()}
    made["Student.csv"] += f'"{SIGN}open,never closed\r\n'.encode()
    made["Teacher.csv"] = made["Teacher.csv"].partition(b"\n")[2]
    made["Section.csv"] = made["Section.csv"].replace(b"SIS ID", f"{SIGN[:2]} ID".encode(), 1)
    return made


def told(text: str) -> list[str]:
    """The places of a text where something planted, a token or a signature stands."""
    return [text[max(0, found.start() - _AROUND) : found.end() + _AROUND] for found in _FOUND.finditer(text)]


def _tables(files: Mapping[str, bytes]) -> dict[str, tuple[list[str], list[list[str]]]]:
    tables = {}
    for name, data in files.items():
        head, *rows = csv.reader(io.StringIO(data.decode("utf-8-sig")))
        tables[name] = head, rows
    return tables


def _row(head: list[str], row: list[str]) -> list[str]:
    return [_cell(column, cell) for column, cell in zip(head, row, strict=True)]


def _cell(column: str, cell: str) -> str:
    if column == "Birthdate":
        return BIRTHDAY
    for end, kind in KINDS.items():
        if cell and (column == end or column.endswith(f" {end}")):
            return f"{SIGN}{kind}{cell}"
    return cell


def _rendered(rows: list[list[str]], head: list[str]) -> bytes:
    out = io.StringIO()
    csv.writer(out).writerows([head, *rows])
    return out.getvalue().encode()


def problems() -> list[dict[str, Any]]:
    """Errors of a sync that name people."""
    person = {"joiningValue": f"{SIGN}.mail@school.example", "reportableIdentifier": f"{SIGN}id"}
    return [{"errorMessage": WORDS, "times": 3} | person, {"entryType": "Teacher", "errorMessage": CELL} | person]
