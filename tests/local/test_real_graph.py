"""A Graph that is not on this machine: only when it is meant, with the person's own sign-in."""

import os
from pathlib import Path
from typing import Any

import httpx
import pytest
from azure.core.credentials import AccessToken
from azure.core.exceptions import ClientAuthenticationError

from local.child import StartError
from local.environment import Own
from local.identity import PATH, Endpoint, TokenIssuer
from local.serve import Server
from local.sign_in import SignIn
from local.stack import PROFILE

REAL = "https://graph.microsoft.com/beta"
SCOPE = "https://graph.microsoft.com/.default"
PROFILES = {"SDS_PROFILES": f"north={PROFILE}"}


@pytest.fixture(autouse=True)
def _no_settings(monkeypatch: pytest.MonkeyPatch) -> None:
    for name in [name for name in os.environ if name.startswith(("SDS_", "GRAPH_"))]:
        monkeypatch.delenv(name)


@pytest.mark.parametrize(
    ("given", "real", "lacking"),
    [
        ({}, False, "SDS_PROFILES, --api, --yes-real"),
        (PROFILES, False, "--api, --yes-real"),
        (PROFILES | {"SDS_API": "classic"}, False, "--yes-real"),
        ({"SDS_API": "classic"}, True, "SDS_PROFILES"),
        (PROFILES, True, "--api"),
    ],
)
@pytest.mark.parametrize("by", ["argument", "variable"])
def test_it_is_taken_only_when_all_of_it_is_meant(given: dict[str, str], real: bool, lacking: str, by: str) -> None:
    if by == "variable":
        given = given | {"GRAPH_BASE_URL": REAL}
    own = Own("classic", given | {"GRAPH_BASE_URL": REAL}, REAL if by == "argument" else "", real=real)
    with pytest.raises(StartError, match=f"if you mean that, give {lacking}$"):
        own.settings()


def test_one_on_this_machine_needs_no_word_and_no_sign_in() -> None:
    own = Own("classic", {"GRAPH_BASE_URL": "http://127.0.0.1:1/beta"}, "")
    settings = own.settings()
    assert (own.graph_url, own.world, own.elsewhere(settings)) == ("http://127.0.0.1:1/beta", False, {})


class Person:
    """A sign-in that may be over."""

    def __init__(self, token: str | None) -> None:
        self._token = token

    def get_token(self, *scopes: str, **_: Any) -> AccessToken:
        assert scopes == (SCOPE,)
        if self._token is None:
            raise ClientAuthenticationError("Please run 'az login' to set up an account\nand more")
        return AccessToken(self._token, 4_000_000_000)


def test_graph_s_tokens_are_the_person_s_and_storage_s_are_not() -> None:
    person = SignIn(SCOPE, Person("theirs"))
    endpoint = Endpoint(TokenIssuer(), "header", {"https://graph.microsoft.com": person.token})

    def asked(resource: str) -> httpx.Response:
        query = {"api-version": "2019-08-01", "resource": resource}
        return httpx.get(server.url + PATH, params=query, headers={"X-IDENTITY-HEADER": "header"})

    with Server(endpoint.app(), "identity") as server:
        assert asked("https://graph.microsoft.com").json()["access_token"] == "theirs"
        assert asked("https://storage.azure.com").json()["access_token"] != "theirs"
        endpoint._elsewhere = {"https://graph.microsoft.com": SignIn(SCOPE, Person(None)).token}
        refused = asked("https://graph.microsoft.com/")
    assert refused.status_code == 400
    assert refused.json()["message"].endswith("run: az login")


def test_the_sign_in_is_that_of_az(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    (tmp_path / "az").write_text(
        "#!/bin/sh\n"
        """echo '{"accessToken": "of-az", "expiresOn": "2099-01-01 00:00:00.000000", "expires_on": 4070908800}'\n"""
    )
    (tmp_path / "az").chmod(0o755)
    monkeypatch.setenv("PATH", f"{tmp_path}:{os.environ['PATH']}")
    assert SignIn(SCOPE).token("https://graph.microsoft.com") == ("of-az", 4070908800)
