"""A profile of the classic API: its states, its uploads, its starts and its syncs."""

from typing import Literal

from ..timetable import Step
from .base import NamedSpec, Past, Spec, Steps


class SyncProblem(Spec, frozen=True):
    """One educationSynchronizationError."""

    entry_type: str = "Student"
    error_code: str = "UnsynchronizableChange"
    error_message: str = "No directory match was found for the identity rule."
    joining_value: str = "pupil@example.edu"
    reportable_identifier: str = "pupil@example.edu"
    times: int = 1
    """Stands for so many errors; `{n}` in the two identifiers is replaced by the error's number."""


class Message(Spec, frozen=True):
    """One educationFileSynchronizationVerificationMessage to add to what the files themselves earn."""

    type: str
    file_name: str
    description: str


class UploadSpec(Spec, frozen=True):
    """How `uploadUrl` behaves."""

    states: Steps = (Step("open"),)
    """`busy` answers 409, anything else gives an address."""
    busy_while: tuple[str, ...] = ("extracting", "validating")
    """Sync statuses during which an earlier upload counts as still being processed."""
    status: Literal[200, 201] = 200
    sas_seconds: float = 3600
    clears: bool = True
    """The first address after a start begins with an empty container."""


class StartSpec(Spec, frozen=True):
    """How `start` verifies and words its answer."""

    verify: Literal["full", "none"] = "full"
    messages: tuple[Message, ...] = ()
    errors_status: Literal[200, 400] = 200
    errors_shape: Literal["value", "error", "both"] = "value"
    clean_shape: Literal["value", "empty"] = "value"
    capitalised: bool = True
    lower_file_names: bool = True
    while_running: Literal["restart", "refuse", "join", "after"] = "restart"
    """A start while a sync runs: begins again, is refused, is accepted and nothing begins, or begins after that one."""
    running_status: Literal[400, 409, 423] = 400
    """How it is refused."""


class ProfileSpec(NamedSpec, frozen=True):
    """One education synchronization profile; an id of `*` means every profile, those to come included."""

    display_name: str = "Nightly"
    data_provider: str = "#microsoft.graph.educationCsvDataProvider"
    expiration_date: str | None = None
    states: Steps = (Step("provisioned"),)
    """The profile's `state`; `gone` answers 404."""
    upload: UploadSpec = UploadSpec()
    start: StartSpec = StartSpec()
    sync: tuple[Step, ...] = (
        Step("extracting", 0.3),
        Step("validating", 0.3),
        Step("inProgress", 0.6),
        Step("success"),
    )
    resumed: tuple[Step, ...] = (Step("inProgress", 0.6), Step("success"))
    """What `resume` goes through."""
    before: Past | None = Past()
    underway: tuple[Step, ...] = ()
    """A sync that runs from the beginning and is nobody's start here; its last status stays."""
    activity_every_seconds: float | None = None
    """`lastActivityDateTime` moves by itself so often once a sync has ended, and nothing has begun."""
    lag_seconds: float = 0
    """`profileStatus` shows what was so long ago."""
    lag_polls: int = 0
    """So many answers of `profileStatus` after a start still show what was before it."""
    errors: tuple[SyncProblem, ...] = ()
    """Recorded when the sync reaches its last step."""
    errors_page: int = 100
    error_count_as_text: bool = False
