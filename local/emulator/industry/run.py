"""One run: statuses over time, and statistics from the files of the flows that took part."""

from collections.abc import Sequence
from datetime import UTC, datetime
from uuid import UUID, uuid4, uuid5

from ..clock import Clock, stamp
from ..timetable import Step, Timetable
from .flow import Accepted
from .headers import public_error
from .tally import KINDS, Tally

type Part = tuple[str, str, Accepted | None]
"""A flow's id, its name, and its files when the run began."""


class Run:
    def __init__(self, steps: Sequence[Step], clock: Clock, begin: float, parts: Sequence[Part] = ()) -> None:
        self.id = str(uuid4())
        self.begin = begin
        self.state = Timetable(steps, clock, begin)
        self._parts = tuple(parts)

    @property
    def facts(self) -> dict[str, object]:
        """For the request log: which files of which flows it takes."""
        containers = {id_: accepted.session.container for id_, _, accepted in self._parts if accepted}
        return {"run": self.id, "containers": containers}

    async def status(self, *, poll: bool = False) -> str:
        """A run goes on while its files are being counted; what they hold decides how it completes."""
        status = self.state.poll() if poll else self.state.state()
        if status != "completed":
            return status
        tallies = await self._tallies()
        if tallies is None:
            return "running"
        if any(tally.errors for tally in tallies):
            return "completedWithErrors"
        return "completedWithWarnings" if any(tally.warnings for tally in tallies) else "completed"

    async def _tallies(self) -> list[Tally] | None:
        tallies = [await accepted.tally() for _, _, accepted in self._parts if accepted]
        counted = [tally for tally in tallies if tally]
        return counted if len(counted) == len(tallies) else None

    async def shown(self, *, poll: bool = True) -> dict[str, object]:
        """The industryDataRun as JSON."""
        status = await self.status(poll=poll)
        failed = public_error("RunFailed", "", "The system cancelled the run.") if status == "failed" else None
        return {
            "id": self.id,
            "displayName": f"Run {datetime.fromtimestamp(self.begin, UTC):%Y-%m-%d %H:%M} UTC",
            "startDateTime": stamp(self.begin),
            "endDateTime": None if status == "running" else stamp(self.state.history[-1].time),
            "status": status,
            "blockingError": failed,
        }

    async def activities(self) -> list[dict[str, object]]:
        """Its inboundFlowActivities as JSON: one for each flow that took part."""
        status = await self.status()
        return [
            {
                "@odata.type": "#microsoft.graph.industryData.inboundFlowActivity",
                "id": str(uuid5(UUID(self.id), id_)),
                "displayName": name,
                "status": "inProgress" if status == "running" else status,
                "blockingError": None,
            }
            for id_, name, _ in self._parts
        ]

    async def statistics(self) -> dict[str, object]:
        """The industryDataRunStatistics as JSON: nothing counts before the run has ended."""
        status = await self.status()
        ended = status not in ("running", "failed")
        activities = [
            _activity(id_, name, status, await accepted.tally() if accepted and ended else None, accepted)
            for id_, name, accepted in self._parts
        ]
        return {
            "runId": self.id,
            "status": status,
            "activityStatistics": activities,
            "inboundTotals": _totals(activities),
        }


def _activity(id_: str, name: str, status: str, tally: Tally | None, accepted: Accepted | None) -> dict[str, object]:
    counted = tally or Tally()
    before = accepted.before if accepted else {}
    body: dict[str, object] = {
        "@odata.type": "#microsoft.graph.industryData.inboundActivityResults",
        "activityId": id_,
        "displayName": name,
        "status": "inProgress" if status == "running" else status,
        "errors": counted.errors,
        "warnings": counted.warnings,
        "matchedPeopleByRole": [{"role": role, "count": n} for role, n in sorted(counted.roles.items())],
        "unmatchedPeopleByRole": [],
    }
    for kind in KINDS:
        active = counted.active.get(kind, 0)
        inactive = max(0, before.get(kind, 0) - active) if tally else 0
        body[kind] = {"active": active, "inactive": inactive, "total": active + inactive}
    return body


def _totals(activities: list[dict[str, object]]) -> dict[str, object]:
    """aggregatedInboundStatistics: the same names, plain numbers."""
    totals: dict[str, object] = {}
    for name in ("errors", "warnings", *KINDS):
        values = [activity[name] for activity in activities]
        totals[name] = sum(v["total"] if isinstance(v, dict) else v for v in values if isinstance(v, dict | int))
    roles: dict[str, int] = {}
    for activity in activities:
        matched = activity["matchedPeopleByRole"]
        for row in matched if isinstance(matched, list) else []:
            roles[row["role"]] = roles.get(row["role"], 0) + row["count"]
    totals["matchedPeopleByRole"] = [{"role": role, "count": count} for role, count in sorted(roles.items())]
    totals["unmatchedPeopleByRole"] = []
    return totals
