"""The request log: what clients asked, when, and what the profile was in at that moment."""

from collections import deque

import msgspec

MOST_ENTRIES = 50_000


class Entry(msgspec.Struct, frozen=True, rename="camel"):
    """One request, logged when it was answered; entries are in that order, `time` is when it arrived."""

    time: str
    method: str
    path: str
    """As sent, without the query, which may hold a signature."""
    plain: str
    """The path in its plain spelling: lower-case, slashes only."""
    status: int | None
    """None: the connection was reset."""
    profile: str | None
    phase: str | None
    """The profile's `state`, or the flow's `readinessStatus`, when the request arrived."""
    sync: str | None
    """The true status of the profile's sync, or of the tenant's newest run, when the request arrived."""
    request_id: str
    client_request_id: str | None
    fault: str | None = None


class RequestLog:
    """The newest entries, oldest first. Control requests are not in it."""

    def __init__(self) -> None:
        self._entries: deque[Entry] = deque(maxlen=MOST_ENTRIES)

    def add(self, entry: Entry) -> None:
        self._entries.append(entry)

    def clear(self) -> None:
        self._entries.clear()

    def entries(self, method: str | None = None, end: str = "") -> list[Entry]:
        """All entries, or those of one method whose plain path ends like this (lower-case)."""
        return [
            entry
            for entry in list(self._entries)
            if (method is None or entry.method == method) and entry.plain.endswith(end.lower())
        ]

    def __len__(self) -> int:
        return len(self._entries)
