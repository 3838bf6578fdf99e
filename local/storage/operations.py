"""Which operation of blob or queue storage a request is, where, and which actions it asks for.

Names are those of Azure's own storage logs and events. The actions are from learn.microsoft.com, "Authorize with
Microsoft Entra ID", section "Permissions for calling data operations".
"""

from typing import Literal, NamedTuple
from urllib.parse import parse_qs, unquote, urlsplit

from local.rights import BLOBS, CONTAINERS, DELEGATION_KEY, MESSAGES, QUEUES

type Service = Literal["blob", "queue"]


class Need(NamedTuple):
    """One of these actions, at this scope."""

    scope: str
    one_of: tuple[str, ...]


class Operation(NamedTuple):
    """What a request does, and where."""

    name: str
    scope: str
    """`containers/NAME` or `queues/NAME`; empty: the account."""
    item: str
    """The blob's name, or a message's id."""
    needs: tuple[Need, ...]


_READ, _WRITE, _DELETE = (f"{BLOBS}read",), (f"{BLOBS}write",), (f"{BLOBS}delete",)
_CREATE = (f"{BLOBS}write", f"{BLOBS}add/action")
_SEE, _MAKE, _DROP = (f"{CONTAINERS}read",), (f"{CONTAINERS}write",), (f"{CONTAINERS}delete",)
_Q_SEE, _Q_MAKE, _Q_DROP = (f"{QUEUES}read",), (f"{QUEUES}write",), (f"{QUEUES}delete",)
_ADD = (f"{MESSAGES}add/action", f"{MESSAGES}write")
_PROCESS = (f"{MESSAGES}process/action",)
NOBODY = ("(none)",)
"""What no role allows: an operation by key alone, or one that this table doesn't know."""

# (service, level, method, comp) -> name and actions; the level is the number of names in the path, with the account.
_TABLE: dict[tuple[str, int, str, str], tuple[str, tuple[str, ...]]] = {
    ("blob", 1, "GET", "list"): ("ListContainers", _SEE),
    ("blob", 1, "POST", "userdelegationkey"): ("GetUserDelegationKey", (DELEGATION_KEY,)),
    ("blob", 1, "GET", "blobs"): ("FindBlobsByTags", (f"{BLOBS}filter/action",)),
    ("blob", 2, "PUT", ""): ("CreateContainer", _MAKE),
    ("blob", 2, "GET", ""): ("GetContainerProperties", _SEE),
    ("blob", 2, "HEAD", ""): ("GetContainerProperties", _SEE),
    ("blob", 2, "DELETE", ""): ("DeleteContainer", _DROP),
    ("blob", 2, "GET", "list"): ("ListBlobs", _READ),
    ("blob", 2, "GET", "metadata"): ("GetContainerMetadata", _SEE),
    ("blob", 2, "HEAD", "metadata"): ("GetContainerMetadata", _SEE),
    ("blob", 2, "PUT", "metadata"): ("SetContainerMetadata", _MAKE),
    ("blob", 2, "PUT", "lease"): ("LeaseContainer", _MAKE),
    ("blob", 2, "GET", "acl"): ("GetContainerACL", NOBODY),
    ("blob", 2, "PUT", "acl"): ("SetContainerACL", NOBODY),
    ("blob", 3, "GET", ""): ("GetBlob", _READ),
    ("blob", 3, "HEAD", ""): ("GetBlobProperties", _READ),
    ("blob", 3, "PUT", ""): ("PutBlob", _CREATE),
    ("blob", 3, "DELETE", ""): ("DeleteBlob", _DELETE),
    ("blob", 3, "PUT", "block"): ("PutBlock", _WRITE),
    ("blob", 3, "PUT", "blocklist"): ("PutBlockList", _WRITE),
    ("blob", 3, "GET", "blocklist"): ("GetBlockList", _READ),
    ("blob", 3, "PUT", "appendblock"): ("AppendBlock", _CREATE),
    ("blob", 3, "PUT", "page"): ("PutPage", _WRITE),
    ("blob", 3, "GET", "metadata"): ("GetBlobMetadata", _READ),
    ("blob", 3, "HEAD", "metadata"): ("GetBlobMetadata", _READ),
    ("blob", 3, "PUT", "metadata"): ("SetBlobMetadata", _WRITE),
    ("blob", 3, "PUT", "properties"): ("SetBlobProperties", _WRITE),
    ("blob", 3, "PUT", "lease"): ("LeaseBlob", _WRITE),
    ("blob", 3, "PUT", "snapshot"): ("SnapshotBlob", _CREATE),
    ("blob", 3, "PUT", "copy"): ("AbortCopyBlob", _WRITE),
    ("blob", 3, "PUT", "tier"): ("SetBlobTier", _WRITE),
    ("blob", 3, "PUT", "undelete"): ("UndeleteBlob", _WRITE),
    ("blob", 3, "GET", "tags"): ("GetBlobTags", (f"{BLOBS}tags/read",)),
    ("blob", 3, "PUT", "tags"): ("SetBlobTags", (f"{BLOBS}tags/write",)),
    ("queue", 1, "GET", "list"): ("ListQueues", _Q_SEE),
    ("queue", 2, "PUT", ""): ("CreateQueue", _Q_MAKE),
    ("queue", 2, "DELETE", ""): ("DeleteQueue", _Q_DROP),
    ("queue", 2, "GET", "metadata"): ("GetQueueMetadata", _Q_SEE),
    ("queue", 2, "HEAD", "metadata"): ("GetQueueMetadata", _Q_SEE),
    ("queue", 2, "PUT", "metadata"): ("SetQueueMetadata", _Q_MAKE),
    ("queue", 3, "POST", ""): ("PutMessage", _ADD),
    ("queue", 3, "GET", ""): ("GetMessages", _PROCESS),
    ("queue", 3, "GET", "peek"): ("PeekMessages", (f"{MESSAGES}read",)),
    ("queue", 3, "DELETE", ""): ("ClearMessages", (f"{MESSAGES}delete",)),
    ("queue", 4, "DELETE", ""): ("DeleteMessage", (*_PROCESS, f"{MESSAGES}delete")),
    ("queue", 4, "PUT", ""): ("UpdateMessage", (f"{MESSAGES}write",)),
}
_SCOPES = {"blob": "containers", "queue": "queues"}


def operation_of(service: Service, method: str, target: str, headers: dict[str, str]) -> Operation:
    """Read a request with lower-case header names. What the table doesn't know is `Unknown`, which nobody may do."""
    path, _, query_text = target.partition("?")
    query = {name.lower(): values[0] for name, values in parse_qs(query_text, keep_blank_values=True).items()}
    parts = path.strip("/").split("/", 2 if service == "blob" else 3)
    scope = f"{_SCOPES[service]}/{unquote(parts[1])}" if len(parts) > 1 and parts[1] else ""
    item = unquote(parts[-1]) if len(parts) > (2 if service == "blob" else 3) else ""
    comp = "peek" if query.get("peekonly", "").lower() == "true" else query.get("comp", "").lower()
    name, one_of = _TABLE.get((service, len(parts), method, comp), ("Unknown", NOBODY))
    needs = [Need(scope, one_of)]
    if source := source_of(headers):
        name = _copy(name, headers)
        needs.append(Need(f"containers/{source[0]}", _READ))
    return Operation(name, scope, item, tuple(needs))


def source_of(headers: dict[str, str]) -> tuple[str, str] | None:
    """Container and name of the blob that a request copies from, None if it copies nothing."""
    if "x-ms-copy-source" not in headers:
        return None
    parts = urlsplit(headers["x-ms-copy-source"]).path.strip("/").split("/", 2)
    return (unquote(parts[1]), unquote(parts[2])) if len(parts) == 3 else ("", "")


def _copy(name: str, headers: dict[str, str]) -> str:
    if name == "PutBlock":
        return "PutBlockFromURL"
    if "x-ms-blob-type" in headers:
        return "PutBlobFromURL"
    return "CopyBlobFromURL" if headers.get("x-ms-requires-sync") else "CopyBlob"
