"""Graph's roles are granted once, only those that are lacking, and only to whom it was told."""

import re
from pathlib import Path
from typing import Any

import pytest

from infra.after_deploy import ROLES

from .azure import ASSIGNMENTS, CLASSIC, IDENTITY, INDUSTRY_DATA, ROOT, Azure, assignment, role


def test_a_dry_run_is_the_default_and_posts_nothing(azure: Azure) -> None:
    azure.change(assignments=[assignment(INDUSTRY_DATA["IndustryData-Run.Start"])])
    done = azure.roles()
    assert (done.returncode, done.stderr) == (0, "")
    said = dict(re.findall(r"^  (has|lacks) +(\S+)$", done.stdout, re.MULTILINE)[::-1])
    assert said["has"] == "IndustryData-Run.Start"
    assert done.stdout.count("  lacks ") == 5
    assert "With --apply it grants 5" in done.stdout
    assert azure.sent("post") == []


def test_apply_makes_one_request_for_each_role_that_is_lacking(azure: Azure) -> None:
    azure.change(assignments=[assignment(INDUSTRY_DATA["IndustryData-Run.Start"])])
    assert azure.roles("--apply").returncode == 0
    lacking = [guid for name, guid in INDUSTRY_DATA.items() if name != "IndustryData-Run.Start"]
    assert azure.sent("post") == [
        {"method": "post", "url": ASSIGNMENTS, "resource": "https://graph.microsoft.com", "body": assignment(guid)}
        for guid in lacking
    ]


def test_all_pages_of_what_the_identity_has_are_read(azure: Azure) -> None:
    other = [assignment("df021288-bdef-4463-88db-98f22de89214")] * 3
    azure.change(pageSize=2, assignments=other + [assignment(guid) for guid in INDUSTRY_DATA.values()])
    assert "Nothing to grant" in azure.roles("--apply").stdout
    pages = [request["url"] for request in azure.sent("get") if "appRoleAssignments" in request["url"]]
    assert len(pages) == 5
    assert all("&" not in word for words in azure.state["words"] for word in words), "a shell would read it"


@pytest.mark.parametrize("field", [{"endless": True}, {"nextHost": "https://graph.microsoft.com.evil.example"}])
def test_pages_that_lead_astray_are_not_followed(azure: Azure, field: dict[str, Any]) -> None:
    azure.change(pageSize=1, assignments=[assignment(guid) for guid in INDUSTRY_DATA.values()], **field)
    done = azure.roles("--apply")
    assert done.returncode == 1
    assert azure.sent("post") == []
    assert all(request["url"].startswith("https://graph.microsoft.com/") for request in azure.state["requests"])


def test_the_same_role_id_of_another_resource_does_not_count(azure: Azure) -> None:
    azure.change(assignments=[assignment(guid, resource="another-api") for guid in INDUSTRY_DATA.values()])
    assert "With --apply it grants 6" in azure.roles().stdout


def test_classic_is_one_role_where_the_tenant_still_has_it(azure: Azure) -> None:
    azure.change(roles=[role(value, guid) for value, guid in CLASSIC.items()])
    assert azure.roles("--apply", api="classic").returncode == 0
    assert azure.held() == set(CLASSIC.values())


def test_the_retired_api_is_named_as_the_reason(azure: Azure) -> None:
    done = azure.roles("--apply", api="classic")
    assert done.returncode == 1
    assert "EduAdministration.ReadWrite.All" in done.stderr
    assert "use industryData" in done.stderr
    assert azure.sent("post") == []


@pytest.mark.parametrize("hidden", [{"isEnabled": False}, {"allowedMemberTypes": ["User"]}])
def test_nothing_is_granted_when_one_role_cannot_be(azure: Azure, hidden: dict[str, Any]) -> None:
    azure.change(
        roles=[
            role(value, guid, **(hidden if value == "IndustryData.ReadBasic.All" else {}))
            for value, guid in INDUSTRY_DATA.items()
        ]
    )
    done = azure.roles("--apply")
    assert done.returncode == 1
    assert "no application role IndustryData.ReadBasic.All in this tenant" in done.stderr
    assert azure.sent("post") == []


def test_a_role_granted_by_someone_else_in_between_is_no_failure(azure: Azure) -> None:
    azure.change(racing=[assignment(INDUSTRY_DATA["IndustryData-Run.Start"])])
    done = azure.roles("--apply")
    assert done.returncode == 0
    assert done.stdout.count("  granted  ") == 5


def test_an_id_that_is_no_principal_is_explained(azure: Azure) -> None:
    azure.change(principals={})
    done = azure.roles("--apply")
    assert done.returncode == 1
    assert "principalId, not its clientId" in done.stderr


def test_left_for_an_administrator_is_an_exit_code_by_hand(azure: Azure) -> None:
    azure.change(denyGraph=True)
    assert azure.roles("--apply").returncode == 3


def test_what_is_not_a_managed_identity_is_pointed_out(azure: Azure) -> None:
    azure.change(principals={IDENTITY: {"displayName": "someone", "servicePrincipalType": "Application"}})
    assert "not a managed identity" in azure.roles().stdout


@pytest.mark.parametrize(
    ("words", "said"),
    [
        (["roles"], "--principal-id is missing"),
        (["roles", "--principal-id", "id-rosterdrop", "--api", "classic"], "must be a GUID"),
        (["roles", "--principal-id", IDENTITY], "--api is missing"),
        (["roles", "--principal-id", IDENTITY, "--api", "both"], "--api must be"),
        (["roles", "--principal-id", IDENTITY, "--api", "classic", "--graph", "http://x"], "--graph must be https"),
        (["roles", "--principal-id", IDENTITY, "--api", "classic", "--graph", "https://x/beta"], "--graph must be"),
        (["events", "--app", "func-x"], "--subscription is missing"),
        (["--from-azd"], "azd has no AZURE_SUBSCRIPTION_ID"),
        (["all", "--aply"], "unrecognized arguments: --aply"),
    ],
)
def test_wrong_arguments_reach_no_service(azure: Azure, words: list[str], said: str) -> None:
    done = azure.run(*words)
    assert done.returncode == 2
    assert said in done.stderr
    assert azure.state["words"] == []


def test_without_the_cli_one_line_says_so(azure: Azure, tmp_path: Path) -> None:
    done = azure.run("roles", "--principal-id", IDENTITY, "--api", "classic", path=str(tmp_path))
    assert done.returncode == 1
    assert done.stderr.splitlines() == [
        "after_deploy.py: the Azure CLI (az) is not installed: https://aka.ms/azure-cli"
    ]


def test_the_roles_are_those_that_the_page_explains() -> None:
    page = (ROOT / "docs" / "choosing-an-api.md").read_text(encoding="utf-8")
    tabled = re.findall(r"^\|.*?`((?:IndustryData|EduAdministration)[\w.-]+)`", page, re.MULTILINE)
    assert sorted(tabled) == sorted(name for roles in ROLES.values() for name in roles)
    assert {*ROLES["industryData"]} == set(INDUSTRY_DATA)
