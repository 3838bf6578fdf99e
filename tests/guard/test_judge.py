"""When a run is held, and what a person can see of the ids that would go."""

import json
from typing import Any

import pytest

from shared.guard import removed, removed_ids
from tests.guard.drops import KEY, Drop

LIMITS = {"people": 20.0, "orgs": 20.0, "classes": 100.0, "enrollments": 100.0}


def v1(pupils: range, teachers: range = range(50), schools: range = range(5), **dropped: frozenset[int]) -> Drop:
    return Drop(
        "sdsV1",
        {
            "School.csv": tuple((f"s{n}", "n") for n in schools),
            "Student.csv": tuple((f"p{n}", "s0", f"u{n}") for n in pupils),
            "Teacher.csv": tuple((f"v{n}", f"t{n}", "s0") for n in teachers),
        },
        {f"{name}.csv": lines for name, lines in dropped.items()},
    )


def v21(roles: dict[str, str]) -> Drop:
    return Drop(
        "sdsV2.1",
        {
            "users.csv": tuple((user, f"{user}@example.org") for user in roles),
            "roles.csv": tuple((user, "o", role) for user, role in roles.items() if role),
        },
    )


def over(before: Drop, now: Drop, least: int = 10, **limits: float) -> set[tuple[str, str | None]]:
    found = removed(before.ids(), now.ids(), LIMITS | limits, least)
    return {(group.entry.kind, group.entry.role) for group in found if group.over}


@pytest.mark.parametrize(
    ("now", "held"),
    [
        (v1(range(500)), set()),
        (v1(range(100, 600)), set()),  # a fifth, and no more
        (v1(range(101, 600)), {("people", "students")}),
        (v1(range(250, 500)), {("people", None), ("people", "students")}),
        (v1(range(500), range(10, 50)), set()),
        (v1(range(500), range(11, 50)), {("people", "others")}),  # 11 of 550 people, but 11 of 50 teachers
        (v1(range(500), schools=range(2, 5)), {("orgs", None)}),  # two of five: of schools one is enough
        (v1(range(500), schools=range(1, 5)), set()),
        (v1(range(0)), {("people", None), ("people", "students")}),
        (v1(range(500), Student=frozenset(range(2, 103))), {("people", "students")}),  # dropped ones count
        (v1(range(500), Student=frozenset(range(2, 102))), set()),
    ],
)
def test_more_than_a_fifth_is_held(now: Drop, held: set[tuple[str, str | None]]) -> None:
    assert over(v1(range(500)), now) == held


def test_small_numbers_are_not_held() -> None:
    assert over(v1(range(12)), v1(range(9, 12))) == set()
    assert over(v1(range(12)), v1(range(9, 12)), least=9) == {("people", "students")}
    assert over(v1(range(12)), v1(range(12)), least=0) == set()


def test_100_is_off_and_0_allows_none() -> None:
    assert over(v1(range(500)), v1(range(0), range(0)), people=100) == set()
    assert over(v1(range(500)), v1(range(1, 500)), least=1, people=0) == {("people", None), ("people", "students")}


def test_teachers_are_not_lost_among_parents() -> None:
    before = v21({**{f"t{n}": "teacher" for n in range(40)}, **{f"g{n}": "" for n in range(400)}})
    now = v21({f"g{n}": "" for n in range(400)})
    assert over(before, now) == {("people", "teachers")}


def test_roles_that_are_lost_count_although_the_people_are_there() -> None:
    before = v21({f"p{n}": "student" for n in range(100)})
    now = v21({f"p{n}": "student" if n < 50 else "" for n in range(100)})
    assert over(before, now) == {("people", "students")}


def test_a_kind_that_was_not_remembered_is_not_judged() -> None:
    before, now = v1(range(100)).ids(["orgs"]), v1(range(0)).ids()
    assert {group.entry.kind for group in removed(before, now, LIMITS, 1)} == {"orgs"}
    assert {group.entry.kind for group in removed(v1(range(100)).ids(), v1(range(1)).ids(["people"]), LIMITS, 1)} == {
        "people"
    }


def listed(before: Drop, now: Drop, most: int = 100, kinds: tuple[Any, ...] = ("people", "orgs")) -> list[Any]:
    lines = removed_ids(before.sources(), before.ids(), now.ids(), KEY, kinds, most=most)
    return [json.loads(line) for line in lines]


def test_the_ids_that_would_go_are_listed() -> None:
    before, now = v1(range(4), range(2)), v1(range(2, 4), range(2), range(4), Student=frozenset({3}))
    assert sorted(listed(before, now), key=str) == sorted(
        [
            {"kind": "orgs", "role": None, "ids": ["s4"], "why": "missing"},
            {"kind": "people", "role": "students", "ids": ["p0"], "why": "missing"},
            {"kind": "people", "role": "students", "ids": ["p1"], "why": "missing"},
            {"kind": "people", "role": "students", "ids": ["p3"], "why": "dropped"},
        ],
        key=str,
    )
    assert listed(before, now, kinds=("orgs",)) == [{"kind": "orgs", "role": None, "ids": ["s4"], "why": "missing"}]


def test_the_list_is_bounded_and_says_how_many_more() -> None:
    found = listed(v1(range(50)), v1(range(20)), most=7)
    assert len(found) == 8
    assert found[-1] == {"more": 23}
    assert len({str(line) for line in found}) == 8


def test_a_role_that_was_lost_is_listed_as_such() -> None:
    before = v21({"a": "student", "b": "teacher"})
    assert listed(before, v21({"a": "", "b": "teacher"})) == [
        {"kind": "people", "role": "students", "ids": ["a"], "why": "role"}
    ]


def test_an_enrolment_is_listed_by_class_user_and_role() -> None:
    rows = {"Section.csv": (("c", "s", "Art"),), "StudentEnrollment.csv": (("c", "p"),)}
    before, now = Drop("sdsV1", rows), Drop("sdsV1", {**rows, "StudentEnrollment.csv": ()})
    assert listed(before, now, kinds=("enrollments",)) == [
        {"kind": "enrollments", "role": None, "ids": ["c", "p", "student"], "why": "missing"}
    ]
