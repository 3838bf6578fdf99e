"""A flow is set up from what it refers to, and takes files of its connector's format."""

from typing import Any

import pytest

from local.emulator import Emulator
from tests.emulator.conftest import Client, FakeClock
from tests.emulator.samples import SDS_V1, SDS_V21
from tests.emulator.test_graph_sdk import held

ROOT = "external/industryData"
TYPE = "#microsoft.graph.industryData"
SYSTEM: dict[str, Any] = {
    "displayName": "SIS",
    "vendor": "V",
    "userMatchingSettings": [
        {"priorityOrder": 0, "sourceIdentifier": {"code": "email"}, "matchTarget": {"code": "mail"}}
    ],
}
YEAR = {"displayName": "Next", "startDate": "2027-08-01", "endDate": "2028-07-31", "year": {"code": "2028"}}


def made(graph: Client, what: str, body: dict[str, Any]) -> dict[str, Any]:
    answer = graph.post(f"{ROOT}/{what}", json=body)
    assert answer.status_code == 201, answer.text
    object_: dict[str, Any] = answer.json()
    assert graph.get(f"{ROOT}/{what}/{object_['id']}").json() == object_
    assert object_["id"] in [one["id"] for one in graph.get(f"{ROOT}/{what}").json()["value"]]
    return object_


def connector_body(graph: Client, code: str | None = "schoolDataSyncV1") -> dict[str, Any]:
    system = made(graph, "sourceSystems", SYSTEM)
    body = {"@odata.type": f"{TYPE}.azureDataLakeConnector", "displayName": "Files"}
    body["sourceSystem@odata.bind"] = f"{graph.base_url}{ROOT}/sourceSystems('{system['id']}')"
    return body | ({"fileFormat": {"code": code}} if code else {})


def flow_body(graph: Client, code: str | None = "schoolDataSyncV1") -> dict[str, Any]:
    connector = made(graph, "dataConnectors", connector_body(graph, code))
    return {
        "@odata.type": f"{TYPE}.inboundFileFlow",
        "displayName": "Made",
        "dataDomain": "educationRostering",
        "effectiveDateTime": "2026-08-01T00:00:00Z",
        "expirationDateTime": "2028-07-31T00:00:00Z",
        "dataConnector@odata.bind": f"{graph.base_url}{ROOT}/dataConnectors/{connector['id']}",
        "year@odata.bind": f"{graph.base_url}{ROOT}/years/{made(graph, 'years', YEAR)['id']}",
    }


FORMATS = [("schoolDataSyncV1", SDS_V1, SDS_V21), ("schoolDataSyncV2Rev1", SDS_V21, SDS_V1)]


@pytest.mark.parametrize(("code", "right", "wrong"), FORMATS)
def test_a_flow_goes_with_its_connector_and_the_format_of_that(
    graph: Client, clock: FakeClock, code: str, right: dict[str, str], wrong: dict[str, str]
) -> None:
    body = flow_body(graph, code)
    flow = made(graph, "inboundFlows", body)
    held("InboundFileFlow", flow)
    assert (flow["effectiveDateTime"], flow["expirationDateTime"]) == (
        "2026-08-01T00:00:00.0000000Z",
        "2028-07-31T00:00:00.0000000Z",
    )
    expanded = graph.get(f"{ROOT}/inboundFlows/{flow['id']}", params={"$expand": "dataConnector,year"}).json()
    connector = expanded["dataConnector"]
    assert body["dataConnector@odata.bind"].endswith(connector["id"])
    assert body["year@odata.bind"].endswith(expanded["year"]["id"])
    assert connector["fileFormat"] == {"code": code}
    path = f"{ROOT}/dataConnectors/{connector['id']}"
    assert graph.get(f"{path}/sourceSystem").json()["vendor"] == "V"
    for files, errors in ((right, False), (wrong, True)):
        put(graph, path, files)
        location = graph.post(f"{path}/validate").headers["location"]
        clock.advance(5)
        assert bool(graph.get(location).json()["errors"]) == errors


def put(graph: Client, path: str, files: dict[str, str]) -> None:
    url = graph.base_url.join(graph.get(f"{path}/getUploadSession(resetSession=true)").json()["sessionUrl"])
    for name, text in files.items():
        file, size = url.copy_with(path=f"{url.path}/{name}"), str(len(text))
        graph.put(file.copy_merge_params({"resource": "file"})).raise_for_status()
        graph.patch(
            file.copy_merge_params({"action": "append", "position": "0"}), content=text.encode()
        ).raise_for_status()
        graph.patch(file.copy_merge_params({"action": "flush", "position": size})).raise_for_status()


def test_a_made_flow_follows_the_flow_that_stands_for_all(graph: Client, emulator: Emulator) -> None:
    emulator.load_scenario({"flows": [{"id": "*", "states": [{"state": "notReady"}]}]})
    assert made(graph, "inboundFlows", flow_body(graph))["readinessStatus"] == "notReady"


def test_a_connector_may_tell_no_format(graph: Client) -> None:
    assert made(graph, "dataConnectors", connector_body(graph, None))["fileFormat"] is None
    held("AzureDataLakeConnector", graph.get(f"{ROOT}/dataConnectors").json()["value"])


@pytest.mark.parametrize(
    ("what", "changes", "told"),
    [
        ("sourceSystems", {"displayName": "x" * 101}, "displayName"),
        ("sourceSystems", {"vendor": None}, "vendor"),
        ("sourceSystems", {"userMatchingSettings": "none"}, "userMatchingSettings"),
        ("sourceSystems", {"userMatchingSettings": [{"matchTarget": {"code": "mail"}}]}, "sourceIdentifier.code"),
        ("years", {"endDate": "2027-08-01"}, "startDate"),
        ("years", {"startDate": "soon"}, "startDate"),
        ("years", {"year": "2028"}, "year.code"),
        ("dataConnectors", {"@odata.type": f"{TYPE}.oneRosterApiDataConnector"}, "@odata.type"),
        ("dataConnectors", {"fileFormat": {"code": "schoolDataSyncV2.1"}}, "fileFormat.code"),
        ("dataConnectors", {"sourceSystem@odata.bind": "https://example.org/sourceSystems/no"}, "sourceSystem@"),
        ("inboundFlows", {"@odata.type": None}, "@odata.type"),
        ("inboundFlows", {"dataDomain": "other"}, "dataDomain"),
        ("inboundFlows", {"dataConnector@odata.bind": None}, "dataConnector@"),
        ("inboundFlows", {"year@odata.bind": "years"}, "year@"),
        ("inboundFlows", {"effectiveDateTime": "now"}, "effectiveDateTime"),
        ("inboundFlows", {"effectiveDateTime": None}, "effectiveDateTime"),
        ("inboundFlows", {"effectiveDateTime": "2026-08-01T00:00:00"}, "effectiveDateTime"),
        ("inboundFlows", {"expirationDateTime": "2026-07-31T00:00:00Z"}, "expirationDateTime"),
    ],
)
def test_what_does_not_fit_is_refused(graph: Client, what: str, changes: dict[str, Any], told: str) -> None:
    whole = {"sourceSystems": lambda _: SYSTEM, "years": lambda _: YEAR, "dataConnectors": connector_body}
    body = (whole | {"inboundFlows": flow_body})[what](graph)
    answer = graph.post(f"{ROOT}/{what}", json=body | changes)
    assert answer.status_code == 400
    assert answer.json()["error"]["message"].startswith(told)


def test_a_body_that_is_no_object_is_refused(graph: Client) -> None:
    assert graph.post(f"{ROOT}/years", json=[]).status_code == 400
