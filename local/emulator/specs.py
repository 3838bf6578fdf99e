"""What can be configured, as typed JSON: profiles, flows, runs, faults, and the scenario that holds them.

Unknown fields are refused, so a typing error in a scenario is seen at once. Times are seconds.
"""

from typing import Annotated, Literal

import msgspec

from .timetable import Step

Steps = Annotated[tuple[Step, ...], msgspec.Meta(min_length=1)]


class Spec(msgspec.Struct, frozen=True, rename="camel", forbid_unknown_fields=True, kw_only=True):
    """Base of everything that a scenario file may hold."""


class NamedSpec(Spec, frozen=True):
    """Base of what a registry holds. The id `*` means every one, those to come included."""

    id: str


class Past(Spec, frozen=True):
    """A sync or run that ended before the emulator began: last night's."""

    status: str = "success"
    hours_ago: float = 20


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
    while_running: Literal["restart", "refuse"] = "restart"
    """A start while a sync runs: begins again, or is a 400."""


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
    lag_seconds: float = 0
    """`profileStatus` shows what was so long ago."""
    lag_polls: int = 0
    """So many answers of `profileStatus` after a start still show what was before it."""
    errors: tuple[SyncProblem, ...] = ()
    """Recorded when the sync reaches its last step."""
    errors_page: int = 100
    error_count_as_text: bool = False


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


class ValidateSpec(Spec, frozen=True):
    """How `validate` and its operation behave."""

    states: Steps = (Step("notStarted", 0.2), Step("running", 0.4), Step("succeeded"))
    missing: tuple[str, ...] = ()
    """Files that the service does not find although they were uploaded."""
    errors: tuple[FileProblem, ...] = ()
    warnings: tuple[FileProblem, ...] = ()
    location: str | None = "{root}/external/industryData/operations/{id}"
    """The Location header; null leaves it out."""


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
    """None: whichever format the uploaded files have."""
    session: SessionSpec = SessionSpec()
    validate: ValidateSpec = ValidateSpec()


class RunsSpec(Spec, frozen=True):
    """The tenant's runs: all ready flows share them."""

    states: Steps = (Step("running", 1), Step("completed"))
    """`completed` becomes completedWithErrors or -Warnings when the files call for it."""
    before: Past | None = Past(status="completed")
    start_limit: int = 5
    """Started runs that the service allows in `start_window_seconds`; one that failed is not counted."""
    start_window_seconds: float = 12 * 3600
    start_retry_after: float | None = None
    start_location: bool = True
    """Whether `runs/start` names a longRunningOperation."""
    appears_after_seconds: float = 0
    """How long a new run stays out of the list."""
    every_seconds: float | None = None
    """The service's own schedule; None: no run by itself."""
    skip_within_seconds: float = 10 * 3600
    """A started run replaces the next scheduled one if that is due within this time."""
    page: int = 50


class Fault(Spec, frozen=True):
    """A rule for misbehaviour. See `local.emulator` for how its fields play together."""

    name: str = "fault"
    method: str = "*"
    path: str = "*"
    nth: int = 1
    times: int | None = 1
    delay: float = 0
    work: bool = False
    reset: bool = False
    status: Annotated[int, msgspec.Meta(ge=200, le=599)] | None = None
    code: str | None = None
    message: str = "The emulator was told to answer like this."
    retry_after: float | None = None
    retry_after_form: Literal["decimal", "date"] = "decimal"
    body: Literal["graph", "empty", "html", "truncated", "json"] | None = None
    json: object = None
    headers: dict[str, str] = {}
    expired_sas: bool = False
    revoke_tokens: bool = False


class Scenario(Spec, frozen=True):
    """A scenario file."""

    description: str = ""
    profiles: tuple[ProfileSpec, ...] = ()
    flows: tuple[FlowSpec, ...] = ()
    runs: RunsSpec | None = None
    faults: tuple[Fault, ...] = ()


def patched[S: Spec](spec: S, changes: dict[str, object]) -> S:
    """A spec with some fields changed; objects inside are merged field by field.

    Raises msgspec.ValidationError when a field is unknown or has a wrong value.
    """
    fields = msgspec.to_builtins(spec)
    return msgspec.convert(_merged(fields, changes), type(spec))


def _merged(old: dict[str, object], new: dict[str, object]) -> dict[str, object]:
    merged = dict(old)
    for key, value in new.items():
        before = merged.get(key)
        merged[key] = _merged(before, value) if isinstance(before, dict) and isinstance(value, dict) else value
    return merged
