"""Behaviours: what one profile goes through, and how many of them are played at the same time on one stack.

A behaviour waits most of its time, so a stack plays all that were chosen at once, each on a profile of its own; a
test then waits for its own. One that disturbs its neighbours (faults of a call that all flows of a tenant share) is
played alone, once the others are done.
"""

import threading
from collections.abc import Callable, Collection, Mapping
from concurrent.futures import Future, ThreadPoolExecutor, wait
from functools import partial
from typing import Any, NamedTuple

from tests.long import LONG

from .profile import Profile

BOTH = frozenset({"classic", "industryData"})
AT_ONCE = 8

type Play = Callable[[Profile], None]


class Behaviour(NamedTuple):
    name: str
    play: Play
    apis: frozenset[str]
    alone: frozenset[str]
    """The APIs on which it is played alone."""
    usual: frozenset[str]
    """The APIs on which it is played without ROSTERDROP_LONG, too."""


BEHAVIOURS: dict[str, Behaviour] = {}


def played(api: str) -> list[str]:
    """The names of the behaviours of an API that this run plays.

    What the tests of the steps and of the clients hold for each row of a table is played here once for each table, and
    what goes the same way on both APIs on one of them; with ROSTERDROP_LONG=1 everything is played.
    """
    return [name for name, one in BEHAVIOURS.items() if api in (one.apis if LONG else one.usual)]


def behaviour(*, only: str = "", alone: str = "", usually: str = "") -> Callable[[Play], Play]:
    """Make a function a behaviour of both APIs, or of one `only`; `alone` on the APIs named there.

    `usually` on that API alone: it ends before any service is asked, or goes the same way on both.
    """

    def add(play: Play) -> Play:
        _add(play.__name__, play, only, alone, frozenset({usually}) if usually else BOTH)
        return play

    return add


def behaviours(
    table: Mapping[str, Any], *, only: str = "", alone: str = "", usually: str = ""
) -> Callable[[Callable[..., None]], Callable[..., None]]:
    """One behaviour for each row of a table, the first a usual one; the function gets the row's value as `row`."""
    apis = frozenset({usually}) if usually else BOTH

    def add(play: Callable[..., None]) -> Callable[..., None]:
        for number, (key, row) in enumerate(table.items()):
            _add(f"{play.__name__}-{key}", partial(play, row=row), only, alone, apis if number == 0 else frozenset())
        return play

    return add


def _add(name: str, play: Play, only: str, alone: str, usual: frozenset[str]) -> None:
    assert name not in BEHAVIOURS, f"there are two behaviours {name}"
    apis = frozenset({only}) if only else BOTH
    BEHAVIOURS[name] = Behaviour(name, play, apis, frozenset(alone.split()), apis & usual)


class Playing:
    """The chosen behaviours on one stack: `result` raises what went wrong in one."""

    def __init__(
        self, api: str, names: Collection[str], new_profile: Callable[[], Profile], counted: Callable[[], int]
    ) -> None:
        """`counted` is how often the app has written down a start."""
        self._api = api
        self._counted = counted
        self._new_profile = new_profile
        self._pool = ThreadPoolExecutor(AT_ONCE, "behaviour")
        self._over = threading.Event()
        if api == "industryData":
            threading.Thread(target=self._forget_starts, daemon=True).start()
        chosen = [BEHAVIOURS[name] for name in names if api not in BEHAVIOURS[name].alone]
        self._played: dict[str, Future[None]] = {one.name: self._pool.submit(self._play, one) for one in chosen}

    def result(self, name: str) -> None:
        """Wait until the behaviour has been played. Raises its failure."""
        if name in self._played:
            self._played[name].result()
        else:
            self.wait()
            self._over.set()
            self._play(BEHAVIOURS[name])

    def _forget_starts(self) -> None:
        """The service allows a tenant five starts in twelve hours: for those who play together they are always over."""
        profile, forgotten = self._new_profile(), 0
        while not self._over.wait(0.05):
            if (counted := self._counted()) > forgotten:
                forgotten = counted
                profile.forget_starts()

    def wait(self) -> None:
        """Wait until all that are played together are done."""
        wait(self._played.values())

    def close(self) -> None:
        self._over.set()
        self._pool.shutdown(cancel_futures=True)

    def _play(self, one: Behaviour) -> None:
        profile = self._new_profile()
        if self._api in one.alone:
            profile.forget_starts()
        try:
            one.play(profile)
            profile.check_promises()
        finally:
            profile.calm()
