"""The text of a cell. Cells stay bytes until a rule needs their characters: that is most of the speed."""

from collections.abc import Collection, Sequence

SPACE = (
    " \t\x0b\x0c\xa0\xad\u1680\u2000\u2001\u2002\u2003\u2004\u2005\u2006\u2007\u2008\u2009\u200a"
    "\u200b\u200c\u200d\u200e\u200f\u2028\u2029\u202f\u205f\u2060\u3000\ufeff"
)
"""What is taken off a value before it is compared. Of the control characters only tabs and feeds are."""
_STARTS = tuple(sorted({space.encode()[:2] for space in SPACE if space > "\x7f"}))
_FEEDS = tuple(b"\t\x0b\x0c")


def decoded(cell: bytes) -> str:
    """The characters of a cell; bytes that aren't UTF-8 become lone surrogates."""
    return cell.decode(errors="surrogateescape")


def encoded(text: str) -> bytes:
    """The reverse of `decoded`."""
    return text.encode(errors="surrogateescape")


def trimmed(cell: bytes) -> bytes:
    """The cell without blanks and line breaks around it."""
    return encoded(decoded(cell).strip(SPACE + "\n"))


def blank(line: bytes) -> bool:
    """There is nothing but blanks in the line."""
    return not line or ((line[:1] <= b" " or line[:1] > b"\x7f") and not trimmed(line))


def lower(cell: bytes) -> bytes:
    """The cell in lower case."""
    return cell.lower() if cell.isascii() else encoded(decoded(cell).lower())


def odd_space(rare: bytes) -> bool:
    """Some blank other than the plain one may be among these bytes: all of a text, or its rarer ones in their order."""
    if any(feed in rare for feed in _FEEDS):
        return True
    # most texts lack even the first byte, which is found much faster than two
    return not rare.isascii() and any(start[:1] in rare and start in rare for start in _STARTS)


def spaced(cells: Sequence[bytes]) -> bool:
    """Some cell may have blanks or line breaks around it: seen in one pass over all of them."""
    data = b"\n".join([b"", *cells, b""])
    if b" " in data and (b" \n" in data or b"\n " in data):
        return True
    return data.count(b"\n") != len(cells) + 1 or odd_space(data)


def longest(cells: Collection[bytes]) -> int:
    """The bytes of the longest cell; 0 if there is none. The few lengths that there are take less than all of them."""
    return max(set(map(len, cells)), default=0)


def called(character: str) -> str:
    """A character that can't be seen, in words: its code and what it is."""
    import unicodedata

    name = unicodedata.name(character, "").lower()
    return f"U+{ord(character):04X} ({name})" if name else f"U+{ord(character):04X}"
