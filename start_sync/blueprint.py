"""The blob trigger and the sweep."""

import asyncio
import logging
from datetime import UTC, datetime, timedelta

import azure.durable_functions as df
import azure.functions as func
from azurefunctions.extensions.bindings import blob
from durabletask.client import OrchestrationStatus

from shared.azure_connection import CONNECTION
from shared.inbox import owner_of
from shared.lines import line
from shared.redaction import redact_logs
from shared.room import room
from shared.settings import Settings
from shared.steps.arrive import reason
from shared.steps.sweep import asleep, release, spared

ORCHESTRATOR = "poll_state"
_ENDED = (OrchestrationStatus.COMPLETED, OrchestrationStatus.FAILED, OrchestrationStatus.TERMINATED)
_KEPT = timedelta(days=7)
_PURGED = 200
"""Instances that one sweep removes from the task hub."""

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
    await wake(client, owner_of(landed.blob_name, settings))


@blueprint.function_name("sweep")
@blueprint.timer_trigger(arg_name="timer", schedule=settings.sweep_schedule, use_monitor=True)
@blueprint.durable_client_input(client_name="client")
async def sweep(timer: func.TimerRequest, client: df.DurableFunctionsClient) -> None:
    """Wake every profile with something to do and no live driver: the cure for lost events and instances."""
    _ = timer
    for profile, driver in await asyncio.to_thread(asleep, room()):
        try:
            await _revive(client, profile, driver)
        except Exception as error:  # noqa: BLE001 - the engine's trouble with one driver is that profile's alone
            log.error("%s", line("sweepFailed", profile=profile, why=reason(error)))  # noqa: TRY400
    await _purge(client)


async def _revive(client: df.DurableFunctionsClient, profile: str, driver: str | None) -> None:
    if driver is not None:
        state = await client.get_orchestration_state(driver, fetch_payloads=False)
        if state is not None and state.runtime_status not in _ENDED:
            return
        await asyncio.to_thread(release, room(), profile, driver)
    await wake(client, profile)


async def wake(client: df.DurableFunctionsClient, profile: str) -> None:
    """Start an orchestration for the profile, unless its driver is at work and has word already."""
    if await asyncio.to_thread(spared, room(), profile):
        return
    await client.schedule_new_orchestration(ORCHESTRATOR, input=profile)
    log.info("%s", line("woken", profile=profile))


async def _purge(client: df.DurableFunctionsClient) -> None:
    """Remove finished instances from the task hub, a few hundred a sweep: it keeps every history for ever."""
    try:
        page = await client.list_instance_ids(
            runtime_status=list(_ENDED), completed_time_to=datetime.now(UTC) - _KEPT, page_size=_PURGED
        )
        purged = [instance for instance in page.items[:_PURGED] if await _purged(client, instance)]
    except Exception as error:  # noqa: BLE001 - a hub that can't be tidied now is tidied later
        log.warning("%s", line("purgeFailed", why=reason(error)))
        return
    if purged:
        log.info("%s", line("purged", instances=len(purged)))


async def _purged(client: df.DurableFunctionsClient, instance: str) -> bool:
    result = await client.purge_orchestration(instance)
    return result.deleted_instance_count > 0
