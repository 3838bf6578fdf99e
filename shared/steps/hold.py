"""Hold: of two steps that would work with one upload session at once, one does."""

from collections.abc import Callable
from typing import NamedTuple

from msgspec.structs import replace

from ..learn import held
from ..record import Current, Hold, Version
from .room import Room


class Claim(NamedTuple):
    """The run of which the session was claimed, the number of the attempt, and the record as that left it."""

    run: Current
    attempt: int
    version: Version


def claim(
    room: Room,
    profile: str,
    instance: str,
    wanted: Callable[[Current], bool],
    mark: Callable[[Current], Current] | None = None,
) -> Claim | None:
    """Claim the session for a new attempt, if the run is as `wanted` and nobody holds it.

    `mark` changes the run in the same swap.
    """
    attempt = 0

    def swap(run: Current) -> Current | None:
        nonlocal attempt
        attempt = 0
        if not wanted(run) or held(run, room.now()):
            return None
        attempt = (run.hold.attempt if run.hold else 0) + 1
        run = mark(run) if mark else run
        return replace(run, hold=Hold(attempt, room.believed_until()))

    version = room.version(profile)
    if version.record.current is None:
        return None
    version = room.change_run(profile, version.record.current.run_id, swap, instance=instance, known=version)
    claimed = version.record.current
    return Claim(claimed, attempt, version) if attempt and claimed is not None else None


def mine(run: Current, attempt: int) -> bool:
    """Whether no later attempt was claimed."""
    return run.hold is not None and run.hold.attempt == attempt


def released(run: Current) -> Current:
    """The run with the session free for the next attempt."""
    return replace(run, hold=replace(run.hold, until=None)) if run.hold else run
