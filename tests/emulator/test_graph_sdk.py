"""What the emulator gives has the fields that Microsoft's own SDK knows, and no others.

The fields are recorded in tests/graph_sdk/fields.json; `make graph-sdk` reads the emulator with the SDK itself.
"""

import json
import re
from pathlib import Path
from typing import Any

import pytest

from local.emulator import Emulator
from tests.emulator.conftest import Client, FakeClock
from tests.emulator.lake_client import ROOT, Upload, connector_of
from tests.emulator.samples import SDS_V21
from tests.graph_sdk.compare import differences

FOLDER = Path("tests/graph_sdk")
KNOWN: dict[str, list[str]] = json.loads((FOLDER / "fields.json").read_text(encoding="utf-8"))
"""By class: its fields. By enum: its members."""

INNER = {
    ("InboundFileFlow", "dataConnector"): "AzureDataLakeConnector",
    ("InboundFileFlow", "year"): "YearTimePeriodDefinition",
    ("AzureDataLakeConnector", "fileFormat"): "FileFormatReferenceValue",
    ("AzureDataLakeConnector", "sourceSystem"): "SourceSystemDefinition",
    ("SourceSystemDefinition", "userMatchingSettings"): "UserMatchingSetting",
    ("UserMatchingSetting", "sourceIdentifier"): "IdentifierTypeReferenceValue",
    ("UserMatchingSetting", "matchTarget"): "UserMatchTargetReferenceValue",
    ("YearTimePeriodDefinition", "year"): "YearReferenceValue",
    ("FileValidateOperation", "errors"): "PublicError",
    ("FileValidateOperation", "warnings"): "PublicError",
    ("IndustryDataRun", "blockingError"): "PublicError",
    ("InboundFlowActivity", "blockingError"): "PublicError",
    ("IndustryDataRunStatistics", "activityStatistics"): "InboundActivityResults",
    ("IndustryDataRunStatistics", "inboundTotals"): "AggregatedInboundStatistics",
} | {
    (kind, f"{people}PeopleByRole"): "IndustryDataRunRoleCountMetric"
    for kind in ("InboundActivityResults", "AggregatedInboundStatistics")
    for people in ("matched", "unmatched")
}
INNER |= {
    ("InboundActivityResults", name): "IndustryDataRunEntityCountMetric"
    for name in ("groups", "memberships", "organizations", "people")
}
MEMBERS = {
    ("InboundFileFlow", "readinessStatus"): "ReadinessStatus",
    ("InboundFileFlow", "dataDomain"): "InboundDomain",
    ("FileValidateOperation", "status"): "LongRunningOperationStatus",
    ("LongRunningOperation", "status"): "LongRunningOperationStatus",
    ("IndustryDataRun", "status"): "IndustryDataRunStatus",
    ("IndustryDataRunStatistics", "status"): "IndustryDataRunStatus",
    ("InboundActivityResults", "status"): "IndustryDataActivityStatus",
    ("InboundFlowActivity", "status"): "IndustryDataActivityStatus",
}
ONE_OF_SEVERAL = frozenset(
    {"InboundFileFlow", "AzureDataLakeConnector", "FileValidateOperation", "InboundActivityResults"}
) | {"InboundFlowActivity"}
"""Declared by a base class: without `@odata.type` the SDK makes a base of it and loses the rest."""
NOT_GIVEN = {
    "InboundFlowActivity": {"activity"},
    "IndustryDataRun": {"activities"},
    "UserMatchingSetting": {"roleGroup"},
    "FileFormatReferenceValue": {"value"},
    "IdentifierTypeReferenceValue": {"value"},
    "UserMatchTargetReferenceValue": {"value"},
    "YearReferenceValue": {"value"},
    "InboundFileFlow": {"dataConnector", "year"},
    "AzureDataLakeConnector": {"sourceSystem"},
}
"""Links to other objects, which are only shown to those who expand them."""


def held(kind: str, body: Any) -> None:
    """Hold an object, and all that it holds, to the SDK's class."""
    if isinstance(body, list):
        for one in body:
            held(kind, one)
        return
    names = {name for name in body if name not in ("@odata.context", "@odata.type")}
    known = set(KNOWN[kind]) - {"@odata.type"}
    assert names <= known, (kind, names - known)
    assert known - names <= NOT_GIVEN.get(kind, set()), (kind, known - names)
    given = body.get("@odata.type", "").rpartition(".")[2]
    assert given[:1].upper() + given[1:] == kind if kind in ONE_OF_SEVERAL else given.lower() in ("", kind.lower())
    for name in names:
        if (kind, name) in INNER and body[name] is not None:
            held(INNER[kind, name], body[name])
        elif (kind, name) in MEMBERS:
            assert body[name] in KNOWN[MEMBERS[kind, name]], (kind, name)
        else:
            assert not isinstance(body[name], dict), (kind, name)


@pytest.fixture
def ran(graph: Client, emulator: Emulator, profile: str, clock: FakeClock) -> str:
    """A flow whose files went into a run."""
    warning = {"code": "OptionalFileNotFound", "target": "courses.csv"}
    flow = {"id": profile, "fileFormat": "schoolDataSyncV2Rev1", "validate": {"warnings": [warning]}}
    emulator.load_scenario({"flows": [flow], "runs": {"before": {"status": "failed"}}})
    Upload(graph, profile).put(SDS_V21)
    graph.post(f"{ROOT}/dataConnectors/{connector_of(profile)}/validate")
    graph.post(f"{ROOT}/runs/start")
    return profile


def read(graph: Client, path: str) -> Any:
    body = graph.get(f"{ROOT}/{path}").raise_for_status().json()
    return body.get("value", body)


def test_flows_and_what_they_refer_to(graph: Client, ran: str) -> None:
    connector = connector_of(ran)
    held("InboundFileFlow", read(graph, "inboundFlows"))
    flow = read(graph, f"inboundFlows/{ran}?$expand=dataConnector($select=id), year")
    held("InboundFileFlow", flow)
    assert (flow["dataConnector"]["id"], flow["year"]) == (connector, read(graph, "years")[0])
    held("AzureDataLakeConnector", read(graph, "dataConnectors"))
    expanded = read(graph, f"dataConnectors/{connector}?$expand=sourceSystem")
    held("AzureDataLakeConnector", expanded)
    held("YearTimePeriodDefinition", read(graph, f"inboundFlows/{ran}/year"))
    year = read(graph, f"years/{flow['year']['id']}")
    assert year["startDate"] < year["endDate"]
    held("SourceSystemDefinition", read(graph, f"dataConnectors/{connector}/sourceSystem"))
    (source,) = read(graph, "sourceSystems")
    assert source == expanded["sourceSystem"]
    held("SourceSystemDefinition", read(graph, f"sourceSystems/{source['id']}"))
    assert [graph.get(f"{ROOT}/{path}/no").status_code for path in ("years", "sourceSystems")] == [404, 404]


def test_operations_and_runs(graph: Client, ran: str, clock: FakeClock) -> None:
    for _ in range(2):  # while they are at work, and after
        validate, start = read(graph, "operations")
        held("FileValidateOperation", validate)
        held("LongRunningOperation", start)
        runs = read(graph, "runs")
        held("IndustryDataRun", runs)
        for run in runs:
            held("IndustryDataRun", read(graph, f"runs/{run['id']}"))
            held("InboundFlowActivity", read(graph, f"runs/{run['id']}/activities"))
            held("IndustryDataRunStatistics", read(graph, f"runs/{run['id']}/getStatistics"))
        clock.advance(5)
    assert (runs[0]["status"], runs[1]["status"], len(validate["warnings"])) == ("failed", "completed", 1)
    activities = read(graph, f"runs/{runs[1]['id']}/activities")
    assert [activity["displayName"] for activity in activities] == ["Rostering"]


def test_the_sdk_is_pinned_and_apart_from_everything_else() -> None:
    lock = (FOLDER / "requirements.txt").read_text(encoding="utf-8")
    text = re.sub(r"^ *#.*\n", "", lock, flags=re.MULTILINE)
    entries = re.findall(r"^\S.*?(?=^\S|\Z)", text, re.MULTILINE | re.DOTALL)
    assert any(entry.startswith("msgraph-beta-sdk==1.66.0 ") for entry in entries)
    for entry in entries:
        assert re.match(r"[a-z0-9._-]+==\S+ \\\n( +--hash=sha256:[0-9a-f]{64}( \\)?\n)+\Z", entry), entry[:100]
    assert not re.search(r"https?://|file:|--index|--find-links", lock)
    for name in ("requirements.in", "requirements-dev.in", "requirements.txt", "requirements-dev.txt"):
        assert "msgraph" not in Path(name).read_text(encoding="utf-8")


UNDERSTOOD = {"class": "X", "?": [], "at": "2026-01-01T00:00:00.123456+00:00", "n": {"class": "Y", "?": [], "a": 1}}


@pytest.mark.parametrize(
    ("sent", "understood", "expected"),
    [
        ({"at": "2026-01-01T00:00:00.1234567Z", "n": {"a": 1}, "none": None, "list": []}, {}, []),
        ({"at": "2026-01-01T00:00:01Z", "n": {"a": 1}}, {}, ["x.at: sent"]),
        ({"at": UNDERSTOOD["at"], "n": {"a": 1, "b": 2}}, {}, ["x.n.b: sent, and lost"]),
        ({"at": UNDERSTOOD["at"], "n": {"a": 1}, "new": 1}, {"?": ["new"]}, ["x.new: the SDK's X has no"]),
        ({"at": UNDERSTOOD["at"]}, {}, ["x.n: not sent, but understood"]),
        ({"at": UNDERSTOOD["at"], "n": [1]}, {"n": []}, ["x.n: 1 sent, 0 understood"]),
    ],
)
def test_every_difference_is_found(sent: dict[str, Any], understood: dict[str, Any], expected: list[str]) -> None:
    found = list(differences(sent, UNDERSTOOD | understood, "x"))
    assert len(found) == len(expected), found
    for line, start in zip(found, expected, strict=True):
        assert line.startswith(start)
