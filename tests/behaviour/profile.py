"""One profile as a behaviour sees it: its inbox, its service in the emulator, and what the queue says of it."""

import threading
import time
import uuid
from collections.abc import Callable, Mapping
from contextlib import suppress
from datetime import UTC, datetime, timedelta
from fnmatch import fnmatchcase
from typing import Any

import msgspec
from azure.core.exceptions import ResourceNotFoundError
from azure.storage.blob import BlobServiceClient

from local.emulator import Emulator
from local.emulator.log import Entry
from shared.starts import BLOB, Start, Starts

from .mailbox import Mailbox

CALLS: dict[str, dict[str, tuple[str, str]]] = {
    "classic": {
        "readiness": ("GET", "*/synchronizationprofiles/{id}"),
        "upload": ("GET", "*/{id}/uploadurl"),
        "start": ("POST", "*/{id}/start"),
        "status": ("GET", "*/{id}/profilestatus"),
    },
    "industryData": {
        "readiness": ("GET", "*/inboundflows/{id}"),
        "upload": ("GET", "*/dataconnectors/{connector}/getuploadsession"),
        "start": ("POST", "*/industrydata/runs/start"),
        "status": ("GET", "*/industrydata/runs"),
    },
}
"""The same request in both APIs, as the emulator's log and faults know it."""

QUICK_SYNC = [{"state": "inProgress", "seconds": 0.3}, {"state": "success"}]
QUICK_RUNS = [{"state": "running", "seconds": 0.3}, {"state": "completed"}]
READY = {"classic": "provisioned", "industryData": "ready"}
SECONDS = 150.0
"""How long anything is waited for."""

_FAULTS = threading.Lock()


class Profile:
    """A profile of its own, with the GUID as its key."""

    def __init__(self, api: str, emulator: Emulator, blobs: BlobServiceClient, mailbox: Mailbox) -> None:
        self.api = api
        self.guid = str(uuid.uuid4())
        self.connector = str(uuid.uuid4())
        self.blobs = blobs
        self._emulator = emulator
        self._mailbox = mailbox
        self._read = {"verification": 0, "sync": 0}
        self._before = len(emulator.log)
        self.service()

    @property
    def classic(self) -> bool:
        return self.api == "classic"

    def service(
        self, *, classic: dict[str, Any] | None = None, industry: dict[str, Any] | None = None, **runs: Any
    ) -> None:
        """Set how the service treats this profile: fields of a profile, or of a flow; `runs` are the tenant's."""
        if self.classic:
            self._emulator.load_scenario({"profiles": [{"id": self.guid, "sync": QUICK_SYNC} | (classic or {})]})
            return
        given = industry or {}
        check = {"states": [{"state": "succeeded"}]} | given.get("validate", {})
        flow = {"id": self.guid, "connector": self.connector} | given | {"validate": check}
        self._emulator.load_scenario({"flows": [flow]})
        if runs:
            self.runs(**runs)

    def runs(self, **fields: Any) -> None:
        """Set how the tenant's runs go, whoever starts them (industry data)."""
        if not self.classic:
            self._emulator.load_scenario({"runs": {"states": QUICK_RUNS, "startLimit": 10_000} | fields})

    def outlive_runs(self, seconds: float) -> None:
        """Wait until nobody in the tenant has started a run for so long."""
        starts = [entry.time for entry in self._emulator.log.entries() if entry.plain.endswith("/runs/start")]
        over = datetime.fromisoformat(max(starts)) + timedelta(seconds=seconds) if starts else datetime.now(UTC)
        while datetime.now(UTC) < over:
            threading.Event().wait(0.1)

    def state(self, *steps: dict[str, Any]) -> None:
        """Set the states that the profile goes through before its use; the first API's words are translated."""
        words = {"provisioning": "notReady", "provisioned": "ready"}
        flow = [step | {"state": words.get(step["state"], step["state"])} for step in steps]
        self.service(classic={"states": list(steps)}, industry={"states": flow})

    def fault(self, call: str, **fields: Any) -> None:
        """Have one kind of request misbehave; fields as the emulator's faults have them."""
        method, path = self._call(call)
        rule = {"name": self.guid, "method": method, "path": path} | fields
        with _FAULTS:
            self._emulator.load_scenario({"faults": [rule]})

    def calm(self) -> None:
        """Take this profile's faults away."""
        faults = self._emulator.faults
        with _FAULTS:
            faults.rules = [rule for rule in faults.rules if rule.fault.name != self.guid]
        self.runs()

    def calls(self, call: str) -> list[Entry]:
        """The requests of a kind since the behaviour began, as the emulator logged them."""
        method, path = self._call(call)
        entries = self._emulator.log.entries()[self._before :]
        return [entry for entry in entries if entry.method == method and fnmatchcase(entry.plain, path)]

    def given(self) -> list[dict[str, tuple[int, str]]]:
        """What the service had at each start (classic) or verification (industry data): size and SHA-256 by name."""
        state = self._emulator.state
        profile, flow = state.profiles.peek(self.guid), state.tenant.flows.peek(self.guid)
        files = [start.files for start in profile.starts] if profile else []
        files += [validated.files for validated in flow.validations] if flow else []
        return [{str(f["name"]): (int(str(f["size"])), str(f["sha256"])) for f in one} for one in files]

    def drop(self, files: Mapping[str, bytes], folder: str | None = None) -> None:
        """Write files into the inbox, or into another folder of the drop container."""
        for name, data in files.items():
            with self.blobs.get_blob_client("sds-drop", f"{folder or self.guid}/{name}") as blob:
                blob.upload_blob(data, overwrite=True)

    def listed(self, container: str, prefix: str) -> dict[str, int]:
        """Names below a prefix and sizes."""
        with self.blobs.get_container_client(container) as client:
            found = client.list_blobs(name_starts_with=prefix)
            return {blob.name.removeprefix(prefix): blob.size for blob in found}

    def read(self, container: str, name: str) -> bytes:
        with self.blobs.get_blob_client(container, name) as blob:
            return blob.download_blob().readall()

    @property
    def inbox(self) -> set[str]:
        return set(self.listed("sds-drop", f"{self.guid}/"))

    def remember_starts(self, number: int) -> None:
        """Write down starts as so many runs of the tenant would have left them an hour ago."""
        then = datetime.now(UTC) - timedelta(hours=1)
        starts = Starts(tuple(Start(f"another/run/{turn}", then) for turn in range(number)))
        with self.blobs.get_blob_client("sds-state", BLOB) as blob:
            blob.upload_blob(msgspec.json.encode(starts), overwrite=True)

    def forget_starts(self) -> None:
        """The twelve hours are over."""
        with self.blobs.get_blob_client("sds-state", BLOB) as blob, suppress(ResourceNotFoundError):
            blob.delete_blob()

    def verification(self, outcome: str, code: str | None = None) -> dict[str, Any]:
        """Wait for the next verification message and return its data; it must have this outcome."""
        data = self.next("verification")
        failure = data["failure"] or {}
        assert (data["outcome"], failure.get("code")) == (outcome, code), data
        assert data["api"] == self.api
        return data

    def sync(self, outcome: str) -> dict[str, Any]:
        """Wait for the next sync message and return its data; it must have this outcome."""
        data = self.next("sync")
        assert data["outcome"] == outcome, data
        return data

    def next(self, kind: str) -> dict[str, Any]:
        """Wait for the next message of a kind and return its data."""
        self._read[kind] += 1
        data: dict[str, Any] = self._mailbox.wait_for(f"/{self.guid}", kind, self._read[kind], SECONDS)["data"]
        return data

    def told(self, source: str, outcome: str, profile: str | None) -> list[dict[str, Any]]:
        """The data of all verification messages of another source; all must have this outcome and profile, no id."""
        found = [message["data"] for message in self._mailbox.of(source, "verification")]
        assert all((data["outcome"], data["profile"], data["profileId"]) == (outcome, profile, None) for data in found)
        return found

    def started(self) -> int:
        """How many starts began a sync; on industry data, whoever's they are."""
        if self.classic:
            profile = self._emulator.state.profiles.peek(self.guid)
            return sum(start.started for start in profile.starts) if profile else 0
        return sum(entry.status == 202 or entry.fault is not None for entry in self.calls("start"))

    def wait_out_the_spread(self, seconds: float) -> None:
        """Wait until what lies in the inbox is too old for a set with what comes now."""
        with self.blobs.get_container_client("sds-drop") as client:
            newest = max(blob.last_modified for blob in client.list_blobs(name_starts_with=self.guid))
        self.wait_for(lambda: (datetime.now(UTC) - newest).total_seconds() > seconds)

    def wait_for(self, condition: Callable[[], object], seconds: float = SECONDS) -> None:
        deadline = time.monotonic() + seconds
        while not condition():
            assert time.monotonic() < deadline, "the condition did not come true"
            time.sleep(0.02)

    def check_promises(self) -> None:
        """What holds for every run whatever it is about."""
        told = self._mailbox.of(f"/{self.guid}", "verification")
        assert len(told) == self._read["verification"], "a message that nobody waited for"
        started = {m["subject"] for m in told if m["data"]["outcome"] in ("started", "startedWithWarnings")}
        synced = [m["subject"] for m in self._mailbox.of(f"/{self.guid}", "sync")]
        assert set(synced) <= started
        assert len(synced) == len(set(synced))
        for entry in self.calls("upload") + (self.calls("start") if self.classic else []):
            assert entry.fault or entry.phase == READY[self.api], "used before it was ready"

    def _call(self, call: str) -> tuple[str, str]:
        method, path = CALLS[self.api][call]
        return method, path.format(id=self.guid, connector=self.connector)
