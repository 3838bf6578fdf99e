"""Several storage calls at once: most of the time of a small file is waiting for its answer."""

from collections.abc import Callable, Iterable
from concurrent.futures import ThreadPoolExecutor, wait
from functools import cache
from typing import Protocol

AT_ONCE = 4
"""Calls that are under way at once, over all activities of the process."""


class Together(Protocol):
    """Calls a function for each item, in any order and perhaps several at once; the results come in the items' order.

    No call is under way any more when it returns, or raises what the first of them, in the items' order, raised.
    """

    def __call__[T, R](self, call: Callable[[T], R], items: Iterable[T]) -> list[R]: ...


def one_by_one[T, R](call: Callable[[T], R], items: Iterable[T]) -> list[R]:
    """Without threads. The first call that raises is the last."""
    return [call(item) for item in items]


def on_threads[T, R](call: Callable[[T], R], items: Iterable[T]) -> list[R]:
    """On the process's own few threads. A call must not use them itself."""
    begun = [_threads().submit(call, item) for item in items]
    wait(begun)
    return [each.result() for each in begun]


@cache
def _threads() -> ThreadPoolExecutor:
    return ThreadPoolExecutor(AT_ONCE, thread_name_prefix="together")
