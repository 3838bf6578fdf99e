"""The host runs an app as Azure does: triggers, orchestrations, activities, timers, retries, failures."""

import json
import subprocess
import sys
from pathlib import Path

import pytest

from local.child import StartError
from tests.local.conftest import ROOT, Hosted, Start


def test_a_new_blob_starts_an_orchestration_that_runs_through_generations(host: Hosted) -> None:
    host.drop("rounds-through")
    assert host.noted("rounds-through") == "R2"
    assert host.journal("landed/rounds-through") == [""]


def test_a_blob_is_delivered_once_a_version_and_names_keep_their_folders(host: Hosted) -> None:
    host.drop("rounds/north/ä ü.csv")
    host.noted("rounds/north/ä ü.csv")
    assert host.journal("landed/rounds/north/ä ü.csv") == [""]
    host.drop("rounds/north/ä ü.csv")
    host.wait_for(lambda: len(host.journal("landed/rounds/north/ä ü.csv")) == 2)


def test_activities_run_at_the_same_time(host: Hosted) -> None:
    host.drop("parallel-1")
    assert host.noted("parallel-1") == "together"


def test_nothing_of_a_generation_reaches_the_next(host: Hosted) -> None:
    host.drop("leftover-1")
    assert host.noted("leftover-1") == "due-X"


def test_retry_policies_and_failures_reach_the_orchestrator(host: Hosted) -> None:
    host.drop("retried-1")
    host.drop("caught-1")
    assert host.noted("retried-1") == "retried-1 after 3"
    assert host.noted("caught-1") == "LookupError-no caught-1: try 1"


def test_a_failed_event_is_tried_again_and_given_up_in_the_end(host: Hosted) -> None:
    host.drop("rounds-flaky")
    host.drop("rounds-poison")
    assert host.noted("rounds-flaky") == "R2"
    host.wait_for(lambda: "poison: landed gave up" in host.log())
    assert len(host.journal("landed/rounds-poison")) == 3


def test_steps_are_quick(host: Hosted) -> None:
    """Twenty steps with their turns; waiting for a poll of 0.1 s at each would take two seconds and more."""
    host.drop("chain-1")
    assert float(host.noted("chain-1")) < 1.5


def test_entities_are_refused_clearly(host: Hosted) -> None:
    host.drop("entity-1")
    host.wait_for(lambda: "entities are not supported here" in host.log())


def test_timers_run_at_the_start_and_by_schedule(start_host: Start) -> None:
    host = start_host(settings={"SDS_SWEEP_SCHEDULE": "* * * * * *"})
    host.wait_for(lambda: len(host.journal("swept/False-True")) >= 2)
    assert host.journal("swept/True") == ["-True"]


def test_without_events_blobs_wake_nobody(start_host: Start) -> None:
    host = start_host("--no-events", settings={"SDS_SWEEP_SCHEDULE": "* * * * * *"})
    host.drop("rounds-unheard")
    host.wait_for(lambda: len(host.journal("swept/")) >= 3)
    assert host.journal("landed/") == []


@pytest.mark.parametrize(
    ("die_at", "last"),
    [
        ("1", "boundary 1: before timer swept"),
        ("before activity shout", ": before activity shout"),
        ("after activity shout#2", ": after activity shout"),
    ],
)
def test_it_dies_where_it_is_told_and_a_new_one_goes_on(start_host: Start, die_at: str, last: str) -> None:
    host = start_host(die_at=die_at)
    host.drop("rounds-killed")
    assert host.process.wait(15) == -9
    assert host.log().rstrip().endswith(last)
    host.process.end()
    host.process.start()
    host.drop("rounds-killed")  # what the engine knew is gone, and an event that was taken does not come again
    assert host.noted("rounds-killed") == "R2"


def test_it_ends_cleanly_on_sigterm_and_with_its_parent(start_host: Start) -> None:
    host = start_host()
    host.drop("rounds-1")
    host.noted("rounds-1")
    host.process.end()
    assert host.process.wait(0) == 0
    assert "Traceback" not in host.log()


@pytest.mark.parametrize(
    ("setting", "value", "reason"),
    [
        ("TEST_BAD", "7", "the app can't be indexed: ValueError: TEST_BAD is '7'; it must not be set"),
        ("SDS_SWEEP_SCHEDULE", "* * *", "the timer of swept: '* * *' is not a schedule: it must have six fields"),
        ("SDS_SWEEP_SCHEDULE", "0 0 0 31 2 *", "the timer of swept: the schedule has no day that ever comes"),
        ("DROP_STORAGE", "nonsense", "the app can't be indexed: BadSetting: DROP_STORAGE is no connection string"),
    ],
)
def test_an_app_that_cannot_be_served_is_told_in_one_line(
    start_host: Start, setting: str, value: str, reason: str
) -> None:
    with pytest.raises(StartError) as caught:
        start_host(settings={setting: value})
    assert str(caught.value).startswith(reason)
    assert "\n" not in str(caught.value)


@pytest.mark.parametrize(
    ("host_json", "reason"),
    [
        (None, "host.json is missing"),
        ("{", "host.json is not JSON"),
        ("{}", 'host.json must have "version": "2.0"'),
        ('{"version": "2.0", "extensions": {"durableTask": {"hubName": "%NOPE%"}}}', "app setting NOPE, which is not"),
        ('{"version": "2.0"}', "has no functions"),
    ],
)
def test_a_bad_host_json_or_no_app(tmp_path: Path, host_json: str | None, reason: str) -> None:
    if host_json is not None:
        (tmp_path / "host.json").write_text(host_json)
    ended = subprocess.run(
        [sys.executable, "-m", "local.host", "--app", tmp_path], cwd=ROOT, capture_output=True, text=True, check=False
    )
    assert ended.returncode == 1
    assert reason in ended.stderr
    assert ended.stderr.count("\n") == 1
    assert json.loads(ended.stdout) == {"ready": False, "error": ended.stderr.strip()}
