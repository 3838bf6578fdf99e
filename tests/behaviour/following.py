"""Behaviours after the start: how the sync came out, and that nobody's name gets onto the queue."""

import json
from typing import Any

from .drops import made
from .profile import Profile
from .together import behaviour, behaviours

RUNNING = {"state": "inProgress", "seconds": 0.3}
ENDS = {"error": "failed", "quarantined": "failed", "validationError": "paused", "paused": "paused"}


@behaviours({state: (state, outcome) for state, outcome in ENDS.items()}, only="classic")
def the_sync_ends_in(profile: Profile, row: tuple[str, str]) -> None:
    state, outcome = row
    profile.service(classic={"sync": [RUNNING, {"state": state}]})
    profile.drop(made())
    profile.verification("started")
    assert profile.sync(outcome)["serviceStatus"] == state


@behaviours(
    {"completedWithErrors": "succeededWithErrors", "failed": "failed"}, alone="industryData", only="industryData"
)
def the_run_ends_in(profile: Profile, row: str) -> None:
    state = "failed" if row == "failed" else "completedWithErrors"
    profile.runs(states=[{"state": "running", "seconds": 0.3}, {"state": state}])
    profile.drop(made())
    profile.verification("started")
    data = profile.sync(row)
    assert (data["serviceStatus"], data["errorsByCode"]) == (state, [])
    assert data["statistics"]


PROBLEMS: list[dict[str, Any]] = [
    {"times": 200, "joiningValue": "pupil{n}@example.edu", "reportableIdentifier": "pupil{n}@example.edu"},
    {"entryType": "Teacher", "errorCode": "UnmatchedEntry", "errorMessage": "No match for Siân Przykład", "times": 30},
]


@behaviours({"error": ("error", "failed"), "success": ("success", "succeededWithErrors")}, only="classic")
def the_sync_has_errors(profile: Profile, row: tuple[str, str]) -> None:
    """230 errors in pages of 100: counted on the queue, kept whole in errors.jsonl, linked from nowhere."""
    state, outcome = row
    profile.service(classic={"sync": [RUNNING, {"state": state}], "errors": PROBLEMS})
    profile.drop(made())
    profile.verification("started")
    data = profile.sync(outcome)
    assert data["errorCount"] == 230
    assert data["errorsByCode"] == [
        {"entryType": "Student", "errorCode": "UnsynchronizableChange", "count": 200},
        {"entryType": "Teacher", "errorCode": "UnmatchedEntry", "count": 30},
    ]
    folder = f"{profile.guid}/{data['runId']}"
    rows = [json.loads(line) for line in profile.read("sds-runs", f"{folder}/errors.jsonl").splitlines()]
    assert len(rows) == 230
    assert rows[199]["joiningValue"] == "pupil200@example.edu"
    report = profile.read("sds-runs", data["report"]["blob"]).decode()
    assert "pupil" not in report
    assert "errors.jsonl" not in report
    # A sync that did not end well is no reason to leave out the next one.
    profile.service()
    profile.drop(made())
    profile.verification("started")
    profile.sync("succeeded")


@behaviour(alone="industryData")
def last_night_s_end_is_not_taken_for_tonight_s(profile: Profile) -> None:
    profile.service(classic={"lagSeconds": 1.5, "before": {"status": "error", "hoursAgo": 20}})
    profile.outlive_runs(seconds=2)  # what others have started must not turn up in the middle of this
    profile.runs(appearsAfterSeconds=1.5, before={"status": "failed", "hoursAgo": 20})
    profile.drop(made())
    profile.verification("started")
    profile.sync("succeeded")


@behaviour(only="classic")
def a_profile_that_never_synced_before_is_followed(profile: Profile) -> None:
    profile.service(classic={"before": None})
    profile.drop(made())
    profile.verification("started")
    profile.sync("succeeded")


FOR_A_WHILE: list[dict[str, Any]] = [
    {"status": 500},
    {"status": 403},
    {"reset": True},
    {"status": 429, "retryAfter": 0.5},
    {"body": "html"},
]


@behaviour(alone="industryData", usually="classic")
def what_goes_wrong_while_following_is_waited_out(profile: Profile) -> None:
    for rule in FOR_A_WHILE:
        profile.fault("status", nth=2, **rule)
    profile.drop(made())
    profile.verification("started")
    profile.sync("succeeded")
    assert sum(entry.fault is not None for entry in profile.calls("status")) == len(FOR_A_WHILE)


@behaviours({"404": 404, "400": 400}, alone="industryData", usually="classic")
def a_sync_that_cannot_be_asked_about_is_unknown(profile: Profile, row: int) -> None:
    profile.service(classic={"sync": [{"state": "inProgress", "seconds": 6}, {"state": "success"}]})
    profile.runs(states=[{"state": "running", "seconds": 6}, {"state": "completed"}])
    profile.drop(made())
    profile.verification("started")
    profile.fault("status", status=row, times=None)
    profile.sync("unknown")
