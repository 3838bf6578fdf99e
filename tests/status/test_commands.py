"""`status`, `report` and what a person says of a profile, on a terminal."""

from datetime import timedelta

import msgspec
import pytest
from msgspec.structs import replace

from local.cli.main import main
from shared.overview import OUTCOME_SAYS, SYNC_SAYS
from shared.record import Driver, Record
from shared.reports import Finding, Report
from tests.status.conftest import Filled
from tests.status.records import NASTY, NOW, RUN, held, waiting

Out = pytest.CaptureFixture[str]


def lines(out: Out) -> list[str]:
    return out.readouterr().out.splitlines()


def why(out: Out) -> str:
    (line,) = out.readouterr().err.splitlines()
    return line


def test_status_says_what_every_profile_is_doing(account: Filled, capsys: Out) -> None:
    account.keep(held())
    account.keep(waiting("south"))
    assert main(["status"]) == 0
    text = capsys.readouterr().out
    assert "north: Waiting for a person to approve or refuse: the set would remove too much." in text
    assert "people, students: 200 of 400 (50 %, limit 20 %)" in text
    assert f"python -m local approve|reject north {RUN}" in text
    assert "south: Waiting for files: 2 of the set are missing" in text
    assert "\x1b" not in text
    assert "\u202e" not in text
    assert main(["status", "--profile", "south"]) == 0
    assert not any(line.startswith("north") for line in lines(capsys))


def test_status_of_an_empty_account_and_of_damaged_records(
    account: Filled, capsys: Out, monkeypatch: pytest.MonkeyPatch
) -> None:
    assert main(["status"]) == 0
    assert lines(capsys) == ["No profile is known in this account yet: nothing was dropped."]
    for name, data in (("east.json", b"{"), ("west.json", b'{"v":99}'), ("_starts.json", b"{}"), ("no.kept", b"")):
        account.store.write(account.settings.state_container, name, data)
    monkeypatch.setenv("SDS_PROFILES", "new=11111111-2222-3333-4444-555555555555")
    assert main(["status"]) == 0
    east, new, west = lines(capsys)
    assert "can't be read" in east
    assert "Nothing has been dropped" in new
    assert "newer version" in west


@pytest.mark.parametrize(("command", "approve"), [("approve", True), ("reject", False)])
def test_a_decision_is_written_once_and_says_when_it_counts(
    account: Filled, capsys: Out, command: str, approve: bool
) -> None:
    account.keep(held())
    assert main([command, "north", RUN]) == 0
    (line,) = lines(capsys)
    assert f"run {RUN} {'approved' if approve else 'rejected'}; the app acts on it at its next sweep" in line
    record = account.record()
    assert record.current is not None
    assert record.current.hold is not None
    assert record.current.hold.decision is not None
    assert record.current.hold.decision.approve is approve
    assert record.current.hold.decision.by is None, "nobody vouches for a name"
    for late in ("approve", "reject"):
        assert main([late, "north", RUN]) == 1
        assert "somebody has decided already. Now: Waiting for a person" in why(capsys)
    assert account.record() == record


@pytest.mark.parametrize("run", ["20261127T055900Z-ffffffffffff", "../x", NASTY])
def test_a_decision_on_another_run_changes_nothing(account: Filled, capsys: Out, run: str) -> None:
    account.keep(held())
    before = account.record()
    assert main(["approve", "north", run]) == 1
    assert "there is no such run" in why(capsys)
    assert account.record() == before


def test_a_driver_at_work_acts_at_its_next_look(account: Filled, capsys: Out) -> None:
    account.keep(replace(held(), driver=Driver("i", NOW + timedelta(days=36500))))
    assert main(["pause", "north"]) == 0
    assert "at most SDS_POLL_MAX_SECONDS later (300 s, if it isn't set)" in lines(capsys)[0]
    assert account.record().paused is not None
    assert main(["pause", "north"]) == 1
    assert "paused already" in why(capsys)
    assert main(["resume", "north"]) == 0
    assert account.record().paused is None
    capsys.readouterr()
    assert main(["resume", "north"]) == 1
    assert "is not paused" in why(capsys)


def test_a_run_is_repeated_by_name_or_the_last_one(account: Filled, capsys: Out) -> None:
    account.keep(waiting())
    last = waiting().recent[-1].run_id
    assert main(["retry", "north"]) == 1
    assert "its files are deleted" in why(capsys)
    account.run(f"north/{last}/files/School.csv", b"x")
    assert main(["retry", "north"]) == 0
    assert last in lines(capsys)[0]
    assert account.record().retry == last
    assert main(["retry", "north", last]) == 1
    assert "already" in why(capsys)


@pytest.mark.parametrize("command", [["pause"], ["resume"], ["retry"], ["report"], ["approve", RUN]])
def test_a_profile_that_nobody_knows_gets_no_record(account: Filled, capsys: Out, command: list[str]) -> None:
    name, *run = command
    assert main([name, "nroth", *run]) == 1
    assert "no profile nroth is known" in why(capsys)
    assert account.store.blobs(account.settings.state_container) == []


def test_report_prints_all_there_is_and_nothing_a_terminal_acts_on(account: Filled, capsys: Out) -> None:
    account.keep(waiting())
    finding = Finding("error", "R1", NASTY, 2, "SIS ID", 3, "SIS IDs must be unique.", (2, 5, 9))
    found = Report(
        profile="north",
        run_id=RUN,
        api="classic",
        outcome="rejected",
        preflight=(finding,),
        service=({"type": "error", "description": f"bad {NASTY}", "fileName": None},),
        removed=({"kind": "people", "removed": 200},),
        decision={"approve": False, "by": "head@school.example"},
    )
    account.run(f"north/{RUN}/report.json", msgspec.json.encode(found))
    error = msgspec.json.encode({"errorCode": "E1", "name": NASTY})
    account.run(f"north/{RUN}/errors.jsonl", b"\n".join([error] * 300) + b"\nnot json\xff")
    account.run(f"north/{RUN}/removed.jsonl", b'{"kind":"people","ids":["s1"],"why":"missing"}\n{"more":7}')
    assert main(["report", "north", RUN]) == 0
    text = capsys.readouterr().out
    for says in (
        "rejected",
        "lines 2, 5, 9, 3 places: SIS IDs must be unique.",
        "service: type error",
        "would be removed: kind people, removed 200",
        "head@school.example",
        "errorCode E1",
        "... and more:",
        "kind people, ids s1, why missing",
        "more 7",
    ):
        assert says in text
    assert text.count("errorCode E1") == 200
    assert "\x1b" not in text
    assert "\u202e" not in text


def test_report_says_how_the_sync_ended_and_when(account: Filled, capsys: Out) -> None:
    account.keep(waiting())
    found = Report(
        profile="north",
        run_id=RUN,
        api="classic",
        outcome="started",
        times={"started": "2026-11-27T06:00:12Z", "uploaded": None, "settled": 7, "firstLanded": "yesterday"},
        sync={
            "outcome": "failed",
            "serviceStatus": "error",
            "errorCount": 2,
            "errorsByCode": [{"entryType": "Student", "errorCode": "Unmatched", "count": 2}],
            "times": {"ended": "2026-11-27T07:00:00Z"},
        },
    )
    account.run(f"north/{RUN}/report.json", msgspec.json.encode(found))
    assert main(["report", "north", RUN]) == 0
    assert [" ".join(line.split()) for line in lines(capsys)] == [
        f"run {RUN} of north (classic): started",
        f"{OUTCOME_SAYS['started']} {SYNC_SAYS['failed']}",
        "Sync was started 2026-11-27 06:00:12 UTC",
        "Sync ended 2026-11-27 07:00:00 UTC",
        "Status of the service error",
        "Errors of the sync 2",
        "- entryType Student, errorCode Unmatched, count 2",
    ]
    for odd in ("gone", [], {"times": 7, "errorsByCode": "many"}):
        account.run(f"north/{RUN}/report.json", msgspec.json.encode(replace(found, sync=odd)))
        assert main(["report", "north", RUN]) == 0


def test_report_of_the_newest_run_and_of_none(account: Filled, capsys: Out) -> None:
    account.keep(Record("east"))
    assert main(["report", "east"]) == 1
    assert "has no run yet" in why(capsys)
    account.keep(held())
    assert main(["report", "north"]) == 1
    assert f"{RUN} has no report" in why(capsys)
    account.run(f"north/{RUN}/removed.jsonl", b'{"kind":"people","ids":["s1"]}\n')
    assert main(["report", "north"]) == 0
    assert "kind people, ids s1" in capsys.readouterr().out
    assert main(["report", "north", "../../x"]) == 1
