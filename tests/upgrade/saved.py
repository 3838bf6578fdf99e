"""Apps as they were left: settings, storage, queue, the service's state and the histories of what was at work.

A file is one life of a profile, left at many moments. What they share is kept once: texts, and the histories, of which
each moment has the first so many events.
"""

import json
from base64 import b64decode, b64encode
from collections.abc import Iterator, Mapping
from datetime import datetime
from pathlib import Path
from typing import Any

import durabletask.internal.orchestrator_service_pb2 as pb
import msgspec
from google.protobuf.json_format import MessageToDict, ParseDict

from shared.sds.port import ServiceMessage
from tests.model.store import Held

from .deployment import Deployment

FOLDER = Path(__file__).parent / "recorded"
Text = int
"""The number of a text."""
_BASE64 = "base64,"


class SavedBlob(msgspec.Struct, frozen=True, array_like=True, omit_defaults=True):
    etag: str
    modified: datetime
    text: Text
    metadata: dict[str, str] = {}
    leased: bool = False


class Moment(msgspec.Struct, frozen=True):
    """Where the host ended: the activity and the operation in it."""

    name: str
    now: datetime
    blobs: dict[str, dict[str, SavedBlob]]
    sent: list[Text]
    """The queue, oldest first."""
    service: dict[str, Any]
    instances: dict[str, tuple[int, int]]
    """What was at work: the number of its history, and how many events of it there were."""
    ends: dict[str, str] = {}
    """What that version made of it when its host came back: message id to what `drive.ends` tells."""
    uploads: int = 0
    """How many upload sessions it opened for that."""


class SavedLife(msgspec.Struct, frozen=True):
    """One life of an app of the version `app`."""

    app: str
    life: str
    environment: dict[str, str]
    texts: list[str]
    histories: list[list[dict[str, Any]]]
    moments: list[Moment]


_DECODER = msgspec.json.Decoder(SavedLife)


def saved() -> list[SavedLife]:
    """All that are kept, of every version."""
    return [_DECODER.decode(path.read_bytes()) for path in sorted(FOLDER.glob("*/*.json"))]


def keep(one: SavedLife, folder: Path) -> None:
    """Write it below the folder, for people to read and compare too: a text, an event or a moment a line."""
    path = folder / one.app / f"{one.life}.json"
    path.parent.mkdir(parents=True, exist_ok=True)
    head = {"app": one.app, "life": one.life, "environment": one.environment}
    histories = ",\n".join(f"[\n{_lines(history)}\n]" for history in one.histories)
    path.write_text(
        json.dumps(head)[:-1]
        + f',\n"texts": [\n{_lines(one.texts)}\n],\n"histories": [\n{histories}\n],\n'
        + f'"moments": [\n{_lines(msgspec.to_builtins(one.moments))}\n]}}\n'
    )


def _lines(items: list[Any]) -> str:
    return ",\n".join(json.dumps(item) for item in items)


class Saver:
    """Saves the moments of one deployment."""

    def __init__(self, app: str, life: str, deployment: Deployment) -> None:
        self.life = SavedLife(app, life, deployment.environment, [], [], [])
        self._deployment = deployment
        self._texts: dict[str, int] = {}

    def save(self, name: str) -> Moment:
        """What would be found of the app if its host ended now."""
        deployment = self._deployment
        return Moment(
            name=name,
            now=deployment.clock.now,
            blobs={
                container: {
                    name: SavedBlob(held.etag, held.modified, self._text(held.data), held.metadata, held.leased)
                    for name, held in sorted(blobs.items())
                }
                for container, blobs in sorted(deployment.store.held.items())
            },
            sent=[self._text(message) for message in deployment.store.sent],
            service=self._service(),
            instances={instance: self._history(history) for instance, history in deployment.engine.histories.items()},
        )

    def _text(self, data: bytes) -> Text:
        text = _text(data)
        if text not in self._texts:
            self._texts[text] = len(self._texts)
            self.life.texts.append(text)
        return self._texts[text]

    def _history(self, events: list[pb.HistoryEvent]) -> tuple[int, int]:
        told = [MessageToDict(event) for event in events]
        for number, history in enumerate(self.life.histories):
            shorter = min(len(history), len(told))
            if history[:shorter] == told[:shorter]:
                history.extend(told[shorter:])
                return number, len(told)
        self.life.histories.append(told)
        return len(self.life.histories) - 1, len(told)

    def _service(self) -> dict[str, Any]:
        sds = self._deployment.sds
        fields = {
            "deletes_denied": self._deployment.store.deletes_denied,
            "access_denied": self._deployment.access_denied,
            "provisioned_at": self._deployment.provisioned_at,
            "container": self._files(sds.container),
            "posts": [self._files(files) for files in sds.posts],
            "messages": sds.messages,
            "sync_started": sds.sync_started,
            "last_sync": sds.last_sync,
            "ends_in": sds.ends_in,
        }
        if sds.api == "industryData":
            operations = {
                name: {"asked": asked, "files": self._files(files)} for name, (asked, files) in sds._operations.items()
            }
            fields |= {"session": sds.session, "runs": sds.runs, "operations": operations}
            fields["accepted"] = self._files(sds._accepted)
        told: dict[str, Any] = json.loads(msgspec.json.encode(fields))
        return told

    def _files(self, files: Mapping[str, bytes]) -> dict[str, Text]:
        return {name: self._text(data) for name, data in files.items()}


def restore(life: SavedLife, moment: Moment, *, engine_lost: bool = False) -> Deployment:
    """The deployment on which that app was left, with the app of this checkout."""
    deployment = Deployment(life.environment, moment.now, name="later")
    store, sds, service = deployment.store, deployment.sds, moment.service

    def files(of: Mapping[str, Text]) -> dict[str, bytes]:
        return {name: _data(life.texts[text]) for name, text in of.items()}

    for container, name, blob in every_blob(moment):
        data = data_of(life, blob)
        held = Held(data, blob.etag, blob.modified, blob.metadata, blob.leased)
        store.held.setdefault(container, {})[name] = held
    store._count = 0x10000  # later ETags are new ones
    store.sent = [life.texts[text].encode() for text in moment.sent]
    store.deletes_denied = service["deletes_denied"]
    if service["access_denied"]:
        deployment.deny_access()
    deployment.provisioned_at = datetime.fromisoformat(service["provisioned_at"])
    sds.container = files(service["container"])
    sds.posts = [files(posted) for posted in service["posts"]]
    sds.messages = msgspec.convert(service["messages"], tuple[ServiceMessage, ...])
    sds.sync_started = msgspec.convert(service["sync_started"], datetime | None)
    sds.last_sync = datetime.fromisoformat(service["last_sync"])
    sds.ends_in = service["ends_in"]
    if sds.api == "industryData":
        sds.session, sds.runs = service["session"], list(service["runs"])
        sds._accepted = files(service["accepted"])
        sds._operations = {
            name: (datetime.fromisoformat(operation["asked"]), files(operation["files"]))
            for name, operation in service["operations"].items()
        }
    if not engine_lost:
        for instance, (number, events) in moment.instances.items():
            history = [ParseDict(event, pb.HistoryEvent()) for event in life.histories[number][:events]]
            deployment.engine.resume(instance, history)
    return deployment


def data_of(life: SavedLife, blob: SavedBlob) -> bytes:
    return _data(life.texts[blob.text])


def _text(data: bytes) -> str:
    try:
        return data.decode()
    except UnicodeDecodeError:
        return _BASE64 + b64encode(data).decode("ascii")


def _data(text: str) -> bytes:
    return b64decode(text.removeprefix(_BASE64)) if text.startswith(_BASE64) else text.encode()


def every_blob(moment: Moment) -> Iterator[tuple[str, str, SavedBlob]]:
    """Container, name and blob."""
    for container, blobs in moment.blobs.items():
        for name, blob in blobs.items():
            yield container, name, blob
