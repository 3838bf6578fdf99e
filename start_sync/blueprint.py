"""The blob trigger and the sweep."""

import asyncio
import logging

import azure.durable_functions as df
import azure.functions as func
from azurefunctions.extensions.bindings import blob
from durabletask.client import OrchestrationStatus

from shared.azure_store import CONNECTION
from shared.inbox import key_of
from shared.redaction import redact_logs
from shared.room import room
from shared.settings import Settings
from shared.steps.sweep import asleep, release

ORCHESTRATOR = "poll_state"
_ENDED = (OrchestrationStatus.COMPLETED, OrchestrationStatus.FAILED, OrchestrationStatus.TERMINATED)

log = logging.getLogger("rosterdrop")
redact_logs()
settings = Settings.load(app=True)
blueprint = df.Blueprint()


@blueprint.function_name("start_sync")
@blueprint.blob_trigger(
    arg_name="landed",
    # Everything below the container: a narrower pattern would never fire for a file that lies in the wrong place.
    path=f"{settings.drop_container}/{{name}}",
    connection=CONNECTION,
    source=func.BlobSource.EVENT_GRID,
)
@blueprint.durable_client_input(client_name="client")
async def start_sync(landed: blob.BlobClient, client: df.DurableFunctionsClient) -> None:
    """Wake the profile whose file landed. Only the name counts: the event may be late, repeated or out of date."""
    await _wake(client, key_of(landed.blob_name))


@blueprint.function_name("sweep")
@blueprint.timer_trigger(arg_name="timer", schedule=settings.sweep_schedule, use_monitor=True)
@blueprint.durable_client_input(client_name="client")
async def sweep(timer: func.TimerRequest, client: df.DurableFunctionsClient) -> None:
    """Wake every profile with files or an unfinished run and no live driver: the cure for lost events and instances."""
    _ = timer
    for profile, driver in await asyncio.to_thread(asleep, room()):
        if driver is not None:
            state = await client.get_orchestration_state(driver, fetch_payloads=False)
            if state is not None and state.runtime_status not in _ENDED:
                continue
            await asyncio.to_thread(release, room(), profile, driver)
        await _wake(client, profile)


async def _wake(client: df.DurableFunctionsClient, profile: str) -> None:
    await client.schedule_new_orchestration(ORCHESTRATOR, input=profile)
    log.info("%s: woken", profile)
