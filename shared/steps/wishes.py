"""Wishes: what a person asks of a profile. Each is one swap of the record; the driver acts on it at its next look."""

from typing import Literal

from msgspec.structs import replace

from ..door import Edited
from ..record import Decision, Record
from ..snapshot import prefix
from .work import Work

Answer = Literal["done", "already", "noSuchRun", "busy"]


def paused(work: Work, decision: Decision) -> Answer:
    """Take, upload and start nothing more until it is resumed. A sync that runs is followed all the same."""

    def swap(record: Record) -> Edited[Answer]:
        if record.paused is not None:
            return Edited(record, "already")
        return Edited(replace(record, paused=decision, poke=True), "done")

    return work.change(swap, driver=False).said


def resumed(work: Work) -> Answer:
    """Go on."""

    def swap(record: Record) -> Edited[Answer]:
        if record.paused is None:
            return Edited(record, "already")
        return Edited(replace(record, paused=None, poke=True), "done")

    return work.change(swap, driver=False).said


def retried(work: Work, run_id: str) -> Answer:
    """Repeat a finished run: its snapshot becomes a run of its own. `busy`: another one waits to be repeated."""
    if not work.store.blobs(work.settings.run_container, prefix(work.profile, run_id), 1):
        return "noSuchRun"

    def swap(record: Record) -> Edited[Answer]:
        if record.current is not None and record.current.run_id == run_id:
            return Edited(record, "busy")
        if record.retry is not None:
            return Edited(record, "already" if record.retry == run_id else "busy")
        return Edited(replace(record, retry=run_id, poke=True), "done")

    return work.change(swap, driver=False).said
