"""Runs: the newest one's state, and its statistics without a name in them."""

from datetime import UTC, datetime, timedelta

import pytest

from shared.sds.port import Answer, Sds, SyncState
from shared.sds.runs import errors_in

from .conftest import PROFILE, Script, Scripted
from .industry import ROOT


@pytest.mark.parametrize(
    ("status", "stage"),
    [
        ("running", "running"),
        ("completed", "succeeded"),
        ("completedWithWarnings", "succeeded"),
        ("completedWithErrors", "succeededWithErrors"),
        ("failed", "failed"),
        ("unknownFutureValue", "unknown"),
        (None, "unknown"),
    ],
)
def test_each_run_status(graph: Script, ready: Sds, status: str | None, stage: str) -> None:
    graph.say(200, {"value": [{"id": "r", "status": status, "startDateTime": "2026-01-01T00:00:00Z"}]})
    state = ready.sync_state(PROFILE).value
    assert state is not None
    assert (state.stage, state.status, state.run) == (stage, status or "unknown", "r")
    assert state.last_activity_date_time == datetime(2026, 1, 1, tzinfo=UTC)


def test_the_newest_run_counts_on_whatever_page(graph: Script, ready: Sds) -> None:
    old = {
        "id": "old",
        "status": "completed",
        "startDateTime": "2026-01-01T00:00:00Z",
        "endDateTime": "2026-01-01T01:00:00Z",
    }
    new = old | {"id": "new", "startDateTime": "2026-01-02T00:00:00.1234567Z", "endDateTime": "2026-01-02T01:00:00Z"}
    graph.say(200, {"value": [old, {"id": "none"}], "@odata.nextLink": f"{graph.url}{ROOT}/runs?$skiptoken=x"})
    graph.say(200, {"value": [new, old]})
    state = ready.sync_state(PROFILE).value
    assert state is not None
    assert (state.run, state.last_synchronization_date_time) == ("new", datetime(2026, 1, 2, 1, tzinfo=UTC))
    graph.say(200, {"value": [new, {"id": "just begun", "status": "running"}]})
    state = ready.sync_state(PROFILE).value
    assert state is not None
    assert (state.run, state.stage) == ("just begun", "running")


def test_a_run_in_progress_is_seen_whatever_ended_after_it(graph: Script, ready: Sds) -> None:
    graph.say(
        200,
        {
            "value": [
                {"id": "portal", "status": "completed", "startDateTime": "2026-01-02T00:30:00Z"},
                {"id": "scheduled", "status": "running", "startDateTime": "2026-01-02T00:00:00Z"},
                {"id": "old", "status": "failed", "startDateTime": "2026-01-01T00:00:00Z"},
            ]
        },
        Date="Fri, 02 Jan 2026 01:00:00 GMT",
    )
    state = ready.sync_state(PROFILE).value
    assert state is not None
    assert (state.stage, state.run, state.fresh) == ("running", "scheduled", False)
    assert state.seen is not None
    assert abs(state.seen - datetime(2026, 1, 2, 1, tzinfo=UTC)) < timedelta(seconds=10)


@pytest.mark.parametrize(
    ("statistics", "errors"),
    [
        ({"inboundTotals": {"errors": "7"}, "activityStatistics": [{"errors": 2}]}, 7),
        ({"inboundTotals": {"people": 1}, "activityStatistics": [{"errors": 2}, {"people": 1}, {"errors": 3}]}, 5),
        ({"activityStatistics": [{"people": 1}]}, None),
        ({}, None),
    ],
)
def test_the_statistics_tell_how_many_errors(statistics: dict[str, object], errors: int | None) -> None:
    assert errors_in(statistics) == errors


def test_no_runs_yet(graph: Script, ready: Sds) -> None:
    graph.say(200, {"value": []})
    state = ready.sync_state(PROFILE).value
    assert state is not None
    assert (state.stage, state.run) == ("unknown", None)


def test_pages_stay_with_graph_and_end(
    graph: Script, elsewhere: Script, ready: Sds, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("shared.sds.industry_data.MOST_PAGES", 5)
    graph.say(200, {"value": [], "@odata.nextLink": f"{elsewhere.url}{ROOT}/runs"})
    assert ready.sync_state(PROFILE).answer is Answer.UNAVAILABLE
    assert not elsewhere.asked
    graph.asked.clear()
    numbers = iter(range(1000))
    endless = f'{{"value":[],"@odata.nextLink":"{graph.url}{ROOT}/runs?p=NUMBER"}}'
    graph.otherwise = lambda _: Scripted(200, endless.replace("NUMBER", str(next(numbers))).encode(), {})
    reply = ready.sync_state(PROFILE)
    assert (reply.answer, reply.answered, len(graph.asked)) == (Answer.UNAVAILABLE, True, 5)
    graph.otherwise = lambda _: Scripted(200, endless.encode(), {})
    assert ready.sync_state(PROFILE).answer is Answer.UNAVAILABLE
    assert len(graph.asked) == 7, "a circle of pages is seen"


def test_statistics_keep_numbers_and_role_names_only(graph: Script, ready: Sds) -> None:
    totals = {
        "@odata.type": "#x",
        "displayName": "Ann Smith",
        "errors": 1,
        "people": "1204",
        "matchedPeopleByRole": [
            {"role": "student", "count": 9},
            {"role": {"code": "teacher"}, "count": 1},
            {"role": "a b"},
        ],
        "unmatchedPeopleByRole": [],
        "ready": True,
    }
    activity = {"activityId": "11", "displayName": "North", "status": "completed", "people": {"active": 5, "total": 6}}
    graph.say(
        200, {"runId": "r", "status": "completed", "inboundTotals": totals, "activityStatistics": [activity, {"x": 1}]}
    )
    graph.say(200, {"runId": "r", "inboundTotals": None, "activityStatistics": {}})
    assert ready.statistics(PROFILE, "r").value == {
        "inboundTotals": {
            "errors": 1,
            "people": 1204,
            "matchedPeopleByRole": [{"role": "student", "count": 9}, {"role": {"code": "teacher"}, "count": 1}],
        },
        "activityStatistics": [{"people": {"active": 5, "total": 6}}],
    }
    assert ready.statistics(PROFILE, "r").value == {}
    assert graph.paths[0] == f"GET {ROOT}/runs/r/getStatistics"


RUNS = [
    {"id": "ours", "status": "running", "startDateTime": "2026-01-02T06:00:00Z"},
    {"id": "later", "status": "failed", "startDateTime": "2026-01-02T07:00:00Z"},
    {"id": "before", "status": "completed", "startDateTime": "2026-01-01T06:00:00Z"},
    {"id": "long ago", "status": "failed", "startDateTime": "2025-01-01T06:00:00Z"},
]


@pytest.mark.parametrize(
    ("before", "run"),
    [
        (SyncState("completed", "succeeded", datetime(2026, 1, 1, 6, tzinfo=UTC), run="before"), "ours"),
        (SyncState("running", "running", datetime(2026, 1, 2, 6, tzinfo=UTC), run="ours"), "later"),
        # Its start is told anew: it is the same run all the same.
        (SyncState("running", "running", datetime(2026, 1, 2, 5, 59, tzinfo=UTC), run="ours"), "later"),
        (SyncState("failed", "failed", datetime(2026, 1, 2, 7, tzinfo=UTC), run="later"), None),
        (SyncState("noRuns", "unknown"), "long ago"),
        (SyncState("noRuns", "unknown", seen=datetime(2026, 1, 2, tzinfo=UTC)), "ours"),
    ],
)
def test_the_first_run_after_the_one_before(graph: Script, ready: Sds, before: SyncState, run: str | None) -> None:
    graph.say(200, {"value": RUNS})
    state = ready.sync_state(PROFILE, before).value
    assert state is not None
    assert (state.run, state.fresh) == (run, run is not None)
