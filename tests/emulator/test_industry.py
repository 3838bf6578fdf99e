"""The industry data API: flows, sessions, validation."""

import pytest

from local.emulator import Emulator
from tests.emulator.conftest import Client, FakeClock
from tests.emulator.lake_client import ROOT, Upload, connector_of
from tests.emulator.samples import SDS_V1, SDS_V21


@pytest.fixture
def flow(emulator: Emulator, profile: str) -> str:
    emulator.load_scenario({"flows": [{"id": profile}]})
    return profile


def validated(graph: Client, flow: str, clock: FakeClock) -> dict[str, object]:
    """The operation's end."""
    answer = graph.post(f"{ROOT}/dataConnectors/{connector_of(flow)}/validate")
    assert (answer.status_code, answer.content) == (202, b"")
    clock.advance(5)
    body: dict[str, object] = graph.get(answer.headers["location"]).json()
    return body


def codes(problems: object) -> list[tuple[str, str]]:
    assert isinstance(problems, list)
    return [(problem["code"], problem["target"]) for problem in problems]


def test_a_flow_leads_to_its_connector(graph: Client, flow: str) -> None:
    body = graph.get(f"{ROOT}/inboundFlows/{flow}", params={"$expand": "dataConnector"}).json()
    assert (body["readinessStatus"], body["dataConnector"]["id"]) == ("ready", connector_of(flow))
    assert "dataConnector" not in graph.get(f"{ROOT}/inboundFlows('{flow}')").json()
    for path in (f"inboundFlows/{flow}/dataConnector", f"dataConnectors('{connector_of(flow)}')"):
        assert graph.get(f"{ROOT}/{path}").json()["fileFormat"] is None
    assert [one["id"] for one in graph.get(f"{ROOT}/inboundFlows").json()["value"]] == [flow]
    assert [one["id"] for one in graph.get(f"{ROOT}/dataConnectors").json()["value"]] == [connector_of(flow)]


def test_readiness_moves_and_the_dates_go_before_it(
    graph: Client, emulator: Emulator, profile: str, clock: FakeClock
) -> None:
    states = [{"state": "notReady", "polls": 1}, {"state": "ready"}]
    spec = {"id": profile, "states": states, "expiresInDays": 1, "effectiveDaysAgo": -0.5}
    emulator.load_scenario({"flows": [spec]})

    def readiness() -> str:
        status: str = graph.get(f"{ROOT}/inboundFlows/{profile}").json()["readinessStatus"]
        return status

    assert readiness() == "notReady"
    assert readiness() == "notReady"  # not effective before noon
    clock.advance(43200)
    assert readiness() == "ready"
    clock.advance(43200)
    assert readiness() == "expired"
    assert graph.get(f"{ROOT}/dataConnectors/{connector_of(profile)}/getUploadSession").status_code == 400


@pytest.mark.parametrize("path", ["inboundFlows/no", "dataConnectors/no", "operations/no", "runs/no", "nothing"])
def test_what_is_not_there(graph: Client, path: str) -> None:
    assert graph.get(f"{ROOT}/{path}").status_code == 404


def test_a_token_is_needed(graph: Client, flow: str) -> None:
    answer = graph.get(f"{ROOT}/inboundFlows/{flow}", headers={"Authorization": ""})
    assert (answer.status_code, answer.json()["error"]["code"]) == (401, "InvalidAuthenticationToken")


CAST = "microsoft.graph.industryData.azureDataLakeConnector"
NAMED = "microsoft.graph.industryData.getUploadSession"


@pytest.mark.parametrize(
    ("path", "reset"),
    [
        (f"{CAST}/getUploadSession", False),
        (f"{CAST}/GetUploadSession?resetSession=true", True),
        (f"{CAST}/{NAMED}(resetSession=true)", True),
        (f"{NAMED}()", False),
        ("getUploadSession(resetSession=false)", False),
        ("getUploadSession()?resetsession=True", True),
    ],
)
def test_a_session_goes_on_unless_reset(graph: Client, flow: str, path: str, reset: bool) -> None:
    connector = connector_of(flow)
    first = graph.get(f"{ROOT}/dataConnectors/{connector}/getUploadSession").json()
    second = graph.get(f"{ROOT}/dataConnectors('{connector}')/{path}").json()
    assert (second["containerId"] != first["containerId"]) == reset
    assert second["sessionExpirationDateTime"] < second["containerExpirationDateTime"]


@pytest.mark.parametrize(("treatment", "status"), [("ignore", 200), ("refuse", 400)])
def test_each_spelling_of_the_reset_can_be_unknown(graph: Client, flow: str, treatment: str, status: int) -> None:
    graph.control("PATCH", f"flows/{flow}", {"session": {"query": treatment}})
    address = f"{ROOT}/dataConnectors/{connector_of(flow)}/getUploadSession"
    first = graph.get(address).json()["containerId"]
    answer = graph.get(address, params={"resetSession": "true"})
    assert (answer.status_code, answer.json().get("containerId", first)) == (status, first)
    assert graph.get(f"{address}(resetSession=true)").json()["containerId"] != first


@pytest.mark.parametrize("files", [SDS_V1, SDS_V21], ids=["sdsV1", "sdsV2.1"])
def test_files_in_order_are_validated(graph: Client, flow: str, clock: FakeClock, files: dict[str, str]) -> None:
    Upload(graph, flow).put(files)
    operation = validated(graph, flow, clock)
    assert operation["@odata.type"] == "#microsoft.graph.industryData.fileValidateOperation"
    assert (operation["status"], operation["errors"], operation["warnings"]) == ("succeeded", [], [])
    assert operation["validatedFiles"] == sorted(files)


def test_an_operation_takes_its_time(graph: Client, flow: str, clock: FakeClock) -> None:
    Upload(graph, flow).put({"orgs.csv": "x"})
    answer = graph.post(f"{ROOT}/inboundFlows('{flow}')/dataConnector/microsoft.graph.industryData.validate()")
    seen = []
    for _ in range(3):
        body = graph.get(answer.headers["location"]).json()
        seen.append((body["status"], bool(body["errors"])))
        clock.advance(0.31)
    assert seen == [("notStarted", False), ("running", False), ("succeeded", True)]
    assert [one["id"] for one in graph.get(f"{ROOT}/operations").json()["value"]] == [body["id"]]


def test_success_with_errors_as_documented(graph: Client, flow: str, clock: FakeClock) -> None:
    Upload(graph, flow).put({name: SDS_V21[name] for name in ("users.csv", "roles.csv", "classes.csv")})
    operation = validated(graph, flow, clock)
    assert (operation["status"], operation["validatedFiles"]) == ("succeeded", [])
    assert codes(operation["errors"]) == [("RequiredFileNotFound", "orgs.csv")]
    assert codes(operation["warnings"]) == [("OptionalFileNotFound", "enrollments.csv")]
    errors = operation["errors"]
    assert isinstance(errors, list)
    text = "When trying to validate required file orgs.csv encountered RequiredFileNotFound error."
    assert errors[0]["message"] == text


def test_headers_are_checked(graph: Client, flow: str, clock: FakeClock) -> None:
    broken = {
        "orgs.csv": "sourcedid,name,type\r\n",
        "users.csv": SDS_V21["users.csv"].replace("givenName", "familyName"),
        "roles.csv": "\ufeff" + SDS_V21["roles.csv"],
    }
    upload = Upload(graph, flow)
    upload.put(SDS_V21 | broken)
    upload.create("classes.csv")
    upload.append("classes.csv", 0, b"\xff\xfe")
    upload.flush("classes.csv", 2)
    assert codes(validated(graph, flow, clock)["errors"]) == [
        ("RequiredHeaderNotFound", "orgs.csv"),
        ("DuplicateHeaderFound", "users.csv"),
        ("FileNotReadable", "classes.csv"),
    ]


def test_a_connector_of_one_format_wants_that_one(
    graph: Client, emulator: Emulator, profile: str, clock: FakeClock
) -> None:
    emulator.load_scenario({"flows": [{"id": profile, "fileFormat": "schoolDataSyncV1"}]})
    Upload(graph, profile).put(SDS_V21)
    errors = codes(validated(graph, profile, clock)["errors"])
    assert errors == [("RequiredFileNotFound", f"{name}.csv") for name in ("School", "Student", "Teacher")]


def test_results_can_be_ordered(graph: Client, emulator: Emulator, profile: str, clock: FakeClock) -> None:
    problem = {"code": "Odd", "target": "users.csv"}
    validate = {"missing": ["ORGS.csv"], "errors": [problem], "warnings": [problem | {"message": "Hm."}]}
    emulator.load_scenario({"flows": [{"id": profile, "validate": validate}]})
    Upload(graph, profile).put(SDS_V21)
    operation = validated(graph, profile, clock)
    assert codes(operation["errors"]) == [("RequiredFileNotFound", "orgs.csv"), ("Odd", "users.csv")]
    assert codes(operation["warnings"]) == [("Odd", "users.csv")]


def test_an_operation_can_fail(graph: Client, emulator: Emulator, profile: str, clock: FakeClock) -> None:
    states = [{"state": "running", "seconds": 1}, {"state": "failed"}]
    emulator.load_scenario({"flows": [{"id": profile, "validate": {"states": states}}]})
    Upload(graph, profile).put(SDS_V21)
    operation = validated(graph, profile, clock)
    assert (operation["status"], operation["statusDetail"] is not None) == ("failed", True)


def test_validating_ends_the_session(graph: Client, flow: str) -> None:
    address = f"{ROOT}/dataConnectors/{connector_of(flow)}/validate"
    assert graph.post(address).status_code == 400
    Upload(graph, flow)
    assert graph.post(address).status_code == 202
    assert graph.post(address).status_code == 400


@pytest.mark.parametrize(("location", "expected"), [(None, None), ("https://example.org/{id}", "https://example.org/")])
def test_the_location_can_be_absent_or_elsewhere(
    graph: Client, flow: str, location: str | None, expected: str | None
) -> None:
    graph.control("PATCH", f"flows/{flow}", {"validate": {"location": location}})
    Upload(graph, flow)
    answer = graph.post(f"{ROOT}/dataConnectors/{connector_of(flow)}/validate")
    assert (answer.headers.get("location") or "").startswith(expected or "")
    assert ("location" in answer.headers) == (expected is not None)
