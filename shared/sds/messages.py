"""How many of a service's messages are kept: they go into the record, the report and the queue's message."""

from collections import Counter
from collections.abc import Sequence

from .port import ServiceMessage

MOST = 500
LARGEST = 64 * 1024
"""Characters of all messages together."""

_ORDER = {"error": 0, "warning": 1}


def kept(messages: Sequence[ServiceMessage]) -> tuple[ServiceMessage, ...]:
    """All of them, or the gravest that fit, and one of the gravest kind left out that tells how many were."""
    length, most = 0, 0
    ordered = sorted(messages, key=lambda message: _ORDER.get(message.type, 2)) if _large(messages) else messages
    for message in ordered[:MOST]:
        length += len(message.description) + len(message.file_name or "")
        if length > LARGEST:
            break
        most += 1
    left = Counter(message.type for message in ordered[most:])
    if not left:
        return tuple(ordered)
    kinds = ", ".join(f"{count} of type {kind}" for kind, count in left.items())
    gravest = min(left, key=lambda kind: _ORDER.get(kind, 2))
    closing = ServiceMessage(gravest, None, f"The service gave more messages than are kept: {kinds} are left out.")
    return (*ordered[:most], closing)


def _large(messages: Sequence[ServiceMessage]) -> bool:
    return len(messages) > MOST or sum(len(each.description) + len(each.file_name or "") for each in messages) > LARGEST
