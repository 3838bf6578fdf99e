"""What was asked of storage through the gate, and by whom."""

import threading
from collections import defaultdict
from typing import NamedTuple

from local.storage.operations import Operation


class Call(NamedTuple):
    """One request and what came of it. No body, no header, no query: nothing here is secret."""

    method: str
    operation: Operation
    auth: str
    """`bearer`, `key`, `sas` or `none`."""
    identity: str
    """Whose token it was; empty without a good one."""
    status: int | None
    """What the storage, or the gate in its place, answered; a fault after the work may have kept it from the client.
    None if there was no answer."""
    fault: str = ""


class CallLog:
    """The calls in the order of their answers."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._calls: list[Call] = []

    def add(self, call: Call) -> None:
        with self._lock:
            self._calls.append(call)

    def calls(self) -> list[Call]:
        with self._lock:
            return list(self._calls)

    def used(self) -> dict[tuple[str, str], frozenset[str]]:
        """By identity and scope, the actions that its successful requests asked for (of each need the first)."""
        found: defaultdict[tuple[str, str], set[str]] = defaultdict(set)
        for call in self.calls():
            if call.identity and call.status is not None and call.status < 400:
                for need in call.operation.needs:
                    found[call.identity, need.scope].add(need.one_of[0])
        return {key: frozenset(actions) for key, actions in found.items()}
