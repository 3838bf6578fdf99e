"""An `az` that knows `az rest` alone, over a Graph that is one JSON file (its path in FAKE_GRAPH).

What it prints, and how it fails, is what azure-cli 2.91 prints for the same answers of a Graph. It takes a request
only in the form that Graph documents, and notes each one in the file.
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
OPTIONS = {"--method", "--url", "--resource", "--query", "--output", "--headers", "--body"}

type Fields = dict[str, Any]
type Rows = list[list[str]]


def fail(message: str) -> NoReturn:
    sys.stderr.write(f"ERROR: {message}\n")
    sys.exit(1)


def refuse(status: str, code: str, message: str) -> NoReturn:
    fail(f"{status}({json.dumps({'error': {'code': code, 'message': message}})})")


def arguments(words: list[str]) -> dict[str, str]:
    if words[:2] != ["rest", "--only-show-errors"]:
        fail(f"'{' '.join(words)}' is misspelled or not recognized by the system.")
    options = dict(zip(words[2::2], words[3::2], strict=True))
    if options.keys() - OPTIONS:
        fail(f"unrecognized arguments: {' '.join(options.keys() - OPTIONS)}")
    return options


def principal(graph: Fields, parts: list[str], _query: Fields) -> Fields:
    found = graph["principals"].get(parts[0].lower())
    if found is None:
        refuse("Not Found", "Request_ResourceNotFound", f"Resource '{parts[0]}' does not exist.")
    return {"id": parts[0], **found}


def catalogue(graph: Fields, _parts: list[str], _query: Fields) -> Fields:
    return {"id": GRAPH_ID, "appRoles": graph["roles"]}


def assignments(graph: Fields, parts: list[str], query: Fields) -> Fields:
    mine = [each for each in graph["assignments"] if each["principalId"] == parts[0]]
    first = int(query.get("$skiptoken", ["0"])[0])
    last = first + graph["pageSize"]
    page: Fields = {"value": mine[first:last]}
    if last < len(mine):
        host = graph.get("nextHost", "https://graph.microsoft.com")
        page["@odata.nextLink"] = f"{host}/v1.0/servicePrincipals/{parts[0]}/appRoleAssignments?$skiptoken={last}"
    return page


def assign(graph: Fields, parts: list[str], _query: Fields, body: Fields) -> Fields:
    if graph.get("deny"):
        refuse("Forbidden", "Authorization_RequestDenied", "Insufficient privileges to complete the operation.")
    has = any(each["appRoleId"] == body["appRoleId"] for each in graph["assignments"] + graph["racing"])
    if has or body.keys() != {"principalId", "resourceId", "appRoleId"} or body["principalId"] != parts[0]:
        words = "Permission being assigned already exists on the object" if has else "Invalid body"
        refuse("Bad Request", "Request_BadRequest", words)
    graph["assignments"].append(body)
    return body


READS: dict[str, Callable[[Fields, list[str], Fields], Fields]] = {
    r"/v1\.0/servicePrincipals/([0-9a-f-]{36})": principal,
    rf"/v1\.0/servicePrincipals\(appId='{GRAPH_APP}'\)": catalogue,
    r"/v1\.0/servicePrincipals/([0-9a-f-]{36})/appRoleAssignments": assignments,
}
APPLICATION = "appRoles[?isEnabled && contains(allowedMemberTypes, 'Application')].['role', value, id]"


def names(answer: Fields) -> Rows:
    return [[answer["displayName"]], [answer["servicePrincipalType"]]]


def offered(answer: Fields) -> Rows:
    roles = [role for role in answer["appRoles"] if role["isEnabled"] and "Application" in role["allowedMemberTypes"]]
    return [["graph", answer["id"]], *(["role", role["value"], role["id"]] for role in roles)]


def held(answer: Fields) -> Rows:
    mine = [each for each in answer["value"] if each["resourceId"] == GRAPH_ID]
    return [*(["has", each["appRoleId"]] for each in mine), ["next", answer.get("@odata.nextLink", "")]]


QUERIES: dict[str, Callable[[Fields], Rows]] = {
    "[displayName, servicePrincipalType]": names,
    f"[[['graph', id]], {APPLICATION}][]": offered,
    f"[value[?resourceId=='{GRAPH_ID}'].['has', appRoleId], [['next', \"@odata.nextLink\" || '']]][]": held,
}


def main() -> None:
    file = Path(os.environ["FAKE_GRAPH"])
    graph: Fields = json.loads(file.read_text())
    options = arguments(sys.argv[1:])
    if not graph["signedIn"]:
        fail("Please run 'az login' to setup account.")
    body = json.loads(options["--body"]) if "--body" in options else None
    noted = {"method": options["--method"], "url": options["--url"], "resource": options["--resource"], "body": body}
    graph["requests"].append(noted)
    file.write_text(json.dumps(graph))
    url = urlsplit(options["--url"])
    route, match = next(((route, match) for route in READS if (match := re.fullmatch(route, url.path))), (None, None))
    if route is None or match is None:
        refuse("Bad Request", "BadRequest", f"Resource not found for the segment '{url.path}'.")
    parts, query = [*match.groups()], parse_qs(url.query)
    if options["--method"] == "post":
        if READS[route] is not assignments or options["--headers"] != "Content-Type=application/json" or body is None:
            refuse("Bad Request", "BadRequest", "POST not understood")
        assign(graph, parts, query, body)
        file.write_text(json.dumps(graph))
        return
    answer = READS[route](graph, parts, query)
    if options["--output"] != "tsv":
        fail("the output format is not tsv")
    rows = QUERIES[options["--query"]](answer)
    sys.stdout.write("".join("\t".join(row) + "\n" for row in rows))


main()
