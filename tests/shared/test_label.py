"""The label on a record's blob tells what the record tells, or nothing."""

import tracemalloc
import types
import zlib
from base64 import b64decode, b64encode
from datetime import UTC, datetime, timedelta
from functools import cache
from typing import Any, Literal, Union, get_args, get_origin, get_type_hints

import msgspec
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from msgspec.structs import replace

from shared import door
from shared.label import KEY, LONGEST, digest, label, labelled, shown
from shared.overview import overview
from shared.record import (
    RECENT,
    VERSION,
    Current,
    Decision,
    Driver,
    Recent,
    Record,
    Refusal,
    Seen,
    Unmovable,
    Waiting,
)
from shared.sds.port import Failure
from shared.store import Blob
from tests.status.records import NOW, STAGES, at, held, recent, waiting

LATER = NOW + timedelta(minutes=1)
SCALARS: dict[Any, st.SearchStrategy[Any]] = {
    str: st.text(max_size=8),
    int: st.integers(0, 2**40),
    float: st.floats(0, 1e9),
    bool: st.booleans(),
    type(None): st.none(),
    datetime: st.datetimes(datetime(2020, 1, 1), datetime(2040, 1, 1), timezones=st.just(UTC)),  # noqa: DTZ001
}


@cache
def anything(kind: Any) -> st.SearchStrategy[Any]:
    """Any value of a type that a record is made of."""
    if kind in SCALARS:
        return SCALARS[kind]
    origin, inside = get_origin(kind), get_args(kind)
    if origin is Literal:
        return st.sampled_from(inside)
    if origin in (Union, types.UnionType):
        return st.one_of(*map(anything, inside))
    if origin is tuple:
        return st.lists(anything(inside[0]), max_size=3).map(tuple)
    if origin is dict:
        return st.dictionaries(*map(anything, inside), max_size=2)
    hints = get_type_hints(kind)
    return st.builds(kind, **{name: anything(hints[name]) for name in kind.__struct_fields__})


def stored(record: Record, profile: str | None = None, **changes: Any) -> Blob:
    """The record as a listing shows it."""
    data = door.encode(record)
    text = label(record, data)
    assert text is not None
    blob = Blob(
        door.blob_name(profile or record.profile), "0x1", len(data), NOW, metadata={KEY: text}, md5=digest(data)
    )
    return msgspec.structs.replace(blob, **changes)


def whole() -> Record:
    """A record with something everywhere that the overview looks at."""
    run = at("following").current
    assert run is not None
    run = replace(run, waiting=Waiting("failed", Failure("busy", "The service is busy.")), warnings=("a.csv stays.",))
    return replace(
        waiting(),
        driver=Driver("instance", LATER, LATER),
        paused=Decision(approve=False, at=NOW, by="head@school.example"),
        refusal=Refusal("refused", 3),
        unmovable=(Unmovable("north/a.csv", "0x2", 1, NOW, "BlobArchived"),),
        current=run,
        recent=recent()[:2],
    )


def relabelled(record: Record, change: Any) -> Blob:
    """A label that somebody has changed by hand."""
    blob = stored(record)
    packed = msgspec.msgpack.decode(zlib.decompress(b64decode(blob.metadata[KEY])))
    change(packed)
    text = b64encode(zlib.compress(msgspec.msgpack.encode(packed))).decode()
    return replace(blob, metadata={KEY: text})


@settings(max_examples=80)
@given(anything(Record))
def test_what_is_shown_of_a_label_is_what_is_shown_of_its_record(record: Record) -> None:
    record = replace(record, v=VERSION)
    found = labelled(stored(record), record.profile)
    assert found is not None
    for now in (NOW, datetime(2039, 1, 1, tzinfo=UTC)):
        assert msgspec.json.encode(overview(found, now)) == msgspec.json.encode(overview(record, now))


@pytest.mark.parametrize("record", [*map(at, STAGES), held(), waiting(), Record("north")])
def test_every_state_of_a_profile_fits(record: Record) -> None:
    found = labelled(stored(record), "north")
    assert found is not None
    assert overview(found, NOW) == overview(record, NOW)


def full(warnings: tuple[str, ...] = ()) -> Record:
    """As many stories as a record remembers, no two alike; and a run with warnings."""
    stories = tuple(
        Recent(
            f"{NOW - timedelta(days=n):%Y%m%dT%H%M%SZ}-{digest(b'%d' % n).hex()[:12]}",
            "failed",
            *(NOW - timedelta(days=n, microseconds=n * 7919**2 % 999983),),
            errors=n * 104729,
            warnings=n * 7919,
            landed=NOW - timedelta(days=n, seconds=n * 37),
            started=NOW - timedelta(days=n, microseconds=n * 104729**2 % 999979),
            sync="succeededWithErrors",
            sync_at=NOW - timedelta(days=n, microseconds=n * 1299709 % 999961),
            failure="serviceUnavailable",
        )
        for n in range(RECENT)
    )
    return replace(at("following"), recent=stories, current=replace(current(), warnings=warnings))


def current() -> Current:
    run = at("following").current
    assert run is not None
    return run


def test_fifty_stories_and_a_page_of_warnings_fit() -> None:
    words = tuple(f"north/file {n}.csv could not be deleted: it is leased; it stays in the inbox." for n in range(20))
    record = full(words)
    blob = stored(record)
    assert len(blob.metadata[KEY]) <= LONGEST
    found = labelled(blob, "north")
    assert found is not None
    assert overview(found, NOW) == overview(record, NOW)


def test_what_is_too_long_has_no_label() -> None:
    noise = tuple(digest(b"%d" % n).hex() for n in range(400))
    assert label(full(noise), b"") is None


def test_it_is_ascii_whatever_files_are_called() -> None:
    assert label(waiting(), b"").isascii()  # type: ignore[union-attr]


def test_nothing_that_no_one_is_shown_stands_in_it() -> None:
    record = replace(held(), driver=Driver("instance-1", LATER), kept=("mark-1",), swap="swap-1")
    packed = zlib.decompress(b64decode(stored(record).metadata[KEY]))
    for word in (b"instance-1", b"mark-1", b"swap-1", b"0x1", b"Student.csv", b"11111111-2222"):
        assert word in door.encode(record)
        assert word not in packed


# What `label(whole(), ...)` gave when its number was last raised.
RECORDED_MD5 = bytes.fromhex("5d6d54cf0999de5c8663e1b4e4a09f45")
RECORDED = (
    "eAGVU7+PG0UU9pEmoaJPilMKDpA4bAdfiBQhQKQ4CSlSzhCJBCnjmWfv6HZnlnmz/kEVxUmUdHfXgSJlldsf9vmUJmkjjRx6OiSaEyD+D3jj"
    "9UWGjins0cx+33vf974ZZxETsHYYidbP73wXtX859+PJ7Yf8j5d/pU+v5RjogTqpnS1jo7syhFxpY4NCGNkHM55IhZYpDmmeKCvDX//ePXfh"
    "SaZgaKttEbMEQYxLFhNBH+bPWHVz51ln9CIAJj5DHmgdbsKQRTHxS9XRw8ezrlQ9MLGRyqY5SiqxILyTh1rv4luZ1aF4PU0UgrUhCFd0tYmY"
    "zVHgN43cd4oHRzsVNcf+bx9cRW5kbD9lIRj73sZw4/2rHy2PLm78eff5+VuXGtG7m/RtHjK+iwf3M8UimO0At1Irf3E4CEZlJJHa6T1nnENs"
    "QXwBVBlek2Zm/k+VJX0bGA/AnNLnZGcI/yGfL8jdFK1h3hU8UxroJsjCR7lJ1LZIc67J/zN5xMwu7hUGGGrl8k6oO3iX7PsBcI8sNWi/YkqQ"
    "XUche7MnFyPdZ50Q9h8sNKcZWNZLM49bm0RayK4EUfnvPUhLnhgDyp7ULlQNvGrWm1uNRvNyu95qXanXv/2w3mhe+ri1dfmTK6zjRfVg2tVh"
    "qAfkXWGZ6YG9d8hiWXLqBCWfLvNFYjJhdDxeDjStZrn/uOqsSOJQM5EWqBNDsVvptFZgwJqtLZcZPUA3879fElNMciegOMlQPVfKHiUYxF5u"
    "ZQT4cNWVSuGKNdVBeZqxmY+wREqDp6w6oV1J8gwlwU0E5TmUykf17eh3GpI1o+tdN6Ew++I4n1JT14zRBueTATPKH+4fMz/9dWIZ4SaBmBh9"
    "bt3x0pAdyyy4EoaxNIAui8lFVw6YtAS+V+rEch1B0WUUeVH6v8TAOCO5kHUSpMACItn/sh3AOoLpSw7rEtf93ebUwPcJoN0WLqdByMhNdQyG"
    "+cS7YyQkbb72L9sd03unHPDFXabIg9lC97aylAQ3WZbxOVvMuUIdIRvcSJQXOi+JOWAxusK/IcBaFtAjdgUszHEZjhR3lF1OfAc/nUZqq11f"
    "LIrUyjr1nJw+C3u1mvNrFdPwH/8L03ixnNNNaYObS/M9HtO1Cv8P6YYx7Q=="
)


def test_whoever_leaves_out_less_raises_the_number() -> None:
    """A label of the same number must hold all that is shown: an older app may have written it."""
    found = labelled(replace(stored(whole()), metadata={KEY: RECORDED}, md5=RECORDED_MD5), "north")
    assert found is not None, "the number was raised: record a label anew"
    assert overview(found, NOW) == overview(whole(), NOW), "raise the number of labels, and record one anew"


@pytest.mark.parametrize(
    "changes",
    [
        {"metadata": {}},
        {"metadata": {"open": "true"}},
        {"metadata": {KEY: ""}},
        {"metadata": {KEY: "north"}},
        {"metadata": {KEY: "\u5b66"}},
        {"metadata": {KEY: "A" * LONGEST}},
        {"metadata": {KEY: b64encode(b"no zlib").decode()}},
        {"metadata": {KEY: b64encode(zlib.compress(b"\xc1")).decode()}},
        {"metadata": {KEY: b64encode(zlib.compress(b"\x91" * 5000)).decode()}},
        {"metadata": {KEY: b64encode(zlib.compress(bytes(5_000_000))).decode()}},
        {"md5": b""},
        {"md5": digest(b"what somebody has written by hand")},
    ],
)
def test_no_label_and_a_strange_one_tell_nothing(changes: dict[str, Any]) -> None:
    assert labelled(stored(held()), "north") is not None
    assert labelled(replace(stored(held()), **changes), "north") is None


def test_a_label_that_unfolds_to_a_thousand_times_its_size_takes_no_memory() -> None:
    blob = replace(stored(held()), metadata={KEY: b64encode(zlib.compress(bytes(5_000_000))).decode()})
    assert len(blob.metadata[KEY]) <= LONGEST
    tracemalloc.start()
    try:
        assert labelled(blob, "north") is None
        assert tracemalloc.get_traced_memory()[1] < 1_000_000
    finally:
        tracemalloc.stop()


def test_a_label_that_was_cut_off_or_lengthened_tells_nothing() -> None:
    blob = stored(held())
    text = blob.metadata[KEY]
    for size in range(0, len(text), 4):
        assert labelled(replace(blob, metadata={KEY: text[:size]}), "north") is None
    longer = b64encode(zlib.compress(bytes(LONGEST), 0)).decode()
    assert labelled(replace(blob, metadata={KEY: longer}), "north") is None


def test_a_label_of_another_profile_tells_nothing() -> None:
    """A record that was copied to another name takes its metadata along."""
    assert labelled(stored(held(), "south"), "south") is None


def put(**fields: Any) -> Any:
    return lambda packed: packed["shown"].update(fields)


@pytest.mark.parametrize(
    "change",
    [
        lambda packed: packed.update(made=packed["made"] + 1),
        lambda packed: packed.update(md5=bytes(16)),
        lambda packed: packed.pop("shown"),
        put(v=VERSION + 1),
        put(v=VERSION - 1),
        put(profile="south"),
        put(recent=[["run", "a word of a newer version", NOW]]),
        put(recent="none"),
        put(current={"stage": "asleep"}),
    ],
)
def test_a_label_of_another_version_or_by_another_hand_tells_nothing(change: Any) -> None:
    assert labelled(relabelled(held(), lambda packed: None), "north") is not None
    assert labelled(relabelled(held(), change), "north") is None


def test_a_field_that_a_newer_version_adds_is_no_trouble() -> None:
    found = labelled(relabelled(replace(held(), recent=recent()), put(colour="green")), "north")
    assert found is not None
    assert overview(found, NOW) == overview(held(), NOW)


def test_fingerprints_are_no_part_of_a_label() -> None:
    record = Record("north", inbox=Seen("f" * 40, NOW), restless=Seen("g" * 40, NOW, changing=NOW))
    there = shown(record)
    assert there.inbox is not None
    assert there.restless is not None
    assert (there.inbox.fingerprint, there.restless.fingerprint) == ("", "")
