"""Lines of a report that are no records: what the tools that write files leave above, between and below the rows.

Every repetition is possessive: what a line is takes time in proportion to its length, whatever it holds.
"""

import re
from collections.abc import Iterable

_COUNTED = rb"rows?|records?|lines?|entries|students?|users?|zeilen|datens\S{1,3}tze|lignes?|filas?|rijen|righe|linhas"
_COUNTED += rb"|rader|rivi\S{0,2}|wierszy|\xc3\xa9l\xc3\xa8ves|elever"
_WORDS = b"(?:grand |sub)?total(?:e|s|en)?|totaal|count|sum(?:me|m?a)?|gesamt|anzahl|aantal|somme|row ?count"
_WORDS += b"|razem|celkem"
_WORDS += b"|record ?count|report|bericht|printed|generated|erstellt|exported?|exportiert|page|seite|run ?date"
_WORDS += b"|end|ende|fin|eof|trailer"
_TOTALS = b"(?:grand |sub)?total|totaal|gesamt|summe"
_GOES_ON = b" (?:of|on|at|by|from|generated)\\b|[^,a-z0-9]|[0-9]"

STRANGERS = (
    ("dashes under the column names, as sqlcmd writes", rb'["\s]*+-{2,}+["\s]*+(?:,["\s]*+-++["\s]*+)*+'),
    ("the number of the rows", rb'["\s]*+\(?+\s*+[0-9][0-9.,]*+\s++(?:' + _COUNTED + rb')\b[^,]*+["\s,]*+'),
    (
        "a total, a date or an end mark of a report",
        rb'[\s"*=<(\[-]*+(?:(?:' + _WORDS + rb")\b(?:" + _GOES_ON + rb")[^,]*+|(?:" + _TOTALS + rb')["\s]*+(?=,))'
        rb'(?:,["\s]*+[0-9.]*+["\s]*+)*+',
    ),
    ("an end mark of old systems (U+001A)", rb'[\s",]*+\x1a[\s\x1a",]*+'),
    ("a comment", rb'[\s"]*+(?:#(?![0-9])|//|--\s)[^,]*+[",\s]*+'),
    ("a mark of a merge that was not finished", rb'[\s"]*+(?:<{7}|={7}|>{7}|\|{7})(?:\s[^,]*+)?+[",\s]*+'),
    (
        "a label with a number or a date",
        rb'["\s]*+[^\s,:"0-9][^,:"0-9]{1,60}+:["\s]*+[0-9][0-9./ \xa0:-]*+["\s,]*+',
    ),
)
"""What such a line is, and the whole of it as an expression."""
_ANY = re.compile(b"|".join(b"(" + pattern + b")" for _, pattern in STRANGERS), re.IGNORECASE)  # its group tells which


def total(text: bytes) -> bool:
    """One of some first cells, in small letters, may be a total's. Cheap."""
    return b"total" in text or b"totaal" in text or b"gesamt" in text or b"summe" in text


def stranger(text: bytes) -> str:
    """What a line is that is no record, by its text; empty if it may be one."""
    found = _ANY.fullmatch(text)
    return STRANGERS[found.lastindex - 1][0] if found and found.lastindex else ""


def any_stranger(texts: Iterable[bytes]) -> bool:
    """One of some lines is no record."""
    return any(map(_ANY.fullmatch, texts))
