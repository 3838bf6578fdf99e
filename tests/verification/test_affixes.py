"""Ids that lack, or have, the same characters: found where nearly all do, and never in numbers alike by chance."""

import pytest

from shared.verification.affixes import affixed
from shared.verification.model import BEHIND, FRONT

KEYS = {b"%d" % number for number in range(1, 2000)}


@pytest.mark.parametrize(
    ("write", "shape"),
    [(b"S%d", FRONT), (b"abcdefgh%d", FRONT), (b"%d-A", BEHIND), (b"%dabcdefgh", BEHIND)],
)
@pytest.mark.parametrize("missing", [0, 1])
def test_what_nearly_all_have_in_addition(write: bytes, shape: str, missing: int) -> None:
    values = {write % number for number in range(100, 109)} | {b"nobody"} - {b"nobody" if not missing else b""}
    assert affixed(values, KEYS, digits=False) == {write % n: (b"%d" % n, shape) for n in range(100, 109)}
    assert affixed({b"%d" % n for n in range(100, 109)}, {write % n for n in range(200)}, digits=False) == {
        b"%d" % n: (write % n, shape) for n in range(100, 109)
    }


@pytest.mark.parametrize(
    "values",
    [
        {b"S100", b"S101"},  # too few to tell
        {b"S100", b"S101", b"x", b"y"},  # not nearly all
        {b"Maths 100", b"Maths 101", b"Maths 102"},  # names
        {b"abcdefghi100", b"abcdefghi101", b"abcdefghi102"},  # too long
        {b"S100A", b"S101A", b"S102A"},
        {b"S", b"T", b"U"},
        set(),
    ],
)
def test_what_says_nothing(values: set[bytes]) -> None:
    assert affixed(values, KEYS, digits=True) == {}


@pytest.mark.parametrize("numbers", [range(5000, 5003), range(8, 11)])
def test_digits_say_nothing_of_a_few_numbers(numbers: range) -> None:
    """Where 500 is missing there may be a 1500, and a 00 where 5000 is."""
    values, keys = {b"%d" % number for number in numbers}, KEYS - {b"%d" % number for number in numbers}
    assert affixed(values, keys, digits=False) == {}
    assert affixed({b"70%d" % n for n in range(100, 103)}, KEYS, digits=True).keys() == {b"70100", b"70101", b"70102"}
