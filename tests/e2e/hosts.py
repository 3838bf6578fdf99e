"""One stack whose functions host is killed, started again and made to misbehave, again and again."""

import re
import shutil
import subprocess
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager

from azure.storage.blob import BlobServiceClient

from local.host_process import HostProcess
from local.stack import ROOT, Stack
from tests.behaviour.drops import made
from tests.behaviour.mailbox import Mailbox
from tests.behaviour.profile import Profile

SETTINGS = {
    "SDS_PROFILES": "",
    "SDS_SETTLE_SECONDS": "0.3",
    "SDS_POLL_SECONDS": "0.2",
    "SDS_POLL_MAX_SECONDS": "1",
    "SDS_OPERATION_POLL_SECONDS": "0.2",
    "SDS_INCOMPLETE_AFTER_SECONDS": "60",
    "SDS_START_CONFIRM_SECONDS": "3",
    "SDS_FOLLOW_SECONDS": "60",
    "SDS_DRIVER_SECONDS": "4",
    "SDS_SWEEP_SCHEDULE": "*/2 * * * * *",
}
_BOUNDARY = re.compile(r"host\.boundary: boundary (\d+): ")


class Hosts:
    """Storage, identity and emulator stay; `start` begins another host on them."""

    def __init__(self, api: str, stack: Stack, mailbox: Mailbox, blobs: BlobServiceClient) -> None:
        assert stack.emulator is not None
        self.api = api
        self._emulator = stack.emulator
        self._stack = stack
        self._mailbox = mailbox
        self._blobs = blobs
        self._host: HostProcess | None = None
        self._log = stack.host_log

    def start(self, *options: str, die_at: str | int | None = None) -> HostProcess:
        """End the host that runs, if one does, and start one."""
        self.end()
        self._host = HostProcess(ROOT, ROOT, self._stack.environment, options, self._log)
        self._host.start(die_at)
        return self._host

    def end(self) -> None:
        if self._host is not None:
            self._host.end()

    def profile(self) -> Profile:
        return Profile(self.api, self._emulator, self._blobs, self._mailbox)

    def keep_log(self, name: str) -> None:
        """Keep what the hosts have said so far, for whoever looks into a failure."""
        shutil.copy(self._log, ROOT / ".cache" / f"host-{name}.log")

    def boundaries(self) -> int:
        """The number of the last place that the host has passed."""
        found = _BOUNDARY.findall(self._log.read_text(encoding="utf-8"))
        return int(found[-1]) if found else 0


def died(host: HostProcess, seconds: float) -> bool:
    """Wait for a host's death by its own hand; False if it still lives at the deadline."""
    try:
        return host.wait(seconds) == -9
    except subprocess.TimeoutExpired:
        return False


def is_well(profile: Profile) -> None:
    """A clean drop's end, whatever happened to the host: each message once, the files whole, one start."""
    data = profile.verification("started")
    assert profile.sync("succeeded")["runId"] == data["runId"]
    whole = {name: len(content) for name, content in made().items()}
    assert [{name: size for name, (size, _) in given.items()} for given in profile.given()][-1] == whole
    if profile.classic:
        assert len(profile.calls("start")) == 1
    assert profile.inbox == set()
    profile.check_promises()


@contextmanager
def hosts(api: str) -> Iterator[Hosts]:
    with ExitStack() as ending:
        stack = ending.enter_context(Stack(api=api, settings=SETTINGS))
        stack.kill_host()
        mailbox = ending.enter_context(Mailbox(stack.connection_string))
        blobs = ending.enter_context(BlobServiceClient.from_connection_string(stack.connection_string))
        made_up = Hosts(api, stack, mailbox, blobs)
        ending.callback(made_up.end)
        made_up.profile().runs()
        yield made_up
