"""The routes as a host serves them: keys, headers, and a decision that the app acts on."""

import time
from collections.abc import Callable, Iterator
from datetime import UTC, datetime, timedelta

import httpx
import pytest
from msgspec.structs import replace

from local.stack import Stack
from shared import door
from shared.azure_store import AzureStore
from shared.record import Record
from shared.settings import Settings
from tests.status.records import NORTH, RUN, held

SETTINGS = Settings(profiles={"north": NORTH})


@pytest.fixture(scope="module")
def stack() -> Iterator[Stack]:
    with Stack(settings={"SDS_PROFILES": f"north={NORTH},south={NORTH[:-1]}6"}) as running:
        yield running


@pytest.fixture(scope="module")
def store(stack: Stack) -> Iterator[AzureStore]:
    made = AzureStore(SETTINGS, {"DROP_STORAGE": stack.connection_string}, app=False)
    yield made
    made.close()


def ask(stack: Stack, method: str, path: str, **more: object) -> httpx.Response:
    headers = {"x-functions-key": stack.http_key}
    return httpx.request(method, f"{stack.http_base_url}{path}", timeout=30, **{"headers": headers, **more})  # type: ignore[arg-type]


def wait_for(condition: Callable[[], bool]) -> None:
    deadline = time.monotonic() + 60
    while not condition():
        assert time.monotonic() < deadline
        time.sleep(0.1)


def held_now(profile: str) -> Record:
    record = replace(held(profile=profile), recent=())
    assert record.current is not None
    assert record.current.hold is not None
    until = datetime.now(UTC) + timedelta(days=1)
    return replace(record, current=replace(record.current, hold=replace(record.current.hold, until=until)))


@pytest.mark.parametrize("path", ["/api/profiles", "/api/profiles/north", f"/api/runs/north/{RUN}"])
def test_without_the_key_nothing_is_told(stack: Stack, path: str) -> None:
    assert ask(stack, "GET", path, headers={}).status_code == 401


def test_profiles_and_errors_are_json_that_nobody_stores(stack: Stack) -> None:
    everything = ask(stack, "GET", "/api/profiles")
    assert [each["profile"] for each in everything.json()["profiles"]] == ["north", "south"]
    answers = [everything, ask(stack, "GET", "/api/profiles/nobody"), ask(stack, "GET", "/api/runs/north/none")]
    assert [answer.status_code for answer in answers] == [200, 404, 404]
    for answer in answers:
        assert answer.headers["content-type"].startswith("application/json")
        assert answer.headers["cache-control"] == "no-store"
        assert answer.headers["x-content-type-options"] == "nosniff"
        assert "default-src 'none'" in answer.headers["content-security-policy"]


def test_a_run_is_rejected_once_and_ends(stack: Stack, store: AzureStore) -> None:
    door.save(store, SETTINGS, held_now("north"), None)
    path = f"/api/runs/north/{RUN}/reject"
    assert ask(stack, "POST", path, headers={}).status_code == 401
    forged = {"x-functions-key": stack.http_key, "x-ms-client-principal-name": "head@school.example"}
    first = ask(stack, "POST", path, headers=forged)
    assert (first.status_code, first.json()["decided"]) == (200, "reject")
    assert ask(stack, "POST", f"/api/runs/north/{RUN}/approve").status_code in (409, 404)

    def ended() -> bool:
        recent = door.load(store, SETTINGS, "north").record.recent
        return [each.outcome for each in recent] == ["notApproved"]

    wait_for(ended)
    late = ask(stack, "POST", path)
    assert (late.status_code, late.json()["error"]) == (409, "the run does not wait for a person")
    report = ask(stack, "GET", f"/api/runs/north/{RUN}").json()
    assert report["outcome"] == "notApproved"
    assert report["decision"]["by"] is None, "nobody vouches for the name"
