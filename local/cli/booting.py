"""Booting the stack for a command, and ending it whatever happens."""

import argparse
import os
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING
from urllib.request import getproxies

from local.child import StartError
from local.cli.ends import Failed, hold_signals
from local.cli.reach import reach
from local.files import write_private
from local.surroundings import foreign
from shared.settings import BadSetting, Settings, on_this_machine

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
        raise Failed(str(error).replace("GRAPH_BASE_URL", "--graph-url")) from None
    if on_this_machine(url) or not getproxies():  # through a proxy, the address itself needn't be reached
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
    write_private(kept, stack.host_log.read_bytes())
    return f"the host's log is {kept}"


def note_foreign(note: Callable[[str], None]) -> None:
    """A storage account or identity left in a shell is not used, and that is said in one line."""
    if names := foreign(os.environ):
        what = "is" if len(names) == 1 else "are"
        note(f"{', '.join(names)} of this shell {what} not used: the local stack has a storage and identity of its own")


@contextmanager
def booted(arguments: argparse.Namespace, note: Callable[[str], None]) -> "Iterator[Stack]":
    """The stack that the command's arguments ask for, while the block runs; `note` gets remarks for a person.

    Raises Failed if it doesn't start.
    """
    graph = graph_url(arguments.graph_url)
    note_foreign(note)
    from local.stack import Stack

    try:
        stack = Stack(
            api=arguments.api or "classic",
            # What is asked for on the command line goes before the environment, which goes before the stack's own.
            settings={"SDS_API": arguments.api} if arguments.api else None,
            graph_url=graph,
            real=arguments.yes_real,
            ending=hold_signals,
            data=getattr(arguments, "data", None),
            in_memory=False,  # a district's own files may be dropped here
            scenario=arguments.scenario,
            chaos=arguments.chaos,
            events=not arguments.no_events,
        )
        with stack:
            yield stack
    except StartError as error:
        raise Failed(f"the local stack did not start: {error}") from None
