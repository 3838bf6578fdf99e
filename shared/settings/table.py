"""The one table of settings."""

from typing import Any

import msgspec

from .kinds import PERCENT, SECONDS, SECONDS_ABOVE_0, Choice, Kind, Number, Removed, Text, YesNo
from .kinds_of_sds import AllowedValues, Files, GraphRoot, Profiles, Schedule, TimeZone, UploadHosts
from .model import Settings

_TIB = 1024**4
_DEFAULTS = Settings()


class Setting(msgspec.Struct, frozen=True):
    """One row. The default is that of the field in `Settings`; a setting without a field is read by others."""

    name: str
    field: str | None
    kind: Kind
    meaning: str
    """In Markdown, for an admin."""
    per_profile: bool = False
    """There may be one for one profile alone: `NAME__alias`."""

    @property
    def value(self) -> Any:
        """The default as a value, None if the setting has no field."""
        return getattr(_DEFAULTS, self.field) if self.field else None

    @property
    def default(self) -> str:
        """The default as the environment would have it; empty: none."""
        return self.kind.text(self.value) if self.field else ""


_CONTAINER = Text(r"[a-z0-9](?!.*--)[a-z0-9-]{1,61}[a-z0-9]", "3 to 63 lower-case letters, digits and single hyphens")
_BYTES = Number(least=1, most=_TIB, unit="bytes", whole=True)
_ANY = Text(r"[\x21-\x7e]*", "printable and without blanks")

TABLE: tuple[Setting, ...] = (
    Setting("AzureWebJobsStorage", None, _ANY, "the functions host's own storage"),
    Setting(
        "DROP_STORAGE",
        None,
        _ANY,
        "the account of drops, runs, state and queue: `DROP_STORAGE__blobServiceUri` and "
        "`DROP_STORAGE__queueServiceUri` with `DROP_STORAGE__credential=managedidentity` and, for a user-assigned "
        "identity, `DROP_STORAGE__clientId`. People's commands, and an app whose storage is on this machine, take a "
        "connection string as well",
    ),
    Setting("AZURE_CLIENT_ID", None, _ANY, "azure-identity's own: the client id of the app's identity, for Graph"),
    Setting(
        "AZURE_TOKEN_CREDENTIALS", None, _ANY, "azure-identity's own, for Graph: `ManagedIdentityCredential` in Azure"
    ),
    Setting(
        "SDS_TASK_HUB",
        None,
        Text(r"[A-Za-z][A-Za-z0-9]{2,44}", "3 to 45 letters and digits, a letter first"),
        "name of the durable task hub",
    ),
    Setting("SDS_DROP_CONTAINER", "drop_container", _CONTAINER, "where drops land"),
    Setting("SDS_RUN_CONTAINER", "run_container", _CONTAINER, "where snapshots and reports are"),
    Setting("SDS_STATE_CONTAINER", "state_container", _CONTAINER, "where records are"),
    Setting("SDS_RESULTS_QUEUE", "results_queue", _CONTAINER, "the queue of results"),
    Setting(
        "SDS_API",
        "api",
        Choice(("classic", "industryData")),
        "`classic` or `industryData`; the default is for one machine, in Azure there is none",
    ),
    Setting("GRAPH_BASE_URL", "graph_base_url", GraphRoot(), "where Graph is"),
    Setting(
        "GRAPH_SCOPE",
        "graph_scope",
        Text(r"(https://|api://)?[A-Za-z0-9.:/_-]{1,200}/\.default", "a resource followed by /.default"),
        "what tokens are asked for",
    ),
    Setting(
        "SDS_UPLOAD_HOSTS",
        "upload_hosts",
        UploadHosts(),
        "where upload addresses may point: domains, comma-separated; for a sovereign cloud its own, such as "
        "`core.usgovcloudapi.net`",
    ),
    Setting(
        "SDS_PROFILES",
        "profiles",
        Profiles(),
        "allowed profiles, comma-separated: a GUID, or `alias=GUID`, which allows the alias only. Empty: any GUID, for "
        "a Graph on this machine only",
    ),
    Setting(
        "SDS_FILES", "files", Files(), "the files that make a set complete, comma-separated; empty: see Drop", True
    ),
    Setting("SDS_ALLOW_EMPTY", "allow_empty", YesNo(), "whether a people file may have a header and no rows", True),
    Setting(
        "SDS_UNCHANGED",
        "unchanged",
        Choice(("skip", "send")),
        "`skip` or `send` a drop of the same bytes as the last accepted one whose sync succeeded",
        True,
    ),
    Setting("SDS_SETTLE_SECONDS", "settle", SECONDS, "how long a set must be quiet", True),
    Setting("SDS_SET_SPREAD_SECONDS", "set_spread", SECONDS, "how far apart its oldest and newest file may be", True),
    Setting(
        "SDS_INCOMPLETE_AFTER_SECONDS",
        "incomplete_after",
        SECONDS,
        "how long an incomplete set may be quiet before the queue hears of it",
        True,
    ),
    Setting("SDS_MAX_FILE_BYTES", "max_file_bytes", _BYTES, "a larger file is told, not read"),
    Setting("SDS_MAX_SET_BYTES", "max_set_bytes", _BYTES, "a larger set is told, not read"),
    Setting("SDS_POLL_SECONDS", "poll", SECONDS_ABOVE_0, "first interval between two questions to the service"),
    Setting("SDS_POLL_MAX_SECONDS", "poll_max", SECONDS_ABOVE_0, "longest interval between two questions"),
    Setting(
        "SDS_OPERATION_POLL_SECONDS",
        "operation_poll",
        SECONDS_ABOVE_0,
        "industry data: shortest interval between two questions for one verification; the service wants 5, and only a "
        "Graph on this machine is asked more often",
    ),
    Setting(
        "SDS_PROVISION_TIMEOUT_SECONDS",
        "provision_timeout",
        SECONDS,
        "the one deadline for all waiting before the start; the time a run is held is not counted",
        True,
    ),
    Setting(
        "SDS_START_CONFIRM_SECONDS",
        "start_confirm",
        SECONDS,
        "how long the sync's status is watched after a start that was not answered",
    ),
    Setting(
        "SDS_FOLLOW_SECONDS",
        "follow",
        SECONDS,
        "how long the sync is followed; 0: not at all, and no sync message",
        True,
    ),
    Setting(
        "SDS_PREFLIGHT",
        "preflight",
        Choice(("block", "report")),
        "our own check: `block` on errors, or `report` only",
        True,
    ),
    Setting(
        "SDS_ERROR_ROWS_PERCENT",
        "error_rows_percent",
        PERCENT,
        "industry data with `SDS_PREFLIGHT=block`: the share of a file's rows that the service may drop before the set "
        "is refused, rounded down. Errors of a file or of the set always refuse it. The classic service refuses a set "
        "for one such row: there it is 0",
        True,
    ),
    Setting(
        "SDS_ALLOWED_VALUES",
        "allowed_values",
        AllowedValues(),
        "values that your tenant added to SDS lists: `grade=13a\\|13b;orgRole=mentor`",
        True,
    ),
    Setting(
        "SDS_MAX_REMOVED_PERCENT",
        "max_removed_percent",
        Removed(),
        "removal guard: by kind, the share of the last accepted drop's ids that may be gone before the run is held for "
        "a person's decision; 100 is off. One number alone is for people and orgs",
        True,
    ),
    Setting(
        "SDS_MAX_REMOVED_LEAST",
        "max_removed_least",
        Number(most=1_000_000, unit="ids", whole=True),
        "fewer ids gone than this never hold a run (orgs: 1)",
        True,
    ),
    Setting("SDS_HOLD_SECONDS", "hold", SECONDS, "how long a held run waits for the decision", True),
    Setting("SDS_TIME_ZONE", "time_zone", TimeZone(), "the zone of times on page and terminal; messages stay UTC"),
    Setting(
        "SDS_SWEEP_SCHEDULE",
        "sweep_schedule",
        Schedule(),
        "how often files that no event told of, and runs whose host died, are looked for",
    ),
    Setting(
        "SDS_DRIVER_SECONDS",
        "driver",
        SECONDS_ABOVE_0,
        "how long an orchestration that says nothing is believed to be alive",
    ),
)
"""Every setting, in the order of the README."""
