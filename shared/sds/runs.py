"""What the runs of the industry data API say."""

import re
from datetime import UTC, datetime
from typing import Literal

from .parsing import Fields, moment, rows, section, text, whole
from .port import SyncState

type Stage = Literal["running", "succeeded", "succeededWithErrors", "paused", "failed", "unknown"]
_STAGES: dict[str, Stage] = {
    "running": "running",
    "completed": "succeeded",
    "completedwithwarnings": "succeeded",  # optional values dropped, every record kept
    "completedwitherrors": "succeededWithErrors",  # records dropped
    "failed": "failed",
}

_FIRST = datetime.min.replace(tzinfo=UTC)
_LAST = datetime.max.replace(tzinfo=UTC)


def state_of(runs: list[Fields], before: SyncState | None = None) -> SyncState:
    """The state of the newest of `runs`, whose order isn't documented; or of the first one after that of `before`."""
    if before is not None:
        runs = [run for run in runs if text(run, "id") != before.run and _began(run) > _begun(before)]
    if not runs:
        return SyncState("noRuns", "unknown")
    run = max(runs, key=_began) if before is None else min(runs, key=_began)
    status = text(run, "status") or "unknown"
    stage = _STAGES.get(status.lower(), "unknown")
    began, ended = moment(run, "startDateTime"), moment(run, "endDateTime")
    return SyncState(status, stage, began, ended, run=text(run, "id"))


def _begun(before: SyncState) -> datetime:
    if before.run is None:
        return _FIRST
    return before.last_activity_date_time or _LAST


def _began(run: Fields) -> datetime:
    unknown = _LAST if text(run, "status") == "running" else _FIRST
    return moment(run, "startDateTime") or unknown


_COUNTS = frozenset(
    {"errors", "warnings", "groups", "memberships", "organizations", "people", "active", "inactive", "total", "count"}
)
_ROLES = frozenset({"matchedPeopleByRole", "unmatchedPeopleByRole"})
_ROLE = frozenset({"role", "code"})
_ROLE_NAME = re.compile(r"[A-Za-z]{1,60}")
_MOST = 20  # rows of a list: flows of a tenant, roles


def totals_of(statistics: Fields) -> dict[str, object]:
    """The numbers of a run's statistics under the service's own names, and role names; no other text, no ids."""
    activities = rows(statistics, "activityStatistics") or []
    kept = {
        "inboundTotals": _kept(section(statistics, "inboundTotals")),
        "activityStatistics": [each for each in map(_kept, activities[:_MOST]) if each],
    }
    return {name: value for name, value in kept.items() if value}


def _kept(fields: Fields) -> Fields:
    kept: Fields = {}
    for name in fields:
        if name in _COUNTS:
            value: object = _kept(section(fields, name)) or whole(fields, name)
        elif name in _ROLES:
            value = [each for each in map(_kept, (rows(fields, name) or [])[:_MOST]) if each]
        elif name in _ROLE:
            value = _kept(section(fields, name)) or _role(text(fields, name))
        else:
            continue
        if value or value == 0:
            kept[name] = value
    return kept


def _role(name: str | None) -> str | None:
    return name if name and _ROLE_NAME.fullmatch(name) else None
