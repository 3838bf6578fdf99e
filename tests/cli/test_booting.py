"""The functions host is started again when it ends, and given up when it keeps ending."""

from argparse import Namespace
from pathlib import Path
from typing import Any

import pytest

import local.stack
from local.child import StartError
from local.cli import booting
from local.cli.booting import Keeper, booted, note_foreign
from local.cli.ends import Failed
from tests.cli.app import Stack, Storage


def arguments(**more: Any) -> Namespace:
    plain = {"api": None, "graph_url": None, "yes_real": False, "scenario": None, "chaos": None, "no_events": False}
    return Namespace(**(plain | more))


def test_a_host_that_ended_is_started_again(storage: Storage) -> None:
    stack, notes = Stack(storage, None, None, 1), list[str]()
    keeper = Keeper(stack, notes.append)  # type: ignore[arg-type]
    keeper.look()
    assert stack.restarts == 0
    stack.host_pid = None
    keeper.look()
    keeper.look()
    assert stack.restarts == 1
    assert notes == ["the functions host ended; starting it again"]


def test_a_host_that_keeps_ending_is_given_up_and_its_log_is_kept(
    storage: Storage, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    monkeypatch.setattr(booting, "LOGS", tmp_path)
    stack = Stack(storage, None, None, 1)
    stack.host_log = tmp_path / "log"
    stack.host_log.write_text("why")
    keeper = Keeper(stack, lambda _: None)  # type: ignore[arg-type]
    with pytest.raises(Failed, match="ended 11 times"):
        for _ in range(99):
            stack.host_pid = None
            keeper.look()
    assert (tmp_path / "host.log").read_text() == "why"


def test_a_stack_that_does_not_start_is_one_line(monkeypatch: pytest.MonkeyPatch) -> None:
    def refuse(**_: object) -> None:
        raise StartError("node is not installed")

    monkeypatch.setattr(local.stack, "Stack", refuse)
    with (
        pytest.raises(Failed, match="the local stack did not start: node is not installed"),
        booted(arguments(), print),
    ):
        pass


@pytest.mark.parametrize(
    ("given", "wanted"),
    [
        ({}, {"api": "classic", "settings": None, "data": None, "chaos": None, "events": True}),
        ({"api": "industryData"}, {"api": "industryData", "settings": {"SDS_API": "industryData"}}),
        ({"scenario": "throttled"}, {"scenario": "throttled"}),
        ({"yes_real": True}, {"real": True}),
        ({"chaos": 7, "no_events": True, "data": Path("x")}, {"chaos": 7, "events": False, "data": Path("x")}),
    ],
)
def test_arguments_reach_the_stack(
    monkeypatch: pytest.MonkeyPatch, given: dict[str, Any], wanted: dict[str, Any]
) -> None:
    class Asked(Exception):
        pass

    asked: dict[str, Any] = {}

    def ask(**more: Any) -> None:
        asked.update(more)
        raise Asked

    monkeypatch.setattr(local.stack, "Stack", ask)
    with pytest.raises(Asked), booted(arguments(**given), print):
        pass
    assert asked.items() >= wanted.items()


def test_what_a_shell_has_of_other_storage_and_identity_is_told_in_one_line(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("DROP_STORAGE", "AccountName=a;AccountKey=c2VjcmV0;BlobEndpoint=https://north")
    monkeypatch.setenv("AZURE_CLIENT_ID", "11111111-2222-3333-4444-555555555555")
    notes: list[str] = []
    note_foreign(notes.append)
    (line,) = notes
    assert line.startswith("AZURE_CLIENT_ID, DROP_STORAGE of this shell are not used")
    assert "c2VjcmV0" not in line
    for name in ("DROP_STORAGE", "AZURE_CLIENT_ID"):
        monkeypatch.delenv(name)
    note_foreign(notes.append)
    assert len(notes) == 1
