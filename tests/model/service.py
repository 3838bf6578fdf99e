"""A classic SDS service in memory: one profile, one container, a sync that takes its time; answers can be scripted."""

from collections.abc import Callable, Iterable
from datetime import datetime, timedelta
from typing import Literal

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

    def readiness(self, profile: str) -> Reply[Readiness]:
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
            self.posts.append(dict(self.container))
        if isinstance(fault, Reply):
            return fault
        self.starts.append((self._now(), self.state(), dict(self.container)))
        started = not any(message.type == "error" for message in self.messages)
        if started:
            self.sync_started = self._now()
        self.before("started")
        if fault == "lost":
            return Reply(Answer.UNAVAILABLE, failure=Failure("timeout", "No answer."))
        return Reply(Answer.OK, Verdict(True, started, started, self.messages))

    def sync_state(self, profile: str) -> Reply[SyncState]:
        if isinstance(fault := self._call("sync_state"), Reply):
            return fault
        started = self.sync_started
        if started is not None and self._now() < started + timedelta(seconds=SYNC_SECONDS):
            return Reply(Answer.OK, SyncState("inProgress", "running", started, self.last_sync))
        if started is not None:
            self.last_sync = started + timedelta(seconds=SYNC_SECONDS)
            return Reply(Answer.OK, SyncState("success", self.ends_in, started, self.last_sync, 0))
        return Reply(Answer.OK, SyncState("success", "succeeded", self.last_sync, self.last_sync, 0))

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

    def put(self, name: str, size: int, chunks: Iterable[bytes]) -> Reply[None]:
        if isinstance(fault := self._sds._call("put"), Reply):
            return fault
        data = b"".join(chunks)
        assert len(data) == size
        self._sds.container[name] = data
        return Reply(Answer.OK)

    def close(self) -> None:
        pass
