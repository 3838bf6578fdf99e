"""A stand-in for Azure and Graph behind the Azure CLI, and the program after a deployment run against it."""

import json
import os
import subprocess
import sys
from pathlib import Path
from typing import Any

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
            timeout=120,
            check=False,
            env={"PATH": path or self._path, "FAKE_AZURE": str(self._file), **environment},
        )

    def by_azd(self, *arguments: str, wait: str = "60") -> subprocess.CompletedProcess[str]:
        return self.run("--from-azd", *arguments, "--wait", wait, "--every", "0.01", **AZD)

    def roles(self, *arguments: str, api: str = "industryData") -> subprocess.CompletedProcess[str]:
        return self.run("roles", "--principal-id", IDENTITY, "--api", api, *arguments)

    def sent(self, *methods: str) -> list[dict[str, Any]]:
        return [request for request in self.state["requests"] if request["method"] in methods]

    def held(self) -> set[str]:
        return {each["appRoleId"] for each in self.state["assignments"] if each["resourceId"] == GRAPH_ID}
