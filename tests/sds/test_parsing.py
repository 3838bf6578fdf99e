"""Graph's JSON as it may come: missing, null, numbers as text, odd times."""

from datetime import UTC, datetime

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from shared.sds.parsing import end_of_day, json_object, moment, rows, section, text, whole

ANYTHING = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text() | st.datetimes().map(lambda d: d.isoformat()),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(), inner, max_size=3),
    max_leaves=8,
)


@settings(deadline=None, max_examples=50)
@given(ANYTHING)
def test_no_value_is_an_exception(value: object) -> None:
    fields = {"x": value}
    for read in (section, rows, text, whole, moment, end_of_day):
        read(fields, "x")
        read({}, "x")


@settings(deadline=None, max_examples=50)
@given(st.binary(max_size=50))
def test_no_body_is_an_exception(body: bytes) -> None:
    json_object(body)


@pytest.mark.parametrize(
    ("value", "expected"),
    [(3, 3), ("3", 3), ("3.0", 3), ("3.5", None), (3.0, 3), (3.5, None), (True, None), ("x", None), (None, None)],
)
def test_whole_numbers(value: object, expected: int | None) -> None:
    assert whole({"n": value}, "n") == expected


@pytest.mark.parametrize(
    ("value", "expected"),
    [
        ("2024-02-29T02:55:12.1234567Z", datetime(2024, 2, 29, 2, 55, 12, 123457, tzinfo=UTC)),
        ("2024-02-29T02:55:12", datetime(2024, 2, 29, 2, 55, 12, tzinfo=UTC)),
        ("2024-02-29T03:55:12+01:00", datetime(2024, 2, 29, 2, 55, 12, tzinfo=UTC)),
        ("0001-01-01T00:00:00Z", None),
        ("9999-12-31T23:59:59.9999999Z", None),
        ("2024-02-29", None),
        (1709175312, None),
        (True, None),
    ],
)
def test_times(value: object, expected: datetime | None) -> None:
    assert moment({"t": value}, "t") == expected


def test_a_byte_order_mark_is_no_fault() -> None:
    assert json_object(b'\xef\xbb\xbf{"a":1}') == {"a": 1}
