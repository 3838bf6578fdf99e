"""The JSON routes, for programs: they take a function key."""

import logging

import azure.durable_functions as df
import azure.functions as func

from shared import board
from shared.lines import line
from shared.redaction import redact_logs
from shared.room import room
from shared.steps.arrive import reason
from start_sync.blueprint import wake

from . import answers
from .replies import said

log = logging.getLogger("rosterdrop")
redact_logs()
blueprint = df.Blueprint()


@blueprint.function_name("profiles")
@blueprint.route(route="profiles", methods=["GET"], auth_level=func.AuthLevel.FUNCTION)
async def profiles(req: func.HttpRequest) -> func.HttpResponse:
    """What every profile is doing."""
    _ = req
    return (await said("profiles", lambda: answers.all_profiles(room())))[0]


@blueprint.function_name("profile")
@blueprint.route(route="profiles/{profile}", methods=["GET"], auth_level=func.AuthLevel.FUNCTION)
async def profile(req: func.HttpRequest) -> func.HttpResponse:
    """What one profile is doing."""
    named = req.route_params["profile"]
    return (await said("profile", lambda: answers.one_profile(room(), named)))[0]


@blueprint.function_name("run")
@blueprint.route(route="runs/{profile}/{runId}", methods=["GET"], auth_level=func.AuthLevel.FUNCTION)
async def run(req: func.HttpRequest) -> func.HttpResponse:
    """The report of a run."""
    named, run_id = req.route_params["profile"], req.route_params["runId"]
    return (await said("run", lambda: answers.one_run(room(), named, run_id)))[0]


@blueprint.function_name("approve")
@blueprint.route(route="runs/{profile}/{runId}/approve", methods=["POST"], auth_level=func.AuthLevel.FUNCTION)
@blueprint.durable_client_input(client_name="client")
async def approve(req: func.HttpRequest, client: df.DurableFunctionsClient) -> func.HttpResponse:
    """Let a held run go on."""
    return await _decide(req, client, approve=True)


@blueprint.function_name("reject")
@blueprint.route(route="runs/{profile}/{runId}/reject", methods=["POST"], auth_level=func.AuthLevel.FUNCTION)
@blueprint.durable_client_input(client_name="client")
async def reject(req: func.HttpRequest, client: df.DurableFunctionsClient) -> func.HttpResponse:
    """End a held run with nothing sent."""
    return await _decide(req, client, approve=False)


async def _decide(req: func.HttpRequest, client: df.DurableFunctionsClient, *, approve: bool) -> func.HttpResponse:
    """These routes are outside the platform's sign-in: nobody vouches for a name, so none is written down."""
    named, run_id = req.route_params["profile"], req.route_params["runId"]
    answer, done = await said("decide", lambda: answers.decide(room(), named, run_id, approve=approve, by=None))
    if done:
        await woken(client, named)
    return answer


async def woken(client: df.DurableFunctionsClient, named: str) -> None:
    """Wake the profile after a decision. What fails is made up for by its driver's next look, or by the sweep."""
    key = board.profile_key(named)
    assert key is not None
    try:
        await wake(client, key)
    except Exception as error:  # noqa: BLE001 - the decision is written down, and that is what was asked for
        log.warning("%s", line("wakeFailed", profile=key, why=reason(error)))
