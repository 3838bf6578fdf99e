"""Tokens for Graph, from azure-identity."""

import base64
import logging
import threading
from typing import TYPE_CHECKING, Any

from ..redaction import clean
from .parsing import json_object, text
from .port import Answer, Failure, Reply

if TYPE_CHECKING:
    from azure.core.credentials import TokenCredential

_LOG = logging.getLogger(__name__)

# The app waits by durable timers, never in a call: azure-core's own retries sleep, so they are off.
_PIPELINE = {"retry_total": 0, "connection_timeout": 10, "read_timeout": 30}


class Tokens:
    """Gives the token for `scope`. azure-identity caches it, so it is asked before every request.

    Without a credential of the caller's, `DefaultAzureCredential` is made on first use; it honours
    `AZURE_TOKEN_CREDENTIALS` and `AZURE_CLIENT_ID`.
    """

    def __init__(self, scope: str, credential: "TokenCredential | None" = None) -> None:
        self._scope = scope
        self._given = credential
        self._own: TokenCredential | None = None
        self._lock = threading.Lock()
        self._asked = False
        self._status: int | None = None

    def get(self) -> str | Reply[Any]:
        """The token, or the reply that says why there is none. Raises nothing."""
        with self._lock:
            self._asked, self._status = False, None
            try:
                return self._credential().get_token(self._scope).token
            except Exception as error:  # noqa: BLE001 - a credential chain may fail in any way, and each is an answer
                return self._no_token(error)

    def tenant(self) -> str | None:
        """The `tid` claim of the token: which tenant it is for. Unchecked, as only the tenant's name is wanted."""
        token = self.get()
        if isinstance(token, Reply):
            return None
        try:
            payload = base64.urlsafe_b64decode(token.split(".")[1] + "==")
        except (IndexError, ValueError):
            return None
        return text(json_object(payload) or {}, "tid")

    def renew(self) -> None:
        """Forget the cached token. A given credential keeps its own cache; it is only asked again."""
        with self._lock:
            self._close_own()

    def close(self) -> None:
        with self._lock:
            self._close_own()

    def _credential(self) -> "TokenCredential":
        if self._given is not None:
            return self._given
        if self._own is None:
            from azure.identity import DefaultAzureCredential

            self._own = DefaultAzureCredential(
                raw_request_hook=self._saw_request, raw_response_hook=self._saw_response, **_PIPELINE
            )
        return self._own

    def _close_own(self) -> None:
        own, self._own = self._own, None
        if own is not None and hasattr(own, "close"):
            own.close()

    def _saw_request(self, _request: object) -> None:
        self._asked = True

    def _saw_response(self, response: Any) -> None:
        self._status = response.http_response.status_code

    def _no_token(self, error: Exception) -> Reply[Any]:
        # The chain turns every cause into one ClientAuthenticationError. What tells a refusal (an admin must
        # act) from a hiccup (it passes) is whether the identity endpoint was asked at all, and its status.
        hiccup = self._asked and (self._status is None or self._status == 429 or self._status >= 500)
        answer = Answer.UNAVAILABLE if hiccup else Answer.UNAUTHORIZED
        last = str(error).strip().splitlines() or [type(error).__name__]
        reason = next((line for line in last if "Credential: " in line), last[0])
        _LOG.warning("no token for %s: %s", self._scope, clean(reason))
        check = (
            "the identity endpoint did not answer well; it is asked again"
            if hiccup
            else "check the app's managed identity, AZURE_CLIENT_ID and AZURE_TOKEN_CREDENTIALS"
        )
        message = clean(f"no token for {self._scope} ({check}): {reason}")
        return Reply(answer, failure=Failure("noToken", message), answered=False)
