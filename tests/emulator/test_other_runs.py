"""Runs that other people start, and what becomes of a start beside them."""

import pytest

from local.emulator import Emulator
from tests.emulator.conftest import Client, FakeClock
from tests.emulator.lake_client import ROOT, Upload, connector_of
from tests.emulator.samples import SDS_V21

START = f"{ROOT}/runs/start"


@pytest.fixture
def flow(emulator: Emulator, profile: str) -> str:
    emulator.load_scenario({"flows": [{"id": profile}], "runs": {"before": None}})
    return profile


def statuses(graph: Client) -> list[str]:
    return [run["status"] for run in graph.get(f"{ROOT}/runs").json()["value"]]


def test_another_run_is_listed_from_its_begin_to_its_end(graph: Client, flow: str, clock: FakeClock) -> None:
    other = {"by": "portal", "begins": 10, "lasts": 5, "ends": "completedWithErrors"}
    graph.control("PATCH", "runs", {"others": [other]})
    seen = []
    for _ in range(3):
        seen.append(statuses(graph))
        clock.advance(10)
    assert seen == [[], ["running"], ["completedWithErrors"]]


def test_another_run_can_last_for_so_many_looks(graph: Client, flow: str, clock: FakeClock) -> None:
    graph.control("PATCH", "runs", {"others": [{"begins": -60, "lasts": 60, "looks": 2}]})
    assert [statuses(graph) for _ in range(3)] == [["running"], ["running"], ["completed"]]


def test_a_start_is_silently_left_to_the_run_in_progress(graph: Client, flow: str, clock: FakeClock) -> None:
    graph.control("PATCH", "runs", {"others": [{"lasts": 100}], "whileRunning": "join"})
    Upload(graph, flow).put(SDS_V21)
    graph.post(f"{ROOT}/dataConnectors/{connector_of(flow)}/validate")
    answer = graph.post(START)
    assert (answer.status_code, len(statuses(graph))) == (202, 1)
    clock.advance(60)
    (run,) = graph.get(f"{ROOT}/runs").json()["value"]
    assert run["status"] == "completed"
    statistics = graph.get(f"{ROOT}/runs/{run['id']}/getStatistics").json()
    assert statistics["inboundTotals"]["people"] == 0  # it began without the files of the start
    graph.post(START)
    assert len(statuses(graph)) == 2


@pytest.mark.parametrize("status", [409, 423, 429])
def test_a_start_is_refused_while_a_run_is_in_progress(graph: Client, flow: str, clock: FakeClock, status: int) -> None:
    runs = {"others": [{"lasts": 100}], "whileRunning": "refuse", "runningStatus": status}
    graph.control("PATCH", "runs", runs)
    answer = graph.post(START)
    assert (answer.status_code, "retry-after" in answer.headers) == (status, False)
    graph.control("PATCH", "runs", {"startRetryAfter": 2.5})
    assert graph.post(START).headers["retry-after"] == "2.5"
    clock.advance(100)
    assert graph.post(START).status_code == 202
    assert graph.post(START).status_code == status  # the one just begun is in progress, too


def test_other_people_use_up_the_tenants_starts(graph: Client, flow: str, clock: FakeClock) -> None:
    others = [{"by": by, "begins": -3600 * hours, "lasts": 60} for by, hours in (("portal", 1), ("otherFlow", 11.5))]
    others += [{"by": "schedule", "begins": -7200, "lasts": 60}]
    others += [{"by": "portal", "begins": -7200, "lasts": 60, "ends": "failed"}]
    graph.control("PATCH", "runs", {"others": others, "startLimit": 3, "limitStatus": 403})
    assert graph.control("GET", "runs")["startsUsed"] == 2
    assert [graph.post(START).status_code for _ in range(2)] == [202, 403]
    clock.advance(1800)
    assert [graph.post(START).status_code for _ in range(2)] == [202, 403]


def test_the_operation_of_a_start_can_fail_later(graph: Client, flow: str, clock: FakeClock) -> None:
    states = [{"state": "running", "seconds": 2}, {"state": "failed"}]
    graph.control("PATCH", "runs", {"startOperation": states})
    location = graph.post(START).headers["location"]
    assert graph.get(location).json()["status"] == "running"
    clock.advance(2)
    operation = graph.get(location).json()
    assert (operation["status"], operation["statusDetail"] is not None) == ("failed", True)
    assert operation["@odata.type"] == "#microsoft.graph.longRunningOperation"
    assert (statuses(graph), graph.control("GET", "runs")["startsUsed"]) == ([], 0)


def test_the_log_tells_whose_files_a_run_takes(graph: Client, emulator: Emulator, flow: str, clock: FakeClock) -> None:
    graph.control("PATCH", "runs", {"whileRunning": "join"})
    upload = Upload(graph, flow)
    upload.put(SDS_V21)
    graph.post(f"{ROOT}/dataConnectors/{connector_of(flow)}/validate")
    graph.post(START)
    graph.post(START)
    first, second = [entry.facts for entry in emulator.log.entries("POST", "/runs/start")]
    (run,) = graph.get(f"{ROOT}/runs").json()["value"]
    assert first == {
        "running": None,
        "startsUsed": 0,
        "run": run["id"],
        "joined": None,
        "containers": {flow: upload.session["containerId"]},
    }
    assert second == {"running": run["id"], "startsUsed": 1, "run": None, "joined": run["id"]}
