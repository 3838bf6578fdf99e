"""A profile that drops night after night, and a journal of every write."""

import hashlib
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from random import Random
from typing import Any
from uuid import UUID

from azure.core import MatchConditions
from azure.core.exceptions import HttpResponseError, ResourceNotFoundError
from azure.storage.blob import BlobServiceClient

from local.generate import FormatId
from local.generator import Spoil
from local.stack import Stack
from local.storage.states import State
from tests.soak import collect
from tests.soak.collect import busy
from tests.soak.drops import Files, drop_of
from tests.soak.evidence import Night, Version

SPREAD = 8.0
"""Seconds. Two nights of a profile are further apart, so that no set may be made of both."""
SLOWEST = 0.5
"""Seconds between two files of a night."""
PATIENCE = 90.0
"""Seconds that a patient school waits for the word on its drop."""

KINDS = {
    "whole": 34,
    "replaced": 10,
    "same": 8,
    "broken": 9,
    "incomplete": 9,
    "foreign": 8,
    "misplaced": 6,
    "leased": 6,
    "protected": 6,
    "empty": 4,
}
"""What a night may be like, and how often."""
_BROKEN: tuple[Spoil, ...] = (
    "dangling-enrollment",
    "empty-cell",
    "header-only-people",
    "missing-header",
    "not-utf8",
)
_STRANGERS: Files = {"readme.txt": b"hello", ".done": b"1", "export.zip": b"PK"}


class Journal:
    """What all schools of a stack have written. Thread-safe."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self.versions: list[Version] = []
        self.replaced: dict[str, float] = {}
        self.nights: list[Night] = []

    def wrote(self, version: Version, before: str | None) -> None:
        """`before`: the ETag of the version that was there until then."""
        with self._lock:
            self.versions.append(version)
            if before is not None:
                self.replaced[before] = version.there

    def dropped(self, night: Night) -> None:
        with self._lock:
            self.nights.append(night)


class School:
    """One profile. `told` gives the number of its verification messages, `rests` whether its last story is over."""

    def __init__(
        self,
        stack: Stack,
        blobs: BlobServiceClient,
        journal: Journal,
        random: Random,
        stories: Callable[[str], tuple[int, bool]],
    ) -> None:
        assert stack.emulator is not None
        self.guid = str(UUID(int=random.getrandbits(128), version=4))
        self._form: FormatId = random.choice(("sdsV1", "sdsV1", "sdsV2.1"))
        self._stack = stack
        self._emulator = stack.emulator
        self._blobs = blobs
        self._journal = journal
        self._random = random
        self._stories = stories
        self._etags: dict[str, str] = {}
        self._number = 0
        self._before: Files = {}
        self._service([])

    def go(self, stop: threading.Event) -> None:
        """Drop, night after night, until told to stop."""
        while not stop.is_set():
            self._night(stop)

    def _night(self, stop: threading.Event) -> None:
        random = self._random
        self._number += 1
        (kind,) = random.choices(list(KINDS), list(KINDS.values()))
        if kind == "same" and not self._before:
            kind = "whole"
        told, rests = self._stories(self.guid)
        if rests and random.random() < 0.5 and self._is_idle():
            self._service([{"state": "provisioning", "seconds": random.uniform(0.5, 12)}])
        files = self._files(kind)
        guarded = f"{self.guid}/{random.choice(sorted(files))}" if kind == "protected" else None
        with self._protected(guarded):
            etags = self._write(kind, files, stop)
            spoiled = kind in ("incomplete", "replaced", "empty", "protected") or stop.is_set()
            night = Night(self.guid, self._number, kind, not spoiled, kind != "broken", etags)
            self._journal.dropped(night)
            ended = time.monotonic()
            if random.random() < 0.9:
                self._wait_for_word(told, stop)
        self._before = files if kind in ("whole", "foreign") else {}
        stop.wait(max(0.0, ended + SPREAD + 1.5 + random.uniform(0, 3) - time.monotonic()))

    def _files(self, kind: str) -> Files:
        random, number = self._random, self._number
        if kind == "same":
            return self._before
        spoil = (random.choice(_BROKEN),) if kind == "broken" else ()
        if kind == "empty":
            spoil = ("empty-file",)
        files = dict(drop_of(self._form, number, spoil))
        if kind == "incomplete":
            del files["Section.csv" if self._form == "sdsV1" else "classes.csv"]
        return files

    def _write(self, kind: str, files: Files, stop: threading.Event) -> dict[str, str]:
        """Write the set, in any order and at any pace, and what comes with it; the ETags of the set."""
        random = self._random
        pace = random.choice((0.0, 0.0, 0.1, SLOWEST))
        names = list(files)
        random.shuffle(names)
        etags = {}
        strangers = dict(_STRANGERS) if kind == "foreign" else {}
        if kind == "misplaced":
            strangers = {f"old/{self._number}.csv": self.guid.encode()}
        for name, data in strangers.items():
            self._put(name, data + f" {self._number}".encode())
        for name in names[:-1]:
            etags[name] = self._put(name, files[name])
            stop.wait(random.uniform(0, pace))
        etags[names[-1]] = self._put(names[-1], files[names[-1]])
        if kind == "leased":
            with self._leased(names[-1]):
                stop.wait(random.uniform(0.5, 3))
        if kind == "replaced":
            stop.wait(random.choice((0.0, 0.3, 1.0, 2.0)))
            other = drop_of(self._form, self._number + 256)
            for name in random.sample(names, random.choice((1, 2, len(names)))):
                etags[name] = self._put(name, other[name])
                stop.wait(random.uniform(0, pace))
        return etags

    def _put(self, name: str, data: bytes) -> str:
        """Write a file over what lies there, and know whether something did."""
        before = self._etags.get(name)
        with self._blobs.get_blob_client("sds-drop", f"{self.guid}/{name}") as blob:
            while True:
                began = time.time()
                try:
                    if before is None:
                        answer = blob.upload_blob(data, overwrite=False)
                    else:
                        answer = blob.upload_blob(
                            data, overwrite=True, etag=f'"{before}"', match_condition=MatchConditions.IfNotModified
                        )
                    break
                except HttpResponseError as error:
                    if before is None or error.status_code not in (404, 412):
                        raise
                    before = None
        there, etag = time.time(), str(answer["etag"]).strip('"')
        digests = hashlib.md5(data, usedforsecurity=False).hexdigest(), hashlib.sha256(data).hexdigest()
        modified = answer["last_modified"]
        version = Version(self.guid, self._number, name, etag, *digests, len(data), modified, began, there)
        self._journal.wrote(version, before)
        self._etags[name] = etag
        return etag

    @contextmanager
    def _protected(self, path: str | None) -> Iterator[None]:
        """A blob that storage gives away to nobody until the night is over."""
        if path is None:
            yield
            return
        state: State = self._random.choice(("immutable", "legalHold", "snapshots"))
        self._stack.gate.states.set("sds-drop", path, state)
        try:
            yield
        finally:
            self._stack.gate.states.set("sds-drop", path, None)

    @contextmanager
    def _leased(self, name: str) -> Iterator[None]:
        """Somebody is still writing the file, for a while after the others have come."""
        with self._blobs.get_blob_client("sds-drop", f"{self.guid}/{name}") as blob:
            try:
                lease = blob.acquire_lease()
            except ResourceNotFoundError:  # taken already
                yield
                return
            try:
                yield
            finally:
                lease.release()

    def _is_idle(self) -> bool:
        """Whether nothing of this profile is on its way, so that it may become not ready without doing anyone wrong."""
        with self._blobs.get_container_client("sds-drop") as inbox:
            if any(True for _ in inbox.list_blob_names(name_starts_with=f"{self.guid}/")):
                return False
        return not busy(collect.records(self._blobs, self.guid))

    def _wait_for_word(self, told: int, stop: threading.Event) -> None:
        deadline = time.monotonic() + PATIENCE
        while time.monotonic() < deadline and not stop.is_set():
            now, rests = self._stories(self.guid)
            if now > told and rests:
                return
            stop.wait(0.2)

    def _service(self, before_ready: list[dict[str, Any]]) -> None:
        """What the service is like from now on: perhaps not ready yet."""
        sync = [{"state": "inProgress", "seconds": self._random.uniform(0.1, 1)}, {"state": "success"}]
        words = {"provisioning": "notReady", "provisioned": "ready"}
        steps = [*before_ready, {"state": "provisioned"}]
        flow = [step | {"state": words[step["state"]]} for step in steps]
        with_check = {"states": [{"state": "succeeded"}]}
        self._emulator.load_scenario(
            {
                "profiles": [{"id": self.guid, "sync": sync, "states": steps}],
                "flows": [{"id": self.guid, "validate": with_check, "states": flow}],
            }
        )
