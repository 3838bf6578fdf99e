"""Calls at given times, all from one thread."""

import heapq
import itertools
import threading
import time
from collections.abc import Callable


class Alarms:
    """A thread that makes each call when its time has come."""

    def __init__(self) -> None:
        self._changed = threading.Condition()
        self._waiting: list[tuple[float, int, Callable[[], None]]] = []
        self._order = itertools.count()
        self._stopped = False
        self._thread = threading.Thread(target=self._run, name="alarms", daemon=True)

    def start(self) -> None:
        self._thread.start()

    def stop(self) -> None:
        """Make no further calls and end the thread."""
        with self._changed:
            self._stopped = True
            self._changed.notify()
        if self._thread.ident is not None:
            self._thread.join()

    def at(self, when: float, call: Callable[[], None]) -> None:
        """Make a call at a time (seconds since 1970), at once if it is past. The call must be short."""
        with self._changed:
            heapq.heappush(self._waiting, (when, next(self._order), call))
            self._changed.notify()

    def _run(self) -> None:
        while True:
            with self._changed:
                if self._stopped:
                    return
                if not self._waiting:
                    self._changed.wait()
                    continue
                left = self._waiting[0][0] - time.time()
                if left > 0:
                    self._changed.wait(left)
                    continue
                call = heapq.heappop(self._waiting)[2]
            call()
