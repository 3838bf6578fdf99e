"""The small blobs beside the record (kept marks, starts, key, baseline), the snapshot's copies, the table of life."""

from datetime import UTC, datetime, timedelta
from typing import Any, get_args

import pytest
from msgspec.structs import replace

from shared import baseline, kept, life, snapshot, starts
from shared.guard import KEY_BYTES
from shared.life import IllegalMove, Stage
from shared.record import Accepted, Current, Drop, Record, Refusal, Seen, StartIntent, Target, Times, Unmovable
from shared.sds.port import SyncState
from shared.store import Conflict, Copied, CopyAnswer
from tests.model.store import MemoryStore
from tests.model.world import GUID, SETTINGS

NOW = datetime(2026, 11, 22, 12, tzinfo=UTC)
HERE = Target("classic", GUID)


def store() -> MemoryStore:
    return MemoryStore(lambda: NOW)


def contend(there: MemoryStore, times: int, name: str, data: bytes) -> list[bytes]:
    """Another writes the blob right before each of the next writes; what was written then."""
    left = [times]
    usual = there.write

    def write(container: str, given: str, *rest: Any, **conditions: Any) -> str:
        if left[0] and given == name:
            left[0] -= 1
            there.put(container, name, data)
        return usual(container, given, *rest, **conditions)

    there.write = write  # type: ignore[method-assign]
    return [data]


def test_marks_that_stand_apart_add_up() -> None:
    there = store()
    assert kept.read(there, SETTINGS, "north") == frozenset()
    one, two, three = (kept.mark("north/School.csv", etag) for etag in ("1", "2", "3"))
    assert len({one, two, three, kept.mark("north/School.cs", "v\t1")}) == 4
    assert len(one) == len(kept.mark("north/\ud800.csv", "1")) == 16
    kept.add(there, SETTINGS, "north", (two, one))
    assert set(there.held) == {"sds-state"}
    held = there.held["sds-state"]["north.kept"]
    assert len(held.data) == 16
    kept.add(there, SETTINGS, "north", [one])
    assert there.held["sds-state"]["north.kept"] == held, "nothing new writes nothing"
    contend(there, 1, "north.kept", bytes.fromhex(three))
    kept.add(there, SETTINGS, "north", ["ab" * 8])
    assert kept.read(there, SETTINGS, "north") == {three, "ab" * 8}
    there.put("sds-state", "north.kept", bytes.fromhex(one + two) + b"half")
    assert kept.read(there, SETTINGS, "north") == {one, two}
    assert kept.read(there, SETTINGS, "south") == frozenset()


def test_marks_are_added_to_no_blob_and_beside_another_who_adds() -> None:
    there = store()
    contend(there, 1, "north.kept", bytes.fromhex("cd" * 8))
    kept.add(there, SETTINGS, "north", ["ab" * 8])
    assert kept.read(there, SETTINGS, "north") == {"cd" * 8, "ab" * 8}
    contend(there, 19, "north.kept", b"")
    kept.add(there, SETTINGS, "north", ["ef" * 8])
    assert kept.read(there, SETTINGS, "north") == {"ef" * 8}
    contend(there, 20, "north.kept", b"")
    with pytest.raises(Conflict, match="the kept files of north changed 20 times"):
        kept.add(there, SETTINGS, "north", ["01" * 8])


def reserve(there: MemoryStore, by: str, now: datetime = NOW, most: int = 2, seconds: float = 60) -> bool:
    return starts.reserve(there, SETTINGS, by, now, (most, seconds))


def counted(there: MemoryStore) -> list[str]:
    found, _ = starts._read(there, SETTINGS)
    return [start.by for start in found.starts]


def test_starts_are_counted_over_all_profiles_and_once_each() -> None:
    there = store()
    assert reserve(there, "north/one/1")
    assert set(there.held["sds-state"]) == {"_starts.json"}
    assert reserve(there, "north/one/1")
    assert counted(there) == ["north/one/1"]
    assert reserve(there, "south/two/1", NOW + timedelta(seconds=30))
    assert not reserve(there, "north/three/1", NOW + timedelta(seconds=59))
    assert reserve(there, "north/one/1", NOW + timedelta(seconds=59)), "it was counted before"
    assert reserve(there, "north/three/1", NOW + timedelta(seconds=60)), "the first is long enough ago"
    assert counted(there) == ["south/two/1", "north/three/1"]
    starts.withdraw(there, SETTINGS, "south/two/1")
    assert counted(there) == ["north/three/1"]
    held = there.held["sds-state"]["_starts.json"]
    starts.withdraw(there, SETTINGS, "nobody")
    assert there.held["sds-state"]["_starts.json"] == held
    there.put("sds-state", "_starts.json", b"damaged")
    assert reserve(there, "north/four/1")
    assert counted(there) == ["north/four/1"]
    for number in range(300):
        assert reserve(there, f"{number}", most=1000)
    assert len(counted(there)) == 201
    assert starts._read(there, SETTINGS)[0].starts[-1] == starts.Start("299", NOW)


def test_starts_are_counted_beside_others_who_start() -> None:
    there = store()
    other = b'{"starts":[{"by":"other","at":"2026-11-22T12:00:00Z"}],"v":1}'
    contend(there, 1, "_starts.json", other)
    assert reserve(there, "mine")
    assert counted(there) == ["other", "mine"]
    contend(there, 1, "_starts.json", other)
    assert not reserve(there, "one more", most=1)
    contend(there, 1, "_starts.json", other.replace(b"}]", b'},{"by":"mine","at":"2026-11-22T12:00:00Z"}]'))
    starts.withdraw(there, SETTINGS, "mine")
    assert counted(there) == ["other"]
    contend(there, 49, "_starts.json", b"{}")
    assert reserve(there, "late")
    contend(there, 50, "_starts.json", b"{}")
    with pytest.raises(Conflict, match=r"^_starts\.json changed 50 times under one swap"):
        reserve(there, "later")


def test_the_key_is_made_once_and_made_anew_if_it_is_no_key() -> None:
    there = store()
    contend(there, 1, "north.key", bytes(KEY_BYTES))
    assert baseline.key(there, SETTINGS, "north") == bytes(KEY_BYTES), "another made it first"
    assert baseline.key(there, SETTINGS, "south") == there.held["sds-state"]["south.key"].data
    assert len(there.held["sds-state"]["south.key"].data) == KEY_BYTES
    there.put("sds-state", "south.key", b"short")
    made = baseline.key(there, SETTINGS, "south")
    assert len(made) == KEY_BYTES
    assert baseline.key(there, SETTINGS, "south") == made
    contend(there, 8, "east.key", b"")
    assert len(baseline.key(there, SETTINGS, "east")) == KEY_BYTES
    contend(there, 9, "west.key", b"")
    with pytest.raises(Conflict, match=r"^west\.key changed 10 times under one swap"):
        baseline.key(there, SETTINGS, "west")


def test_the_baseline_is_the_accepted_run_and_its_ids() -> None:
    there = store()
    accepted = Accepted("run-1", HERE, "sdsV1", ("School.csv",), {"School.csv": "ab"})
    assert baseline.read(there, SETTINGS, "north") is None
    baseline.accept(there, SETTINGS, "north", "north/run-1", accepted)
    assert baseline.read(there, SETTINGS, "north") == baseline.Baseline(accepted, b"")
    there.put("sds-runs", baseline.ids_blob("north/run-1"), b"ids\nmore")
    baseline.accept(there, SETTINGS, "north", "north/run-1", accepted)
    assert baseline.read(there, SETTINGS, "north") == baseline.Baseline(accepted, b"ids\nmore")
    assert baseline.ids_blob("north/run-1") == "north/run-1/ids"
    there.put("sds-state", "north.baseline", b"{}\nids")
    assert baseline.read(there, SETTINGS, "north") is None


def test_a_snapshot_is_copied_blob_by_blob_and_discarded_only_while_it_is_nobody_s() -> None:
    there = store()
    there.put("sds-drop", "north/School.csv", b"1")
    blob = there.blobs("sds-drop")[0]
    name = snapshot.prefix("north", "run-1") + "School.csv"
    assert name == "north/run-1/files/School.csv"
    other = snapshot.prefix("north", "run-1") + "Gone.csv"
    wanted = {name: blob, other: replace(blob, name="north/Gone.csv")}
    assert snapshot.freeze(there, SETTINGS, wanted) == {
        name: CopyAnswer(Copied.COPIED),
        other: CopyAnswer(Copied.GONE),
    }
    there.put("sds-runs", "north/run-10/files/School.csv", b"1")
    there.put("sds-runs", "north/run-1/report.json", b"{}")
    snapshot.discard(there, SETTINGS, "north", "run-1")
    assert name in there.held["sds-runs"]
    del there.held["sds-runs"]["north/run-1/report.json"]
    snapshot.discard(there, SETTINGS, "north", "run-1")
    assert set(there.held["sds-runs"]) == {"north/run-10/files/School.csv"}


def run(stage: Stage) -> Current:
    return Current("run-1", stage, HERE, Drop("sdsV1", ()), Times(), NOW)


def test_a_run_moves_only_as_the_table_says() -> None:
    for name, move in life.MOVES.items():
        for stage in get_args(Stage):
            assert life.may(run(stage), name) == (stage in move.origins)
            if stage in move.origins:
                assert life.moved(run(stage), name, findings=True) == replace(run(move.to), findings=True)
            else:
                with pytest.raises(IllegalMove, match=f"^{name} from {stage}$"):
                    life.moved(run(stage), name)


def test_a_record_is_open_while_anything_must_not_be_forgotten() -> None:
    record = Record("north")
    assert not record.open
    assert not record.unfinished
    stuck = Unmovable("north/a", "1", 1, NOW, "archived")
    for field in ({"current": run("ended")}, {"refusal": Refusal("x", 1)}, {"retry": "x"}, {"unmovable": (stuck,)}):
        assert replace(record, **field).open
    assert replace(record, current=run("taken")).unfinished


def test_quiet_is_two_listings_a_settle_time_apart() -> None:
    seen = Seen("f", NOW, looks=2)
    assert seen.quiet(NOW + timedelta(seconds=60), 60)
    assert not seen.quiet(NOW + timedelta(seconds=59), 60)
    assert not replace(seen, looks=1).quiet(NOW + timedelta(seconds=60), 60)


def test_the_state_before_a_start() -> None:
    intent = StartIntent(NOW, 1, NOW, status="success", last_activity_date_time=NOW, seen=NOW)
    assert intent.before == SyncState("success", "unknown", NOW, None, seen=NOW)
    assert replace(intent, running=True).before.stage == "running"
    later = NOW + timedelta(hours=1)
    bare = StartIntent(later, 1, NOW, last_synchronization_date_time=NOW, run="run-9")
    assert bare.before == SyncState("unknown", "unknown", later, NOW, run="run-9")
    assert replace(bare, run=None).before.last_activity_date_time is None
