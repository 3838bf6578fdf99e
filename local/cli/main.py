"""From a command line to an exit code."""

import argparse
import io
import os
import sys
from collections.abc import Callable, Sequence
from contextlib import ExitStack
from importlib import import_module

from local.cli.arguments import parse
from local.cli.ends import Failed, Stopped, stdout_kept, stoppable, stopped_in

_MODULES = dict.fromkeys(("approve", "reject", "retry", "pause", "resume"), "wish")
"""Where a command is that has no module of its own name."""


def main(arguments: Sequence[str] | None = None) -> int:
    """Run one command and return its exit code; argparse exits by itself with 2."""
    if isinstance(sys.stdout, io.TextIOWrapper):  # what the terminal has no letter for is no reason to stop
        sys.stdout.reconfigure(errors="backslashreplace")
    try:
        return _run(*parse(arguments))
    except BrokenPipeError:  # `... | head`: nobody reads any more, and Python's own last flush must not complain
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
        return 1


def _run(parser: argparse.ArgumentParser, parsed: argparse.Namespace) -> int:
    from shared.settings import BadSetting
    from shared.text import visible

    command: Callable[..., int] = getattr(
        import_module(f"local.cli.{_MODULES.get(parsed.command, parsed.command)}"), parsed.command
    )
    with ExitStack() as stack:
        stack.enter_context(stoppable())
        if getattr(parsed, "json", False):
            stack.enter_context(stdout_kept())
        try:
            return command(parsed)
        except (Failed, BadSetting) as error:
            print(f"{parser.prog} {parsed.command}: {visible(error)}", file=sys.stderr)
            return 1
        except (Stopped, ImportError) as error:
            stopped = error if isinstance(error, Stopped) else stopped_in(error)
            print(f"{parser.prog} {parsed.command}: stopped", file=sys.stderr)
            return stopped.code
