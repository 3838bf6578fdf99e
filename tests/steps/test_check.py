"""Our own check as a step: what it ends, holds or lets pass, and what it leaves; so for what a person decides."""

import hashlib
import json
import logging
from datetime import timedelta
from typing import Any

import pytest
from msgspec.structs import replace

from shared import baseline, reports
from shared.decide import Plan
from shared.guard import recall
from shared.record import (
    Accepted,
    Current,
    Decision,
    Drop,
    DropFile,
    Ending,
    Hold,
    IgnoredFile,
    Poll,
    Recent,
    Target,
    Waiting,
)
from shared.results import RemovedEntry
from shared.steps.held import decided
from shared.steps.removal import UNREADABLE, Guard
from shared.steps.verify import _entry
from shared.verification import Finding as Found
from tests.model.world import GUID, World

from .desk import HOUR, NOW, SECOND, MemoryIndustryData, MemorySds, at, change, do, lay, run, work
from .test_held import SAMPLE, half

ORDER = ("School.csv", "Section.csv", "Student.csv", "Teacher.csv", "StudentEnrollment.csv", "TeacherRoster.csv")


def checked(
    data: dict[str, bytes] | None = None, api: type[MemorySds] = MemorySds, run_id: str = "run-1", **fields: Any
) -> tuple[World, Current]:
    """A run whose snapshot holds these files."""
    data = SAMPLE if data is None else data
    files = tuple(DropFile(name, name, f"north/{name}", "0x1", len(data[name])) for name in ORDER if name in data)
    given = replace(run("cleared", api, run_id=run_id, ready_at=None), drop=Drop("sdsV1", files), **fields)
    made = lay(given, api)
    made.deploy(preflight="block")
    for name, each in data.items():
        made.store.put("sds-runs", f"north/{run_id}/files/{name}", each)
    return made, given


def current(made: World) -> Current:
    there = made.record().current
    assert there is not None
    return there


def sums(made: World) -> dict[str, str | None]:
    return {file.name: file.sha256 for file in current(made).drop.files}


def accepted(made: World, data: dict[str, bytes], **fields: Any) -> Accepted:
    """The last accepted drop, with its files and what is remembered of it."""
    old, _ = checked(data, run_id="run-0")
    do(old, "verify")
    for name, held in old.store.held["sds-runs"].items():
        made.store.put("sds-runs", name, held.data)
    digests = {file.upload: file.sha256 or "" for file in current(old).drop.files}
    known = Accepted("run-0", Target("classic", GUID), "sdsV1", tuple(digests), digests, ended_well=True)
    known = replace(known, **fields)
    made.store.put("sds-state", "north.key", old.store.held["sds-state"]["north.key"].data)
    baseline.accept(made.store, made.settings, "north", "north/run-0", known)
    from .test_looks import edit

    edit(made, accepted=known)
    return known


def test_a_good_set_passes_with_its_rows_and_sums_counted(caplog: pytest.LogCaptureFixture) -> None:
    caplog.set_level(logging.INFO, "rosterdrop")
    made, _given = checked()
    caplog.clear()
    assert do(made, "verify") is None
    after = current(made)
    assert after.stage == "checked"
    for file in after.drop.files:
        data = SAMPLE[file.name]
        assert (file.sha256, file.rows_dropped) == (hashlib.sha256(data).hexdigest(), None)
        assert file.rows == len(data.splitlines()) - 1
    assert (after.row_errors, after.warnings, after.hold) == (False, (), None)
    report = reports.read(made.store, made.settings, "north/run-1")
    assert after.findings is (report is not None)
    lines = [record.getMessage() for record in caplog.records]
    warnings = sum(found.count for found in report.preflight if found.type == "warning") if report else 0
    assert lines == [f"event=checked profile=north run=run-1 errors=0 warnings={warnings}"]
    key = made.store.held["sds-state"]["north.key"].data
    assert recall(made.store.held["sds-runs"]["north/run-1/ids"].data, key)


@pytest.mark.parametrize("stage", ["taken", "checked", "uploading", "ended", None])
def test_only_a_run_that_was_cleared_is_checked(stage: Any) -> None:
    made = lay(run(stage) if stage else None)
    before = made.record()
    assert do(made, "verify") is None
    assert made.record() == before


BROKEN = {**SAMPLE, "Student.csv": b"Nothing\r\n1\r\n"}
NOBODY = {**SAMPLE, "Student.csv": SAMPLE["Student.csv"].splitlines(keepends=True)[0]}


@pytest.mark.parametrize(
    ("data", "preflight", "empty", "ends"),
    [
        (BROKEN, "block", False, True),
        (BROKEN, "report", False, False),
        (NOBODY, "report", False, True),
        (NOBODY, "block", False, True),
        (NOBODY, "report", True, False),
    ],
)
def test_errors_refuse_the_set_unless_they_are_only_to_be_reported(
    data: dict[str, bytes], preflight: str, empty: bool, ends: bool, caplog: pytest.LogCaptureFixture
) -> None:
    caplog.set_level(logging.INFO, "rosterdrop")
    made, _given = checked(data)
    made.deploy(preflight=preflight, allow_empty=empty)
    caplog.clear()
    assert do(made, "verify") == (Plan("report") if ends else None)
    after = current(made)
    assert after.ending == (Ending("rejectedBeforeUpload", NOW) if ends else None)
    assert (after.stage, after.findings) == ("ended" if ends else "checked", True)
    report = reports.read(made.store, made.settings, "north/run-1")
    assert report is not None
    assert (report.profile, report.run_id, report.api, report.outcome) == ("north", "run-1", "classic", None)
    assert report.drop["files"][0]["sha256"]
    errors = sum(found.count for found in report.preflight if found.type == "error")
    assert ("people.noRows" in {found.rule for found in report.preflight if found.type == "error"}) is (
        data is NOBODY and not empty
    )
    assert f" errors={errors} " in caplog.records[0].getMessage()
    assert ("north/run-1/ids" in made.store.held["sds-runs"]) is not ends


@pytest.mark.parametrize("encoding", ["gzip", "x" * 60])
def test_a_file_with_an_encoding_is_not_read(encoding: str) -> None:
    made, given = checked()
    files = tuple(replace(file, encoding=encoding if file.name == "Student.csv" else None) for file in given.drop.files)
    change(made, drop=replace(given.drop, files=files))
    assert do(made, "verify") == Plan("report")
    report = reports.read(made.store, made.settings, "north/run-1")
    assert report is not None
    (found,) = report.preflight
    assert found.description == (
        f"Student.csv is stored with Content-Encoding {encoding[:40]}: it is not text. "
        "Upload it plain, without that property."
    )
    assert (found.type, found.rule, found.file_name, found.line, found.column, found.count, found.scope) == (
        *("error", "file.encoded", "Student.csv", None, None, 1, "file"),
    )
    assert current(made).ending == Ending("rejectedBeforeUpload", NOW)
    assert set(sums(made).values()) == {None}


@pytest.mark.parametrize(
    ("limits", "reads"),
    [
        ({"max_file_bytes": 10}, False),
        ({"max_set_bytes": 10}, False),
        ({"max_file_bytes": 10_000_000, "max_set_bytes": 10_000_000}, True),
    ],
)
def test_a_file_or_set_that_is_too_large_is_not_read(limits: dict[str, int], reads: bool) -> None:
    made, given = checked()
    files = tuple(replace(file, encoding="Identity") for file in given.drop.files)
    change(made, drop=replace(given.drop, files=files))
    made.deploy(**limits)
    assert (do(made, "verify") is None) is reads
    assert (None not in sums(made).values()) is reads


def test_files_that_are_not_sent_are_warned_of() -> None:
    made, given = checked()
    ignored = (IgnoredFile("Students.csv", "north/Students.csv", "0x9"),)
    change(made, drop=replace(given.drop, ignored=ignored))
    do(made, "verify")
    report = reports.read(made.store, made.settings, "north/run-1")
    assert report is not None
    found = next(found for found in report.preflight if found.file_name == "Students.csv")
    assert (found.type, found.line, found.column, found.count, found.scope) == ("warning", None, None, 1, "file")
    assert found.description == "It looks like a second Student.csv: only Student.csv is sent. Remove it."


def test_rows_that_the_service_will_drop_are_counted_there() -> None:
    lines = SAMPLE["Student.csv"].splitlines(keepends=True)
    data = {**SAMPLE, "Student.csv": b"".join([*lines, b"short\r\n"])}
    for api in (MemorySds, MemoryIndustryData):
        made, _ = checked(data, api)
        made.deploy(error_rows_percent=50)
        do(made, "verify")
        there = {file.name: file.rows_dropped for file in current(made).drop.files}
        industry = api is MemoryIndustryData
        assert (there["School.csv"], there["Student.csv"]) == ((0, 1) if industry else (None, None))
        assert current(made).row_errors is industry


@pytest.mark.parametrize(
    ("fields", "settings", "retry_of", "unchanged"),
    [
        ({}, {}, None, True),
        ({"ended_well": False}, {}, None, False),
        ({"target": Target("industryData", GUID)}, {}, None, False),
        ({"digests": {"School.csv": "ab"}}, {}, None, False),
        ({}, {"unchanged": "send"}, None, False),
        ({}, {}, "run-0", False),
    ],
)
def test_the_same_bytes_are_not_sent_again(
    fields: dict[str, Any], settings: dict[str, Any], retry_of: str | None, unchanged: bool
) -> None:
    made, _ = checked(retry_of=retry_of)
    accepted(made, SAMPLE, **fields)
    made.deploy(**settings)
    assert (do(made, "verify") == Plan("report")) is unchanged
    assert current(made).ending == (Ending("unchanged", NOW) if unchanged else None)


GONE = RemovedEntry("people", "students", 40, 20, 20, 0, 50.0, 20.0)


def test_a_run_that_would_remove_too_much_is_held() -> None:
    made, _ = checked(half())
    accepted(made, SAMPLE)
    made.deploy(hold=600.0)
    assert do(made, "verify") == Plan("report")
    after = current(made)
    assert after.stage == "held"
    assert after.hold is not None
    assert after.hold == Hold(NOW, NOW + timedelta(seconds=600), after.hold.removed)
    assert GONE in after.hold.removed
    lines = [json.loads(line) for line in made.store.held["sds-runs"]["north/run-1/removed.jsonl"].data.splitlines()]
    assert len(lines) >= 20


@pytest.mark.parametrize(
    ("fields", "settings"),
    [
        ({"target": Target("industryData", GUID)}, {}),
        ({"format": "sdsV2.1"}, {}),
        ({}, {"max_removed_least": 21}),
        (None, {}),
        ({}, {"max_removed_percent": dict.fromkeys(("people", "orgs", "classes", "enrollments"), 100.0)}),
    ],
)
def test_what_is_compared_with_nothing_or_loses_little_passes(
    fields: dict[str, Any] | None, settings: dict[str, Any]
) -> None:
    made, _ = checked(half())
    if fields is not None:
        accepted(made, SAMPLE, **fields)
    made.deploy(**settings)
    assert do(made, "verify") is None
    assert current(made).stage == "checked"
    assert current(made).warnings == ()


@pytest.mark.parametrize("files", ["there", "deleted"])
def test_a_memory_that_can_not_be_read_is_read_again_from_the_files(
    files: str, caplog: pytest.LogCaptureFixture
) -> None:
    made, _ = checked(half(), warnings=("one",))
    accepted(made, SAMPLE)
    held = made.store.held["sds-state"]["north.baseline"]
    held.data = held.data[:-1] + bytes([held.data[-1] ^ 1])
    if files == "deleted":
        for name in [name for name in made.store.held["sds-runs"] if "run-0/files" in name]:
            del made.store.held["sds-runs"][name]
    do(made, "verify")
    after = current(made)
    assert after.stage == ("held" if files == "there" else "checked")
    assert after.warnings == (("one",) if files == "there" else ("one", UNREADABLE))
    assert "event=guardMemory profile=north why=unreadable" in [line.getMessage() for line in caplog.records]


def test_a_finding_goes_into_the_report_with_every_field() -> None:
    given = Found("error", "rule", "a.csv", 2, "Name", 3, "words", (2, 3), "shape", "file", "anchor")
    entry = _entry(given)
    assert {name: getattr(entry, name) for name in entry.__struct_fields__} == {
        name: getattr(given, name) for name in entry.__struct_fields__
    }


def test_a_warning_is_given_once() -> None:
    made, given = checked()
    guard = Guard(work(made), given)
    assert guard.warnings(("one",)) == ("one",)
    guard.warning = "two"
    assert guard.warnings(("one",)) == ("one", "two")
    assert guard.warnings(("two", "one")) == ("two", "one")


def test_where_the_old_files_are_gone_the_list_says_so() -> None:
    made, _ = checked(half())
    accepted(made, SAMPLE)
    for name in [name for name in made.store.held["sds-runs"] if "run-0/files" in name]:
        del made.store.held["sds-runs"][name]
    assert do(made, "verify") == Plan("report")
    listed = made.store.held["sds-runs"]["north/run-1/removed.jsonl"].data
    assert listed == b'{"note":"the files of the last accepted drop are deleted, so the ids can not be listed"}\n'


@pytest.mark.parametrize("fields", [{"stage": "checked"}, {"stage": "ended"}, {"run_id": "run-2"}])
def test_a_check_that_comes_late_changes_nothing(fields: dict[str, Any]) -> None:
    for data in (SAMPLE, BROKEN):
        made, given = checked(data)
        at(made, "stream", lambda made=made: change(made, **fields))  # type: ignore[misc]
        assert do(made, "verify") is None
        assert current(made) == replace(given, **fields)


def test_large_files_are_read_in_pieces_when_it_is_their_turn() -> None:
    made, given = checked()
    files = tuple(replace(file, size=2 * 1024 * 1024) for file in given.drop.files)
    change(made, drop=replace(given.drop, files=files))
    made.deploy(preflight="report")
    do(made, "verify")
    assert sums(made) == {name: hashlib.sha256(SAMPLE[name]).hexdigest() for name in ORDER}


YES = Decision(True, NOW, "head@school.example")
NO = Decision(False, NOW)
HELD = Hold(NOW - HOUR, NOW + HOUR, (GONE,), told=True)


@pytest.mark.parametrize(
    ("hold", "approved"),
    [(replace(HELD, decision=YES), True), (replace(HELD, decision=NO), False), (HELD, False), (None, False)],
)
def test_what_a_person_approved_goes_on_and_the_time_is_not_counted(
    hold: Hold | None, approved: bool, caplog: pytest.LogCaptureFixture
) -> None:
    caplog.set_level(logging.INFO, "rosterdrop")
    given = run("held", hold=hold, poll=Poll(NOW, 9), waiting=Waiting("timedOut"))
    made = lay(given)
    caplog.clear()
    assert do(made, "verify") is None
    after = replace(given, stage="checked", deadline=given.deadline + HOUR, ready_at=None, poll=None, waiting=None)
    assert current(made) == (after if approved else given)
    lines = [line.getMessage() for line in caplog.records]
    assert lines == (["event=approved profile=north run=run-1"] if approved else [])


@pytest.mark.parametrize(
    ("given", "run_id", "answer"),
    [
        (run("held", hold=HELD), "run-1", "done"),
        (run("held", hold=replace(HELD, decision=NO)), "run-1", "decided"),
        (run("checked", hold=replace(HELD, decision=YES)), "run-1", "decided"),
        (run("checked", hold=HELD), "run-1", "notHeld"),
        (run("checked"), "run-1", "notHeld"),
        (run("held"), "run-1", "notHeld"),
        (run("held", hold=HELD), "run-0", "notHeld"),
        (run("held", hold=HELD), "run-9", "noSuchRun"),
        (None, "run-0", "notHeld"),
        (None, "run-1", "noSuchRun"),
    ],
)
def test_a_decision_is_written_once_and_wakes(given: Current | None, run_id: str, answer: str) -> None:
    made = lay(given, driver=None, recent=(Recent("run-0", "failed", NOW),))
    before = made.record()
    said, record = decided(work(made), run_id, YES)
    assert said == answer
    assert record == made.record()
    if answer != "done" or given is None:
        assert record == before
        return
    after = replace(given, hold=replace(HELD, decision=YES))
    assert replace(record, swap=before.swap) == replace(before, poke=True, current=after)


def test_a_late_decision_is_asked_of_the_record_as_it_is() -> None:
    made = lay(run("held", hold=replace(HELD, decision=YES)))
    made.now = NOW + 5 * SECOND
    at(made, "read", lambda: change(made, hold=replace(HELD, decision=NO)))
    do(made, "verify")
    assert current(made).stage == "held"
