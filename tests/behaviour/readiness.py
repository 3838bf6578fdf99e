"""Behaviours before the start: a profile that isn't ready, requests that are turned down, an upload that is refused."""

from datetime import datetime, timedelta
from typing import Any

from .drops import made
from .profile import Profile
from .together import behaviour, behaviours


def _goes_well(profile: Profile) -> dict[str, Any]:
    profile.drop(made())
    data = profile.verification("started")
    profile.sync("succeeded")
    assert len(profile.given()) == 1
    return data


@behaviour()
def a_profile_that_is_not_ready_yet_is_waited_for(profile: Profile) -> None:
    """That neither upload nor start came before is in `check_promises`."""
    profile.state({"state": "provisioning", "seconds": 1.5, "polls": 2}, {"state": "provisioned"})
    data = _goes_well(profile)
    assert data["profileState"] in ("provisioned", "ready")
    phases = {entry.phase for entry in profile.calls("readiness")}
    assert len(phases) == 2


@behaviour(usually="classic")
def a_profile_that_never_gets_ready_times_out(profile: Profile) -> None:
    profile.state({"state": "provisioning"})
    profile.drop(made())
    data = profile.verification("timedOut")
    assert data["profileState"] in ("provisioning", "notReady")
    assert (profile.calls("upload"), profile.given()) == ([], [])
    profile.state({"state": "provisioned"})
    profile.drop(made(2))
    profile.verification("started")
    profile.sync("succeeded")


UNUSABLE: dict[str, tuple[dict[str, Any], dict[str, Any], tuple[str, str]]] = {
    "failed": (
        {"states": [{"state": "provisioningFailed"}]},
        {"states": [{"state": "failed"}]},
        ("provisioningFailed", "failed"),
    ),
    "ended": ({"states": [{"state": "deleting"}]}, {"states": [{"state": "disabled"}]}, ("deleting", "disabled")),
    "expired": ({"expirationDate": "2020-06-30"}, {"expiresInDays": -1}, ("expired", "expired")),
    "gone": ({"states": [{"state": "gone"}]}, {"states": [{"state": "gone"}]}, ("notFound", "notFound")),
}


@behaviours(UNUSABLE)
def a_profile_is_unusable(profile: Profile, row: tuple[dict[str, Any], dict[str, Any], tuple[str, str]]) -> None:
    classic, industry, codes = row
    profile.service(classic=classic, industry=industry)
    profile.drop(made())
    data = profile.verification("profileUnusable", codes[0] if profile.classic else codes[1])
    assert data["failure"]["message"]
    assert profile.calls("upload") == []


@behaviour(only="classic")
def a_profile_whose_deletion_failed_is_unusable(profile: Profile) -> None:
    profile.state({"state": "provisioning", "seconds": 0.5}, {"state": "deletionFailed"})
    profile.drop(made())
    profile.verification("profileUnusable", "deletionFailed")


@behaviour(only="industryData")
def a_flow_that_expires_soon_is_warned_of(profile: Profile) -> None:
    profile.service(industry={"expiresInDays": 7})
    profile.drop(made())
    (message,) = profile.verification("started")["messages"]
    assert (message["type"], message["rule"]) == ("warning", "profile.expires")
    profile.sync("succeeded")


WHILE: dict[str, list[dict[str, Any]]] = {
    "revoked-token": [{"revokeTokens": True}],
    "forbidden": [{"status": 403, "times": 2}],
    "throttled": [{"status": 429, "retryAfter": 0.5}, {"status": 429}],
    "broken": [{"status": 500}, {"reset": True}, {"status": 200, "body": "html"}, {"work": True, "body": "truncated"}],
    "unavailable": [{"status": 503}, {"status": 504, "body": "empty"}],
}


UPLOAD_TOO = ("forbidden", "broken")


@behaviours(
    {f"{kind}-readiness": ("readiness", rules) for kind, rules in WHILE.items()}
    | {f"{kind}-upload": ("upload", WHILE[kind]) for kind in UPLOAD_TOO},
    usually="industryData",
)
def a_request_is_turned_down_for_a_while(profile: Profile, row: tuple[str, list[dict[str, Any]]]) -> None:
    call, rules = row
    for rule in rules:
        profile.fault(call, **rule)
    _goes_well(profile)
    wanted = sum(rule.get("times", 1) for rule in rules)
    assert sum(entry.fault is not None for entry in profile.calls(call)) == wanted


RETRY_AFTER: dict[str, tuple[str, dict[str, Any]]] = {
    "429-decimal": ("readiness", {"status": 429, "retryAfter": 1.5}),
    "503-date": ("upload", {"status": 503, "retryAfter": 2.5, "retryAfterForm": "date"}),
}


@behaviours(RETRY_AFTER, usually="classic")
def retry_after_is_waited_for(profile: Profile, row: tuple[str, dict[str, Any]]) -> None:
    call, rule = row
    profile.fault(call, **rule)
    _goes_well(profile)
    first, second = [datetime.fromisoformat(entry.time) for entry in profile.calls(call)][:2]
    # A date has whole seconds.
    assert second - first >= timedelta(seconds=1.5)


FOR_EVER: dict[str, tuple[str, dict[str, Any], tuple[str, str]]] = {
    "403-readiness": ("readiness", {"status": 403}, ("failed", "accessDenied")),
    "401-upload": ("upload", {"status": 401}, ("failed", "accessDenied")),
    "500-upload": ("upload", {"status": 500}, ("failed", "serviceUnavailable")),
    "reset-readiness": ("readiness", {"reset": True}, ("failed", "serviceUnavailable")),
    "404-upload": ("upload", {"status": 404}, ("profileUnusable", "notFound")),
    "400-readiness": ("readiness", {"status": 400}, ("failed", "badRequest")),
}


@behaviours(FOR_EVER, usually="classic")
def a_request_is_turned_down_for_ever(profile: Profile, row: tuple[str, dict[str, Any], tuple[str, str]]) -> None:
    call, rule, (outcome, code) = row
    profile.fault(call, times=None, **rule)
    profile.drop(made())
    data = profile.verification(outcome, code)
    if "reset" not in rule:
        assert data["failure"]["requestId"] in {entry.request_id for entry in profile.calls(call)}
    assert profile.given() == []


@behaviour(only="classic")
def a_busy_upload_is_waited_for(profile: Profile) -> None:
    profile.service(classic={"upload": {"states": [{"state": "busy", "polls": 3}, {"state": "open"}]}})
    _goes_well(profile)
    assert [entry.status for entry in profile.calls("upload")] == [409, 409, 409, 200]


@behaviour(only="classic")
def an_upload_that_stays_busy_times_out(profile: Profile) -> None:
    profile.service(classic={"upload": {"states": [{"state": "busy"}]}})
    profile.drop(made())
    profile.verification("timedOut", "busy")


@behaviour(usually="industryData")
def a_refused_upload_address_is_replaced(profile: Profile) -> None:
    profile.fault("upload", expiredSas=True, times=2)
    _goes_well(profile)
    assert len(profile.calls("upload")) == 3


@behaviour(usually="classic")
def upload_addresses_are_given_up_after_three(profile: Profile) -> None:
    profile.fault("upload", expiredSas=True, times=None)
    profile.drop(made())
    profile.verification("failed", "uploadRefused")
    assert len(profile.calls("upload")) == 3


@behaviour(only="industryData")
def the_file_that_the_service_does_not_find_rejects_the_drop(profile: Profile) -> None:
    """The operation says `succeeded` all the same."""
    profile.service(industry={"validate": {"missing": ["School.csv"]}})
    profile.drop(made())
    data = profile.verification("rejected")
    assert [(m["type"], m["fileName"], m["origin"]) for m in data["messages"]] == [("error", "School.csv", "service")]
    assert "RequiredFileNotFound" in data["messages"][0]["description"]
    assert data["times"]["started"] is None


@behaviour(only="industryData")
def a_verification_that_fails_on_the_service_s_side_is_no_start(profile: Profile) -> None:
    profile.service(industry={"validate": {"states": [{"state": "running", "seconds": 0.3}, {"state": "failed"}]}})
    profile.drop(made())
    profile.verification("failed", "badRequest")
