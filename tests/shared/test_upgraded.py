"""A record of version 1 as one of today's, to the last field; tests/upgrade has real ones."""

import json
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from msgspec.structs import replace

from shared.door import decode
from shared.kept import mark
from shared.life import Stage
from shared.record import (
    Accepted,
    Claim,
    Current,
    Driver,
    Drop,
    DropFile,
    Ending,
    Poll,
    Recent,
    Record,
    Refusal,
    Seen,
    StartIntent,
    SyncEnding,
    Target,
    Times,
    Waiting,
)
from shared.sds.port import ServiceMessage
from tests.model.world import GUID, SETTINGS

NOW = datetime(2026, 11, 22, 2, tzinfo=UTC)
AT = "2026-11-22T02:00:00Z"
LATER = NOW + timedelta(hours=1)
HERE = Target("classic", GUID)
DROP = {
    "format": "sdsV1",
    "files": [{"name": "a", "upload": "A", "source": "n/a", "etag": "1", "size": 3}],
    "ignored": [],
}
RUN: dict[str, Any] = {
    "runId": "run-1",
    "stage": "checked",
    "drop": DROP,
    "times": {"firstLanded": AT},
    "deadline": AT,
    "findings": True,
    "cleared": False,
    "warnings": ["Beware."],
    "ready": True,
    "profileState": "provisioned",
    "expires": AT,
    "poll": {"next": AT, "interval": 9},
    "waiting": {"outcome": "timedOut"},
    "operation": None,
    "hold": {"attempt": 3, "until": AT},
    "askedToVerify": False,
    "verified": False,
    "sessionUntil": AT,
    "startIntent": None,
    "messages": [{"type": "warning", "fileName": None, "description": "one"}],
    "followUntil": AT,
    "sawRunning": True,
    "ending": {"outcome": "started", "at": AT},
    "sync": {"outcome": "failed", "at": AT},
    "faults": 0,
}
INTENT = {"at": AT, "attempts": 1, "watchUntil": AT}
OLD: dict[str, Any] = {
    "profile": "north",
    "v": 1,
    "driver": {"instance": "i1", "until": AT},
    "poke": True,
    "inbox": {"fingerprint": "f", "since": AT, "looks": 2, "reported": True},
    "misplaced": None,
    "refusal": {"runId": "x", "reason": "Why.", "blobs": {"n/a": "1", "n/b": "2"}, "sizes": [3, 4]},
    "current": RUN,
    "accepted": {"runId": "run-0", "format": "sdsV1", "files": ["A"], "digests": {"A": "ab"}},
    "kept": {"n/a": "1", "n/b": "2"},
    "recent": [{"runId": "run-0", "outcome": "started", "at": AT}],
    "starts": [],
}
BARE = {"inbox": None, "refusal": None, "current": None, "accepted": None, "kept": {}, "recent": []}


def read(**fields: Any) -> Record:
    return decode(json.dumps({**OLD, **fields}).encode(), SETTINGS, "north", None)


def test_every_field_of_it() -> None:
    file = DropFile("a", "A", "n/a", "1", 3)
    current = Current(
        "run-1",
        "checked",
        HERE,
        Drop("sdsV1", (file,)),
        Times(NOW),
        NOW,
        findings=True,
        warnings=("Beware.",),
        profile_state="provisioned",
        expires=NOW,
        poll=Poll(NOW, 9),
        waiting=Waiting("timedOut"),
        claim=Claim(3, NOW),
        session_until=NOW,
        messages=(ServiceMessage("warning", None, "one"),),
        follow_until=NOW,
        saw_running=True,
        ending=Ending("started", NOW),
        sync=SyncEnding("failed", NOW),
    )
    assert read() == Record(
        "north",
        driver=Driver("i1", NOW),
        poke=True,
        inbox=Seen("f", NOW, 2, told=True),
        refusal=Refusal("x", 2, reason="Why.", blobs={"n/a": "1", "n/b": "2"}, sizes=(3, 4)),
        current=current,
        accepted=Accepted("run-0", HERE, "sdsV1", ("A",), {"A": "ab"}),
        kept=tuple(sorted((mark("n/a", "1"), mark("n/b", "2")))),
        recent=(Recent("run-0", "started", NOW),),
    )
    assert read(**BARE) == Record("north", driver=Driver("i1", NOW), poke=True)
    assert read(**BARE, driver=None, poke=False) == Record("north")
    bare = read(**{**BARE, "current": {**RUN, "hold": None, "operation": "one"}}).current
    assert bare == replace(current, claim=None, operation="one")


@pytest.mark.parametrize(
    ("fields", "stage", "verification"),
    [
        ({"stage": "taken"}, "taken", "none"),
        ({"stage": "taken", "cleared": True}, "cleared", "none"),
        ({"stage": "checked", "cleared": True}, "checked", "none"),
        ({"stage": "uploading", "operation": "one"}, "uploading", "none"),
        ({"stage": "uploaded"}, "uploaded", "none"),
        ({"stage": "uploaded", "operation": "one"}, "verifying", "none"),
        ({"stage": "uploaded", "askedToVerify": True}, "verifying", "none"),
        ({"stage": "uploaded", "verified": True}, "verified", "complete"),
        ({"stage": "uploaded", "verified": True, "operation": "one"}, "verified", "complete"),
        ({"stage": "uploaded", "startIntent": INTENT}, "starting", "none"),
        ({"stage": "uploaded", "startIntent": INTENT, "verified": True}, "starting", "complete"),
        ({"stage": "following", "startIntent": INTENT, "verified": True}, "following", "complete"),
    ],
)
def test_its_stages_are_told_apart_more_finely(fields: dict[str, Any], stage: Stage, verification: str) -> None:
    current = read(current={**RUN, **fields}).current
    assert current is not None
    assert (current.stage, current.verification) == (stage, verification)
    assert current.start_intent == (StartIntent(NOW, 1, NOW) if "startIntent" in fields else None)


def test_its_target_is_the_settings() -> None:
    settings = replace(SETTINGS, api="industryData", profiles={})
    record = decode(json.dumps(OLD).encode(), settings, "north", None)
    assert record.current is not None
    assert record.accepted is not None
    assert record.current.target == record.accepted.target == Target("industryData", "")
