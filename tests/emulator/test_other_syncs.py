"""Syncs that nobody started here, and a status that moves by itself (classic)."""

from datetime import UTC, datetime

import pytest

from local.emulator import Emulator
from tests.emulator.conftest import Client, FakeClock
from tests.emulator.test_classic import ALL_MEMBERS, ROOT, status

OTHER = [{"state": "inProgress", "seconds": 5}, {"state": "success"}]


@pytest.mark.parametrize(
    ("treatment", "seen"), [("after", ["inProgress", "extracting"]), ("join", ["inProgress", "success"])]
)
def test_a_start_beside_a_sync_that_nobody_started(
    graph: Client, emulator: Emulator, profile: str, clock: FakeClock, treatment: str, seen: list[str]
) -> None:
    spec = {"id": profile, "underway": OTHER, "start": {"verify": "none", "whileRunning": treatment}}
    emulator.load_scenario({"profiles": [spec]})
    assert status(graph, profile) == "inProgress"
    assert graph.post(f"{ROOT}/{profile}/start").status_code == 200
    before = status(graph, profile)
    clock.advance(5.1)
    assert [before, status(graph, profile)] == seen
    clock.advance(5)
    assert status(graph, profile) == "success"
    (start,) = emulator.log.entries("POST", "/start")
    assert (start.sync, start.facts["began"]) == ("inProgress", {"after": "later", "join": "never"}[treatment])


@pytest.mark.parametrize("code", [400, 409, 423])
def test_a_start_beside_another_sync_can_be_refused(graph: Client, emulator: Emulator, profile: str, code: int) -> None:
    start = {"verify": "none", "whileRunning": "refuse", "runningStatus": code}
    emulator.load_scenario({"profiles": [{"id": profile, "underway": OTHER, "start": start}]})
    assert graph.post(f"{ROOT}/{profile}/start").status_code == code
    assert not graph.control("GET", f"profiles/{profile}")["starts"]


def test_the_last_activity_can_move_by_itself(
    graph: Client, emulator: Emulator, profile: str, clock: FakeClock
) -> None:
    spec = {"id": profile, "activityEverySeconds": 10, "before": {"hoursAgo": 1}, "start": {"verify": "none"}}
    emulator.load_scenario({"profiles": [spec]})

    def ages() -> tuple[str, int, int]:
        answer = graph.get(f"{ROOT}/{profile}/profileStatus", headers=ALL_MEMBERS).json()
        texts = answer["lastActivityDateTime"], answer["lastSynchronizationDateTime"]
        ages = [round(clock.now - datetime.fromisoformat(text).timestamp()) for text in texts]
        return answer["status"], ages[0], ages[1]

    assert ages() == ("success", 0, 3600)
    clock.advance(13)
    assert ages() == ("success", 3, 3613)
    graph.post(f"{ROOT}/{profile}/start")
    clock.advance(1)
    assert ages() == ("inProgress", 0, 3614)  # while a sync runs, only changes of it count


def test_a_profile_whose_date_is_over_takes_no_files(
    graph: Client, emulator: Emulator, profile: str, clock: FakeClock
) -> None:
    today = datetime.fromtimestamp(clock.now, UTC).date().isoformat()
    emulator.load_scenario({"profiles": [{"id": profile, "expirationDate": today}]})
    assert graph.get(f"{ROOT}/{profile}/uploadUrl").status_code == 200
    clock.advance(86400)
    assert graph.get(f"{ROOT}/{profile}").json()["state"] == "provisioned"
    assert graph.get(f"{ROOT}/{profile}/uploadUrl").status_code == 400
    assert graph.post(f"{ROOT}/{profile}/start").status_code == 400
