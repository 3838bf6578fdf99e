"""How a command ends early: errors that are one line for a person, and signals."""

import os
import signal
import sys
import threading
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from types import FrameType

_MOMENT = 0.02
_SIGNALS = (signal.SIGINT, signal.SIGTERM, signal.SIGHUP)


class Failed(Exception):
    """The command can't go on; the message is one line that says what, where and how to fix it. Exit code 1."""


class Stopped(BaseException):
    """A signal asked the command to end."""

    def __init__(self, number: int) -> None:
        self.number = number
        self.code = 128 + number


_came: list[int] = []


def _stop(number: int, _: FrameType | None) -> None:
    _came.append(number)
    raise Stopped(number)


def stopped_in(error: ImportError) -> Stopped:
    """The signal that came: what is written in C may say that it can't be imported, where it was stopped in the middle.

    Raises the error if none came.
    """
    if not _came:
        raise error
    return Stopped(_came[0])


@contextmanager
def stoppable() -> Iterator[None]:
    """Within the block a signal raises Stopped, so that everything started is ended.

    Where nothing can be raised, as in the callback of a weak reference, the signal comes again a moment later.
    """
    _came.clear()
    before = {number: signal.getsignal(number) for number in _SIGNALS}
    hook = sys.unraisablehook

    def lost(unraisable: "sys.UnraisableHookArgs") -> None:
        if isinstance(unraisable.exc_value, Stopped):
            threading.Timer(_MOMENT, os.kill, (os.getpid(), unraisable.exc_value.number)).start()
        else:
            hook(unraisable)

    sys.unraisablehook = lost
    try:
        for number, handler in before.items():
            if handler is not signal.SIG_IGN:  # nohup, or a shell's background job
                signal.signal(number, _stop)
        yield
    finally:
        sys.unraisablehook = hook
        for number, handler in before.items():
            signal.signal(number, handler)


def hold_signals() -> None:
    """From now on to the end of `stoppable`, signals change nothing: half an ending would leave things behind."""
    if threading.current_thread() is threading.main_thread():
        for number in _SIGNALS:
            signal.signal(number, signal.SIG_IGN)


@contextmanager
def stdout_kept() -> Iterator[None]:
    """Within the block, what anything writes to file descriptor 1 goes to stderr; only `sys.stdout` is stdout.

    With --json, stdout must carry the answer and nothing else, whatever a library or a child process prints.
    """
    sys.stdout.flush()
    try:
        own = os.dup(sys.stdout.fileno())
    except (OSError, ValueError):  # captured: there is no file to protect
        yield
        return
    kept, number = sys.stdout, sys.stdout.fileno()
    os.dup2(sys.stderr.fileno(), number)
    sys.stdout = os.fdopen(own, "w", encoding="utf-8", newline="\n")
    try:
        yield
        sys.stdout.flush()
    finally:
        mine, sys.stdout = sys.stdout, kept
        os.dup2(mine.fileno(), number)
        with suppress(BrokenPipeError):
            mine.close()
