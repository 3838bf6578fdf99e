"""The functions host as a child process that can be killed and started again."""

import json
import os
import select
import subprocess
import sys
import time
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

from local.child import Child, StartError
from local.files import open_private

PORT = "ROSTERDROP_HOST_PORT"
KEYS = {"function": "ROSTERDROP_FUNCTION_KEY", "blobs": "ROSTERDROP_BLOBS_KEY"}
"""Environment variables by which the host is told its port and its keys, so that they outlive it."""

START_TIMEOUT = 60.0
"""Seconds for importing and indexing the app."""


class HostProcess:
    """`python -m local.host` with the app in `app`, run from `root`; its output is appended to `log`."""

    def __init__(
        self, app: Path, root: Path, environment: Mapping[str, str], options: Sequence[str], log: Path
    ) -> None:
        self._command = [sys.executable, "-m", "local.host", "--app", str(app), "--with-parent", *options]
        self._root = root
        self._environment = environment
        self._child: Child | None = None
        self._die_at: str | int | None = None
        self.log = log
        self.served: dict[str, Any] = {}
        """What it said when it was ready: `port`, `functions`, and `sources` of its blob triggers."""

    @property
    def pid(self) -> int | None:
        """None while it doesn't run."""
        return self._child.pid if self._child is not None and self._child.exit_code is None else None

    def start(self, die_at: str | int | None = None) -> None:
        """Start it and wait until it serves. Raises StartError with the host's own reason.

        With `die_at` it may die before it says that it serves; that is no error.
        """
        self.begin(die_at)
        self.wait_until_ready()

    def begin(self, die_at: str | int | None = None) -> None:
        """Start it; `wait_until_ready` must follow."""
        command = [*self._command, *(("--die-at", str(die_at)) if die_at is not None else ())]
        self._die_at = die_at
        with os.fdopen(open_private(self.log, append=True), "ab") as log:
            self._child = Child(command, subprocess.PIPE, log, self._environment, self._root)

    def wait_until_ready(self) -> None:
        """Wait until it serves. Raises StartError, as `start` does."""
        assert self._child is not None
        line = _first_line(self._child, START_TIMEOUT)
        if not line and self._die_at is not None:
            return
        if not line:
            code = self._child.exit_code
            self._child.end()
            raise StartError(f"the functions host {_reason(code)}: {_last_line(self.log)}")
        said = json.loads(line)
        if not said["ready"]:
            self._child.end()
            raise StartError(said["error"])
        self.served = said

    def wait(self, timeout: float) -> int:
        """Wait for its own end and return its exit code. Raises subprocess.TimeoutExpired."""
        assert self._child is not None
        return self._child.wait(timeout)

    def kill(self) -> None:
        """SIGKILL."""
        if self._child is not None:
            self._child.kill()

    def end(self) -> None:
        """SIGTERM, and wait. May be called more than once."""
        if self._child is not None:
            self._child.end()


def _first_line(child: Child, timeout: float) -> bytes:
    """What it says first on standard output; empty if it ends before, or says nothing in time."""
    line, deadline = b"", time.monotonic() + timeout
    while not line.endswith(b"\n"):
        readable, _, _ = select.select([child.stdout], [], [], max(0.0, deadline - time.monotonic()))
        read = os.read(child.stdout.fileno(), 65536) if readable else b""
        if not read:
            return b""
        line += read
    return line


def _reason(code: int | None) -> str:
    return "did not answer" if code is None else f"ended with {code}"


def _last_line(log: Path) -> str:
    lines = log.read_text(encoding="utf-8", errors="replace").strip().splitlines()
    return lines[-1] if lines else "it printed nothing"
