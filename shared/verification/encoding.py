"""What a file's bytes are, when they aren't UTF-8 text."""

import codecs
import re
from collections.abc import Sequence

BOM = b"\xef\xbb\xbf"

_MAGIC = (
    (b"PK\x03\x04", "an Excel workbook or a ZIP archive"),
    (b"PK\x05\x06", "a ZIP archive"),
    (b"\xd0\xcf\x11\xe0", "an old Excel workbook"),
    (b"\x1f\x8b", "a gzip archive"),
    (b"BZh", "a bzip2 archive"),
    (b"7z\xbc\xaf\x27\x1c", "a 7-Zip archive"),
    (b"\xfd7zXZ", "an xz archive"),
    (b"\x28\xb5\x2f\xfd", "a Zstandard archive"),
    (b"Rar!", "a RAR archive"),
    (b"%PDF", "a PDF document"),
    (b"\x89PNG", "a picture"),
    (b"\xff\xd8\xff", "a picture"),
    (b"SQLite format 3", "a database"),
    (b"PAR1", "a Parquet file"),
    (b"<!DOCTYPE", "a web page"),
    (b"<html", "a web page"),
    (b"<?xml", "XML"),
)
_CONTROLS = bytes(byte for byte in range(32) if byte not in b"\t\n\x0b\r\x0c\x1a\x00")
CESU_8 = "CESU-8 (which old databases call UTF-8)"
NARROW = ("ISO-8859-1 or Windows-1252", "Windows-1252", "an old encoding of DOS or the Mac", "an unknown encoding")
"""What `narrow` calls the others."""
_SURROGATES = re.compile(rb"\xed[\xa0-\xaf][\x80-\xbf]\xed[\xb0-\xbf][\x80-\xbf]")
_OLD = re.compile(rb"[A-Za-z][\x80-\x90\x93-\x9f][a-z]")  # where Windows has letters of few languages, and dashes
_UTF8 = re.compile(rb"[\xc2-\xdf][\x80-\xbf]|[\xe0-\xef][\x80-\xbf]{2}|[\xf0-\xf4][\x80-\xbf]{3}")
_LETTERS = re.compile(rb"[\xc0-\xff]")  # where it has those of most
_WIDE = (
    (b"\xff\xfe\x00\x00", "UTF-32"),
    (b"\x00\x00\xfe\xff", "UTF-32"),
    (b"\xff\xfe", "UTF-16"),
    (b"\xfe\xff", "UTF-16"),
)


def foreign(start: bytes) -> str | None:
    """What the file is if it is no text at all, by its first bytes; None if it may be text."""
    head = start.lstrip()[:16]
    for magic, name in _MAGIC:
        if head[: len(magic)].lower() == magic.lower():
            return name
    if start and not start.strip(b"\0"):
        return "nothing but NULs"
    odd = len(start) - len(start.translate(None, _CONTROLS))
    # a tenth of random bytes are control characters, give or take; text in whatever encoding has next to none
    return "binary data" if odd * (10 if _may_be_utf8(start) else 32) > len(start) else None


def _may_be_utf8(start: bytes) -> bool:
    """It is UTF-8, whose last character may be cut off."""
    try:
        codecs.getincrementaldecoder("utf-8")().decode(start)
    except UnicodeDecodeError:
        return False
    return True


def wide(start: bytes) -> str | None:
    """The name of a UTF-16 or UTF-32 encoding, with or without byte order mark; None if it isn't one."""
    for mark, name in _WIDE:
        if start.startswith(mark):
            return name
    if len(start) < 4 or start.count(0) * 3 < len(start):
        return None
    if start.count(0) * 3 > len(start) * 2:
        return "UTF-32"
    halves = (start[::2].count(0), start[1::2].count(0))
    return "UTF-16" if min(halves) * 4 < max(halves) else None


def is_utf8(data: bytes) -> bool:
    """All of it can be decoded."""
    try:
        data.decode()
    except UnicodeDecodeError:
        return False
    return True


def beside_utf8(name: str) -> str:
    """The name of an encoding that some rows of a file have while others are UTF-8."""
    return f"{name}, and other rows are UTF-8"


def some_utf8(lines: Sequence[bytes], odd: bytes) -> bool:
    """Some lines have letters that are UTF-8; `odd` are the rarer bytes of all of them, in their order."""
    return _UTF8.search(odd) is not None and any(not line.isascii() and is_utf8(line) for line in lines)


def narrow(data: bytes) -> str:
    """The most likely name of what some bytes are that aren't UTF-8: an encoding with one byte for a letter."""
    if _SURROGATES.search(data) and is_utf8(_SURROGATES.sub(b"", data)):
        return CESU_8
    rest = _UTF8.sub(b"", data)
    if _OLD.search(rest) and not _LETTERS.search(rest):
        return NARROW[2]
    if any(0x80 <= byte <= 0x9F for byte in data):
        try:
            data.decode("cp1252")
        except UnicodeDecodeError:
            return NARROW[3]
        return NARROW[1]
    return NARROW[0]
