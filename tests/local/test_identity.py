"""azure-identity gets its tokens here as from App Service; they are good for one audience and a time."""

from collections.abc import Iterator

import httpx
import pytest
from azure.core.exceptions import ClientAuthenticationError
from azure.identity import DefaultAzureCredential, ManagedIdentityCredential

from local.identity import CLIENT_IDS, PATH, Audience, Endpoint, TokenIssuer
from local.serve import Server

GRAPH = "https://graph.example/"
SCOPE = "https://graph.example/.default"


class Clock:
    now = 1_000_000.0

    def __call__(self) -> float:
        return self.now


@pytest.fixture(scope="module")
def issuer() -> TokenIssuer:
    return TokenIssuer()


@pytest.fixture(scope="module")
def endpoint(issuer: TokenIssuer) -> Iterator[str]:
    with Server(Endpoint(issuer, "s3cret").app(), "identity") as server:
        yield server.url + PATH


@pytest.fixture
def managed(endpoint: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("IDENTITY_ENDPOINT", endpoint)
    monkeypatch.setenv("IDENTITY_HEADER", "s3cret")
    monkeypatch.setenv("AZURE_TOKEN_CREDENTIALS", "ManagedIdentityCredential")


def bearer(token: str) -> str:
    return f"Bearer {token}"


def test_azure_identity_gets_a_token_for_the_asked_audience(managed: None, issuer: TokenIssuer) -> None:
    with DefaultAzureCredential() as credential:
        token = credential.get_token(SCOPE)
    assert issuer.check(bearer(token.token), GRAPH)
    assert not issuer.check(bearer(token.token), "https://other.example")
    assert issuer.identity(bearer(token.token), GRAPH) == "system"
    for name, client_id in CLIENT_IDS.items():
        with ManagedIdentityCredential(client_id=client_id) as credential:
            assert issuer.identity(bearer(credential.get_token(SCOPE).token), SCOPE) == name


def test_an_unknown_client_id_is_refused(managed: None) -> None:
    unknown = "11111111-2222-3333-4444-555555555555"
    with ManagedIdentityCredential(client_id=unknown) as credential, pytest.raises(ClientAuthenticationError):
        credential.get_token(SCOPE)


def test_a_claims_challenge_makes_azure_identity_fetch_a_new_token(managed: None) -> None:
    with ManagedIdentityCredential() as credential:
        first = credential.get_token(SCOPE).token
        assert credential.get_token(SCOPE).token == first
        assert credential.get_token(SCOPE, claims="{}").token != first


def test_wrong_header_is_refused(managed: None, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("IDENTITY_HEADER", "wrong")
    with ManagedIdentityCredential() as credential, pytest.raises(ClientAuthenticationError):
        credential.get_token(SCOPE)


@pytest.mark.parametrize(
    ("header", "params", "status"),
    [
        ({}, {"api-version": "2019-08-01", "resource": GRAPH}, 401),
        ({"X-IDENTITY-HEADER": "s3cret"}, {"api-version": "2017-09-01", "resource": GRAPH}, 400),
        ({"X-IDENTITY-HEADER": "s3cret"}, {"api-version": "2019-08-01"}, 400),
    ],
)
def test_malformed_requests(endpoint: str, header: dict[str, str], params: dict[str, str], status: int) -> None:
    assert httpx.get(endpoint, headers=header, params=params).status_code == status


def test_tokens_end_with_time_and_on_revocation() -> None:
    clock = Clock()
    issuer = TokenIssuer(lifetime=10, clock=clock)
    token, expires_on = issuer.issue(GRAPH)
    assert expires_on == 1_000_010
    assert issuer.check(bearer(token), GRAPH)
    clock.now += 10
    assert "expired" in (issuer.refusal(bearer(token), GRAPH) or "")
    token, _ = issuer.issue(GRAPH)
    issuer.revoke_all()
    assert not issuer.check(bearer(token), GRAPH)
    assert issuer.check(bearer(issuer.issue(GRAPH)[0]), GRAPH)


def test_one_resource_s_tokens_end_without_those_of_another() -> None:
    issuer = TokenIssuer()
    graph, storage = (bearer(issuer.issue(resource)[0]) for resource in (GRAPH, "https://storage.azure.com"))
    Audience(issuer, GRAPH).revoke_all()
    assert not Audience(issuer, GRAPH).check(graph, GRAPH)
    assert issuer.check(storage, "https://storage.azure.com")


@pytest.mark.parametrize("header", [None, "", "Bearer", "Bearer ", "Basic abc", "Bearer a.b.c", "Bearer é.é.é"])
def test_anything_else_is_refused(header: str | None) -> None:
    assert not TokenIssuer().check(header, GRAPH)


def test_a_changed_claim_breaks_the_signature() -> None:
    issuer = TokenIssuer()
    head, claims, signature = issuer.issue(GRAPH)[0].split(".")
    other = TokenIssuer().issue("https://other.example")[0].split(".")[1]
    assert issuer.check(bearer(f"{head}.{claims}.{signature}"), GRAPH)
    assert not issuer.check(bearer(f"{head}.{other}.{signature}"), "https://other.example")
