"""Runs: started, limited, scheduled, and counted from the files."""

from typing import Any

import pytest

from local.emulator import Emulator
from tests.emulator.conftest import Client, FakeClock
from tests.emulator.lake_client import ROOT, Upload, connector_of
from tests.emulator.samples import SDS_V1, SDS_V21


@pytest.fixture
def flow(emulator: Emulator, profile: str) -> str:
    emulator.load_scenario({"flows": [{"id": profile}]})
    return profile


def ran(graph: Client, flow: str, clock: FakeClock, files: dict[str, str]) -> dict[str, Any]:
    """Upload, validate and start; the newest run's statistics."""
    Upload(graph, flow).put(files)
    graph.post(f"{ROOT}/dataConnectors/{connector_of(flow)}/validate")
    assert graph.post(f"{ROOT}/runs/start").status_code == 202
    clock.advance(60)
    run = runs(graph)[-1]["id"]
    body: dict[str, Any] = graph.get(f"{ROOT}/runs/{run}/microsoft.graph.industryData.getStatistics()").json()
    assert body["runId"] == run
    return body


def runs(graph: Client) -> list[dict[str, Any]]:
    value: list[dict[str, Any]] = graph.get(f"{ROOT}/runs").json()["value"]
    return value


def test_a_started_run_is_found_without_its_id(graph: Client, flow: str, clock: FakeClock) -> None:
    (before,) = runs(graph)
    assert before["status"] == "completed"
    answer = graph.post(f"{ROOT}/runs/start()")
    assert (answer.status_code, answer.content) == (202, b"")
    operation = graph.get(answer.headers["location"]).json()
    assert (operation["status"], "validatedFiles" in operation) == ("running", False)
    new = runs(graph)[-1]
    assert (new["status"], new["endDateTime"]) == ("running", None)
    assert new["startDateTime"] > before["startDateTime"]
    clock.advance(1)
    new = graph.get(f"{ROOT}/runs('{new['id']}')").json()
    assert new["status"] == "completed" and new["endDateTime"]


def test_statistics_of_v21_files(graph: Client, flow: str, clock: FakeClock) -> None:
    body = ran(graph, flow, clock, SDS_V21)
    (activity,) = body["activityStatistics"]
    assert (body["status"], activity["activityId"]) == ("completed", flow)
    assert activity["people"] == {"active": 3, "inactive": 0, "total": 3}
    assert body["inboundTotals"] == {
        "errors": 0,
        "warnings": 0,
        "organizations": 1,
        "people": 3,
        "groups": 1,
        "memberships": 3,
        "matchedPeopleByRole": [{"role": "student", "count": 2}, {"role": "teacher", "count": 1}],
        "unmatchedPeopleByRole": [],
    }


def test_statistics_of_v1_files(graph: Client, flow: str, clock: FakeClock) -> None:
    totals = ran(graph, flow, clock, SDS_V1)["inboundTotals"]
    assert [totals[kind] for kind in ("organizations", "people", "groups", "memberships")] == [1, 3, 2, 3]
    assert totals["matchedPeopleByRole"] == [{"role": "student", "count": 2}, {"role": "teacher", "count": 1}]


def test_dropped_records_and_values_decide_how_it_completes(graph: Client, flow: str, clock: FakeClock) -> None:
    dangling = {"enrollments.csv": SDS_V21["enrollments.csv"] + "c1,u9,student\r\n"}
    body = ran(graph, flow, clock, SDS_V21 | dangling)
    totals = body["inboundTotals"]
    assert (body["status"], totals["errors"]) == ("completedWithErrors", 1)
    odd = {"users.csv": "sourcedId,username,email\r\nu1,a@example.edu,x\r\nu2,b@example.edu,\r\nu3,c@example.edu,\r\n"}
    assert ran(graph, flow, clock, SDS_V21 | odd)["status"] == "completedWithWarnings"


def test_who_is_missing_goes_inactive(graph: Client, flow: str, clock: FakeClock) -> None:
    ran(graph, flow, clock, SDS_V21)
    fewer = {"classes.csv": SDS_V21["classes.csv"].splitlines(keepends=True)[0], "enrollments.csv": "a\r\n"}
    fewer["enrollments.csv"] = SDS_V21["enrollments.csv"].splitlines(keepends=True)[0]
    (activity,) = ran(graph, flow, clock, SDS_V21 | fewer)["activityStatistics"]
    assert activity["memberships"] == {"active": 0, "inactive": 3, "total": 3}


def test_files_that_were_not_accepted_change_nothing(graph: Client, flow: str, clock: FakeClock) -> None:
    totals = ran(graph, flow, clock, {"users.csv": SDS_V21["users.csv"]})["inboundTotals"]
    assert totals["people"] == 0


def test_five_starts_in_twelve_hours(graph: Client, flow: str, clock: FakeClock) -> None:
    codes = []
    for _ in range(6):
        codes.append(graph.post(f"{ROOT}/runs/start").status_code)
        clock.advance(3600)
    assert codes == [202] * 5 + [429]
    clock.advance(6.1 * 3600)
    assert graph.post(f"{ROOT}/runs/start").status_code == 202


def test_a_failed_run_uses_up_no_start(graph: Client, flow: str, clock: FakeClock) -> None:
    states = [{"state": "running", "seconds": 1}, {"state": "failed"}]
    graph.control("PATCH", "runs", {"states": states, "startLimit": 1, "startRetryAfter": 60})
    graph.post(f"{ROOT}/runs/start")
    answer = graph.post(f"{ROOT}/runs/start")
    assert (answer.status_code, answer.headers["retry-after"]) == (429, "60")
    clock.advance(2)
    assert runs(graph)[-1]["blockingError"]
    assert graph.post(f"{ROOT}/runs/start").status_code == 202
    assert graph.control("GET", "runs")["started"] == 2


def test_a_new_run_can_be_late_in_the_list(graph: Client, flow: str, clock: FakeClock) -> None:
    graph.control("PATCH", "runs", {"appearsAfterSeconds": 10, "before": None, "startLocation": False})
    assert "location" not in graph.post(f"{ROOT}/runs/start").headers
    assert runs(graph) == []
    clock.advance(10)
    assert len(runs(graph)) == 1


def test_the_schedule_runs_by_itself_unless_a_start_was_near(graph: Client, flow: str, clock: FakeClock) -> None:
    graph.control("PATCH", "runs", {"everySeconds": 12 * 3600, "before": None})
    clock.advance(25 * 3600)
    assert len(runs(graph)) == 2
    clock.advance(10 * 3600)  # the third is due in an hour
    graph.post(f"{ROOT}/runs/start")
    clock.advance(2 * 3600)
    assert len(runs(graph)) == 3


def test_runs_come_in_pages_and_ordered(graph: Client, flow: str, clock: FakeClock) -> None:
    graph.control("PATCH", "runs", {"page": 2})
    for _ in range(3):
        clock.advance(60)
        graph.post(f"{ROOT}/runs/start")
    first = graph.get(f"{ROOT}/runs", params={"$orderby": "startDateTime desc"}).json()
    second = graph.get(first["@odata.nextLink"]).json()
    times = [run["startDateTime"] for run in first["value"] + second["value"]]
    assert len(times) == 4 and times == sorted(times, reverse=True)
