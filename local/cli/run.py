"""`run`: boot the stack, drop a folder, wait for what the queue says about it, stop."""

import argparse
import sys
import time
from collections.abc import Sequence
from datetime import datetime

import msgspec

from local.cli.account import Account, below_account
from local.cli.booting import Keeper, booted, kept_log
from local.cli.display import Display
from local.cli.ends import Failed
from local.cli.folder import folder
from local.cli.message import Message
from local.cli.progress import Progress
from local.cli.verdict import SYNCED, exit_code
from shared.folder import Folder
from shared.inbox import UNADDRESSED, key_of
from shared.record import Record
from shared.settings import Settings

_PAUSE = 0.15  # seconds between two looks at queue and record
_STAMP = "%Y%m%dT%H%M%SZ"


class Watch:
    """What is known of the run that our files become: only messages and records of that run count."""

    def __init__(self, account: Account, profile: str, progress: Progress) -> None:
        key = key_of(f"{profile}/")
        self._account = account
        self._progress = progress
        self._key = key
        # Files that can be nobody's are announced without a profile.
        self._sources = (account.inbox, account.inbox if key == UNADDRESSED else f"{account.inbox}/{key}")
        self._landed = ""
        self._seen: set[tuple[str, str]] = set()
        self.messages: list[Message] = []

    @property
    def verification(self) -> Message | None:
        return self._first("verification")

    @property
    def sync(self) -> Message | None:
        return self._first("sync")

    @property
    def held(self) -> bool:
        """A run waits for a person."""
        return self._first("held") is not None

    def landed(self, newest: datetime) -> None:
        """A run's id begins with the newest Last-Modified of its files, so older runs can be told apart."""
        self._landed = newest.strftime(_STAMP)

    def is_ours(self, run_id: str) -> bool:
        return run_id[: len(self._landed)] >= self._landed

    def look(self, *, followed: bool) -> Sequence[Message]:
        """Take in queue and record; returns the messages that are new, repeats left out."""
        found = []
        for message in self._account.take(self._wanted):
            if message.key not in self._seen:
                self._seen.add(message.key)
                self.messages.append(message)
                found.append(message)
        now = time.monotonic()
        if record := self._record():
            self._progress.see(record, self.is_ours, now)
        if self.verification and self.verification in found:
            outcome = self.verification.outcome
            uploaded = bool((self.verification.data.get("times") or {}).get("uploaded"))
            self._progress.heard(outcome, now, followed=followed and outcome in SYNCED, uploaded=uploaded)
        if self.sync and self.verification:
            self._progress.synced(self.sync.outcome, now)
        return found

    def _wanted(self, message: Message) -> bool:
        return below_account(message.source) in self._sources and self.is_ours(message.subject)

    def _record(self) -> Record | None:
        text = self._account.record(self._key)
        try:
            return msgspec.json.decode(text, type=Record) if text else None
        except msgspec.DecodeError:
            return None

    def _first(self, kind: str) -> Message | None:
        return next((message for message in self.messages if message.kind == kind), None)


def run(arguments: argparse.Namespace) -> int:
    """Returns the exit code. Raises Failed."""
    deadline = time.monotonic() + arguments.timeout
    files = folder(arguments.drop)
    settings = Settings.load()
    wants_sync = arguments.wait == "sync" and settings.follow > 0
    with Display("Booting the local stack") as display, booted(arguments, display.note) as stack:
        profile = arguments.profile or next(iter(stack.profiles))
        with Account(settings, {"DROP_STORAGE": stack.connection_string}) as account:
            progress = Progress(time.monotonic())
            display.follow(f"{arguments.drop} → {settings.drop_container}/{profile}", progress.rows)
            watch = Watch(account, profile, progress)
            _drop(files, account, profile, watch, display, progress)
            keeper = Keeper(stack, display.note)
            while not _done(watch, wants_sync):
                keeper.look()
                if time.monotonic() > deadline:
                    what = f"no result within {arguments.timeout:g} s; it was {progress.waiting_for}"
                    raise Failed(f"{what}; {kept_log(stack)}")
                for message in watch.look(followed=wants_sync):
                    if arguments.json:
                        print(message.text, flush=True)
                display.update()
                time.sleep(_PAUSE)
        display.update()
    if not arguments.json:
        _print(watch.messages)
    return exit_code(
        watch.verification.outcome if watch.verification else None,
        watch.sync.outcome if watch.sync else None,
        held=watch.held,
    )


def _drop(files: Folder, account: Account, profile: str, watch: Watch, display: Display, progress: Progress) -> None:
    for note in files.notes:
        display.note(note)
    watch.landed(max(account.drop(file, profile) for file in files.files))
    progress.dropped(time.monotonic(), f"{len(files.files)} files, {files.size:,} bytes")
    display.update()


def _done(watch: Watch, wants_sync: bool) -> bool:
    verification = watch.verification
    if verification is None:
        return watch.held
    return watch.sync is not None or not (wants_sync and verification.outcome in SYNCED)


def _print(messages: Sequence[Message]) -> None:
    from local.cli.show import console, panel, summary

    out = console()
    for message in messages:
        out.print(panel(message))
    out.print(summary(messages))
    out.print("To keep a stack and see its status page: python -m local up")
    sys.stdout.flush()
