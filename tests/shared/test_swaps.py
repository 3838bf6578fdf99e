"""The door's last words: a swap that never wins, what a record says in its metadata, and whose it is."""

import pytest
from msgspec.structs import replace

from shared import door
from shared.door import Edited, Unreadable, change
from shared.record import (
    Record,
)
from shared.store import Conflict
from tests.model.store import MemoryStore

from .test_surveys import NOON, SETTINGS


def test_a_swap_that_never_wins_is_given_up() -> None:
    store = MemoryStore(lambda: NOON)
    edits = [0]

    def edit(record: Record) -> Edited[None]:
        edits[0] += 1
        store.put("sds-state", "north.json", b'{"v":2,"profile":"north","retry":"%d"}' % edits[0])
        return Edited(replace(record, poke=True), None)

    with pytest.raises(Conflict, match="the record of north changed 50 times under one swap"):
        change(store, SETTINGS, "north", edit)
    assert edits == [50]


def test_a_record_says_in_its_metadata_whether_it_is_open() -> None:
    store = MemoryStore(lambda: NOON)
    etag = door.save(store, SETTINGS, Record("north"), None)
    assert store.held["sds-state"]["north.json"].metadata["open"] == "false"
    door.save(store, SETTINGS, Record("north", retry="r"), etag)
    assert store.held["sds-state"]["north.json"].metadata["open"] == "true"
    for old in (None, etag):
        with pytest.raises(Conflict):
            door.save(store, SETTINGS, Record("north"), old)


def test_a_record_is_that_profile_s_own_and_an_edit_of_nothing_writes_nothing() -> None:
    store = MemoryStore(lambda: NOON)
    door.save(store, SETTINGS, Record("north"), None)
    before = store.held["sds-state"]["north.json"]
    changed = change(store, SETTINGS, "north", lambda record: Edited(record, "nothing"))
    assert (changed.said, changed.etag, changed.record) == ("nothing", before.etag, Record("north"))
    assert store.held["sds-state"]["north.json"] == before
    assert door.load(store, SETTINGS, "south") == door.Version(Record("south"), None)
    data = before.data
    for bad in (data.replace(b"north", b"other"), data.replace(b'"v":2', b'"v":0')):
        with pytest.raises(Unreadable, match="north") as caught:
            door.decode(bad, SETTINGS, "north", "etag")
        assert (caught.value.profile, caught.value.etag) == ("north", "etag")
