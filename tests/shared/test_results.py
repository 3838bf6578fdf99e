"""Messages fit the queue, whatever is in them, and say when they were cut."""

import json
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import msgspec
import pytest

from shared.results import (
    LIMIT,
    BlobEntry,
    Counts,
    DecideEntry,
    DropEntry,
    ErrorCount,
    Event,
    FileEntry,
    HeldData,
    MessageEntry,
    RemovedEntry,
    SyncData,
    SyncTimes,
    TimesEntry,
    VerificationData,
    event,
    schema,
    traceparent,
)

NOW = datetime(2026, 11, 22, tzinfo=UTC)


def data(messages: int = 0, files: int = 1, ignored: int = 0, length: int = 100) -> VerificationData:
    entry = MessageEntry("error", "Student.csv", "ü" * length, "preflight", "rule", 1, "Grade", 5)
    return VerificationData(
        profile="north",
        profile_id=None,
        run_id="20261122T000000Z-0123456789ab",
        api="classic",
        outcome="rejectedBeforeUpload",
        profile_state=None,
        verification="none",
        drop=DropEntry(
            "sdsV1",
            "sds-runs",
            "p/",
            tuple(FileEntry(f"{n}.csv", 1, None, None) for n in range(files)),
            tuple(f"{n}{'x' * 900}" for n in range(ignored)),
        ),
        counts=Counts(error=messages),
        messages=(entry,) * messages,
        truncated=False,
        report=BlobEntry("sds-runs", "p/report.json"),
        failure=None,
        times=TimesEntry(),
    )


@pytest.mark.parametrize(
    ("given", "cut"),
    [
        (data(), False),
        (data(messages=20), False),
        (data(messages=5000), True),
        (data(messages=1, length=60_000), True),
        (data(messages=3, ignored=500), True),
        (data(messages=3, files=40_000), True),
    ],
)
def test_a_message_fits(given: VerificationData, cut: bool) -> None:
    encoded = event("https://a/sds-drop/north", "verification", NOW, given)
    assert len(encoded) <= LIMIT
    decoded = json.loads(encoded)
    assert decoded["data"]["truncated"] is cut
    assert decoded["data"]["counts"]["error"] == given.counts.error, "counts are of all messages"
    if cut and len(given.messages) > 100:
        assert len(encoded) > LIMIT - 1000, "cut more than needed"


def test_a_sync_message_fits() -> None:
    codes = tuple(ErrorCount("student", f"{n}{'x' * 300}", n) for n in range(200))
    sync = SyncData(
        profile="north",
        profile_id=None,
        run_id="20261122T000000Z-0123456789ab",
        api="classic",
        outcome="failed",
        service_status="error",
        error_count=20_000,
        errors_by_code=codes,
        statistics=None,
        report=BlobEntry("sds-runs", "p/report.json"),
        times=SyncTimes(None, NOW),
    )
    encoded = event("https://a/sds-drop/north", "sync", NOW, sync)
    assert LIMIT - 1000 < len(encoded) <= LIMIT
    told = json.loads(encoded)["data"]
    assert (told["errorCount"], len(told["errorsByCode"]) > 100) == (20_000, True)


def held(files: int) -> HeldData:
    removed = RemovedEntry("people", "students", 500, 251, 250, 1, 50, 20)
    return HeldData(
        profile="north",
        profile_id=None,
        run_id="20261122T000000Z-0123456789ab",
        api="classic",
        drop=data(files=files).drop,
        removed=(removed,) * 7,
        decide_by=NOW,
        decide=DecideEntry(None, "python -m local approve north 20261122T000000Z-0123456789ab"),
        report=BlobEntry("sds-runs", "p/report.json"),
        times=TimesEntry(),
    )


def test_a_held_message_fits_and_says_who_would_go() -> None:
    told = json.loads(event("https://a/sds-drop/north", "held", NOW, held(files=6)))
    assert (told["type"], told["id"]) == ("rosterdrop.held.v1", "20261122T000000Z-0123456789ab/held")
    assert told["data"]["removed"][0] == {
        "kind": "people",
        "role": "students",
        "before": 500,
        "now": 251,
        "removed": 250,
        "dropped": 1,
        "percent": 50.0,
        "limit": 20.0,
    }
    assert told["data"]["decide"]["page"] is None
    encoded = event("https://a/sds-drop/north", "held", NOW, held(files=40_000))
    assert LIMIT - 1000 < len(encoded) <= LIMIT
    assert len(json.loads(encoded)["data"]["removed"]) == 7


def test_the_envelope() -> None:
    decoded = json.loads(event("https://a/sds-drop/north", "verification", NOW, data()))
    run = data().run_id
    assert {key: decoded[key] for key in ("specversion", "id", "source", "type", "subject")} == {
        "specversion": "1.0",
        "id": f"{run}/verification",
        "source": "https://a/sds-drop/north",
        "type": "rosterdrop.verification.v1",
        "subject": run,
    }
    assert decoded["dataschema"] == schema()["$id"]
    assert decoded["datacontenttype"] == "application/json"
    assert decoded["traceparent"] == traceparent(run)
    assert [len(part) for part in decoded["traceparent"].split("-")] == [2, 32, 16, 2]
    assert msgspec.convert(decoded["data"], VerificationData) == data()


def test_the_schema_in_docs_is_this_one() -> None:
    written: dict[str, Any] = json.loads(Path("docs/results.schema.json").read_text())
    assert written == json.loads(json.dumps(schema())), "run: make schema"
    assert {"VerificationData", "HeldData", "SyncData"} <= set(written["$defs"])
    assert set(Event.__struct_fields__) >= {"id", "source", "data"}
