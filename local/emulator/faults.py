"""Misbehaviour on demand: rules that match requests, drawn by seed where they leave it to chance."""

from collections.abc import Iterable
from fnmatch import fnmatchcase
from random import Random

import msgspec

from .clock import Clock
from .kinds import KINDS
from .specs import Fault


class Rule:
    """A fault and how often it has been met."""

    def __init__(self, fault: Fault, clock: Clock) -> None:
        self.fault = fault
        self.seen = 0
        """Requests that matched method and path."""
        self.used = 0
        """Requests that it decided."""
        self._clock = clock
        self._first: float | None = None

    def takes(self, method: str, paths: Iterable[str]) -> Fault | None:
        """What happens to a request of the rule, None if it isn't for this one; counts it."""
        fault = self.fault
        if fault.method not in ("*", method) or not any(fnmatchcase(path, fault.path.lower()) for path in paths):
            return None
        self.seen += 1
        if self.seen < fault.nth or (self.seen - fault.nth) % fault.every:
            return None
        if fault.times is not None and self.used >= fault.times:
            return None
        if fault.seconds is not None and self._first is not None and self._clock() > self._first + fault.seconds:
            return None
        # Each request has draws of its own, so that one rule's luck doesn't depend on what others took.
        draws = Random(f"{fault.seed}/{fault.name}/{self.seen}")
        if draws.random() >= fault.chance:
            return None
        self.used += 1
        if self._first is None:
            self._first = self._clock()
        return _drawn(fault, draws)


def _drawn(fault: Fault, draws: Random) -> Fault:
    if not fault.kinds:
        return fault
    kind = draws.choice(fault.kinds)
    return msgspec.structs.replace(fault, name=f"{fault.name}/{kind}", **KINDS[kind])


class Faults:
    """Rules in order; the first that takes a request decides it."""

    def __init__(self, clock: Clock) -> None:
        self._clock = clock
        self.rules: list[Rule] = []

    def add(self, faults: Iterable[Fault]) -> None:
        self.rules += [Rule(fault, self._clock) for fault in faults]

    def clear(self) -> None:
        self.rules.clear()

    def match(self, method: str, *paths: str) -> Fault | None:
        """The fault for a request whose path is known under these spellings."""
        lowered = [path.lower() for path in paths]
        for rule in list(self.rules):
            if fault := rule.takes(method, lowered):
                return fault
        return None
