"""What a person reads of a message: all that matters, and nothing taken for markup."""

import io
from typing import Any

import pytest
from rich.console import Console

from local.cli.message import Message
from local.cli.show import colour, panel


def message(kind: str, **data: Any) -> Message:
    return Message("", f"r1/{kind}", "s", f"rosterdrop.{kind}.v1", "r1", data)


def shown(message: Message) -> str:
    console = Console(file=io.StringIO(), width=100)
    console.print(panel(message))
    return console.file.getvalue()  # type: ignore[attr-defined, no-any-return]


def finding(**more: Any) -> dict[str, Any]:
    return {
        "type": "error",
        "fileName": "Student.csv",
        "description": "No [bold]such[/bold] row.",
        "origin": "service",
    } | more


def test_a_rejection_names_files_lines_and_reasons() -> None:
    text = shown(
        message(
            "verification",
            outcome="rejected",
            profile="north",
            profileId="guid",
            profileState="provisioned",
            counts={"error": 7, "warning": 1},
            messages=[finding(), finding(type="warning", origin="preflight", line=12, column="Grade", count=6)],
            drop={
                "files": [
                    {"name": "School.csv", "rows": 2},
                    {"name": "Student.csv", "rows": 9, "rowsDropped": 1},
                    {"name": "Section.csv", "rows": None},
                ],
                "ignored": ["a.txt"],
            },
            failure={"code": "badRequest", "message": "No."},
            report={"container": "sds-runs", "blob": "north/r1/report.json"},
        )
    )
    for part in (
        "verification: rejected",
        "north (guid, provisioned)",
        "7 error, 1 warning, 0 information",
        "Student.csv (service)",
        "Student.csv, line 12, Grade, 6 places (preflight)",
        "No [bold]such[/bold] row.",
        "School.csv 2, Student.csv 9 (1 dropped), Section.csv",
        "a.txt",
        "badRequest: No.",
        "sds-runs/north/r1/report.json",
    ):
        assert part in text, part


def test_long_lists_are_cut_with_a_word() -> None:
    text = shown(message("verification", outcome="rejected", messages=[finding()] * 25))
    assert text.count("Student.csv") == 20
    assert "5 more in the report" in text


def test_a_sync_tells_its_errors_by_code() -> None:
    text = shown(
        message(
            "sync",
            outcome="succeededWithErrors",
            serviceStatus="error",
            errorCount=3,
            errorsByCode=[{"entryType": "Student", "errorCode": "UnmatchedEntry", "count": 3}],
        )
    )
    assert "3 (UnmatchedEntry x 3)" in text


@pytest.mark.parametrize(
    ("kind", "outcome", "wanted"),
    [
        ("verification", "started", "green"),
        ("verification", "incomplete", "yellow"),
        ("verification", "failed", "red"),
        ("sync", "succeeded", "green"),
        ("sync", "failed", "red"),
        ("held", "held", "red"),
    ],
)
def test_colours_follow_the_exit_codes(kind: str, outcome: str, wanted: str) -> None:
    assert colour(message(kind, outcome=outcome)) == wanted
