"""An `az` that knows `az rest` alone, over an Azure and a Graph that are one JSON file (its path in FAKE_AZURE).

What it prints, and how it fails, is what azure-cli 2.91 prints for the same answers. It takes a request only in the
form that the services document, reads `@file` arguments as azure-cli does, and notes each request in the file.
"""

import json
import os
import re
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any, NoReturn
from urllib.parse import parse_qs, urlsplit

GRAPH_APP = "00000003-0000-0000-c000-000000000000"
GRAPH_ID = "99999999-0000-4000-8000-000000000001"
OPTIONS = {"--method", "--url", "--resource", "--output", "--headers", "--body"}
HANDSHAKE = (
    "Webhook validation handshake failed for https://app.example/runtime/webhooks/blobs"
    "?functionName=Host.Functions.start_sync&code={key}. "
    "Http POST request failed with response code ServiceUnavailable."
)

type Fields = dict[str, Any]


def fail(message: str) -> NoReturn:
    sys.stderr.write(f"ERROR: {message}\n")
    sys.exit(1)


def refuse(status: str, code: str, message: str) -> NoReturn:
    fail(f"{status}({json.dumps({'error': {'code': code, 'message': message}})})")


def arguments(words: list[str]) -> dict[str, str]:
    if words[:2] != ["rest", "--only-show-errors"]:
        fail(f"'{' '.join(words)}' is misspelled or not recognized by the system.")
    read = [Path(word[1:]).read_text(encoding="utf-8") if word.startswith("@") else word for word in words[2:]]
    options = dict(zip(read[::2], read[1::2], strict=True))
    if options.keys() - OPTIONS or options["--output"] != "json":
        fail(f"unrecognized arguments: {' '.join(options)}")
    return options


def principal(azure: Fields, parts: list[str], _query: Fields, _body: Any) -> Fields:
    found = azure["principals"].get(parts[0].lower())
    if found is None:
        refuse("Not Found", "Request_ResourceNotFound", f"Resource '{parts[0]}' does not exist.")
    return {"id": parts[0], **found}


def catalogue(azure: Fields, _parts: list[str], _query: Fields, _body: Any) -> Fields:
    return {"id": GRAPH_ID, "appRoles": azure["roles"]}


def assignments(azure: Fields, parts: list[str], query: Fields, _body: Any) -> Fields:
    mine = [each for each in azure["assignments"] if each["principalId"] == parts[0]]
    first = int(query.get("$skiptoken", ["0"])[0])
    last = first + azure["pageSize"]
    page: Fields = {"value": mine[first:last]}
    if last < len(mine) or azure.get("endless"):
        host = azure.get("nextHost", "https://graph.microsoft.com")
        token = f"$skiptoken={0 if azure.get('endless') else last}&$count=true"
        page["@odata.nextLink"] = f"{host}/v1.0/servicePrincipals/{parts[0]}/appRoleAssignments?{token}"
    return page


def assign(azure: Fields, parts: list[str], _query: Fields, body: Any) -> Fields:
    if azure.get("denyGraph"):
        refuse("Forbidden", "Authorization_RequestDenied", "Insufficient privileges to complete the operation.")
    has = any(each["appRoleId"] == body["appRoleId"] for each in azure["assignments"] + azure["racing"])
    if has or body.keys() != {"principalId", "resourceId", "appRoleId"} or body["principalId"] != parts[0]:
        words = "Permission being assigned already exists on the object" if has else "Invalid body"
        refuse("Bad Request", "Request_BadRequest", words)
    azure["assignments"].append(body)
    return body


def listkeys(azure: Fields, _parts: list[str], _query: Fields, _body: Any) -> Fields:
    if azure.get("denyKeys"):
        refuse(
            "Forbidden", "AuthorizationFailed", "The client does not have authorization to perform action 'listkeys'."
        )
    if azure["noApp"]:
        refuse("Not Found", "ResourceNotFound", "The Resource 'Microsoft.Web/sites/func' was not found.")
    if azure["hostDown"] > 0:
        azure["hostDown"] -= 1
        refuse("Bad Request", "BadRequest", "Encountered an error (ServiceUnavailable) from host runtime.")
    if azure["keyless"] > 0:
        azure["keyless"] -= 1
        return {"masterKey": "master", "functionKeys": {"default": "x"}, "systemKeys": {}}
    return {"masterKey": "master", "functionKeys": {}, "systemKeys": {"blobs_extension": azure["key"]}}


def subscribe(azure: Fields, _parts: list[str], _query: Fields, body: Any) -> Fields:
    if azure.get("denyEvents"):
        refuse("Forbidden", "AuthorizationFailed", "The client does not have authorization to perform action 'write'.")
    if azure["handshakes"] > 0:
        azure["handshakes"] -= 1
        refuse("Bad Request", "Endpoint validation", HANDSHAKE.format(key=azure["key"]))
    azure["subscription"] = body
    azure["state"] = "Creating"
    return {"properties": {"provisioningState": "Creating"}}


def subscription(azure: Fields, _parts: list[str], _query: Fields, _body: Any) -> Fields:
    if azure["subscription"] is None:
        refuse("Not Found", "ResourceNotFound", "The event subscription was not found.")
    azure["state"] = azure["ends"].pop(0) if azure["ends"] else "Succeeded"
    return {"properties": {"provisioningState": azure["state"]}}


GRAPH = r"https://graph\.microsoft\.com/v1\.0/servicePrincipals"
ARM = r"/subscriptions/[0-9a-f-]{36}/resourceGroups/[\w.-]+/providers"
TOPIC = rf"{ARM}/Microsoft\.EventGrid/systemTopics/[\w-]+/eventSubscriptions/\w+\?api-version=2025-02-15"
ROUTES: dict[tuple[str, str], Callable[[Fields, list[str], Fields, Any], Fields]] = {
    ("get", rf"{GRAPH}/([0-9a-f-]{{36}})(?:\?.*)?"): principal,
    ("get", rf"{GRAPH}\(appId='{GRAPH_APP}'\)(?:\?.*)?"): catalogue,
    ("get", rf"{GRAPH}/([0-9a-f-]{{36}})/appRoleAssignments(?:\?.*)?"): assignments,
    ("post", rf"{GRAPH}/([0-9a-f-]{{36}})/appRoleAssignments"): assign,
    ("post", rf"{ARM}/Microsoft\.Web/sites/[\w-]+/host/default/listkeys\?api-version=2024-04-01"): listkeys,
    ("put", TOPIC): subscribe,
    ("get", TOPIC): subscription,
}


def main() -> None:
    file = Path(os.environ["FAKE_AZURE"])
    azure: Fields = json.loads(file.read_text(encoding="utf-8"))
    azure["words"].append(sys.argv[1:])
    options = arguments(sys.argv[1:])
    if not azure["signedIn"]:
        fail("Please run 'az login' to setup account.")
    body = json.loads(options["--body"]) if "--body" in options else None
    method, url = options["--method"], options["--url"]
    azure["requests"].append({"method": method, "url": url, "resource": options.get("--resource"), "body": body})
    file.write_text(json.dumps(azure), encoding="utf-8")
    if body is not None and options.get("--headers") != "Content-Type=application/json":
        refuse("Bad Request", "BadRequest", "The body is not JSON.")
    for (verb, pattern), answer in ROUTES.items():
        if verb == method and (match := re.fullmatch(pattern, url)):
            try:
                given = answer(azure, [*match.groups()], parse_qs(urlsplit(url).query), body)
            finally:
                file.write_text(json.dumps(azure), encoding="utf-8")
            sys.stdout.write(json.dumps(given))
            return
    refuse("Bad Request", "BadRequest", f"Resource not found for the segment '{url}'.")


main()
