"""Misbehaviour is as told, as often as told, and connections are really reset."""

import re
import time
from email.utils import parsedate_to_datetime

import httpx
import pytest

from local.emulator import Emulator
from local.emulator.classic.containers import Containers
from tests.emulator.conftest import Client, FakeClock

ROOT = "education/synchronizationProfiles"


@pytest.fixture
def started(emulator: Emulator, profile: str) -> str:
    """Where to start a profile that never verifies anything."""
    emulator.load_scenario({"profiles": [{"id": profile, "start": {"verify": "none"}}]})
    return f"{ROOT}/{profile}/start"


def starts(graph: Client, profile: str) -> int:
    return len(graph.control("GET", f"profiles/{profile}")["starts"])


def test_a_throttled_answer_has_a_decimal_retry_after(graph: Client, started: str) -> None:
    graph.control("POST", "faults", {"path": "*/start", "status": 429, "retryAfter": 2.128})
    answer = graph.post(started)
    assert (answer.status_code, answer.headers["retry-after"]) == (429, "2.128")
    error = answer.json()["error"]
    assert (error["code"], error["innerError"]["code"]) == ("TooManyRequests", "429")
    assert graph.post(started).status_code == 200


def test_retry_after_can_be_a_date(graph: Client, started: str, clock: FakeClock) -> None:
    fault = {"path": "*/start", "status": 503, "retryAfter": 30, "retryAfterForm": "date"}
    graph.control("POST", "faults", fault)
    answer = graph.post(started)
    assert parsedate_to_datetime(answer.headers["retry-after"]).timestamp() == int(clock.now + 30)


def test_the_nth_request_so_many_times(graph: Client, started: str, profile: str) -> None:
    graph.control("POST", "faults", {"method": "GET", "path": f"*/{profile}", "nth": 2, "times": 2, "status": 500})
    address = started.removesuffix("/start")
    assert [graph.get(address).status_code for _ in range(5)] == [200, 500, 500, 200, 200]
    assert graph.control("GET", "faults")[0] | {"fault": None} == {"fault": None, "seen": 5, "used": 2}


def test_for_ever_until_cleared(graph: Client, started: str) -> None:
    graph.control("POST", "faults", [{"path": "*", "times": None, "status": 403}])
    assert [graph.post(started).status_code for _ in range(3)] == [403] * 3
    graph.control("DELETE", "faults")
    assert graph.post(started).status_code == 200


@pytest.mark.parametrize(("work", "count"), [(False, 0), (True, 1)])
def test_a_reset_before_or_after_the_work(
    graph: Client, emulator: Emulator, started: str, profile: str, work: bool, count: int
) -> None:
    graph.control("POST", "faults", {"name": "cut", "path": "*/start", "reset": True, "work": work})
    with pytest.raises(httpx.ReadError, match=r"reset|104"):
        graph.post(started)
    assert starts(graph, profile) == count
    (entry,) = emulator.log.entries("POST")
    assert (entry.status, entry.fault) == (None, "cut")
    assert graph.post(started).status_code == 200


@pytest.mark.parametrize(("work", "count"), [(False, 0), (True, 1)])
def test_an_error_before_or_after_the_work(graph: Client, started: str, profile: str, work: bool, count: int) -> None:
    graph.control("POST", "faults", {"path": "*/start", "status": 504, "work": work})
    assert graph.post(started).status_code == 504
    assert starts(graph, profile) == count


@pytest.mark.parametrize("body", ["html", "truncated", "empty"])
def test_garbage_under_200(graph: Client, started: str, profile: str, body: str) -> None:
    graph.control("POST", "faults", {"path": "*/start", "work": True, "body": body})
    answer = graph.post(started)
    assert answer.status_code == 200
    with pytest.raises(ValueError):
        answer.json()
    assert starts(graph, profile) == 1


def test_any_body_under_any_status(graph: Client, started: str) -> None:
    body = {"value": [{"type": "Error", "fileName": "section.csv", "description": "1 row(s)"}]}
    fault = {"path": "*/start", "status": 400, "body": "json", "json": body, "headers": {"X-Odd": "yes"}}
    graph.control("POST", "faults", fault)
    answer = graph.post(started)
    assert (answer.status_code, answer.json(), answer.headers["x-odd"]) == (400, body, "yes")


def test_a_delay_longer_than_the_client_waits_does_the_work_all_the_same(
    graph: Client, started: str, profile: str
) -> None:
    graph.control("POST", "faults", {"path": "*/start", "delay": 0.2, "work": True, "status": 200})
    with pytest.raises(httpx.ReadTimeout):
        graph.post(started, timeout=0.05)
    deadline = time.monotonic() + 20
    while starts(graph, profile) != 1:
        assert time.monotonic() < deadline


def test_revoked_tokens(graph: Client, started: str) -> None:
    graph.control("POST", "faults", {"path": "*/start", "revokeTokens": True})
    assert graph.post(started).status_code == 401


def test_a_rule_knows_the_path_as_it_was_sent(graph: Client, started: str, profile: str) -> None:
    graph.control("POST", "faults", {"path": f"*('{profile}')/*", "status": 404, "times": None})
    assert graph.post(started).status_code == 200
    assert graph.post(f"{ROOT}('{profile}')/start").status_code == 404


def test_a_rule_with_a_typing_error_is_refused(graph: Client) -> None:
    answer = graph.ask("POST", "faults", {"pathh": "*"})
    assert answer.status_code == 400
    assert re.search("pathh", answer.json()["error"]["message"])


def test_a_failure_of_the_emulator_itself_is_a_500_and_in_its_log(
    graph: Client, emulator: Emulator, profile: str, caplog: pytest.LogCaptureFixture
) -> None:
    emulator.load_scenario({"profiles": [{"id": profile}]})
    emulator.state.containers = Containers("DefaultEndpointsProtocol=http;nonsense")
    assert graph.get(f"{ROOT}/{profile}/uploadUrl").status_code == 500
    assert "failed inside of the emulator" in caplog.text
    assert [entry.status for entry in emulator.log.entries()] == [500]
