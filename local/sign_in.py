"""Tokens from a person's own sign-in (`az login`), for a Graph that is not on this machine."""

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from azure.core.credentials import TokenCredential


class SignIn:
    """Gives Graph's tokens as the identity endpoint hands them out."""

    def __init__(self, scope: str, credential: "TokenCredential | None" = None) -> None:
        self._scope = scope
        self._credential = credential

    def token(self, _resource: str) -> tuple[str, int]:
        """A token and its end. Raises ValueError, whose text says why there is none."""
        from azure.core.exceptions import ClientAuthenticationError
        from azure.identity import AzureCliCredential

        if self._credential is None:
            self._credential = AzureCliCredential(process_timeout=30)
        try:
            token = self._credential.get_token(self._scope)
        except ClientAuthenticationError as error:
            reason = str(error).partition("\n")[0].rstrip(".")
            raise ValueError(f"no token of your own sign-in for {self._scope} ({reason}); run: az login") from None
        return token.token, token.expires_on
