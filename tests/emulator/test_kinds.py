"""Every kind of misbehaviour does what its name says, by chance only as its seed has it."""

import threading
import time
from email.utils import parsedate_to_datetime

import httpx
import pytest

from local.emulator import Emulator
from local.emulator.faults import Faults
from local.emulator.kinds import KINDS
from local.emulator.specs import Fault
from tests.emulator.conftest import Client, FakeClock, FakeTokens
from tests.emulator.lake_client import Upload

ROOT = "education/synchronizationProfiles"


@pytest.fixture
def started(emulator: Emulator, profile: str) -> str:
    """Where to start a profile that never verifies anything."""
    emulator.load_scenario({"profiles": [{"id": profile, "start": {"verify": "none"}}]})
    return f"{ROOT}/{profile}/start"


def given(graph: Client, address: str, timeout: float) -> int | str:
    """The status of an answer whose JSON is of the right shape, else what went wrong."""
    try:
        answer = graph.post(address, timeout=timeout)
    except httpx.TransportError as error:
        return type(error).__name__
    if answer.is_error:
        return answer.status_code
    try:
        body = answer.json()
    except ValueError:
        return "noJson"
    return answer.status_code if isinstance(body, dict) else "wrongJson"


SEEN: dict[str, tuple[int | str, int]] = {
    "resetBefore": ("ReadError", 0),
    "resetAfter": ("ReadError", 1),
    "blackholeBefore": ("ReadTimeout", 0),
    "blackholeAfter": ("ReadTimeout", 1),
    "errorBefore": (500, 0),
    "errorAfter": (500, 1),
    "gatewayTimeout": (504, 1),
    "throttled": (429, 0),
    "throttledBare": (429, 0),
    "unavailable": (503, 0),
    "unavailableBare": (503, 0),
    "notFound": (404, 0),
    "unauthorized": (401, 0),
    "halfRequest": (200, 1),  # a start has no body that could break off
    "cutAnswer": ("RemoteProtocolError", 1),
    "truncated": ("noJson", 1),
    "html": ("noJson", 1),
    "wrongJson": ("wrongJson", 1),
    "empty": ("noJson", 1),
    "drip": (200, 1),
    "late": ("ReadTimeout", 1),
    "clockAhead": (200, 1),
    "clockBehind": (200, 1),
}
"""What a client sees of a start, and how many starts the service then has."""


@pytest.mark.parametrize("kind", KINDS)
def test_what_a_client_sees_and_what_was_done(
    graph: Client, emulator: Emulator, started: str, profile: str, kind: str
) -> None:
    graph.control("POST", "faults", {"name": "kind", "path": "*/start", "kinds": [kind]})
    seen, done = SEEN[kind]
    assert given(graph, started, 0.5 if seen == "ReadTimeout" else 20) == seen
    deadline = time.monotonic() + 10
    while len(emulator.log) < 1:
        assert time.monotonic() < deadline
        threading.Event().wait(0.01)
    (entry,) = emulator.log.entries("POST")
    assert (entry.fault, entry.status is None) == (f"kind/{kind}", kind.startswith(("reset", "blackhole")))
    assert entry.worked == ((200 if done else None) if kind != "unauthorized" else 401)
    assert bool(entry.facts) == bool(done)
    assert len(graph.control("GET", f"profiles/{profile}")["starts"]) == done


def test_luck_is_the_same_for_the_same_seed(clock: FakeClock) -> None:
    def taken(seed: int) -> list[str | None]:
        rule = Fault(name="w", chance=0.3, seed=seed, times=None, kinds=("resetBefore", "throttled", "late"))
        faults = Faults(clock)
        faults.add([rule])
        return [fault.name if (fault := faults.match("GET", "/beta/x")) else None for _ in range(200)]

    assert taken(1) == taken(1) != taken(2)
    assert set(taken(1)) == {None, "w/resetBefore", "w/throttled", "w/late"}
    assert 30 <= 200 - taken(1).count(None) <= 90


def test_no_luck_hangs_on_what_another_rule_took(clock: FakeClock) -> None:
    rule = Fault(name="w", path="/a", chance=0.3, times=None)
    alone, beside = Faults(clock), Faults(clock)
    alone.add([rule])
    beside.add([Fault(name="other", path="/b", times=None), rule])
    draws = []
    for _ in range(50):
        beside.match("GET", "/b")
        draws.append((alone.match("GET", "/a"), beside.match("GET", "/a")))
    assert all(one == other for one, other in draws)


def test_one_of_so_many(clock: FakeClock) -> None:
    faults = Faults(clock)
    faults.add([Fault(nth=2, every=3, times=3)])
    assert [bool(faults.match("GET", "/x")) for _ in range(12)] == [n in (1, 4, 7) for n in range(12)]


def test_a_storm_ends_with_its_time(graph: Client, started: str, clock: FakeClock) -> None:
    storm = {"path": "*", "status": 429, "retryAfter": 1, "times": None, "seconds": 5}
    graph.control("POST", "faults", storm)
    clock.advance(100)  # it begins with the first request
    seen = []
    for _ in range(4):
        seen.append(graph.post(started).status_code)
        clock.advance(2)
    assert seen == [429, 429, 429, 200]


def test_one_token_alone_becomes_void(graph: Client, emulator: Emulator, started: str, tokens: FakeTokens) -> None:
    graph.control("POST", "faults", {"path": "*/start", "refuseToken": True})
    assert [graph.post(started).status_code for _ in range(2)] == [401, 401]
    tokens.good = "another"
    assert graph.post(started, headers={"Authorization": "Bearer another"}).status_code == 200


@pytest.mark.parametrize("skew", [-3600, 3600])
def test_the_date_is_off_and_there_is_one(graph: Client, started: str, clock: FakeClock, skew: int) -> None:
    graph.control("POST", "faults", {"path": "*/start", "dateSkew": skew})
    dates = [graph.post(started).headers.get_list("date") for _ in range(2)]
    assert [len(each) for each in dates] == [1, 1]
    assert parsedate_to_datetime(dates[0][0]).timestamp() == int(clock.now + skew)


@pytest.mark.parametrize("begin", ["head", "body"])
def test_a_dripped_answer_is_whole_in_the_end(graph: Client, started: str, begin: str) -> None:
    graph.control("POST", "faults", {"path": "*/start", "drip": 0.001, "dripBytes": 7, "dripFrom": begin})
    answer = graph.post(started)
    assert (answer.status_code, answer.json()["value"]) == (200, [])
    assert answer.headers["date"] and answer.headers["request-id"]


def test_fields_of_a_true_answer_can_be_of_another_shape(graph: Client, started: str, profile: str) -> None:
    merge = {"status": {"code": 1}, "extra": None}
    graph.control("POST", "faults", {"path": "*/profileStatus", "merge": merge})
    address = f"{ROOT}/{profile}/profileStatus"
    first = graph.get(address, headers={"Prefer": "include-unknown-enum-members"})
    second = graph.get(address)
    assert first.headers["preference-applied"] == "include-unknown-enum-members"
    assert (first.json() | {"status": 0, "extra": 0}) == (second.json() | {"status": 0, "extra": 0})
    assert (first.json()["status"], first.json()["extra"]) == ({"code": 1}, None)


def test_text_stands_as_it_is(graph: Client, started: str) -> None:
    graph.control("POST", "faults", {"path": "*/start", "body": "text", "text": '{"value": NaN'})
    answer = graph.post(started)
    assert (answer.status_code, answer.text) == (200, '{"value": NaN')


def test_an_upload_breaks_off_half_way(graph: Client, emulator: Emulator, profile: str) -> None:
    emulator.load_scenario({"flows": [{"id": profile}]})
    upload = Upload(graph, profile)
    upload.create("users.csv")
    graph.control("POST", "faults", {"method": "PATCH", "path": "*/users.csv", "cutRequest": 1000})
    with pytest.raises(httpx.TransportError):
        upload.append("users.csv", 0, b"x" * 5000)
    (entry,) = emulator.log.entries("PATCH")
    assert (entry.status, entry.worked, entry.received) == (None, None, 1000)
    assert upload.flush("users.csv", 1000).status_code == 400  # a piece that broke off doesn't count
    assert upload.append("users.csv", 0, b"x" * 5000).status_code == 202


def test_a_client_that_gives_up_ends_a_blackhole(graph: Client, emulator: Emulator, started: str) -> None:
    graph.control("POST", "faults", {"path": "*/start", "blackhole": 3600})
    with pytest.raises(httpx.ReadTimeout):
        graph.post(started, timeout=0.2)
    assert graph.post(started).status_code == 200


def test_a_blackhole_ends_by_itself(graph: Client, started: str) -> None:
    graph.control("POST", "faults", {"path": "*/start", "blackhole": 0.1})
    with pytest.raises(httpx.ReadError):
        graph.post(started)
