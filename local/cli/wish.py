"""`approve`, `reject`, `retry`, `pause`, `resume`: what a person asks of a profile, one swap of its record each."""

import argparse

from local.cli.ends import Failed
from local.cli.operator import operator, when, work_of
from shared import board
from shared.overview import overview
from shared.record import Decision
from shared.steps.held import decided
from shared.steps.wishes import paused, resumed, retried
from shared.steps.work import Work
from shared.text import visible

_TOO_LATE = {
    "noSuchRun": "there is no such run",
    "notHeld": "the run does not wait for a person",
    "decided": "somebody has decided already",
}
_NOT_AGAIN = {
    "noSuchRun": "there is no such run, or its files are deleted",
    "already": "it is about to be repeated already",
    "busy": "the run is still on its way, or another one waits to be repeated",
}


def approve(arguments: argparse.Namespace) -> int:
    """Let a held run go on. Returns 0. Raises Failed."""
    return _decide(arguments, approve=True)


def reject(arguments: argparse.Namespace) -> int:
    """End a held run with nothing sent. Returns 0. Raises Failed."""
    return _decide(arguments, approve=False)


def retry(arguments: argparse.Namespace) -> int:
    """Repeat a finished run, the last one if none is named. Returns 0. Raises Failed."""
    with operator() as room:
        work = work_of(room, arguments.profile)
        run = arguments.run or _last(work)
        answer = retried(work, run) if board.is_run_id(run) else "noSuchRun"
        if answer != "done":
            raise Failed(f"{work.profile} {run} is not repeated: {_NOT_AGAIN[answer]}")
        return _done(work, f"{work.profile}: run {run} will be repeated")


def pause(arguments: argparse.Namespace) -> int:
    """Take and start nothing more. Returns 0. Raises Failed."""
    with operator() as room:
        work = work_of(room, arguments.profile)
        if paused(work, Decision(approve=False, at=work.now())) != "done":
            raise Failed(f"{work.profile} is paused already")
        return _done(work, f"{work.profile}: paused")


def resume(arguments: argparse.Namespace) -> int:
    """Go on. Returns 0. Raises Failed."""
    with operator() as room:
        work = work_of(room, arguments.profile)
        if resumed(work) != "done":
            raise Failed(f"{work.profile} is not paused")
        return _done(work, f"{work.profile}: resumed")


def _decide(arguments: argparse.Namespace, *, approve: bool) -> int:
    with operator() as room:
        work = work_of(room, arguments.profile)
        answer, record = decided(work, arguments.run, Decision(approve, work.now()))
        if answer != "done":
            now = overview(record, work.now()).says
            raise Failed(f"{work.profile} {arguments.run} is not decided: {_TOO_LATE[answer]}. Now: {now}")
        return _done(work, f"{work.profile}: run {arguments.run} {'approved' if approve else 'rejected'}")


def _last(work: Work) -> str:
    recent = work.load().recent
    if not recent:
        raise Failed(f"{work.profile} has no finished run yet")
    return recent[-1].run_id


def _done(work: Work, what: str) -> int:
    print(visible(f"{what}; {when(work)}"), flush=True)
    return 0
