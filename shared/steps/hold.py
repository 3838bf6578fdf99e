"""Hold: of two steps that would work with one upload session at once, one does."""

from collections.abc import Callable

from msgspec.structs import replace

from ..decide import held
from ..record import Current, Hold
from .room import Room


def claim(
    room: Room,
    profile: str,
    instance: str,
    wanted: Callable[[Current], bool],
    mark: Callable[[Current], Current] | None = None,
) -> tuple[Current, int] | None:
    """Claim the session for a new attempt, if the run is as `wanted` and nobody holds it. The run and the attempt.

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

    current = room.load(profile).current
    if current is None:
        return None
    claimed = room.change_run(profile, current.run_id, swap, instance=instance).current
    return (claimed, attempt) if attempt and claimed is not None else None


def mine(run: Current, attempt: int) -> bool:
    """Whether no later attempt was claimed."""
    return run.hold is not None and run.hold.attempt == attempt


def released(run: Current) -> Current:
    """The run with the session free for the next attempt."""
    return replace(run, hold=replace(run.hold, until=None)) if run.hold else run
