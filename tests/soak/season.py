"""One season: a stack, schools that drop, strikes, then calm, and what came of it."""

import tempfile
import threading
import time
from collections.abc import Callable
from contextlib import ExitStack
from pathlib import Path
from random import Random
from typing import NamedTuple

from azure.storage.blob import BlobServiceClient

from local.stack import ROOT, Stack
from tests.soak import collect
from tests.soak.chaos_log import ChaosLog
from tests.soak.checker import violations
from tests.soak.evidence import Evidence
from tests.soak.graph_log import GraphLog
from tests.soak.hosts import Hosts
from tests.soak.mailbox import Mailbox
from tests.soak.reaper import Reaper
from tests.soak.school import SPREAD, Journal, School
from tests.soak.tally import StruckCalls, Tally
from tests.soak.weather import Weather

SETTINGS = {
    "SDS_PROFILES": "",
    "SDS_SETTLE_SECONDS": "0.4",
    "SDS_SET_SPREAD_SECONDS": str(SPREAD),
    "SDS_INCOMPLETE_AFTER_SECONDS": "4",
    "SDS_POLL_SECONDS": "0.2",
    "SDS_POLL_MAX_SECONDS": "1",
    "SDS_OPERATION_POLL_SECONDS": "0.2",
    "SDS_PROVISION_TIMEOUT_SECONDS": "90",
    "SDS_START_CONFIRM_SECONDS": "3",
    "SDS_FOLLOW_SECONDS": "25",
    "SDS_HOLD_SECONDS": "4",
    "SDS_DRIVER_SECONDS": "4",
    "SDS_SWEEP_SCHEDULE": "*/2 * * * * *",
}
SETTLE_SECONDS = 180.0
"""How long a stack may take to come to rest once nothing goes wrong any more."""
_REST_SECONDS = 8.0
_TICK = 1.0


class Came(NamedTuple):
    """What came of a season."""

    evidence: Evidence
    violations: list[str]
    boots: list[float]


def play(
    api: str, seed: str, schools: int, tally: Tally, over: Callable[[], bool], keep: Path, say: Callable[[str], None]
) -> Came:
    """Play a season until `over`, then calm, and check. The hosts' log and the messages stay in `keep`."""
    with ExitStack() as ending:
        folder = Path(ending.enter_context(tempfile.TemporaryDirectory(prefix="soak-", ignore_cleanup_errors=True)))
        stack = ending.enter_context(Stack(api=api, settings=SETTINGS))
        assert stack.emulator is not None
        stack.kill_host()
        stack.gate.log = StruckCalls(tally)
        stack.emulator.load_scenario(
            {"runs": {"states": [{"state": "running", "seconds": 0.3}, {"state": "completed"}], "startLimit": 10**6}}
        )
        hosts = ending.enter_context(Hosts(stack.environment, ROOT, folder))
        hosts.log = keep
        mailbox = ending.enter_context(Mailbox(stack.connection_string))
        blobs = ending.enter_context(BlobServiceClient.from_connection_string(stack.connection_string))
        journal, graph, chaos = Journal(), GraphLog(stack.emulator, tally), ChaosLog(keep, tally)
        reaper = Reaper(hosts, stack.emulator, Random(f"{seed}/kills"), tally)
        workers: list[Callable[[threading.Event], None]] = [
            reaper.go,
            Weather(stack, Random(f"{seed}/weather"), tally).go,
            *(
                School(stack, blobs, journal, Random(f"{seed}/school {number}"), mailbox.stories).go
                for number in range(schools)
            ),
        ]
        season = _Threads(workers)

        def tick() -> None:
            graph.read()
            chaos.read()

        season.run_until(over, tick)
        hosts.wait_until_ready(hosts.start())
        rested = _rest(blobs, mailbox, stack)
        tick()
        say(f"{rested:.0f} s until all was at rest" if rested is not None else "it did not come to rest")
        with blobs.get_container_client("sds-drop") as inbox, blobs.get_container_client("sds-runs") as runs:
            evidence = Evidence(
                api=api,
                spread=SPREAD,
                versions=journal.versions,
                replaced=journal.replaced,
                nights=journal.nights,
                told=mailbox.told(),
                inbox=collect.lying(inbox),
                runs=collect.lying(runs),
                records=collect.records(blobs),
                committed=collect.committed(runs),
                asked=graph.asked,
            )
    return Came(evidence, violations(evidence), reaper.boots)


def _rest(blobs: BlobServiceClient, mailbox: Mailbox, stack: Stack) -> float | None:
    """Wait until nothing is under way and nothing is heard any more; the seconds that it took, None: too many."""
    began = still = time.monotonic()
    heard = -1
    while time.monotonic() < began + SETTLE_SECONDS:
        threading.Event().wait(_TICK)
        now = len(mailbox.told())
        if now != heard or collect.busy(collect.records(blobs)):
            heard, still = now, time.monotonic()
        elif time.monotonic() > still + _REST_SECONDS:
            return still - began
        # Industry data: with the five starts of twelve hours used up, the rest would only be accepted.
        if stack.emulator is not None:
            _forget_starts(blobs)
    return None


def _forget_starts(blobs: BlobServiceClient) -> None:
    with blobs.get_container_client("sds-state") as container:
        for name in list(container.list_blob_names(name_starts_with="_starts")):
            container.delete_blob(name)


class _Threads:
    """Workers, each in a thread; the first error of one ends all."""

    def __init__(self, workers: list[Callable[[threading.Event], None]]) -> None:
        self._stop = threading.Event()
        self._errors: list[BaseException] = []
        self._threads = [threading.Thread(target=self._work, args=(worker,), daemon=True) for worker in workers]

    def run_until(self, over: Callable[[], bool], tick: Callable[[], None]) -> None:
        """Raises what a worker raised."""
        for thread in self._threads:
            thread.start()
        while not over() and not self._errors:
            tick()
            self._stop.wait(_TICK)
        self._stop.set()
        for thread in self._threads:
            thread.join(60)
        if self._errors:
            raise self._errors[0]

    def _work(self, worker: Callable[[threading.Event], None]) -> None:
        try:
            worker(self._stop)
        except BaseException as error:  # noqa: BLE001 - told by whoever waits
            self._errors.append(error)
