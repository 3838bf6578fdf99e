"""The report of a run: every finding group with exact counts and first lines, the service's words, no cell values."""

from contextlib import suppress
from datetime import datetime
from typing import Any

import msgspec

from .settings import Settings
from .store import Conflict, Store

_SWAPS = 10


class Finding(msgspec.Struct, frozen=True, rename="camel"):
    """One finding group of our own check: `count` places of one rule in one column, `lines` the first few."""

    type: str
    rule: str
    file_name: str | None
    line: int | None
    column: str | None
    count: int
    description: str
    lines: tuple[int, ...] = ()
    shape: str = ""
    scope: str = "row"
    anchor: str | None = None


class Report(msgspec.Struct, frozen=True, rename="camel", kw_only=True):
    """What is known of a run; grows as the run goes on. `service` and `sync` are null until there is something."""

    v: int = 1
    profile: str | None
    run_id: str
    api: str
    outcome: str | None = None
    failure: Any = None
    drop: Any = None
    preflight: tuple[Finding, ...] = ()
    service: tuple[Any, ...] = ()
    warnings: tuple[str, ...] = ()
    times: dict[str, Any] = {}
    ended: datetime | None = None
    sync: Any = None
    removed: Any = None
    """What a held run would have removed, by kind and role: counts."""
    decision: Any = None
    """Who decided about a held run, when and how."""


_DECODER = msgspec.json.Decoder(Report)  # made on import: see `record`


def blob_name(folder: str) -> str:
    return f"{folder}/report.json"


def read(store: Store, settings: Settings, folder: str) -> Report | None:
    """The report, None if there is none, or none that can be read."""
    found = store.read(settings.run_container, blob_name(folder))
    return _decoded(found[0]) if found else None


def write(store: Store, settings: Settings, folder: str, report: Report) -> None:
    """Write the report, unless there is one that knows more: a step that hung may come late.

    Raises Conflict if others write it again and again meanwhile.
    """
    name = blob_name(folder)
    encoded = msgspec.json.format(msgspec.json.encode(report), indent=2)
    found = None
    for _ in range(_SWAPS):
        there = _decoded(found[0]) if found else None
        if there is not None and _knows(there) > _knows(report):
            return
        with suppress(Conflict):
            store.write(settings.run_container, name, encoded, etag=found[1] if found else None, create=not found)
            return
        found = store.read(settings.run_container, name)
    raise Conflict(f"{name} changed {_SWAPS} times under one swap")


def _decoded(data: bytes) -> Report | None:
    try:
        return _DECODER.decode(data)
    except (msgspec.MsgspecError, RecursionError):
        return None  # damaged, or another's: the next one takes its place


def _knows(report: Report) -> int:
    """How far the run had come."""
    return (report.outcome is not None) + (report.sync is not None)
