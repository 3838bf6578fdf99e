"""Last night's sync, and one that ran already, are never taken for ours."""

from datetime import UTC, datetime, timedelta

import pytest

from shared.sds.evidence import fresh
from shared.sds.port import SyncState

from .conftest import PROFILE, Connect, Script

NIGHT = datetime(2026, 1, 1, 2, tzinfo=UTC)
NOW = NIGHT + timedelta(days=1)
LATER = NOW + timedelta(minutes=5)
SUCCESS = SyncState("success", "succeeded", NIGHT, NIGHT)
FAILED = SyncState("error", "failed", NIGHT, NIGHT)
RUNNING = SyncState("inProgress", "running", NOW, NIGHT)
NEVER = SyncState("unknown", "unknown", seen=NOW)


@pytest.mark.parametrize(
    ("before", "now", "proof"),
    [
        (SUCCESS, SUCCESS, False),
        (SUCCESS, SyncState("success", "succeeded", LATER, NIGHT), False),  # something was active, nothing succeeded
        (SUCCESS, SyncState("success", "succeeded", NIGHT, LATER), True),
        (SUCCESS, SyncState("success", "succeededWithErrors", LATER, LATER), True),
        (SUCCESS, SyncState("success", "succeeded", LATER, None), False),
        (SUCCESS, RUNNING, True),
        (SUCCESS, SyncState("extracting", "running"), True),
        (SUCCESS, FAILED, True),
        (SUCCESS, SyncState("validationError", "paused", LATER, NIGHT), True),
        (SUCCESS, SyncState("brandNew", "unknown", LATER, LATER), False),
        (FAILED, FAILED, False),
        (FAILED, SyncState("error", "failed", LATER, NIGHT), False),
        (FAILED, SyncState("Error", "failed", LATER, NIGHT), False),
        (FAILED, SyncState("quarantined", "failed", LATER, NIGHT), True),
        (FAILED, SyncState("success", "succeeded", LATER, LATER), True),
        (RUNNING, RUNNING, False),
        (RUNNING, SyncState("success", "succeeded", LATER, LATER), False),  # the end of the one that ran already
        (RUNNING, SyncState("error", "failed", LATER, NIGHT), False),
        (RUNNING, SyncState("inProgress", "running", LATER, LATER), True),
        (NEVER, SUCCESS, False),  # the status had not been there; the success is of last night all the same
        (NEVER, SyncState("success", "succeeded", LATER, LATER), True),
        (SyncState("unknown", "unknown"), SyncState("success", "succeeded", LATER, LATER), False),
    ],
)
def test_what_proves_a_new_sync(before: SyncState, now: SyncState, proof: bool) -> None:
    assert fresh(before, now) is proof


def test_the_classic_state_says_whether_it_is_new(graph: Script, connected: Connect) -> None:
    body = {"status": "success", "lastSynchronizationDateTime": "2026-01-01T02:00:00Z"}
    sds = connected()
    graph.say(200, body).say(200, body).say(200, body | {"lastSynchronizationDateTime": "2026-01-02T02:05:00Z"})
    before = sds.sync_state(PROFILE).value
    assert before is not None
    assert before.seen is not None
    same, new = sds.sync_state(PROFILE, before).value, sds.sync_state(PROFILE, before).value
    assert same is not None
    assert new is not None
    assert (before.fresh, same.fresh, new.fresh) == (False, False, True)
