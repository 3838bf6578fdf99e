"""The findings as a person at a terminal reads them. Values of cells are shown here and nowhere else."""

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from itertools import groupby

from rich.console import Console
from rich.progress import BarColumn, DownloadColumn, Progress, TextColumn, TimeRemainingColumn
from rich.table import Table
from rich.text import Text

from ..formats import FORMATS
from .model import Finding, Verification

_PLURALS = {"error": "errors", "warning": "warnings", "information": "information"}
_STYLES = {"error": "bold red", "warning": "yellow", "information": "cyan"}


def show(result: Verification, console: Console | None = None) -> None:
    """Print the findings, grouped by file and rule, and a last line that sums up."""
    console = console or Console(highlight=False)
    rows = {file.name: file.rows for file in result.files}
    for name, group in groupby(result.findings, key=lambda finding: finding.file_name):
        count = rows.get(name or "")
        title = name or "The set"
        console.print(_table(title if count is None else f"{title} ({count:,} rows)", list(group)))
    console.print(_summary(result))


def _table(title: str, findings: list[Finding]) -> Table:
    table = Table(title=Text(title), title_justify="left", title_style="bold", expand=False)
    table.add_column("Type")
    table.add_column("Rule")
    table.add_column("Line", justify="right")
    table.add_column("Column")
    table.add_column("Places", justify="right")
    table.add_column("What to do", ratio=1)
    for finding in findings:
        text = Text(finding.description)
        shown = [value for value in dict.fromkeys(finding.values) if value]
        if shown:
            text.append("\nFound: " + "  ".join(f"“{value}”" for value in shown), style="dim")
        table.add_row(
            Text(finding.type, style=_STYLES[finding.type]),
            Text(finding.rule),
            Text("" if finding.line is None else str(finding.line)),
            Text(finding.column or ""),
            Text(f"{finding.count:,}"),
            text,
        )
    return table


def _summary(result: Verification) -> Text:
    title = next((known.title for known in FORMATS if known.id == result.format), "Unknown format")
    rows = sum(file.rows or 0 for file in result.files)
    what = f"{title}, {len(result.files)} files, {rows:,} rows: "
    counts = [
        Text(f"{number:,} {_PLURALS[kind] if number != 1 else kind}", _STYLES[kind])
        for kind, number in result.counts.items()
        if number
    ]
    return Text(what) + (Text(", ").join(counts) if counts else Text("no problems found", "bold green"))


@contextmanager
def progress_bar(total: int) -> Iterator[Callable[[str, int], None]]:
    """A bar on stderr that is fed with the bytes read of each file so far; `total` is for all of them."""
    read: dict[str, int] = {}
    columns = (TextColumn("{task.description}"), BarColumn(), DownloadColumn(), TimeRemainingColumn())
    with Progress(*columns, console=Console(stderr=True), transient=True) as bar:
        task = bar.add_task("", total=total)

        def update(name: str, size: int) -> None:
            read[name] = size
            bar.update(task, description=name, completed=sum(read.values()))

        yield update
