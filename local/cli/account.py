"""The storage account behind `DROP_STORAGE`, as a person or a subscriber uses it."""

import os
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from datetime import UTC, datetime
from pathlib import Path
from typing import Any
from urllib.parse import unquote, urlsplit

from local.cli.ends import Failed
from local.cli.message import Message, parse
from local.cli.reach import reach
from shared.azure_connection import AzureConnection
from shared.settings import BadSetting, Settings, is_loopback

MOST = 32
"""Messages that a queue hands out or shows at once."""
_HIDDEN = 60  # seconds that a message of somebody else's run stays out of sight while ours is looked for
_FIX = "check DROP_STORAGE, and that what it names is up"
_MISSING = (
    "DROP_STORAGE is not set: it names the storage account, by a connection string such as `python -m local up` prints"
)
_WRITER = "Rosterdrop Writer"
_READER = "Storage Queue Data Message Processor"


class Account:
    """Inbox, records and results queue of one account. Use it in a `with` block. It makes no container and no queue."""

    def __init__(self, settings: Settings, environment: Mapping[str, str] = os.environ) -> None:
        """Raises Failed if the environment names no account or if nobody answers at its addresses."""
        self._settings = settings
        self._connection = _connection(environment)
        options = _options()
        try:
            self._blobs = self._connection.blob_service(**options)
            # The queue's Base64 is decoded in `_text`, so that an entry that is none can't stop the others.
            self._queue = self._connection.queue(settings.results_queue, **options)
        except BadSetting as error:
            raise Failed(str(error)) from None
        self._inbox = self._blobs.get_container_client(settings.drop_container)
        try:
            reach(self._blobs.url, "blob storage", _FIX)
            reach(self._queue.url, "queue storage", _FIX)
        except BaseException:
            self.close()
            raise

    def __enter__(self) -> "Account":
        return self

    def __exit__(self, *_: object) -> None:
        self.close()

    def close(self) -> None:
        self._blobs.close()
        self._queue.close()
        self._connection.close()

    @property
    def inbox(self) -> str:
        """The drop container, which the sources of messages name below the account."""
        return self._settings.drop_container

    def drop(self, file: Path, profile: str) -> datetime:
        """Put one file into a profile's inbox, streamed; returns its Last-Modified."""
        blob = self._inbox.get_blob_client(f"{profile}/{file.name}")
        with refusals(f"the container {self.inbox}", _WRITER), file.open("rb") as data:
            modified: datetime = blob.upload_blob(data, overwrite=True, max_concurrency=1)["last_modified"]
        return modified.astimezone(UTC)

    def record(self, key: str) -> bytes | None:
        """The record of a profile as it is now, None if there is none (yet)."""
        from azure.core.exceptions import AzureError, ResourceNotFoundError

        blob = self._blobs.get_blob_client(self._settings.state_container, f"{key}.json")
        try:
            return blob.download_blob(decompress=False).readall()
        except ResourceNotFoundError:
            return None
        except AzureError:  # only progress is lost; the result comes by the queue
            return None

    def peek(self) -> list[Message]:
        """The first messages on the queue, at most MOST; they stay where they are."""
        with self._queue_refusals():
            entries = self._queue.peek_messages(max_messages=MOST)
        found = (parse(_text(entry.content)) for entry in entries)
        return [message for message in found if message]

    def waiting(self) -> int | None:
        """About how many messages are on the queue; None for a subscriber, whose role doesn't let it ask."""
        from azure.core.exceptions import HttpResponseError

        with self._queue_refusals():
            try:
                return self._queue.get_queue_properties().approximate_message_count or 0
            except HttpResponseError as error:
                if error.status_code == 403:
                    return None
                raise

    def take(self, wanted: Callable[[Message], bool] = lambda _: True) -> list[Message]:
        """Remove the wanted messages from the queue and return them. Others are hidden for a minute."""
        found: list[Message] = []
        with self._queue_refusals():
            for entry in self._queue.receive_messages(visibility_timeout=_HIDDEN, max_messages=MOST):
                message = parse(_text(entry.content))
                if message and wanted(message):
                    self._queue.delete_message(entry)
                    found.append(message)
        return found

    @contextmanager
    def _queue_refusals(self) -> Iterator[None]:
        with refusals(f"the queue {self._settings.results_queue}", _READER):
            yield


def below_account(url: str) -> str:
    """What a URL names below its account: the same for the app and for people, who see storage at other addresses."""
    address = urlsplit(url)
    path = unquote(address.path).strip("/")
    return path.partition("/")[2] if is_loopback(address.hostname or "") else path


def _connection(environment: Mapping[str, str]) -> AzureConnection:
    if not any(name.startswith("DROP_STORAGE") and value.strip() for name, value in environment.items()):
        raise Failed(_MISSING)
    try:
        return AzureConnection(environment, app=False)
    except BadSetting as error:
        raise Failed(str(error)) from None


def _options() -> dict[str, Any]:
    from azure.storage.blob import LinearRetry

    return {"retry_policy": LinearRetry(backoff=1, retry_total=2)}


def _text(content: str) -> str:
    from base64 import b64decode

    try:
        return b64decode(content, validate=True).decode()
    except ValueError:
        return content


@contextmanager
def refusals(what: str, role: str) -> Iterator[None]:
    """Turn what the storage refuses into one line that names what was asked for and which role it needs."""
    from azure.core.exceptions import AzureError, ClientAuthenticationError, HttpResponseError

    try:
        yield
    except ClientAuthenticationError as error:
        if error.status_code in (None, 401):
            reason = str(error).partition("\n")[0].rstrip(".")
            raise Failed(f"there is no sign-in for the storage account: {reason}; run `az login`") from None
        raise Failed("the storage account refuses the key or identity that DROP_STORAGE gives") from None
    except HttpResponseError as error:
        if error.status_code == 403:
            raise Failed(
                f"the storage account refuses what was asked of {what}; by identity it needs the role "
                f"{role!r} there (new roles take up to ten minutes)"
            ) from None
        if error.status_code == 404:
            raise Failed(f"{what} does not exist; deploy the app first, or check DROP_STORAGE") from None
        reason = str(error).partition("\n")[0].rstrip(".")
        raise Failed(f"the storage account refuses: {reason}; {_FIX}") from None
    except AzureError as error:
        reason = str(error).partition("\n")[0].rstrip(".")
        raise Failed(f"the storage account can't be used: {reason}; {_FIX}") from None
