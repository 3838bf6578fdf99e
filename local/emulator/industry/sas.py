"""Signatures of the upload storage: a shared access signature for one directory, as Data Lake Storage has them.

The directory is not in the query: the first `sdd` directories of the request's own path must be the signed ones
(learn.microsoft.com, "create-service-sas", signed directory depth). The string to sign is the emulator's own.
"""

import base64
import hashlib
import hmac
import secrets
from collections.abc import Mapping, Sequence
from datetime import UTC, datetime
from urllib.parse import urlencode

VERSION = "2024-11-04"


class StorageRefusal(Exception):
    """Raised to answer as the storage does: a status and a code in `x-ms-error-code`."""

    def __init__(self, status: int, code: str, message: str) -> None:
        super().__init__(message)
        self.status = status
        self.code = code


def denied(message: str) -> StorageRefusal:
    return StorageRefusal(403, "AuthenticationFailed", f"Server failed to authenticate the request. {message}")


class Signer:
    """Signs and checks. The key lives as long as the object."""

    def __init__(self) -> None:
        self._key = secrets.token_bytes(32)

    def query(self, directory: Sequence[str], permissions: str, expires: float) -> str:
        """The query of an address for a directory (filesystem first), good until `expires` (whole seconds)."""
        fields = {
            "sv": VERSION,
            "se": f"{datetime.fromtimestamp(int(expires), UTC):%Y-%m-%dT%H:%M:%SZ}",
            "sr": "d",
            "sdd": str(len(directory) - 1),
            "sp": permissions,
        }
        return urlencode(fields | {"sig": self._sign(fields, directory)})

    def check(self, query: Mapping[str, str], path: Sequence[str], now: float, needs: str) -> None:
        """Refuse a request whose signature isn't good for a path (filesystem first), time and kind of access.

        `needs`: permissions of which one is enough. Raises StorageRefusal.
        """
        try:
            fields = {name: query[name] for name in ("sv", "se", "sr", "sdd", "sp")}
            signature, depth = query["sig"], int(fields["sdd"])
            expires = datetime.fromisoformat(fields["se"]).timestamp()
        except (KeyError, ValueError):
            raise denied("The shared access signature is missing or incomplete.") from None
        if not hmac.compare_digest(self._sign(fields, path[: depth + 1]).encode(), signature.encode()):
            raise denied("Signature did not match.")
        if expires <= now:
            raise denied("Signature not valid in the specified time frame.")
        if not set(needs) & set(fields["sp"]):
            raise StorageRefusal(
                403, "AuthorizationPermissionMismatch", "The signature does not have the needed permission."
            )

    def _sign(self, fields: Mapping[str, str], directory: Sequence[str]) -> str:
        text = "\n".join([*(fields[name] for name in ("sv", "se", "sr", "sdd", "sp")), *directory])
        return base64.b64encode(hmac.digest(self._key, text.encode(), hashlib.sha256)).decode()
