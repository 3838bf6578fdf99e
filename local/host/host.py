"""The functions host: puts the worker, the durable engine and the triggers together, and runs until told to end."""

import asyncio
import logging
import socket
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from secrets import token_hex

from local.child import StartError
from local.host import webhooks
from local.host.app_settings import HostJson
from local.host.backend import Backend
from local.host.blobs import BlobTrigger
from local.host.boundary import Boundaries
from local.host.chaos import Chaos
from local.host.durable import Durable
from local.host.http_triggers import HttpTriggers
from local.host.invocations import Invocations
from local.host.timers import TimerTrigger
from local.host.web import Web
from local.host.webhooks import BlobWebhook
from local.host.worker import Worker
from local.http1 import listener

_LOG = logging.getLogger("host")

DRAIN_SECONDS = 3.0
"""How long an ending host waits for functions that still run."""

_SERVED = {"orchestrationTrigger", "activityTrigger", "blobTrigger", "timerTrigger", "httpTrigger"}


@dataclass(frozen=True)
class Keys:
    """What opens the host's doors. Never shown."""

    function: str = field(default_factory=lambda: token_hex(16), repr=False)
    """For HTTP functions of the level `function`."""
    blobs: str = field(default_factory=lambda: token_hex(16), repr=False)
    """For the webhook; in Azure it is called `blobs_extension`."""


@dataclass(frozen=True)
class Options:
    """How the host is to behave."""

    app: Path
    events: bool = True
    """Whether events reach the app at all."""
    chaos: int | None = None
    """The seed of misbehaviour; None for none."""
    die_at: str | None = None
    """The boundary at which the process kills itself, as `Boundaries.parse` reads it; None for never."""
    keys: Keys = field(default_factory=Keys)
    port: int = 0
    """Where it answers HTTP; 0: at a free port."""


@dataclass(frozen=True)
class Ready:
    """What is served, and where."""

    rpc: str
    port: int
    functions: tuple[str, ...]
    sources: Mapping[str, str]
    """Functions with blob triggers, and the container of each."""


async def run(options: Options, ready: Callable[[Ready], None], stop: asyncio.Event) -> bool:
    """Run the app until `stop` is set; `ready` is called once everything is served.

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
    blobs = [
        BlobTrigger(function, worker, settings.blob_tries, settings.blobs_at_once, chaos, boundaries)
        for function in functions
        if function.kind == "blobTrigger"
    ]
    timers = [TimerTrigger(f, worker, boundaries) for f in functions if f.kind == "timerTrigger"]
    webhook = BlobWebhook(blobs, options.keys.blobs, invocations, events=options.events)
    routes = HttpTriggers(functions, worker, settings.route_prefix, options.keys.function, invocations)
    backend = Backend(chaos.start_twice)
    durable = Durable(backend, worker, functions, settings, chaos, boundaries, invocations)
    listening = _listener(options.port)
    web = Web(listening, {webhooks.PATH: webhook.answer}, routes.answer)
    address = backend.start()
    try:
        worker.give_durable_client(_client(address, settings.task_hub))
        durable.start()
        await web.start()
        tasks = [asyncio.create_task(timer.run()) for timer in timers]
        sources = {trigger.function.name: trigger.source.container for trigger in blobs}
        ready(Ready(address, listening.getsockname()[1], tuple(f.name for f in functions), sources))
        await _until(stop, tasks)
        durable.pause()
        return await invocations.drain(DRAIN_SECONDS)
    finally:
        await web.stop()
        listening.close()
        backend.stop()
        durable.join()


def _listener(port: int) -> socket.socket:
    try:
        return listener(port, shared=bool(port))
    except OSError as error:
        raise StartError(f"port {port} can't be used: {error.strerror}") from None


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
