"""`report`: all that is known of a run, findings, words of the service, errors of the sync and ids that would go."""

import argparse
from collections.abc import Callable, Iterator
from datetime import datetime
from functools import partial
from typing import Any

import msgspec

from local.cli.ends import Failed
from local.cli.operator import operator, work_of
from shared import board, reports
from shared.moments import second
from shared.report_words import decided, failure, moment_of, says, times
from shared.reports import Finding, Report
from shared.steps.work import Work
from shared.text import visible

_MOST = 200
"""Lines that are shown of one of the files beside the report."""
_WIDTH = 28
"""Letters in the column that names what a moment or a count is of."""
_PARTS = (("errors.jsonl", "errors of the sync"), ("removed.jsonl", "ids that would be removed"))


def report(arguments: argparse.Namespace) -> int:
    """Returns 0. Raises Failed."""
    with operator() as room:
        work = work_of(room, arguments.profile)
        run = arguments.run or _newest(work)
        folder = work.folder(run)
        found = reports.read(work.store, work.settings, folder) if board.is_story_id(run) else None
        listed = {name: _read(work, f"{folder}/{name}") for name, _ in _PARTS} if board.is_story_id(run) else {}
        if found is None and not any(listed.values()):
            raise Failed(f"{work.profile} {run} has no report (yet); `python -m local status` shows the runs")
    time = partial(second, zone=work.settings.time_zone)
    for line in _lines(found, run, time) if found else [f"run {run} has no report yet"]:
        print(visible(line))
    for name, heading in _PARTS:
        if listed[name]:
            print(f"{heading} ({name}):")
        for line in listed[name]:
            print(visible(f"  {line}"))
    return 0


def _newest(work: Work) -> str:
    record = work.load()
    if record.current is not None:
        return record.current.run_id
    if record.recent:
        return record.recent[-1].run_id
    raise Failed(f"{work.profile} has no run yet")


def _lines(found: Report, run: str, time: Callable[[datetime], str]) -> Iterator[str]:
    yield f"run {run} of {found.profile} ({found.api}): {found.outcome or 'not ended yet'}"
    yield f"  {says(found)}"
    for words, at in times(found):
        yield f"  {words:{_WIDTH}}{time(at)}"
    if found.sync:
        yield from _sync(found.sync, time)
    if why := failure(found):
        yield f"failure: {why}"
    if decision := decided(found):
        when = f", {time(decision.at)}" if decision.at else ""
        yield f"{decision.how.lower()}{f' by {decision.by}' if decision.by else ''}{when}"
    yield from (f"warning: {warning}" for warning in found.warnings)
    yield from (f"{each.type}: {_place(each)}: {each.description}" for each in found.preflight)
    yield from (f"service: {_words(each)}" for each in found.service)
    yield from (f"would be removed: {_words(each)}" for each in found.removed or ())


def _sync(sync: Any, time: Callable[[datetime], str]) -> Iterator[str]:
    """When the sync ended, how by the service's own word, and its errors by code."""
    if not isinstance(sync, dict):
        yield f"sync: {_words(sync)}"
        return
    moments = sync.get("times")
    if ended := moment_of(moments.get("ended")) if isinstance(moments, dict) else None:
        yield f"  {'Sync ended':{_WIDTH}}{time(ended)}"
    if status := sync.get("serviceStatus"):
        yield f"  {'Status of the service':{_WIDTH}}{_words(status)}"
    if (count := sync.get("errorCount")) is not None:
        yield f"  {'Errors of the sync':{_WIDTH}}{_words(count)}"
    by_code = sync.get("errorsByCode")
    yield from (f"  - {_words(each)}" for each in (by_code if isinstance(by_code, list) else ()))


def _place(found: Finding) -> str:
    lines = ", ".join(str(line) for line in found.lines)
    parts = (
        found.file_name or "the drop",
        found.column,
        f"lines {lines}" if lines else None,
        f"{found.count} places" if found.count > 1 else None,
    )
    return ", ".join(part for part in parts if part)


def _words(value: Any) -> str:
    if isinstance(value, dict):
        return ", ".join(f"{name} {_words(each)}" for name, each in value.items() if each not in (None, "", [], {}))
    return ", ".join(_words(each) for each in value) if isinstance(value, list | tuple) else str(value)


def _read(work: Work, name: str) -> list[str]:
    """The first lines of a file beside the report, each in words; the last says if there are more."""
    if not work.store.blobs(work.settings.run_container, name, 1):
        return []
    shown: list[str] = []
    rest = b""
    for chunk in work.store.stream(work.settings.run_container, name):
        *lines, rest = (rest + chunk).split(b"\n")
        shown += [_line(line) for line in lines if line]
        if len(shown) > _MOST:
            return [*shown[:_MOST], f"... and more: {work.settings.run_container}/{name} has them all"]
    return shown + ([_line(rest)] if rest else [])


def _line(line: bytes) -> str:
    try:
        return _words(msgspec.json.decode(line))
    except msgspec.DecodeError:
        return line.decode(errors="surrogateescape")
