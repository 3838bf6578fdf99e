"""Six-field NCRONTAB schedules, as timer triggers take them (learn.microsoft.com, "functions-bindings-timer").

Own code because cron libraries mean something else: here seconds come first, and a day must fit the day of the
month *and* the day of the week, where cron takes either.
"""

from dataclasses import dataclass
from datetime import datetime, timedelta

_MONTHS = ("jan", "feb", "mar", "apr", "may", "jun", "jul", "aug", "sep", "oct", "nov", "dec")
_DAYS = ("sun", "mon", "tue", "wed", "thu", "fri", "sat")

_FIELDS: tuple[tuple[str, int, int, tuple[str, ...]], ...] = (
    ("second", 0, 59, ()),
    ("minute", 0, 59, ()),
    ("hour", 0, 23, ()),
    ("day", 1, 31, ()),
    ("month", 1, 12, _MONTHS),
    ("day of the week", 0, 6, _DAYS),
)

_HORIZON = 41 * 366
"""Days to look ahead: around 2100, 29 February takes forty years to fall on the same day of the week again."""


class BadSchedule(ValueError):
    """Not a schedule; the message is one line that says why."""


@dataclass(frozen=True)
class Schedule:
    """When a timer fires. The values of each field that fit, sorted."""

    seconds: tuple[int, ...]
    minutes: tuple[int, ...]
    hours: tuple[int, ...]
    days: tuple[int, ...]
    months: tuple[int, ...]
    weekdays: tuple[int, ...]

    @classmethod
    def parse(cls, text: str) -> "Schedule":
        """Read `{second} {minute} {hour} {day} {month} {day-of-week}`. Raises BadSchedule."""
        parts = text.split()
        if len(parts) != len(_FIELDS):
            raise BadSchedule(f"{text!r} is not a schedule: it must have six fields, seconds first")
        try:
            return cls(*(_values(part, *field) for part, field in zip(parts, _FIELDS, strict=True)))
        except BadSchedule as error:
            raise BadSchedule(f"{text!r} is not a schedule: {error}") from None

    def after(self, moment: datetime) -> datetime:
        """The first time after a moment, in its time zone. Raises BadSchedule if there is none."""
        start = moment.replace(microsecond=0) + timedelta(seconds=1)
        for ahead in range(_HORIZON):
            day = (start + timedelta(days=ahead)).date()
            if day.month not in self.months or day.day not in self.days:
                continue
            if day.isoweekday() % 7 not in self.weekdays:
                continue
            earliest = (start.hour, start.minute, start.second) if ahead == 0 else (0, 0, 0)
            time = self._time(earliest)
            if time is not None:
                hour, minute, second = time
                return start.replace(
                    year=day.year, month=day.month, day=day.day, hour=hour, minute=minute, second=second
                )
        raise BadSchedule("the schedule has no day that ever comes")

    def _time(self, earliest: tuple[int, int, int]) -> tuple[int, int, int] | None:
        hours = (hour for hour in self.hours if hour >= earliest[0])
        times = ((h, m, s) for h in hours for m in self.minutes for s in self.seconds)
        return next((time for time in times if time >= earliest), None)


def _values(text: str, name: str, low: int, high: int, names: tuple[str, ...]) -> tuple[int, ...]:
    found: set[int] = set()
    for item in text.split(","):
        span, slash, step_text = item.partition("/")
        first_text, dash, last_text = span.partition("-")
        if span == "*":
            first, last = low, high
        else:
            first = _number(first_text, name, low, names)
            # "5/10" counts from 5 to the end of the field.
            last = _number(last_text, name, low, names) if dash else (high if slash else first)
        step = _number(step_text, name, low, ()) if slash else 1
        if not low <= first <= last <= high or not 1 <= step <= high + 1:
            raise BadSchedule(f"{item!r} does not fit the field {name} ({low} to {high})")
        found.update(range(first, last + 1, step))
    return tuple(sorted(found))


def _number(text: str, name: str, low: int, names: tuple[str, ...]) -> int:
    if text.isascii() and text.isdecimal():
        return int(text)
    if text[:3].lower() in names and len(text) >= 3:
        return low + names.index(text[:3].lower())
    raise BadSchedule(f"{text!r} is not a value of the field {name}")
