"""Behaviours of the start: answers that say no, answers that get lost, and what the service found in the files."""

from typing import Any

from .drops import made
from .profile import Profile
from .together import behaviour, behaviours


def _ambiguous(profile: Profile, **rule: Any) -> None:
    profile.fault("start", **rule)
    profile.drop(made())


@behaviours({"reset": {"reset": True}, "504": {"status": 504}}, alone="industryData")
def a_start_that_never_arrived_is_repeated(profile: Profile, row: dict[str, Any]) -> None:
    _ambiguous(profile, **row)
    assert profile.verification("started")["verification"] == "complete"
    profile.sync("succeeded")
    assert len(profile.calls("start")) == 2
    assert profile.started() == (1 if profile.classic else 2)


LOST = {"reset": {"reset": True}, "garbage": {"body": "html"}}


@behaviours(LOST, alone="industryData")
def a_start_whose_answer_is_lost_is_seen_in_the_sync(profile: Profile, row: dict[str, Any]) -> None:
    if not profile.classic and "body" in row:
        row = {"status": 500, "body": "html"}  # a 202 has no body that could be garbage
    _ambiguous(profile, work=True, **row)
    assert profile.verification("started")["verification"] == ("unknown" if profile.classic else "complete")
    profile.sync("succeeded")
    assert len(profile.calls("start")) == 1


@behaviour(alone="industryData")
def a_sync_that_shows_late_still_proves_the_start(profile: Profile) -> None:
    profile.service(classic={"lagSeconds": 1})
    profile.runs(appearsAfterSeconds=1)
    _ambiguous(profile, work=True, reset=True)
    assert profile.verification("started")["verification"] == ("unknown" if profile.classic else "complete")
    profile.sync("succeeded")
    assert len(profile.calls("start")) == 1


@behaviour(alone="industryData")
def two_starts_without_an_answer_are_the_end(profile: Profile) -> None:
    profile.fault("start", status=500, times=None)
    profile.drop(made())
    profile.verification("failed", "startUnconfirmed")
    assert len(profile.calls("start")) == 2


@behaviours(
    {"429": {"status": 429, "retryAfter": 1}, "503": {"status": 503, "retryAfter": 1}},
    alone="industryData",
    usually="classic",
)
def a_throttled_start_is_waited_for(profile: Profile, row: dict[str, Any]) -> None:
    profile.fault("start", times=3, **row)
    profile.drop(made())
    assert profile.verification("started")["verification"] == "complete"
    profile.sync("succeeded")
    assert len(profile.calls("start")) == 4


@behaviour(alone="industryData", usually="classic")
def a_void_token_at_the_start_is_replaced(profile: Profile) -> None:
    profile.fault("start", revokeTokens=True)
    profile.drop(made())
    assert profile.verification("started")["verification"] == "complete"
    profile.sync("succeeded")
    assert profile.calls("start")[0].status == 401


TURNED_DOWN = {
    "401": (401, "failed", "unauthorized"),
    "403": (403, "failed", "accessDenied"),
    "404": (404, "profileUnusable", "notFound"),
    "400": (400, "failed", "badRequest"),
}


@behaviours(TURNED_DOWN, alone="industryData", usually="classic")
def a_start_that_is_turned_down_is_the_end(profile: Profile, row: tuple[int, str, str]) -> None:
    status, outcome, code = row
    if status == 404 and not profile.classic:
        outcome, code = "failed", "startNotFound"  # the address names no profile: it is tried to the deadline
    profile.fault("start", status=status, times=None)
    profile.drop(made())
    data = profile.verification(outcome, code)
    assert data["failure"]["requestId"] in {entry.request_id for entry in profile.calls("start")}


ERROR = {"type": "error", "fileName": "Section.csv", "description": "2 row(s) have missing data"}
SHAPES = {
    f"{status}-{shape}": {"errorsStatus": status, "errorsShape": shape, "messages": [ERROR], "capitalised": capitals}
    for status, shape, capitals in (
        (200, "value", False),
        (200, "both", True),
        (400, "value", True),
        (400, "both", False),
    )
}


@behaviours(SHAPES, only="classic")
def errors_are_read_in_every_shape(profile: Profile, row: dict[str, Any]) -> None:
    profile.service(classic={"start": row})
    profile.drop(made())
    data = profile.verification("rejected")
    assert [(m["type"], m["fileName"].lower(), m["origin"]) for m in data["messages"]] == [
        ("error", "section.csv", "service")
    ]
    assert (profile.started(), len(profile.calls("start"))) == (0, 1)


@behaviours({"400": 400, "200": 200}, only="classic")
def a_refusal_without_messages_is_a_failure(profile: Profile, row: int) -> None:
    start = {"errorsStatus": row, "errorsShape": "error", "messages": [ERROR]}
    profile.service(classic={"start": start})
    profile.drop(made())
    data = profile.verification("failed", "badRequest")
    assert data["failure"]["requestId"]
    assert profile.started() == 0


@behaviour(only="classic")
def an_empty_answer_is_a_clean_start(profile: Profile) -> None:
    profile.service(classic={"start": {"cleanShape": "empty"}})
    profile.drop(made())
    assert profile.verification("started")["verification"] == "complete"
    profile.sync("succeeded")


@behaviour(only="classic")
def errors_beside_a_running_sync_are_a_failure(profile: Profile) -> None:
    profile.service(classic={"sync": [{"state": "inProgress", "seconds": 5}, {"state": "success"}]})
    profile.fault("start", work=True, body="json", json={"value": [ERROR]})
    profile.drop(made())
    profile.verification("failed", "startedDespiteErrors")


@behaviour(usually="industryData")
def warnings_are_told_and_do_not_stop_the_sync(profile: Profile) -> None:
    warning = {"type": "warning", "fileName": "Student.csv", "description": "3 duplicates found"}
    profile.service(
        classic={"start": {"messages": [warning]}},
        industry={"validate": {"warnings": [{"code": "OptionalFileNotFound", "target": "Student.csv"}]}},
    )
    profile.drop(made())
    data = profile.verification("startedWithWarnings")
    assert data["counts"]["warning"] == len(data["messages"]) == 1
    profile.sync("succeeded")


@behaviour(alone="industryData", only="industryData")
def starts_that_are_used_up_leave_the_files_to_the_schedule(profile: Profile) -> None:
    """The service would allow it; the record's own count of five in twelve hours forbids it."""
    profile.remember_starts(5)
    profile.drop(made())
    assert profile.verification("acceptedForSchedule")["verification"] == "complete"
    assert profile.calls("start") == []
    profile.remember_starts(4)
    profile.drop(made(2))
    profile.verification("started")
    profile.sync("succeeded")


@behaviour(alone="industryData", only="industryData")
def a_service_that_allows_no_start_leaves_the_files_to_the_schedule(profile: Profile) -> None:
    profile.runs(startLimit=0)
    profile.drop(made())
    profile.verification("acceptedForSchedule")
    assert {entry.status for entry in profile.calls("start")} == {429}


@behaviour(alone="industryData", only="industryData")
def warnings_are_told_even_if_the_start_s_answer_is_lost(profile: Profile) -> None:
    profile.service(industry={"validate": {"warnings": [{"code": "OptionalFileNotFound", "target": "Student.csv"}]}})
    profile.fault("start", work=True, reset=True)
    profile.drop(made())
    assert profile.verification("startedWithWarnings")["verification"] == "complete"
    profile.sync("succeeded")
