"""Held: a run that would remove too much is told to the queue, and a person's decision is written down."""

from typing import Literal

from msgspec.structs import replace

from .. import life
from ..door import Edited
from ..lines import line
from ..record import Current, Decision, Record
from ..results import DecideEntry, HeldData, TimesEntry, event
from .tell import announce, drop_entry, report_entry, source
from .work import EditedRun, Work, log

Answer = Literal["done", "noSuchRun", "notHeld", "decided"]


def decided(work: Work, run_id: str, decision: Decision) -> tuple[Answer, Record]:
    """Write a person's decision into the record, once: of two people who decide at the same time, one does."""

    def swap(record: Record) -> Edited[Answer]:
        run = record.current
        if run is None or run.run_id != run_id:
            known = any(recent.run_id == run_id for recent in record.recent)
            return Edited(record, "notHeld" if known else "noSuchRun")
        if run.hold is None or not life.may(run, "approve"):
            return Edited(record, "decided" if run.hold is not None and run.hold.decision else "notHeld")
        if run.hold.decision is not None:
            return Edited(record, "decided")
        hold = replace(run.hold, decision=decision)
        return Edited(replace(record, poke=True, current=replace(run, hold=hold)), "done")

    changed = work.change(swap, driver=False)
    return changed.said, changed.record


def tell_held(work: Work, current: Current) -> None:
    """Announce that the run waits for a person, until when, and why."""
    hold = current.hold
    if hold is None or hold.told:
        return
    folder = work.folder(current.run_id)
    times = TimesEntry(**{name: getattr(current.times, name) for name in TimesEntry.__struct_fields__})
    data = HeldData(
        profile=work.profile,
        profile_id=current.target.profile_id,
        run_id=current.run_id,
        api=current.target.api,
        drop=drop_entry(work, current),
        removed=hold.removed,
        decide_by=hold.until,
        decide=DecideEntry(work.room.page, f"python -m local approve {work.profile} {current.run_id}"),
        report=report_entry(work, folder),
        times=times,
    )
    announce(work, folder, "held", event(source(work), "held", hold.since, data))
    log.warning("%s", line("held", profile=work.profile, run=current.run_id, kinds=len(hold.removed)))

    def told(run: Current) -> EditedRun[bool] | None:
        if run.stage != "held" or run.hold is None:
            return None
        return EditedRun(replace(run, hold=replace(run.hold, told=True)), True)

    work.change_run(current.run_id, told)
