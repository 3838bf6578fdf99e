"""`run`: what it prints and how it ends, for everything that the queue may say."""

import json
from pathlib import Path

import pytest

from local.cli import booting, run
from local.cli.main import main
from tests.cli.app import Stack, Storage

CASES = [
    ("started", "succeeded", 0),
    ("startedWithWarnings", "succeededWithErrors", 0),
    ("started", "failed", 4),
    ("unchanged", None, 0),
    ("rejected", None, 3),
    ("incomplete", None, 3),
    ("invalidDrop", None, 3),
    ("failed", None, 1),
    ("profileUnusable", None, 1),
]


def acts(monkeypatch: pytest.MonkeyPatch, storage: Storage, outcome: str | None, sync: str | None) -> None:
    monkeypatch.setattr(run, "booted", Stack(storage, outcome, sync, 6))


@pytest.mark.parametrize(("outcome", "sync", "code"), CASES)
def test_json_has_each_message_once_and_nothing_else(
    storage: Storage,
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
    outcome: str,
    sync: str | None,
    code: int,
) -> None:
    acts(monkeypatch, storage, outcome, sync)
    assert main(["run", "--json", "--timeout", "30"]) == code
    events = [json.loads(line) for line in capsys.readouterr().out.splitlines()]
    wanted = [("rosterdrop.verification.v1", outcome)] + ([("rosterdrop.sync.v1", sync)] if sync else [])
    assert [(event["type"], event["data"]["outcome"]) for event in events] == wanted


def test_without_json_a_person_sees_stages_and_the_result(
    storage: Storage, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    acts(monkeypatch, storage, "startedWithWarnings", "succeeded")
    assert main(["run", "--timeout", "30"]) == 0
    printed = capsys.readouterr()
    assert "verification: startedWithWarnings" in printed.out
    assert "sync: succeeded" in printed.out
    assert "Messages on the results queue" in printed.out
    assert [stage for stage in ("drop (6 files", "result (started", "sync (succ") if stage in printed.err]


def test_messages_of_other_runs_are_left_on_the_queue(
    storage: Storage, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    older = storage.event("verification", "rejected", "20200101T000000Z-0123456789ab")
    elsewhere = storage.event("verification", "rejected", "29990101T000000Z-0123456789ab", "northwest")
    storage.send(older, elsewhere)
    storage.queue.send_message("no event at all")
    acts(monkeypatch, storage, "started", "succeeded")
    assert main(["run", "--json", "--timeout", "30"]) == 0
    assert "rejected" not in capsys.readouterr().out
    assert storage.queue.get_queue_properties().approximate_message_count == 3


def test_wait_verification_does_not_wait_for_the_sync(
    storage: Storage, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    acts(monkeypatch, storage, "started", None)
    assert main(["run", "--json", "--timeout", "30", "--wait", "verification"]) == 0
    assert len(capsys.readouterr().out.splitlines()) == 1


def test_without_following_there_is_no_sync_to_wait_for(storage: Storage, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("SDS_FOLLOW_SECONDS", "0")
    acts(monkeypatch, storage, "started", None)
    assert main(["run", "--json", "--timeout", "30"]) == 0


def test_timeout_ends_with_1_and_says_what_it_was_at(
    storage: Storage, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    acts(monkeypatch, storage, None, None)
    assert main(["run", "--json", "--timeout", "1.5"]) == 1
    printed = capsys.readouterr()
    assert printed.out == ""
    assert "no result within 1.5 s; it was starting" in printed.err


@pytest.mark.parametrize(
    ("arguments", "code", "says"),
    [
        (["--drop", "no/such/folder"], 1, "no/such/folder does not exist"),
        (["--graph-url", "graph.example.com"], 1, "--graph-url must be the address of a Graph root"),
        (["--graph-url", "http://graph.example.com/beta"], 1, "must be https"),
        (["--graph-url", "http://127.0.0.1:1/beta"], 1, "Graph can't be reached at http://127.0.0.1:1"),
    ],
)
def test_bad_arguments_are_one_line(
    capsys: pytest.CaptureFixture[str], arguments: list[str], code: int, says: str
) -> None:
    assert main(["run", *arguments]) == code
    printed = capsys.readouterr()
    assert printed.out == ""
    assert says in printed.err.splitlines()[-1]


def test_a_bad_setting_is_one_line(
    capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    monkeypatch.setenv("SDS_SETTLE_SECONDS", "soon")
    (tmp_path / "School.csv").write_text("x")
    assert main(["run", "--drop", str(tmp_path)]) == 1
    assert "SDS_SETTLE_SECONDS" in capsys.readouterr().err


def test_graph_url_is_the_root_without_a_slash(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(booting, "reach", lambda *_: None)
    assert booting.graph_url("http://localhost:8080/beta/") == "http://localhost:8080/beta"
    assert booting.graph_url(None) is None
