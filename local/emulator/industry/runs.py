"""All runs of the tenant: started ones, with their limit, those of the service's own schedule, and other people's."""

from collections.abc import Callable, Sequence
from typing import NamedTuple

from ..clock import Clock
from ..specs import Other, RunsSpec
from ..timetable import Step
from .run import Part, Run


class TooManyRuns(Exception):
    """The limit of started runs is used up."""


class RunInProgress(Exception):
    """A start is refused because a run is in progress."""


class Begun(NamedTuple):
    """What a start came to."""

    run: Run | None
    """The run that it began; None: nothing begins."""
    joined: Run | None = None
    """The run in progress that it was silently left to."""


class Runs:
    def __init__(self, spec: RunsSpec, clock: Clock, parts: Callable[[], Sequence[Part]]) -> None:
        self._clock = clock
        self._parts = parts
        self._started: list[Run] = []
        self._all: list[Run] = []
        self._next_due: float | None = None
        self._past: Run | None = None
        self._others: list[tuple[Other, Run]] = []
        self.spec = spec
        self.change(spec)

    def change(self, spec: RunsSpec) -> None:
        """New settings hold for the runs to come; the past run, the schedule and other people's runs begin anew."""
        self.spec = spec
        now = self._clock()
        before = spec.before
        self._past = None
        if before:
            steps = (Step("running", 60), Step(before.status))
            self._past = Run(steps, self._clock, now - before.hours_ago * 3600)
        self._others = [
            (
                other,
                Run((Step("running", other.lasts, other.looks), Step(other.ends)), self._clock, now + other.begins),
            )
            for other in spec.others
        ]
        self._next_due = now + spec.every_seconds if spec.every_seconds else None

    def start(self) -> Begun:
        """Begin a run now.

        Raises TooManyRuns: so many started runs that didn't fail lie in the window; or RunInProgress.
        """
        now = self._clock()
        self._tick()
        if self.in_window >= self.spec.start_limit:
            raise TooManyRuns
        running = self.running()
        if running and self.spec.while_running == "refuse":
            raise RunInProgress
        if running and self.spec.while_running == "join":
            return Begun(None, running)
        if self.spec.start_operation[-1].state == "failed":
            return Begun(None)
        run = self._begin(now)
        self._started.append(run)
        if self._next_due and self.spec.every_seconds and self._next_due - now <= self.spec.skip_within_seconds:
            self._next_due += self.spec.every_seconds
        return Begun(run)

    def listed(self) -> list[Run]:
        """The runs that the service admits to, oldest first."""
        self._tick()
        horizon = self._clock() - self.spec.appears_after_seconds
        return [run for run in self._begun() if run.begin <= horizon or run not in self._all]

    def running(self) -> Run | None:
        """A run in progress, whether the service admits to it yet or not."""
        return next((run for run in self._begun() if run.state.state() == "running"), None)

    def newest(self) -> Run | None:
        return max(self._begun(), key=lambda run: run.begin, default=None)

    @property
    def started(self) -> int:
        """How many runs were started by request in the window."""
        return len(self._in_window(self._started))

    @property
    def in_window(self) -> int:
        """How many of the tenant's starts are used up: by request or by other people, failed runs left out."""
        others = [run for other, run in self._others if other.by != "schedule"]
        return sum(run.state.state() != "failed" for run in self._in_window(self._started + others))

    def _in_window(self, runs: Sequence[Run]) -> list[Run]:
        now = self._clock()
        return [run for run in runs if now - self.spec.start_window_seconds < run.begin <= now]

    def _begun(self) -> list[Run]:
        """Every run that has begun, oldest first."""
        runs = [*([self._past] if self._past else []), *(run for _, run in self._others), *self._all]
        return sorted((run for run in runs if run.begin <= self._clock()), key=lambda run: run.begin)

    def _tick(self) -> None:
        while self._next_due and self.spec.every_seconds and self._next_due <= self._clock():
            self._begin(self._next_due)
            self._next_due += self.spec.every_seconds

    def _begin(self, begin: float) -> Run:
        run = Run(self.spec.states, self._clock, begin, self._parts())
        self._all.append(run)
        return run
