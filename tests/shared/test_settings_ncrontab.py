"""Schedules mean what the timer trigger's documentation says of them."""

from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from shared.settings.ncrontab import BadSchedule, Schedule

NOW = datetime(2026, 11, 22, 10, 30, 15, 500, tzinfo=UTC)  # a Sunday


@pytest.mark.parametrize(
    ("text", "due"),
    [
        ("* * * * * *", "2026-11-22 10:30:16"),
        ("0 */5 * * * *", "2026-11-22 10:35:00"),
        ("*/10 * * * * *", "2026-11-22 10:30:20"),
        ("5,8,10 * * * * *", "2026-11-22 10:31:05"),
        ("0 5 * * * *", "2026-11-22 11:05:00"),
        ("0 0 9-17 * * *", "2026-11-22 11:00:00"),
        ("0 0 9-17 * * mon-fri", "2026-11-23 09:00:00"),
        ("0 30 9 * Jan Mon", "2027-01-04 09:30:00"),
        ("0 30 9 * January MONDAY", "2027-01-04 09:30:00"),
        ("15 30 10 22 11 0", "2037-11-22 10:30:15"),  # a 22 November that is a Sunday, unlike in cron
        ("0 0 0 29 2 *", "2028-02-29 00:00:00"),
        ("0 0 0 29 2 sun", "2032-02-29 00:00:00"),
        ("0 0 5-10 * * *", "2026-11-23 05:00:00"),
        ("50/5 * * * * *", "2026-11-22 10:30:50"),
        ("0 0 0 13 * 5", "2027-08-13 00:00:00"),
    ],
)
def test_next_time(text: str, due: str) -> None:
    assert Schedule.parse(text).after(NOW) == datetime.fromisoformat(due).replace(tzinfo=UTC)


@pytest.mark.parametrize(
    "text",
    ["", "* * * * *", "* * * * * * *", "60 * * * * *", "* * 24 * * *", "* * * 0 * *", "* * * * 13 *", "* * * * * 7",
     "*/0 * * * * *", "5-1 * * * * *", "a * * * * *", "-1 * * * * *", "1, * * * * *", "* * * * * su", "00:05:00",
     "*/61 * * * * *", "0 */99999999999 * * * *", "0 0 0 */33 * *", "0 0/2147483648 * * * *"],
)  # fmt: skip
def test_bad_schedules_say_so_in_one_line(text: str) -> None:
    with pytest.raises(BadSchedule, match="is not a schedule") as caught:
        Schedule.parse(text)
    assert "\n" not in str(caught.value)


def test_a_day_that_never_comes() -> None:
    with pytest.raises(BadSchedule, match="no day"):
        Schedule.parse("0 0 0 30 2 *").after(NOW)


@given(
    second=st.sampled_from(["*", "0", "*/7", "3-9"]),
    minute=st.sampled_from(["*", "30", "*/20", "59"]),
    hour=st.sampled_from(["*", "0", "8-9", "23"]),
    moment=st.datetimes(datetime(2026, 1, 1), datetime(2027, 1, 1)),  # noqa: DTZ001 (hypothesis wants them naive)
)
def test_no_fitting_second_is_skipped(second: str, minute: str, hour: str, moment: datetime) -> None:
    schedule = Schedule.parse(f"{second} {minute} {hour} * * *")
    due = schedule.after(moment)
    whole = moment.replace(microsecond=0)
    passed = (whole + timedelta(seconds=n) for n in range(1, min(4000, int((due - whole).total_seconds()))))
    for time in (*passed, due):
        fits = time.second in schedule.seconds and time.minute in schedule.minutes and time.hour in schedule.hours
        assert fits == (time == due)
