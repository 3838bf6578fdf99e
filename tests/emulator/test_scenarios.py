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

RESET = "reset"
PROFILE, FLOW = CLASSIC + "/{id}", INDUSTRY + "/inboundFlows/{id}"
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
]


@pytest.mark.parametrize(("name", "method", "path", "expected"), ANSWERS)
def test_answers(
    graph: Client, emulator: Emulator, profile: str, name: str, method: str, path: str, expected: list[int | str]
) -> None:
    emulator.load_scenario(name)
    emulator.state.tenant.flows.get(profile)
    address = path.format(id=profile, connector=connector_of(profile))
    assert [_answer(graph, method, address) for _ in expected] == expected


def _answer(graph: Client, method: str, address: str) -> int | str:
    try:
        return graph.request(method, address).status_code
    except httpx.ReadError:
        return RESET


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


OPERATIONS = {"required-file-not-found": ("succeeded", 1), "operation-failed": ("failed", 0)}


@pytest.mark.parametrize(("name", "expected"), OPERATIONS.items())
def test_operations(
    graph: Client, emulator: Emulator, profile: str, clock: FakeClock, name: str, expected: tuple[str, int]
) -> None:
    emulator.load_scenario(name)
    graph.get(FLOW.format(id=profile))
    Upload(graph, profile).put(SDS_V21)
    location = graph.post(f"{INDUSTRY}/inboundFlows/{profile}/dataConnector/validate").headers["location"]
    clock.advance(2)
    operation = graph.get(location).json()
    assert (operation["status"], len(operation["errors"])) == expected


def test_every_scenario_is_tried() -> None:
    tried = {name for name, *_ in ANSWERS} | set(STATUSES) | set(OPERATIONS)
    rest = {"expired-sas", "garbage-start-answer", "provisioning-failed"}  # each is a test of its own elsewhere
    assert tried | rest == set(scenario_names())
