"""The flow, its connector and the calls that the tests of the industry data API share."""

from typing import Any

from shared.sds.port import SyncState

from .conftest import CONNECTOR, PROFILE

ROOT = "/beta/external/industryData"
FLOW = {"id": PROFILE, "readinessStatus": "ready", "dataConnector": {"id": CONNECTOR}}
FILES = ("orgs.csv", "users.csv")
DONE = {"status": "succeeded", "validatedFiles": [*FILES], "errors": [], "warnings": []}

CALLS: dict[str, Any] = {
    "readiness": lambda sds: sds.readiness(PROFILE),
    "open_upload": lambda sds: sds.open_upload(PROFILE),
    "verify": lambda sds: sds.verify(PROFILE),
    "verification": lambda sds: sds.verification(PROFILE, "/external/industryData/operations/1", FILES),
    "start": lambda sds: sds.start(PROFILE),
    "start_operation": lambda sds: sds.start_operation(PROFILE, "/external/industryData/operations/1"),
    "sync_state": lambda sds: sds.sync_state(PROFILE, SyncState("completed", "succeeded", run="run-0")),
    "statistics": lambda sds: sds.statistics(PROFILE, "run-1"),
}
