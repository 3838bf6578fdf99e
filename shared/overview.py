"""The overview: what a profile is doing, until when and why, and how its last runs came out, in words for people.

A pure function of the record: the page, the JSON routes and the command show the same, and none of them lists a
container.
"""

from datetime import datetime

import msgspec

from .life import Stage
from .outcomes import Outcome, SyncOutcome
from .record import Current, Lack, Recent, Record, Seen
from .results import RemovedEntry


class InboxView(msgspec.Struct, frozen=True, rename="camel"):
    """What lies in the inbox. `since`: unchanged since; `told`: the queue has heard that it is incomplete."""

    format: str | None
    files: tuple[str, ...]
    lacking: tuple[Lack, ...]
    strangers: int
    since: datetime
    told: bool


class HeldView(msgspec.Struct, frozen=True, rename="camel"):
    """A run that waits for a person. `decided`: what was said and is not carried out yet."""

    since: datetime
    decide_by: datetime
    removed: tuple[RemovedEntry, ...]
    decided: bool | None


class RunView(msgspec.Struct, frozen=True, rename="camel"):
    """The run that is on its way. `says` is one sentence; `since`: when what led to the stage was noted."""

    run_id: str
    stage: Stage
    since: datetime | None
    says: str
    waiting_for: str | None
    deadline: datetime | None
    files: int
    landed: datetime | None
    warnings: tuple[str, ...]
    held: HeldView | None


class PastView(msgspec.Struct, frozen=True, rename="camel"):
    """A finished story. `says` is one sentence; `needs_person`: somebody should look."""

    run_id: str
    outcome: Outcome
    says: str
    needs_person: bool
    at: datetime
    errors: int
    warnings: int
    landed: datetime | None
    started: datetime | None
    sync: SyncOutcome | None
    sync_at: datetime | None
    failure: str | None


class ProfileView(msgspec.Struct, frozen=True, rename="camel"):
    """All that is shown of a profile. `says` is what is happening now, in a sentence."""

    profile: str
    says: str
    paused: bool
    next_look: datetime | None
    inbox: InboxView | None
    current: RunView | None
    recent: tuple[PastView, ...]
    """The newest first."""


OUTCOME_SAYS: dict[Outcome, str] = {
    "started": "School Data Sync accepted the files and started the sync.",
    "startedWithWarnings": "School Data Sync started the sync; there are warnings to look at.",
    "rejected": "School Data Sync found errors in the files. Nothing was synced.",
    "rejectedBeforeUpload": "The files have errors. Nothing was sent.",
    "incomplete": "Files are missing or too old. The ones that are there stay in the inbox.",
    "invalidDrop": "The files belong to no set or profile. They were moved out of the inbox.",
    "unchanged": "The files are the same as last time. Nothing was sent.",
    "superseded": "A newer set took its place before anything was sent.",
    "notApproved": "It would have removed too much, and nobody approved it. Nothing was sent.",
    "acceptedForSchedule": "School Data Sync accepted the files; they ride its next scheduled run.",
    "profileUnusable": "The profile can't be used in School Data Sync.",
    "timedOut": "School Data Sync was not ready in time. Nothing was synced.",
    "failed": "It failed; the report says why.",
}
SYNC_SAYS: dict[SyncOutcome, str] = {
    "succeeded": "The sync succeeded.",
    "succeededWithErrors": "The sync ended; some records have errors.",
    "paused": "The sync paused itself: look at it in School Data Sync.",
    "failed": "The sync failed: look at it in School Data Sync.",
    "overtaken": "A newer set was sent before the sync had ended.",
    "timedOut": "The sync had not ended when it was last looked at.",
    "unknown": "How the sync ended is not known.",
}
GOOD: tuple[Outcome, ...] = ("started", "unchanged", "superseded", "acceptedForSchedule")
GOOD_SYNC: tuple[SyncOutcome | None, ...] = (None, "succeeded", "overtaken")

_STAGE_SAYS: dict[Stage, str] = {
    "taken": "Taking the files out of the inbox.",
    "cleared": "Checking the files.",
    "held": "Waiting for a person to approve or refuse: the set would remove too much.",
    "checked": "Waiting until the profile can take files.",
    "uploading": "Sending the files to School Data Sync.",
    "uploaded": "The files are with School Data Sync; its verification or the start is next.",
    "verifying": "Waiting until School Data Sync has verified the files.",
    "verified": "About to start the sync.",
    "starting": "The start was sent; looking whether the sync runs.",
    "ended": "Delivering the result.",
    "following": "The sync is running in School Data Sync.",
    "synced": "Delivering the sync's result.",
}
_CHANGING = "The files keep changing; waiting until nothing is written for a while."


def overview(record: Record, now: datetime) -> ProfileView:
    """What there is to show of a record at this moment."""
    driver = record.driver
    return ProfileView(
        profile=record.profile,
        says=_says(record),
        paused=record.paused is not None,
        next_look=driver.next if driver is not None and driver.until > now else None,
        inbox=_inbox(record.inbox),
        current=_current(record.current),
        recent=tuple(past(story) for story in reversed(record.recent)),
    )


def past(story: Recent) -> PastView:
    """A finished story as it is shown."""
    sync = f" {SYNC_SAYS[story.sync]}" if story.sync is not None else ""
    return PastView(
        story.run_id,
        story.outcome,
        OUTCOME_SAYS[story.outcome] + sync,
        story.outcome not in GOOD or story.sync not in GOOD_SYNC,
        story.at,
        story.errors,
        story.warnings,
        story.landed,
        story.started,
        story.sync,
        story.sync_at,
        story.failure,
    )


def _says(record: Record) -> str:
    if record.current is not None:
        says = _STAGE_SAYS[record.current.stage]
        return f"Paused. {says}" if record.paused is not None else says
    if record.paused is not None:
        return "Paused: nothing is taken until somebody resumes it."
    seen = record.inbox
    if record.refusal is not None or record.unmovable:
        return "Moving files that belong to no set out of the inbox."
    restless = record.restless
    if seen is None and restless is not None:
        return _CHANGING if restless.told_changing else "No roster file is in the inbox, only other files."
    if seen is None:
        return "Nothing to do: the inbox is empty."
    if not seen.files:
        return "No roster file is in the inbox, only other files."
    if seen.told_changing:
        return _CHANGING
    if seen.lacks:
        return f"Waiting for files: {len(seen.lacks)} of the set are missing, too old or still being written."
    return "The set is there; waiting until it has been quiet for a while."


def _inbox(seen: Seen | None) -> InboxView | None:
    if seen is None:
        return None
    return InboxView(seen.format, seen.files, seen.lacks, seen.strangers, seen.since, seen.told)


def _current(run: Current | None) -> RunView | None:
    if run is None:
        return None
    hold = run.hold if run.stage == "held" else None
    held = None
    if hold is not None:
        decided = hold.decision.approve if hold.decision is not None else None
        held = HeldView(hold.since, hold.until, hold.removed, decided)
    waiting = run.waiting.failure.message if run.waiting and run.waiting.failure else run.profile_state
    return RunView(
        run.run_id,
        run.stage,
        _since(run),
        _STAGE_SAYS[run.stage],
        waiting if run.stage not in ("ended", "following", "synced") else None,
        run.follow_until if run.stage in ("following", "synced") else run.deadline,
        len(run.drop.files),
        run.times.last_landed,
        run.warnings,
        held,
    )


def _since(run: Current) -> datetime | None:
    """Since when the run is at its stage, as near as the record tells: a moment that is never later than it was."""
    hold, intent, times = run.hold, run.start_intent, run.times
    answered = hold.decision.at if hold is not None and hold.decision is not None else None
    known: dict[Stage, datetime | None] = {
        "held": hold.since if hold is not None else None,
        "checked": answered,
        "uploading": times.provisioned or answered,
        "uploaded": times.uploaded,
        "verifying": times.uploaded,
        "verified": times.uploaded,
        "starting": intent.at if intent is not None else None,
        "ended": run.ending.at if run.ending is not None else None,
        "following": times.started,
        "synced": run.sync.at if run.sync is not None else None,
    }
    return known.get(run.stage) or times.settled or times.last_landed
