"""Calls that go together: in order, whole, and none left behind."""

import threading
from collections.abc import Callable

import pytest

from shared.together import AT_ONCE, Together, on_threads, one_by_one

BOTH = pytest.mark.parametrize("together", [one_by_one, on_threads])


@BOTH
def test_results_come_in_the_items_order(together: Together) -> None:
    assert together(str, range(20)) == [str(n) for n in range(20)]
    assert together(str, []) == []


@BOTH
def test_what_the_first_one_raised_is_raised(together: Together) -> None:
    with pytest.raises(ValueError, match="'b'"):
        together(int, ["1", "b", "c"])


def test_they_run_at_the_same_time() -> None:
    barrier = threading.Barrier(AT_ONCE)
    assert sorted(on_threads(lambda _: barrier.wait(10), range(AT_ONCE))) == list(range(AT_ONCE))


def test_none_is_under_way_after_a_failure() -> None:
    began, ended, gate = threading.Event(), threading.Event(), threading.Event()

    def fail() -> None:
        began.wait(10)
        threading.Timer(0.05, gate.set).start()
        raise LookupError

    def slow() -> None:
        began.set()
        gate.wait(10)
        ended.set()

    calls: list[Callable[[], None]] = [fail, slow]
    with pytest.raises(LookupError):
        on_threads(lambda call: call(), calls)
    assert ended.is_set()
