"""What is left to do after a deployment, and a template can't do: the event subscription and Graph's roles.

azd calls it after each deployment; a person may call it by hand. It needs Python and the Azure CLI, nothing else.

    python infra/after_deploy.py --from-azd --apply      everything, with what azd knows
    python infra/after_deploy.py roles --principal-id ID --api industryData [--apply]
    python infra/after_deploy.py events --subscription ID --group RG --app NAME ... [--apply]

Without --apply it only says what it would do; with it, repeating is safe.
Exit: 0 done or nothing to do, 1 failed, 2 wrong arguments, 3 something is left for an administrator (0 under azd).
"""

import argparse
import json
import os
import re
import shutil
import subprocess
import sys
import tempfile
import time
from pathlib import Path
from typing import Any, NoReturn

FUNCTION = "start_sync"
APIS = ("PutBlob", "PutBlockList", "CopyBlob", "FlushWithClose", "SftpCommit")
"""What ends the writing of a file. Other calls raise events too, some before the content is committed."""

GRAPH_APP = "00000003-0000-0000-c000-000000000000"  # Microsoft Graph, the same in every tenant and cloud
ROLES = {
    # The least that each API's calls need; docs/choosing-an-api.md says for which call.
    "industryData": (
        "IndustryData-InboundFlow.Read.All",
        "IndustryData-DataConnector.Read.All",
        "IndustryData-DataConnector.Upload",
        "IndustryData.ReadBasic.All",
        "IndustryData-Run.Start",
        "IndustryData-Run.Read.All",
    ),
    "classic": ("EduAdministration.ReadWrite.All",),
}

_GUID = re.compile(r"[0-9a-fA-F]{8}(-[0-9a-fA-F]{4}){3}-[0-9a-fA-F]{12}")
_PLAIN = re.compile(r"[\w./:=?$,()'-]*")
_EVENT_GRID = "2025-02-15"
_WEB = "2024-04-01"
_DENIED = ("Authorization_RequestDenied", "AuthorizationFailed", "Forbidden(", "does not have authorization")
_SIGNED_OUT = ("az login", "AADSTS")


class Failed(Exception):
    """A step failed; the message is for a person, and holds no key."""


class Denied(Exception):
    """The one who is signed in may not do this."""


def event_filter(container: str) -> dict[str, Any]:
    """What the subscription lets through. The slash at the end keeps `sds-drop-old` out."""
    return {
        "includedEventTypes": ["Microsoft.Storage.BlobCreated"],
        "subjectBeginsWith": f"/blobServices/default/containers/{container}/",
        "advancedFilters": [{"operatorType": "StringIn", "key": "data.api", "values": list(APIS)}],
    }


def subscription(host: str, key: str, container: str, dead_letters: str) -> dict[str, Any]:
    """The event subscription, as Event Grid takes it. `dead_letters` is a container's resource id."""
    account, _, dead_letter_container = dead_letters.partition("/blobServices/default/containers/")
    address = f"https://{host}/runtime/webhooks/blobs?functionName=Host.Functions.{FUNCTION}&code={key}"
    return {
        "properties": {
            "destination": {"endpointType": "WebHook", "properties": {"endpointUrl": address}},
            "eventDeliverySchema": "EventGridSchema",
            "filter": event_filter(container),
            "deadLetterWithResourceIdentity": {
                "identity": {"type": "SystemAssigned"},
                "deadLetterDestination": {
                    "endpointType": "StorageBlob",
                    "properties": {"resourceId": account, "blobContainerName": dead_letter_container},
                },
            },
            "retryPolicy": {"maxDeliveryAttempts": 30, "eventTimeToLiveInMinutes": 1440},
        }
    }


class Az:
    """The Azure CLI, of which `az rest` is enough. What holds a key, or signs of a shell, goes by a file."""

    def __init__(self) -> None:
        found = shutil.which("az")
        if not found:
            raise Failed("the Azure CLI (az) is not installed: https://aka.ms/azure-cli")
        self._program = found

    def rest(self, method: str, url: str, body: object = None, resource: str = "") -> Any:
        """The answer of one request. Raises Denied or Failed."""
        with tempfile.TemporaryDirectory() as folder:
            words = ["rest", "--only-show-errors", "--output", "json", "--method", method, "--url"]
            words.append(url if _PLAIN.fullmatch(url) else self._file(url, folder, "url"))
            if resource:
                words += ["--resource", resource]
            if body is not None:
                words += ["--headers", "Content-Type=application/json", "--body"]
                words.append(self._file(json.dumps(body), folder, "body"))
            done = subprocess.run(  # noqa: S603 - a list of words, no shell
                [self._program, *words], capture_output=True, text=True, check=False, stdin=subprocess.DEVNULL
            )
        if done.returncode:
            self._fail(done.stderr.strip())
        return json.loads(done.stdout) if done.stdout.strip() else None

    @staticmethod
    def _file(text: str, folder: str, name: str) -> str:
        file = Path(folder, name)
        file.write_text(text, encoding="utf-8")
        return f"@{file}"

    @staticmethod
    def _fail(error: str) -> NoReturn:
        error = re.sub(r"(code=)[\w%~.=-]+", r"\1***", error.removeprefix("ERROR: "))
        if any(sign in error for sign in _SIGNED_OUT):
            raise Failed("the Azure CLI is not signed in, or its sign-in has expired: run 'az login' first")
        if any(sign in error for sign in _DENIED):
            raise Denied(error)
        raise Failed(error or "the Azure CLI failed without a word")


class Patience:
    """One deadline over all that is waited for."""

    def __init__(self, seconds: float, every: float) -> None:
        self._until, self._every = time.monotonic() + seconds, every

    def left(self) -> bool:
        """Wait a little; False if there is no time left for that."""
        if time.monotonic() + self._every > self._until:
            return False
        time.sleep(self._every)
        return True


def say(line: str = "") -> None:
    print(line, flush=True)


def events_key(az: Az, site: str, patience: Patience) -> str:
    """The key of the blob trigger's door. The host makes it when it has started with the app, not before."""
    told, last = False, ""
    while True:
        try:
            keys = az.rest("post", f"{site}/host/default/listkeys?api-version={_WEB}") or {}
            if key := (keys.get("systemKeys") or {}).get("blobs_extension"):
                return str(key)
        except Failed as error:
            last = str(error)
            if "ResourceNotFound" in last or "az login" in last:
                raise
        if not told:
            told = True
            say("Waiting until the app has started …")
        if not patience.left():
            raise Failed(
                f"the app has not started (no key blobs_extension): docs/operate.md, Where to look first. {last}"
            )


def subscribe(az: Az, given: argparse.Namespace, patience: Patience) -> None:
    """Make, or renew, the event subscription."""
    home = f"/subscriptions/{given.subscription}/resourceGroups"
    site = f"{home}/{given.group}/providers/Microsoft.Web/sites/{given.app}"
    topic = f"{home}/{given.topic_group}/providers/Microsoft.EventGrid/systemTopics/{given.topic}"
    url = f"{topic}/eventSubscriptions/rosterdrop?api-version={_EVENT_GRID}"
    if not given.apply:
        body = subscription(given.host, "***", given.drop_container, given.dead_letters)
        say(f"Would make the event subscription rosterdrop of {given.topic}:")
        say(json.dumps(body, indent=2))
        return
    body = subscription(given.host, events_key(az, site, patience), given.drop_container, given.dead_letters)
    last = ""
    while True:
        try:
            made = az.rest("put", url, body)
            while (last := made["properties"]["provisioningState"]) in {"Creating", "Updating"} and patience.left():
                made = az.rest("get", url)
        except Failed as error:
            # The handshake fails while the app is starting anew.
            last = str(error)
            if "validat" not in last.lower():
                raise
        if last == "Succeeded":
            say(f"Event subscription rosterdrop: files in {given.drop_container} call {given.app}.")
            return
        if not patience.left():
            raise Failed(
                f"the event subscription is not ready, so drops are found by the sweep alone; try again. {last}"
            )


class Graph:
    """Microsoft Graph, by the sign-in of the Azure CLI."""

    def __init__(self, az: Az, root: str) -> None:
        self._az, self._root = az, root
        self._principals = f"{root}/v1.0/servicePrincipals"

    def identity(self, principal: str) -> dict[str, Any]:
        url = f"{self._principals}/{principal}?$select=id,displayName,servicePrincipalType"
        try:
            found: dict[str, Any] = self._az.rest("get", url, resource=self._root)
        except Failed as error:
            if "Request_ResourceNotFound" in str(error) or "Not Found" in str(error):
                raise Failed(
                    f"no service principal has the object id {principal} in this tenant. It must be the identity's "
                    "principalId, not its clientId; a new one may take a minute"
                ) from None
            raise
        return found

    def offered(self) -> tuple[str, dict[str, str]]:
        """Graph's own id in this tenant, and its application roles: name to id."""
        url = f"{self._principals}(appId='{GRAPH_APP}')?$select=id,appRoles"
        found = self._az.rest("get", url, resource=self._root)
        roles = [
            role for role in found["appRoles"] if role["isEnabled"] and "Application" in role["allowedMemberTypes"]
        ]
        return found["id"], {role["value"]: role["id"] for role in roles}

    def held(self, principal: str, resource: str) -> set[str]:
        """The ids of Graph's roles that the identity has."""
        held: set[str] = set()
        seen, link = set(), f"{self._principals}/{principal}/appRoleAssignments"
        while link:
            if not link.startswith(f"{self._root}/"):
                raise Failed("Graph pointed to another host for the next page; the token is not sent there")
            if link in seen:
                raise Failed("Graph's list of the identity's roles does not end")
            seen.add(link)
            page = self._az.rest("get", link, resource=self._root)
            held |= {each["appRoleId"].lower() for each in page["value"] if each["resourceId"] == resource}
            link = page.get("@odata.nextLink", "")
        return held

    def grant(self, principal: str, resource: str, role: str) -> bool:
        """Grant one role; False if someone else did in between."""
        body = {"principalId": principal, "resourceId": resource, "appRoleId": role}
        try:
            self._az.rest("post", f"{self._principals}/{principal}/appRoleAssignments", body, self._root)
        except Failed as error:
            if "already exists" in str(error):
                return False
            raise
        return True


def grant_roles(az: Az, given: argparse.Namespace) -> None:
    """Grant the identity the Graph roles that its API's calls need, and that it lacks. Raises Denied."""
    graph = Graph(az, given.graph)
    identity = graph.identity(given.principal_id)
    say(f"Identity: {identity['displayName']} ({identity['servicePrincipalType']}, {given.principal_id})")
    if identity["servicePrincipalType"] != "ManagedIdentity":
        say("Note: this is not a managed identity. Make sure that it is the one you mean.")
    resource, offered = graph.offered()
    wanted_roles = ROLES[given.api]
    if absent := [role for role in wanted_roles if role not in offered]:
        reason = f"Graph offers no application role {', '.join(absent)} in this tenant; nothing was changed"
        if given.api == "classic":
            reason += ". Microsoft removed it with the classic API in January 2025: use industryData"
        raise Failed(reason)
    held = graph.held(given.principal_id, resource)
    lacking = [role for role in wanted_roles if offered[role].lower() not in held]
    for role in wanted_roles:
        say(f"  {'lacks' if role in lacking else 'has  '}    {role}")
    if not lacking:
        say("Nothing to grant.")
    elif not given.apply:
        say(f"Dry run: nothing was changed. With --apply it grants {len(lacking)}.")
    else:
        for role in lacking:
            granted = graph.grant(given.principal_id, resource, offered[role])
            say(f"  {'granted' if granted else 'has    '}  {role}")
        say("It can take hours until the identity's tokens carry new roles; until then drops wait.")


def administrator(given: argparse.Namespace) -> None:
    """What to hand to someone who may grant."""
    say("\nLEFT FOR AN ADMINISTRATOR: you may not grant Graph's application roles, and the app can do nothing without.")
    say("A Privileged Role Administrator or Global Administrator runs, signed in by `az login`, anywhere:")
    say(f"  python infra/after_deploy.py roles --principal-id {given.principal_id} --api {given.api} --apply")


def tell(given: argparse.Namespace) -> None:
    """How to drop, and how to subscribe."""
    account, storage = given.drop_account, given.storage_suffix
    aliases = [entry.partition("=")[0].strip() for entry in given.profiles.split(",") if entry.strip()]
    say("\nDrop the files of a profile:")
    for alias in aliases:
        say(
            f"  az storage blob upload-batch --auth-mode login --account-name {account} "
            f"--destination {given.drop_container} --destination-path {alias} --source FOLDER"
        )
    say("Read the results:")
    say(f"  export DROP_STORAGE__blobServiceUri=https://{account}.blob.{storage}")
    say(f"  export DROP_STORAGE__queueServiceUri=https://{account}.queue.{storage}")
    say("  .venv/bin/python -m local results --follow")
    say("Both need a role of yours on the account; docs/deploy.md, Who writes, who reads. Try first: Smoke test.")


# Argument, the variable that azd has it in, and what it is.
_ARGUMENTS = {
    "subscription": ("AZURE_SUBSCRIPTION_ID", "id of the Azure subscription"),
    "group": ("AZURE_RESOURCE_GROUP", "resource group of the app"),
    "app": ("ROSTERDROP_APP", "name of the function app"),
    "host": ("ROSTERDROP_APP_HOST", "host name of the function app"),
    "topic": ("ROSTERDROP_TOPIC", "name of the drop account's system topic"),
    "topic-group": ("ROSTERDROP_TOPIC_GROUP", "resource group of the topic"),
    "dead-letters": (
        "ROSTERDROP_DEAD_LETTER_CONTAINER_ID",
        "resource id of the container for events that found no way",
    ),
    "drop-container": ("ROSTERDROP_DROP_CONTAINER", "container of the inbox"),
    "drop-account": ("ROSTERDROP_DROP_ACCOUNT", "storage account of the inbox"),
    "storage-suffix": ("ROSTERDROP_STORAGE_SUFFIX", "end of storage host names"),
    "profiles": ("ROSTERDROP_PROFILES", "SDS_PROFILES"),
    "principal-id": ("ROSTERDROP_PRINCIPAL_ID", "object id of the app's identity (its principalId, not its clientId)"),
    "api": ("ROSTERDROP_API", "industryData, or classic"),
}
_NEEDED = {
    "roles": ("principal-id", "api"),
    "events": ("subscription", "group", "app", "host", "topic", "topic-group", "dead-letters", "drop-container"),
    "all": tuple(_ARGUMENTS),
}


def arguments(words: list[str] | None = None) -> argparse.Namespace:
    """The command line, filled from azd's environment; ends with 2 if something is missing or wrong."""
    parser = argparse.ArgumentParser(description="What is left to do after a deployment.")
    parser.add_argument("what", nargs="?", choices=tuple(_NEEDED), default="all")
    for name, (variable, meaning) in _ARGUMENTS.items():
        parser.add_argument(f"--{name}", default="", help=f"{meaning}; with --from-azd {variable}")
    parser.add_argument("--graph", default="https://graph.microsoft.com", help="Graph's root")
    parser.add_argument("--from-azd", action="store_true", help="take what is not given from azd's environment")
    parser.add_argument("--apply", action="store_true", help="do it; without, only say what would be done")
    parser.add_argument("--wait", type=float, default=900, help="seconds to wait for the app [900]")
    parser.add_argument("--every", type=float, default=10, help="seconds between two looks [10]")
    given = parser.parse_args(words)
    for name in _NEEDED[given.what]:
        attribute, variable = name.replace("-", "_"), _ARGUMENTS[name][0]
        if not getattr(given, attribute) and given.from_azd:
            setattr(given, attribute, os.environ.get(variable, ""))
        if not getattr(given, attribute):
            parser.error(f"--{name} is missing" + (f": azd has no {variable}" if given.from_azd else ""))
    given.graph = given.graph.rstrip("/")
    if not re.fullmatch(r"https://[A-Za-z0-9.-]+(:[0-9]+)?", given.graph):
        parser.error(f"--graph must be https:// and a host, without a path, not {given.graph!r}")
    if given.what != "events" and not _GUID.fullmatch(given.principal_id):
        parser.error(f"--principal-id must be a GUID, not {given.principal_id!r}")
    if given.what != "events" and given.api not in ROLES:
        parser.error(f"--api must be one of {', '.join(ROLES)}, not {given.api!r}")
    return given


def main() -> int:
    given = arguments()
    left = False
    try:
        az = Az()
        if given.what in {"all", "events"}:
            subscribe(az, given, Patience(given.wait, given.every))
        if given.what in {"all", "roles"}:
            try:
                grant_roles(az, given)
            except Denied:
                administrator(given)
                left = True
        if given.what == "all":
            tell(given)
    except Denied as error:
        sys.stderr.write(f"after_deploy.py: you may not do this; the resource group's Owner may. {error}\n")
        return 1
    except Failed as error:
        sys.stderr.write(f"after_deploy.py: {error}\n")
        return 1
    return 3 if left and not given.from_azd else 0


if __name__ == "__main__":
    sys.exit(main())
