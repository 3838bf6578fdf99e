"""Messages of the results queue for a person: panels and tables on stdout."""

from collections.abc import Sequence
from typing import TYPE_CHECKING, Any

from local.cli.message import Message
from local.cli.verdict import FILES_FAULT, RUN, SYNC
from shared.text import visible

if TYPE_CHECKING:
    from rich.console import Console, RenderableType

_COLOURS = {0: "green", FILES_FAULT: "yellow"}
_KINDS = {"error": "red", "warning": "yellow", "information": "cyan"}
_MOST = 20
"""Findings that are listed; the report has them all."""


def console() -> "Console":
    from rich.console import Console

    return Console(highlight=False)


def colour(message: Message) -> str:
    meaning = SYNC if message.kind == "sync" else RUN
    return _COLOURS.get(meaning.get(message.outcome, 1), "red")


def panel(message: Message) -> "RenderableType":
    """What one message says, findings included."""
    from rich.console import Group
    from rich.panel import Panel
    from rich.table import Table
    from rich.text import Text

    facts = Table.grid(padding=(0, 2))
    for name, value in _facts(message):
        facts.add_row(Text(name, style="dim"), Text(visible(value), overflow="fold"))
    parts: list[RenderableType] = [facts]
    if findings := message.data.get("messages"):
        parts += [Text(""), _findings(findings)]
    title = Text(f" {visible(message.kind)}: {visible(message.outcome)} ", f"bold {colour(message)}")
    return Panel(Group(*parts), title=title, title_align="left", border_style=colour(message), expand=False)


def summary(messages: Sequence[Message]) -> "RenderableType":
    """One row a message: what came by the queue."""
    from rich.table import Table
    from rich.text import Text

    table = Table(title="Messages on the results queue", title_justify="left", title_style="bold", box=_box())
    for heading in ("message", "outcome", "id"):
        table.add_column(heading, overflow="fold")
    for message in messages:
        outcome = Text(visible(message.outcome), style=colour(message))
        table.add_row(Text(visible(message.kind)), outcome, Text(visible(message.id)))
    return table


def _box() -> Any:
    from rich import box

    return box.SIMPLE_HEAD


def _facts(message: Message) -> list[tuple[str, str]]:
    data = message.data
    facts = [("profile", _profile(data)), ("run", message.subject), ("api", str(data.get("api", "")))]
    if failure := data.get("failure"):
        facts.append(("failure", f"{failure.get('code')}: {failure.get('message')}"))
    if files := (data.get("drop") or {}).get("files"):
        rows = ", ".join(f"{file['name']}{_rows(file)}" for file in files)
        facts.append(("files", rows))
    if ignored := (data.get("drop") or {}).get("ignored"):
        facts.append(("not sent", ", ".join(ignored)))
    if counts := data.get("counts"):
        facts.append(("findings", ", ".join(f"{counts.get(kind, 0)} {kind}" for kind in _KINDS)))
    if (errors := data.get("errorCount")) is not None:
        codes = ", ".join(f"{e.get('errorCode')} x {e.get('count')}" for e in data.get("errorsByCode") or ())
        facts.append(("sync errors", f"{errors}" + (f" ({codes})" if codes else "")))
    if status := data.get("serviceStatus"):
        facts.append(("service status", str(status)))
    if report := data.get("report"):
        facts.append(("report", f"{report.get('container')}/{report.get('blob')}"))
    return facts


def _profile(data: dict[str, Any]) -> str:
    profile, guid = data.get("profile") or "-", data.get("profileId")
    state = data.get("profileState")
    more = [str(part) for part in (guid if guid != profile else None, state) if part]
    return f"{profile} ({', '.join(more)})" if more else str(profile)


def _rows(file: dict[str, Any]) -> str:
    rows, dropped = file.get("rows"), file.get("rowsDropped")
    return ("" if rows is None else f" {rows}") + (f" ({dropped} dropped)" if dropped else "")


def _findings(findings: Sequence[dict[str, Any]]) -> "RenderableType":
    from rich.table import Table
    from rich.text import Text

    table = Table.grid(padding=(0, 2))
    for finding in findings[:_MOST]:
        kind = str(finding.get("type", ""))
        says = Text(visible(_place(finding)), style="bold")
        says.append(f"\n{visible(finding.get('description'))}", style="not bold")
        table.add_row(Text(visible(kind), style=_KINDS.get(kind, "")), says)
    if len(findings) > _MOST:
        table.add_row("", Text(f"... and {len(findings) - _MOST} more in the report", style="dim"))
    return table


def _place(finding: dict[str, Any]) -> str:
    """Where a finding is and who says so: `Student.csv, line 12, Grade, 3 places (preflight)`."""
    line, column, count = (finding.get(name) for name in ("line", "column", "count"))
    parts = (
        finding.get("fileName"),
        line and f"line {line}",
        column,
        count and count > 1 and f"{count} places",
    )
    return f"{', '.join(str(part) for part in parts if part) or 'the drop'} ({finding.get('origin')})"
