"""The storage account behind `DROP_STORAGE`, as a person or a subscriber uses it."""

import os
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager, suppress
from datetime import UTC, datetime
from pathlib import Path
from typing import TYPE_CHECKING, Any

from local.cli.ends import Failed
from local.cli.message import Message, parse
from local.cli.reach import reach
from shared.settings import Settings

if TYPE_CHECKING:
    from azure.storage.blob import BlobServiceClient
    from azure.storage.queue import QueueServiceClient

MOST = 32
"""Messages that a queue hands out or shows at once."""
_HIDDEN = 60  # seconds that a message of somebody else's run stays out of sight while ours is looked for
_FIX = "check DROP_STORAGE, and that what it names is up"
_MISSING = (
    "DROP_STORAGE is not set: it names the storage account, by a connection string such as `python -m local up` prints"
)


class Account:
    """Inbox, records and results queue of one account. Use it in a `with` block."""

    def __init__(self, settings: Settings, environment: Mapping[str, str] = os.environ) -> None:
        """Raises Failed if the environment names no account or if nobody answers at its addresses."""
        self._settings = settings
        self._blobs, self._queues = services(environment)
        self._inbox = self._blobs.get_container_client(settings.drop_container)
        # The queue's Base64 is decoded in `_text`, so that an entry that is none can't stop the others.
        self._queue = self._queues.get_queue_client(settings.results_queue)
        try:
            check_reach(self._blobs, self._queues, _FIX)
            with refusals():
                self._prepare()
        except BaseException:
            self.close()
            raise

    def __enter__(self) -> "Account":
        return self

    def __exit__(self, *_: object) -> None:
        self.close()

    def close(self) -> None:
        self._blobs.close()
        self._queues.close()

    @property
    def inbox(self) -> str:
        """The drop container's URL, which the sources of messages begin with."""
        return str(self._inbox.url).partition("?")[0]

    def _prepare(self) -> None:
        from azure.core.exceptions import ResourceExistsError, ResourceNotFoundError

        with suppress(ResourceExistsError):  # the app makes them too, and may be first
            if not self._inbox.exists():
                self._inbox.create_container()
        try:
            self._queue.get_queue_properties()
        except ResourceNotFoundError:
            with suppress(ResourceExistsError):
                self._queue.create_queue()

    def drop(self, file: Path, profile: str) -> datetime:
        """Put one file into a profile's inbox, streamed; returns its Last-Modified."""
        blob = self._inbox.get_blob_client(f"{profile}/{file.name}")
        with refusals(), file.open("rb") as data:
            modified: datetime = blob.upload_blob(data, overwrite=True, max_concurrency=1)["last_modified"]
        return modified.astimezone(UTC)

    def record(self, key: str) -> bytes | None:
        """The record of a profile as it is now, None if there is none (yet)."""
        from azure.core.exceptions import AzureError, ResourceNotFoundError

        blob = self._blobs.get_blob_client(self._settings.state_container, f"{key}.json")
        try:
            return blob.download_blob().readall()
        except ResourceNotFoundError:
            return None
        except AzureError:  # only progress is lost; the result comes by the queue
            return None

    def peek(self) -> list[Message]:
        """The first messages on the queue, at most MOST; they stay where they are."""
        with refusals():
            entries = self._queue.peek_messages(max_messages=MOST)
        found = (parse(_text(entry.content)) for entry in entries)
        return [message for message in found if message]

    def waiting(self) -> int:
        """About how many messages are on the queue."""
        with refusals():
            return self._queue.get_queue_properties().approximate_message_count or 0

    def take(self, wanted: Callable[[Message], bool] = lambda _: True) -> list[Message]:
        """Remove the wanted messages from the queue and return them. Others are hidden for a minute."""
        found: list[Message] = []
        with refusals():
            for entry in self._queue.receive_messages(visibility_timeout=_HIDDEN, max_messages=MOST):
                message = parse(_text(entry.content))
                if message and wanted(message):
                    self._queue.delete_message(entry)
                    found.append(message)
        return found


def check_reach(blobs: "BlobServiceClient", queues: "QueueServiceClient", fix: str) -> None:
    """Raises Failed, which names the `fix`, if nobody answers."""
    reach(blobs.url, "blob storage", fix)
    reach(queues.url, "queue storage", fix)


def services(environment: Mapping[str, str]) -> "tuple[BlobServiceClient, QueueServiceClient]":
    """Clients of the account that DROP_STORAGE names, to be closed. Raises Failed."""
    from azure.storage.blob import BlobServiceClient, LinearRetry
    from azure.storage.queue import QueueServiceClient

    options: dict[str, Any] = {
        "connection_timeout": 10,
        "read_timeout": 60,
        "retry_policy": LinearRetry(backoff=1, retry_total=2),
    }
    if connection := environment.get("DROP_STORAGE", "").strip():
        try:
            return (
                BlobServiceClient.from_connection_string(connection, **options),
                QueueServiceClient.from_connection_string(connection, **options),
            )
        except ValueError as error:
            reason = str(error).rstrip(".")
            raise Failed(f"DROP_STORAGE is no connection string of a storage account ({reason})") from None
    blobs, queues = (environment.get(f"DROP_STORAGE__{kind}ServiceUri", "").strip() for kind in ("blob", "queue"))
    if not blobs or not queues:
        raise Failed(_MISSING)
    from azure.identity import DefaultAzureCredential

    credential = DefaultAzureCredential(
        managed_identity_client_id=environment.get("DROP_STORAGE__clientId", "").strip() or None
    )
    return (
        BlobServiceClient(blobs, credential=credential, **options),
        QueueServiceClient(queues, credential=credential, **options),
    )


def _text(content: str) -> str:
    from base64 import b64decode

    try:
        return b64decode(content, validate=True).decode()
    except ValueError:
        return content


@contextmanager
def refusals() -> Iterator[None]:
    """Turn what the storage refuses into one line."""
    from azure.core.exceptions import AzureError, ClientAuthenticationError

    try:
        yield
    except ClientAuthenticationError:
        raise Failed("the storage account refuses the key or identity that DROP_STORAGE gives") from None
    except AzureError as error:
        reason = str(error).partition("\n")[0].rstrip(".")
        raise Failed(f"the storage account refuses: {reason}; {_FIX}") from None
