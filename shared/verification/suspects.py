"""Damaged values: what spreadsheets, databases and wrong decodings leave in cells. One row of a table each.

A look at a whole block says which of them may be in it, for a few microseconds; only then are cells looked at.
"""

import re
from collections.abc import Callable

import msgspec

from .cells import called, decoded
from .encoding import is_utf8, narrow

_USUAL = bytes(b for b in range(128) if chr(b).isalnum()) + b' ,.-@:()/"\r\n'
_HIGH = bytes(range(128, 256))

NOTHING = frozenset(
    word.encode()
    for word in (
        *("NULL", "null", "Null", "(null)", "(NULL)", "<null>", "<NULL>", "[NULL]", "[null]", "#NULL", "\\N"),
        *("N/A", "n/a", "#N/A", "NaN", "nan", "NAN", "None", "none", "NONE", "(none)", "nil", "NIL", "undefined"),
        *(
            "NaT",
            "<NA>",
            "<na>",
            "#NV",
            "DBNull",
            "System.DBNull",
            "-",
            "--",
            "---",
            "n.a.",
            "TBD",
            "Loading...",
        ),
    )
)
"""What databases, scripts and spreadsheets write for nothing."""
PERHAPS = frozenset((b"NA", b"na", b"unknown", b"Unknown", b"UNKNOWN", b"0", b"?", b"."))
"""What stands for nothing where it is no value otherwise: as a reference that dangles, or as a date."""
EXPONENT = "a long number with an exponent (9.91E+15)"
APOSTROPHE = "an apostrophe in front"
DATED = "a date (5-Jan)"
ENTITY = "an HTML entity (&amp;)"
ESCAPED = "an escaped character (\\u00fc)"
IN_ADDRESS = "a letter as in web addresses (%C3%BC)"
IN_MAIL = "a letter as in mails (=C3=BC)"
_NAMESPACES = (b"System.Collections.", b"System.Management.", b"Microsoft.ActiveDirectory.")
OBJECT = "a script's word for what it holds ([object Object])"
AS_BYTES = "b'…' around it, as Python shows bytes"


class Suspect(msgspec.Struct, frozen=True):
    """One kind of damage. `find` gives what is wrong with a cell, as the words call it; None if nothing of the kind."""

    rule: str
    find: Callable[[bytes], str | None]


class _Kind(msgspec.Struct, frozen=True):
    rule: str
    shape: str
    """What the words call it; empty: the character that was found."""
    first: bytes
    """A block without any of these bytes has none of it."""
    block: re.Pattern[bytes]
    """Finds what may be it in a block, or in a block's rare bytes if it is made of those alone."""
    cell: re.Pattern[bytes]
    """Finds it in a cell."""

    def find(self, cell: bytes) -> str | None:
        found = self.cell.search(cell)
        return None if found is None else self.shape or called(decoded(found[0])[0])


_LOOKS = re.compile(rb"\(\?<?[=!][^)]*\)")
"""What a pattern asks of the letters around it: they aren't rare."""


def _kind(rule: str, shape: str, first: bytes, pattern: bytes, cell: bytes | None = None) -> _Kind:
    block = pattern if first.isascii() else _LOOKS.sub(b"", pattern)
    return _Kind(rule, shape, first, re.compile(block), re.compile(cell or pattern))


def _after(size: int) -> bytes:
    """A letter was before so many bytes."""
    return rb"(?<=[A-Za-z]" + b"." * size + b")"


def _any(*patterns: bytes) -> bytes:
    return b"(?:" + b"|".join(patterns) + b")"


_LETTERS = _any(
    rb"\xc5[\x92\x93\xa0\xa1\xb8\xbd\xbe]", rb"\xc6\x92", rb"\xcb[\x86\x9c]", rb"\xe2\x84\xa2", rb"\xe2\x82\xac"
)
_SIGNS, _QUOTES = rb"\xe2\x80[\x93-\x97\x9a\x9b\x9e-\xba]", rb"\xe2\x80[\x98\x99\x9c\x9d]"
_RARE = _any(_LETTERS, _SIGNS, _QUOTES)  # what Windows-1252 has from 0x80 to 0x9F
_LATIN = _any(rb"\xc2[\x80-\xbf]", _RARE)  # and from 0x80 to 0xBF
_INSIDE = rb"(?=[a-z])"  # of a word: at the end of one, quotation marks and the like follow capital letters
# Each begins with one byte: so it is looked for that byte, which is ten times as fast.
_GREEK = rb"[\x8e\x8f\x90\x91\x97-\x99]" + _LATIN
_AS_1252 = rb"\xc3" + _any(
    rb"[\x82\x83]" + _LATIN,
    rb"[\x84\x85]"
    + _any(
        *(rb"\xc2[\x80-\x9f\xa1-\xaa\xac\xae-\xba\xbc-\xbf]", _LETTERS, _SIGNS),
        _any(rb"\xc2[\xa0\xab\xbb]", _QUOTES) + _INSIDE,
    ),
    rb"\xa2" + _any(rb"\xe2\x82\xac", rb"\xc2\x80"),
    _GREEK + rb"\xc3" + _GREEK,
)
_AS_1250 = rb"\xc4[\x82\xb9]" + _any(
    *(rb"\xc2[\x80-\xbf]", _SIGNS, rb"\xe2\x82\xac", rb"\xe2\x84\xa2", rb"\xcb[\x87\x98\x9b\x9d]"),
    *(rb"\xc4[\x85\xbe]", rb"\xc5[\x81\x82\x9b\x9f\xa1\xa5\xba\xbc\xbe]", _QUOTES + _INSIDE),
    _any(rb"\xc4[\x84\xbd]", rb"\xc5[\x9a\x9e\xa0\xa4\xb9\xbb\xbd]") + rb"(?![A-Z\x80-\xff])",  # or it is Slovak
)
_AS_1250_TOO = rb"\xc3\x84\xc5[\x9a\xa4\xb9]" + _INSIDE
_CYRILLIC = rb"\xd0[\xa0\xa1]" + _any(
    rb"\xc2[\xa0-\xbf]", rb"\xd0[\x81-\x8f]", rb"\xd1[\x91-\x9f]", rb"\xd2[\x90\x91]", rb"\xe2[\x80-\x84]."
)
_AS_1251 = _CYRILLIC + _CYRILLIC
_CONTROLS = bytes(sorted({*range(1, 32), 127} - set(b"\r\n")))
_ERROR = rb"#(?:(?:\xc2\xa1)?[A-Z0-9/_]{2,15}[!?]|GETTING_DATA)"  # whatever its language
_SHEET, _TEXT, _HIDDEN = "spreadsheet", "damagedText", "controlCharacter"
_1250, _DOS = "UTF-8 read as Windows-1250 (ĂĽ for ü)", "Windows-1252 read as CP850 (M³ller for Müller)"

_KINDS = (
    _kind(_SHEET, EXPONENT, b"+", rb"\+[0-9]{2}", rb"^-?[0-9]([.,][0-9]+)?[eE]\+[0-9]{2,3}$"),
    _kind(_SHEET, 'an = and quotation marks around it (="…")', b"=", rb"=", rb'^="'),
    _kind(_SHEET, "a formula", b"=", rb"=", rb'^=(?![Cc][2-9A-Fa-f]=)[^"]'),
    _kind(_SHEET, "number signs in its place, from a column that was too narrow (####)", b"#", rb"###", rb"^#{3,}$"),
    _kind(_SHEET, "an error of a formula (#REF!)", b"#", _ERROR, b"^" + _ERROR),
    _kind(_TEXT, AS_BYTES, b"'", rb"'(?<=[,\"\n]b')", rb"(?m)^b'.*'$"),
    _kind(
        _TEXT,
        OBJECT,
        b"[",
        rb"\[(?:object [A-Z]|\])",
        rb"(?m)^(?:\[object [A-Z][A-Za-z]*\]|(?:System|Microsoft)\.[A-Z][\w.`]*\[\])$",
    ),
    _kind(_TEXT, OBJECT, b"{", rb"\{(?<=@\{)", rb"(?m)^@\{[^=\n]*+=.*\}$"),
    _kind(
        _TEXT,
        OBJECT,
        b"<",
        rb"<(?:bound method|[\w. ]{1,99} at 0x|(?<=#<)[A-Z])",
        rb"(?m)^(?:<(?:bound|[\w. ]{1,99} at 0x)|#<[A-Z])",
    ),
    _kind(_SHEET, APOSTROPHE, b"'", rb"'[0-9]", rb"^'[0-9]"),
    _kind(_SHEET, "a line break as text (_x000D_)", b"_", rb"_x000[aAdD]_"),
    _kind(_TEXT, "the replacement character U+FFFD", b"\xef", rb"\xef\xbf\xbd"),
    _kind(_TEXT, "UTF-8 read as Windows-1252 (Ã¼ for ü)", b"\xc3", _AS_1252),
    _kind(_TEXT, _1250, b"\xc4", _AS_1250),
    _kind(_TEXT, _1250, b"\xc3", _AS_1250_TOO, rb"(?s)^(?!.*" + _AS_1250 + rb").*" + _AS_1250_TOO),  # told once
    _kind(_TEXT, "UTF-8 read as Windows-1251", b"\xd0", _AS_1251),
    _kind(_TEXT, "UTF-8 read as Mac Roman (√º for ü)", b"\xe2", rb"\xe2(?:\x88\x9a|\x89\x88)[\xc2-\xcf\xe2]"),
    _kind(_TEXT, "UTF-8 read as CP850 (├╝ for ü)", b"\xe2", rb"\xe2\x94[\x9c\xbc][\xc2-\xcf\xe2]"),
    _kind(
        _TEXT, "CP850 read as Windows-1252 (M„rz for März)", b"\xe2", rb"\xe2\x80[\x9a\x9d\x9e]" + _after(3) + _INSIDE
    ),
    _kind(_TEXT, _DOS, b"\xc2", rb"\xc2\xb3" + _after(2) + _INSIDE),
    _kind(_TEXT, _DOS, b"\xc3", rb"\xc3\xb7" + _after(2) + _INSIDE),
    _kind(_TEXT, _DOS, b"\xe2", rb"\xe2\x96\x80" + _after(3) + _INSIDE),
    _kind(_TEXT, "a question mark in place of a letter (M?ller)", b"?", rb"\?(?<=[A-Za-z]\?)[a-z]"),
    _kind(_TEXT, ENTITY, b"&", rb"&(?:#[0-9]{1,7}|#x[0-9a-fA-F]{1,6}|[a-zA-Z]{2,8});"),
    _kind(_TEXT, ESCAPED, b"\\", rb"\\(?:u[0-9a-fA-F]{4}|x[0-9a-fA-F]{2})"),
    _kind(_TEXT, IN_ADDRESS, b"%", rb"%(?:20|[Cc][2-9A-Fa-f]%[89ABab][0-9A-Fa-f])"),
    _kind(_TEXT, IN_MAIL, b"=", rb"=[Cc][2-9A-Fa-f]=[89ABab][0-9A-Fa-f]"),
    _kind(_HIDDEN, "", _CONTROLS, b"[" + re.escape(_CONTROLS) + b"]"),
    _kind(_HIDDEN, "", b"\xc2", rb"\xc2[\x80-\x9f\xad]"),
    _kind(_HIDDEN, "", b"\xe2", rb"\xe2(?:\x80[\x8b\x8e\x8f\xa8-\xae]|\x81[\xa0-\xaf])"),
    _kind(_HIDDEN, "", b"\xef", rb"\xef(?:\xbb\xbf|\xbf[\xb9-\xbb])"),
)
_PLAIN = tuple(kind for kind in _KINDS if kind.first.isascii())
_WIDE = tuple(kind for kind in _KINDS if not kind.first.isascii())


def rare(block: bytes) -> bytes:
    """The bytes of a block that English text hasn't, in their order: those of any other letter are among them."""
    return block.translate(None, _USUAL)


def suspects(block: bytes, odd: bytes) -> list[Suspect]:
    """The kinds of damage that may be in a block; `odd` are its rare bytes."""
    found: list[Suspect] = []
    if not odd:
        return found
    bytes_ = set(odd.translate(None, _HIGH))
    if 0 in bytes_:
        found.append(Suspect("nul", lambda cell: "" if 0 in cell else None))
    found += [_suspect(kind) for kind in _PLAIN if not bytes_.isdisjoint(kind.first) and kind.block.search(block)]
    if not odd.isascii():
        if not is_utf8(block):
            name = narrow(block)
            found.append(Suspect("encoding", lambda cell: None if cell.isascii() or is_utf8(cell) else name))
        # few bytes, and what is side by side in the block is so here
        found += [_suspect(kind) for kind in _WIDE if kind.first in odd and kind.block.search(odd)]
    return found


def _suspect(kind: _Kind) -> Suspect:
    return Suspect(kind.rule, kind.find)


_MONTHS = (b"Jan", b"Feb", b"Mar", b"Apr", b"May", b"Jun", b"Jul", b"Aug", b"Sep", b"Oct", b"Nov", b"Dec")
_MONTH = _any(*_MONTHS)
_DATED = re.compile(b"-" + _any(_MONTH, b"(?<=" + b"|".join(month + b"-" for month in _MONTHS) + b")"))
_ELSEWHERE = (
    *("Mrz", "Mär", "Mai", "Okt", "Dez", "janv", "févr", "mars", "avr", "mai", "juin", "juil", "août", "sept", "oct"),
    *("nov", "déc", "ene", "feb", "mar", "abr", "jun", "jul", "ago", "sep", "dic", "mrt", "apr", "mei", "aug", "okt"),
    *("gen", "mag", "giu", "lug", "set", "ott"),
)
_MONTH_TOO = _any(_MONTH, *(month.encode() for month in _ELSEWHERE))
# each begins with one byte, as above, after a digit
_DATED_TOO = (
    (b"-", re.compile(rb"-(?<=[0-9]-)" + _MONTH_TOO)),
    (b".", re.compile(rb"\.(?<=[0-9]\.)(?: ?" + _MONTH_TOO + rb"|[0-9]{1,2}\.[0-9]{4}\n)")),
    (b"/", re.compile(rb"/(?<=[0-9]/)[0-9]{1,2}/[0-9]{2}(?:[0-9]{2})?\n")),
)
_CHANGED_IDS = (
    ("a .0 at the end", re.compile(rb"^[0-9]+\.0+$")),
    (APOSTROPHE, re.compile(rb"^'(?![0-9])")),  # before a digit it is found in any cell
    (
        DATED,
        re.compile(
            b"^"
            + _any(
                rb"[0-9]{1,2}(?:-|\. ?)" + _MONTH_TOO + rb"\.?(?:[- ]?[0-9]{2}(?:[0-9]{2})?)?",
                _MONTH + rb"-[0-9]{2}",
                rb"[0-9]{1,2}\.[0-9]{1,2}\.[0-9]{4}",
                rb"[0-9]{1,2}/[0-9]{1,2}/[0-9]{2}(?:[0-9]{2})?",
            )
            + b"$"
        ),
    ),
)


def changed_id(value: bytes) -> str | None:
    """What a spreadsheet did to an id, None if nothing that can be seen."""
    return next((shape for shape, pattern in _CHANGED_IDS if pattern.search(value)), None)


def changed_ids(joined: bytes) -> bool:
    """One of some ids, each with a line break after it, may have been changed. Cheap: every batch is asked."""
    if b".0\n" in joined or b"\n'" in joined or joined[:1] == b"'":
        return True
    if b"-" in joined and _DATED.search(joined):
        return True
    return any(mark in joined and pattern.search(joined) for mark, pattern in _DATED_TOO)


def changed(value: bytes) -> str | None:
    """What a spreadsheet did to an id or any other cell, None if nothing that can be seen."""
    return changed_id(value) or next((kind.shape for kind in _KINDS if kind.rule == _SHEET and kind.find(value)), None)


def is_object(value: bytes) -> bool:
    """It is a script's word for what it holds."""
    return value.startswith(_NAMESPACES) or any(kind.shape == OBJECT and kind.find(value) for kind in _KINDS)


SHAPES = tuple(
    dict.fromkeys(
        [(kind.rule, kind.shape or "the character, by its code") for kind in _KINDS]
        + [(_SHEET, shape) for shape, _ in _CHANGED_IDS]
    )
)
"""Every rule and what its words call the damage, in the order of the tables."""
