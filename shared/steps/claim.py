"""The claim: of two steps that would work with one upload session at once, one does.

Whoever was displaced, or froze for so long that its claim is over, does nothing more to the world.
"""

from collections.abc import Callable
from datetime import timedelta

from msgspec.structs import replace

from ..door import Displaced, Edited, Version
from ..learn import claimed
from ..record import Claim, Current, Driver, Record
from .work import EditedRun, Work


class Lost(Exception):
    """The claim is over, or is another's: leave everything as it is and look again."""


class Claimed:
    """A claim that was won: `run` as that left it, and `version` of the record."""

    def __init__(self, work: Work, run: Current, attempt: int, version: Version) -> None:
        self.run = run
        self.attempt = attempt
        self.version = version
        self._work = work
        self._every = timedelta(seconds=work.settings.driver / 3)
        self._last = work.now()

    def mine(self, run: Current | None) -> bool:
        """Whether a run, as a record has it, is this claim's: it has not ended, and no later attempt was made."""
        if run is None or run.ending is not None:
            return False
        return run.run_id == self.run.run_id and _attempt(run) == self.attempt

    def beat(self) -> None:
        """Renew claim and driver now and then. Raises Lost, and Displaced."""
        if self._work.now() - self._last < self._every:
            return
        self._last = self._work.now()
        until = self._work.believed_until()
        instance = self._work.instance

        def renew(record: Record) -> Record | None:
            run = record.current
            if run is None or not self.mine(run) or not claimed(run, self._work.now()) or instance is None:
                return None
            claim = Claim(self.attempt, until)
            return replace(record, driver=Driver(instance, until, until), current=replace(run, claim=claim))

        if not self._work.change(lambda record: _renewed(record, renew(record))).said:
            raise Lost

    def check(self) -> None:
        """Right before an effect on the world: raises Lost unless the claim is this one's and not over."""
        record = self._work.load()
        if record.driver is None or record.driver.instance != self._work.instance:
            raise Displaced(self._work.profile)
        run = record.current
        if run is None or not self.mine(run) or not claimed(run, self._work.now()):
            raise Lost

    def settle(self, edit: Callable[[Current], Current]) -> Current | None:
        """Write down what came of it, and free the session. None if the claim is no longer this one's."""

        def swap(run: Current) -> EditedRun[Current] | None:
            if not self.mine(run):
                return None
            edited = edit(released(run))
            return EditedRun(edited, edited)

        return self._work.change_run(self.run.run_id, swap).said


def claim(
    work: Work,
    run_id: str,
    wanted: Callable[[Current], bool],
    mark: Callable[[Current], Current] = lambda run: run,
    known: Version | None = None,
) -> Claimed | None:
    """Claim the session for a new attempt, if the run is as `wanted`, nobody works with it and nobody paused it.

    `mark` changes the run in the same swap.
    """

    def swap(run: Current) -> EditedRun[tuple[Current, int]] | None:
        if not wanted(run) or claimed(run, work.now()):
            return None
        attempt = _attempt(run) + 1
        run = replace(mark(run), claim=Claim(attempt, work.believed_until()))
        return EditedRun(run, (run, attempt))

    changed = work.change_run(run_id, swap, known=known, though_paused=False)
    return Claimed(work, *changed.said, changed.version) if changed.said is not None else None


def released(run: Current) -> Current:
    """The run with the session free for the next attempt."""
    return replace(run, claim=replace(run.claim, until=None)) if run.claim else run


def taken_from(run: Current) -> Current:
    """The run with a later attempt counted: whoever works with its session has to begin again."""
    return replace(run, claim=Claim(_attempt(run) + 1, None))


def _attempt(run: Current) -> int:
    return run.claim.attempt if run.claim is not None else 0


def _renewed(record: Record, renewed: Record | None) -> Edited[bool]:
    return Edited(record if renewed is None else renewed, renewed is not None)
