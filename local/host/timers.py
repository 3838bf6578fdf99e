"""Timer triggers: once at the start, as Azure does for a timer that was missed, then by their schedules."""

import asyncio
import json
import logging
from datetime import UTC, datetime

from local.child import StartError
from local.host.app_settings import resolve
from local.host.boundary import Boundaries
from local.host.protos import TypedData
from local.host.worker import Function, InvocationFailed, Worker
from shared.settings.ncrontab import BadSchedule, Schedule

_LOG = logging.getLogger("host.timers")


class TimerTrigger:
    """Calls one function. A call never overlaps the next; times that pass meanwhile are skipped."""

    def __init__(self, function: Function, worker: Worker, boundaries: Boundaries) -> None:
        text = resolve(str(function.trigger.get("schedule", "")))
        try:
            self._schedule = Schedule.parse(text)
            self._schedule.after(datetime.now(UTC))
        except BadSchedule as error:
            raise StartError(f"the timer of {function.name}: {error}") from None
        self._function = function
        self._worker = worker
        self._boundaries = boundaries

    async def run(self) -> None:
        """Call at the start and at each time of the schedule (UTC), until cancelled."""
        last: datetime | None = None
        due = datetime.now(UTC)
        while True:
            now = datetime.now(UTC)
            await self._call(now, last)
            last = now
            # A sleep may end a moment early; counting from the last due time, it is not called for that one twice.
            due = self._schedule.after(max(datetime.now(UTC), due))
            await asyncio.sleep((due - datetime.now(UTC)).total_seconds())

    async def _call(self, now: datetime, last: datetime | None) -> None:
        status = {
            "Last": (last or datetime.min.replace(tzinfo=UTC)).isoformat(),
            "Next": self._schedule.after(now).isoformat(),
            "LastUpdated": (last or datetime.min.replace(tzinfo=UTC)).isoformat(),
        }
        value = {"Schedule": {"AdjustForDST": True}, "ScheduleStatus": status, "IsPastDue": last is None}
        self._boundaries.cross(f"before timer {self._function.name}")
        try:
            await self._worker.invoke(self._function, TypedData(json=json.dumps(value)))
        except InvocationFailed as error:
            _LOG.warning("timer %s failed: %s", self._function.name, error)
        self._boundaries.cross(f"after timer {self._function.name}")
