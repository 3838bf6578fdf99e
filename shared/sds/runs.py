"""What the runs of the industry data API say."""

import re
from datetime import UTC, datetime, timedelta
from typing import Literal

from .parsing import Fields, moment, rows, section, text, whole
from .port import SyncState
from .words import words

type Stage = Literal["running", "succeeded", "succeededWithErrors", "paused", "failed", "unknown"]
_STAGES: dict[str, Stage] = {
    "running": "running",
    "completed": "succeeded",
    "completedwithwarnings": "succeeded",  # optional values dropped, every record kept
    "completedwitherrors": "succeededWithErrors",  # records dropped
    "failed": "failed",
}

_WORD = 100
"""Characters of the service's words that are kept."""
_ID = re.compile(r"[\w.()' -]{1,100}", re.ASCII)
_ROUNDING = timedelta(seconds=1)
_FIRST = datetime.min.replace(tzinfo=UTC)
_LAST = datetime.max.replace(tzinfo=UTC)


def state_of(runs: list[Fields], before: SyncState | None = None) -> SyncState:
    """The state of a running one of `runs` if there is any, else of the newest; their order isn't documented.

    With `before`: of the first run that began after that state was seen, which takes whatever was accepted by then.
    It is `fresh`; that of `before`, and one that was begun before it, never is: its end is not ours.
    """
    if before is not None:
        runs = [run for run in runs if text(run, "id") != before.run and _began(run) > _begun(before)]
    if not runs:
        return SyncState("noRuns", "unknown")
    if before is None:
        run = max(runs, key=lambda each: (_stage(each) == "running", _began(each)))
    else:
        run = min(runs, key=_began)
    status = words(text(run, "status") or "unknown", _WORD)
    began, ended = moment(run, "startDateTime"), moment(run, "endDateTime")
    return SyncState(status, _stage(run), began, ended, run=_id(run), fresh=before is not None)


def _stage(run: Fields) -> Stage:
    return _STAGES.get((text(run, "status") or "unknown").lower(), "unknown")


def _id(run: Fields) -> str | None:
    """The run's id, if it is one that can stand in an address and in a record."""
    found = text(run, "id")
    return found if found is not None and _ID.fullmatch(found) else None


def _begun(before: SyncState) -> datetime:
    if before.run is None:
        # The service tells its times in whole seconds: a run that it begins now may seem to be a little older.
        return before.seen - _ROUNDING if before.seen else _FIRST
    return before.last_activity_date_time or _LAST


def _began(run: Fields) -> datetime:
    unknown = _LAST if _stage(run) == "running" else _FIRST
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


def errors_in(statistics: dict[str, object]) -> int | None:
    """How many errors a run's totals tell: of all flows together, else their sum."""
    told = whole(section(statistics, "inboundTotals"), "errors")
    if told is not None:
        return told
    each = [whole(activity, "errors") for activity in rows(statistics, "activityStatistics") or []]
    counts = [count for count in each if count is not None]
    return sum(counts) if counts else None
