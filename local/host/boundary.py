"""The places between two steps, where a host may die."""

import itertools
import logging
import os
import signal
import threading
from typing import Self

_LOG = logging.getLogger("host.boundary")


class Boundaries:
    """Counts the places as the host passes them, from 1, and kills the process at one of them.

    The one is the `time`-th whose name begins with `place`; without a place, none.
    """

    def __init__(self, place: str | None = None, time: int = 1) -> None:
        self._place = place
        self._left = time
        self._numbers = itertools.count(1)
        self._lock = threading.Lock()

    @classmethod
    def parse(cls, die_at: str | None) -> Self:
        """Read `N` (the N-th place of all), `PLACE` (the first of the name) or `PLACE#N`. Raises ValueError."""
        if die_at is None:
            return cls()
        place, _, time = ("", "", die_at) if die_at.isdecimal() else die_at.partition("#")
        return cls(place, int(time or "1"))

    def cross(self, place: str) -> None:
        """Pass a place. It is logged as `boundary N: place`, so that a run shows which ones there are."""
        with self._lock:
            _LOG.info("boundary %d: %s", next(self._numbers), place)
            if self._place is None or not place.startswith(self._place):
                return
            self._left -= 1
            if self._left == 0:
                for handler in logging.getLogger().handlers:
                    handler.flush()
                os.kill(os.getpid(), signal.SIGKILL)
