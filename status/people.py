"""Who may see the page and decide on it: whom the platform vouches for, or, on one machine, who has the address."""

import hashlib
import hmac
import os
from collections.abc import Mapping
from http.cookies import CookieError, SimpleCookie
from urllib.parse import urlsplit

import msgspec

from shared.settings import is_loopback

SECRET = "STATUS_SIGN_IN"  # noqa: S105 - the name of a variable
"""Set by a stack on one machine: what signs a browser in, once."""
COOKIE = "rosterdrop"
REFUSED = "This page is for people who have signed in.\n"

_used: set[str] = set()


class Person(msgspec.Struct, frozen=True):
    """Somebody who may see and decide. `name`: the one that the platform vouches for, if any."""

    name: str | None


def person(headers: Mapping[str, str], environment: Mapping[str, str] = os.environ) -> Person | None:
    """Who asks; None: nobody that may."""
    if _platform_signs_in(environment):
        name = headers.get("x-ms-client-principal-name", "").strip()
        return Person(name) if name else None
    secret = _own_secret(environment)
    if secret is None:
        return None
    cookies = SimpleCookie()
    try:
        cookies.load(headers.get("cookie", ""))
    except CookieError:
        return None
    sent = cookies[COOKIE].value if COOKIE in cookies else ""
    return Person(None) if hmac.compare_digest(sent.encode(), _session(secret).encode()) else None


def signed_in(given: str, environment: Mapping[str, str] = os.environ) -> str | None:
    """The cookie for a browser that comes with the secret; None if it is wrong or was used already."""
    secret = _own_secret(environment)
    if secret is None or not hmac.compare_digest(given.encode(), secret.encode()) or secret in _used:
        return None
    _used.add(secret)
    return f"{COOKIE}={_session(secret)}; Path=/api/status; HttpOnly; SameSite=Strict"


def is_same_origin(headers: Mapping[str, str], environment: Mapping[str, str] = os.environ) -> bool:
    """Whether a browser sent this from the page itself."""
    site, origin = headers.get("sec-fetch-site"), headers.get("origin")
    if site not in (None, "same-origin"):
        return False
    if origin is None:
        return site is not None
    own = {headers.get("host"), environment.get("WEBSITE_HOSTNAME")} - {None, ""}
    try:
        return urlsplit(origin).netloc in own
    except ValueError:
        return False


def token(key: bytes, profile: str, run_id: str, who: Person) -> str:
    """What a form on this person's page carries, and no other page can know."""
    said = "\0".join(("decide", profile, run_id, who.name or ""))
    return hmac.new(key, said.encode("utf-8", "surrogatepass"), hashlib.sha256).hexdigest()


def _platform_signs_in(environment: Mapping[str, str]) -> bool:
    return environment.get("WEBSITE_AUTH_ENABLED", "").strip().lower() == "true"


def _own_secret(environment: Mapping[str, str]) -> str | None:
    host = environment.get("WEBSITE_HOSTNAME", "").partition(":")[0]
    return (environment.get(SECRET) or None) if is_loopback(host) else None


def _session(secret: str) -> str:
    return hmac.new(secret.encode(), b"session", hashlib.sha256).hexdigest()
