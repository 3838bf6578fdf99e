"""The page of a run: findings file by file, times in the tenant's zone, and nothing that is not for everybody."""

from datetime import UTC, datetime
from typing import Any

import msgspec
import pytest

from shared.reports import Finding, Report
from status import findings
from status.run_page import run_page
from tests.status.records import NASTY, RUN, held
from tests.status.test_answers import board
from tests.status.test_page import HEAD, Shape


def finding(file: str | None, kind: str = "error", count: int = 1, **more: Any) -> Finding:
    return Finding(
        kind, "cell.bad", file, 2, "Grade", count, f"{kind} in {file}", tuple(range(2, 2 + min(count, 3))), **more
    )


def report(**more: Any) -> Report:
    return Report(profile="north", run_id=RUN, api="classic", outcome="rejectedBeforeUpload", **more)


def shown(found: Report, run: str = RUN, **settings: Any) -> Shape:
    room, store = board(held(), **settings)
    store.put("sds-runs", f"north/{run}/report.json", msgspec.json.encode(found))
    text = run_page(room, "north", run, HEAD)
    assert text is not None
    return Shape(text)


def test_findings_stand_by_file_and_the_worst_file_first() -> None:
    page = shown(
        report(
            preflight=(
                finding("School.csv", "warning", 900),
                finding("Student.csv", "warning"),
                finding("Student.csv", count=1234),
                finding(None, "information"),
            ),
            service=({"type": "error", "fileName": "Section.csv", "description": "refused"},),
        )
    )
    order = [page.text.index(f"\n{name}\n") for name in ("Student.csv", "Section.csv", "School.csv")]
    assert order == sorted(order)
    assert "Student.csv: 1,234 errors, 1 warning" in page.text
    assert "Error, column Grade, 1234 places, lines 2, 3, 4 and more" in page.text
    assert "said by School Data Sync" in page.text
    targets = {a["href"] for a in page.all("a") if (a["href"] or "").startswith("#")}
    assert targets == {
        f"#{h['id']}" for h in page.all("h2") if (h["id"] or "").startswith("f") and h["id"] != "findings"
    }


def test_a_page_is_bounded_whatever_the_report_holds() -> None:
    many = tuple(finding(f"F{n % 40}.csv", count=n + 1) for n in range(40 * (findings.MOST + 7)))
    page = shown(report(preflight=many))
    assert len(page.all("li")) <= findings.MOST_FILES * (findings.MOST + 1) + 1
    assert "and 7 more findings" in page.text
    assert "and 10 more files" in page.text


def test_times_are_the_tenants_and_utc_for_programs() -> None:
    page = shown(report(times={"started": "2026-07-01T04:00:00Z", "settled": None}), time_zone="Europe/Oslo")
    assert "Wed 01 Jul 2026, 06:00 CEST" in page.text
    assert {"datetime": "2026-07-01T04:00:00Z"} in page.all("time")
    assert "Set was complete" not in page.text


def test_a_decision_and_what_would_go_are_shown() -> None:
    removed = held().current.hold.removed  # type: ignore[union-attr]
    page = shown(
        report(
            decision={"approve": False, "at": datetime(2026, 11, 27, tzinfo=UTC), "by": "head@school.example"},
            removed=msgspec.to_builtins(removed),
            failure={"code": "internal", "message": "why", "requestId": None},
        )
    )
    assert "Rejected by head@school.example, Fri 27 Nov 2026, 00:00 UTC" in page.text
    assert "200 of 400 students" in page.text
    assert "internal: why" in page.text


@pytest.mark.parametrize(
    "strange",
    [
        {"removed": [1, {}]},
        {"decision": "x"},
        {"failure": 3},
        {"times": {"started": []}},
        {"service": ("x", 3)},
        {"sync": {"outcome": "new"}},
    ],
)
def test_what_a_hand_wrote_into_a_report_ends_no_page(strange: dict[str, Any]) -> None:
    assert RUN in shown(report(**strange)).text


def test_names_from_outside_are_text() -> None:
    page = shown(report(preflight=(finding(NASTY),), warnings=(NASTY,)))
    assert page.all("script") == []
    assert "\u202e" not in page.text


@pytest.mark.parametrize("story", [f"{RUN}-i", f"{RUN}-x1", f"{RUN}-d"])
def test_what_never_became_a_run_has_its_page_too(story: str) -> None:
    assert story in shown(report(), story).text


@pytest.mark.parametrize("run", [RUN, f"{RUN}-z", f"{RUN}/../x", NASTY])
def test_without_a_report_there_is_no_page(run: str) -> None:
    room, _ = board(held())
    assert run_page(room, "north", run, HEAD) is None
    assert run_page(room, "_", RUN, HEAD) is None
