"""Blanks and other characters that don't show around a value."""

from collections.abc import Sequence

SPACE = (
    " \t\xa0\u1680\u2000\u2001\u2002\u2003\u2004\u2005\u2006\u2007\u2008\u2009\u200a\u200b\u2028\u2029\u202f\u205f"
    "\u2060\u3000\ufeff"
)
"""What is taken off a value before it is compared. Control characters and line breaks are not among them."""
_STARTS = tuple(sorted({space.encode()[:2] for space in SPACE if space > "\x7f"}))


def odd_space(data: bytes) -> bool:
    """A text in UTF-8 may have some of them other than the plain blank. Cheap: every block is asked."""
    if b"\t" in data:
        return True
    # most blocks lack even the first byte, which is found much faster than two
    return not data.isascii() and any(start[:1] in data and start in data for start in _STARTS)


def spaced(values: Sequence[str]) -> bool:
    """Some value may have blanks or line breaks around it: seen in one pass over all of them."""
    text = "\n".join(["", *values, ""])
    if " " in text and (" \n" in text or "\n " in text):
        return True
    return text.count("\n") != len(values) + 1 or odd_space(text.encode(errors="surrogateescape"))
