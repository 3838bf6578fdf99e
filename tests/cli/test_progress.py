"""Progress is read off the record: every stage appears once, in order, with its time."""

from datetime import UTC, datetime

import pytest

from local.cli.progress import STAGES, Progress
from shared.record import Current, Drop, Record, Target, Times, Waiting
from shared.sds.port import Failure

NAMES = [stage.name for stage in STAGES]


def record(stage: str, **more: object) -> Record:
    target, now = Target("classic", "11111111-2222-3333-4444-555555555555"), datetime.now(UTC)
    run = Current("r1", stage, target, Drop("sdsV1", ()), Times(), now, **more)  # type: ignore[arg-type]
    return Record("north", current=run)


def states(progress: Progress, now: float) -> dict[str, tuple[str, float | None]]:
    return {row.stage.name: (row.state, row.seconds) for row in progress.rows(now)}


def see(progress: Progress, seen: Record, now: float) -> None:
    progress.see(seen, lambda run_id: run_id == "r1", now)


def test_a_whole_run() -> None:
    progress = Progress(0)
    progress.dropped(1, "6 files")
    steps = [
        (3, record("taken")),
        (4, record("cleared")),
        (5, record("checked", profile_state="provisioning")),
        (9, record("checked", ready_at=datetime.now(UTC))),
        (10, record("uploaded")),
        (11, record("ended")),
    ]
    for now, seen in steps:
        see(progress, seen, now)
    progress.heard("started", 12, followed=True)
    progress.synced("succeeded", 15)
    assert states(progress, 99) == {
        "drop": ("done", 1),
        "settling": ("done", 2),
        "snapshot": ("done", 1),
        "checking": ("done", 1),
        "provisioned": ("done", 4),
        "uploading": ("done", 1),
        "start": ("done", 1),
        "result": ("done", 1),
        "sync": ("done", 3),
    }


def test_stages_too_quick_to_be_seen_are_done_too() -> None:
    progress = Progress(0)
    progress.dropped(1, "")
    see(progress, record("uploaded"), 2)
    shown = states(progress, 4)
    assert [shown[name][0] for name in NAMES] == ["done"] * 6 + ["now", "waiting", "waiting"]
    assert shown["start"] == ("now", 2)


def test_a_run_that_ends_before_the_upload_skips_what_it_did_not_do() -> None:
    progress = Progress(0)
    progress.dropped(1, "")
    see(progress, record("cleared"), 2)
    progress.heard("rejectedBeforeUpload", 3, followed=False)
    shown = states(progress, 9)
    assert [shown[name][0] for name in NAMES] == ["done"] * 4 + ["skipped"] * 3 + ["done", "skipped"]


def test_a_message_proves_what_the_record_was_not_seen_to_say() -> None:
    progress = Progress(0)
    progress.dropped(1, "")
    progress.heard("rejected", 2, followed=False, uploaded=True)
    shown = states(progress, 9)
    assert [shown[name][0] for name in NAMES] == ["done"] * 8 + ["skipped"]


def test_an_incomplete_set_only_settles() -> None:
    progress = Progress(0)
    progress.dropped(1, "")
    see(progress, Record("north"), 2)
    assert progress.waiting_for.startswith("waiting until the set is complete")
    progress.heard("incomplete", 3, followed=False)
    assert states(progress, 9)["settling"] == ("done", 2)
    assert states(progress, 9)["snapshot"] == ("skipped", None)


def test_another_run_of_the_profile_is_not_ours() -> None:
    progress = Progress(0)
    progress.dropped(1, "")
    progress.see(record("uploaded"), lambda _: False, 2)
    assert states(progress, 3)["settling"][0] == "now"


@pytest.mark.parametrize(
    ("more", "says"),
    [
        ({"profile_state": "provisioning"}, "(profile state: provisioning)"),
        ({"waiting": Waiting("failed", Failure("accessDenied", "No rights."))}, "(No rights.)"),
        ({}, "provisioned"),
    ],
)
def test_what_a_run_waits_for_is_said(more: dict[str, object], says: str) -> None:
    progress = Progress(0)
    progress.dropped(1, "")
    see(progress, record("checked", **more), 2)
    assert progress.waiting_for.endswith(says)
