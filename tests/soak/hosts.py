"""The functions hosts of one stack: started and killed by number, several at once if need be."""

import json
import subprocess
import sys
import threading
import time
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any, Self

START_SECONDS = 60.0


class Hosts:
    """Hosts that share the stack's storage, identity and port. Runs while its `with` block does; thread-safe."""

    def __init__(self, environment: Mapping[str, str], root: Path, folder: Path) -> None:
        self._lock = threading.Lock()
        self._folder = folder
        self._count = 0
        self.log = folder / "hosts.log"
        """What all of them print."""
        self._nest = subprocess.Popen(
            [sys.executable, "-m", "tests.soak.nest"],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            cwd=root,
            env=dict(environment),
            text=True,
        )

    def start(self, *options: str) -> int:
        """Start one and give its number; it boots by itself."""
        with self._lock:
            self._count += 1
            number = self._count
        self._ask("start", number, options=options, log=str(self.log), ready=str(self._ready(number)))
        return number

    def is_ready(self, number: int) -> bool:
        """Whether it has said that it serves. Raises RuntimeError if it said that it can't."""
        line = self._ready(number).read_text(encoding="utf-8") if self._ready(number).exists() else ""
        if not line.endswith("\n"):
            return False
        said = json.loads(line)
        if not said["ready"]:
            raise RuntimeError(said["error"])
        return True

    def wait_until_ready(self, number: int) -> bool:
        """False if it ended before it served, or never did."""
        deadline = time.monotonic() + START_SECONDS
        while not self.is_ready(number):
            if self.exit_of(number) is not None or time.monotonic() > deadline:
                return False
            time.sleep(0.02)
        return True

    def exit_of(self, number: int) -> int | None:
        """Its exit code, negative for a signal; None while it runs."""
        code: int | None = self._ask("look", number)["exit"]
        return code

    def kill(self, number: int) -> int:
        """SIGKILL, if it still runs; its exit code."""
        code: int = self._ask("kill", number)["exit"]
        self._ready(number).unlink(missing_ok=True)
        return code

    def _ready(self, number: int) -> Path:
        return self._folder / f"ready-{number}"

    def _ask(self, do: str, number: int, **more: str | Sequence[str]) -> dict[str, Any]:
        with self._lock:
            assert self._nest.stdin is not None
            self._nest.stdin.write(json.dumps({"do": do, "number": number, **more}) + "\n")
            self._nest.stdin.flush()
            return self._answer()

    def _answer(self) -> dict[str, Any]:
        assert self._nest.stdout is not None
        answer: dict[str, Any] = json.loads(self._nest.stdout.readline())
        return answer

    def __enter__(self) -> Self:
        self._answer()
        return self

    def __exit__(self, *_: object) -> None:
        assert self._nest.stdin is not None
        assert self._nest.stdout is not None
        self._nest.stdin.close()
        try:
            self._nest.wait(20)
        except subprocess.TimeoutExpired:
            self._nest.kill()
            self._nest.wait()
        self._nest.stdout.close()
