"""What the named scenarios promise, seen by a client that asks for any profile or flow."""

import httpx
import pytest

from local.emulator import Emulator, scenario_names
from tests.emulator.conftest import Client, FakeClock
from tests.emulator.lake_client import ROOT as INDUSTRY
from tests.emulator.lake_client import Upload, connector_of
from tests.emulator.samples import SDS_V1, SDS_V21
from tests.emulator.test_classic import ROOT as CLASSIC
from tests.emulator.test_classic import upload

RESET, SILENT, HALF = "reset", "silent", "half"
PROFILE, FLOW = CLASSIC + "/{id}", INDUSTRY + "/inboundFlows/{id}"
RUN_START = INDUSTRY + "/runs/start"
SESSION = INDUSTRY + "/dataConnectors/{connector}/getUploadSession"

ANSWERS: list[tuple[str, str, str, list[int | str]]] = [
    ("slow-provisioning", "POST", PROFILE + "/start", [400, 400]),
    ("profile-deleted", "GET", PROFILE, [200, 200, 200, 404]),
    ("busy-upload", "GET", PROFILE + "/uploadUrl", [409, 409, 409, 200]),
    ("throttled", "POST", PROFILE + "/start", [429, 200]),
    ("throttled", "GET", PROFILE, [429, 429, 429, 200]),
    ("throttled", "GET", PROFILE + "/uploadUrl", [503, 503, 429, 429, 429, 200]),
    ("throttled", "GET", SESSION, [503, 503, 429, 429, 429, 200]),
    ("throttled", "POST", INDUSTRY + "/runs/start", [429, 202]),
    ("lost-start-answer", "POST", INDUSTRY + "/runs/start", [RESET, 202]),
    ("lost-start-request", "POST", PROFILE + "/start", [RESET, 200]),
    ("outage", "GET", PROFILE, [500, 500, RESET, RESET, 502, 502, 200, 200, 200]),
    ("revoked-tokens", "GET", PROFILE, [200, 200, 401]),
    ("classic-retired", "GET", PROFILE, [400, 400]),
    ("service-rejects", "POST", PROFILE + "/start", [400, 400]),
    ("graph-error-400", "POST", PROFILE + "/start", [400]),
    ("starts-used-up", "POST", INDUSTRY + "/runs/start", [429, 429]),
    ("odd-spellings", "GET", SESSION + "?resetSession=true", [400]),
    ("odd-spellings", "GET", SESSION + "(resetSession=true)", [200]),
    ("flow-expired", "GET", SESSION, [400]),
    ("flow-disabled", "GET", SESSION, [400]),
    ("flow-expiring", "GET", SESSION, [200]),
    ("run-in-progress-refused", "POST", RUN_START, [409, 409]),
    ("run-in-progress-locked", "POST", RUN_START, [423, 423]),
    ("run-in-progress-throttled", "POST", RUN_START, [429, 429]),
    ("run-in-progress-joined", "POST", RUN_START, [202, 202]),
    ("starts-used-by-others", "POST", RUN_START, [429, 429]),
    ("start-not-found", "POST", RUN_START, [404] * 4),
    ("start-not-found-twice", "POST", RUN_START, [404, 404, 202]),
    ("start-operation-failed", "POST", RUN_START, [202]),
    ("following-not-found", "GET", INDUSTRY + "/runs", [200, 200, 404, 200, 200, 404]),
    ("following-not-found", "GET", PROFILE + "/profileStatus", [200, 200, 404, 200]),
    ("unavailable-start", "POST", RUN_START, [503, 503, 202]),
    ("unavailable-start", "POST", PROFILE + "/start", [503, 503, 200]),
    ("start-proxy-page", "POST", RUN_START, [200, 202]),
    ("endless-retry-after", "GET", PROFILE, [429, 503, 200]),
    ("endless-retry-after", "POST", RUN_START, [429, 202]),
    ("slow-drips", "GET", PROFILE, [200, 200, SILENT, 200]),
    ("slow-drips", "POST", RUN_START, [SILENT, 202]),
    ("blackhole", "GET", PROFILE, [200, SILENT, 200]),
    ("half-answers", "GET", PROFILE, [200, 200, HALF, 200]),
    ("throttling-storm", "GET", PROFILE, [429, 429, 429]),
    ("restless-success", "POST", PROFILE + "/start", [RESET, 200]),
    ("other-sync-running", "POST", PROFILE + "/start", [200]),
    ("other-sync-joined", "POST", PROFILE + "/start", [200]),
    ("profile-expired", "GET", PROFILE + "/uploadUrl", [400]),
    ("profile-expired", "POST", PROFILE + "/start", [400]),
    ("deletion-failed", "POST", PROFILE + "/start", [400]),
]


@pytest.mark.parametrize(("name", "method", "path", "expected"), ANSWERS)
def test_answers(
    graph: Client, emulator: Emulator, profile: str, name: str, method: str, path: str, expected: list[int | str]
) -> None:
    emulator.load_scenario(name)
    emulator.state.tenant.flows.get(profile)
    address = path.format(id=profile, connector=connector_of(profile))
    assert [_answer(graph, method, address, 0.5 if each == SILENT else 20) for each in expected] == expected


def _answer(graph: Client, method: str, address: str, timeout: float = 20) -> int | str:
    try:
        return graph.request(method, address, timeout=timeout).status_code
    except httpx.ReadError:
        return RESET
    except httpx.RemoteProtocolError:
        return HALF
    except httpx.ReadTimeout:
        return SILENT


STATUSES = {
    "sync-errors": "error",
    "validation-error": "validationError",
    "quarantined": "quarantined",
    "lagging-status": "success",
}


@pytest.mark.parametrize(("name", "status"), STATUSES.items())
def test_syncs(graph: Client, emulator: Emulator, profile: str, clock: FakeClock, name: str, status: str) -> None:
    emulator.load_scenario(name)
    upload(graph, profile, SDS_V1)
    graph.post(f"{CLASSIC}/{profile}/start")
    clock.advance(2)
    address = f"{CLASSIC}/{profile}/profileStatus"
    assert graph.get(address).json()["status"] == status


STATES = {
    "unknown-state": ["unknownFutureValue"] * 3 + ["ready"],
    "ready-lapses": ["ready", "notReady", "notReady", "notReady"],
}


@pytest.mark.parametrize(("name", "states"), STATES.items())
def test_states(graph: Client, emulator: Emulator, profile: str, name: str, states: list[str]) -> None:
    emulator.load_scenario(name)
    words = {"ready": "provisioned", "notReady": "provisioning"}
    for state in states:
        assert graph.get(FLOW.format(id=profile)).json()["readinessStatus"] == state
        assert graph.get(PROFILE.format(id=profile)).json()["state"] == words.get(state, state)


CONNECTORS = {"connector-v1": "schoolDataSyncV1", "connector-v21": "schoolDataSyncV2Rev1"}


@pytest.mark.parametrize(("name", "code"), CONNECTORS.items())
def test_connectors(graph: Client, emulator: Emulator, profile: str, name: str, code: str) -> None:
    emulator.load_scenario(name)
    assert graph.get(FLOW.format(id=profile) + "/dataConnector").json()["fileFormat"] == {"code": code}


OPERATIONS = {
    "required-file-not-found": ("succeeded", 1),
    "operation-failed": ("failed", 0),
    "odd-errors": ("succeeded", 1),
    "odd-warnings": ("succeeded", 0),
    "leftover-file": ("succeeded", 0),
    "container-reused": ("succeeded", 0),
    "half-requests": ("succeeded", 0),
    "skewed-clock": ("succeeded", 0),
}


@pytest.mark.parametrize(("name", "expected"), OPERATIONS.items())
def test_operations(
    graph: Client, emulator: Emulator, profile: str, clock: FakeClock, name: str, expected: tuple[str, int]
) -> None:
    emulator.load_scenario(name)
    graph.get(FLOW.format(id=profile))
    _put_all(Upload(graph, profile))
    location = graph.post(f"{INDUSTRY}/inboundFlows/{profile}/dataConnector/validate").headers["location"]
    clock.advance(2)
    operation = graph.get(location).json()
    assert (operation["status"], len(operation["errors"])) == expected


def _put_all(upload: Upload) -> None:
    while True:
        try:
            upload.put(SDS_V21)
        except httpx.ReadError:
            continue
        return


def test_weather_is_drawn_by_its_seed(graph: Client, emulator: Emulator, profile: str) -> None:
    drawn = []
    for _ in range(2):
        emulator.faults.clear()
        emulator.log.clear()
        emulator.load_scenario("weather")
        for _ in range(30):
            _answer(graph, "GET", INDUSTRY + "/runs")
        drawn.append([entry.fault for entry in emulator.log.entries()])
    assert drawn[0] == drawn[1]
    assert 1 <= sum(fault is not None for fault in drawn[0]) <= 9


def test_every_scenario_is_tried() -> None:
    tried = {name for name, *_ in ANSWERS} | set(STATUSES) | set(OPERATIONS) | set(STATES) | set(CONNECTORS)
    rest = {"expired-sas", "garbage-start-answer", "provisioning-failed", "weather"}  # each is a test of its own
    assert tried | rest == set(scenario_names())
