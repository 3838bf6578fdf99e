"""Let the app of this checkout go on with what it found, and see how everything ends."""

import json
from typing import Any

from .deployment import Deployment

LONG = 8 * 3600.0
"""Seconds in which everything must have come to its end."""


def drive(deployment: Deployment) -> None:
    """To the end of everything; files that are still locked by then are let go, and that to its end too."""
    deployment.run(LONG)
    locked = [blob for blobs in deployment.store.held.values() for blob in blobs.values() if blob.leased]
    for blob in locked:
        blob.leased = False
    if locked:
        deployment.run(LONG)


def ends(deployment: Deployment) -> dict[str, str]:
    """Message id to outcome."""
    told: dict[str, str] = {}
    for message in deployment.store.sent:
        event: dict[str, Any] = json.loads(message)
        told[event["id"]] = event["data"]["outcome"]
    return told
