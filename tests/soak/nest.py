"""`python -m tests.soak.nest`: functions hosts by fork, so that a killed one is up again in a fraction of a second.

What a host imports is imported once, here; each host is a fork that goes on as `python -m local.host` would. One JSON
object a line on standard input is a wish, one on standard output its answer: `start` (number, options, log, ready),
`kill` (number), `look` (number). All hosts end when this process does.
"""

import importlib
import json
import os
import signal
import sys
from pathlib import Path
from typing import Any

HEAVY = (
    "azure.durable_functions",
    "azure.functions",
    "azure.identity",
    "azure.storage.blob",
    "azure.storage.queue",
    "azurefunctions.extensions.bindings.blob",
    "httpx",
    "local.host.__main__",
    "local.host.host",
    "poll_state.orchestrator",
    "shared.azure_store",
    "shared.guard.judge",
    "shared.sds.classic",
    "shared.sds.industry_data",
    "shared.steps",
    "shared.verification",
)
"""None of them reads a setting or starts a thread when it is imported."""


class Nest:
    """The hosts by number. A pipe to each stays open as long as this process lives: a host ends when its closes."""

    def __init__(self, app: Path) -> None:
        self._app = app
        self._pids: dict[int, int] = {}
        self._ended: dict[int, int] = {}
        self._pipes: dict[int, int] = {}

    def start(self, wish: dict[str, Any]) -> dict[str, Any]:
        number = int(wish["number"])
        theirs, ours = os.pipe()
        pid = os.fork()
        if pid == 0:
            os.close(ours)
            self._become_host(wish, theirs)
        os.close(theirs)
        self._pids[number], self._pipes[number] = pid, ours
        return {"pid": pid}

    def kill(self, wish: dict[str, Any]) -> dict[str, Any]:
        """SIGKILL, unless it has ended by itself."""
        number = int(wish["number"])
        if self._exit_of(number, os.WNOHANG) is None:
            os.kill(self._pids[number], signal.SIGKILL)
            self._exit_of(number, 0)
        return {"exit": self._ended[number]}

    def look(self, wish: dict[str, Any]) -> dict[str, Any]:
        return {"exit": self._exit_of(int(wish["number"]), os.WNOHANG)}

    def _exit_of(self, number: int, options: int) -> int | None:
        if number not in self._ended:
            pid, status = os.waitpid(self._pids[number], options)
            if pid == 0:
                return None
            self._ended[number] = os.waitstatus_to_exitcode(status)
            os.close(self._pipes.pop(number))
        return self._ended[number]

    def _become_host(self, wish: dict[str, Any], stdin: int) -> None:
        code = 1
        try:
            os.setsid()
            for pipe in self._pipes.values():
                os.close(pipe)
            log = os.open(wish["log"], os.O_WRONLY | os.O_CREAT | os.O_APPEND, 0o600)
            ready = os.open(wish["ready"], os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600)
            for source, target in ((stdin, 0), (ready, 1), (log, 2)):
                os.dup2(source, target)
                os.close(source)
            from local.host.__main__ import main

            code = main(["--app", str(self._app), "--with-parent", *wish["options"]])
        except BaseException as error:  # noqa: BLE001 - a fork must never go on as its parent
            os.write(2, f"the host could not go on: {error!r}\n".encode())
        os._exit(code)


def serve() -> None:
    """Fulfil wishes until standard input ends."""
    for name in HEAVY:
        importlib.import_module(name)
    nest = Nest(Path(__file__).parents[2])
    wishes = os.fdopen(os.dup(0), "r", encoding="utf-8")
    answers = os.fdopen(os.dup(1), "w", encoding="utf-8")
    answers.write("{}\n")
    answers.flush()
    while line := wishes.readline():
        wish = json.loads(line)
        answer = {"start": nest.start, "kill": nest.kill, "look": nest.look}[wish["do"]](wish)
        answers.write(json.dumps(answer) + "\n")
        answers.flush()
    sys.exit(0)


if __name__ == "__main__":
    serve()
