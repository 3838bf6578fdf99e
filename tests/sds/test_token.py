"""Tokens: the real azure-identity against an identity endpoint of this test."""

from typing import Literal
from urllib.parse import unquote

import pytest

from shared.sds.port import Answer

from .conftest import PROFILE, Connect, Script

READY = {"id": PROFILE, "state": "provisioned"}


def test_azure_identity_is_asked_once_and_caches(
    graph: Script, identity: Script, connected: Connect, everything_logged: pytest.LogCaptureFixture
) -> None:
    graph.say(200, READY).say(200, READY)
    sds = connected(credential=None)
    assert [sds.readiness(PROFILE).answer, sds.readiness(PROFILE).answer] == [Answer.OK, Answer.OK]
    assert {asked.headers["authorization"] for asked in graph.asked} == {"Bearer identity-token-1"}
    assert len(identity.asked) == 1
    assert "resource=https://graph.microsoft.com" in unquote(identity.asked[0].path)
    assert identity.asked[0].headers["x-identity-header"] == "identity-header-secret"
    assert "identity-token-1" not in everything_logged.text
    assert "identity-header-secret" not in everything_logged.text


def test_a_user_assigned_identity_is_named(
    graph: Script, identity: Script, connected: Connect, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("AZURE_CLIENT_ID", PROFILE)
    graph.say(200, READY)
    connected(credential=None).readiness(PROFILE)
    assert f"client_id={PROFILE}" in identity.asked[0].path


def test_a_401_gets_one_new_token(graph: Script, identity: Script, connected: Connect) -> None:
    graph.error(401, "InvalidAuthenticationToken", "expired").say(200, READY)
    assert connected(credential=None).readiness(PROFILE).answer is Answer.OK
    tokens = [asked.headers["authorization"] for asked in graph.asked]
    assert tokens == ["Bearer identity-token-1", "Bearer identity-token-2"]


@pytest.mark.parametrize("api", ["classic", "industryData"])
def test_a_start_is_sent_once_whatever_comes(
    graph: Script, identity: Script, connected: Connect, api: Literal["classic", "industryData"]
) -> None:
    sds = connected(api, credential=None)
    for status in (400, 401, 404, 405, 500):
        graph.error(status, "x", "y")
        assert sds.start(PROFILE).answer is not Answer.OK
    graph.say(202, b"")
    assert sds.start(PROFILE).answer is Answer.OK
    assert len(graph.asked) == 6
    tokens = [asked.headers["authorization"] for asked in graph.asked]
    assert tokens[1] == "Bearer identity-token-1"
    assert tokens[2] == "Bearer identity-token-2", "the next one gets a new token"


def test_a_second_401_is_unauthorized(graph: Script, identity: Script, connected: Connect) -> None:
    graph.error(401, "InvalidAuthenticationToken", "expired").error(401, "InvalidAuthenticationToken", "expired")
    reply = connected(credential=None).readiness(PROFILE)
    assert reply.answer is Answer.UNAUTHORIZED
    assert reply.failure is not None
    assert reply.failure.code == "InvalidAuthenticationToken"
    assert len(graph.asked) == 2


def test_a_given_credential_is_asked_again(graph: Script, connected: Connect) -> None:
    graph.error(401, "x", "y").say(200, READY)
    assert connected().readiness(PROFILE).answer is Answer.OK


@pytest.mark.parametrize(
    ("status", "body", "answer"),
    [
        (400, {"statusCode": 400, "message": "No User Assigned identity found"}, Answer.UNAUTHORIZED),
        (403, {"statusCode": 403, "message": "no"}, Answer.UNAUTHORIZED),
        (200, {"odd": 1}, Answer.UNAUTHORIZED),
        (429, {"statusCode": 429, "message": "slow down"}, Answer.UNAVAILABLE),
        (500, {"statusCode": 500, "message": "oops"}, Answer.UNAVAILABLE),
        (500, b"<html>", Answer.UNAVAILABLE),
    ],
)
def test_no_token(
    graph: Script, identity: Script, connected: Connect, status: int, body: object, answer: Answer
) -> None:
    identity.say(status, body, Content_Type="application/json")
    reply = connected(credential=None).readiness(PROFILE)
    assert reply.answer is answer
    assert reply.failure is not None
    assert reply.failure.code == "noToken"
    assert "identity" in reply.failure.message
    assert not graph.asked
    assert len(identity.asked) == 1  # azure-core's retries, which sleep, are off


def test_an_identity_endpoint_that_resets(graph: Script, identity: Script, connected: Connect) -> None:
    identity.reset()
    assert connected(credential=None).readiness(PROFILE).answer is Answer.UNAVAILABLE


def test_no_identity_at_all(graph: Script, connected: Connect, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("AZURE_TOKEN_CREDENTIALS", "EnvironmentCredential")
    reply = connected(credential=None).readiness(PROFILE)
    assert reply.answer is Answer.UNAUTHORIZED
    assert reply.failure is not None
    assert "AZURE_TOKEN_CREDENTIALS" in reply.failure.message


def test_a_credential_that_can_not_be_built(graph: Script, connected: Connect, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("AZURE_TOKEN_CREDENTIALS", "NoSuchCredential")
    assert connected(credential=None).readiness(PROFILE).answer is Answer.UNAUTHORIZED
