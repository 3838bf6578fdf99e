"""The removal guard: how many ids of the last accepted drop a new one lacks. Storage is its callers' business.

    watch = IdWatch(key, kinds_of(settings.max_removed_percent))
    verification = verify(sources, watch=watch)
    now = watch.ids(verification)
    found = removed(recall(kept, key), now, settings.max_removed_percent, settings.max_removed_least)
    held = any(group.over for group in found)
    kept = remember(now, key)  # once the drop is accepted

docs/removal-guard.md says what it does and why.
"""

from .ids import Ids, IdWatch
from .judge import Removed, removed
from .marks import KEY_BYTES
from .memory import BadMemory, recall, remember
from .removed_ids import removed_ids
from .sources import kinds_of

__all__ = [
    "KEY_BYTES",
    "BadMemory",
    "IdWatch",
    "Ids",
    "Removed",
    "kinds_of",
    "recall",
    "remember",
    "removed",
    "removed_ids",
]
