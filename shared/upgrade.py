"""Records of older versions, turned into today's: a newer app takes over whatever it finds under way."""

from typing import Any

from .kept import mark
from .record import VERSION
from .settings import Settings


def upgraded(old: dict[str, Any], settings: Settings) -> dict[str, Any]:
    """A record of version 1 as one of today's. Raises KeyError, TypeError and the like if it isn't one."""
    profile = old["profile"]
    target = {"api": settings.api, "profileId": settings.profile_id(profile) or ""}  # version 1 had the settings' only
    inbox, refusal, accepted, current = old["inbox"], old["refusal"], old["accepted"], old["current"]
    return {
        "profile": profile,
        "v": VERSION,
        "driver": old["driver"],
        "poke": old["poke"],
        "inbox": {**_only(inbox, "fingerprint", "since", "looks"), "told": inbox["reported"]} if inbox else None,
        "refusal": refusal and {**refusal, "count": len(refusal["blobs"])},
        "current": current and _current(current, target),
        "accepted": accepted and {**accepted, "target": target},
        "kept": sorted(mark(name, etag) for name, etag in old["kept"].items()),
        "recent": old["recent"],
    }


def _current(old: dict[str, Any], target: dict[str, Any]) -> dict[str, Any]:
    hold = old["hold"]
    return {
        **_only(
            old,
            *("runId", "drop", "times", "deadline", "findings", "warnings", "profileState", "expires", "poll"),
            *("waiting", "operation", "sessionUntil", "startIntent", "messages", "followUntil", "sawRunning"),
            *("ending", "sync"),
        ),
        "stage": _stage(old),
        "target": target,
        "claim": hold and _only(hold, "attempt", "until"),
        "verification": "complete" if old["verified"] else "none",
    }


def _stage(old: dict[str, Any]) -> str:
    stage: str = old["stage"]
    if stage == "taken" and old["cleared"]:
        return "cleared"
    if stage != "uploaded":
        return stage
    if old["startIntent"]:
        return "starting"
    if old["verified"]:
        return "verified"
    return "verifying" if old["operation"] or old["askedToVerify"] else "uploaded"


def _only(fields: dict[str, Any], *names: str) -> dict[str, Any]:
    return {name: fields[name] for name in names}
