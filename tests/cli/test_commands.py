"""`drop`, `results` and `up`, against a storage account that the environment names."""

import json
import os
import signal
import threading
from collections.abc import Sequence
from pathlib import Path

import pytest

from local.cli import up
from local.cli.account import MOST
from local.cli.main import main
from tests.cli.app import NORTH, Stack, Storage

RUN_ID = "20261122T145225Z-0123456789ab"
DEAD = "AccountName=a;AccountKey=YQ==;BlobEndpoint=http://127.0.0.1:1/a;QueueEndpoint=http://127.0.0.1:1/a"
PLACE = {
    *("dropStorage", "graphBaseUrl", "identityEndpoint", "identityHeader", "profiles"),
    *("httpBaseUrl", "httpKey"),
}
SAMPLE = Path(__file__).parents[2] / "samples" / "drop"


def printed_events(capsys: pytest.CaptureFixture[str]) -> Sequence[str]:
    return [json.loads(line)["id"] for line in capsys.readouterr().out.splitlines()]


def test_drop_puts_every_file_under_the_profile(storage: Storage, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["drop", str(SAMPLE), "--profile", "south"]) == 0
    names = {blob.name: blob.size for blob in storage.inbox.list_blobs()}
    assert names == {f"south/{file.name}": file.stat().st_size for file in SAMPLE.iterdir()}
    assert len(capsys.readouterr().out.splitlines()) == len(names)


def test_drop_goes_to_the_first_allowed_profile(storage: Storage, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("SDS_PROFILES", f"east={NORTH}")
    assert main(["drop", str(SAMPLE)]) == 0
    assert {blob.name.partition("/")[0] for blob in storage.inbox.list_blobs()} == {"east"}


@pytest.mark.parametrize(
    ("connection", "code", "says"),
    [
        ("", 1, "DROP_STORAGE is not set"),
        ("nonsense", 1, "DROP_STORAGE is no connection string"),
        (DEAD, 1, "blob storage can't be reached at http://127.0.0.1:1 (connection refused)"),
    ],
)
@pytest.mark.parametrize("command", [["drop", str(SAMPLE)], ["results"]])
def test_an_account_that_is_none_is_one_line(
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
    command: list[str],
    connection: str,
    code: int,
    says: str,
) -> None:
    monkeypatch.setenv("DROP_STORAGE", connection)
    assert main(command) == code
    assert len(lines := capsys.readouterr().err.splitlines()) == 1
    assert says in lines[0]


def test_a_wrong_key_is_one_line(
    storage: Storage, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setenv("DROP_STORAGE", storage.connection.replace("AccountKey=E", "AccountKey=F"))
    assert main(["results"]) == 1
    error = capsys.readouterr().err
    assert "the storage account refuses" in error
    assert len(error.splitlines()) == 1


def test_results_shows_and_leaves_the_messages(storage: Storage, capsys: pytest.CaptureFixture[str]) -> None:
    text = storage.event("verification", "started", RUN_ID)
    storage.send(text, text, storage.event("sync", "succeeded", RUN_ID))
    storage.queue.send_message("no event")
    for _ in range(2):
        assert main(["results", "--json"]) == 0
        assert printed_events(capsys) == [f"{RUN_ID}/verification", f"{RUN_ID}/sync"]
    assert main(["results"]) == 0
    assert "sync: succeeded" in capsys.readouterr().out


def test_results_take_removes_them_all(storage: Storage, capsys: pytest.CaptureFixture[str]) -> None:
    storage.send(*(storage.event("verification", "started", f"{RUN_ID[:-2]}{n}") for n in range(10, 10 + MOST + 8)))
    assert main(["results", "--json"]) == 0
    shown = capsys.readouterr()
    assert len(shown.out.splitlines()) == MOST
    assert f"{MOST + 8} messages are waiting" in shown.err
    assert main(["results", "--json", "--take"]) == 0
    assert len(printed_events(capsys)) == MOST + 8
    assert main(["results"]) == 0
    assert "no messages" in capsys.readouterr().err


def test_results_follow_prints_what_comes_until_it_is_stopped(
    storage: Storage, capsys: pytest.CaptureFixture[str]
) -> None:
    storage.send(storage.event("verification", "started", RUN_ID))
    later = threading.Timer(0.7, storage.send, [storage.event("sync", "succeeded", RUN_ID)])
    stop = threading.Timer(2, os.kill, [os.getpid(), signal.SIGINT])
    for timer in (later, stop):
        timer.start()
    assert main(["results", "--json", "--follow"]) == 0
    for timer in (later, stop):
        timer.join()
    assert printed_events(capsys) == [f"{RUN_ID}/verification", f"{RUN_ID}/sync"]


@pytest.mark.parametrize(("options", "code"), [([], 130), (["--follow"], 0)])
def test_results_may_be_stopped_while_they_print_what_is_there(
    storage: Storage, monkeypatch: pytest.MonkeyPatch, options: list[str], code: int
) -> None:
    storage.send(storage.event("verification", "started", RUN_ID))
    monkeypatch.setattr("local.cli.results._print", lambda *_, **__: os.kill(os.getpid(), signal.SIGINT))
    assert main(["results", *options]) == code


@pytest.mark.parametrize("as_json", [True, False])
def test_up_says_where_everything_is_and_stays(
    storage: Storage, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str], as_json: bool
) -> None:
    monkeypatch.setattr(up, "booted", Stack(storage, None, None, 1))
    stop = threading.Timer(0.5, os.kill, [os.getpid(), signal.SIGTERM])
    stop.start()
    assert main(["up", *(["--json"] if as_json else [])]) == 0
    stop.join()
    out = capsys.readouterr().out
    if as_json:
        (line,) = out.splitlines()
        place = json.loads(line)
        assert place["dropStorage"] == storage.connection
        assert place["profiles"] == {"north": NORTH}
        assert set(place) == PLACE
    else:
        assert f"export DROP_STORAGE='{storage.connection}'" in out
        assert "http://127.0.0.1:1/api/status?signIn=secret" in out
