"""The findings as a person at a terminal reads them. Values of cells are shown here and, if asked for, in HTML."""

from collections.abc import Callable, Iterator
from contextlib import contextmanager

from rich.console import Console
from rich.padding import Padding
from rich.progress import BarColumn, DownloadColumn, Progress, TextColumn, TimeRemainingColumn
from rich.text import Text

from ..text import visible
from .model import Finding, Verification
from .summary import MOST, Cause, causes, counted, counts, facts, lines, own_words, sentence

_STYLES = {"error": "bold red", "warning": "yellow", "information": "cyan"}
_LINES = 8
_NAME = 40
"""Characters of a name beside the progress bar."""


class _Console(Console):
    """One whose reader may go away: the command, not the library, decides what that means."""

    def on_broken_pipe(self) -> None:
        raise BrokenPipeError


def show(result: Verification, console: Console | None = None) -> None:
    """Print the findings by cause, the worst first, and at last one sentence: what becomes of this set."""
    page = _Page(console or _Console())
    page.print(Text(facts(result), "bold"))
    for number, cause in enumerate(causes(result), 1):
        page.print(Text(""))
        _show(cause, number, page)
    page.print(Text(""))
    page.print(Text(counts(result)))
    page.print(Text(sentence(result), "bold green" if result.taken else "bold red"))


def _show(cause: Cause, number: int, page: "_Page") -> None:
    page.print(
        Text.assemble(
            f"{number}. ",
            (cause.type.upper(), _STYLES[cause.type]),
            (f" {cause.effect}{f', {visible(cause.shape)}' if cause.shape else ''}: ", "dim"),
            (visible(cause.says), "bold"),
        )
    )
    for place in cause.places[:MOST]:
        if where := _place(place):
            page.print(Text(where), 3)
        if found := [visible(value) for value in dict.fromkeys(place.values) if value]:
            page.print(Text("found: " + "  ".join(f'"{value}"' for value in found), "dim"), 5)
        for words in own_words(cause, place):
            page.print(Text(visible(words)), 5)
    if len(cause.places) > MOST:
        page.print(Text(f"and {len(cause.places) - MOST:,} more", "dim"), 3)
    if cause.advice:
        page.print(Text(visible(cause.advice)), 3)
    page.print(Text(cause.anchor, "dim"), 3)


def _place(place: Finding) -> str:
    """`Student.csv, Birthdate, lines 2, 3 and 22 more`; empty for the set as a whole."""
    where = lines(place, _LINES) or (counted(place.count, "place") if place.count > 1 else "")
    return ", ".join(visible(part) for part in (place.file_name, place.column, where) if part)


class _Page:
    """Wraps lines at a terminal's width, and not at all where a program reads them."""

    def __init__(self, console: Console) -> None:
        self._console = console

    def print(self, text: Text, indent: int = 0) -> None:
        if self._console.is_terminal and text:
            self._console.print(Padding(text, (0, 0, 0, indent), expand=False))
        else:
            self._console.print(Text(" " * indent) + text, soft_wrap=True)


@contextmanager
def progress_bar(total: int) -> Iterator[Callable[[str, int], None]]:
    """A bar on stderr that is fed with the bytes read of each file so far; `total` is for all of them."""
    read: dict[str, int] = {}
    done = 0
    columns = (
        TextColumn("{task.description}", markup=False),
        BarColumn(),
        DownloadColumn(),
        TimeRemainingColumn(),
    )
    with Progress(*columns, console=Console(stderr=True), transient=True) as bar:
        task = bar.add_task("", total=total)

        def update(name: str, size: int) -> None:
            nonlocal done
            done += size - read.get(name, 0)
            read[name] = size
            bar.update(task, description=visible(name, _NAME), completed=done)

        yield update
