"""The queue's limit holds whatever field of a message is long, and the explanation is never what is cut first."""

import base64
import json
from datetime import UTC, datetime
from typing import Any, NamedTuple

import msgspec
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from shared.results import (
    LIMIT,
    BlobEntry,
    Counts,
    DecideEntry,
    DropEntry,
    ErrorCount,
    FileEntry,
    HeldData,
    MessageEntry,
    RemovedEntry,
    SyncData,
    SyncTimes,
    TimesEntry,
    VerificationData,
    event,
)
from shared.sds.port import Failure

NOW = datetime(2026, 11, 22, tzinfo=UTC)
RUN = "20261122T000000Z-0123456789ab"
NAME = 50
"""Characters of a text that a failure shows whole."""
ODD = ["", "x", "ü", "\0", '"', "\\", "\u202e", "\U0001f600", "名"]

words = st.tuples(st.sampled_from(ODD), st.sampled_from([0, 1, 300, 60_000])).map(lambda two: two[0] * two[1])
maybe = st.one_of(st.none(), words)
many = st.sampled_from([0, 1, 25, 90])


@st.composite
def drops(draw: st.DrawFn) -> DropEntry:
    file = FileEntry(draw(words), 1, draw(maybe), 1)
    return DropEntry(draw(maybe), draw(maybe), draw(maybe), (file,) * draw(many), (draw(words),) * draw(many))


@st.composite
def verifications(draw: st.DrawFn) -> VerificationData:
    entry = MessageEntry("error", draw(maybe), draw(words), "preflight", draw(maybe), 1, draw(maybe), 5)
    messages = (entry,) * draw(many)
    failure = Failure(draw(words), draw(words), draw(maybe)) if draw(st.booleans()) else None
    return VerificationData(
        profile=draw(maybe),
        profile_id=draw(maybe),
        run_id=RUN,
        api=draw(words),
        outcome="failed",
        profile_state=draw(maybe),
        verification="none",
        drop=draw(drops()),
        counts=Counts(len(messages)),
        messages=messages,
        truncated=False,
        report=BlobEntry(draw(words), draw(words)),
        failure=failure,
        times=TimesEntry(),
    )


@st.composite
def syncs(draw: st.DrawFn) -> SyncData:
    statistics = {draw(words): draw(words), "inboundTotals": {draw(words): 1}} if draw(st.booleans()) else None
    return SyncData(
        profile=draw(words),
        profile_id=draw(maybe),
        run_id=RUN,
        api=draw(words),
        outcome="failed",
        service_status=draw(maybe),
        error_count=7,
        errors_by_code=(ErrorCount(draw(maybe), draw(maybe), 1),) * draw(many),
        statistics=statistics,
        report=BlobEntry(draw(words), draw(words)),
        times=SyncTimes(None, NOW),
    )


@st.composite
def helds(draw: st.DrawFn) -> HeldData:
    return HeldData(
        profile=draw(words),
        profile_id=draw(maybe),
        run_id=RUN,
        api=draw(words),
        drop=draw(drops()),
        removed=(RemovedEntry("people", "students", 5, 2, 3, 0, 60, 20),) * 7,
        decide_by=NOW,
        decide=DecideEntry(draw(maybe), draw(words)),
        report=BlobEntry(draw(words), draw(words)),
        times=TimesEntry(),
    )


class Drawn(NamedTuple):
    """Data that says how long its texts are instead of the texts: a failure is read, not scrolled through."""

    data: Any

    def __repr__(self) -> str:
        return repr(_measured(msgspec.to_builtins(self.data)))


def _measured(node: Any) -> Any:
    if isinstance(node, str):
        return node if len(node) < NAME else f"{node[0]!r} * {len(node)}"
    if isinstance(node, dict):
        return {_measured(key): _measured(value) for key, value in node.items()}
    if isinstance(node, list | tuple):
        return [_measured(value) for value in node[:1]] + [f"{len(node)} in all"]
    return node


@settings(max_examples=50)
@given(drawn=st.one_of(verifications(), syncs(), helds()).map(Drawn))
def test_every_message_fits_whatever_is_long(drawn: Drawn) -> None:
    data = drawn.data
    kind: Any = {VerificationData: "verification", SyncData: "sync", HeldData: "held"}[type(data)]
    encoded = event("https://a/sds-drop/north", kind, NOW, data)
    assert len(encoded) <= LIMIT
    assert len(base64.b64encode(encoded)) <= 64 * 1024
    told = json.loads(encoded)["data"]
    assert told["runId"] == RUN
    given = json.loads(msgspec.json.encode(data))
    if isinstance(data, VerificationData):
        assert told["counts"] == given["counts"]
        assert (told["outcome"], bool(told["messages"])) == ("failed", bool(data.messages))
        assert (told["failure"] is None) == (data.failure is None)
        for mine, was in zip(told["messages"], given["messages"], strict=False):
            assert mine["description"][:90] == was["description"][:90]
        if data.failure is not None:
            assert told["failure"]["message"][:90] == data.failure.message[:90]
    elif isinstance(data, HeldData):
        assert told["removed"] == given["removed"]
    else:
        assert (told["errorCount"], told["outcome"]) == (7, "failed")


@pytest.mark.parametrize("length", [40_000, 60_000, 2_000_000])
def test_one_endless_word_of_a_service_fits(length: int) -> None:
    failure = Failure("x" * length, "y" * length, "z" * length)
    data = VerificationData(
        profile="north",
        profile_id=None,
        run_id=RUN,
        api="classic",
        outcome="failed",
        profile_state="s" * length,
        verification="none",
        drop=DropEntry("sdsV1", "sds-runs", "p/", (), ()),
        counts=Counts(),
        messages=(),
        truncated=False,
        report=BlobEntry("sds-runs", "p/report.json"),
        failure=failure,
        times=TimesEntry(),
    )
    told = json.loads(event("https://a/sds-drop/north", "verification", NOW, data))["data"]
    assert told["truncated"]
    assert told["failure"]["message"].startswith("yyy")
    assert told["report"] == {"container": "sds-runs", "blob": "p/report.json"}
