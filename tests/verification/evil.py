"""A set whose file names, headers and cells attack whoever shows them."""

from tests.verification.sets import clean, rendered

WORDS = "\x1b[31m\x1b]0;t\x07\x9b2J\u202egnp\u200b[bold]x[/nope]:smile:<script>alert(1)</script>{{7*7}}\x7f"
RAW = "\x1b\x07\x9b\u202e\u200b\x7f"
NAME = f"Students {WORDS.replace('/', '')}.csv"


def evil() -> dict[str, bytes]:
    """By file name: a stranger with an evil name, an evil header, and evil values in a column that is checked."""
    files = rendered(clean("sdsV1"))
    student = files["Student.csv"].replace(b"2014-02-28", WORDS.encode(), 2)
    files["Student.csv"] = student.replace(b"Middle Name", b"Midle Name " + WORDS.encode(), 1)
    return files | {NAME: b"x\n"}


def harmless(text: str) -> bool:
    return not any(mark in text for mark in RAW)
