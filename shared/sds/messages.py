"""How many of a service's messages are kept: they go into the record, the report and the queue's message."""

from collections import Counter
from collections.abc import Callable, Sequence

from .parsing import Fields
from .port import ServiceMessage

MOST = 500
LARGEST = 64 * 1024
"""Characters of all messages together."""

_ORDER = {"error": 0, "warning": 1}

type Row = tuple[str, Fields]
"""A message as the service gave it, and its type."""


def kept(rows: Sequence[Row], read: Callable[[str, Fields], ServiceMessage]) -> tuple[ServiceMessage, ...]:
    """All of them, or the gravest that fit and one of the gravest kind left out, which tells how many were.

    Only what is kept is read: a service may send a million.
    """
    messages = [read(*row) for row in rows[:MOST]]
    if len(rows) <= MOST and _length(messages) <= LARGEST:
        return tuple(messages)
    ordered = sorted(rows, key=lambda row: _ORDER.get(row[0], 2))
    messages = [read(*row) for row in ordered[:MOST]]
    while _length(messages) > LARGEST:
        messages.pop()
    left = Counter(kind for kind, _ in ordered[len(messages) :])
    kinds = ", ".join(f"{count} of type {kind}" for kind, count in left.items())
    gravest = min(left, key=lambda kind: _ORDER.get(kind, 2))
    told = f"The service gave more messages than are kept: {kinds} are left out."
    return (*messages, ServiceMessage(gravest, None, told))


def _length(messages: Sequence[ServiceMessage]) -> int:
    return sum(len(message.description) + len(message.file_name or "") for message in messages)
