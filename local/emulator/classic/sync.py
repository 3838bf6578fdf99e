"""A profile's sync: statuses over time, with the lag at which the service shows them."""

from collections.abc import Sequence

from ..clock import Clock
from ..specs import ProfileSpec
from ..timetable import Moment, Step, Timetable

PAUSED = (Step("paused"),)


class Sync:
    """What runs after a start. Without any past there is no status at all."""

    def __init__(self, spec: ProfileSpec, clock: Clock) -> None:
        self.spec = spec
        self._clock = clock
        before = spec.before
        self._past = [Moment(clock() - before.hours_ago * 3600, before.status)] if before else []
        self._current = Timetable(spec.underway, clock) if spec.underway else None
        self._waiting: tuple[Sequence[Step], int] | None = None
        self._stale_polls = 0

    def begin(self, steps: Sequence[Step], lag_polls: int = 0) -> None:
        """Go through steps from now on, whatever was under way."""
        self.status()
        self._waiting = None
        self._begin(steps, lag_polls, self._clock())

    def begin_after(self, steps: Sequence[Step], lag_polls: int = 0) -> None:
        """Go through steps as soon as what is under way has ended."""
        self._waiting = steps, lag_polls

    def _begin(self, steps: Sequence[Step], lag_polls: int, moment: float) -> None:
        if self._current:
            self._past += self._current.history
        self._current = Timetable(steps, self._clock, moment)
        self._stale_polls = lag_polls

    def status(self) -> str | None:
        """The true status now."""
        if self._current is None:
            return self._past[-1].state if self._past else None
        status = self._current.state()
        if self._waiting and self._current.ended:
            steps, lag_polls = self._waiting
            self._waiting = None
            self._begin(steps, lag_polls, self._current.history[-1].time)
            return self.status()
        return status

    @property
    def finished(self) -> bool:
        """Whether the pass that was begun last has reached its last step."""
        self.status()
        return self._current is not None and self._current.ended

    def shown(self) -> list[Moment]:
        """What the service admits to, oldest first, counted as a poll: late by seconds or by answers."""
        self.status()
        current: list[Moment] = []
        if self._current and self._stale_polls:
            self._stale_polls -= 1
        elif self._current:
            self._current.poll()
            current = self._current.history
        horizon = self._clock() - self.spec.lag_seconds
        return [moment for moment in self._past + current if moment.time <= horizon]
