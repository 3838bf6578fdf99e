"""Let the app of this checkout go on with what it found, and see how everything ends."""

import json
from typing import Any

from .deployment import Deployment

LONG = 8 * 3600.0
"""Seconds in which everything must have come to its end."""


def drive(deployment: Deployment) -> None:
    """To the end of everything; what waits for a person by then is let go, and that to its end too."""
    deployment.run(LONG)
    locked = [blob for blobs in deployment.store.held.values() for blob in blobs.values() if blob.leased]
    for blob in locked:
        blob.leased = False
    if locked or _resumed(deployment):
        deployment.run(LONG)


def _resumed(deployment: Deployment) -> bool:
    """Resume the profile if it is paused, as it may be from version 2 on."""
    paused = [name for name, blob in deployment.store.held["sds-state"].items() if b'"paused":{' in blob.data]
    for name in paused:
        from shared.steps.wishes import resumed
        from shared.steps.work import Work

        resumed(Work(deployment.room, name.removesuffix(".json")))
    return bool(paused)


def ends(deployment: Deployment) -> dict[str, str]:
    """Message id to outcome, failure, state of the profile, numbers of errors and warnings, where there are such."""
    told: dict[str, str] = {}
    for message in deployment.store.sent:
        event: dict[str, Any] = json.loads(message)
        data = event["data"]
        counts = data.get("counts", {})
        words = [data.get("outcome", "held"), (data.get("failure") or {}).get("code"), data.get("profileState")]
        words += [f"{counts[kind]} {kind}" for kind in ("error", "warning") if counts.get(kind)]
        told[event["id"]] = ", ".join(filter(None, words))
    return told


def uploads(deployment: Deployment) -> int:
    """How many upload sessions were opened since the app was taken over."""
    return sum(call == "open_upload" for _, call in deployment.sds.calls)
