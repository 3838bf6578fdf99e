"""The program after a deployment says what it would do, does it once, waits for what comes late, and tells no key."""

import json
import os
import re
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from infra.after_deploy import APIS, ROLES, event_filter
from local.subscription import passes

ROOT = Path(__file__).parents[2]
PROGRAM = ROOT / "infra" / "after_deploy.py"
FAKE = Path(__file__).with_name("fake_az.py")
GRAPH_ID = "99999999-0000-4000-8000-000000000001"
IDENTITY = "11111111-2222-4333-8444-555555555555"
KEY = "aSecretKey_0123456789-abcdefghijklmnopqrstuvwxyzABCDE=="
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
HOME = "/subscriptions/00000000-0000-4000-8000-000000000009/resourceGroups"
DEAD_LETTERS = f"{HOME}/rg-x/providers/Microsoft.Storage/storageAccounts/sthost/blobServices/default/containers/dead"
AZD = {
    "AZURE_SUBSCRIPTION_ID": "00000000-0000-4000-8000-000000000009",
    "AZURE_RESOURCE_GROUP": "rg-x",
    "ROSTERDROP_APP": "func-x",
    "ROSTERDROP_APP_HOST": "func-x.azurewebsites.net",
    "ROSTERDROP_TOPIC": "evgt-x",
    "ROSTERDROP_TOPIC_GROUP": "rg-y",
    "ROSTERDROP_DEAD_LETTER_CONTAINER_ID": DEAD_LETTERS,
    "ROSTERDROP_DROP_CONTAINER": "sds-drop",
    "ROSTERDROP_DROP_ACCOUNT": "stdropx",
    "ROSTERDROP_STORAGE_SUFFIX": "core.windows.net",
    "ROSTERDROP_PROFILES": "north=22222222-2222-4222-8222-222222222222,south=33333333-2222-4222-8222-222222222222",
    "ROSTERDROP_PRINCIPAL_ID": IDENTITY,
    "ROSTERDROP_API": "industryData",
}


def role(value: str, guid: str, **more: Any) -> dict[str, Any]:
    return {"value": value, "id": guid, "isEnabled": True, "allowedMemberTypes": ["Application"]} | more


def assignment(guid: str, resource: str = GRAPH_ID) -> dict[str, str]:
    return {"principalId": IDENTITY, "resourceId": resource, "appRoleId": guid}


class Azure:
    """What the fake `az` talks to, and the program run against it."""

    def __init__(self, folder: Path) -> None:
        self._file = folder / "azure.json"
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
            key=KEY,
            noApp=False,
            hostDown=0,
            keyless=0,
            handshakes=0,
            ends=[],
            subscription=None,
            requests=[],
            words=[],
        )

    @property
    def state(self) -> dict[str, Any]:
        state: dict[str, Any] = json.loads(self._file.read_text())
        return state

    def change(self, **fields: Any) -> None:
        state = self.state if self._file.exists() else {}
        self._file.write_text(json.dumps(state | fields))

    def run(self, *arguments: str, path: str = "", **environment: str) -> subprocess.CompletedProcess[str]:
        return subprocess.run(
            [sys.executable, "-I", "-S", PROGRAM, *arguments],
            capture_output=True,
            text=True,
            timeout=60,
            check=False,
            env={"PATH": path or self._path, "FAKE_AZURE": str(self._file), **environment},
        )

    def by_azd(self, *arguments: str, wait: str = "5") -> subprocess.CompletedProcess[str]:
        return self.run("--from-azd", *arguments, "--wait", wait, "--every", "0.01", **AZD)

    def roles(self, *arguments: str, api: str = "industryData") -> subprocess.CompletedProcess[str]:
        return self.run("roles", "--principal-id", IDENTITY, "--api", api, *arguments)

    def sent(self, *methods: str) -> list[dict[str, Any]]:
        return [request for request in self.state["requests"] if request["method"] in methods]

    def held(self) -> set[str]:
        return {each["appRoleId"] for each in self.state["assignments"] if each["resourceId"] == GRAPH_ID}


@pytest.fixture
def azure(tmp_path: Path) -> Azure:
    return Azure(tmp_path)


# After azd.


def test_everything_is_done_and_said_once(azure: Azure) -> None:
    azure.change(hostDown=2, keyless=2, handshakes=1, ends=["Creating", "Succeeded"])
    done = azure.by_azd("--apply")
    assert (done.returncode, done.stderr) == (0, "")
    assert azure.held() == set(INDUSTRY_DATA.values())
    put = azure.sent("put")[-1]
    assert put["url"].startswith(f"{HOME}/rg-y/providers/Microsoft.EventGrid/systemTopics/evgt-x/eventSubscriptions/")
    properties = put["body"]["properties"]
    assert properties["destination"]["properties"]["endpointUrl"] == (
        f"https://func-x.azurewebsites.net/runtime/webhooks/blobs?functionName=Host.Functions.start_sync&code={KEY}"
    )
    assert properties["filter"] == {
        "includedEventTypes": ["Microsoft.Storage.BlobCreated"],
        "subjectBeginsWith": "/blobServices/default/containers/sds-drop/",
        "advancedFilters": [{"operatorType": "StringIn", "key": "data.api", "values": list(APIS)}],
    }
    assert properties["deadLetterWithResourceIdentity"]["deadLetterDestination"]["properties"] == {
        "resourceId": DEAD_LETTERS.partition("/blobServices")[0],
        "blobContainerName": "dead",
    }
    assert done.stdout.count("Waiting until the app has started") == 1
    for told in ("--destination-path north", "--destination-path south", "--account-name stdropx", "local results"):
        assert told in done.stdout


def test_a_second_time_renews_the_subscription_and_grants_nothing(azure: Azure) -> None:
    assert azure.by_azd("--apply").returncode == 0
    azure.change(requests=[])
    again = azure.by_azd("--apply")
    assert again.returncode == 0
    assert [request["url"].rpartition("/")[2].partition("?")[0] for request in azure.sent("post", "put")] == [
        "listkeys",
        "rosterdrop",
    ]
    assert "Nothing to grant" in again.stdout


def test_without_apply_nothing_is_changed_and_no_key_is_asked_for(azure: Azure) -> None:
    done = azure.by_azd()
    assert (done.returncode, done.stderr) == (0, "")
    assert azure.sent("post", "put") == []
    assert "Dry run: nothing was changed" in done.stdout
    assert '"subjectBeginsWith": "/blobServices/default/containers/sds-drop/"' in done.stdout


def test_the_key_is_in_no_argument_and_in_no_word(azure: Azure) -> None:
    azure.change(handshakes=10_000)
    done = azure.by_azd("--apply", wait="0.3")
    assert done.returncode == 1
    assert "drops are found by the sweep alone" in done.stderr
    assert "code=***" in done.stderr
    assert KEY not in json.dumps(azure.state["words"])
    assert "aSecretKey" not in done.stdout + done.stderr


def no_key(azure: Azure) -> None:
    azure.change(keyless=10_000)


def host_down(azure: Azure) -> None:
    azure.change(hostDown=10_000)


def no_app(azure: Azure) -> None:
    azure.change(noApp=True)


def signed_out(azure: Azure) -> None:
    azure.change(signedIn=False)


def no_keys_for_you(azure: Azure) -> None:
    azure.change(denyKeys=True)


def no_events_for_you(azure: Azure) -> None:
    azure.change(denyEvents=True)


def failed_for_good(azure: Azure) -> None:
    azure.change(ends=["Failed"] * 10_000)


@pytest.mark.parametrize(
    ("trouble", "words"),
    [
        (no_key, "no key blobs_extension"),
        (host_down, "from host runtime"),
        (no_app, "was not found"),
        (signed_out, "run 'az login' first"),
        (no_keys_for_you, "the resource group's Owner may"),
        (no_events_for_you, "the resource group's Owner may"),
        (failed_for_good, "drops are found by the sweep alone; try again."),
    ],
)
def test_what_fails_says_what_to_do_in_one_line(azure: Azure, trouble: Callable[[Azure], None], words: str) -> None:
    trouble(azure)
    done = azure.by_azd("--apply", wait="0.3")
    assert done.returncode == 1
    assert words in done.stderr
    assert len(done.stderr.splitlines()) == 1
    assert azure.held() == set()


def test_who_may_not_grant_is_told_whom_to_ask_and_the_deployment_stands(azure: Azure) -> None:
    azure.change(denyGraph=True)
    done = azure.by_azd("--apply")
    assert (done.returncode, done.stderr) == (0, "")
    assert "LEFT FOR AN ADMINISTRATOR" in done.stdout
    (command,) = re.findall(r"^  python infra/after_deploy.py (roles .*)$", done.stdout, re.MULTILINE)
    assert "local results" in done.stdout
    azure.change(denyGraph=False)
    assert azure.run(*command.split()).returncode == 0
    assert azure.held() == set(INDUSTRY_DATA.values())


# Graph's roles, by hand.


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


# The filter.


def event(api: str | None = "PutBlob", subject: str = "", **fields: Any) -> dict[str, Any]:
    subject = subject or "/blobServices/default/containers/sds-drop/blobs/north/School.csv"
    return {"eventType": "Microsoft.Storage.BlobCreated", "subject": subject, "data": {"api": api}} | fields


@pytest.mark.parametrize("api", [*APIS, "putblob"])
def test_what_ends_a_file_gets_through(api: str) -> None:
    assert passes(event_filter("sds-drop"), event(api))


@pytest.mark.parametrize(
    "unwanted",
    [
        event("CreateFile"),
        event("SftpCreate"),
        event("PutBlock"),
        event(None),
        event(data=None),
        event(subject="/blobServices/default/containers/sds-drop-old/blobs/north/School.csv"),
        event(subject="/blobServices/default/containers/sds-runs/blobs/north/r/files/School.csv"),
        event(eventType="Microsoft.Storage.BlobDeleted"),
        event(eventType="Microsoft.EventGrid.SubscriptionValidationEvent"),
        {},
    ],
)
def test_other_events_do_not(unwanted: dict[str, Any]) -> None:
    assert not passes(event_filter("sds-drop"), unwanted)


def test_cloud_events_are_judged_alike() -> None:
    cloud = event()
    cloud["type"] = cloud.pop("eventType")
    assert passes(event_filter("sds-drop"), cloud)


def test_the_roles_are_those_that_the_page_explains() -> None:
    page = (ROOT / "docs" / "choosing-an-api.md").read_text(encoding="utf-8")
    tabled = re.findall(r"^\|.*?`((?:IndustryData|EduAdministration)[\w.-]+)`", page, re.MULTILINE)
    assert sorted(tabled) == sorted(name for roles in ROLES.values() for name in roles)
    assert {*ROLES["industryData"]} == set(INDUSTRY_DATA)
