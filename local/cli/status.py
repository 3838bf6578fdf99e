"""`status`: what every profile is doing, until when and why, and how its last runs came out."""

import argparse
from collections.abc import Callable, Iterator
from datetime import datetime
from functools import partial

from local.cli.operator import operator, work_of
from shared import board
from shared.moments import second
from shared.overview import HeldView, InboxView, PastView, ProfileView, RunView
from shared.text import visible

type Time = Callable[[datetime], str]
_PAST = 5
"""Finished runs that are shown of a profile."""


def status(arguments: argparse.Namespace) -> int:
    """Returns 0. Raises Failed."""
    with operator() as room:
        if arguments.profile:
            views = [view for view in [board.profile(room, work_of(room, arguments.profile).profile)] if view]
        else:
            views = board.profiles(room)
        time = partial(second, zone=room.settings.time_zone)
    for view in views:
        for line in _lines(view, time):
            print(visible(line))
    if not views:
        print("No profile is known in this account yet: nothing was dropped.")
    return 0


def _lines(view: ProfileView, time: Time) -> Iterator[str]:
    yield f"{view.profile}: {view.says}"
    if view.next_look is not None:
        yield f"  next look   {time(view.next_look)}"
    if view.inbox is not None:
        yield from _inbox(view.inbox, time)
    if view.current is not None:
        yield from _run(view.profile, view.current, time)
    for past in view.recent[:_PAST]:
        yield f"  {time(past.at)}  {past.run_id}  {past.outcome}: {past.says}{_counts(past)}"


def _inbox(inbox: InboxView, time: Time) -> Iterator[str]:
    yield f"  inbox       {', '.join(inbox.files) or 'no roster file'} (unchanged since {time(inbox.since)})"
    for lack in inbox.lacking:
        yield f"  lacking     {lack.name}: {lack.why}" + (f"; {lack.near} may be meant" if lack.near else "")
    if inbox.strangers:
        yield f"  others      {inbox.strangers} files that belong to no set"


def _run(profile: str, run: RunView, time: Time) -> Iterator[str]:
    yield f"  run         {run.run_id}, {run.files} {'file' if run.files == 1 else 'files'}" + (
        f", until {time(run.deadline)}" if run.deadline else ""
    )
    if run.waiting_for:
        yield f"  waiting for {run.waiting_for}"
    yield from (f"  warning     {warning}" for warning in run.warnings)
    if run.held is not None:
        yield from _held(profile, run.run_id, run.held, time)


def _held(profile: str, run_id: str, held: HeldView, time: Time) -> Iterator[str]:
    for each in held.removed:
        who = f"{each.kind}, {each.role}" if each.role else each.kind
        yield f"  would go    {who}: {each.removed} of {each.before} ({each.percent:g} %, limit {each.limit:g} %)"
    if held.decided is None:
        yield f"  decide by   {time(held.decide_by)}: python -m local approve|reject {profile} {run_id}"
    else:
        yield f"  decided     {'approved' if held.decided else 'rejected'}"


def _counts(past: PastView) -> str:
    found = [f"{count} {name}" for count, name in ((past.errors, "errors"), (past.warnings, "warnings")) if count]
    return f" ({', '.join(found)})" if found else ""
