"""An asyncio loop in a thread of its own, for servers beside code that knows nothing of asyncio."""

import asyncio
import threading
from collections.abc import Callable, Coroutine
from typing import Any

_LINGER = 0.01


class LoopThread:
    """Runs coroutines from `start` to `stop`."""

    def __init__(self, name: str) -> None:
        self._loop = asyncio.new_event_loop()
        self._thread = threading.Thread(target=self._run, name=name, daemon=True)

    @property
    def running(self) -> bool:
        return self._thread.is_alive()

    def start(self) -> None:
        self._thread.start()

    def call[**P](self, function: Callable[P, object], *arguments: P.args, **named: P.kwargs) -> None:
        """Call a function on the loop and wait until it has returned. Raises what it raises, or TimeoutError."""

        async def called() -> None:
            function(*arguments, **named)

        self.run(called())

    def run[T](self, coroutine: Coroutine[Any, Any, T], timeout: float = 10) -> T:
        """Run one to its end and give what it returns. Raises what it raises, or TimeoutError."""
        return asyncio.run_coroutine_threadsafe(coroutine, self._loop).result(timeout)

    def stop(self) -> None:
        """Cancel what still runs and end the thread. May be called more than once."""
        if self._thread.is_alive():
            self._loop.call_soon_threadsafe(self._loop.stop)
            self._thread.join()
        if not self._loop.is_closed():
            self._loop.close()

    def _run(self) -> None:
        asyncio.set_event_loop(self._loop)
        self._loop.run_forever()
        left = asyncio.all_tasks(self._loop)
        for task in left:
            task.cancel()
        self._loop.run_until_complete(asyncio.gather(*left, return_exceptions=True))
        self._loop.run_until_complete(asyncio.sleep(_LINGER))  # connections that were dropped are told so
        self._loop.run_until_complete(self._loop.shutdown_asyncgens())
