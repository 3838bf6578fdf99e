"""Managed identities for one machine: signed short-lived tokens, and the endpoint that hands them out.

The endpoint is App Service's `2019-08-01` one (learn.microsoft.com, "overview-managed-identity", REST
endpoint reference). azure-identity's ManagedIdentityCredential speaks to it when IDENTITY_ENDPOINT and
IDENTITY_HEADER are set.
"""

import base64
import hashlib
import hmac
import json
import secrets
import time
from collections import defaultdict
from collections.abc import Callable
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from starlette.applications import Starlette
    from starlette.requests import Request
    from starlette.responses import JSONResponse

PATH = "/msi/token"
API_VERSION = "2019-08-01"

DEFAULT_LIFETIME = 600.0
"""Seconds. Azure's last a day; azure-identity reuses a token until 300 s before its end, so one that lasts
less than that is fetched anew for every call."""

TENANT = "5d1e8f3a-7c26-4b90-9e4d-2f6a8b0c1d3e"
ISSUER = f"https://sts.windows.net/{TENANT}/"

SYSTEM = "system"
"""The system-assigned identity: what a request gets that names none."""

CLIENT_IDS = {
    "app": "c1a0b2d4-3e5f-4a6b-8c7d-9e0f1a2b3c4d",
    "writer": "d2b1c3e5-4f60-4b7c-9d8e-0f1a2b3c4d5e",
    "subscriber": "e3c2d4f6-5061-4c8d-ae9f-1a2b3c4d5e6f",
    "operator": "f4d3e5a7-6172-4d9e-bfa0-2b3c4d5e6f70",
}
"""The user-assigned identities: the app's own, and one for each of the people's roles."""


def audience_of(scope: str) -> str:
    """The resource (audience) of a scope or resource: no `/.default`, no final slash."""
    return scope.removesuffix("/.default").rstrip("/")


def _encode(part: bytes) -> str:
    return base64.urlsafe_b64encode(part).rstrip(b"=").decode("ascii")


def _decode(part: str) -> bytes:
    return base64.urlsafe_b64decode(part + "=" * (-len(part) % 4))


class TokenIssuer:
    """Issues and checks HMAC-signed JWTs. Each audience has a key, which lives as long as the object, in it alone."""

    def __init__(self, lifetime: float = DEFAULT_LIFETIME, clock: Callable[[], float] = time.time) -> None:
        self.lifetime = lifetime
        """Seconds that tokens issued from now on last; may be changed at any time."""
        self._clock = clock
        self._keys: defaultdict[str, bytes] = defaultdict(lambda: secrets.token_bytes(32))

    def issue(self, resource: str, identity: str = SYSTEM) -> tuple[str, int]:
        """A token of an identity for a resource and its end, in whole seconds since 1970 as Azure gives it."""
        now = self._clock()
        expires = int(now + self.lifetime)
        claims = {
            "aud": audience_of(resource),
            "iss": ISSUER,
            "iat": int(now),
            "nbf": int(now),
            "exp": expires,
            "jti": secrets.token_hex(8),
            "oid": identity,
            "tid": TENANT,
            "ver": "1.0",
        }
        head = _encode(json.dumps({"alg": "HS256", "typ": "JWT"}).encode())
        signed = f"{head}.{_encode(json.dumps(claims).encode())}"
        return f"{signed}.{self._sign(signed, audience_of(resource))}", expires

    def check(self, authorization_header: str | None, resource: str) -> bool:
        """Whether an Authorization header carries a token that is good for the resource now."""
        return self.refusal(authorization_header, resource) is None

    def identity(self, authorization_header: str | None, resource: str) -> str | None:
        """Whose token an Authorization header carries; None if it is not good for the resource now."""
        if self.refusal(authorization_header, resource) is not None:
            return None
        return str(_claims((authorization_header or "").partition(" ")[2].strip())["oid"])

    def refusal(self, authorization_header: str | None, resource: str) -> str | None:
        """Why an Authorization header is refused, None if it is good."""
        scheme, _, token = (authorization_header or "").partition(" ")
        if scheme.lower() != "bearer" or not token.strip():
            return "Access token is empty."
        signed, _, signature = token.strip().rpartition(".")
        try:
            claims = _claims(signed)
            right = self._sign(signed, claims["aud"])
        except (ValueError, LookupError, TypeError):
            return "Access token validation failure. Invalid signature."
        if not hmac.compare_digest(right.encode(), signature.encode()):
            return "Access token validation failure. Invalid signature."
        if claims["aud"] != audience_of(resource):
            return "Access token validation failure. Invalid audience."
        if claims["exp"] <= self._clock():
            return "Lifetime validation failed, the token is expired."
        return None

    def revoke_all(self) -> None:
        """End every token issued so far."""
        self._keys.clear()

    def revoke(self, resource: str) -> None:
        """End every token issued so far for one resource."""
        self._keys.pop(audience_of(resource), None)

    def _sign(self, text: str, audience: str) -> str:
        return _encode(hmac.digest(self._keys[audience], text.encode(), hashlib.sha256))


class Audience:
    """What one resource knows of the tokens: whether one is good, and how to end its own."""

    def __init__(self, issuer: TokenIssuer, resource: str) -> None:
        self._issuer = issuer
        self._resource = resource

    def check(self, authorization_header: str | None, resource: str) -> bool:
        return self._issuer.check(authorization_header, resource)

    def revoke_all(self) -> None:
        """End every token of this resource; the storage, which is another one, goes on."""
        self._issuer.revoke(self._resource)


def _claims(token: str) -> dict[str, Any]:
    claims: dict[str, Any] = json.loads(_decode(token.split(".")[1]))
    return claims


type Fetch = Callable[[str], tuple[str, int]]
"""Gives a token for a resource and its end; raises ValueError, whose text says why there is none."""


class Endpoint:
    """The identity endpoint at PATH. Callers send its `header` as X-IDENTITY-HEADER, as on App Service."""

    def __init__(self, issuer: TokenIssuer, header: str, elsewhere: dict[str, Fetch] | None = None) -> None:
        """`elsewhere` says for which resources tokens come from another place than the issuer."""
        self._issuer = issuer
        self._header = header
        self._elsewhere = elsewhere or {}
        self.identities = dict(CLIENT_IDS)
        """The user-assigned identities that there are, by name; may be changed."""
        self.down_until = 0.0
        """Until this time (as time.monotonic gives it) it answers 503."""
        self.asked = 0
        """Requests so far."""
        self.refused = 0
        """Requests that came while it was down."""

    def go_down(self, seconds: float) -> None:
        """Answer 503 for a while."""
        self.down_until = time.monotonic() + seconds

    def app(self) -> "Starlette":
        """What serves it."""
        from starlette.applications import Starlette
        from starlette.routing import Route

        return Starlette(routes=[Route(PATH, self._token, methods=["GET"])])

    async def _token(self, request: "Request") -> "JSONResponse":
        self.asked += 1
        asked = request.query_params
        sent = request.headers.get("x-identity-header", "")
        if not hmac.compare_digest(sent.encode(), self._header.encode()):
            return _refuse(401, "X-IDENTITY-HEADER is missing or wrong")
        if time.monotonic() < self.down_until:
            self.refused += 1
            return _refuse(503, "the identity endpoint is down for a while")
        if asked.get("api-version") != API_VERSION:
            return _refuse(400, f"api-version must be {API_VERSION}")
        resource = asked.get("resource", "")
        if not resource:
            return _refuse(400, "resource is missing")
        identity = self._identity(asked.get("client_id"))
        if identity is None or {"principal_id", "object_id", "mi_res_id", "msi_res_id"} & set(asked):
            return _refuse(400, "No User Assigned or Delegated Managed Identity found for the given id.")
        try:
            fetch = self._elsewhere.get(audience_of(resource))
            token, expires_on = fetch(resource) if fetch else self._issuer.issue(resource, identity)
        except ValueError as error:
            return _refuse(400, str(error))
        return _answer(
            200,
            {
                "access_token": token,
                "expires_on": str(expires_on),
                "resource": resource,
                "token_type": "Bearer",
                "client_id": asked.get("client_id", "00000000-0000-0000-0000-000000000000"),
            },
        )

    def _identity(self, client_id: str | None) -> str | None:
        if client_id is None:
            return SYSTEM
        return next((name for name, known in self.identities.items() if known == client_id.lower()), None)


def _refuse(status: int, message: str) -> "JSONResponse":
    return _answer(status, {"statusCode": status, "message": message})


def _answer(status: int, content: dict[str, Any]) -> "JSONResponse":
    from starlette.responses import JSONResponse

    return JSONResponse(content, status, headers={"Cache-Control": "no-store"})
