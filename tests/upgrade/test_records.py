"""Records and settings of version 8654072 mean the same to the app of today."""

import json
from collections.abc import Iterator
from datetime import UTC, datetime
from typing import Any

import msgspec
import pytest

from shared.door import decode
from shared.kept import mark
from shared.settings import Settings

from .saved import data_of, every_blob, saved

OLD = "8654072"

SAME_RUN = (
    *("runId", "drop", "times", "deadline", "findings", "warnings", "profileState", "expires", "poll", "waiting"),
    *("operation", "sessionUntil", "startIntent", "messages", "followUntil", "sawRunning", "ending", "sync"),
)
"""What a run's part of the record holds under the same name."""

STAGES = {
    "taken": {"taken", "cleared"},
    "uploaded": {"uploaded", "verifying", "verified", "starting"},
}
"""Stages that are told apart more finely now."""


def records() -> Iterator[tuple[dict[str, Any], dict[str, Any]]]:
    """Every record of that version, as it was and as it is read."""
    for life in saved():
        settings = Settings.load(life.environment)
        for moment in life.moments if life.app == OLD else ():
            for container, name, blob in every_blob(moment):
                if container == "sds-state":
                    data = data_of(life, blob)
                    record = decode(data, settings, name.removesuffix(".json"), blob.etag)
                    yield json.loads(data), json.loads(msgspec.json.encode(record))


RECORDS = list(records())


def test_the_profile_is_known_as_it_was() -> None:
    assert len(RECORDS) > 150
    for old, new in RECORDS:
        assert new["profile"] == old["profile"]
        assert new["poke"] == old["poke"]
        assert bool(new["driver"]) == bool(old["driver"])
        if old["driver"]:
            assert _within(old["driver"], new["driver"])
        assert set(new["kept"]) == {mark(name, etag) for name, etag in old["kept"].items()}
        assert [_within(one, other) for one, other in zip(old["recent"], new["recent"], strict=True)].count(False) == 0
        assert bool(new["accepted"]) == bool(old["accepted"])
        if old["accepted"]:
            assert _within(old["accepted"], new["accepted"])


def test_so_is_the_inbox_and_what_is_refused() -> None:
    for old, new in RECORDS:
        then, now = old["inbox"], new["inbox"]
        assert bool(now) == bool(then)
        if then:
            assert _within({key: then[key] for key in ("fingerprint", "since", "looks")}, now)
            assert now["told"] == then["reported"]
        assert bool(new["refusal"]) == bool(old["refusal"])
        if old["refusal"]:
            assert _within(old["refusal"], new["refusal"])


def test_so_is_the_run() -> None:
    seen = set()
    for old, new in RECORDS:
        then, now = old["current"], new["current"]
        assert bool(now) == bool(then)
        if not then:
            continue
        seen.add(now["stage"])
        assert now["stage"] in STAGES.get(then["stage"], {then["stage"]})
        assert (now["stage"] != "taken") == (then["cleared"] or then["stage"] != "taken")
        for name in SAME_RUN:
            assert _within(then[name], now[name]), name
        assert (now["claim"] is None) == (then["hold"] is None)
        assert _within(then["hold"], now["claim"])
        assert now["verification"] == ("complete" if then["verified"] else "none")
    finer = {stage for stages in STAGES.values() for stage in stages}
    assert seen == finer | {"checked", "uploading", "ended", "following", "synced"}


def test_so_is_when_the_profile_expires() -> None:
    """The recorded service names no such time."""
    old = next(old for old, _ in RECORDS if old["current"] and old["profile"] == "north")
    old = {**old, "current": {**old["current"], "expires": "2027-08-01T00:00:00Z"}}
    new = decode(json.dumps(old).encode(), Settings(), "north", "0x1")
    assert new.current is not None
    assert new.current.expires == datetime(2027, 8, 1, tzinfo=UTC)


def _within(old: Any, new: Any) -> bool:
    """Whether all that was is there; what is new beside it may have been added."""
    if isinstance(old, dict) and isinstance(new, dict):
        return all(name in new and _within(value, new[name]) for name, value in old.items())
    if isinstance(old, list) and isinstance(new, list):
        return len(old) == len(new) and all(map(_within, old, new))
    return bool(old == new)


SETTINGS: dict[str, tuple[str, str, Any]] = {
    "SDS_DROP_CONTAINER": ("drops", "drop_container", "drops"),
    "SDS_RUN_CONTAINER": ("runs", "run_container", "runs"),
    "SDS_STATE_CONTAINER": ("state", "state_container", "state"),
    "SDS_RESULTS_QUEUE": ("results", "results_queue", "results"),
    "SDS_API": ("industrydata", "api", "industryData"),
    "GRAPH_BASE_URL": ("https://graph.microsoft.us/beta/", "graph_base_url", "https://graph.microsoft.us/beta"),
    "GRAPH_SCOPE": ("https://graph.microsoft.us/.default", "graph_scope", "https://graph.microsoft.us/.default"),
    "SDS_PROFILES": (
        "north=11111111-2222-3333-4444-55555555555A, 11111111-2222-3333-4444-555555555556",
        "profiles",
        {
            "north": "11111111-2222-3333-4444-55555555555a",
            "11111111-2222-3333-4444-555555555556": "11111111-2222-3333-4444-555555555556",
        },
    ),
    "SDS_FILES": ("School.csv, Student.csv", "files", ("School.csv", "Student.csv")),
    "SDS_ALLOW_EMPTY": ("TRUE", "allow_empty", True),
    "SDS_UNCHANGED": ("send", "unchanged", "send"),
    "SDS_SETTLE_SECONDS": ("0", "settle", 0),
    "SDS_SET_SPREAD_SECONDS": ("3600.5", "set_spread", 3600.5),
    "SDS_INCOMPLETE_AFTER_SECONDS": ("60", "incomplete_after", 60),
    "SDS_POLL_SECONDS": ("1", "poll", 1),
    "SDS_POLL_MAX_SECONDS": ("60", "poll_max", 60),
    "SDS_OPERATION_POLL_SECONDS": ("2", "operation_poll", 2),
    "SDS_PROVISION_TIMEOUT_SECONDS": ("600", "provision_timeout", 600),
    "SDS_START_CONFIRM_SECONDS": ("100", "start_confirm", 100),
    "SDS_FOLLOW_SECONDS": ("0", "follow", 0),
    "SDS_PREFLIGHT": ("report", "preflight", "report"),
    "SDS_ALLOWED_VALUES": ("grade=13a", "allowed_values", {"grade": frozenset({"13a"})}),
    "SDS_HOLD_SECONDS": ("3600", "hold", 3600),
    "SDS_SWEEP_SCHEDULE": ("0 */10 * * * MON-FRI", "sweep_schedule", "0 */10 * * * MON-FRI"),
    "SDS_DRIVER_SECONDS": ("60", "driver", 60),
}
"""Each setting of that version with a value that it took: name to value, today's field and what that holds."""


@pytest.mark.parametrize("name", SETTINGS)
def test_each_setting_keeps_its_meaning(name: str) -> None:
    value, field, meant = SETTINGS[name]
    assert getattr(Settings.load({name: value}), field) == meant


def test_one_percentage_of_removals_is_for_people_and_orgs() -> None:
    assert Settings.load({"SDS_MAX_REMOVED_PERCENT": "35"}).max_removed_percent == {
        "people": 35,
        "orgs": 35,
        "classes": 100,
        "enrollments": 100,
    }


def test_all_of_them_together_are_taken() -> None:
    everything = {name: value for name, (value, _, _) in SETTINGS.items()}
    assert Settings.load(everything).profiles == SETTINGS["SDS_PROFILES"][2]
