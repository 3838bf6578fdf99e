"""Where a run is, read off the profile's record: one row a stage, with times."""

from collections.abc import Callable
from typing import Literal, NamedTuple

from shared.life import MEANING
from shared.record import Current, Record

State = Literal["waiting", "now", "done", "skipped"]


class Stage(NamedTuple):
    """A stage as a person sees it. `reached` tells from the record that the run is in it or beyond."""

    name: str
    text: str
    reached: Callable[[Current], bool]


_ORDER = tuple(MEANING)


def _from(stage: str) -> Callable[[Current], bool]:
    return lambda run: _ORDER.index(run.stage) >= _ORDER.index(stage)


STAGES = (
    Stage("drop", "Dropping the files into the inbox", lambda _: True),
    Stage("settling", "Waiting until the set is complete and quiet", lambda _: True),
    Stage("snapshot", "Freezing the files in a snapshot", lambda _: True),
    Stage("checking", "Checking the files", _from("cleared")),
    Stage("provisioned", "Waiting until the profile is provisioned", _from("checked")),
    Stage("uploading", "Uploading", lambda run: run.ready_at is not None or _from("uploading")(run)),
    Stage("start", "Starting; the service verifies the files", _from("uploaded")),
    Stage("result", "Delivering the result", _from("ended")),
    Stage("sync", "Following the sync", _from("following")),
)
"""In the order of a run. `Current` is None before the third: the run exists once its snapshot does."""

_NAMES = [stage.name for stage in STAGES]
_TAKEN = _NAMES.index("snapshot")
_START = _NAMES.index("start")
_RESULT = _NAMES.index("result")


class Row(NamedTuple):
    """One line of progress. `seconds` is None for a stage that has not begun."""

    stage: Stage
    state: State
    seconds: float | None
    note: str


class Progress:
    """Collects what is seen of a run. Times are those of the clock that the caller hands in, in seconds."""

    def __init__(self, now: float) -> None:
        self._at = 0
        self._began: dict[int, float] = {0: now}
        self._ended: float | None = None
        self._notes: dict[int, str] = {}
        self._why = ""

    @property
    def waiting_for(self) -> str:
        """What the run is at, in words for a timeout."""
        text = STAGES[self._at].text
        return f"{text[0].lower()}{text[1:]}" + (f" ({self._why})" if self._why else "")

    def dropped(self, now: float, note: str) -> None:
        self._notes[0] = note
        self._reach(1, now)

    def see(self, record: Record, run_ids: Callable[[str], bool], now: float) -> None:
        """Take in the record as it is now; a current run whose id doesn't match is somebody else's."""
        run = record.current
        if run is None or not run_ids(run.run_id):
            return
        furthest = max(n for n, stage in enumerate(STAGES) if stage.reached(run))
        self._reach(max(furthest, _TAKEN), now)
        self._why = _why(run)

    def heard(self, outcome: str, now: float, *, followed: bool, uploaded: bool = False) -> None:
        """The verification message is here. `followed`: a sync message is to come. `uploaded`: files were sent."""
        if uploaded:
            self._reach(_START, now)
        self._notes[_RESULT] = outcome
        self._reach(_RESULT, now)
        self._why = ""
        if followed:
            self._reach(_RESULT + 1, now)
        else:
            self._ended = now

    def synced(self, outcome: str, now: float) -> None:
        self._notes[len(STAGES) - 1] = outcome
        self._reach(len(STAGES) - 1, now)
        self._ended = now

    def rows(self, now: float) -> list[Row]:
        return [self._row(n, stage, now) for n, stage in enumerate(STAGES)]

    def _reach(self, stage: int, now: float) -> None:
        if stage > self._at:
            self._at = stage
            self._began[stage] = now

    def _row(self, n: int, stage: Stage, now: float) -> Row:
        over = self._ended is not None
        if n > self._at:
            return Row(stage, "skipped" if over else "waiting", None, "")
        if n == self._at and not over:
            return Row(stage, "now", now - self._began[n], self._why)
        if n not in self._began:
            # Too quick to be seen, or not needed: a run that ends early goes straight to its result.
            return Row(stage, "skipped" if self._at >= _RESULT and not self._was_past(n) else "done", None, "")
        end = min((began for later, began in self._began.items() if later > n), default=self._ended or now)
        return Row(stage, "done", end - self._began[n], self._notes.get(n, ""))

    def _was_past(self, n: int) -> bool:
        return any(n < seen < _RESULT for seen in self._began)


def _why(run: Current) -> str:
    """What holds the run up, if anything does."""
    if run.stage not in ("checked", "uploading", "uploaded"):
        return ""
    waiting = run.waiting.failure if run.waiting else None
    parts = (run.profile_state and f"profile state: {run.profile_state}", waiting and waiting.message)
    return "; ".join(part for part in parts if part)
