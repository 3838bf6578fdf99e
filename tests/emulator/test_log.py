"""The request log lets a checker prove that what was sent is what landed, and who started what."""

import hashlib
import re
from pathlib import Path

import pytest

from local.emulator import Emulator
from tests.emulator.conftest import Client, FakeClock
from tests.emulator.lake_client import ROOT as INDUSTRY
from tests.emulator.lake_client import Upload, connector_of
from tests.emulator.samples import SDS_V1, SDS_V21
from tests.emulator.test_classic import ROOT as CLASSIC
from tests.emulator.test_classic import upload

PAGE = Path("docs/emulator.md").read_text(encoding="utf-8")


def landed(files: dict[str, str]) -> dict[str, tuple[int, str]]:
    whole = {name: text.encode() for name, text in files.items()}
    return {name: (len(content), hashlib.sha256(content).hexdigest()) for name, content in whole.items()}


def by_name(files: list[dict[str, object]]) -> dict[str, tuple[object, object]]:
    return {str(file["name"]): (file["size"], file["sha256"]) for file in files}


def test_what_a_classic_start_was_given(graph: Client, emulator: Emulator, profile: str) -> None:
    emulator.load_scenario({"profiles": [{"id": profile}]})
    upload(graph, profile, SDS_V1)
    graph.post(f"{CLASSIC}/{profile}/start")
    (address,) = emulator.log.entries("GET", "/uploadurl")
    assert address.facts == {"address": 1, "emptied": True}
    (start,) = emulator.log.entries("POST", "/start")
    assert (start.profile, start.phase, start.sync) == (profile, "provisioned", "success")
    assert (start.facts["started"], start.facts["began"]) == (True, "now")
    assert by_name(start.facts["files"]) == landed(SDS_V1)  # type: ignore[arg-type]


def test_what_a_session_was_given(graph: Client, emulator: Emulator, profile: str) -> None:
    emulator.load_scenario({"flows": [{"id": profile}]})
    session = Upload(graph, profile)
    container = session.session["containerId"]
    session.put(SDS_V21)
    location = graph.post(f"{INDUSTRY}/dataConnectors/{connector_of(profile)}/validate").headers["location"]
    (opened,) = emulator.log.entries("GET", "/getuploadsession")
    assert opened.facts == {"container": container, "reset": True, "new": True}
    validate = emulator.log.entries("POST", "/validate")[0].facts
    assert (validate["container"], validate["operation"]) == (container, location.rpartition("/")[2])
    assert by_name(validate["files"]) == landed(SDS_V21)  # type: ignore[arg-type]
    writes = [entry for entry in emulator.log.entries() if entry.facts.get("file") == "users.csv"]
    size, digest = landed(SDS_V21)["users.csv"]
    assert [entry.facts for entry in writes] == [
        {"container": container, "file": "users.csv"},
        {"container": container, "file": "users.csv", "position": 0, "bytes": size},
        {"container": container, "file": "users.csv", "size": size, "sha256": digest},
    ]
    assert [entry.received for entry in writes] == [0, size, 0]
    assert {entry.profile for entry in writes} == {profile}


@pytest.mark.parametrize("states", ["provisioning", "deleting"])
def test_a_refused_start_tells_no_files(graph: Client, emulator: Emulator, profile: str, states: str) -> None:
    emulator.load_scenario({"profiles": [{"id": profile, "states": [{"state": states}]}]})
    graph.post(f"{CLASSIC}/{profile}/start")
    (start,) = emulator.log.entries("POST", "/start")
    assert (start.status, start.worked, start.phase, start.facts) == (400, 400, states, {})


def test_entries_are_numbered_and_read_on_from_a_number(graph: Client, emulator: Emulator, profile: str) -> None:
    for _ in range(3):
        graph.get(f"{CLASSIC}/{profile}")
    assert [entry["number"] for entry in graph.control("GET", "log")] == [1, 2, 3]
    assert [entry["number"] for entry in graph.control("GET", "log?after=2")] == [3]
    graph.control("DELETE", "log")
    graph.get(f"{CLASSIC}/{profile}")
    assert [entry["number"] for entry in graph.control("GET", "log")] == [4]
    assert graph.ask("GET", "log?after=x").status_code == 400


def test_every_fact_is_on_the_page(graph: Client, emulator: Emulator, profile: str, clock: FakeClock) -> None:
    emulator.load_scenario({"profiles": [{"id": profile}], "flows": [{"id": profile}]})
    upload(graph, profile, {"School.csv": "x"})
    graph.post(f"{CLASSIC}/{profile}/start")
    Upload(graph, profile).put(SDS_V21)
    graph.post(f"{INDUSTRY}/dataConnectors/{connector_of(profile)}/validate")
    graph.post(f"{INDUSTRY}/runs/start")
    table = PAGE.partition("## The request log")[2].partition("## ")[0]
    named = set(re.findall(r"`(\w+)`", table.partition("| --- |")[2]))
    assert named == {name for entry in emulator.log.entries() for name in entry.facts}
