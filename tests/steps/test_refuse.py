"""What is refused, why, and what it leaves, to the last field: portion, message, record, and the blobs themselves."""

import json
import logging
from datetime import timedelta
from typing import Any

import msgspec
import pytest
from msgspec.structs import replace

from shared import door
from shared.decide import Plan
from shared.door import Edited
from shared.inbox import PORTION, run_id
from shared.kept import mark
from shared.record import Driver, Ending, Recent, Record, Refusal, Seen, Unmovable
from shared.sds.port import Failure
from shared.steps import STEPS
from shared.store import Blob
from tests.model.world import World

from .desk import HOUR, ME, NOW, SECOND, at, do, lay

LANDED = NOW - timedelta(minutes=5)
MOMENT = LANDED.isoformat().replace("+00:00", "Z")
WAIT = Plan("wait", 1.0, then="refuse")
SEEN = Seen("f", LANDED, looks=2)


def world(*names: str, profile: str = "north", **fields: Any) -> World:
    made = lay(None)
    if profile != "north" or fields:
        record = Record(profile, driver=ME, **fields)
        there = door.load(made.store, made.settings, profile)
        door.save(made.store, made.settings, record, there.etag)
    made.now = LANDED
    for name in names:
        made.store.put("sds-drop", name, b"data" * (1 + len(made.store.held.get("sds-drop", {}))))
    made.now = NOW
    return made


def inbox(made: World) -> dict[str, Blob]:
    return {blob.name: blob for blob in made.store.blobs("sds-drop")}


def marks(made: World, *names: str) -> tuple[str, ...]:
    there = inbox(made)
    return tuple(sorted(mark(name, there[name].etag) for name in names))


def refuse(made: World, profile: str = "north", plan: Plan | None = None) -> Plan | None:
    answer: Plan | None = STEPS["refuse"](made.room, profile, "me", plan)
    return answer


def data(made: World) -> dict[str, Any]:
    (message,) = made.store.sent
    found: dict[str, Any] = json.loads(message)["data"]
    return found


def runs(made: World) -> dict[str, bytes]:
    return {name: held.data for name, held in made.store.held.get("sds-runs", {}).items()}


DEEP = ("north/deep/a.csv", "north/deep/b.csv")
REASON = (
    "These files lie deeper than sds-drop/north/<file>.csv, where they belong. They were moved to sds-runs/_refused."
)


def test_a_portion_is_written_down_moved_told_and_forgotten() -> None:
    made = world(*DEEP)
    blobs = tuple(inbox(made).values())
    name = f"{run_id(blobs)}-x1"
    named: list[Record] = []
    at(made, "copy", lambda: named.append(made.record()))
    assert refuse(made) is None
    assert named[0].refusal == Refusal(name, 2, marks=tuple(mark(blob.name, blob.etag) for blob in blobs))
    assert inbox(made) == {}
    held = runs(made)
    assert held[f"_refused/{name}/files/north/deep/a.csv"] == b"data"
    portion = json.loads(held[f"_refused/{name}/portion.json"])
    assert portion == {
        "reason": REASON,
        "items": [{"name": blob.name, "etag": blob.etag, "size": blob.size, "modified": MOMENT} for blob in blobs],
        "move": True,
        "ending": None,
    }
    told = data(made)
    assert (told["runId"], told["outcome"], told["profileId"], told["failure"]) == (
        name,
        "invalidDrop",
        made.settings.profiles["north"],
        None,
    )
    assert told["drop"] == {
        "format": None,
        "container": "sds-runs",
        "prefix": f"_refused/{name}/files/",
        "files": [
            {"name": blob.name, "size": blob.size, "sha256": None, "rows": None, "rowsDropped": None} for blob in blobs
        ],
        "ignored": [],
    }
    assert [(each["type"], each["description"], each["rule"]) for each in told["messages"]] == [
        ("error", REASON, "drop.invalid")
    ]
    times = {name: moment for name, moment in told["times"].items() if moment}
    assert times == {"firstLanded": MOMENT, "lastLanded": MOMENT}
    assert json.loads(held[f"_refused/{name}/report.json"])["warnings"] == [REASON]
    assert f"_refused/{name}/message.json" in held
    record = made.record()
    assert replace(record, swap="") == Record("north", driver=ME, recent=(Recent(name, "invalidDrop", NOW, errors=1),))


@pytest.mark.parametrize(
    ("fields", "refused"),
    [({}, True), ({"since": NOW - 59 * SECOND}, False), ({"looks": 1}, False), ({"fingerprint": "other"}, False)],
)
def test_a_set_that_can_be_no_run_is_refused_once_it_is_quiet(fields: dict[str, Any], refused: bool) -> None:
    names = ("north/schools.csv", "north/students.csv", "north/readme.txt")
    made = world(*names)
    found = work_look(made)
    assert found.problem == "unknownFormat"
    shown = replace(Seen(found.fingerprint, NOW - 60 * SECOND, looks=2), **fields)
    door.change(made.store, made.settings, "north", lambda record: Edited(replace(record, inbox=shown), None))
    assert refuse(made) is None
    assert (inbox(made) == {}) == refused
    if refused:
        words = data(made)["messages"][0]["description"]
        assert words == f"{found.advice} The files were moved to sds-runs/_refused."
        assert {file["name"] for file in data(made)["drop"]["files"]} == set(names)


def work_look(made: World) -> Any:
    from .desk import work

    found = work(made).look(made.record()).set
    assert found is not None
    return found


@pytest.mark.parametrize("fields", [{"inbox": SEEN}, {"inbox": None}])
def test_nothing_is_refused_where_nothing_is_wrong(fields: dict[str, Any]) -> None:
    for names in ((), ("north/School.csv",)):
        made = world(*names, **fields)
        before = made.record()
        assert refuse(made) is None
        assert (made.record(), made.store.sent, len(inbox(made))) == (before, [], len(names))


def test_what_is_moved_comes_in_portions() -> None:
    made = world(*(f"north/deep/{number:04}.csv" for number in range(PORTION + 1)))
    refuse(made)
    assert list(inbox(made)) == ["north/deep/1000.csv"]


def test_files_of_a_set_that_can_not_be_copied_are_told_and_stay() -> None:
    made = world("north/School.csv", "north/Student.csv")
    there = inbox(made)
    stuck = tuple(
        Unmovable(blob.name, blob.etag, blob.size, blob.modified, why)
        for blob, why in zip(there.values(), ("Encrypted", "Archived"), strict=True)
    )
    other = Unmovable("north/Teacher.csv", "0x9", 1, NOW, "Archived")
    door.change(made.store, made.settings, "north", lambda record: Edited(replace(record, unmovable=stuck), None))

    def more() -> None:
        door.change(
            made.store,
            made.settings,
            "north",
            lambda record: Edited(replace(record, unmovable=(*stuck, other)), None),
        )

    at(made, "send", more)
    refuse(made)
    words = (
        "2 of the set's files can't be copied by storage (Archived, Encrypted), so the set can't be taken: "
        "upload them anew. The set's other files stay and wait for them."
    )
    assert [each["description"] for each in data(made)["messages"]] == [words]
    record = made.record()
    assert (record.unmovable, record.refusal) == ((other,), None)
    assert record.kept == marks(made, "north/School.csv", "north/Student.csv")
    assert set(inbox(made)) == {"north/School.csv", "north/Student.csv"}
    portion = next(data for name, data in runs(made).items() if name.endswith("portion.json"))
    assert json.loads(portion)["move"] is False
    assert not any("/files/" in name for name in runs(made))


@pytest.mark.parametrize("failure", [Failure("internal", "The step came to nothing."), None])
def test_what_is_given_up_is_told_with_its_ending_and_stays(failure: Failure | None) -> None:
    made = world(*DEEP, "north/School.csv")
    ending = Ending("failed", NOW - SECOND, failure)
    refuse(made, plan=Plan("refuse", ending=ending))
    told = data(made)
    stay = "The files stay where they are and are not looked at again; upload them anew."
    words = f"The step came to nothing. {stay}" if failure else stay
    assert [each["description"] for each in told["messages"]] == [words]
    assert told["outcome"] == "failed"
    assert told["failure"] == (msgspec.to_builtins(failure) if failure else None)
    assert {file["name"] for file in told["drop"]["files"]} == {*DEEP, "north/School.csv"}
    assert made.record().kept == marks(made, *DEEP, "north/School.csv")
    assert made.record().recent[0].at == NOW - SECOND


def test_what_is_given_up_is_at_most_a_portion_and_nothing_of_nothing() -> None:
    made = world(*(f"north/deep/{number:04}.csv" for number in range(PORTION)), "north/School.csv")
    refuse(made, plan=Plan("refuse", ending=Ending("failed", NOW)))
    assert len(made.record().kept) + len(made.record().recent) == PORTION + 1
    made = world()
    before = made.record()
    assert refuse(made, plan=Plan("refuse", ending=Ending("failed", NOW))) is None
    assert (made.record(), made.store.sent) == (before, [])


def test_what_can_not_be_named_or_copied_stays_and_is_told(caplog: pytest.LogCaptureFixture) -> None:
    long = "north/deep/" + "x" * 1000
    made = world(*DEEP, "north/deep/archived.csv", "north/deep/sealed.csv", "north/..", long)
    for name, why in (("archived", "BlobArchived"), ("sealed", "BlobSealed")):
        made.store.held["sds-drop"][f"north/deep/{name}.csv"].uncopyable = why
    stay = ("north/deep/archived.csv", "north/deep/sealed.csv", "north/..", long)
    caplog.clear()
    refuse(made)
    assert [each["description"] for each in data(made)["messages"]] == [
        REASON,
        "2 of the files have names that can't be addressed (dot segments, or too long); they stay.",
        "2 of the files can't be copied by storage (BlobArchived, BlobSealed); they stay.",
    ]
    assert set(inbox(made)) == set(stay)
    assert made.record().kept == marks(made, *stay)
    lines = [line.getMessage() for line in caplog.records if line.levelno == logging.WARNING]
    assert lines == ["event=kept profile=north files=4"]


@pytest.mark.parametrize("how", ["protected", "denied", "newer"])
def test_what_can_not_be_deleted_is_kept_and_what_is_newer_is_not(how: str) -> None:
    made = world(*DEEP)
    before = marks(made, *DEEP)
    if how == "protected":
        for held in made.store.held["sds-drop"].values():
            held.protected = True
    made.store.deletes_denied = how == "denied"
    if how == "newer":
        at(made, "delete", lambda: made.store.put("sds-drop", DEEP[0], b"new") and None)
    refuse(made)
    assert made.record().kept == (() if how == "newer" else before)
    assert set(inbox(made)) == (set(DEEP[:1]) if how == "newer" else set(DEEP))


def test_copies_that_are_under_way_are_waited_for() -> None:
    made = world(*DEEP)
    slow = [True]
    made.store.copy_slow = lambda: slow.pop() if slow else False
    assert refuse(made) == WAIT
    assert (made.store.sent, len(inbox(made))) == ([], 2)
    assert made.record().refusal is not None
    assert refuse(made) is None
    assert inbox(made) == {}


def test_a_story_that_was_told_gets_a_new_number_and_an_interrupted_one_keeps_its_own() -> None:
    made = world(*DEEP)
    base = run_id(inbox(made).values())
    at(made, "copy", lambda: (_ for _ in ()).throw(KeyboardInterrupt))
    with pytest.raises(KeyboardInterrupt):
        refuse(made)
    door.change(made.store, made.settings, "north", lambda record: Edited(replace(record, refusal=None), None))
    refuse(made)
    assert made.record().recent[0].run_id == f"{base}-x1"
    etags = _etags(made)
    for how, number in (("told", 2), ("damaged", 3), ("another", 4)):
        for size, name in enumerate(DEEP, 1):
            made.store.put("sds-drop", name, b"data" * size)
            held = made.store.held["sds-drop"][name]
            held.etag, held.modified = etags[name], LANDED
        folder = f"_refused/{base}-x{number - 1}"
        if how != "told":
            other = b"{" if how == "damaged" else b'{"reason":"","items":[],"move":true,"ending":null}'
            made.store.put("sds-runs", f"{folder}/portion.json", other)
            del made.store.held["sds-runs"][f"{folder}/message.json"]
        refuse(made)
        assert made.record().recent[-1].run_id == f"{base}-x{number}", how
        made.store.put("sds-runs", f"{folder}/message.json", b"{}")


def _etags(made: World) -> dict[str, str]:
    portion = next(data for name, data in runs(made).items() if name.endswith("-x1/portion.json"))
    return {item["name"]: item["etag"] for item in json.loads(portion)["items"]}


def test_a_refusal_of_another_is_finished_and_another_s_is_not_closed() -> None:
    made = world(*DEEP)
    refusal = Refusal("gone-x1", 2)
    door.change(made.store, made.settings, "north", lambda record: Edited(replace(record, refusal=refusal), None))
    at(
        made,
        "send",
        lambda: (
            door.change(
                made.store,
                made.settings,
                "north",
                lambda record: Edited(replace(record, refusal=replace(refusal, run_id="other-x1")), None),
            )
            and None
        ),
    )
    refuse(made)
    told = data(made)
    assert [each["description"] for each in told["messages"]] == ["The list of these files was lost."]
    assert (told["runId"], told["drop"]["files"], len(inbox(made))) == ("gone-x1", [], 2)
    assert set(told["times"].values()) == {None}
    record = made.record()
    assert record.refusal == replace(refusal, run_id="other-x1")
    assert record.recent == ()


def test_a_refusal_that_an_older_version_began_is_finished() -> None:
    made = world(*DEEP)
    there = inbox(made)
    refusal = Refusal(
        "old-1",
        2,
        reason="Why.",
        blobs={name: blob.etag for name, blob in there.items()},
        sizes=(4, 8),
        first_landed=LANDED,
        last_landed=LANDED + SECOND,
    )
    door.change(made.store, made.settings, "north", lambda record: Edited(replace(record, refusal=refusal), None))
    refuse(made)
    told = data(made)
    assert [each["description"] for each in told["messages"]] == ["Why."]
    assert [file["size"] for file in told["drop"]["files"]] == [4, 8]
    assert told["report"]["blob"] == "north/old-1/report.json"
    assert {moment for moment in told["times"].values() if moment} == {(LANDED + SECOND).isoformat()[:-6] + "Z"}
    assert inbox(made) == {}


def test_a_displaced_driver_moves_no_more_than_a_hundred() -> None:
    names = [f"north/deep/{number:03}.csv" for number in range(150)]
    made = world(*names)

    def displaced() -> None:
        door.change(
            made.store,
            made.settings,
            "north",
            lambda record: Edited(replace(record, driver=Driver("other", NOW + HOUR)), None),
        )
        made.now += HOUR

    at(made, "copy", displaced)
    do(made, "refuse")
    assert set(inbox(made)) == set(names)
    assert sum("/files/" in name for name in runs(made)) == 100
    assert made.record().refusal is not None
