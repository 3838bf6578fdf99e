"""The process's room: store, service and settings, made once and shared by its activities."""

from collections.abc import Callable, Iterable
from concurrent.futures import ThreadPoolExecutor, wait
from functools import cache

from .azure_store import AzureStore
from .sds.connect import connect
from .settings import Settings
from .steps.room import Room

AT_ONCE = 4
"""Storage calls of small files that are under way at once, over all activities of the process."""


@cache
def room() -> Room:
    """The room of this process, by its environment."""
    settings = Settings.load()
    return Room(AzureStore(settings), lambda: connect(settings), settings, together=together)


@cache
def _threads() -> ThreadPoolExecutor:
    return ThreadPoolExecutor(AT_ONCE, thread_name_prefix="together")


def together[T, R](call: Callable[[T], R], items: Iterable[T]) -> list[R]:
    """`shared.steps.room.Together` on the process's threads. A call must not use it itself."""
    begun = [_threads().submit(call, item) for item in items]
    wait(begun)
    return [each.result() for each in begun]
