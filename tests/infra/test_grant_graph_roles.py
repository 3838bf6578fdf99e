"""The script that grants Graph roles: it says first what it would do, does it once, and only to whom it was told."""

import json
import os
import re
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

ROOT = Path(__file__).parents[2]
SCRIPT = ROOT / "infra" / "grant-graph-roles.sh"
FAKE = Path(__file__).with_name("fake_az.py")
GRAPH_ID = "99999999-0000-4000-8000-000000000001"
IDENTITY = "11111111-2222-4333-8444-555555555555"
PRINCIPALS = "https://graph.microsoft.com/v1.0/servicePrincipals"
ASSIGNMENTS = f"{PRINCIPALS}/{IDENTITY}/appRoleAssignments"
INDUSTRY_DATA = {
    "IndustryData-InboundFlow.Read.All": "305f6ba2-049a-4b1b-88bb-fe7e08758a00",
    "IndustryData-DataConnector.Read.All": "7ab52c2f-a2ee-4d98-9ebc-725e3934aae2",
    "IndustryData-DataConnector.Upload": "9334c44b-a7c6-4350-8036-6bf8e02b4c1f",
    "IndustryData.ReadBasic.All": "4f5ac95f-62fd-472c-b60f-125d24ca0bc5",
    "IndustryData-Run.Start": "7e429772-5b5e-47c0-8fd6-7279294c8033",
    "IndustryData-Run.Read.All": "f6f5d10b-3024-4d1d-b674-aae4df4a1a73",
}
CLASSIC = {"EduAdministration.ReadWrite.All": "9bc431c3-b8bc-4a8d-a219-40f10f92eff6"}

pytestmark = pytest.mark.skipif(sys.platform == "win32", reason="a bash script")


def role(value: str, guid: str, **more: Any) -> dict[str, Any]:
    return {"value": value, "id": guid, "isEnabled": True, "allowedMemberTypes": ["Application"]} | more


def assignment(guid: str, resource: str = GRAPH_ID) -> dict[str, str]:
    return {"principalId": IDENTITY, "resourceId": resource, "appRoleId": guid}


class Graph:
    """What the fake `az` talks to, and the script run against it."""

    def __init__(self, folder: Path) -> None:
        self._file = folder / "graph.json"
        az = folder / "bin" / "az"
        az.parent.mkdir()
        az.write_text(f'#!/bin/sh\nexec "{sys.executable}" -I -S "{FAKE}" "$@"\n')
        az.chmod(0o755)
        self._path = f"{az.parent}{os.pathsep}{os.environ['PATH']}"
        self.change(
            signedIn=True,
            principals={IDENTITY: {"displayName": "id-rosterdrop", "servicePrincipalType": "ManagedIdentity"}},
            roles=[role("User.Read.All", "df021288-bdef-4463-88db-98f22de89214")]
            + [role(value, guid) for value, guid in INDUSTRY_DATA.items()],
            assignments=[],
            racing=[],
            pageSize=100,
            requests=[],
        )

    @property
    def state(self) -> dict[str, Any]:
        state: dict[str, Any] = json.loads(self._file.read_text())
        return state

    def change(self, **fields: Any) -> None:
        state = self.state if self._file.exists() else {}
        self._file.write_text(json.dumps(state | fields))

    def run(self, *arguments: str) -> subprocess.CompletedProcess[str]:
        return subprocess.run(
            ["bash", SCRIPT, *arguments],
            capture_output=True,
            text=True,
            timeout=60,
            check=False,
            env={"PATH": self._path, "FAKE_GRAPH": str(self._file), "TMPDIR": str(self._file.parent)},
        )

    def grant(self, *arguments: str, api: str = "industryData") -> subprocess.CompletedProcess[str]:
        return self.run("--principal-id", IDENTITY, "--api", api, *arguments)

    def posts(self) -> list[dict[str, Any]]:
        return [request for request in self.state["requests"] if request["method"] == "post"]

    def held(self) -> set[str]:
        return {each["appRoleId"] for each in self.state["assignments"] if each["resourceId"] == GRAPH_ID}


@pytest.fixture
def graph(tmp_path: Path) -> Graph:
    return Graph(tmp_path)


def test_a_dry_run_is_the_default_and_posts_nothing(graph: Graph) -> None:
    graph.change(assignments=[assignment(INDUSTRY_DATA["IndustryData-Run.Start"])])
    result = graph.grant()
    assert (result.returncode, result.stderr) == (0, "")
    assert "id-rosterdrop" in result.stdout
    said = dict(re.findall(r"^  (?:has|lacks) +(\S+)(?: \((\S+)\))?$", result.stdout, re.MULTILINE))
    assert said == INDUSTRY_DATA | {"IndustryData-Run.Start": ""}
    assert "nothing was changed" in result.stdout
    assert "--apply to grant 5" in result.stdout
    assert graph.posts() == []


def test_apply_makes_one_request_for_each_role_that_is_lacking(graph: Graph) -> None:
    graph.change(assignments=[assignment(INDUSTRY_DATA["IndustryData-Run.Start"])])
    result = graph.grant("--apply")
    assert (result.returncode, result.stderr) == (0, "")
    lacking = [guid for name, guid in INDUSTRY_DATA.items() if name != "IndustryData-Run.Start"]
    assert graph.posts() == [
        {"method": "post", "url": ASSIGNMENTS, "resource": "https://graph.microsoft.com", "body": assignment(guid)}
        for guid in lacking
    ]
    assert graph.held() == set(INDUSTRY_DATA.values())
    assert [request["url"] for request in graph.state["requests"][:3]] == [
        f"{PRINCIPALS}/{IDENTITY}?$select=id,displayName,servicePrincipalType",
        f"{PRINCIPALS}(appId='00000003-0000-0000-c000-000000000000')?$select=id,appRoles",
        ASSIGNMENTS,
    ]


def test_a_second_apply_posts_nothing(graph: Graph) -> None:
    assert graph.grant("--apply").returncode == 0
    graph.change(requests=[])
    again = graph.grant("--apply")
    assert (again.returncode, again.stderr) == (0, "")
    assert graph.posts() == []
    assert "Nothing to do" in again.stdout


def test_all_pages_of_what_the_identity_has_are_read(graph: Graph) -> None:
    other = [assignment("df021288-bdef-4463-88db-98f22de89214")] * 3
    graph.change(pageSize=2, assignments=other + [assignment(guid) for guid in INDUSTRY_DATA.values()])
    result = graph.grant("--apply")
    assert "Nothing to do" in result.stdout
    pages = [request["url"] for request in graph.state["requests"] if "appRoleAssignments" in request["url"]]
    assert pages == [ASSIGNMENTS, *(f"{ASSIGNMENTS}?$skiptoken={skip}" for skip in (2, 4, 6, 8))]


def test_the_next_page_on_another_host_is_not_asked_for(graph: Graph) -> None:
    graph.change(pageSize=1, assignments=[assignment("x"), assignment("y")])
    graph.change(nextHost="https://graph.microsoft.com.example.net")
    result = graph.grant("--apply")
    assert result.returncode == 1
    assert "another host" in result.stderr
    assert graph.state["requests"][-1]["url"] == ASSIGNMENTS


def test_the_same_role_id_of_another_resource_does_not_count(graph: Graph) -> None:
    graph.change(assignments=[assignment(guid, resource="another-api") for guid in INDUSTRY_DATA.values()])
    assert "--apply to grant 6" in graph.grant().stdout


def test_classic_is_one_role_where_the_tenant_still_has_it(graph: Graph) -> None:
    graph.change(roles=[role(value, guid) for value, guid in CLASSIC.items()])
    assert graph.grant("--apply", api="classic").returncode == 0
    assert graph.held() == set(CLASSIC.values())


def test_the_retired_api_is_named_as_the_reason(graph: Graph) -> None:
    result = graph.grant("--apply", api="classic")
    assert result.returncode == 1
    assert "EduAdministration.ReadWrite.All" in result.stderr
    assert "--api industryData" in result.stderr
    assert graph.posts() == []


@pytest.mark.parametrize("hidden", [{"isEnabled": False}, {"allowedMemberTypes": ["User"]}])
def test_nothing_is_granted_when_one_role_cannot_be(graph: Graph, hidden: dict[str, Any]) -> None:
    roles = [
        role(value, guid, **(hidden if value == "IndustryData.ReadBasic.All" else {}))
        for value, guid in INDUSTRY_DATA.items()
    ]
    graph.change(roles=roles)
    result = graph.grant("--apply")
    assert result.returncode == 1
    assert "no application role IndustryData.ReadBasic.All in this tenant" in result.stderr
    assert graph.posts() == []


def test_a_role_granted_by_someone_else_in_between_is_no_failure(graph: Graph) -> None:
    graph.change(racing=[assignment(INDUSTRY_DATA["IndustryData-Run.Start"])])
    result = graph.grant("--apply")
    assert result.returncode == 0
    assert "5 granted" in result.stdout


def signed_out(graph: Graph) -> None:
    graph.change(signedIn=False)


def unknown(graph: Graph) -> None:
    graph.change(principals={})


def denied(graph: Graph) -> None:
    graph.change(deny=True)


@pytest.mark.parametrize(
    ("trouble", "words"),
    [
        (signed_out, "run 'az login' first"),
        (unknown, "must be the identity's principalId, not its clientId"),
        (denied, "Sign in as a Privileged Role Administrator"),
    ],
)
def test_a_failure_says_what_to_do(graph: Graph, trouble: Callable[[Graph], None], words: str) -> None:
    trouble(graph)
    result = graph.grant("--apply")
    assert result.returncode == 1
    assert words in result.stderr
    assert graph.held() == set()


def test_what_is_not_a_managed_identity_is_pointed_out(graph: Graph) -> None:
    graph.change(principals={IDENTITY: {"displayName": "someone", "servicePrincipalType": "Application"}})
    assert "not a managed identity" in graph.grant().stdout


@pytest.mark.parametrize(
    ("arguments", "words"),
    [
        ([], "--principal-id is missing"),
        (["--principal-id"], "--principal-id needs a value"),
        (["--principal-id", "id-rosterdrop", "--api", "classic"], "must be a GUID"),
        (["--principal-id", IDENTITY], "--api is missing"),
        (["--principal-id", IDENTITY, "--api", "both"], "--api must be"),
        (["--principal-id", IDENTITY, "--api", "classic", "--graph", "http://graph.microsoft.com"], "--graph must"),
        (["--principal-id", IDENTITY, "--api", "classic", "--graph", "https://g.example/beta"], "--graph must"),
        (["--aply"], "unknown argument: --aply"),
    ],
)
def test_wrong_arguments_reach_no_service(graph: Graph, arguments: list[str], words: str) -> None:
    result = graph.run(*arguments)
    assert result.returncode == 2
    assert words in result.stderr
    assert graph.state["requests"] == []


def test_help_names_every_argument(graph: Graph) -> None:
    result = graph.run("--help")
    assert result.returncode == 0
    assert all(name in result.stdout for name in ("--principal-id", "--api", "--graph", "--apply"))
