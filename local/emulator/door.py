"""Who may come in: tokens of the issuer, less those that were refused one by one."""

import hashlib
from typing import Protocol


class Tokens(Protocol):
    """What the emulator needs of a token issuer."""

    def check(self, authorization_header: str | None, resource: str) -> bool: ...

    def revoke_all(self) -> None: ...


class Door:
    """Checks tokens for one resource. Remembers refused ones by their hash alone."""

    def __init__(self, tokens: Tokens, resource: str) -> None:
        self._tokens = tokens
        self._resource = resource
        self._refused: set[bytes] = set()

    def check(self, authorization_header: str | None) -> bool:
        """Whether the token is good now."""
        if authorization_header and _hash(authorization_header) in self._refused:
            return False
        return self._tokens.check(authorization_header, self._resource)

    def refuse(self, authorization_header: str | None) -> None:
        """This one token is void from now on."""
        if authorization_header:
            self._refused.add(_hash(authorization_header))

    def revoke_all(self) -> None:
        """All tokens so far are void."""
        self._tokens.revoke_all()


def _hash(authorization_header: str) -> bytes:
    return hashlib.sha256(authorization_header.encode()).digest()
