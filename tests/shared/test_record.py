"""The record's swap: whoever was first counts, and a version that is known already saves a read."""

import subprocess
import sys
from collections import Counter
from datetime import UTC, datetime

import msgspec
import pytest
from msgspec.structs import replace

from shared.record import Current, Displaced, Driver, Drop, DropFile, Ending, Record, Seen, Times, change, load
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


def poked(record: Record) -> Record:
    return replace(record, poke=True)


def driven(by: str) -> Counting:
    store = Counting()
    change(store, SETTINGS, "north", lambda record: replace(record, driver=Driver(by, NOW)))
    return store


def test_a_known_version_is_swapped_without_a_read() -> None:
    store = driven("me")
    known = load(store, SETTINGS, "north")
    store.count.clear()
    after = change(store, SETTINGS, "north", poked, instance="me", known=known)
    assert store.count["read"] == 0
    assert after == load(store, SETTINGS, "north")
    assert after.record.poke


def test_a_version_that_is_no_more_is_read_anew() -> None:
    store = driven("me")
    known = load(store, SETTINGS, "north")
    change(store, SETTINGS, "north", lambda record: replace(record, kept={"a": "1"}))
    after = change(store, SETTINGS, "north", poked, known=known)
    assert after.record.poke
    assert after.record.kept == {"a": "1"}


def test_nothing_to_change_is_said_of_the_record_as_it_is_now() -> None:
    store = driven("me")
    known = load(store, SETTINGS, "north")
    change(store, SETTINGS, "north", poked)
    after = change(store, SETTINGS, "north", lambda _: None, known=known)
    assert after.record.poke


def test_who_is_displaced_is_said_of_the_record_as_it_is_now() -> None:
    store = driven("other")
    known = load(store, SETTINGS, "north")
    change(store, SETTINGS, "north", lambda record: replace(record, driver=Driver("me", NOW)))
    assert change(store, SETTINGS, "north", poked, instance="me", known=known).record.poke
    with pytest.raises(Displaced):
        change(store, SETTINGS, "north", poked, instance="other", known=known)


MANY_AT_ONCE = """
import sys, threading
sys.setswitchinterval(1e-6)
from poll_state import blueprint
from shared import decide, record, report
class Store:
    def read(self, container, name): return DATA[name], "etag"
DATA = {"p.json": sys.argv[1].encode(), "p/1/report.json": b'{"profile":"p","runId":"1","api":"classic"}'}
def together(call):
    ready = threading.Barrier(8)
    threads = [threading.Thread(target=lambda: (ready.wait(), call())) for _ in range(8)]
    for thread in threads: thread.start()
    for thread in threads: thread.join()
together(lambda: record.load(Store(), record.Settings(), "p"))
together(lambda: report.read(Store(), record.Settings(), "p/1"))
together(lambda: decide.plan_of({"do": "report", "ending": {"outcome": "started", "at": "2026-01-01T00:00:00Z"}}))
"""


def test_the_first_use_may_be_by_many_threads_at_once() -> None:
    """A type that msgspec meets for the first time on several threads crashes the process."""
    file = DropFile("a.csv", "a.csv", "p/a.csv", "1", 1)
    run = Current("1", "taken", Drop("sdsV1", (file,)), Times(NOW), NOW, ending=Ending("started", NOW))
    record = msgspec.json.encode(Record("p", driver=Driver("me", NOW), inbox=Seen("x", NOW), current=run)).decode()
    for _ in range(3):
        assert subprocess.run([sys.executable, "-c", MANY_AT_ONCE, record], check=False).returncode == 0
