"""An audit that asked nobody never looks like one that found nothing."""

import json
from typing import Any

import pytest

from infra.checks.audit import Verdict, ending, of_npm_audit, of_pip_audit

CONNECTION = (
    "Traceback (most recent call last):\n"
    "requests.exceptions.ConnectionError: HTTPSConnectionPool(host='x', port=443): Max retries exceeded (Caused by X)"
)


def pip(*dependencies: dict[str, Any]) -> str:
    return json.dumps({"dependencies": dependencies, "fixes": []})


CLEAN = {"name": "httpx", "version": "0.28.1", "vulns": []}
SKIPPED = {"name": "httpx", "skip_reason": "Dependency not found on PyPI and could not be audited: httpx (0.28.1)"}
FLAWED = {"name": "httpx", "version": "0.28.1", "vulns": [{"id": "PYSEC-1", "fix_versions": ["1"]}]}
NPM = {"auditReportVersion": 2, "vulnerabilities": {}, "metadata": {"dependencies": {"total": 7}}}


@pytest.mark.parametrize(
    ("said", "errors", "code", "words"),
    [
        (pip(CLEAN), "", 0, "1 packages, no known vulnerability"),
        (pip(FLAWED, CLEAN), "Found 1 known vulnerability", 1, "KNOWN VULNERABILITIES: httpx 0.28.1: PYSEC-1"),
        # What pip-audit says, with exit code 0, where the index has no advisories.
        (
            pip(SKIPPED, SKIPPED),
            "No known vulnerabilities found",
            3,
            "NOT CHECKED: no advisory source could be reached",
        ),
        (pip(CLEAN, SKIPPED), "No known vulnerabilities found", 3, "the source knows 1 of 2 packages not"),
        (pip(), "", 3, "NOT CHECKED"),
        ("", CONNECTION, 3, "ConnectionError"),
        ("", "", 3, "no word"),
    ],
)
def test_python_packages(said: str, errors: str, code: int, words: str) -> None:
    verdict = of_pip_audit("requirements.txt", "pypi", said, errors)
    assert ending([verdict]) == code
    assert words in verdict.line()


@pytest.mark.parametrize(
    ("said", "code", "words"),
    [
        (json.dumps(NPM), 0, "7 packages, no known vulnerability"),
        (json.dumps(NPM | {"vulnerabilities": {"qs": {"severity": "high"}}}), 1, "qs: high"),
        (
            json.dumps({"message": "405 Method Not Allowed - POST https://x/", "statusCode": 405}),
            3,
            "405 Method Not Allowed",
        ),
        ("npm ERR!", 3, "NOT CHECKED"),
    ],
)
def test_node_packages(said: str, code: int, words: str) -> None:
    verdict = of_npm_audit("package-lock.json", said, "")
    assert ending([verdict]) == code
    assert words in verdict.line()


def test_what_is_known_weighs_more_than_what_is_not() -> None:
    assert ending([Verdict("a", "pypi"), Verdict("b", "pypi", 1, known=("x",))]) == 1
