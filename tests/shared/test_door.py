"""The door to the record: who was first counts, only what counts is said, and a damaged record is no record."""

import subprocess
import sys
from collections import Counter
from datetime import UTC, datetime

import msgspec
import pytest
from msgspec.structs import replace

from shared.door import Changed, Displaced, Edited, Newer, Unreadable, change, load
from shared.record import VERSION, Current, Driver, Drop, DropFile, Ending, Record, Seen, Target, Times
from shared.settings import Settings
from tests.model.store import MemoryStore

NOW = datetime(2026, 11, 22, tzinfo=UTC)
SETTINGS = Settings()


class Counting(MemoryStore):
    """A store that counts its operations."""

    def __init__(self) -> None:
        super().__init__(lambda: NOW)
        self.count: Counter[str] = Counter()
        self.before = lambda operation: self.count.update([operation])


def poked(record: Record) -> Edited[str]:
    return Edited(replace(record, poke=True), "poked")


def driven(by: str) -> Counting:
    store = Counting()
    change(store, SETTINGS, "north", lambda record: Edited(replace(record, driver=Driver(by, NOW)), None))
    return store


def test_a_known_version_is_swapped_without_a_read() -> None:
    store = driven("me")
    known = load(store, SETTINGS, "north")
    store.count.clear()
    after = change(store, SETTINGS, "north", poked, instance="me", known=known)
    assert store.count["read"] == 0
    assert after.version == load(store, SETTINGS, "north")
    assert after.said == "poked"
    assert after.record.poke


def test_a_version_that_is_no_more_is_read_anew() -> None:
    store = driven("me")
    known = load(store, SETTINGS, "north")
    change(store, SETTINGS, "north", lambda record: Edited(replace(record, kept=("a",)), None))
    after = change(store, SETTINGS, "north", poked, known=known)
    assert after.record.poke
    assert after.record.kept == ("a",)


def test_nothing_to_change_is_said_of_the_record_as_it_is_now() -> None:
    store = driven("me")
    known = load(store, SETTINGS, "north")
    change(store, SETTINGS, "north", poked)
    after = change(store, SETTINGS, "north", lambda record: Edited(record, "nothing"), known=known)
    assert after.record.poke


def test_who_is_displaced_is_said_of_the_record_as_it_is_now() -> None:
    store = driven("other")
    known = load(store, SETTINGS, "north")
    change(store, SETTINGS, "north", lambda record: Edited(replace(record, driver=Driver("me", NOW)), None))
    assert change(store, SETTINGS, "north", poked, instance="me", known=known).record.poke
    with pytest.raises(Displaced):
        change(store, SETTINGS, "north", poked, instance="other", known=known)


def test_only_what_the_swap_that_won_has_decided_is_said() -> None:
    """An edit that was called for a swap that lost may have decided otherwise."""
    store = driven("me")
    known = load(store, SETTINGS, "north")
    change(store, SETTINGS, "north", lambda record: Edited(replace(record, retry="r"), None))

    def edit(record: Record) -> Edited[str]:
        return Edited(record, "late") if record.retry else Edited(replace(record, poke=True), "ours")

    assert change(store, SETTINGS, "north", edit, known=known).said == "late"


def test_a_write_whose_answer_was_lost_is_known_as_ours() -> None:
    store = driven("me")
    store.answer_lost = lambda: True
    changed: Changed[str] = change(store, SETTINGS, "north", poked)
    assert changed.said == "poked"
    assert store.count["write"] == 2
    assert changed.version == load(store, SETTINGS, "north")


@pytest.mark.parametrize(
    "data",
    [
        b"",
        b"{",
        b"[]",
        b"{}",
        b'{"v":2}',
        b'{"v":1}',
        b'{"v":"2"}',
        b"\xff\xfe",
        b'{"v":2,"profile":"other"}',
        b"[" * 9999,
    ],
)
def test_a_damaged_record_is_no_record(data: bytes) -> None:
    store = Counting()
    etag = store.put("sds-state", "north.json", data)
    with pytest.raises(Unreadable) as caught:
        load(store, SETTINGS, "north")
    assert caught.value.etag == etag


def test_a_record_of_a_newer_version_is_left_alone() -> None:
    store = Counting()
    store.put("sds-state", "north.json", b'{"v":%d,"anything":1}' % (VERSION + 1))
    with pytest.raises(Newer):
        change(store, SETTINGS, "north", poked)


def test_a_driver_without_a_record_says_so() -> None:
    with pytest.raises(Unreadable):
        change(Counting(), SETTINGS, "north", poked, instance="me")


MANY_AT_ONCE = """
import sys, threading
sys.setswitchinterval(1e-6)
from poll_state import blueprint
from shared import decide, door, reports
class Store:
    def read(self, container, name): return DATA[name], "etag"
DATA = {"p.json": sys.argv[1].encode(), "p/1/report.json": b'{"profile":"p","runId":"1","api":"classic"}'}
def together(call):
    ready = threading.Barrier(8)
    threads = [threading.Thread(target=lambda: (ready.wait(), call())) for _ in range(8)]
    for thread in threads: thread.start()
    for thread in threads: thread.join()
together(lambda: door.load(Store(), door.Settings(), "p"))
together(lambda: reports.read(Store(), door.Settings(), "p/1"))
together(lambda: decide.plan_of({"do": "report", "ending": {"outcome": "started", "at": "2026-01-01T00:00:00Z"}}))
"""


def test_the_first_use_may_be_by_many_threads_at_once() -> None:
    """A type that msgspec meets for the first time on several threads crashes the process."""
    file = DropFile("a.csv", "a.csv", "p/a.csv", "1", 1)
    run = Current(
        "1", "taken", Target("classic", "x"), Drop("sdsV1", (file,)), Times(NOW), NOW, ending=Ending("started", NOW)
    )
    record = msgspec.json.encode(Record("p", driver=Driver("me", NOW), inbox=Seen("x", NOW), current=run)).decode()
    for _ in range(3):
        assert subprocess.run([sys.executable, "-c", MANY_AT_ONCE, record], check=False).returncode == 0
