"""How many ids of the last accepted drop are gone, and whether that is too many to go on without a person."""

from collections.abc import Iterable, Mapping, Sequence

import msgspec

from ..results import RemovedEntry, RemovedKind, RemovedRole
from .ids import Ids
from .marks import Marks, common, difference
from .sources import KINDS

_GROUPS: Mapping[RemovedRole | None, tuple[RemovedRole | None, ...]] = {
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
        if kind not in before.kinds or kind not in now.kinds:
            continue
        pair = _Pair(kind, before, now)
        few = _LEAST_ORGS if kind == "orgs" else max(least, 1)
        for role, members in _groups(kind, before).items():
            entry = pair.entry(role, members, limits[kind])
            if entry.before:
                over = entry.limit < 100 and entry.removed >= few and 100 * entry.removed > entry.limit * entry.before
                found.append(Removed(entry, over))
    return tuple(found)


def gone(before: Ids, now: Ids, kind: RemovedKind) -> dict[RemovedRole | None, Marks]:
    """The ids of a kind that are gone from their role, by the role that they had."""
    here = now.of(kind)
    return {role: difference(marks, here[role]) for role, marks in before.of(kind).items()}


def _groups(kind: RemovedKind, before: Ids) -> Mapping[RemovedRole | None, tuple[RemovedRole | None, ...]]:
    if kind != "people":
        return {None: (None,)}
    if before.taken[kind, "others"]:
        return _GROUPS
    return {role: members for role, members in _GROUPS.items() if role != "teachers"}


class _Pair:
    """The ids of one kind in two drops, by role."""

    def __init__(self, kind: RemovedKind, before: Ids, now: Ids) -> None:
        self._kind = kind
        self._before, self._now = before.of(kind), now.of(kind)
        self._dropped = now.dropped
        self._gone = gone(before, now, kind)

    def entry(self, role: RemovedRole | None, members: Sequence[RemovedRole | None], limit: float) -> RemovedEntry:
        """The counts of a group of roles, each id once."""
        before = _count([self._before[member] for member in members])
        now = [self._now[member] for member in members]
        missing: list[Marks] = []
        for member in members:
            missing.append(_without(self._gone[member], (*now, *missing)))
        dropped = [self._dropped[self._kind, member] for member in members if (self._kind, member) in self._dropped]
        number = sum(map(len, missing))
        fallen = sum(_count([common(part, drop) for drop in dropped]) for part in missing)
        percent = round(100 * number / before, 2) if before else 0.0
        return RemovedEntry(self._kind, role, before, _count(now), number, fallen, percent, limit)


def _without(marks: Marks, others: Iterable[Marks]) -> Marks:
    for other in others:
        marks = difference(marks, other)
    return marks


def _count(parts: Sequence[Marks]) -> int:
    """How many different marks there are."""
    return sum(len(_without(part, parts[:at])) for at, part in enumerate(parts))
