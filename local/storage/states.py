"""What Azure says and the emulator can't: blobs that are under a hold, archived, leased or have snapshots.

A test sets a state; from then on the operations that it stops are answered with Azure's own status and code
(learn.microsoft.com, "Blob service error codes").
"""

import threading
from typing import Literal, NamedTuple

from local.storage.operations import Operation

type State = Literal["immutable", "legalHold", "snapshots", "leased", "archived", "rehydrating", "encryptedElsewhere"]

_CHANGES = frozenset({"DeleteBlob", "PutBlob", "PutBlockList", "CopyBlob", "SetBlobMetadata", "SetBlobProperties"})
_READS = frozenset({"GetBlob", "GetBlockList"})


class Refusal(NamedTuple):
    status: int
    code: str
    operations: frozenset[str]
    as_source: bool = False
    """Whether a copy from the blob is refused, too."""


REFUSALS: dict[State, Refusal] = {
    "immutable": Refusal(409, "BlobImmutableDueToPolicy", _CHANGES),
    "legalHold": Refusal(409, "BlobImmutableDueToPolicy", _CHANGES),
    "snapshots": Refusal(409, "SnapshotsPresent", frozenset({"DeleteBlob"})),
    "leased": Refusal(412, "LeaseIdMissing", _CHANGES),
    "archived": Refusal(409, "BlobArchived", _READS, as_source=True),
    "rehydrating": Refusal(409, "BlobBeingRehydrated", _READS | {"SetBlobTier"}, as_source=True),
    "encryptedElsewhere": Refusal(409, "BlobUsesCustomerSpecifiedEncryption", _READS, as_source=True),
}


class States:
    """The states of blobs, by container and name. May be changed at any time, from any thread."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._states: dict[tuple[str, str], State] = {}

    def set(self, container: str, blob: str, state: State | None) -> None:
        """Put a blob into a state; None takes it out again."""
        with self._lock:
            if state is None:
                self._states.pop((container, blob), None)
            else:
                self._states[container, blob] = state

    def refusal(self, operation: Operation, source: tuple[str, str] | None) -> Refusal | None:
        """Why this operation is refused, None if it is not; `source` is the container and name of a copy's source."""
        with self._lock:
            own = self._states.get((operation.scope.removeprefix("containers/"), operation.item))
            other = self._states.get(source) if source else None
        if own and operation.name in REFUSALS[own].operations:
            return REFUSALS[own]
        return REFUSALS[other] if other and REFUSALS[other].as_source else None
