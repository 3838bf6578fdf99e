"""States move by time, by looks, or by both."""

import pytest

from local.emulator.timetable import Moment, Step, Timetable
from tests.emulator.conftest import FakeClock


def test_a_step_ends_after_its_seconds(clock: FakeClock) -> None:
    timetable = Timetable([Step("provisioning", seconds=10), Step("provisioned")], clock)
    clock.advance(9.9)
    assert timetable.state() == "provisioning"
    clock.advance(0.1)
    assert timetable.state() == "provisioned"


def test_a_step_ends_after_its_polls(clock: FakeClock) -> None:
    timetable = Timetable([Step("provisioning", polls=2), Step("provisioned")], clock)
    assert [timetable.poll() for _ in range(4)] == ["provisioning", "provisioning", "provisioned", "provisioned"]


def test_looking_without_polling_moves_nothing(clock: FakeClock) -> None:
    timetable = Timetable([Step("provisioning", polls=1), Step("provisioned")], clock)
    assert [timetable.state() for _ in range(3)] == ["provisioning"] * 3


def test_a_step_with_both_needs_both(clock: FakeClock) -> None:
    timetable = Timetable([Step("a", seconds=10, polls=1), Step("b")], clock)
    clock.advance(20)
    assert timetable.poll() == "a"
    assert timetable.state() == "b"
    assert timetable.history[-1] == Moment(clock.now, "b")


def test_a_long_absence_goes_through_all_steps_at_their_own_times(clock: FakeClock) -> None:
    begin = clock.now
    timetable = Timetable([Step("a", seconds=1), Step("b", seconds=2), Step("c", seconds=3), Step("d")], clock)
    clock.advance(1000)
    timetable.state()
    assert timetable.history == [
        Moment(begin, "a"),
        Moment(begin + 1, "b"),
        Moment(begin + 3, "c"),
        Moment(begin + 6, "d"),
    ]
    assert timetable.ended


def test_no_steps_are_no_timetable(clock: FakeClock) -> None:
    with pytest.raises(ValueError, match="at least one step"):
        Timetable([], clock)
