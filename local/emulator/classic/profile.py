"""One education synchronization profile: its state, its uploads, its sync and the errors of it."""

import asyncio
from dataclasses import dataclass, field
from typing import Literal

import msgspec

from ..clock import Clock, stamp
from ..specs import ProfileSpec
from ..timetable import Timetable
from .sync import PAUSED, Sync


@dataclass
class Start:
    """One accepted or refused `start`, for whoever tests a client: which bytes the service was given."""

    time: str
    started: bool
    files: list[dict[str, object]]
    messages: list[dict[str, object]] = field(default_factory=list)


class Profile:
    """A profile in motion. `spec` may be replaced; a changed timetable begins anew."""

    def __init__(self, spec: ProfileSpec, clock: Clock) -> None:
        self.spec = spec
        self._clock = clock
        self.state = Timetable(spec.states, clock)
        self.uploads = Timetable(spec.upload.states, clock)
        self.sync = Sync(spec, clock)
        self.starts: list[Start] = []
        self.used = True
        """The container's files went into a start, so the next upload begins with an empty one."""
        self.lock = asyncio.Lock()
        """Upload addresses are made one after the other: the first one of an upload empties the container."""
        self.addresses = 0
        """How many upload addresses were given out."""
        self.verifying = 0
        """How many starts are reading the container."""
        self._recorded = clock()

    def change(self, spec: ProfileSpec) -> None:
        if spec.states != self.spec.states:
            self.state = Timetable(spec.states, self._clock)
        if spec.upload.states != self.spec.upload.states:
            self.uploads = Timetable(spec.upload.states, self._clock)
        self.spec = self.sync.spec = spec

    @property
    def is_csv(self) -> bool:
        return self.spec.data_provider.lstrip("#").lower() == "microsoft.graph.educationcsvdataprovider"

    @property
    def expired(self) -> bool:
        """Whether the service no longer synchronizes it: its `expirationDate` is over."""
        ends = self.spec.expiration_date
        return ends is not None and ends < stamp(self._clock())[:10]

    @property
    def busy(self) -> bool:
        """Whether an upload is refused because an earlier one is still being processed. Counts as a poll."""
        if self.uploads.poll() == "busy" or self.verifying:
            return True
        return self.sync.status() in self.spec.upload.busy_while

    @property
    def running(self) -> bool:
        return self.sync.status() in ("extracting", "validating", "inProgress")

    def begin(
        self, now: str, files: list[dict[str, object]], messages: list[dict[str, object]]
    ) -> tuple[bool, Literal["now", "later", "never"]]:
        """Take note of a start: whether it is accepted (no message is an error), and when its sync begins."""
        started = not any(str(message["type"]).lower() == "error" for message in messages)
        self.used = True
        self.starts.append(Start(now, started, files, messages))
        if not started or (self.running and self.spec.start.while_running == "join"):
            return started, "never"
        if self.running and self.spec.start.while_running == "after":
            self.sync.begin_after(self.spec.sync, self.spec.lag_polls)
            return started, "later"
        self.begin_sync()
        return started, "now"

    def begin_sync(self) -> None:
        self._recorded = self._clock()
        self.sync.begin(self.spec.sync, self.spec.lag_polls)

    def pause(self) -> None:
        self.sync.begin(PAUSED)

    def resume(self) -> None:
        """Also the way on after `validationError`; does nothing to a sync that runs."""
        if not self.running:
            self.sync.begin(self.spec.resumed)

    def errors(self) -> list[dict[str, object]]:
        """The recorded educationSynchronizationErrors: none before the sync has reached its last step."""
        if not self.sync.finished:
            return []
        rows: list[dict[str, object]] = []
        for problem in self.spec.errors:
            for _ in range(problem.times):
                number = str(len(rows) + 1)
                rows.append(
                    {
                        "id": f"{self.spec.id}-{number}",
                        "entryType": problem.entry_type,
                        "errorCode": problem.error_code,
                        "errorMessage": problem.error_message,
                        "joiningValue": problem.joining_value.replace("{n}", number),
                        "recordedDateTime": stamp(self._recorded),
                        "reportableIdentifier": problem.reportable_identifier.replace("{n}", number),
                    }
                )
        return rows

    def seen(self) -> dict[str, object]:
        """All about it, for the control API. Counts as no poll."""
        return {
            "spec": msgspec.to_builtins(self.spec),
            "state": self.state.state(),
            "sync": self.sync.status(),
            "starts": [vars(start) for start in self.starts],
        }
