"""Who may do what in storage: built-in roles with their actions, and which identity has which role where.

The roles are Azure's own (learn.microsoft.com, "built-in-roles/storage"); what each operation asks for is in
`local.storage.operations`. The gate between the app and the storage emulator answers by these tables, so that a
missing right fails on one machine as it would in Azure.
"""

import json
from collections.abc import Iterable
from pathlib import Path
from typing import NamedTuple

from shared.settings import Settings

CONTAINERS = "Microsoft.Storage/storageAccounts/blobServices/containers/"
BLOBS = f"{CONTAINERS}blobs/"
DELEGATION_KEY = "Microsoft.Storage/storageAccounts/blobServices/generateUserDelegationKey/action"
QUEUES = "Microsoft.Storage/storageAccounts/queueServices/queues/"
MESSAGES = f"{QUEUES}messages/"


class Role(NamedTuple):
    """A built-in role. Azure tells actions from data actions; what a token may do in storage is both."""

    id: str
    actions: frozenset[str]
    data_actions: frozenset[str]

    @property
    def permissions(self) -> frozenset[str]:
        return self.actions | self.data_actions


def _names(prefix: str, *names: str) -> frozenset[str]:
    return frozenset(f"{prefix}{name}" for name in names)


_BLOB_ALL = (
    *("read", "write", "delete", "add/action", "move/action", "filter/action", "deleteBlobVersion/action"),
    *("permanentDelete/action", "tags/read", "tags/write", "modifyPermissions/action", "manageOwnership/action"),
    *("runAsSuperUser/action", "immutableStorage/runAsSuperUser/action"),
)
_QUEUE_ALL = ("read", "write", "delete", "process/action")

ROLES = {
    "Storage Blob Data Reader": Role(
        "2a2b9908-6ea1-4ae2-8e65-a410df84e7d1",
        _names(CONTAINERS, "read") | {DELEGATION_KEY},
        _names(BLOBS, "read"),
    ),
    "Storage Blob Data Contributor": Role(
        "ba92f5b4-2d11-453d-a403-e96b0029c9fe",
        _names(CONTAINERS, "read", "write", "delete") | {DELEGATION_KEY},
        _names(BLOBS, "read", "write", "delete", "add/action", "move/action"),
    ),
    "Storage Blob Data Owner": Role(  # blobs/*
        "b7e6dc6d-f1e8-4753-8033-0f276bb0955b",
        _names(CONTAINERS, "read", "write", "delete") | {DELEGATION_KEY},
        _names(BLOBS, *_BLOB_ALL),
    ),
    "Storage Queue Data Reader": Role(
        "19e7f393-937e-4f77-808e-94535e297925", _names(QUEUES, "read"), _names(MESSAGES, "read")
    ),
    "Storage Queue Data Message Processor": Role(
        "8a0f0c08-91a1-4084-bc3d-661d67233fed", frozenset(), _names(MESSAGES, "read", "process/action")
    ),
    "Storage Queue Data Message Sender": Role(
        "c6a89b2d-59bc-44d0-9896-0f6e12d7b80a", frozenset(), _names(MESSAGES, "add/action")
    ),
    "Storage Queue Data Contributor": Role(
        "974c5e8b-45b9-4653-ba55-5f855dd0fb88", _names(QUEUES, "read", "write", "delete"), _names(MESSAGES, *_QUEUE_ALL)
    ),
    # Not built in: the template makes it, since every built-in role that may write also reads and deletes.
    "Rosterdrop Writer": Role("", frozenset(), _names(BLOBS, "write", "add/action")),
}


_TABLE = Path(__file__).parents[1] / "infra" / "roles.json"


class Assignment(NamedTuple):
    """One role of one identity at one container or queue, as `containers/NAME` or `queues/NAME`."""

    identity: str
    role: str
    scope: str


POISON = "webjobs-blobtrigger-poison"
"""Where the host's blob extension puts events that failed too often, in the account of the trigger's connection."""


def assignments(settings: Settings) -> tuple[Assignment, ...]:
    """The assignments of a deployment in the drop account: the app's own, and those of the people's three roles."""
    table = json.loads(_TABLE.read_text(encoding="utf-8"))["assignments"]["drop"]
    names = {
        "containers": {
            "drop": settings.drop_container,
            "runs": settings.run_container,
            "state": settings.state_container,
        },
        "queues": {"results": settings.results_queue, "poison": POISON},
    }
    return tuple(
        Assignment(grant["who"], grant["role"], f"{kind}/{names[kind][place]}")
        for kind, places in table.items()
        for place, grants in places.items()
        for grant in grants
    )


def granted(table: Iterable[Assignment], identity: str, scope: str) -> frozenset[str]:
    """All that an identity may do at a scope. An empty scope is the account, where nobody has a role."""
    found = (ROLES[one.role].permissions for one in table if (one.identity, one.scope) == (identity, scope))
    return frozenset().union(*found)


def smallest(used: frozenset[str]) -> str:
    """The role with the fewest permissions among those that allow all that was used. Raises ValueError."""
    fitting = {name: len(role.permissions) for name, role in ROLES.items() if used <= role.permissions}
    if not fitting:
        raise ValueError(f"no role allows all of {', '.join(sorted(used))}")
    return min(fitting, key=lambda name: fitting[name])
