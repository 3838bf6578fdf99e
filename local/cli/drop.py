"""`drop`: put a folder's files into a profile's inbox."""

import argparse
import sys

from local.cli.account import Account
from local.cli.folder import folder
from shared.settings import Settings
from shared.text import visible


def drop(arguments: argparse.Namespace) -> int:
    """Returns 0. Raises Failed."""
    files = folder(arguments.directory)
    settings = Settings.load()
    profile = arguments.profile or next(iter(settings.profiles), None) or _stacks_own()
    for note in files.notes:
        print(f"note: {visible(note)}", file=sys.stderr)
    with Account(settings) as account:
        for file in files.files:
            account.drop(file, profile)
            where = visible(f"{settings.drop_container}/{profile}/{file.name}")
            print(f"{where}\t{file.stat().st_size} bytes", flush=True)
    return 0


def _stacks_own() -> str:
    from local.stack import PROFILE

    return PROFILE
