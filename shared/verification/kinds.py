"""What a cell of each kind may hold, as tests over sets of values.

Sources: learn.microsoft.com/schooldatasync/validation-rules-and-descriptions (dates, phones, booleans), Entra's
limits for user principal names and mail nicknames. Empty values never get here.
"""

import re
from collections.abc import Callable, Sequence
from datetime import date

from ..formats import Kind
from .cells import longest
from .model import Service
from .suspects import PERHAPS

Test = Callable[[set[str]], set[str]]
"""Takes values, gives those that fail."""

_HOUR, _SIXTY = "([01][0-9]|2[0-3])", "[0-5][0-9]"
_ISO = re.compile(
    r"([0-9]{4}-[0-9]{2}-[0-9]{2}|[0-9]{8})"
    rf"([T ]{_HOUR}:?{_SIXTY}(:?({_SIXTY}|60)([.,][0-9]+)?)?(Z|[+-]{_HOUR}(:?{_SIXTY})?)?)?"
)
_SLASHED = re.compile(r"([0-9]{1,2})/([0-9]{1,2})/([0-9]{4})")
_YEAR = re.compile(r"[12][0-9]{3}")
_E164 = re.compile(r"\+[1-9][0-9]{1,14}")
_DIGITS = re.compile(r"(\+[1-9]|[0-9])[0-9]{1,14}")
_PUNCTUATION = str.maketrans("", "", "()-. ")
_ATOM = r"[^@\s,;:<>.]++"
_EMAIL = re.compile(rf"(?=[^@]{{1,64}}@){_ATOM}(\.{_ATOM})*+@{_ATOM}(\.{_ATOM})++")
_LABEL = "[A-Za-z0-9]([A-Za-z0-9-]*[A-Za-z0-9])?"
_DOMAIN = rf"(?=.{{1,48}}\Z){_LABEL}(\.{_LABEL})*"
_DOMAIN_BYTES = re.compile(_DOMAIN.encode())
_USERNAME = re.compile(rf"[A-Za-z0-9'._!#^~-]{{0,63}}[A-Za-z0-9'_!#^~-](@{_DOMAIN})?")
_USERNAME_BYTES = bytes(range(ord("a"), ord("z") + 1)) + b"ABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789_-!#^~.'"
_MAILNAME = re.compile(r"[A-Za-z0-9._-]{1,56}")  # behind "Section_" in a mail nickname of 64


def day(value: str, *, american: bool) -> date | None:
    """The day that a value means, with `american` month/day/year too; None if it means none."""
    if iso := _ISO.fullmatch(value):
        return _date(int(iso[1][:4]), int(iso[1].replace("-", "")[4:6]), int(iso[1][-2:]))
    if american and (found := _SLASHED.fullmatch(value)):
        return _date(int(found[3]), int(found[1]), int(found[2]))
    return None


def _date(year: int, month: int, day: int) -> date | None:
    try:
        return date(year, month, day)
    except ValueError:
        return None


def plain_usernames(cells: Sequence[bytes]) -> bool:
    """All of them are plain user names without a domain, or all have one: seen in one pass over them."""
    data = b"\n".join(cells)
    rest = data.translate(None, _USERNAME_BYTES)
    parts = len(cells) - 1
    if rest == b"@" + b"\n@" * parts:
        domains = {cell.partition(b"@")[2] for cell in cells}
        if not all(map(_DOMAIN_BYTES.fullmatch, domains)) or b"\n@" in data or data[:1] == b"@":
            return False
    elif rest != b"\n" * parts:
        return False
    dotted = b".@" in data or b".\n" in data or data[-1:] == b"."
    return not dotted and all(cells) and longest(cells) <= 64


def _each(good: Callable[[str], object]) -> Test:
    return lambda values: {value for value in values if not good(value)}


def rules_of(kind: Kind, service: Service, *, american: bool) -> list[tuple[str, Test]]:
    """The rules that a kind brings, with their tests."""
    classic = service == "classic"
    slashed = american and classic
    table: dict[Kind, list[tuple[str, Test]]] = {
        Kind.TEXT: [],
        Kind.DATE: [("date", _each(lambda value: day(value, american=slashed)))],
        Kind.YEAR: [("year", _each(_YEAR.fullmatch))],
        Kind.PHONE: [("phone", _each(_classic_phone if classic else _E164.fullmatch))],
        Kind.EMAIL: [("email", _each(_EMAIL.fullmatch))],
        Kind.BOOLEAN: [("boolean", _each(lambda value: value.lower() in ("true", "false")))],
        Kind.USERNAME: [("username", _each(_USERNAME.fullmatch))],
        Kind.ADDRESS: [("username", _each(_USERNAME.fullmatch))],
        Kind.MAILNAME: [("mailNickname", _each(_MAILNAME.fullmatch))],
    }
    if classic:  # the other service can be told to append the domain
        table[Kind.ADDRESS].append(("usernameDomain", _each(lambda value: "@" in value)))
    return table[kind]


def _classic_phone(value: str) -> object:
    """The classic service drops the punctuation by itself."""
    return _DIGITS.fullmatch(value.translate(_PUNCTUATION))


_DAYS = re.compile(rb"[1-6][0-9]{4}(?:\.0+)?")
_PARTS = re.compile(rb"([0-9]{1,2})[./ -]([0-9]{1,2})[./ -][0-9]{2,4}")


_LOOKS_OF_MAIL = (
    (re.compile(rb"@.*[;, /].*@"), " Some are several addresses: a cell holds one."),
    (re.compile(rb"<[^<>]*@[^<>]*>"), " Some have a name before the address: leave it out, and the < > around it."),
    (re.compile(rb"^mailto:", re.IGNORECASE), " Leave out mailto:."),
    (re.compile(rb"^[^@]*$"), " Some have no @."),
)


def looks_of_mail(wrong: Sequence[bytes]) -> str:
    """What some values that are no e-mail addresses look like; empty if nothing that helps."""
    return "".join(says for looks, says in _LOOKS_OF_MAIL if any(map(looks.search, wrong)))


_ZEROS = re.compile(rb"[0 :./T-]*0[0 :./T-]*")


def looks_of_dates(wrong: Sequence[bytes], *, american: bool) -> str:
    """What some values that are no dates look like; empty if nothing that helps.

    `american`: dates with the month first are read, so that some with the day first may have been, too.
    """
    if all(map(_ZEROS.fullmatch, wrong)):
        return " These are zeros, with which databases say that there is no date."
    if PERHAPS.issuperset(wrong):
        return " These are words for nothing."
    if all(map(_DAYS.fullmatch, wrong)):
        return " These are numbers of days, as a spreadsheet keeps dates: export again, or format it as yyyy-mm-dd."
    parts = [found for value in wrong if (found := _PARTS.fullmatch(value))]
    if len(parts) == len(wrong):
        first = any(int(found[1]) > 12 for found in parts)
        second = any(int(found[2]) > 12 for found in parts)
        if first != second:
            taken = " So may the column's others: they are read with the month first." if first and american else ""
            return f" These have the {'day' if first else 'month'} first.{taken}"
    return ""
