"""Operations on marks are those of sets, at sizes where arrays are cut into parts; what is kept is safe to keep."""

from array import array

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from shared.guard import marks
from shared.guard.marks import KEY_BYTES, Marker, common, difference, has, in_order, union

KEY = bytes(range(KEY_BYTES))
SETS = st.sets(st.integers(0, 400), max_size=60)


def made(numbers: set[int]) -> marks.Marks:
    return marks.marks(bytearray(Marker(KEY, "people").raw(str(number).encode() for number in numbers)))


@given(a=SETS, b=SETS)
@settings(max_examples=200, deadline=None)
@pytest.mark.parametrize(("step", "far"), [(512, 8), (4, 8), (3, 1)])
def test_they_are_those_of_sets(a: set[int], b: set[int], step: int, far: int) -> None:
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(marks, "_STEP", step)
        patch.setattr(marks, "_FAR", far)
        these, others = made(a), made(b)
        assert difference(these, others) == made(a - b)
        assert common(these, others) == made(a & b)
        assert union([these, others]) == made(a | b)
        assert [number in b for number in sorted(a)] == [
            has(others, in_order(bytearray(Marker(KEY, "people").raw([str(number).encode()])))[0])
            for number in sorted(a)
        ]


def test_marks_are_sorted_each_once_and_no_bits_make_an_odd_number() -> None:
    worst = [b"\xff" * 8, bytes(8), b"\xff" * 8, b"\1" + bytes(7), bytes(7) + b"\x80", b"\xff" * 7 + b"\x7f"]
    found = marks.marks(bytearray(b"".join(worst)))
    assert found == array("d", sorted(set(found)))
    assert len(found) == 3, "without the two highest bits"
    assert all(mark >= 0 for mark in found)
    assert found[-1] < float("inf")


def test_many_ids_have_marks_of_their_own() -> None:
    ids = [str(number).encode() for number in range(20_000)]
    assert len(marks.marks(bytearray(Marker(KEY, "people").raw(ids + ids)))) == len(ids)


def test_a_mark_hangs_on_key_kind_and_id() -> None:
    found = {
        Marker(key, kind).raw([id_])
        for key in (KEY, KEY[::-1])
        for kind in ("people", "orgs")
        for id_ in (b"1", b"1\0", b"2")
    }
    assert len(found) == 12
    assert all(len(raw) == 8 for raw in found)
