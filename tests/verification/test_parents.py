"""Organisations and their parents, and contacts: exact, and small however long the ids are."""

import tracemalloc
from collections.abc import Callable, Iterator

import pytest
from hypothesis import given
from hypothesis import strategies as st

from shared.verification import Source, parents, verify
from tests.verification.sets import check, clean, encoded, rendered

MIB = 1024 * 1024
HEADER = ["sourcedId", "name", "type", "parentSourcedId"]


def naive(links: dict[int, int]) -> tuple[list[int], list[int]]:
    """The rows that name an absent parent, and those in a circle."""

    def in_circle(start: int) -> bool:
        at, seen = links.get(start), set[int]()
        while at is not None and at != start and at not in seen:
            seen.add(at)
            at = links.get(at)
        return at == start

    return [row for row, parent in links.items() if parent >= 1000], [row for row in links if in_circle(row)]


@given(links=st.dictionaries(st.integers(0, 12), st.integers(0, 12) | st.integers(1000, 1002), max_size=13))
def test_every_absent_parent_and_every_circle(links: dict[int, int]) -> None:
    rows = [[f"o{i}", "x", "school", f"o{links[i]}" if i in links else ""] for i in range(13)]
    files = rendered(clean("sdsV2.1")) | {"orgs.csv": encoded([HEADER, *rows])}
    files = {name: data.replace(b"o10", b"o") if name != "orgs.csv" else data for name, data in files.items()}
    findings = [f for f in check(files, examples=100).findings if f.column == "parentSourcedId"]
    found = {f.rule: [line - 2 for line in f.lines] for f in findings}
    absent, circles = naive(links)
    assert found == {rule: sorted(lines) for rule, lines in (("reference", absent), ("parentCycle", circles)) if lines}
    assert all(f.values == tuple(rows[line - 2][3] for line in f.lines) for f in findings)


def test_an_organisation_in_a_row_that_can_not_be_read_is_there() -> None:
    rows = [["o1", "x", "school", ""], ["o2", "x", "school", "", "more"], ["o3", "x", "school", "o2"]]
    files = rendered(clean("sdsV2.1")) | {"orgs.csv": encoded([HEADER, *rows])}
    found = [(f.rule, f.lines) for f in check(files).findings if f.file_name == "orgs.csv"]
    assert found == [("columnCount", (3,))]


def test_values_are_shown_as_far_as_they_are_remembered(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(parents, "_TEXTS", 2)
    rows = [[f"o{i}", "x", "school", f"nowhere{i}"] for i in range(1000, 1024)]
    files = rendered(clean("sdsV2.1")) | {"orgs.csv": encoded([HEADER, *rows])}
    (finding,) = check(files).findings
    assert (finding.count, finding.lines) == (24, tuple(range(2, 26)))
    assert finding.values == ("nowhere1000", "nowhere1001", "nowhere1002", "nowhere1003", "")


LONG, ROWS = "x" * 4000, 8000


def org(i: int) -> str:
    return f"{LONG}{i},a,school,{LONG}{i + 1}\n"


def user(i: int) -> str:
    return f"{LONG}{i},u{i}@a.example,Ann,Lee,\n"


SETS: dict[str, dict[str, Callable[[int], str] | str]] = {
    "parents": {"orgs.csv": org, "users.csv": "", "roles.csv": ""},
    "contacts": {
        "orgs.csv": "o1,a,school,\n",
        "users.csv": user,
        "roles.csv": "",
        "relationships.csv": f"{LONG}1,{LONG}2,parent\n",
    },
}
HEADERS = {
    "orgs.csv": ",".join(HEADER),
    "users.csv": "sourcedId,username,givenName,familyName,email",
    "roles.csv": "userSourcedId,orgSourcedId,role",
    "relationships.csv": "userSourcedId,relationshipUserSourcedId,relationshipRole",
}


@pytest.mark.parametrize(
    ("case", "expected"), [("parents", {"reference": 1}), ("contacts", {"contactDetails": 1})], ids=str
)
def test_long_ids_take_no_more_memory_than_short_ones(case: str, expected: dict[str, int]) -> None:
    def lines(name: str, row: Callable[[int], str] | str) -> Iterator[bytes]:
        yield (HEADERS[name] + "\n").encode()
        for i in range(ROWS if callable(row) else 1):
            yield (row(i) if callable(row) else row).encode()

    sources = [Source(name, None, lambda name=name, row=row: lines(name, row)) for name, row in SETS[case].items()]  # type: ignore[misc]
    tracemalloc.start()
    try:
        found = verify(sources, service="industryData").findings
        peak = tracemalloc.get_traced_memory()[1]
    finally:
        tracemalloc.stop()
    assert {f.rule: f.count for f in found if not f.rule.endswith("noRows")} == expected
    assert peak < 8 * MIB
