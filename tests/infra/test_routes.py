"""In Azure nobody reaches a route without a key or a sign-in: what asks for no key is behind the sign-in."""

import json
import subprocess
import sys
from fnmatch import fnmatchcase

import pytest

from .template import ROOT, app, body

EXCLUDED = body(app("function-app")["resources"]["signIn"])["properties"]["globalValidation"]["excludedPaths"]
PROGRAM = """
import json, function_app
found = [(each, each.get_trigger()) for each in function_app.app.get_functions()]
http = [(each.get_function_name(), t) for each, t in found if type(t).__name__ == "HttpTrigger"]
print(json.dumps([[name, t.route or name, getattr(t.auth_level, "name", str(t.auth_level))] for name, t in http]))
"""
ENVIRONMENT = {
    "SDS_API": "classic",
    "GRAPH_BASE_URL": "http://127.0.0.1:1/beta",
    "DROP_STORAGE__blobServiceUri": "https://127.0.0.1:1",
    "DROP_STORAGE__queueServiceUri": "https://127.0.0.1:2",
}


def needs_no_sign_in(path: str) -> bool:
    return any(fnmatchcase(path, pattern) for pattern in EXCLUDED)


@pytest.mark.parametrize(
    "path", ["/runtime/webhooks/blobs", "/api/profiles", "/api/profiles/north", "/api/runs/north/r"]
)
def test_programs_come_without_a_sign_in(path: str) -> None:
    assert needs_no_sign_in(path)


@pytest.mark.parametrize("path", ["/api/status", "/api/status/north", "/", "/admin/host/status", "/api/profilesx"])
def test_people_do_not(path: str) -> None:
    assert not needs_no_sign_in(path)


def test_what_asks_for_no_key_is_behind_the_sign_in() -> None:
    done = subprocess.run(
        [sys.executable, "-c", PROGRAM],
        cwd=ROOT,
        env=ENVIRONMENT,
        capture_output=True,
        text=True,
        check=True,
        timeout=120,
    )
    for name, route, level in json.loads(done.stdout.splitlines()[-1]):
        path = f"/api/{route.split('{')[0]}".rstrip("/") + ("/x" if "{" in route else "")
        assert level in {"FUNCTION", "ADMIN"} or not needs_no_sign_in(path), f"{name}: {path} is open to everybody"
        assert level == "ANONYMOUS" or needs_no_sign_in(path), f"{name}: {path} asks programs for a sign-in"
