"""An incomplete set: when it is told, and what that leaves, to the last field."""

from typing import Any

import pytest
from msgspec.structs import replace

from shared.decide import Plan
from shared.inbox import amounts_to, listing, seen
from shared.record import Decision, Recent, Record, Telling
from shared.store import Denied
from shared.verification import fileset
from tests.model.world import GUID, World
from tests.verification.sets import check, clean, rendered

from .desk import HOUR, NOW, SECOND, at, do, lay
from .test_looks import edit
from .test_told import TOLD_TIMES, report_of, told


def incomplete(age: float = 3600, **fields: Any) -> World:
    """An inbox with one file, a stranger and a lack, seen so for `age` seconds."""
    world = lay(None)
    for name, data in (("school.csv", b"a\n1\n"), ("readme.txt", b"x"), ("Section.csv", b"")):
        world.store.put("sds-drop", f"north/{name}", data)
    found = amounts_to(listing(world.store, world.settings, "north"), world.settings, Record("north"), (), NOW)
    shown = seen(None, found.set, NOW - age * SECOND, 60)
    assert shown is not None
    from shared import door
    from shared.door import Edited

    shown = replace(shown, **fields)
    door.change(world.store, world.settings, "north", lambda r: Edited(replace(r, inbox=shown), None))
    return world


def test_a_file_beside_the_set_that_has_the_columns_of_a_missing_one_is_told_in_the_words_of_the_command() -> None:
    world, data = lay(None), rendered(clean("sdsV1"))
    files = {name: data[name] for name in ("School.csv", "Section.csv", "StudentEnrollment.csv", "TeacherRoster.csv")}
    files |= {"Lehrer.csv": data["Teacher.csv"], "Students.csv": data["Student.csv"], "empty.csv": b"", "a.txt": b"x"}
    for name, text in files.items():
        world.store.put("sds-drop", f"north/{name}", text)
    found = amounts_to(listing(world.store, world.settings, "north"), world.settings, Record("north"), (), NOW)
    edit(world, inbox=seen(None, found.set, NOW - HOUR, 60))
    do(world, "report", Plan("report", incomplete=True))
    said = {(each["fileName"], each["description"]) for each in told(world)["data"]["messages"]}
    checked = check({name: text for name, text in files.items() if name.endswith(".csv")}, expected=None)
    assert said == {
        (f.file_name, f.description) for f in checked.findings if f.rule == "missingFile" and f.type == "error"
    }
    words = dict(said)
    assert "Lehrer.csv has its columns: it is probably that file. Name it Teacher.csv." in words["Teacher.csv"]
    assert "Students.csv is there: did you mean that?" in words["Student.csv"]


def test_so_many_files_beside_a_set_are_looked_at(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(fileset, "HEADERS", 2)
    world, data = lay(None), rendered(clean("sdsV1"))
    for name in ("School.csv", "Section.csv"):
        world.store.put("sds-drop", f"north/{name}", data[name])
    for name in ("x1.csv", "x2.csv", "x3.csv", "x4.csv"):
        world.store.put("sds-drop", f"north/{name}", data["Teacher.csv"])
    found = amounts_to(listing(world.store, world.settings, "north"), world.settings, Record("north"), (), NOW)
    edit(world, inbox=seen(None, found.set, NOW - HOUR, 60))
    looks: list[None] = []
    usual = world.store.start
    monkeypatch.setattr(world.store, "start", lambda *names: (looks.append(None), usual(*names))[1])
    do(world, "report", Plan("report", incomplete=True))
    assert told(world)["data"]["outcome"] == "incomplete"
    assert len(looks) == 2


@pytest.mark.parametrize("plan", [Plan("report", incomplete=True), None])
def test_an_incomplete_set(plan: Plan | None) -> None:
    world = incomplete()
    before = world.record()
    assert do(world, "report", plan) is None
    message = told(world)
    data = message["data"]
    moment = NOW.isoformat().replace("+00:00", "Z")
    assert data["runId"].endswith("-i")
    assert (data["outcome"], data["profileId"], message["time"]) == ("incomplete", GUID, moment)
    assert data["drop"] == {
        "format": "sdsV1",
        "container": "sds-drop",
        "prefix": "north/",
        "files": [
            {"name": "School.csv", "size": 4, "sha256": None, "rows": None, "rowsDropped": None},
            {"name": "Section.csv", "size": 0, "sha256": None, "rows": None, "rowsDropped": None},
        ],
        "ignored": ["readme.txt"],
    }
    assert [each["fileName"] for each in data["messages"]] == [
        *("Student.csv", "Teacher.csv", "StudentEnrollment.csv", "TeacherRoster.csv", "Section.csv")
    ]
    assert data["times"] == dict.fromkeys(TOLD_TIMES) | {
        "firstLanded": moment,
        "lastLanded": moment,
        "settled": (NOW - HOUR).isoformat().replace("+00:00", "Z"),
    }
    report = report_of(world, f"north/{data['runId']}")
    assert report["warnings"] == [f"{each['fileName']}: {each['description']}" for each in data["messages"]]
    record = world.record()
    assert before.inbox is not None
    assert record.inbox == replace(before.inbox, told=True)
    assert record.recent == (Recent(data["runId"], "incomplete", NOW, errors=5, landed=NOW),)
    do(world, "report", plan)
    assert len(world.store.sent) == 1, "told once"


@pytest.mark.parametrize("fields", [{"age": 3599}, {"told": True}, {"fingerprint": "another"}])
def test_a_set_is_told_incomplete_once_and_when_it_has_been_so_for_long(fields: dict[str, Any]) -> None:
    world = incomplete(**fields)
    before = world.record()
    do(world, "report", Plan("report", incomplete=True))
    assert (world.store.sent, world.record()) == ([], before)


def test_a_set_that_changed_while_it_was_told_is_to_be_told_again() -> None:
    world = incomplete()
    usual = world.store.send

    def send(message: bytes) -> None:
        usual(message)
        from shared import door
        from shared.door import Edited

        door.change(
            world.store,
            world.settings,
            "north",
            lambda r: Edited(replace(r, inbox=r.inbox and replace(r.inbox, fingerprint="new")), None),
        )

    world.store.send = send  # type: ignore[method-assign]
    do(world, "report", Plan("report", incomplete=True))
    record = world.record()
    assert record.inbox is not None
    assert (record.inbox.told, record.telling) == (False, None)
    assert [story.outcome for story in record.recent] == ["incomplete"]


@pytest.mark.parametrize("gone", ["files", "look"])
def test_an_inbox_that_was_emptied_or_not_yet_seen_is_not_told(gone: str) -> None:
    world = incomplete()
    if gone == "files":
        world.store.held["sds-drop"].clear()
    else:
        edit(world, inbox=None)
    before = world.record()
    assert do(world, "report", Plan("report", incomplete=True)) is None
    assert (world.store.sent, world.record()) == ([], before)


def test_what_is_told_is_noted_before_it_is_committed_and_told_as_it_was_noted() -> None:
    world = incomplete()
    noted: list[Telling | None] = []

    def dies(message: bytes) -> None:
        noted.append(world.record().telling)
        raise Denied("the queue")

    usual, world.store.send = world.store.send, dies  # type: ignore[method-assign]
    with pytest.raises(Denied):
        do(world, "report", Plan("report", incomplete=True))
    (there,) = noted
    assert there is not None
    assert world.record().open
    assert there.story == Recent(there.story.run_id, "incomplete", NOW, errors=5, landed=NOW)
    world.store.send = usual  # type: ignore[method-assign]
    world.now += HOUR
    do(world, "report", Plan("report", incomplete=True))
    assert told(world)["time"] == NOW.isoformat().replace("+00:00", "Z")
    assert (world.record().recent, world.record().telling) == ((there.story,), None)
    assert not world.record().open


@pytest.mark.parametrize("committed", [True, False])
@pytest.mark.parametrize("fields", [{"inbox": None}, {"paused": Decision(False, NOW)}, {}])
def test_what_was_begun_and_nobody_would_tell_again_is_sent_if_it_was_committed(
    fields: dict[str, Any], committed: bool
) -> None:
    world = incomplete()
    seen = world.record().inbox
    assert seen is not None
    story = Recent("before-i", "incomplete", NOW - HOUR, errors=2)
    about = "another" if not fields else seen.fingerprint
    edit(world, telling=Telling(about, story), **fields)
    if committed:
        world.store.put("sds-runs", "north/before-i/message.json", b'{"id": "before"}')
    before = world.record()
    assert before.half_told
    do(world, "report", Plan("report"))
    assert world.store.sent == ([b'{"id": "before"}'] if committed else [])
    after = world.record()
    assert after.telling is None
    assert after.recent == ((story,) if committed else ())
    expected = before.inbox
    if expected is not None and expected.fingerprint == about:
        expected = replace(expected, told=committed)
    assert after.inbox == expected


def test_a_story_that_was_begun_about_this_inbox_goes_on_as_it_was_begun() -> None:
    world = incomplete()
    seen = world.record().inbox
    assert seen is not None
    edit(world, telling=Telling(seen.fingerprint, Recent("begun-i", "incomplete", NOW - HOUR)))
    assert not world.record().half_told
    do(world, "report", Plan("report", incomplete=True))
    assert told(world)["subject"] == "begun-i"


def test_nothing_is_begun_while_another_story_is_half_told() -> None:
    world = incomplete()
    about = Telling("another", Recent("begun-i", "incomplete", NOW - HOUR))
    at(world, "write", lambda: edit(world, telling=about))
    do(world, "report", Plan("report", incomplete=True))
    assert (world.store.sent, world.record().telling) == ([], about)
