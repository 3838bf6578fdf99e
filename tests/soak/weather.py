"""What strikes a stack besides kills: faults of storage, of the identity endpoint and of Graph, drawn from a seed."""

import threading
from collections.abc import Callable
from contextlib import suppress
from random import Random
from typing import Any, get_args

from azure.core.exceptions import ResourceNotFoundError
from azure.storage.blob import BlobServiceClient

from local.emulator.specs.fault import Kind
from local.stack import Stack
from local.storage.faults import ALL, Chance, Fault
from tests.soak.tally import Tally

SPELL = 6.0
"""Seconds for which the weather stays as it is."""
_DEAR: tuple[Kind, ...] = ("blackholeBefore", "blackholeAfter")
"""A black hole keeps a step for as long as a request may take: few of them do."""
_FATAL: tuple[Kind, ...] = ("notFound", "unauthorized")
"""What may end a run on the spot: too many, and nothing is ever started."""
_KINDS = tuple(kind for kind in get_args(Kind.__value__) if kind not in _DEAR + _FATAL)
_STORMS = (
    Fault(kind="status", status=503, times=None, lasts=2),
    Fault(kind="status", status=429, retry_after=1, times=None, lasts=2),
    Fault(kind="status", status=403, scope="containers/sds-runs", times=None, lasts=3),
    Fault(kind="status", status=403, scope="containers/sds-state", times=None, lasts=2),
    Fault(kind="status", status=403, operation="DeleteBlob", scope="containers/sds-drop", times=None, lasts=3),
    Fault(kind="status", status=500, when="after", scope="queues/*", times=None, lasts=3),
    Fault(kind="reset", when="after", operation="PutBlob", scope="containers/sds-state", times=None, lasts=1),
    Fault(kind="reset", when="after", operation="CopyBlob", times=None, lasts=2),
    Fault(kind="truncated", when="after", operation="GetBlob", times=None, lasts=1),
    Fault(kind="blackhole", when="after", seconds=1, times=3),
)


class Weather:
    """Changes every SPELL seconds, from calm to storm, until told to stop; then it is calm for ever."""

    def __init__(self, stack: Stack, random: Random, tally: Tally) -> None:
        assert stack.emulator is not None
        self._stack = stack
        self._emulator = stack.emulator
        self._random = random
        self._tally = tally
        self._number = 0
        self._seen = 0
        self._blobs = BlobServiceClient.from_connection_string(stack.connection_string)

    def go(self, stop: threading.Event) -> None:
        while not stop.is_set():
            self._change()
            refused = self._stack.identity.refused
            stop.wait(SPELL)
            self._tally.add("identity: token refused", self._stack.identity.refused - refused)
            self._forget_starts()
        self.clear_up()

    def clear_up(self) -> None:
        """From now on everything works."""
        self._stack.gate.faults.clear()
        self._emulator.faults.clear()
        self._stack.identity.down_until = 0
        self._forget_starts()
        self._blobs.close()

    def _change(self) -> None:
        random = self._random
        self._number += 1
        faults = self._stack.gate.faults
        faults.clear()
        self._emulator.faults.clear()
        share = random.choice((0.0, 0.01, 0.02, 0.04, 0.1))
        faults.chance(Chance(seed=random.getrandbits(32), share=share, faults=ALL))
        if random.random() < 0.25:
            faults.add(random.choice(_STORMS))
        self._graph(random.choice((0.0, 0.15, 0.25, 0.4)))
        if random.random() < 0.15:
            self._stack.identity.go_down(random.uniform(0.5, 3))
        if random.random() < 0.2:
            revoke: Callable[[], None] = random.choice((self._stack.tokens.revoke_all, self._revoke_graph))
            revoke()
            self._tally.add("identity: tokens revoked")

    def _graph(self, share: float) -> None:
        seed = self._random.getrandbits(32)
        rules: list[dict[str, Any]] = [
            {"name": f"{self._number}-dear", "times": 1, "chance": share / 10, "seed": seed, "kinds": list(_DEAR)},
            {"name": f"{self._number}-fatal", "times": 1, "chance": share / 10, "seed": seed, "kinds": list(_FATAL)},
            {"name": f"{self._number}", "times": None, "chance": share, "seed": seed, "kinds": list(_KINDS)},
        ]
        if self._random.random() < 0.15:
            storm = {"status": self._random.choice((429, 503)), "retryAfter": 1.5, "times": None, "seconds": 2}
            rules.insert(0, {"name": f"{self._number}/storm", **storm})
        self._emulator.load_scenario({"faults": rules})

    def _revoke_graph(self) -> None:
        self._stack.tokens.revoke("https://graph.microsoft.com")

    def _forget_starts(self) -> None:
        """Industry data: the tenant's twelve hours are over, or nothing would be started after the fifth time."""
        with self._blobs.get_blob_client("sds-state", "_starts.json") as blob, suppress(ResourceNotFoundError):
            blob.delete_blob()
