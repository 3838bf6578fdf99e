"""Profiles and their status as JSON objects of the classic API."""

from ..clock import stamp
from .profile import Profile

AFTER_SENTINEL = frozenset({"extracting", "validating"})
"""Members behind the enum's sentinel: only for clients that ask for unknown ones."""


def profile_object(profile: Profile, state: str) -> dict[str, object]:
    spec = profile.spec
    provider: dict[str, object] = {"@odata.type": spec.data_provider}
    if profile.is_csv:
        sync_all = {"optionalPropertiesToSync": None, "isSyncDeferred": False, "allowDisplayNameUpdate": False}
        provider["customizations"] = {"student": sync_all, "teacher": sync_all}
    return {
        "id": spec.id,
        "displayName": spec.display_name,
        "state": state,
        "handleSpecialCharacterConstraint": True,
        "expirationDate": spec.expiration_date,
        "dataProvider": provider,
        "identitySynchronizationConfiguration": {
            "@odata.type": "#microsoft.graph.educationIdentityCreationConfiguration",
            "userDomains": [
                {"appliesTo": "student", "name": "example.edu"},
                {"appliesTo": "teacher", "name": "example.edu"},
            ],
        },
        "licensesToAssign": [],
    }


def status_object(profile: Profile, now: float, *, all_members: bool) -> dict[str, object]:
    """educationSynchronizationProfileStatus. A profile that never synchronized has neither status nor times."""
    shown = profile.sync.shown()
    count = len(profile.errors())
    answer: dict[str, object] = {
        "id": profile.spec.id,
        "statusMessage": "",
        "errorCount": str(count) if profile.spec.error_count_as_text else count,
    }
    if shown:
        status = shown[-1].state
        answer["status"] = "unknownFutureValue" if status in AFTER_SENTINEL and not all_members else status
        answer["lastActivityDateTime"] = stamp(_active(profile, shown[-1].time, now))
        successes = [moment.time for moment in shown if moment.state == "success"]
        answer["lastSynchronizationDateTime"] = stamp(successes[-1]) if successes else None
    return answer


def _active(profile: Profile, changed: float, now: float) -> float:
    """The last activity: the last change of status, or one of those that a restless profile has by itself."""
    every = profile.spec.activity_every_seconds
    return changed if every is None or profile.running else changed + (now - changed) // every * every
