"""The functions host: puts the worker, the durable engine and the triggers together, and runs until told to end."""

import asyncio
import logging
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path

from local.child import StartError
from local.host.app_settings import HostJson
from local.host.backend import Backend
from local.host.blobs import BlobTrigger
from local.host.boundary import Boundaries
from local.host.chaos import Chaos
from local.host.durable import Durable
from local.host.invocations import Invocations
from local.host.timers import TimerTrigger
from local.host.worker import Function, Worker

_LOG = logging.getLogger("host")

DRAIN_SECONDS = 3.0
"""How long an ending host waits for functions that still run."""

_SERVED = {"orchestrationTrigger", "activityTrigger", "blobTrigger", "timerTrigger"}


@dataclass(frozen=True)
class Options:
    """How the host is to behave."""

    app: Path
    events: bool = True
    """Whether blob triggers fire at all."""
    watch_interval: float = 0.25
    """Seconds between two listings of a watched container."""
    chaos: int | None = None
    """The seed of misbehaviour; None for none."""
    die_at: str | None = None
    """The boundary at which the process kills itself, as `Boundaries.parse` reads it; None for never."""


async def run(options: Options, ready: Callable[[str, Sequence[Function]], None], stop: asyncio.Event) -> bool:
    """Run the app until `stop` is set; `ready` gets the engine's address and the functions once all are served.

    Returns whether every function had ended by then. Raises StartError if the app can't be served.
    """
    settings = HostJson.read(options.app)
    worker = Worker(options.app)
    functions = await worker.start()
    chaos, boundaries, invocations = Chaos(options.chaos), Boundaries.parse(options.die_at), Invocations()
    for function in functions:
        if function.kind == "entityTrigger":
            raise StartError(f"{function.name} is an entity, which this host does not support")
        if function.kind not in _SERVED:
            _LOG.warning("%s is not served: this host has no %s", function.name, function.kind)
    events = [
        BlobTrigger(
            function,
            worker,
            settings.blob_tries,
            settings.blobs_at_once,
            chaos,
            boundaries,
            invocations,
        )
        for function in functions
        if function.kind == "blobTrigger" and options.events
    ]
    timers = [TimerTrigger(f, worker, boundaries) for f in functions if f.kind == "timerTrigger"]
    backend = Backend(chaos.start_twice)
    durable = Durable(backend, worker, functions, settings, chaos, boundaries, invocations)
    address = backend.start()
    try:
        worker.give_durable_client(_client(address, settings.task_hub))
        durable.start()
        tasks = [asyncio.create_task(timer.run()) for timer in timers]
        tasks += [asyncio.create_task(trigger.watch(options.watch_interval)) for trigger in events]
        ready(address, functions)
        await _until(stop, tasks)
        durable.pause()
        return await invocations.drain(DRAIN_SECONDS)
    finally:
        backend.stop()
        durable.join()


async def _until(stop: asyncio.Event, tasks: Sequence[asyncio.Task[None]]) -> None:
    """Wait for `stop`, then cancel the tasks. One that ends by itself has failed: its error is raised."""
    waiting: asyncio.Task[object] = asyncio.create_task(stop.wait())
    everything: list[asyncio.Task[object]] = [waiting, *tasks]
    try:
        done, _ = await asyncio.wait(everything, return_when=asyncio.FIRST_COMPLETED)
        for task in done:
            task.result()
    finally:
        for task in everything:
            task.cancel()
        await asyncio.gather(*everything, return_exceptions=True)


def _client(address: str, task_hub: str) -> dict[str, object]:
    """The durable client binding's value, with the fields that the Durable extension sends."""
    return {
        "taskHubName": task_hub,
        "connectionName": "AzureWebJobsStorage",
        "creationUrls": {},
        "managementUrls": {},
        "baseUrl": "",
        "httpBaseUrl": "",
        "requiredQueryStringParameters": "",
        "rpcBaseUrl": f"http://{address}",
        "maxGrpcMessageSizeInBytes": 2**31 - 1,
        "grpcHttpClientTimeout": "00:01:40",
    }
