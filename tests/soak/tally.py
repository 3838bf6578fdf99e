"""Strikes by kind, counted from many threads."""

import threading
from collections import Counter

from local.storage.log import Call, CallLog


class Tally:
    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._counts: Counter[str] = Counter()

    def add(self, kind: str, times: int = 1) -> None:
        with self._lock:
            self._counts[kind] += times

    def counts(self) -> Counter[str]:
        with self._lock:
            return Counter(self._counts)

    @property
    def strikes(self) -> int:
        with self._lock:
            return self._counts.total()

    @property
    def kills(self) -> int:
        return sum(count for kind, count in self.counts().items() if kind.startswith("kill: "))


class StruckCalls(CallLog):
    """The gate's log for a run of hours: it counts the faults and keeps no call."""

    def __init__(self, tally: Tally) -> None:
        super().__init__()
        self._tally = tally

    def add(self, call: Call) -> None:
        if call.fault:
            status = f" {call.status}" if call.fault.startswith("status") else ""
            self._tally.add(f"storage: {call.fault}{status}")
