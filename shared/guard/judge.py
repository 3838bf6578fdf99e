"""How many ids of the last accepted drop are gone, and whether that is too many to go on without a person."""

from collections.abc import Iterable, Mapping, Sequence

import msgspec

from ..results import RemovedEntry, RemovedKind, RemovedRole
from .ids import Ids
from .marks import Marks, common, difference
from .sources import KINDS

_GROUPS: dict[RemovedRole | None, tuple[RemovedRole, ...]] = {
    None: ("students", "teachers", "others"),
    "students": ("students",),
    "others": ("teachers", "others"),
    "teachers": ("teachers",),
}
"""Who is judged together: all people, students alone, everyone else alone; and, where there are others besides them,
teachers alone, who would be too few among parents to be missed."""
_LEAST_ORGS = 1


class Removed(msgspec.Struct, frozen=True):
    """One kind, or one group of people; `entry` is what may be told of it."""

    entry: RemovedEntry
    over: bool
    """More are gone than the settings allow."""


def removed(before: Ids, now: Ids, limits: Mapping[str, float], least: int) -> tuple[Removed, ...]:
    """Compare a drop with the last accepted one.

    `limits`: percentages by kind (`SDS_MAX_REMOVED_PERCENT`); 100 is off. `least`: fewer gone than that are never too
    many (`SDS_MAX_REMOVED_LEAST`; for orgs it is 1). Kinds that one of the two doesn't have, and groups that were
    empty, are left out.
    """
    found: list[Removed] = []
    for kind in KINDS:
        there, here, fallen = before.of(kind), now.of(kind), now.dropped
        if not there or not here:
            continue
        groups = _GROUPS if kind == "people" else {None: (None,)}
        for role, members in groups.items():
            if role == "teachers" and not there.get("others"):
                continue
            entry = _entry(
                kind,
                role,
                [there[member] for member in members if member in there],
                [here[member] for member in members if member in here],
                [fallen[kind, member] for member in members if (kind, member) in fallen],
                limits[kind],
            )
            if entry.before:
                found.append(Removed(entry, _is_over(entry, _LEAST_ORGS if kind == "orgs" else least)))
    return tuple(found)


def gone(before: Sequence[Marks], now: Sequence[Marks]) -> list[Marks]:
    """The marks that none of the present arrays has, for each of the earlier ones and none twice."""
    found: list[Marks] = []
    for at, marks in enumerate(before):
        # Most are still in the array of the same place: looking there first leaves little to look for elsewhere.
        found.append(_without(marks, (*now[at : at + 1], *now, *found)))
    return found


def _without(marks: Marks, others: Iterable[Marks]) -> Marks:
    for other in others:
        marks = difference(marks, other)
    return marks


def _count(parts: Sequence[Marks]) -> int:
    """How many different marks there are."""
    return sum(len(_without(part, parts[:i])) for i, part in enumerate(parts))


def _entry(
    kind: RemovedKind,
    role: RemovedRole | None,
    before: Sequence[Marks],
    now: Sequence[Marks],
    dropped: Sequence[Marks],
    limit: float,
) -> RemovedEntry:
    total, missing = _count(before), gone(before, now)
    number = sum(map(len, missing))
    fallen = sum(_count([common(part, drop) for drop in dropped]) for part in missing)
    percent = round(100 * number / total, 2) if total else 0
    return RemovedEntry(kind, role, total, _count(now), number, fallen, percent, limit)


def _is_over(entry: RemovedEntry, least: int) -> bool:
    share = 100 * entry.removed > entry.limit * entry.before
    return share and entry.limit < 100 and entry.removed >= max(least, 1)
