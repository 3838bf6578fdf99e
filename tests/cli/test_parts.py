"""The small parts of the command lines: folders, messages, outcomes, arguments, signals."""

import os
import signal
import subprocess
import sys
from pathlib import Path
from typing import get_args

import pytest

from local.cli import message
from local.cli.arguments import parse
from local.cli.ends import Failed, Stopped, hold_signals, stdout_kept, stoppable
from local.cli.folder import folder
from local.cli.reach import reach
from local.cli.verdict import RUN, SYNC, exit_code
from shared.results import Outcome, SyncOutcome

ROOT = Path(__file__).parents[2]


def test_every_outcome_has_an_exit_code() -> None:
    assert set(RUN) == set(get_args(Outcome))
    assert set(SYNC) == set(get_args(SyncOutcome))


@pytest.mark.parametrize(
    ("outcome", "sync", "code"),
    [
        ("started", None, 0),
        ("acceptedForSchedule", None, 0),
        ("started", "overtaken", 0),
        ("started", "failed", 4),
        ("rejectedBeforeUpload", None, 3),
        ("superseded", None, 3),
        ("notApproved", None, 3),
        ("timedOut", None, 1),
        (None, None, 1),
        ("started", "somethingNew", 1),
        ("rejected", "failed", 3),
    ],
)
def test_exit_codes(outcome: str | None, sync: str | None, code: int) -> None:
    assert exit_code(outcome, sync) == code


def test_a_folder_gives_its_files_and_tells_what_is_odd(tmp_path: Path) -> None:
    (tmp_path / "b.csv").write_text("x")
    (tmp_path / "a.CSV").touch()
    (tmp_path / "readme.txt").write_text("x")
    (tmp_path / "x\\y.csv").write_text("x")
    (tmp_path / ".done").touch()
    (tmp_path / "old").mkdir()
    (tmp_path / "gone").symlink_to(tmp_path / "nowhere")
    found = folder(tmp_path)
    assert [file.name for file in found.files] == [".done", "a.CSV", "b.csv", "readme.txt"]
    assert found.size == 2
    assert sorted(note.split()[0] for note in found.notes) == ["a.CSV", "gone", "old/", "x\\y.csv"]


def test_a_file_that_storage_would_refuse_is_told_and_left_behind(tmp_path: Path) -> None:
    for name in (b"a.csv", b"b\x01.csv", b"c\xff.csv", "d\ue000.csv".encode()):
        (tmp_path / os.fsdecode(name)).write_text("x")
    found = folder(tmp_path)
    assert [file.name for file in found.files] == ["a.csv"]
    assert [note.split()[0] for note in found.notes] == ["b\x01.csv", "c\udcff.csv", "d\ue000.csv"]
    (tmp_path / "a.csv").unlink()
    with pytest.raises(Failed, match="is not dropped"):
        folder(tmp_path)


@pytest.mark.parametrize(
    ("make", "says"),
    [
        (lambda _: None, "does not exist"),
        (lambda path: path.write_text("x"), "is a file, not a folder"),
        (lambda path: path.mkdir(), "holds no files"),
        (lambda path: (path.mkdir(), (path / "a.zip").write_text("x")), "holds no .csv file"),
    ],
)
def test_a_folder_that_is_no_drop_is_refused(tmp_path: Path, make: object, says: str) -> None:
    assert callable(make)
    make(tmp_path / "drop")
    with pytest.raises(Failed, match=says):
        folder(tmp_path / "drop")


def test_messages_are_events_on_one_line() -> None:
    text = '{"id": "r/sync", "source": "s", "type": "rosterdrop.sync.v1",\n "data": {"outcome": "succeeded"}}'
    parsed = message.parse(text)
    assert parsed is not None
    assert (parsed.kind, parsed.outcome, parsed.key) == ("sync", "succeeded", ("s", "r/sync"))
    assert "\n" not in parsed.text
    assert message.parse("[]") is None
    assert message.parse("hello") is None


@pytest.mark.parametrize(
    "line",
    [
        "",
        "walk",
        "run --timeout 0",
        "run --timeout soon",
        "run --profile ",
        "run --wait long",
        "run --api v2",
        "drop",
        "drop x --profile a/b",
    ],
)
def test_arguments_that_make_no_sense_end_with_2(line: str, capsys: pytest.CaptureFixture[str]) -> None:
    with pytest.raises(SystemExit, match="2"):
        parse(line.split(" ") if line else [])
    assert "error:" in capsys.readouterr().err


def test_defaults_are_those_of_the_documents() -> None:
    parsed = parse(["run"])[1]
    assert parsed.drop == ROOT / "samples" / "drop"
    assert (parsed.wait, parsed.timeout, parsed.json, parsed.chaos, parsed.no_events) == (
        "sync",
        600,
        False,
        None,
        False,
    )


def test_a_signal_ends_the_block_and_later_ones_wait_for_the_tidying() -> None:
    before = signal.getsignal(signal.SIGTERM)
    tidied = False
    with pytest.raises(Stopped) as stopped, stoppable():
        try:
            os.kill(os.getpid(), signal.SIGTERM)
            signal.pause()
        finally:
            hold_signals()
            os.kill(os.getpid(), signal.SIGINT)
            tidied = True
    assert tidied
    assert stopped.value.code == 128 + signal.SIGTERM
    assert signal.getsignal(signal.SIGTERM) == before


def test_with_json_only_the_answer_is_on_stdout() -> None:
    code = """if True:
        import os, subprocess
        from local.cli.ends import stdout_kept
        with stdout_kept():
            os.write(1, b"noise\\n")
            subprocess.run(["echo", "noise"])
            print("answer", flush=True)
        print("after")
    """
    done = subprocess.run([sys.executable, "-c", code], cwd=ROOT, capture_output=True, text=True, check=True)
    assert done.stdout == "answer\nafter\n"
    assert done.stderr == "noise\nnoise\n"


def test_without_a_file_behind_stdout_nothing_is_kept(capsys: pytest.CaptureFixture[str]) -> None:
    with stdout_kept():
        print("answer")  # noqa: T201
    assert capsys.readouterr().out == "answer\n"


def test_a_reader_that_goes_away_is_no_crash() -> None:
    done = subprocess.run(
        ["/bin/sh", "-c", f"{sys.executable} -m local --help | true; {sys.executable} -m local run --help | head -1"],
        cwd=ROOT,
        capture_output=True,
        text=True,
        check=True,
    )
    assert "Traceback" not in done.stderr


@pytest.mark.parametrize(
    ("url", "where"),
    [
        ("http://127.0.0.1:1/x", "at http://127.0.0.1:1 (connection refused)"),
        ("https://a.invalid", "at https://a.invalid"),
    ],
)
def test_an_address_that_nobody_answers_at_is_named(url: str, where: str) -> None:
    with pytest.raises(Failed) as failed:
        reach(url, "Graph", "check it")
    assert where in str(failed.value)
    assert str(failed.value).endswith("check it")


def test_help_needs_no_heavy_library() -> None:
    code = """if True:
        import sys
        from local.cli.main import parse
        print({"rich", "azure.core", "httpx", "msgspec"} & set(sys.modules))
    """
    done = subprocess.run([sys.executable, "-c", code], cwd=ROOT, capture_output=True, text=True, check=True)
    assert done.stdout == "set()\n"
