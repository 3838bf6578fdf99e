"""A classic SDS service in memory: one profile, one container, a sync that takes its time; answers can be scripted."""

from collections.abc import Callable, Iterable
from datetime import datetime, timedelta
from typing import Literal

from msgspec.structs import replace

from shared.sds.evidence import fresh
from shared.sds.port import (
    Answer,
    ErrorPage,
    Failure,
    Readiness,
    Reply,
    ServiceMessage,
    SyncState,
    Upload,
    Verdict,
)
from shared.sds.runs import state_of

SYNC_SECONDS = 600


class MemorySds:
    """`shared.sds.port.Sds` without HTTP. `faults` holds answers to give instead, next first, by call."""

    api: Literal["classic", "industryData"] = "classic"
    verifies_apart = False
    starts_allowed: tuple[int, float] | None = None
    poll_at_least = 0.0

    def __init__(self, now: Callable[[], datetime]) -> None:
        self._now = now
        self.before: Callable[[str], None] = lambda call: None
        self.state: Callable[[], str] = lambda: "provisioned"
        self.container: dict[str, bytes] = {}
        self.calls: list[tuple[datetime, str]] = []
        self.starts: list[tuple[datetime, str, dict[str, bytes]]] = []
        self.posts: list[dict[str, bytes]] = []
        self.faults: dict[str, list[Reply | Literal["lost"]]] = {}
        self.messages: tuple[ServiceMessage, ...] = ()
        self.sync_started: datetime | None = None
        self.last_sync: datetime = now() - timedelta(hours=20)
        self.ends_in: Literal["succeeded", "failed", "succeededWithErrors"] = "succeeded"

    def _call(self, name: str) -> Reply | Literal["lost"] | None:
        self.before(name)
        self.calls.append((self._now(), name))
        waiting = self.faults.get(name)
        return waiting.pop(0) if waiting else None

    def _files(self) -> dict[str, bytes]:
        """What a start would sync."""
        return self.container

    def readiness(self, profile: str, file_format: str | None = None) -> Reply[Readiness]:
        if isinstance(fault := self._call("readiness"), Reply):
            return fault
        state = self.state()
        usable = {"provisioned": "ready", "provisioningFailed": "never"}.get(state, "wait")
        return Reply(Answer.OK, Readiness(state, usable))

    def open_upload(self, profile: str) -> Reply[Upload]:
        if isinstance(fault := self._call("open_upload"), Reply):
            return fault
        return Reply(Answer.OK, _Upload(self))

    def verify(self, profile: str) -> Reply[str]:
        raise AssertionError("the classic service verifies on start")

    def verification(self, profile: str, operation: str, files: tuple[str, ...]) -> Reply[Verdict]:
        raise AssertionError("the classic service verifies on start")

    def start(self, profile: str) -> Reply[Verdict]:
        fault = self._call("start")
        if not (isinstance(fault, Reply) and fault.answer is Answer.THROTTLED):
            self.posts.append(dict(self._files()))
        if isinstance(fault, Reply):
            return fault
        self.starts.append((self._now(), self.state(), dict(self._files())))
        started = not any(message.type == "error" for message in self.messages)
        if started:
            self.sync_started = self._now()
        self.before("started")
        if fault == "lost":
            return Reply(Answer.UNAVAILABLE, failure=Failure("timeout", "No answer."))
        return Reply(Answer.OK, Verdict(True, started, started, self.messages))

    def sync_state(self, profile: str, before: SyncState | None = None) -> Reply[SyncState]:
        fault = self._call("sync_state")
        if isinstance(fault, Reply) and fault.value is None:
            return fault
        state = fault.value if isinstance(fault, Reply) and fault.value is not None else self._state()
        return Reply(Answer.OK, replace(state, fresh=before is not None and fresh(before, state), seen=self._now()))

    def _state(self) -> SyncState:
        started = self.sync_started
        if started is not None and self._now() < started + timedelta(seconds=SYNC_SECONDS):
            return SyncState("inProgress", "running", started, self.last_sync)
        if started is not None:
            self.last_sync = started + timedelta(seconds=SYNC_SECONDS)
            return SyncState("success", self.ends_in, started, self.last_sync, 0)
        return SyncState("success", "succeeded", self.last_sync, self.last_sync, 0)

    def start_operation(self, profile: str, operation: str) -> Reply[Verdict]:
        raise AssertionError("no start here names an operation")

    def sync_errors(self, profile: str, page: str | None = None) -> Reply[ErrorPage]:
        if isinstance(fault := self._call("sync_errors"), Reply):
            return fault
        return Reply(Answer.OK, ErrorPage(()))

    def statistics(self, profile: str, run: str) -> Reply[dict[str, object]]:
        return Reply(Answer.NOT_FOUND)

    def close(self) -> None:
        pass


class _Upload:
    def __init__(self, sds: MemorySds) -> None:
        self._sds = sds
        self._session = getattr(sds, "session", 0)
        self.expires: datetime | None = None

    def put(self, name: str, size: int, chunks: Iterable[bytes]) -> Reply[None]:
        if isinstance(fault := self._sds._call("put"), Reply):
            return fault
        data = b"".join(chunks)
        if self._session != getattr(self._sds, "session", 0):
            return Reply(Answer.FORBIDDEN)
        assert len(data) == size
        self._sds.container[name] = data
        return Reply(Answer.OK)

    def close(self) -> None:
        pass


class MemoryIndustryData(MemorySds):
    """The successor: verification is apart, asynchronous, and ends the upload session."""

    api: Literal["classic", "industryData"] = "industryData"
    verifies_apart = True
    starts_allowed = (50, 43_200.0)
    poll_at_least = 5.0

    def __init__(self, now: Callable[[], datetime]) -> None:
        super().__init__(now)
        self.session = 0
        self._operations: dict[str, tuple[datetime, dict[str, bytes]]] = {}
        self._accepted: dict[str, bytes] = {}
        self.runs: list[dict[str, str]] = []
        self.session_seconds = 3600.0

    def open_upload(self, profile: str) -> Reply[Upload]:
        opened = super().open_upload(profile)
        if opened.value is not None:
            self.container.clear()
            self.session += 1
            upload = _Upload(self)
            upload.expires = self._now() + timedelta(seconds=self.session_seconds)
            return Reply(Answer.OK, upload)
        return opened

    def verify(self, profile: str) -> Reply[str]:
        fault = self._call("verify")
        if isinstance(fault, Reply):
            return fault
        operation = f"operation-{len(self._operations)}"
        self._operations[operation] = (self._now(), dict(self.container))
        self.container.clear()
        self.before("verifying")
        if fault == "lost":
            return Reply(Answer.UNAVAILABLE, failure=Failure("timeout", "No answer."))
        return Reply(Answer.OK, operation)

    def verification(self, profile: str, operation: str, files: tuple[str, ...]) -> Reply[Verdict]:
        if isinstance(fault := self._call("verification"), Reply):
            return fault
        asked, validated = self._operations[operation]
        if self._now() < asked + timedelta(seconds=12):
            return Reply(Answer.OK, Verdict(False))
        missing = [name for name in files if name not in validated]
        if missing:
            messages = tuple(ServiceMessage("error", name, "RequiredFileNotFound") for name in missing)
            return Reply(Answer.OK, Verdict(True, messages=messages))
        self._accepted = validated
        return Reply(Answer.OK, Verdict(True, accepted=True))

    def start(self, profile: str) -> Reply[Verdict]:
        before = len(self.starts)
        reply = super().start(profile)
        if len(self.starts) > before:
            self._run("ours")
        return reply

    def others_start(self) -> None:
        """A run that nobody here asked for: by the service's schedule, or in the portal."""
        self._run("theirs")

    def _run(self, whose: str) -> None:
        self.runs.append({"id": f"{whose}-{len(self.runs)}", "startDateTime": self._now().isoformat()})

    def sync_state(self, profile: str, before: SyncState | None = None) -> Reply[SyncState]:
        if isinstance(fault := self._call("sync_state"), Reply):
            return fault
        state = state_of([self._told(run) for run in self.runs], before)
        return Reply(Answer.OK, replace(state, seen=self._now()))

    def _told(self, run: dict[str, str]) -> dict[str, object]:
        end = datetime.fromisoformat(run["startDateTime"]) + timedelta(seconds=SYNC_SECONDS)
        if self._now() < end:
            return {**run, "status": "running"}
        ended = {"succeeded": "completed", "failed": "failed", "succeededWithErrors": "completedWithErrors"}
        status = ended[self.ends_in if run["id"].startswith("ours") else "failed"]
        return {**run, "status": status, "endDateTime": end.isoformat()}

    def _files(self) -> dict[str, bytes]:
        return self._accepted
