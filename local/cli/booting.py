"""Booting the stack for a command, and ending it whatever happens."""

import argparse
import os
import shutil
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING

from local.child import StartError
from local.cli.ends import Failed, tidying
from local.cli.reach import reach
from shared.settings import BadSetting, Settings

if TYPE_CHECKING:
    from local.stack import Stack

LOGS = Path(__file__).parents[2] / ".cache"
_STARTS = 10


def graph_url(given: str | None) -> str | None:
    """The Graph root to use instead of the emulator. Raises Failed for no such address, or if nobody listens."""
    if given is None:
        return None
    try:
        url = Settings.load({"GRAPH_BASE_URL": given}).graph_base_url
    except BadSetting as error:
        raise Failed(str(error).replace("GRAPH_BASE_URL", f"--graph-url {given}")) from None
    reach(url, "Graph", "check --graph-url, and that it is up")
    return url


class Keeper:
    """Starts the functions host again when it ends, as Azure does. Ask it often."""

    def __init__(self, stack: "Stack", note: Callable[[str], None]) -> None:
        self._stack = stack
        self._note = note
        self._starts = 0

    def look(self) -> None:
        """Raises Failed when the host ends again and again."""
        if self._stack.host_pid is not None:
            return
        self._starts += 1
        if self._starts > _STARTS:
            raise Failed(f"the functions host ended {self._starts} times; {kept_log(self._stack)}")
        self._note("the functions host ended; starting it again")
        self._stack.restart_host()


def kept_log(stack: "Stack") -> str:
    """Keep the host's log beyond the stack's end, and say where."""
    kept = LOGS / "host.log"
    kept.parent.mkdir(exist_ok=True)
    shutil.copyfile(stack.host_log, kept)
    return f"the host's log is {kept}"


def _check_storage(note: Callable[[str], None]) -> None:
    """A DROP_STORAGE left in a shell from an earlier stack must be one clear line, not minutes of retries."""
    if not os.environ.get("DROP_STORAGE", "").strip():
        return
    from local.cli.account import check_reach, services

    blobs, queues = services(os.environ)
    with blobs, queues:
        check_reach(blobs, queues, "unset DROP_STORAGE to use the stack's own storage")
    note("using the storage account that DROP_STORAGE names, not the stack's own")


@contextmanager
def booted(arguments: argparse.Namespace, note: Callable[[str], None]) -> "Iterator[Stack]":
    """The stack that the command's arguments ask for, while the block runs; `note` gets remarks for a person.

    Raises Failed if it doesn't start.
    """
    graph = graph_url(arguments.graph_url)
    _check_storage(note)
    from local.stack import Stack

    try:
        stack = Stack(
            api=arguments.api or "classic",
            # What is asked for on the command line goes before the environment, which goes before the stack's own.
            settings={"SDS_API": arguments.api} if arguments.api else None,
            graph_url=graph,
            data=getattr(arguments, "data", None),
            scenario=arguments.scenario,
            chaos=arguments.chaos,
            events=not arguments.no_events,
        )
        with stack, tidying():
            yield stack
    except StartError as error:
        raise Failed(f"the local stack did not start: {error}") from None
