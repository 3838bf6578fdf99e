"""What runs at the moment, so that an ending host can wait for it; and how failures are told."""

import asyncio
import logging
from collections.abc import Coroutine
from typing import Any

_LOG = logging.getLogger("host")


class Invocations:
    """Tasks on the host's loop. An exception in one is logged, never lost."""

    def __init__(self) -> None:
        self._running: set[asyncio.Task[Any]] = set()

    def start[T](self, work: Coroutine[Any, Any, T]) -> asyncio.Task[T]:
        """Begin; whoever wants to know how it ended may await the task."""
        task = asyncio.get_running_loop().create_task(work)
        self._running.add(task)
        task.add_done_callback(self._ended)
        return task

    async def drain(self, timeout: float) -> bool:
        """Wait until nothing runs, at most `timeout` seconds. Returns whether nothing does."""
        if self._running:
            await asyncio.wait(self._running, timeout=timeout)
        return not self._running

    def _ended(self, task: asyncio.Task[Any]) -> None:
        self._running.discard(task)
        if not task.cancelled() and (error := task.exception()) is not None:
            _LOG.error("the host itself failed", exc_info=error)
