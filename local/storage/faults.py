"""Faults of a network and of storage: which request is hit, and how. A seed gives the same plan every time."""

import threading
import time
from collections import Counter
from fnmatch import fnmatchcase
from random import Random
from typing import Literal

import msgspec

from local.storage.operations import Operation

type Kind = Literal["reset", "truncated", "drip", "blackhole", "half", "status"]
type When = Literal["before", "after"]

STATUS_CODES = {
    403: "AuthorizationPermissionMismatch",
    429: "TooManyRequests",
    500: "InternalError",
    503: "ServerBusy",
}
"""What Azure calls its own refusals of this kind."""


class Fault(msgspec.Struct, frozen=True, kw_only=True):
    """One misbehaviour. Operation, scope and item are patterns with `*`."""

    kind: Kind
    when: When = "before"
    """Before or after the storage has done the work. `half` is always before, `truncated` and `drip` after."""
    operation: str = "*"
    scope: str = "*"
    item: str = "*"
    times: int | None = 1
    """How many requests are hit; None: all."""
    lasts: float | None = None
    """Seconds from when it is added; None: until `times` are used up."""
    seconds: float = 2.0
    """How long a black hole keeps silent, or a dripping answer takes."""
    status: int = 503
    """What a `status` fault answers; one of STATUS_CODES."""
    retry_after: int | None = None

    def hits(self, operation: Operation) -> bool:
        pairs = ((operation.name, self.operation), (operation.scope, self.scope), (operation.item, self.item))
        return all(fnmatchcase(text, pattern) for text, pattern in pairs)


class Chance(msgspec.Struct, frozen=True, kw_only=True):
    """A plan drawn from a seed: this share of the requests is hit, each by one of the faults."""

    seed: int
    share: float
    faults: tuple[Fault, ...]

    def draw(self, operation: Operation, number: int) -> Fault | None:
        """The fault of the `number`-th request of its operation; other operations change nothing about it."""
        random = Random(f"{self.seed}/{operation.name}/{operation.scope}/{number}")
        if random.random() >= self.share:
            return None
        fitting = [fault for fault in self.faults if fault.hits(operation)]
        return random.choice(fitting) if fitting else None


ALL: tuple[Fault, ...] = (
    Fault(kind="reset"),
    Fault(kind="reset", when="after"),
    Fault(kind="blackhole", seconds=0.5),
    Fault(kind="blackhole", when="after", seconds=0.5),
    Fault(kind="status", status=503),
    Fault(kind="status", status=503, when="after"),
    Fault(kind="status", status=500, when="after"),
    Fault(kind="status", status=429, retry_after=1),
    Fault(kind="status", status=403),
    Fault(kind="truncated", when="after"),
    Fault(kind="drip", when="after", seconds=0.5),
    Fault(kind="half", operation="Put*"),
)
"""Everything that may happen to any request, short enough for a run to get through."""


class _Rule:
    """A fault that was added, and how often it may still hit."""

    def __init__(self, fault: Fault) -> None:
        self.fault = fault
        self._left = fault.times
        self._until = None if fault.lasts is None else time.monotonic() + fault.lasts

    def take(self, operation: Operation) -> bool:
        over = self._left == 0 or (self._until is not None and time.monotonic() > self._until)
        if over or not self.fault.hits(operation):
            return False
        if self._left is not None:
            self._left -= 1
        return True


class Faults:
    """What is to go wrong, asked at every request. May be changed at any time, from any thread."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._rules: list[_Rule] = []
        self._chance: Chance | None = None
        self._drawn: Counter[tuple[str, str]] = Counter()

    def add(self, *faults: Fault) -> None:
        with self._lock:
            self._rules += [_Rule(fault) for fault in faults]

    def chance(self, chance: Chance | None) -> None:
        """Draw faults from a seed from now on, besides those that were added; None: no more."""
        with self._lock:
            self._chance, self._drawn = chance, Counter()

    def clear(self) -> None:
        with self._lock:
            self._rules, self._chance = [], None

    def of(self, operation: Operation) -> Fault | None:
        """What this request is to suffer."""
        with self._lock:
            added = next((rule.fault for rule in self._rules if rule.take(operation)), None)
            return added or self._drawn_one(operation)

    def _drawn_one(self, operation: Operation) -> Fault | None:
        if self._chance is None:
            return None
        self._drawn[operation.name, operation.scope] += 1
        return self._chance.draw(operation, self._drawn[operation.name, operation.scope])
