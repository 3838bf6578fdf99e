"""Misbehaviour that the real host is capable of, drawn from a seed.

Each draw depends on the seed, the kind of thing and how many of its kind came before, not on what else happens
at the time: the same seed gives the same draws in the same app as far as its steps come in the same order.
"""

import logging
from collections import Counter
from itertools import accumulate
from random import Random
from typing import Literal

_LOG = logging.getLogger("host.chaos")

type Activity = Literal["once", "twice", "both", "lost"]
"""Run once; run again after the first answer; run twice at the same time; first answer lost, so run again."""

type Event = Literal["once", "late", "twice", "never"]

_ACTIVITY: tuple[tuple[Activity, float], ...] = (("once", 0.64), ("twice", 0.12), ("both", 0.12), ("lost", 0.12))
_EVENT: tuple[tuple[Event, float], ...] = (("once", 0.4), ("late", 0.2), ("twice", 0.2), ("never", 0.2))
_START_TWICE = 0.25
_REPLAY = 0.1
LATE_SECONDS = 2.0
"""The longest delay of a late event."""


class Chaos:
    """Says what goes wrong. Without a seed, nothing does."""

    def __init__(self, seed: int | None) -> None:
        self._seed = seed
        self._drawn: Counter[str] = Counter()

    def activity(self, name: str) -> Activity:
        return self._pick(f"activity {name}", _ACTIVITY, "once")

    def event(self) -> Event:
        return self._pick("event", _EVENT, "once")

    def lateness(self) -> float:
        """Seconds from 0 to LATE_SECONDS."""
        return self._draw("lateness") * LATE_SECONDS

    def pause(self) -> float:
        """Seconds between two runs of one activity: from none to a fifth."""
        return self._draw("pause") / 5

    def second_answer(self) -> bool:
        """Which answer of a step that ran twice counts."""
        return self._draw("answer") < 0.5

    def start_twice(self, instance_id: str) -> bool:
        return self._happens("start", _START_TWICE, instance_id)

    def replay(self, instance_id: str) -> bool:
        """Whether an orchestrator's turn is run a second time, as after a lost lease."""
        return self._happens("replay", _REPLAY, instance_id)

    def _pick[Choice: str](self, kind: str, table: tuple[tuple[Choice, float], ...], calm: Choice) -> Choice:
        if self._seed is None:
            return calm
        drawn = self._draw(kind)
        sums = accumulate(share for _, share in table)
        choice = next((c for (c, _), top in zip(table, sums, strict=True) if drawn < top), calm)
        if choice != calm:
            _LOG.info("%s %d: %s", kind, self._drawn[kind], choice)
        return choice

    def _happens(self, kind: str, share: float, detail: str) -> bool:
        if self._seed is None or self._draw(kind) >= share:
            return False
        _LOG.info("%s %d of %s: twice", kind, self._drawn[kind], detail)
        return True

    def _draw(self, kind: str) -> float:
        self._drawn[kind] += 1
        return Random(f"{self._seed}/{kind}/{self._drawn[kind]}").random()
