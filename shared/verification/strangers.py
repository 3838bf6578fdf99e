"""Lines of a report that are no records: what the tools that write files leave above, between and below the rows.

Every repetition is possessive: what a line is takes time in proportion to its length, whatever it holds.
"""

import re

_COUNTED = b"rows?|records?|lines?|entries|students?|users?|zeilen|lignes?|filas?"
_WORDS = b"total|count|sum|row ?count|record ?count|report|printed|generated|exported?|page|run ?date|end|eof|trailer"
_GOES_ON = b" (?:of|on|at|by|from|generated)\\b|[^,a-z0-9]|[0-9]"

STRANGERS = (
    ("dashes under the column names, as sqlcmd writes", rb'["\s]*+-{2,}+["\s]*+(?:,["\s]*+-++["\s]*+)*+'),
    ("the number of the rows", rb'["\s]*+\(?+\s*+[0-9][0-9.,]*+\s++(?:' + _COUNTED + rb')\b[^,]*+["\s,]*+'),
    (
        "a total, a date or an end mark of a report",
        rb'[\s"*=<(\[-]*+(?:' + _WORDS + rb")\b(?:" + _GOES_ON + rb')[^,]*+[,"\s]*+',
    ),
    ("an end mark of old systems (U+001A)", rb'[\s",]*+\x1a[\s\x1a",]*+'),
)
"""What such a line is, and the whole of it as an expression."""
_PATTERNS = tuple((name, re.compile(pattern, re.IGNORECASE)) for name, pattern in STRANGERS)


def stranger(text: bytes) -> str:
    """What a line is that is no record, by its text; empty if it may be one."""
    return next((name for name, pattern in _PATTERNS if pattern.fullmatch(text)), "")
