"""One inbound file flow with its connector: readiness, the upload session, and the files accepted last."""

import asyncio
import contextlib
from dataclasses import dataclass, field
from uuid import NAMESPACE_OID, uuid5

import msgspec
from starlette.concurrency import run_in_threadpool

from ..clock import Clock
from ..specs import FlowSpec
from ..timetable import Timetable
from .session import Session
from .tally import Tally, tallied

DAY = 86400
PATIENCE = 1.0
"""Real seconds that a request waits for the counting of files, so that small sets look immediate."""


@dataclass
class Validated:
    """One `validate`, for whoever tests a client: which bytes the service was given, and what it found."""

    time: str
    container: str
    operation: str
    files: list[dict[str, object]]
    errors: list[dict[str, object]]
    warnings: list[dict[str, object]]


@dataclass
class Accepted:
    """Files that passed validation. They are counted in the background, as soon as somebody is there to do it."""

    session: Session
    before: dict[str, int] = field(default_factory=dict)
    """Records by kind that the files before these had."""
    counting: asyncio.Task[Tally] | None = None

    def count(self) -> None:
        files = {file.name: file.path for file in self.session.files.values()}
        self.counting = asyncio.create_task(run_in_threadpool(tallied, files))

    async def tally(self) -> Tally | None:
        """The numbers, None if counting goes on. Raises what verification raised."""
        if self.counting is None:
            return Tally()
        done, _ = await asyncio.wait([self.counting], timeout=PATIENCE)
        return self.counting.result() if done else None

    def discard(self) -> None:
        """Remove the files once nobody reads them any more."""
        if self.counting is None:
            self.session.discard()
        else:
            self.counting.add_done_callback(lambda _: self.session.discard())


class Flow:
    """A flow in motion. `spec` may be replaced; changed states begin anew."""

    def __init__(self, spec: FlowSpec, clock: Clock) -> None:
        self.spec = spec
        self._clock = clock
        self._made = clock()
        self.state = Timetable(spec.states, clock)
        self.session: Session | None = None
        self.accepted: Accepted | None = None
        self.validations: list[Validated] = []

    def change(self, spec: FlowSpec) -> None:
        if spec.states != self.spec.states:
            self.state = Timetable(spec.states, self._clock)
        self.spec = spec

    @property
    def connector(self) -> str:
        return (self.spec.connector or str(uuid5(NAMESPACE_OID, self.spec.id))).lower()

    @property
    def effective(self) -> float:
        return self._made - self.spec.effective_days_ago * DAY

    @property
    def expires(self) -> float | None:
        days = self.spec.expires_in_days
        return None if days is None else self._made + days * DAY

    def readiness(self, *, poll: bool = False) -> str:
        """`readinessStatus`: the dates go before the states."""
        status = self.state.poll() if poll else self.state.state()
        if self.expires is not None and self.expires <= self._clock():
            return "expired"
        return "notReady" if self.effective > self._clock() else status

    def accept(self, session: Session) -> None:
        """Take files in place of the last accepted ones, which count as what was there before."""
        before: dict[str, int] = {}
        if self.accepted:
            with contextlib.suppress(Exception):  # not counted yet, or not countable: nothing to compare with
                tally = self.accepted.counting.result() if self.accepted.counting else Tally()
                totals = {kind: self.accepted.before.get(kind, 0) for kind in tally.active}
                before = {kind: max(count, totals[kind]) for kind, count in tally.active.items()}
            self.accepted.discard()
        self.accepted = Accepted(session, before)
        self.accepted.count()

    def seen(self) -> dict[str, object]:
        """All about it, for the control API. Counts as no poll."""
        return {
            "spec": msgspec.to_builtins(self.spec),
            "state": self.readiness(),
            "connector": self.connector,
            "session": self.session.container if self.session else None,
            "validations": [vars(validation) for validation in self.validations],
        }
