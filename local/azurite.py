"""Azurite, Microsoft's storage emulator, as a child process on free ports."""

import os
import re
import shutil
import tempfile
import time
from pathlib import Path
from types import TracebackType

from local.child import Child, StartError

PROGRAM = Path(__file__).parent.parent / "node_modules/azurite/dist/src/azurite.js"

ACCOUNT = "devstoreaccount1"
KEY = "Eby8vdM02xNOcqFlqUwJPLlmEtlCDXJ1OUzFT50uSRZ6IFsuFq2UVErCz4I6tq/K1SZFPTOtr/KBHBeksoGMGw=="
"""Azurite's account and key are the same everywhere and public (learn.microsoft.com, "storage-use-azurite")."""

_LISTENING = re.compile(rb"Azurite (Blob|Queue) service is successfully listening at (http://127\.0\.0\.1:\d+)")

_END_WITH_PARENT = 'process.stdin.on("end",()=>process.kill(process.pid,"SIGTERM")).resume().unref()'
"""Azurite loses acknowledged writes when it is killed, so a parent's death must reach it as a SIGTERM."""


class Azurite:
    """Azurite with blobs and queues. `data` keeps the storage between starts; without it, it is temporary."""

    def __init__(self, data: Path | None = None) -> None:
        self._data = data
        self._temporary: tempfile.TemporaryDirectory[str] | None = None
        self._child: Child | None = None
        self.connection_string = ""

    def start(self, timeout: float = 60) -> "Azurite":
        """Start and wait until it answers. Raises StartError."""
        node = shutil.which("node")
        if node is None:
            raise StartError("node is not installed; Azurite, the storage emulator, needs Node.js 20 or later")
        if not PROGRAM.exists():
            raise StartError("Azurite is not installed; run: npm ci")
        if self._data is None:
            self._temporary = tempfile.TemporaryDirectory(prefix="azurite-", ignore_cleanup_errors=True)
            location = Path(self._temporary.name)
        else:
            location = self._data.absolute()
            location.mkdir(parents=True, exist_ok=True)
        command = [
            node,
            f"--import=data:text/javascript,{_END_WITH_PARENT}",
            str(PROGRAM),
            "--silent",
            "--skipApiVersionCheck",
            "--disableTelemetry",
            f"--location={location}",
            *(f"--{service}Port=0" for service in ("blob", "queue", "table")),
        ]
        try:
            with tempfile.TemporaryFile() as output:
                self._child = Child(command, stdout=output, stderr=output, directory=location)
                blob, queue = _endpoints(self._child, output.fileno(), timeout)
        except BaseException:
            self.stop()
            raise
        self.connection_string = (
            f"DefaultEndpointsProtocol=http;AccountName={ACCOUNT};AccountKey={KEY};"
            f"BlobEndpoint={blob}/{ACCOUNT};QueueEndpoint={queue}/{ACCOUNT};"
        )
        return self

    def stop(self) -> None:
        """End it with everything written. May be called more than once."""
        if self._child is not None:
            self._child.end()
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
