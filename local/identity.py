"""A managed identity for one machine: signed short-lived tokens, and the endpoint that hands them out.

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
from collections.abc import Callable

from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import JSONResponse
from starlette.routing import Route

PATH = "/msi/token"
API_VERSION = "2019-08-01"

DEFAULT_LIFETIME = 600.0
"""Seconds. Azure's last a day; azure-identity reuses a token until 300 s before its end, so one that lasts
less than that is fetched anew for every call."""


def audience_of(scope: str) -> str:
    """The resource (audience) of a scope or resource: no `/.default`, no final slash."""
    return scope.removesuffix("/.default").rstrip("/")


def _encode(part: bytes) -> str:
    return base64.urlsafe_b64encode(part).rstrip(b"=").decode("ascii")


def _decode(part: str) -> bytes:
    return base64.urlsafe_b64decode(part + "=" * (-len(part) % 4))


class TokenIssuer:
    """Issues and checks HMAC-signed JWTs. Its key lives as long as the object and never leaves it."""

    def __init__(self, lifetime: float = DEFAULT_LIFETIME, clock: Callable[[], float] = time.time) -> None:
        self.lifetime = lifetime
        """Seconds that tokens issued from now on last; may be changed at any time."""
        self._clock = clock
        self._key = secrets.token_bytes(32)

    def issue(self, resource: str) -> tuple[str, int]:
        """A token for a resource and its end, in whole seconds since 1970 as Azure gives it."""
        now = self._clock()
        expires = int(now + self.lifetime)
        claims = {
            "aud": audience_of(resource),
            "iss": "https://sts.rosterdrop.local/",
            "iat": int(now),
            "nbf": int(now),
            "exp": expires,
            "jti": secrets.token_hex(8),
        }
        head = _encode(json.dumps({"alg": "HS256", "typ": "JWT"}).encode())
        signed = f"{head}.{_encode(json.dumps(claims).encode())}"
        return f"{signed}.{self._sign(signed)}", expires

    def check(self, authorization_header: str | None, resource: str) -> bool:
        """Whether an Authorization header carries a token that is good for the resource now."""
        return self.refusal(authorization_header, resource) is None

    def refusal(self, authorization_header: str | None, resource: str) -> str | None:
        """Why an Authorization header is refused, None if it is good."""
        scheme, _, token = (authorization_header or "").partition(" ")
        if scheme.lower() != "bearer" or not token.strip():
            return "Access token is empty."
        signed, _, signature = token.strip().rpartition(".")
        if not hmac.compare_digest(self._sign(signed).encode(), signature.encode()):
            return "Access token validation failure. Invalid signature."
        claims = json.loads(_decode(signed.partition(".")[2]))
        if claims["aud"] != audience_of(resource):
            return "Access token validation failure. Invalid audience."
        if claims["exp"] <= self._clock():
            return "Lifetime validation failed, the token is expired."
        return None

    def revoke_all(self) -> None:
        """End every token issued so far."""
        self._key = secrets.token_bytes(32)

    def _sign(self, text: str) -> str:
        return _encode(hmac.digest(self._key, text.encode(), hashlib.sha256))


def identity_app(issuer: TokenIssuer, identity_header: str) -> Starlette:
    """The endpoint at PATH; callers must send the header's value as X-IDENTITY-HEADER, as on App Service."""

    def refuse(status: int, message: str) -> JSONResponse:
        return JSONResponse({"statusCode": status, "message": message}, status)

    async def token(request: Request) -> JSONResponse:
        sent = request.headers.get("x-identity-header", "")
        if not hmac.compare_digest(sent.encode(), identity_header.encode()):
            return refuse(401, "X-IDENTITY-HEADER is missing or wrong")
        if request.query_params.get("api-version") != API_VERSION:
            return refuse(400, f"api-version must be {API_VERSION}")
        resource = request.query_params.get("resource", "")
        if not resource:
            return refuse(400, "resource is missing")
        access_token, expires_on = issuer.issue(resource)
        return JSONResponse(
            {
                "access_token": access_token,
                "expires_on": str(expires_on),
                "resource": resource,
                "token_type": "Bearer",
                "client_id": request.query_params.get("client_id", "00000000-0000-0000-0000-000000000000"),
            },
            headers={"Cache-Control": "no-store"},
        )

    return Starlette(routes=[Route(PATH, token, methods=["GET"])])
