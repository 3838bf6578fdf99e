"""The kinds of values: each turns a setting's text into a value, says what it wants, and writes a value as text.

`parse` gets the text without blanks around it, never empty, and the value that holds without it. It raises BadValue.
"""

import re
from typing import Any, Protocol

import msgspec

from .bad import shown

DAYS_400 = 400 * 86400

_DECIMAL = re.compile(r"-?([0-9]{1,12}(\.[0-9]{0,12})?|\.[0-9]{1,12})")


class BadValue(ValueError):
    """The message goes on after the setting's name: "is a text of 3 characters; it must be …"."""


class Kind(Protocol):
    """One kind of value."""

    def parse(self, text: str, base: Any) -> Any:
        """The value. Raises BadValue."""

    def text(self, value: Any) -> str:
        """The value as a setting would have it."""


def wanted(text: str, wants: str, choices: tuple[str, ...] = ()) -> BadValue:
    """A value is not what it must be, which may be one of a few words."""
    return BadValue(f"is {shown(text, choices)}; it must be {wants}")


class Number(msgspec.Struct, frozen=True):
    """A decimal number from `least` to `most`; `above`: `least` itself is too small."""

    least: float = 0
    most: float = DAYS_400
    unit: str = "seconds"
    above: bool = False
    whole: bool = False

    @property
    def wants(self) -> str:
        what = "a whole number" if self.whole else "a number"
        low = f"more than {self.least:g}" if self.above else f"{self.least:g} or more"
        return f"{what} of {self.unit}, {low} and at most {self.most:.15g}"

    def parse(self, text: str, base: Any) -> float:  # noqa: ARG002 - not every kind looks at what holds without it
        if not _DECIMAL.fullmatch(text):
            raise wanted(text, self.wants)
        value = float(text)
        low = text.startswith("-") or (value <= self.least if self.above else value < self.least)
        part = self.whole and not text.isdecimal()
        faults = ((low, "too small"), (value > self.most, "too large"), (part, "no whole number"))
        if fault := next((what for wrong, what in faults if wrong), None):
            raise BadValue(f"is {fault}; it must be {self.wants}")
        return int(value) if self.whole else value

    def text(self, value: Any) -> str:
        return f"{value:.15g}"


SECONDS = Number()
SECONDS_ABOVE_0 = Number(above=True)
PERCENT = Number(most=100, unit="percent")


class Choice(msgspec.Struct, frozen=True):
    """One of a few words, in any case."""

    choices: tuple[str, ...]

    def parse(self, text: str, base: Any) -> str:  # noqa: ARG002
        for choice in self.choices:
            if text.lower() == choice.lower():
                return choice
        raise wanted(text, f"one of: {', '.join(self.choices)}", self.choices)

    def text(self, value: Any) -> str:
        return str(value)


class YesNo(msgspec.Struct, frozen=True):
    """`true` or `false`."""

    choices: tuple[str, ...] = ("false", "true")

    def parse(self, text: str, base: Any) -> bool:
        return Choice(self.choices).parse(text, base) == "true"

    def text(self, value: Any) -> str:
        return "true" if value else "false"


class Text(msgspec.Struct, frozen=True):
    """A text of a certain form."""

    form: str
    """A regular expression for the whole of it."""
    wants: str

    def parse(self, text: str, base: Any) -> str:  # noqa: ARG002
        if not re.fullmatch(self.form, text):
            raise wanted(text, self.wants)
        return text

    def text(self, value: Any) -> str:
        return str(value)


class Removed(msgspec.Struct, frozen=True):
    """Percentages by kind: `people=20,orgs=20`, or one number for the `alone` kinds. Others stay as they are."""

    kinds: tuple[str, ...] = ("people", "orgs", "classes", "enrollments")
    alone: tuple[str, ...] = ("people", "orgs")

    def parse(self, text: str, base: dict[str, float]) -> dict[str, float]:
        if "=" not in text:
            return base | dict.fromkeys(self.alone, PERCENT.parse(text, None))
        found: dict[str, float] = {}
        for number, entry in enumerate(text.split(","), 1):
            kind, equals, percent = (part.strip() for part in entry.partition("="))
            if not equals or kind not in self.kinds or kind in found:
                raise BadValue(
                    f"has an entry {number} that is no kind=percent, each kind once: {', '.join(self.kinds)}"
                )
            try:
                found[kind] = PERCENT.parse(percent, None)
            except BadValue as error:
                raise BadValue(f"has an entry for {kind} that {error}") from None
        return base | found

    def text(self, value: Any) -> str:
        return ",".join(f"{kind}={value[kind]:g}" for kind in self.kinds)
