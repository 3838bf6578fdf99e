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

SOUTH = f"{NORTH[:-1]}6"
SETTINGS = Settings(profiles={"north": NORTH, "south": SOUTH})


@pytest.fixture(scope="module")
def stack() -> Iterator[Stack]:
    with Stack(settings={"SDS_PROFILES": f"north={NORTH},south={SOUTH}"}) as running:
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
    hold = replace(record.current.hold, until=until)
    # The target that the settings name: a sweep in the middle of a test finds nothing to do.
    target = replace(record.current.target, profile_id=SETTINGS.profiles[profile])
    return replace(record, current=replace(record.current, hold=hold, target=target, deadline=until))


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


def test_the_page_is_shut_to_who_has_not_signed_in(stack: Stack) -> None:
    vouched = {"x-ms-client-principal-name": "head@school.example", "x-functions-key": stack.http_key}
    for headers in ({}, vouched, {"cookie": "rosterdrop=guessed"}):
        answer = ask(stack, "GET", "/api/status", headers=headers)
        assert (answer.status_code, len(answer.text.splitlines())) == (403, 1)
    assert ask(stack, "GET", "/api/status?signIn=guessed", headers={}).status_code == 403
    assert ask(stack, "POST", f"/api/status/south/{RUN}/approve", headers=vouched).status_code == 403


def test_a_person_signs_in_once_and_decides_by_a_button(stack: Stack, store: AzureStore) -> None:
    door.save(store, SETTINGS, held_now("south"), None)
    with httpx.Client(base_url=stack.http_base_url, timeout=30) as browser:
        entered = browser.get(stack.page)
        assert (entered.status_code, entered.headers["location"]) == (303, "/api/status")
        assert "HttpOnly; SameSite=Strict" in entered.headers["set-cookie"]
        shown = browser.get("/api/status")
        assert shown.status_code == 200
        assert shown.headers["content-type"].startswith("text/html")
        assert shown.headers["cache-control"] == "no-store"
        assert "style-src 'sha256-" in shown.headers["content-security-policy"]
        path, token = f"/api/status/south/{RUN}/reject", shown.text.split('name="token" value="')[1].partition('"')[0]
        ours = {"Origin": stack.http_base_url}
        for headers, data in (
            ({"Origin": "https://evil.example"}, {"token": token}),
            ({}, {"token": token}),
            (ours, {"token": "0" * 64}),
            (ours, {}),
        ):
            assert browser.post(path, headers=headers, data=data).status_code == 403
        hold = door.load(store, SETTINGS, "south").record.current
        assert hold is not None
        assert hold.hold is not None
        assert hold.hold.decision is None
        for nonsense in (f"/api/status/south/{RUN}/other", "/api/status/south/x/reject", f"/api/status/_/{RUN}/reject"):
            assert browser.post(nonsense, headers=ours, data={"token": token}).status_code == 404
        done = browser.post(path, headers=ours, data={"token": token})
        assert (done.status_code, "Your decision is written down" in done.text) == (200, True)
        late = browser.post(path, headers=ours, data={"token": token})
        assert (late.status_code, "Too late" in late.text) == (409, True)
    assert httpx.get(stack.page, timeout=30).status_code == 403, "the address works once"
