"""How `DROP_STORAGE` is reached: the settings that name the account, and clients of it.

In Azure and in the local stack the settings are two addresses and a managed identity; people's commands, and
`func start` beside Azurite, may have a connection string. Nothing here makes a container or a queue, or asks whether
one exists: both need more rights than the app has.
"""

import os
from collections.abc import Iterator, Mapping
from contextlib import contextmanager, suppress
from functools import cached_property
from typing import TYPE_CHECKING, Any
from urllib.parse import urlsplit

import msgspec

from .settings import BadSetting, is_loopback, meant, shown

if TYPE_CHECKING:
    from azure.core.credentials import TokenCredential
    from azure.storage.blob import BlobServiceClient
    from azure.storage.queue import QueueClient

CONNECTION = "DROP_STORAGE"
_SERVICES = ("blob", "queue", "dfs", "table", "file", "web")
_PIECE = 4 * 1024 * 1024
_PARTS = ("blobServiceUri", "queueServiceUri", "credential", "clientId")
_TIMEOUTS: dict[str, Any] = {"connection_timeout": 10, "read_timeout": 60}
_RETRY: dict[str, Any] = {"initial_backoff": 1, "increment_base": 2, "retry_total": 3}

# The storage clients try again by themselves, and the engine after them: a token is asked for once each time.
_IDENTITY: dict[str, Any] = {"retry_total": 0, "connection_timeout": 10, "read_timeout": 30}


class Connection(msgspec.Struct, frozen=True):
    """What the settings say: a connection string, or two addresses with an identity."""

    connection_string: str = ""
    blob_service: str = ""
    queue_service: str = ""
    managed: bool = False
    """Whether a managed identity is asked for outright; else whatever azure-identity finds."""
    client_id: str = ""
    """Of a user-assigned identity; empty: the system-assigned one, or AZURE_CLIENT_ID's."""

    @classmethod
    def read(cls, environment: Mapping[str, str] = os.environ, *, app: bool) -> "Connection":
        """Read the settings, for the function app or for a person's command. Raises BadSetting."""
        _refuse_unknown(environment)
        given = {part: environment.get(f"{CONNECTION}__{part}", "").strip() for part in _PARTS}
        text = environment.get(CONNECTION, "").strip()
        if text:
            return cls(connection_string=_checked_string(text, given, app))
        if app and CONNECTION in environment and any(given.values()):
            # The trigger's binding looks whether the name is there, not whether it says anything.
            raise BadSetting(f"{CONNECTION} is set and empty beside {CONNECTION}__…; remove the setting {CONNECTION}")
        blobs, queues = _address(given, "blobServiceUri"), _address(given, "queueServiceUri")
        if len(accounts := dict.fromkeys(filter(None, map(_account, (blobs, queues))))) > 1:
            raise BadSetting(
                f"{CONNECTION}__blobServiceUri and {CONNECTION}__queueServiceUri name two accounts, "
                f"{' and '.join(accounts)}; both must be of one"
            )
        return cls(
            blob_service=blobs,
            queue_service=queues,
            managed=_is_managed(given),
            client_id=given["clientId"],
        )


class AzureConnection:
    """Clients of the account, which share one credential. Close each client, and this."""

    def __init__(self, environment: Mapping[str, str] = os.environ, *, app: bool) -> None:
        """Raises BadSetting."""
        self.connection = Connection.read(environment, app=app)

    def blob_service(self, **options: Any) -> "BlobServiceClient":
        """A client of the account's blobs, which moves them in pieces of at most 4 MiB. `options` go before ours."""
        from azure.storage.blob import BlobServiceClient, ExponentialRetry

        pieces = ("max_chunk_get_size", "max_single_get_size", "max_block_size", "max_single_put_size")
        ours = {**_TIMEOUTS, **dict.fromkeys(pieces, _PIECE), "retry_policy": ExponentialRetry(**_RETRY), **options}
        if self.connection.connection_string:
            return BlobServiceClient.from_connection_string(self.connection.connection_string, **ours)
        return BlobServiceClient(self.connection.blob_service, credential=self._credential, **ours)

    def queue(self, name: str, **options: Any) -> "QueueClient":
        """A client of one queue. `options` go before ours. Raises BadSetting for a connection string without queues."""
        from azure.storage.queue import ExponentialRetry, QueueClient

        ours = {**_TIMEOUTS, "retry_policy": ExponentialRetry(**_RETRY), **options}
        if self.connection.connection_string:
            with _read_by_library():
                return QueueClient.from_connection_string(self.connection.connection_string, name, **ours)
        return QueueClient(self.connection.queue_service, name, credential=self._credential, **ours)

    def close(self) -> None:
        """Close the credential, if one was made. May be called more than once."""
        if (credential := self.__dict__.pop("_credential", None)) is not None:
            credential.close()

    @cached_property
    def _credential(self) -> "TokenCredential":
        from azure.identity import DefaultAzureCredential, ManagedIdentityCredential

        if self.connection.managed:
            return ManagedIdentityCredential(client_id=self.connection.client_id or None, **_IDENTITY)
        return DefaultAzureCredential(**_IDENTITY)


def _refuse_unknown(environment: Mapping[str, str]) -> None:
    known = tuple(f"{CONNECTION}__{part}" for part in _PARTS)
    for name in environment:
        if name in known:
            continue
        near = meant(name, known)
        if near or name.startswith(f"{CONNECTION}__"):
            shown = (
                name if name.isidentifier() and name.isascii() else f"a variable whose name has {len(name)} characters"
            )
            hint = f"did you mean {near}? " if near else ""
            raise BadSetting(f"{shown} is not known; {hint}{CONNECTION} takes __{', __'.join(_PARTS)}")


def _checked_string(text: str, given: Mapping[str, str], app: bool) -> str:
    if beside := next((part for part, value in given.items() if value), None):
        raise BadSetting(
            f"{CONNECTION} and {CONNECTION}__{beside} are both set; "
            "a connection string and an identity can't be mixed: remove one of them"
        )
    if not all(map(is_loopback, _hosts(text))) and app:
        raise BadSetting(
            f"{CONNECTION} is a connection string for storage that is not on this machine; remove it and set "
            f"{CONNECTION}__blobServiceUri, {CONNECTION}__queueServiceUri and {CONNECTION}__credential=managedidentity"
        )
    return text


def _hosts(text: str) -> list[str]:
    """The hosts of blobs and, if it names them, queues. Raises BadSetting."""
    from azure.storage.blob import BlobServiceClient
    from azure.storage.queue import QueueServiceClient

    with _read_by_library(), BlobServiceClient.from_connection_string(text) as blobs:
        urls = [blobs.url]
    with suppress(ValueError), QueueServiceClient.from_connection_string(text) as queues:
        urls.append(queues.url)
    return [urlsplit(url).hostname or "" for url in urls]


@contextmanager
def _read_by_library() -> Iterator[None]:
    try:
        yield
    except ValueError as error:
        words = str(error).partition(":")[0].rstrip(".")
        # What stands behind a colon, or in words that are not the library's own, may be the string's own.
        reason = f" ({words})" if words.startswith("Connection string ") else ""
        raise BadSetting(f"{CONNECTION} is no connection string of a storage account{reason}") from None


def _address(given: Mapping[str, str], part: str) -> str:
    name, text = f"{CONNECTION}__{part}", given[part]
    if not text:
        raise BadSetting(
            f"{name} is not set; set both {CONNECTION}__blobServiceUri and {CONNECTION}__queueServiceUri, "
            f"or {CONNECTION} to a connection string"
        )
    try:
        url = urlsplit(text)
        sound = url.scheme in ("https", "http") and url.hostname and not (url.username or url.query or url.fragment)
    except ValueError:
        raise BadSetting(f"{name} is no address; it must be like https://account.blob.core.windows.net") from None
    if not sound:
        raise BadSetting(f"{name} is no plain address; it must be like https://account.blob.core.windows.net")
    if url.scheme == "http":
        raise BadSetting(f"{name} must be https: tokens are sent there")
    if (service := _service(text)) and not part.startswith(service):
        raise BadSetting(f"{name} is the address of an account's {service} service")
    return text.rstrip("/")


def _service(address: str) -> str | None:
    """The service whose address Azure itself has named; a domain of one's own may be of any."""
    _, *labels = (urlsplit(address).hostname or "").split(".")
    return next((label for label in labels if label in _SERVICES), None)


def _account(address: str) -> str | None:
    return (urlsplit(address).hostname or "").partition(".")[0] if _service(address) else None


def _is_managed(given: Mapping[str, str]) -> bool:
    kind = given["credential"].lower()
    if kind not in ("", "managedidentity"):
        raise BadSetting(f"{CONNECTION}__credential is {shown(given['credential'])}; it can only be managedidentity")
    if given["clientId"] and not kind:
        raise BadSetting(
            f"{CONNECTION}__clientId is set without {CONNECTION}__credential=managedidentity, "
            "so the trigger would take the system-assigned identity; set both"
        )
    return bool(kind)
