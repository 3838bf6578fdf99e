"""Nothing from a file's name, a message or a service acts on the terminal, and none of it is taken for markup."""

import io
import json
import os
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest
from rich.console import Console

from local.cli.display import Display
from local.cli.main import main
from local.cli.message import parse
from local.cli.progress import STAGES, Row
from local.cli.show import panel, summary

EVIL = "\x1b[31m\x1b]0;title\x07\x9b2J\u202egnp\u200b[bold]x[/nope]:smile:\x7f"
RAW = "\x1b\x07\x9b\u202e\u200b\x7f"


def harmless(text: str) -> bool:
    return not any(mark in text for mark in RAW)


def evil(value: Any) -> Any:
    """The same shape with every word an attack."""
    if isinstance(value, dict):
        return {key: evil(part) for key, part in value.items()}
    if isinstance(value, list):
        return [evil(part) for part in value]
    return EVIL if isinstance(value, str) else value


DATA: dict[str, Any] = {
    "profile": "p",
    "profileId": "g",
    "api": "a",
    "outcome": "o",
    "profileState": "s",
    "counts": {"error": 1, "warning": 0, "information": 0},
    "messages": [{"type": "t", "fileName": "f", "description": "d", "origin": "o", "line": 1, "column": "c"}],
    "drop": {"files": [{"name": "n", "rows": 1}], "ignored": ["i"]},
    "failure": {"code": "c", "message": "m"},
    "report": {"container": "c", "blob": "b"},
    "serviceStatus": "s",
    "errorCount": 1,
    "errorsByCode": [{"errorCode": "c", "count": 1}],
}


def console(*, terminal: bool = False) -> Console:
    return Console(file=io.StringIO(), width=200, force_terminal=terminal, highlight=False, color_system=None)


def written(made: Console) -> str:
    return made.file.getvalue()  # type: ignore[attr-defined, no-any-return]


@pytest.mark.parametrize("layout", [None, 2])
def test_a_message_can_only_be_read(layout: int | None) -> None:
    event = evil({"id": "i", "source": "s", "type": "t", "subject": "u", "data": DATA})
    message = parse(json.dumps(event, ensure_ascii=False, indent=layout))
    assert message is not None
    out = console()
    out.print(panel(message))
    out.print(summary([message]))
    assert harmless(written(out))
    assert "[bold]x[/nope]:smile:" in written(out)
    assert harmless(message.text)
    assert "\n" not in message.text
    assert json.loads(message.text) == event


@pytest.mark.parametrize("terminal", [True, False])
def test_progress_only_shows(terminal: bool, monkeypatch: pytest.MonkeyPatch, capsys: Any) -> None:
    made = console(terminal=terminal)
    monkeypatch.setattr("rich.console.Console", lambda **_: made)
    stage = STAGES[0]
    with Display(f"Booting {EVIL}") as shown:
        shown.follow(f"{EVIL} → inbox", lambda _: [Row(stage, "done", 1.0, EVIL)])
        shown.note(EVIL)
        shown.update()
    parts = Console(file=io.StringIO(), width=200, color_system=None)
    parts.print(Display.__rich__(shown))
    beginning = Display(EVIL)
    parts.print(Display.__rich__(beginning))
    for text in (written(parts), capsys.readouterr().err, *([] if terminal else [written(made)])):
        assert harmless(text)
    assert "[bold]x[/nope]:smile:" in written(parts)
    assert "[bold]x[/nope]:smile:" in written(made)


def test_names_and_errors_of_the_commands(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    folder = tmp_path / EVIL.replace("/", "")
    assert main(["drop", str(folder)]) == 1
    with pytest.raises(SystemExit):
        main(["drop", "a", EVIL])
    error = capsys.readouterr().err
    assert "does not exist" in error
    assert "unrecognized arguments: \\x1b" in error
    assert harmless(error)


def test_dropped_names(tmp_path: Path, storage: object, capsys: pytest.CaptureFixture[str]) -> None:
    (tmp_path / ("a" + EVIL.replace("/", "") + ".csv")).write_text("x")
    (tmp_path / ("b" + EVIL.replace("/", ""))).mkdir()
    main(["drop", str(tmp_path), "--profile", "north"])
    captured = capsys.readouterr()
    assert harmless(captured.out + captured.err)
    assert "is not dropped: storage takes no control character" in captured.err
    (tmp_path / "\u202eplain.csv").write_text("x")
    main(["drop", str(tmp_path), "--profile", "north"])
    captured = capsys.readouterr()
    assert harmless(captured.out + captured.err)
    assert "sub-folder" in captured.err
    assert "is not dropped: storage takes no control character" in captured.err


def test_a_terminal_that_can_show_little_is_no_crash(tmp_path: Path, storage: object) -> None:
    (tmp_path / "山.csv").write_text("x")
    done = subprocess.run(
        [sys.executable, "-m", "local", "drop", str(tmp_path), "--profile", "north"],
        capture_output=True,
        check=False,
        cwd=Path(__file__).parents[2],
        env=os.environ | {"PYTHONIOENCODING": "latin-1"},
    )
    assert (done.returncode, done.stderr) == (0, b"")
    assert b"/north/\\u5c71.csv" in done.stdout
