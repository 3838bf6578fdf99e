"""The one state machine of the emulator: states in a fixed order, left after a time, a number of looks, or both."""

from collections.abc import Sequence
from typing import NamedTuple

import msgspec

from .clock import Clock


class Step(msgspec.Struct, frozen=True, rename="camel", forbid_unknown_fields=True):
    """One state of a timetable.

    It ends when `seconds` have passed since it began *and* `polls` requests were answered with it; a step with
    neither ends at once. The last step never ends.
    """

    state: str
    seconds: float = 0
    polls: int = 0


class Moment(NamedTuple):
    """A state and when it began."""

    time: float
    state: str


class Timetable:
    """A walk through steps. It moves only when it is looked at, but to the times at which it should have moved."""

    def __init__(self, steps: Sequence[Step], clock: Clock, begin: float | None = None) -> None:
        if not steps:
            raise ValueError("a timetable needs at least one step")
        self._steps = tuple(steps)
        self._clock = clock
        self._index = 0
        self._polls = 0
        self._satisfied = clock() if begin is None else begin
        """When the current step had been shown often enough."""
        self.history = [Moment(self._satisfied, self._steps[0].state)]
        """Every state so far with its begin, oldest first, as far as it has been looked at."""

    def state(self) -> str:
        """The state now. Does not count as a poll."""
        while not self.ended:
            step = self._steps[self._index]
            ends = max(self.history[-1].time + step.seconds, self._satisfied)
            if self._polls < step.polls or ends > self._clock():
                break
            self._index += 1
            self._polls = 0
            self._satisfied = ends
            self.history.append(Moment(ends, self._steps[self._index].state))
        return self.history[-1].state

    def poll(self) -> str:
        """The state now, counted as one answer that showed it."""
        state = self.state()
        self._polls += 1
        if self._polls == self._steps[self._index].polls:
            self._satisfied = self._clock()
        return state

    @property
    def ended(self) -> bool:
        """Whether the last step has been reached, as far as it has been looked at."""
        return self._index == len(self._steps) - 1
