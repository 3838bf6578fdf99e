"""A child process in a session of its own, ended with everything that it started."""

import os
import signal
import subprocess
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import IO

from local.files import OWNER_ALONE

END_TIMEOUT = 10.0
"""Seconds from SIGTERM to SIGKILL."""


class StartError(RuntimeError):
    """Something of the local stack did not start; the message is one line for a person."""


class Child:
    """A running program. It holds a pipe as its standard input that closes when this process ends, however
    that happens, so that the program can end itself then."""

    def __init__(
        self,
        command: Sequence[str],
        stdout: IO[bytes] | int,
        stderr: IO[bytes] | int,
        environment: Mapping[str, str] | None = None,
        directory: Path | None = None,
    ) -> None:
        self._process = subprocess.Popen(
            command,
            stdin=subprocess.PIPE,
            stdout=stdout,
            stderr=stderr,
            env=environment,
            cwd=directory,
            start_new_session=True,
            umask=OWNER_ALONE,
        )
        self.pid = self._process.pid

    @property
    def stdout(self) -> IO[bytes]:
        """The reading end, if `stdout` was a pipe."""
        assert self._process.stdout is not None
        return self._process.stdout

    @property
    def exit_code(self) -> int | None:
        """None while it runs; negative for the signal that ended it."""
        return self._process.poll()

    def wait(self, timeout: float) -> int:
        """Wait for its own end. Raises subprocess.TimeoutExpired."""
        return self._process.wait(timeout)

    def kill(self) -> None:
        """SIGKILL the program alone, as a crash would; then wait for its end."""
        self._process.kill()
        self._process.wait()

    def end(self) -> None:
        """SIGTERM the whole group, wait, SIGKILL what is left. May be called more than once."""
        if self._process.poll() is None:
            self._signal(signal.SIGTERM)
            try:
                self._process.wait(END_TIMEOUT)
            except subprocess.TimeoutExpired:
                self._signal(signal.SIGKILL)
                self._process.wait()
        for pipe in (self._process.stdin, self._process.stdout):
            if pipe is not None:
                pipe.close()

    def _signal(self, number: signal.Signals) -> None:
        try:
            os.killpg(self.pid, number)
        except ProcessLookupError:
            return
