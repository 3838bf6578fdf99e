"""Progress while it happens, on stderr: a living table on a terminal, one line a stage elsewhere."""

import sys
import time
from collections.abc import Callable, Sequence
from typing import TYPE_CHECKING

from local.cli.progress import Row, State
from shared.text import visible

if TYPE_CHECKING:
    from rich.console import RenderableType

_MARKS: dict[State, tuple[str, str]] = {
    "done": ("✓", "green"),
    "now": ("•", "cyan"),
    "waiting": ("·", "dim"),
    "skipped": ("-", "dim"),
}


class Display:
    """Shows what `rows` gives. Use it in a `with` block; call `update` often."""

    def __init__(self, title: str) -> None:
        from rich.console import Console
        from rich.live import Live

        self._console = Console(stderr=True, highlight=False)
        self._title = title
        self._rows: Callable[[float], Sequence[Row]] | None = None
        self._shown: set[str] = set()
        self._began = time.monotonic()
        # The table renders itself at every refresh, so the seconds go on while the command waits for an answer.
        self._live = Live(self, console=self._console, refresh_per_second=8) if self._console.is_terminal else None

    def __enter__(self) -> "Display":
        if self._live:
            self._live.start()
        else:
            self._line(self._title)
        return self

    def __exit__(self, *_: object) -> None:
        if self._live:
            self._live.stop()

    def follow(self, title: str, rows: Callable[[float], Sequence[Row]]) -> None:
        """From now on show these rows under this title."""
        self._title, self._rows = title, rows
        self.update()

    def note(self, text: str) -> None:
        """Something that a person should hear of, above the table."""
        self._console.print(f"note: {visible(text)}", markup=False, emoji=False, soft_wrap=True)

    def end(self) -> None:
        """Show nothing more."""
        if self._live:
            self._live.stop()

    def update(self) -> None:
        """Off a terminal, print the stages that were finished since the last call."""
        if self._live or self._rows is None:
            return
        for row in self._rows(time.monotonic()):
            if row.state == "done" and row.stage.name not in self._shown:
                self._shown.add(row.stage.name)
                self._line(f"{row.stage.name}{f' ({row.note})' if row.note else ''}")

    def _line(self, text: str) -> None:
        print(f"[{time.monotonic() - self._began:6.1f} s] {visible(text)}", file=sys.stderr, flush=True)

    def __rich__(self) -> "RenderableType":
        from rich.console import Group
        from rich.spinner import Spinner
        from rich.table import Table
        from rich.text import Text

        if self._rows is None:
            self._spinner = Spinner("dots", Text(f" {visible(self._title)}"))
            return self._spinner
        table = Table.grid(padding=(0, 1))
        for row in self._rows(time.monotonic()):
            mark, style = _MARKS[row.state]
            seconds = "" if row.seconds is None else f"{row.seconds:.1f} s"
            text = Text(row.stage.text, style="bold" if row.state == "now" else style if row.seconds is None else "")
            table.add_row(
                Text(mark, style=style),
                text,
                Text(seconds, style="cyan", justify="right"),
                Text(visible(row.note), style="dim"),
            )
        return Group(Text(visible(self._title), style="bold"), table)
