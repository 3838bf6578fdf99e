"""All runs of the tenant: started ones, with their limit, and those of the service's own schedule."""

from collections.abc import Callable, Sequence

from ..clock import Clock
from ..specs import RunsSpec
from ..timetable import Step
from .run import Part, Run


class TooManyRuns(Exception):
    """The limit of started runs is used up."""


class Runs:
    def __init__(self, spec: RunsSpec, clock: Clock, parts: Callable[[], Sequence[Part]]) -> None:
        self._clock = clock
        self._parts = parts
        self._started: list[Run] = []
        self._all: list[Run] = []
        self._next_due: float | None = None
        self._past: Run | None = None
        self.spec = spec
        self.change(spec)

    def change(self, spec: RunsSpec) -> None:
        """New settings hold for the runs to come; the past run and the schedule begin anew."""
        self.spec = spec
        before = spec.before
        self._past = None
        if before:
            steps = (Step("running", 60), Step(before.status))
            self._past = Run(steps, self._clock, self._clock() - before.hours_ago * 3600)
        self._next_due = self._clock() + spec.every_seconds if spec.every_seconds else None

    def start(self) -> Run:
        """Begin a run now. Raises TooManyRuns: so many started runs that didn't fail lie in the window."""
        now = self._clock()
        window = [run for run in self._started if run.begin > now - self.spec.start_window_seconds]
        if sum(run.state.state() != "failed" for run in window) >= self.spec.start_limit:
            raise TooManyRuns
        self._tick()
        run = self._begin(now)
        self._started = [*window, run]
        if self._next_due and self.spec.every_seconds and self._next_due - now <= self.spec.skip_within_seconds:
            self._next_due += self.spec.every_seconds
        return run

    def listed(self) -> list[Run]:
        """The runs that the service admits to, oldest first."""
        self._tick()
        horizon = self._clock() - self.spec.appears_after_seconds
        past = [self._past] if self._past else []
        return past + [run for run in self._all if run.begin <= horizon]

    def _tick(self) -> None:
        while self._next_due and self.spec.every_seconds and self._next_due <= self._clock():
            self._begin(self._next_due)
            self._next_due += self.spec.every_seconds

    def _begin(self, begin: float) -> Run:
        run = Run(self.spec.states, self._clock, begin, self._parts())
        self._all.append(run)
        return run

    @property
    def started(self) -> int:
        """How many runs were started by request in the window."""
        return len(self._started)

    def newest(self) -> Run | None:
        listed = self._all or ([self._past] if self._past else [])
        return listed[-1] if listed else None
