"""`python -m local.host --app DIR`: run a function app on this machine.

One JSON line on standard output says when it is ready (`{"ready": true, …}`) or why it can't be
(`{"ready": false, "error": …}`, also on standard error; exit code 1). Everything else, also what the app prints,
goes to standard error. SIGTERM and SIGINT end it.
"""

import asyncio
import gc
import json
import logging
import os
import signal
import sys
import threading
import time
from collections.abc import Sequence
from dataclasses import asdict
from pathlib import Path
from typing import IO

from local.child import StartError
from local.host.host import Keys, Options, Ready, run
from local.host_process import KEYS, PORT
from shared.arguments import Parser
from shared.text import visible

_PATIENCE = 8.0
"""Seconds that the host has to end when its parent has gone."""


def main(arguments: Sequence[str] | None = None) -> int:
    """Run the host and return its exit code."""
    parser = Parser(prog="python -m local.host", description="Run a function app.")
    parser.add_argument("--app", type=Path, required=True, help="the folder of function_app.py and host.json")
    parser.add_argument("--no-events", action="store_true", help="lose every event")
    parser.add_argument("--chaos", type=int, metavar="SEED", help="misbehave as the real host may")
    parser.add_argument("--die-at", metavar="PLACE", help="kill the process at a boundary: N, PLACE or PLACE#N")
    parser.add_argument("--with-parent", action="store_true", help="end when standard input closes")
    parser.add_argument("--log-level", default="INFO", choices=["DEBUG", "INFO", "WARNING", "ERROR"])
    given = parser.parse_args(arguments)
    _log(given.log_level)
    gc.disable()  # importing and indexing an app makes no garbage to speak of, and looking for it takes a tenth of it
    options = Options(given.app.resolve(), not given.no_events, given.chaos, given.die_at, *_door())
    with _own_stdout() as stdout:
        try:
            clean = asyncio.run(_serve(options, stdout, given.with_parent))
        except StartError as error:
            print(json.dumps({"ready": False, "error": str(error)}), file=stdout, flush=True)
            print(visible(error), file=sys.stderr)
            return 1
    if not clean:
        # A function that runs in a thread can't be stopped, and the interpreter would wait for it.
        logging.getLogger("host").warning("ended while functions were running")
        logging.shutdown()
        os._exit(0)
    return 0


async def _serve(options: Options, stdout: IO[str], with_parent: bool) -> bool:
    stop = asyncio.Event()
    loop = asyncio.get_running_loop()
    for number in (signal.SIGTERM, signal.SIGINT):
        loop.add_signal_handler(number, stop.set)
    if with_parent:
        threading.Thread(target=_wait_for_parent, args=(loop, stop), name="parent", daemon=True).start()

    def ready(served: Ready) -> None:
        gc.freeze()
        gc.enable()
        print(json.dumps({"ready": True, "pid": os.getpid(), **asdict(served)}), file=stdout, flush=True)

    return await run(options, ready, stop)


def _door() -> tuple[Keys, int]:
    """Keys and port from the environment, where the app and what it starts don't see them any more."""
    keys = {name: os.environ.pop(variable) for name, variable in KEYS.items() if variable in os.environ}
    return Keys(**keys), int(os.environ.pop(PORT, "0"))


def _wait_for_parent(loop: asyncio.AbstractEventLoop, stop: asyncio.Event) -> None:
    while os.read(0, 4096):
        pass
    loop.call_soon_threadsafe(stop.set)
    time.sleep(_PATIENCE)
    os._exit(1)  # storage ended with the parent, too: a thread may go on asking it for a minute


def _own_stdout() -> IO[str]:
    """The standard output for this module alone; whatever else is printed goes to standard error."""
    own = os.fdopen(os.dup(1), "w", encoding="utf-8")
    os.dup2(2, 1)
    return own


def _log(level: str) -> None:
    logging.basicConfig(level=level, format="%(asctime)s %(levelname)s %(name)s: %(message)s", stream=sys.stderr)
    if level != "DEBUG":
        # Ten lines for each listing of a watched container, two for each turn of an orchestrator.
        for talkative in ("azure.core", "azure.identity", "azure.functions", "azure.durable_functions"):
            logging.getLogger(talkative).setLevel(logging.WARNING)


if __name__ == "__main__":
    sys.exit(main())
