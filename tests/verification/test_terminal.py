"""What a person at a terminal reads, wide and narrow, and what a pipe gets."""

import io

import pytest
from rich.console import Console

from shared.verification import Finding, Verification
from shared.verification.terminal import progress_bar, show
from tests.verification.evil import evil, harmless
from tests.verification.sets import check, clean, rendered


def shown(result: Verification, *, width: int = 100, terminal: bool = False) -> str:
    console = Console(file=io.StringIO(), width=width, force_terminal=terminal, color_system=None, highlight=False)
    show(result, console)
    return console.file.getvalue()  # type: ignore[attr-defined, no-any-return]


def spoilt() -> Verification:
    files = rendered(clean("sdsV1"))
    files["Student.csv"] = (
        files["Student.csv"].replace(b"2014-02-28", b"28.2.2014").replace(b"p1015,s1003,", b"p1015,s1999,")
    )
    return check(files)


def test_the_worst_first_and_the_verdict_last() -> None:
    text = shown(spoilt())
    assert text.startswith("SDS V1 for the classic service: 8 files, 192 rows\n\n1. ERROR refuses the set: 1 row(s)")
    assert text.index("2. WARNING worth a look: 24 row(s)") > text.index("docs/verification.md#reference\n")
    assert "\n   Student.csv, Birthdate, lines 2, 3, 4, 5, 6, 7, 8, 9 and 16 more\n" in text
    assert '\n     found: "28.2.2014"\n' in text
    assert "\n1 error, 24 warnings\nThis set would be refused for 1 cause: " in text
    assert text.endswith("the people in School Data Sync stay as they are now.\n")


@pytest.mark.parametrize("width", [20, 40, 200])
def test_lines_are_wrapped_at_a_terminals_width_and_indented(width: int) -> None:
    lines = shown(spoilt(), width=width, terminal=True).splitlines()
    assert max(map(len, lines)) <= width
    assert lines.count("") == 3
    assert any(line.strip().startswith("Student.csv,") for line in lines)
    place = next(n for n, line in enumerate(lines) if line.strip().startswith("Student.csv,"))
    if width < 40:
        assert lines[place + 1].startswith("   ")


def test_advice_and_places_without_lines() -> None:
    finding = Finding("error", "encoding", "a.csv", None, None, 2, "", says="Not UTF-8.", advice="Save it anew.")
    once = Finding("error", "emptyFile", "b.csv", None, None, 1, "", says="Empty.", advice="Export it again.")
    text = shown(Verification("sdsV1", (), (finding, once)))
    assert ": Not UTF-8.\n   a.csv, 2 places\n   Save it anew.\n   docs/" in text
    assert ": Empty.\n   b.csv\n   Export it again.\n   docs/" in text


def test_a_terminal_and_a_pipe_get_the_same_words() -> None:
    wide = [line.rstrip() for line in shown(spoilt(), width=300, terminal=True).splitlines()]
    assert wide == shown(spoilt()).splitlines()


def test_what_is_wrong_with_the_values_is_said() -> None:
    finding = Finding("error", "reference", "a.csv", 2, "x", 1, "", (2,), says="Not found.", shape="leading zeros")
    text = shown(Verification("sdsV1", (), (finding,)))
    assert "1. ERROR refuses the set, leading zeros: Not found.\n   a.csv, x, line 2\n" in text


def test_a_pipe_gets_whole_lines() -> None:
    text = shown(spoilt(), width=20)
    assert "\n   Student.csv, Birthdate, lines 2, 3, 4, 5, 6, 7, 8, 9 and 16 more\n" in text
    assert text.splitlines()[-1].startswith("This set would be refused for 1 cause: nothing would be sent, and")


@pytest.mark.parametrize("terminal", [True, False])
def test_nothing_from_the_files_acts_on_the_terminal(terminal: bool) -> None:
    text = shown(check(evil()), width=1000, terminal=terminal)
    assert harmless(text)
    assert "\\x1b[31m\\x1b]0;t\\x07\\x9b2J\\u202egnp\\u200b[bold]x[/nope]:smile:<" in text
    assert text.count("\\x1b]0;t\\x07") >= 2


def test_many_places_are_cut_with_a_word() -> None:
    findings = [
        Finding("warning", "unknownFile", f"{n}.csv", None, None, 1, "", says="Not sent.", scope="set")
        for n in range(10_000)
    ]
    text = shown(Verification("sdsV1", (), tuple(findings)))
    assert text.count(".csv\n") == 20
    assert "\n   and 9,980 more\n" in text


def test_a_progress_bar_shows_names_as_text(monkeypatch: pytest.MonkeyPatch) -> None:
    made = Console(file=io.StringIO(), width=150, force_terminal=True, color_system=None)
    monkeypatch.setattr("shared.verification.terminal.Console", lambda **_: made)
    with progress_bar(100) as update:
        update("\x1b]0;t\x07[bold]x[/nope].csv", 50)
        update("b.csv", 10)
        update("b.csv", 20)
        made.print("in between")
    text = made.file.getvalue()  # type: ignore[attr-defined]
    assert "\x1b]0" not in text
    assert "\x07" not in text
    assert "70/100 bytes" in text
    assert text.endswith("\x1b[2K")
