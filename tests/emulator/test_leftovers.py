"""Containers that hold what this session didn't upload, and operations that tell it in odd shapes."""

from typing import Any

import pytest

from local.emulator import Emulator
from tests.emulator.conftest import Client, FakeClock
from tests.emulator.lake_client import ROOT, Upload, connector_of
from tests.emulator.samples import SDS_V1, SDS_V21


@pytest.fixture
def flow(emulator: Emulator, profile: str) -> str:
    emulator.load_scenario({"flows": [{"id": profile}]})
    return profile


def validated(graph: Client, flow: str, clock: FakeClock) -> dict[str, Any]:
    answer = graph.post(f"{ROOT}/dataConnectors/{connector_of(flow)}/validate")
    clock.advance(5)
    operation: dict[str, Any] = graph.get(answer.headers["location"]).json()
    return operation


@pytest.mark.parametrize("sent", [SDS_V1, SDS_V21], ids=["sdsV1", "sdsV2.1"])
def test_a_new_container_can_hold_a_file_of_somebody_elses(
    graph: Client, flow: str, clock: FakeClock, sent: dict[str, str]
) -> None:
    graph.control("PATCH", f"flows/{flow}", {"session": {"leftovers": {"demographics.csv": "userSourcedId\r\n"}}})
    Upload(graph, flow).put(sent)
    operation = validated(graph, flow, clock)
    assert (operation["errors"], operation["validatedFiles"]) == ([], sorted([*sent, "demographics.csv"]))
    (files,) = [one["files"] for one in graph.control("GET", f"flows/{flow}")["validations"]]
    assert {file["name"]: file["size"] for file in files}["demographics.csv"] == 15
    assert all(file["sha256"] for file in files)


def test_a_container_that_outlives_its_validation_gives_last_nights_files(
    graph: Client, flow: str, clock: FakeClock
) -> None:
    session = {"query": "ignore", "parameter": "ignore", "survives": True}
    graph.control("PATCH", f"flows/{flow}", {"session": session})
    first = Upload(graph, flow)
    first.put(SDS_V21)
    validated(graph, flow, clock)
    second = Upload(graph, flow)
    assert second.session["containerId"] == first.session["containerId"]
    fewer = {name: text + "x" for name, text in SDS_V21.items() if name in ("orgs.csv", "users.csv", "roles.csv")}
    second.put(fewer)
    assert validated(graph, flow, clock)["validatedFiles"] == sorted(SDS_V21)
    one, two = [v["files"] for v in graph.control("GET", f"flows/{flow}")["validations"]]
    sizes = [{file["name"]: file["size"] for file in files} for files in (one, two)]
    assert sizes[1]["classes.csv"] == sizes[0]["classes.csv"]
    assert sizes[1]["orgs.csv"] == sizes[0]["orgs.csv"] + 1


def test_a_reset_empties_a_container_that_outlives_its_validation(graph: Client, flow: str, clock: FakeClock) -> None:
    graph.control("PATCH", f"flows/{flow}", {"session": {"survives": True}})
    Upload(graph, flow).put(SDS_V21)
    validated(graph, flow, clock)
    Upload(graph, flow).put({"orgs.csv": "x"})
    validated(graph, flow, clock)
    last = graph.control("GET", f"flows/{flow}")["validations"][1]
    assert [file["name"] for file in last["files"]] == ["orgs.csv"]


@pytest.mark.parametrize("odd", [None, "none", 0, {"orgs.csv": "NotFound"}, ["orgs.csv"], [[]]], ids=str)
def test_an_ended_operation_can_be_of_any_shape(graph: Client, flow: str, clock: FakeClock, odd: object) -> None:
    graph.control("PATCH", f"flows/{flow}", {"validate": {"shown": {"errors": odd, "validatedFiles": odd}}})
    Upload(graph, flow).put(SDS_V21)
    location = graph.post(f"{ROOT}/dataConnectors/{connector_of(flow)}/validate").headers["location"]
    assert graph.get(location).json()["errors"] == []
    clock.advance(5)
    operation = graph.get(location).json()
    assert (operation["status"], operation["errors"], operation["validatedFiles"]) == ("succeeded", odd, odd)
