"""`results`: print what is on the results queue."""

import argparse
import sys
import time

from local.cli.account import MOST, Account
from local.cli.ends import Stopped
from local.cli.message import Message
from shared.settings import Settings

_PAUSE = 0.5  # seconds between two looks with --follow


def results(arguments: argparse.Namespace) -> int:
    """Returns 0. Raises Failed."""
    seen: set[tuple[str, str]] = set()
    with Account(Settings.load()) as account:
        try:
            warned = _print_new(account, arguments, seen)
            while arguments.follow:
                time.sleep(_PAUSE)
                warned = _print_new(account, arguments, seen, warned=warned)
        except Stopped:
            if not arguments.follow:
                raise
            return 0
        if not seen:
            print("no messages on the results queue", file=sys.stderr)
    return 0


def _print_new(
    account: Account, arguments: argparse.Namespace, seen: set[tuple[str, str]], *, warned: bool = False
) -> bool:
    """Print messages not printed yet, repeats left out. Returns whether the reader was told that more are waiting."""
    while messages := account.take() if arguments.take else account.peek():
        new = [message for message in messages if message.key not in seen]
        for message in new:
            if message.key not in seen:
                seen.add(message.key)
                _print(message, as_json=arguments.json)
        if not arguments.take:
            break
    if arguments.take or warned or len(messages) < MOST:
        return warned
    waiting = account.waiting()
    print(
        f"{waiting or 'More'} messages are waiting and the queue shows the first {MOST}; --take removes what it prints",
        file=sys.stderr,
    )
    return True


def _print(message: Message, *, as_json: bool) -> None:
    if as_json:
        print(message.text, flush=True)
        return
    from local.cli.show import console, panel

    console().print(panel(message))
