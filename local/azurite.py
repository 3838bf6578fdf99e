"""Azurite, Microsoft's storage emulator, as a child process on free ports."""

import os
import re
import shutil
import tempfile
import time
from pathlib import Path
from types import TracebackType
from typing import IO

from local.certificates import Certificates
from local.child import Child, StartError
from local.files import private_folder

PROGRAM = Path(__file__).parent.parent / "node_modules/azurite/dist/src/azurite.js"

ACCOUNT = "devstoreaccount1"
KEY = "Eby8vdM02xNOcqFlqUwJPLlmEtlCDXJ1OUzFT50uSRZ6IFsuFq2UVErCz4I6tq/K1SZFPTOtr/KBHBeksoGMGw=="
"""Azurite's account and key are the same everywhere and public (learn.microsoft.com, "storage-use-azurite")."""

_LISTENING = re.compile(rb"Azurite (Blob|Queue) service is successfully listening at (https?://127\.0\.0\.1:\d+)")

_END_WITH_PARENT = 'process.stdin.on("end",()=>process.kill(process.pid,"SIGTERM")).resume().unref()'
"""Azurite loses acknowledged writes when it is killed, so a parent's death must reach it as a SIGTERM."""


_KEEP_ALL = "".join(
    f'import {name} from "{(PROGRAM.parent / kind / "gc" / f"{name}.js").absolute().as_uri()}";'
    f"{name}.default.prototype.markSweep=async()=>{{}};"
    for kind, name in (("blob", "BlobGCManager"), ("queue", "QueueGCManager"))
)
"""In memory, Azurite's collector may throw away what was just written and is not yet named: a message was lost so, once
in some hours. What it would free ends with the process anyway."""

_KEEP_ALIVE = 86400
"""Seconds that it keeps an idle connection; one that it closes just as a request comes would look like a fault."""


def connection_string(blob: str, queue: str) -> str:
    """The account at these two addresses, by its key."""
    return (
        f"DefaultEndpointsProtocol={blob.partition(':')[0]};AccountName={ACCOUNT};AccountKey={KEY};"
        f"BlobEndpoint={blob}/{ACCOUNT};QueueEndpoint={queue}/{ACCOUNT};"
    )


class Azurite:
    """Azurite with blobs and queues. `data` keeps the storage between starts; without it, it is temporary.

    With certificates it speaks HTTPS and takes bearer tokens, whose claims it checks, besides its key.
    """

    def __init__(self, data: Path | None = None, certificates: Certificates | None = None) -> None:
        self._data = data
        self._certificates = certificates
        self._temporary: tempfile.TemporaryDirectory[str] | None = None
        self._output: IO[bytes] | None = None
        self._child: Child | None = None
        self.blob = ""
        self.queue = ""

    @property
    def connection_string(self) -> str:
        """The account by its key."""
        return connection_string(self.blob, self.queue)

    def start(self, timeout: float = 60) -> "Azurite":
        """Start and wait until it answers. Raises StartError."""
        self.begin()
        return self.wait(timeout)

    def begin(self) -> None:
        """Start it; `wait` must follow. Raises StartError."""
        node = shutil.which("node")
        if node is None:
            raise StartError("node is not installed; Azurite, the storage emulator, needs Node.js 20 or later")
        if not PROGRAM.exists():
            raise StartError("Azurite is not installed; run: npm ci")
        if self._data is None:
            self._temporary = tempfile.TemporaryDirectory(prefix="azurite-", ignore_cleanup_errors=True)
            location = Path(self._temporary.name)
        else:
            location = private_folder(self._data.absolute())
        command = [
            node,
            f"--import=data:text/javascript,{_END_WITH_PARENT}",
            *((f"--import=data:text/javascript,{_KEEP_ALL}",) if self._temporary else ()),
            str(PROGRAM),
            "--silent",
            "--skipApiVersionCheck",
            "--disableTelemetry",
            *(("--inMemoryPersistence",) if self._temporary else (f"--location={location}",)),
            *(f"--{service}Port=0" for service in ("blob", "queue", "table")),
            *(f"--{service}KeepAliveTimeout={_KEEP_ALIVE}" for service in ("blob", "queue")),
        ]
        if secure := self._certificates:
            command += [f"--cert={secure.certificate}", f"--key={secure.key}", "--oauth=basic"]
        self._output = tempfile.TemporaryFile()  # noqa: SIM115 - read until it serves, closed by `stop`
        try:
            self._child = Child(command, stdout=self._output, stderr=self._output, directory=location)
        except BaseException:
            self.stop()
            raise

    def wait(self, timeout: float = 60) -> "Azurite":
        """Wait until it answers. Raises StartError; then it has ended."""
        assert self._child is not None
        assert self._output is not None
        try:
            self.blob, self.queue = _endpoints(self._child, self._output.fileno(), timeout)
        except BaseException:
            self.stop()
            raise
        return self

    def stop(self) -> None:
        """End it with everything written. May be called more than once."""
        if self._child is not None:
            self._child.end()
        if self._output is not None:
            self._output.close()
        if self._temporary is not None:
            self._temporary.cleanup()

    def __enter__(self) -> "Azurite":
        return self.start()

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.stop()


def _endpoints(child: Child, output: int, timeout: float) -> tuple[str, str]:
    """Where blobs and queues are, from what Azurite prints once its listeners are open."""
    deadline = time.monotonic() + timeout
    while True:
        printed = os.pread(output, 65536, 0)
        found = {kind: url.decode() for kind, url in _LISTENING.findall(printed)}
        if len(found) == 2:
            return found[b"Blob"], found[b"Queue"]
        if child.exit_code is not None:
            lines = printed.decode(errors="replace").strip().splitlines()
            raise StartError(f"Azurite ended with {child.exit_code}: {lines[-1] if lines else 'no output'}")
        if time.monotonic() > deadline:
            raise StartError(f"Azurite did not answer within {timeout:g} s")
        time.sleep(0.02)
