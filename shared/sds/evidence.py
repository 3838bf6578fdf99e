"""Which state of a classic profile's sync proves that a sync has begun since another state was seen.

The service has one status for a profile, and no ids of syncs. It moves `lastActivityDateTime` for anything that
happens to the profile, a verification that refused the files included, and `lastSynchronizationDateTime` when a sync
has succeeded. So a running status is proof, or a new success, or an end of another kind than the one before; last
night's end with a new time of activity is none. And where a sync was running already, its end is not ours.
"""

from datetime import datetime

from .port import SyncState

_SUCCEEDED = ("succeeded", "succeededWithErrors")
_STOPPED = ("failed", "paused")


def fresh(before: SyncState, now: SyncState) -> bool:
    """Whether `now` can only be of a sync that began after `before` was seen. Unsure is no."""
    succeeded = _later(now.last_synchronization_date_time, before.last_synchronization_date_time or before.seen)
    if before.stage == "running":
        return now.stage == "running" and succeeded  # that one has ended, and another runs
    if now.stage == "running":
        return True
    if now.stage in _SUCCEEDED:
        return succeeded
    return now.stage in _STOPPED and now.status.lower() != before.status.lower()


def _later(time: datetime | None, than: datetime | None) -> bool:
    return time is not None and than is not None and time > than
