"""Kills hosts as soon as they work again: by chance, at a step's edges, while Graph works for them, two at once."""

import threading
import time
from random import Random

from local.emulator import Emulator
from tests.soak.hosts import Hosts
from tests.soak.tally import Tally

SHORT, LONG = (0.1, 1.2), (9.0, 18.0)
"""Seconds that a host lives at most after it serves."""
BURST = (12, 18)
"""So many hosts in a row live short; then two live long, so that runs get ahead, to be struck elsewhere."""
TWIN = 3.0
"""Seconds for which two hosts work at once."""
_STEPS = ("take", "take", "verify", "upload", "upload", "start", "start", "report", "refuse", "observe", "leave")
_PLACES = (
    *(f"{side} activity {step}" for step in _STEPS for side in ("before", "after")),
    *("after a turn of poll_state", "after recording a turn of poll_state", "before event", "after timer sweep"),
)
_LOOK = 0.03
_GRAPH = 0.1
"""How likely a host that is to die at Graph's work dies, once something was asked, at each look."""


class Reaper:
    """Runs one host after the other until told to stop; what runs then goes on."""

    def __init__(self, hosts: Hosts, emulator: Emulator, random: Random, tally: Tally) -> None:
        self._hosts = hosts
        self._emulator = emulator
        self._random = random
        self._tally = tally
        self.boots: list[float] = []
        """Seconds that each host took until it served."""

    def go(self, stop: threading.Event) -> None:
        while not stop.is_set():
            for seconds in [SHORT] * self._random.randint(*BURST) + [LONG] * 2:
                if not stop.is_set():
                    self._life(stop, self._random.uniform(*seconds))

    def _life(self, stop: threading.Event, seconds: float) -> None:
        random = self._random
        began = time.monotonic()
        way = random.choices(("chance", "place", "graph", "twin"), (5, 5, 2, 3))[0]
        place = f"{random.choice(_PLACES)}#{random.randint(1, 4)}" if way == "place" else None
        number = self._hosts.start(*self._options(), *(("--die-at", place) if place else ()))
        if self._hosts.wait_until_ready(number):
            self.boots.append(time.monotonic() - began)
        until = time.monotonic() + seconds
        twin = self._hosts.start(*self._options()) if way == "twin" else None
        asked = len(self._emulator.log)
        while time.monotonic() < until and not stop.is_set() and self._hosts.exit_of(number) is None:
            if way == "graph" and len(self._emulator.log) > asked and random.random() < _GRAPH:
                break
            stop.wait(_LOOK)
        self._ended(number, way, place)
        if twin is not None:
            stop.wait(random.uniform(0, TWIN))
            self._ended(twin, way, None)

    def _ended(self, number: int, way: str, place: str | None) -> None:
        dead = self._hosts.exit_of(number) is not None
        code = self._hosts.kill(number)
        if code != -9:
            raise RuntimeError(f"a host ended by itself with {code}")
        if dead and place:
            self._tally.add(f"kill: {place.partition('#')[0]}")
        else:
            self._tally.add(f"kill: by {'chance' if way == 'place' else way}")

    def _options(self) -> list[str]:
        random = self._random
        chaos = ["--chaos", str(random.getrandbits(32))] if random.random() < 0.5 else []
        return chaos + (["--no-events"] if random.random() < 0.1 else [])
