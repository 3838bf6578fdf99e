"""Ids that are nearly the same: what spreadsheets, databases and other exports make of one id in two files.

Each kind of difference is a way to write a value; two values that are the same when both are written so differ by it.
"""

import re
import unicodedata
from collections.abc import Callable, Iterable, Mapping, Sequence

from .cells import SPACE, decoded
from .model import BLANKS

_UNSEEN = str.maketrans("", "", SPACE)
_PUNCTUATION = str.maketrans("", "", "-_./\\:+,;|#{}()[]'\u2019")
_EXPONENT = re.compile(r"([0-9])(?:[.,]([0-9]+))?[eE]\+?([0-9]{1,3})")
_DIGITS = re.compile(r"[1-9][0-9]{11,}|[1-9][0-9]{0,4}0{5,}")  # what a spreadsheet shows with an exponent
_SHOWN = 6  # digits that it shows then


_ALIKE = str.maketrans(
    "\u0410\u0412\u0415\u041a\u041c\u041d\u041e\u0420\u0421\u0422\u0423\u0425"  # Cyrillic
    "\u0430\u0435\u043e\u0440\u0441\u0443\u0445\u0455\u0456\u0458"
    "\u0391\u0392\u0395\u0396\u0397\u0399\u039a\u039c\u039d\u039f\u03a1\u03a4\u03a5\u03a7\u03bf",  # Greek
    "ABEKMHOPCTYXaeopcyxsijABEZHIKMNOPTYXo",
)


def _plain_letters(value: str) -> str:
    """The value with one character for each letter, narrow ones, and those of this alphabet where others look so."""
    return value if value.isascii() else unicodedata.normalize("NFKC", value).translate(_ALIKE)


def _exponent(value: str) -> str:
    """A long number as a spreadsheet shows it."""
    if found := _EXPONENT.fullmatch(value):
        digits = (found[1] + (found[2] or "")).ljust(_SHOWN, "0")
        return f"{_rounded(digits)}E{int(found[3])}"
    return f"{_rounded(value)}E{len(value) - 1}" if _DIGITS.fullmatch(value) else value


def _rounded(digits: str) -> str:
    return str(round(int(digits[: _SHOWN + 1].ljust(_SHOWN + 1, "0")) / 10)).rstrip("0")


CASE = "capital and small letters"
DIFFERENCES: dict[str, Callable[[str], str]] = {
    BLANKS: lambda value: value.translate(_UNSEEN),
    "letters that look the same (an é of two characters, a letter of another alphabet)": _plain_letters,
    "b'…' around it": lambda value: re.sub(r"^b(['\"])(.*)\1$", r"\2", value),
    'an = and quotation marks around it (="…")': lambda value: value.strip('="'),
    "an apostrophe in front": lambda value: value.lstrip("'\u2018\u2019"),
    "an exponent (as in 9.9E+15)": _exponent,
    "a .0 at the end": lambda value: re.sub(r"\.0+$|,0{1,2}$", "", value),
    "punctuation": lambda value: value.translate(_PUNCTUATION),
    "leading zeros": lambda value: value.lstrip("0") or value[:1],
    CASE: str.casefold,
}
"""By name: what the values have to be stripped of to be the same. In this order, which matters."""


SAME = {"a long number with an exponent (9.91E+15)": "an exponent (as in 9.9E+15)"}
"""What the damage of a value is called as a difference, where that has another name."""


def form(value: str) -> str:
    """The value without all of that: equal for two that are nearly the same."""
    for write in DIFFERENCES.values():
        value = write(value)
    return value


def difference(one: str, other: str) -> str:
    """By what two values differ that have the same form: the kinds of difference without which they still would."""
    needed = []
    for name in DIFFERENCES:
        a, b = one, other
        for other_name, write in DIFFERENCES.items():
            if other_name != name:
                a, b = write(a), write(b)
        if a != b:
            needed.append(name)
    return " and ".join(needed) or next(
        (name for name, write in DIFFERENCES.items() if write(one) == write(other)), "how it is written"
    )


_AT_ONCE = 20_000
"""Keys that are written in another way together: all of them would take as much memory again."""
_LINE_END, _PLUS = b"\n+"  # as numbers: see `quoting`
_DROPPED = b" -_./\\:+,;|#{}()[]'=\""


def quick_forms(values: Sequence[bytes]) -> list[bytes]:
    """A coarser form of many values at once, in a few passes over all of them: equal if `form` is, mostly.

    What it misses are exponents, `b'…'` and characters that are not ASCII.
    """
    data = b"\n".join([*values, b""]).lower()
    for zeros in (b".0\n", b",0\n", b",00\n", b".00\n"):
        data = data.replace(zeros, b"\n")
    data = data[:-1].translate(None, _DROPPED)
    forms = data.split(b"\n")
    return [form.lstrip(b"0") for form in forms] if b"\n0" in data or data[:1] == b"0" else forms


def nearly(values: Iterable[bytes], keys: Sequence[bytes]) -> dict[bytes, tuple[bytes, str]]:
    """The key that each of a few values nearly is, and by what it differs; those that are near none are left out."""
    wanted: dict[bytes, list[bytes]] = {}
    few = [value for value in values if _LINE_END not in value]
    if not few or not keys:
        return {}
    odd = any(map(_maybe_exponent, few)) or not all(map(bytes.isascii, few))
    for value in few:
        for near in {*quick_forms([value]), form(decoded(value)).encode(errors="surrogateescape")}:
            wanted.setdefault(near, []).append(value)
    found: dict[bytes, tuple[bytes, str]] = {}
    for at in range(0, len(keys), _AT_ONCE):
        _look(keys[at : at + _AT_ONCE], wanted, found, odd=odd)
    return found


def _look(
    keys: Sequence[bytes], wanted: Mapping[bytes, list[bytes]], found: dict[bytes, tuple[bytes, str]], *, odd: bool
) -> None:
    """Add those of the wanted values, by their forms, that some keys are near. `odd`: they have forms of their own."""
    joined = b"\n".join(keys)
    if joined.count(b"\n") >= len(keys):
        keys = [key for key in keys if _LINE_END not in key]
    forms = quick_forms(keys)
    pairs = zip(keys, forms, strict=True)
    if not odd and not _maybe_odd(joined):
        if not (hits := wanted.keys() & forms):
            return
        pairs = ((key, near) for key, near in pairs if near in hits)  # type: ignore[assignment]
    for key, near in pairs:
        ways = [near]
        if odd or _maybe_odd(key):
            ways.append(form(decoded(key)).encode(errors="surrogateescape"))
        for way in ways:
            for value in wanted.get(way, ()):
                if value not in found and form(decoded(value)) == form(decoded(key)):
                    found[value] = (key, difference(decoded(value), decoded(key)))


def _maybe_odd(joined: bytes) -> bool:
    """One of some values may have another form than its quick one."""
    return not joined.isascii() or _maybe_exponent(joined) or b"b'" in joined


def _maybe_exponent(value: bytes) -> bool:
    return _PLUS in value and (b"E+" in value or b"e+" in value)
