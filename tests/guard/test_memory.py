"""What is kept of a drop comes back as it was, or not at all; it holds no id."""

import json

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from shared.guard import BadMemory, Ids, kinds_of, recall, remember
from shared.guard import ids as gathering
from tests.guard.drops import ALL, KEY, Drop, drops

OFF = {"people": 20.0, "orgs": 20.0, "classes": 100.0, "enrollments": 100.0}
DROP = Drop(
    "sdsV1",
    {
        "School.csv": (("9", "North"),),
        "Student.csv": tuple((f"pupil-{n}", "9", f"user{n}") for n in range(300)),
        "Teacher.csv": (("t", "teacher-1", "9"),),
        "Section.csv": (("section-1", "9", "Art"),),
        "StudentEnrollment.csv": (("section-1", "pupil-1"),),
        "TeacherRoster.csv": (("teacher-1", "section-1"),),
    },
)


@given(drop=st.sampled_from(["sdsV1", "sdsV2.1"]).flatmap(drops))
@settings(max_examples=60, deadline=None)
def test_it_comes_back(drop: Drop) -> None:
    ids = drop.ids()
    assert recall(remember(ids, KEY), KEY) == Ids(ids.format, ids.taken)


def test_it_is_small_and_holds_no_id() -> None:
    kept = remember(DROP.ids(kinds_of(OFF)), KEY)
    assert len(kept) < 8 * 303 + 500
    for text in (b"pupil", b"teacher-1", b"section", b"user", b"North"):
        assert text not in kept
    assert kept == remember(DROP.ids(kinds_of(OFF)), KEY), "the same drop, the same bytes"
    other = Drop("sdsV1", {**DROP.rows, "Student.csv": DROP.rows["Student.csv"][::-1]})
    assert kept == remember(other.ids(kinds_of(OFF)), KEY), "the order of the rows is not told"


def test_enrolments_are_remembered_where_their_limit_is_below_100() -> None:
    assert set(kinds_of(OFF)) == set(ALL) - {"enrollments"}
    assert set(kinds_of({**OFF, "enrollments": 99.9})) == set(ALL)
    assert DROP.ids(kinds_of(OFF)).kinds == set(ALL) - {"enrollments"}


@given(data=st.data())
@settings(max_examples=200, deadline=None)
def test_a_damaged_one_is_refused(data: st.DataObject) -> None:
    kept = bytearray(remember(DROP.ids(), KEY))
    at = data.draw(st.integers(0, len(kept) - 1))
    if data.draw(st.booleans()):
        kept[at] ^= data.draw(st.integers(1, 255))
    else:
        del kept[at:]
    with pytest.raises(BadMemory):
        recall(bytes(kept), KEY)


@given(garbage=st.binary(max_size=200))
def test_garbage_is_refused(garbage: bytes) -> None:
    for data in (garbage, b"rosterdrop ids 1\n" + garbage, b"rosterdrop ids 2\n" + garbage):
        with pytest.raises(BadMemory):
            recall(data, KEY)


def test_another_key_reads_nothing() -> None:
    with pytest.raises(BadMemory):
        recall(remember(DROP.ids(), KEY), KEY[::-1])
    with pytest.raises(BadMemory):
        recall(json.dumps({"v": 1}).encode(), KEY)


def test_rows_above_the_limit_take_no_memory(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(gathering, "ROWS", 250)
    ids = DROP.ids()
    assert len(ids.taken["people", "students"]) == 250
    assert len(ids.taken["people", "teachers"]) == 1
