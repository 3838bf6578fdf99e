"""The control API and the scenarios that come with the emulator."""

import asyncio
from pathlib import Path

import httpx
import pytest

from local.emulator import BadScenario, Emulator, read_scenario, scenario_names
from tests.emulator.conftest import Client

ROOT = "education/synchronizationProfiles"


def test_profiles_can_be_made_changed_and_removed(graph: Client, profile: str) -> None:
    graph.control("POST", "profiles", {"id": profile.upper(), "displayName": "One"})
    graph.control("PATCH", f"profiles/{profile}", {"displayName": "Two", "states": [{"state": "provisioning"}]})
    answer = graph.get(f"{ROOT}/{profile}").json()
    assert (answer["displayName"], answer["state"]) == ("Two", "provisioning")
    assert [seen["spec"]["id"] for seen in graph.control("GET", "profiles")] == [profile]
    graph.control("DELETE", f"profiles/{profile}")
    assert graph.get(f"{ROOT}/{profile}").status_code == 404
    assert graph.ask("GET", f"profiles/{profile}").status_code == 404


def test_a_change_keeps_what_it_does_not_name(graph: Client, profile: str) -> None:
    graph.control("POST", "profiles", {"id": profile, "start": {"errorsStatus": 400}})
    graph.control("PATCH", f"profiles/{profile}", {"start": {"errorsShape": "both"}})
    start = graph.control("GET", f"profiles/{profile}")["spec"]["start"]
    assert (start["errorsStatus"], start["errorsShape"]) == (400, "both")


def test_every_profile_changes_with_the_template(graph: Client, profile: str) -> None:
    graph.control("POST", "profiles", {"id": profile})
    graph.control("PATCH", "profiles/*", {"states": [{"state": "provisioning"}]})
    other = profile[:-1] + ("0" if profile[-1] != "0" else "1")
    assert [graph.get(f"{ROOT}/{one}").json()["state"] for one in (profile, other)] == ["provisioning"] * 2


@pytest.mark.parametrize(
    ("path", "body"),
    [
        ("profiles", {"id": "*", "states": []}),
        ("scenario", {"profiles": [{"id": "*", "states": []}]}),
        ("faults", {"status": 99}),
    ],
)
def test_what_could_never_be_answered_is_refused_whole(
    graph: Client, profile: str, path: str, body: dict[str, object]
) -> None:
    assert graph.ask("POST", path, body).status_code == 400
    assert graph.ask("PATCH", "runs", {"states": []}).status_code == 400
    graph.control("POST", "profiles", {"id": profile})
    assert graph.get(f"{ROOT}/{profile}").status_code == 200


@pytest.mark.parametrize("body", [{"id": "x", "states": "now"}, {"idd": "x"}, {}, ["x"]])
def test_what_makes_no_sense_is_refused(graph: Client, body: object) -> None:
    assert graph.ask("POST", "profiles", body).status_code == 400


def test_the_log_can_be_read_and_cleared(graph: Client, profile: str) -> None:
    graph.control("POST", "profiles", {"id": profile})
    graph.get(f"{ROOT}('{profile}')/profileStatus?$secret=1")
    (entry,) = graph.control("GET", "log")
    assert entry["path"] == f"/beta/{ROOT}('{profile}')/profileStatus"
    assert entry["plain"] == f"/beta/{ROOT}/{profile}/profileStatus".lower()
    expected = {"status": 200, "profile": profile, "phase": "provisioned", "sync": "success", "fault": None}
    assert entry | expected == entry
    graph.control("DELETE", "log")
    assert graph.control("GET", "log") == []


@pytest.mark.parametrize("name", scenario_names())
def test_a_named_scenario_loads(emulator: Emulator, name: str) -> None:
    scenario = emulator.load_scenario(name)
    assert scenario.description


def test_a_scenario_comes_by_file_or_over_http(graph: Client, tmp_path: Path, profile: str) -> None:
    path = tmp_path / "mine.json"
    path.write_text('{"profiles": [{"id": "*"}]}')
    assert read_scenario(path).profiles[0].id == "*"
    graph.control("POST", "scenario", {"profiles": [{"id": profile}]})
    assert graph.get(f"{ROOT}/{profile}").status_code == 200
    graph.control("POST", "scenario", {"name": "throttled"})
    assert graph.get(f"{ROOT}/{profile}").status_code == 429
    assert graph.ask("POST", "scenario", {"name": "nonsense"}).status_code == 400


@pytest.mark.parametrize("text", ["{", '{"profils": []}', '{"profiles": [{"id": 1}]}'])
def test_a_bad_scenario_says_so(tmp_path: Path, text: str) -> None:
    path = tmp_path / "bad.json"
    path.write_text(text)
    with pytest.raises(BadScenario, match=r"bad\.json"):
        read_scenario(path)
    with pytest.raises(BadScenario, match="throttled"):
        read_scenario(tmp_path / "absent.json")


def test_control_is_for_this_machine_only(emulator: Emulator) -> None:
    async def status(address: str) -> int:
        transport = httpx.ASGITransport(emulator.app, client=(address, 1))
        async with httpx.AsyncClient(transport=transport, base_url="http://emulator") as client:
            return (await client.get("/control/log")).status_code

    assert [asyncio.run(status(address)) for address in ("127.0.0.1", "192.0.2.1")] == [200, 403]
