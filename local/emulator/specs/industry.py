"""A flow of the industry data API: its readiness, its upload sessions, its validation; and the tenant's runs."""

from typing import Literal

import msgspec

from ..timetable import Step
from .base import NamedSpec, Past, Spec, Steps


class FileProblem(Spec, frozen=True):
    """One publicError to add to an operation."""

    code: str
    target: str
    message: str | None = None


class SessionSpec(Spec, frozen=True):
    """How `getUploadSession` behaves."""

    seconds: float = 14 * 3600
    container_seconds: float = 48 * 3600
    query: Literal["accept", "ignore", "refuse"] = "accept"
    """`?resetSession=true`"""
    parameter: Literal["accept", "ignore", "refuse"] = "accept"
    """`getUploadSession(resetSession=true)`"""
    url_path: Literal["directory", "fileSystem", "host"] = "directory"
    """How much of `/{tenant}/{connector}/{container}` the sessionUrl's path holds."""
    permissions: str = "cw"
    append_limit: int = 100 * 2**20
    """Bytes that one append may carry."""
    leftovers: dict[str, str] = msgspec.field(default_factory=dict)
    """Files by name that lie in every new container already: what an upload of somebody else's left there."""
    survives: bool = False
    """Validating leaves the container open with its files, so that an upload that doesn't reset it finds them."""


class ValidateSpec(Spec, frozen=True):
    """How `validate` and its operation behave."""

    states: Steps = (Step("notStarted", 0.2), Step("running", 0.4), Step("succeeded"))
    missing: tuple[str, ...] = ()
    """Files that the service does not find although they were uploaded."""
    errors: tuple[FileProblem, ...] = ()
    warnings: tuple[FileProblem, ...] = ()
    location: str | None = "{root}/external/industryData/operations/{id}"
    """The Location header; null leaves it out."""
    shown: dict[str, object] = msgspec.field(default_factory=dict)
    """Fields that the ended operation shows in place of its own, of whatever shape."""


class FlowSpec(NamedSpec, frozen=True):
    """One inboundFileFlow with its azureDataLakeConnector; an id of `*` means every flow, those to come included."""

    display_name: str = "Rostering"
    connector: str | None = None
    """The connector's id; by default made from the flow's id."""
    states: Steps = (Step("ready"),)
    """The flow's `readinessStatus` inside its dates; `gone` answers 404."""
    effective_days_ago: float = 100
    expires_in_days: float | None = 200
    """None: no expirationDateTime. Negative: it has passed, and the flow is `expired`."""
    file_format: Literal["schoolDataSyncV1", "schoolDataSyncV2Rev1"] | None = None
    """The connector's. None: it tells none, and takes whichever format the uploaded files have."""
    session: SessionSpec = SessionSpec()
    validate: ValidateSpec = ValidateSpec()


class Other(Spec, frozen=True):
    """A run that nobody started through this API: the schedule's, or somebody's in the portal or with another flow."""

    by: Literal["schedule", "portal", "otherFlow"] = "schedule"
    """All but the schedule's use up one of the tenant's starts."""
    begins: float = -60
    """Seconds from when the emulator hears of it; negative: it has begun before."""
    lasts: float = 120
    looks: int = 0
    """It ends no sooner than after so many answers that showed it running."""
    ends: str = "completed"


class RunsSpec(Spec, frozen=True):
    """The tenant's runs: all ready flows share them."""

    states: Steps = (Step("running", 1), Step("completed"))
    """`completed` becomes completedWithErrors or -Warnings when the files call for it."""
    before: Past | None = Past(status="completed")
    start_limit: int = 5
    """Started runs that the service allows in `start_window_seconds`; one that failed is not counted."""
    start_window_seconds: float = 12 * 3600
    limit_status: Literal[400, 403, 409, 429] = 429
    """What a start above the limit is answered; no page says."""
    start_retry_after: float | None = None
    """For a start above the limit, or beside a run in progress."""
    start_location: bool = True
    """Whether `runs/start` names a longRunningOperation."""
    start_operation: Steps = (Step("running", 0.2), Step("succeeded"))
    """What becomes of that operation; if it ends `failed`, there never is a run."""
    others: tuple[Other, ...] = ()
    while_running: Literal["begin", "join", "refuse"] = "begin"
    """A start while a run is in progress: begins beside it, is accepted and nothing begins, or is refused."""
    running_status: Literal[409, 423, 429] = 409
    """How it is refused."""
    appears_after_seconds: float = 0
    """How long a new run stays out of the list."""
    every_seconds: float | None = None
    """The service's own schedule; None: no run by itself."""
    skip_within_seconds: float = 10 * 3600
    """A started run replaces the next scheduled one if that is due within this time."""
    page: int = 50
