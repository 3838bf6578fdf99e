"""The request log: what clients asked, when, and what the profile was in at that moment."""

from collections import deque

import msgspec

MOST_ENTRIES = 50_000


class Entry(msgspec.Struct, frozen=True, rename="camel", kw_only=True):
    """One request, logged when it had been worked on; entries are in that order, `time` is when it arrived."""

    number: int = 0
    """Counts all requests since the emulator began, from 1 on."""
    time: str
    method: str
    path: str
    """As sent, without the query, which may hold a signature."""
    plain: str
    """The path in its plain spelling: lower-case, slashes only."""
    status: int | None
    """What the client was answered. None: the connection was reset, or nothing ever came."""
    worked: int | None
    """What the work itself came to, whatever the client was told. None: the request was not worked on."""
    profile: str | None
    phase: str | None
    """The profile's `state`, or the flow's `readinessStatus`, when the request arrived."""
    sync: str | None
    """The true status of the profile's sync, or of the tenant's newest run, when the request arrived."""
    request_id: str
    client_request_id: str | None
    fault: str | None = None
    """The name of the rule that decided it; drawn ones are `name/kind`."""
    received: int = 0
    """Bytes of the request's body that arrived."""
    facts: dict[str, object] = {}
    """What the work did, for whoever checks a client; docs/emulator.md lists them. Empty if it was refused."""


class RequestLog:
    """The newest entries, oldest first. Control requests are not in it."""

    def __init__(self) -> None:
        self._entries: deque[Entry] = deque(maxlen=MOST_ENTRIES)
        self._number = 0

    def add(self, entry: Entry) -> None:
        """Take an entry in; it gets its number here."""
        self._number += 1
        self._entries.append(msgspec.structs.replace(entry, number=self._number))

    def clear(self) -> None:
        self._entries.clear()

    def entries(self, method: str | None = None, end: str = "", after: int = 0) -> list[Entry]:
        """All entries, or those of one method whose plain path ends like this (lower-case), after a number."""
        return [
            entry
            for entry in list(self._entries)
            if entry.number > after and (method is None or entry.method == method) and entry.plain.endswith(end.lower())
        ]

    def __len__(self) -> int:
        return len(self._entries)
