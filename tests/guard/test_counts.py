"""The guard's counts are those of a naive difference of sets, for random pairs of drops in both formats."""

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from shared.guard import recall, remember, removed
from shared.results import RemovedEntry
from tests.guard.drops import KEY, Drop, drops

LIMITS = {"people": 20.0, "orgs": 20.0, "classes": 30.0, "enrollments": 50.0}
Naive = dict[str, set[tuple[str, ...]]]

V1 = {
    "students": ("Student.csv", ("SIS ID",), ()),
    "teachers": ("Teacher.csv", ("SIS ID",), ()),
    "orgs": ("School.csv", ("SIS ID",), ()),
    "classes": ("Section.csv", ("SIS ID",), ()),
    "student places": ("StudentEnrollment.csv", ("Section SIS ID", "SIS ID"), ("student",)),
    "teacher places": ("TeacherRoster.csv", ("Section SIS ID", "SIS ID"), ("teacher",)),
}


def trimmed(rows: list[tuple[str, ...]]) -> set[tuple[str, ...]]:
    return {tuple(cell.strip() for cell in row) for row in rows}


def naive(drop: Drop, *, fallen: bool = False) -> Naive:
    """The ids by group, of rows that are taken, or of those that are dropped."""
    if drop.format == "sdsV1":
        ids = {
            group: {(*row, *also) for row in trimmed(drop.kept(file, *columns, fallen=fallen))}
            for group, (file, columns, also) in V1.items()
        }
        places = ids.pop("student places") | ids.pop("teacher places")
        return {**ids, "enrollments": places, "others": ids["teachers"], "people": ids["students"] | ids["teachers"]}
    users = trimmed(drop.kept("users.csv", "sourcedId", fallen=fallen))
    roles = trimmed(drop.kept("roles.csv", "userSourcedId", "role", fallen=fallen))
    of = {role: {(user,) for user, its in roles if its.lower() == role} for role in ("student", "teacher")}
    enrollments = trimmed(drop.kept("enrollments.csv", "classSourcedId", "userSourcedId", "role", fallen=fallen))
    found: Naive = {
        "people": users,
        "students": users & of["student"],
        "teachers": (users & of["teacher"]) - of["student"],
        "others": users - of["student"],
        "orgs": trimmed(drop.kept("orgs.csv", "sourcedId", fallen=fallen)),
        "classes": trimmed(drop.kept("classes.csv", "sourcedId", fallen=fallen)),
        "enrollments": {(a, b, role.lower()) for a, b, role in enrollments},
    }
    if fallen:  # a user by the user's row; a role by the role's, if the user is there
        there = trimmed(drop.kept("users.csv", "sourcedId"))
        found |= {"students": users | (of["student"] & there), "teachers": users | (of["teacher"] & there)}
        found["others"] = found["teachers"]
    return found


def expected(before: Drop, now: Drop) -> dict[str, RemovedEntry]:
    there, here, fallen = naive(before), naive(now), naive(now, fallen=True)
    found = {}
    parents = before.format == "sdsV2.1" and bool(there["others"] - there["teachers"])
    for group, ids in there.items():
        if not ids or (group == "teachers" and not parents):
            continue
        gone = ids - here[group]
        people = group in ("people", "students", "teachers", "others")
        found[group] = RemovedEntry(
            "people" if people else group,  # type: ignore[arg-type]
            None if group == "people" or not people else group,  # type: ignore[arg-type]
            len(ids),
            len(here[group]),
            len(gone),
            len(gone & fallen[group]),
            round(100 * len(gone) / len(ids), 2),
            LIMITS["people" if people else group],
        )
    return found


@pytest.mark.parametrize("format_", ["sdsV1", "sdsV2.1"])
@given(data=st.data(), least=st.integers(0, 4))
@settings(max_examples=80, deadline=None)
def test_counts_are_those_of_sets(format_: str, data: st.DataObject, least: int) -> None:
    before, now = data.draw(drops(format_)), data.draw(drops(format_))
    memory = recall(remember(before.ids(), KEY), KEY)
    found = {group.entry.role or group.entry.kind: group for group in removed(memory, now.ids(), LIMITS, least)}
    wanted = expected(before, now)
    assert {name: group.entry for name, group in found.items()} == wanted
    for name, group in found.items():
        entry = wanted[name]
        floor = 1 if name == "orgs" else max(least, 1)
        assert group.over == (entry.removed >= floor and entry.removed / entry.before > entry.limit / 100)
