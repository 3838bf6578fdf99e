"""The checker notices each kind of broken promise, on seasons that were made up, and none where all were kept."""

import hashlib
from collections.abc import Callable
from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest

from tests.soak.checker import CHECKS, SETS, run_id_of, violations
from tests.soak.drops import drop_of, marked
from tests.soak.evidence import Asked, Evidence, Lying, Night, Told, Version

PROFILE = "6f2b1c54-9a3e-4d7f-8b21-0c5d9e7a4f10"
SOURCE = f"https://127.0.0.1/account/sds-drop/{PROFILE}"
BEGAN = datetime(2026, 9, 1, 2, 0, tzinfo=UTC)


def version(name: str, night: int, seconds: float = 0) -> Version:
    data = f"{name} {night}".encode()
    at = BEGAN + timedelta(days=night, seconds=seconds)
    md5, sha = hashlib.md5(data, usedforsecurity=False).hexdigest(), hashlib.sha256(data).hexdigest()
    return Version(
        PROFILE, night, name, f"E{name}{night}", md5, sha, len(data), at, at.timestamp() - 0.1, at.timestamp()
    )


def blob(name: str, of: Version) -> Lying:
    return Lying(name, f"copy of {of.etag}", of.md5, of.size, of.modified)


def message(run: str, kind: str, outcome: str, landed: datetime) -> Told:
    data = {"outcome": outcome, "times": {"lastLanded": landed.isoformat()}}
    id_ = f"{run}/{kind}"
    return Told(id_, f"rosterdrop.{kind}.v1", run, SOURCE, f'{{"id": "{id_}"}}', data)


def season() -> Evidence:
    """Two nights: both were taken, sent and synced; a misplaced file was moved."""
    evidence = Evidence("classic", spread=8)
    for night in (1, 2):
        files = [version(name, night, seconds) for seconds, name in enumerate(sorted(SETS[0]))]
        run = run_id_of(files)
        evidence.versions += files
        evidence.nights.append(Night(PROFILE, night, "whole", True, True, {one.name: one.etag for one in files}))
        evidence.runs += [blob(f"{PROFILE}/{run}/files/{one.name}", one) for one in files]
        evidence.runs += [blob(f"{PROFILE}/{run}/{name}.json", files[0]) for name in ("message", "report")]
        told = [message(run, kind, "started", files[-1].modified) for kind in ("verification", "sync")]
        evidence.told += [*told, told[0]]
        evidence.committed[f"{PROFILE}/{run}/message.json"] = told[0].text
        sent = {one.name: one.sha256 for one in files}
        at = files[-1].modified.isoformat()
        evidence.asked += [
            Asked("upload", at, PROFILE, "provisioned", 200, None),
            Asked("start", at, PROFILE, "provisioned", 200, sent, True),
        ]
    deep = version("old/1.csv", 2)
    evidence.versions.append(deep)
    refused = run_id_of([deep]) + "-x1"
    evidence.runs.append(blob(f"_refused/{refused}/files/{PROFILE}/old/1.csv", deep))
    evidence.told.append(message(refused, "verification", "invalidDrop", deep.modified))
    evidence.records[f"{PROFILE}.json"] = {"current": None, "unmovable": []}
    return evidence


def two_contents(evidence: Evidence) -> None:
    evidence.told.append(replace(evidence.told[0], text="{}"))


def a_message_unsent(evidence: Evidence) -> None:
    evidence.committed[f"{PROFILE}/other/message.json"] = '{"id": "other/verification"}'


def a_night_untold(evidence: Evidence) -> None:
    run = evidence.told[0].subject
    evidence.told = [told for told in evidence.told if told.subject != run]


def a_night_told_under_another_id(evidence: Evidence) -> None:
    run = evidence.told[0].subject
    evidence.told = [replace(told, subject="elsewhere") if told.subject == run else told for told in evidence.told]


def a_file_in_two_runs(evidence: Evidence) -> None:
    first, second = evidence.told[0].subject, evidence.told[3].subject
    copied = next(one for one in evidence.runs if f"{first}/files/Student" in one.name)
    evidence.runs.append(replace(copied, name=copied.name.replace(first, second).replace("Student", "x/Student")))
    twin = version("x/Student.csv", 1)
    evidence.versions.append(replace(twin, md5=copied.md5))
    evidence.runs.append(replace(copied, name=copied.name.replace("Student", "x/Student")))


def too_early(evidence: Evidence) -> None:
    evidence.asked.append(Asked("start", "now", PROFILE, "provisioning", 400, None))


def last_night_s_file_among_tonight_s(evidence: Evidence) -> None:
    second = evidence.told[3].subject
    old = version("Section.csv", 1)
    at = next(i for i, one in enumerate(evidence.runs) if one.name.endswith(f"{second}/files/Section.csv"))
    evidence.runs[at] = blob(evidence.runs[at].name, old)


def a_file_that_was_replaced_among_newer_ones(evidence: Evidence) -> None:
    """Within the spread, but at no moment did both lie there."""
    old = version("Teacher.csv", 3, 0)
    new = version("Student.csv", 3, 5)
    evidence.versions += [old, new]
    evidence.replaced[old.etag] = new.began - 2
    run = "20260904T020005Z-000000000000"
    evidence.runs += [blob(f"{PROFILE}/{run}/files/{one.name}", one) for one in (old, new)]
    evidence.told.append(message(run, "verification", "rejected", new.modified))


def bytes_of_nobody(evidence: Evidence) -> None:
    at = next(i for i, one in enumerate(evidence.runs) if one.name.endswith("/files/School.csv"))
    evidence.runs[at] = replace(evidence.runs[at], md5="0")


def other_bytes_were_sent(evidence: Evidence) -> None:
    had = dict(evidence.asked[1].files or {})
    evidence.asked[1] = replace(evidence.asked[1], files=had | {"Student.csv": "another"})


def a_file_was_not_sent(evidence: Evidence) -> None:
    had = dict(evidence.asked[1].files or {})
    del had["Student.csv"]
    evidence.asked[1] = replace(evidence.asked[1], files=had)


def started_three_times(evidence: Evidence) -> None:
    evidence.asked += [evidence.asked[1]] * 2


def errors_were_sent(evidence: Evidence) -> None:
    evidence.nights[0] = replace(evidence.nights[0], good=False)


def a_file_is_gone(evidence: Evidence) -> None:
    evidence.runs = [one for one in evidence.runs if not one.name.endswith("/files/Teacher.csv")]


def a_refused_file_is_gone(evidence: Evidence) -> None:
    evidence.runs = [one for one in evidence.runs if not one.name.startswith("_refused/")]


def left_in_the_inbox(evidence: Evidence) -> None:
    left = version("Student.csv", 4)
    evidence.versions.append(left)
    evidence.inbox.append(Lying(f"{PROFILE}/Student.csv", left.etag, left.md5, left.size, left.modified))


def still_under_way(evidence: Evidence) -> None:
    evidence.records[f"{PROFILE}.json"] = {"current": {"stage": "starting"}}


def a_report_and_no_word(evidence: Evidence) -> None:
    evidence.runs.append(Lying(f"{PROFILE}/20260909T020000Z-000000000000/report.json", "e", "", 1, BEGAN))


def no_sync(evidence: Evidence) -> None:
    evidence.told = [told for told in evidence.told if "sync" not in told.type]


def a_damaged_record(evidence: Evidence) -> None:
    evidence.records[f"{PROFILE}.json.damaged-1"] = {}


PLANTED: dict[Callable[[Evidence], None], str] = {
    two_contents: "one_content_for_each_id",
    a_message_unsent: "what_was_committed_was_sent",
    a_night_untold: "every_whole_night_is_told_once",
    a_night_told_under_another_id: "every_whole_night_is_told_once",
    a_file_in_two_runs: "no_file_is_in_two_stories",
    too_early: "nothing_before_the_profile_is_ready",
    last_night_s_file_among_tonight_s: "no_snapshot_is_mixed",
    a_file_that_was_replaced_among_newer_ones: "no_snapshot_is_mixed",
    bytes_of_nobody: "no_snapshot_is_mixed",
    other_bytes_were_sent: "what_was_sent_is_what_was_frozen",
    a_file_was_not_sent: "what_was_sent_is_what_was_frozen",
    started_three_times: "no_run_is_started_more_than_twice",
    errors_were_sent: "no_broken_set_is_sent",
    a_file_is_gone: "nobodys_file_is_lost",
    a_refused_file_is_gone: "nobodys_file_is_lost",
    left_in_the_inbox: "nothing_is_left_untold",
    still_under_way: "no_run_is_without_an_end",
    a_report_and_no_word: "no_run_is_without_an_end",
    no_sync: "every_start_has_its_sync",
    a_damaged_record: "no_record_was_taken_for_damaged",
}


def test_a_good_season_has_no_violation() -> None:
    assert violations(season()) == []


@pytest.mark.parametrize("plant", PLANTED, ids=lambda plant: plant.__name__)
def test_a_broken_promise_is_noticed(plant: Callable[[Evidence], None]) -> None:
    evidence = season()
    plant(evidence)
    assert PLANTED[plant] in {words.partition(":")[0] for words in violations(evidence)}


def test_every_check_has_a_planted_violation() -> None:
    assert {check.__name__ for check in CHECKS} == set(PLANTED.values())


def test_a_set_that_a_later_night_wrote_over_may_be_untold() -> None:
    evidence = season()
    a_night_untold(evidence)
    evidence.replaced[evidence.nights[0].etags["Student.csv"]] = 0
    assert not [words for words in violations(evidence) if words.startswith("every_whole_night")]


def test_the_nights_of_a_profile_differ_in_every_file() -> None:
    for form in ("sdsV1", "sdsV2.1"):
        for night in range(1, 200, 7):
            one, other = drop_of(form, night), drop_of(form, night + 7)
            assert all(one[name] != other[name] for name in one), night


def test_a_mark_changes_nothing_but_quotes() -> None:
    assert marked(b"a,b\r\n1,2\r\n", 0b10) == b'a,b\r\n1,"2"\r\n'
    assert marked(b'a,b\r\n"1,5",2\r\n', 0) == b'a,b\r\n"1,5",2\r\n'
