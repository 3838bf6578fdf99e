"""The page's routes. They ask for no key: the platform's sign-in stands before them, and without one they are shut."""

import asyncio
import logging
from http import HTTPStatus
from urllib.parse import parse_qs

import azure.durable_functions as df
import azure.functions as func

from shared import baseline, board
from shared.lines import line
from shared.room import room
from shared.steps.arrive import reason

from . import answers, people
from .blueprint import woken
from .page import page, policy
from .people import Person
from .replies import reply
from .run_page import run_page

log = logging.getLogger("rosterdrop")
blueprint = df.Blueprint()
_HTML = "text/html"
_TEXT = "text/plain"
_LARGEST = 4096  # bytes of a form
_SAID = {
    200: "Your decision is written down. The app acts on it at its next look.",
    404: "There is no such run.",
    409: "Too late: the run does not wait for a decision any more. This is how it stands now.",
}
_NO_REPORT = "There is no such run, or no report of it.\n"
_NOT_FROM_HERE = "This did not come from the page itself, so nothing was done. Open the page again and decide there.\n"
_TROUBLE = "The records can't be read now. Try again in a minute.\n"


@blueprint.function_name("status")
@blueprint.route(route="status", methods=["GET"], auth_level=func.AuthLevel.ANONYMOUS)
async def status(req: func.HttpRequest) -> func.HttpResponse:
    """The page, for whoever has signed in."""
    if (given := req.params.get("signIn")) is not None:
        cookie = people.signed_in(given)
        if cookie is not None:
            return reply(303, b"", _TEXT, {"Location": "/api/status", "Set-Cookie": cookie})
    who = people.person(req.headers)
    return _refused() if who is None else await _page(who)


@blueprint.function_name("runPage")
@blueprint.route(route="status/{profile}/{runId}", methods=["GET"], auth_level=func.AuthLevel.ANONYMOUS)
async def one_run(req: func.HttpRequest) -> func.HttpResponse:
    """The page of a run, for whoever has signed in."""
    who = people.person(req.headers)
    if who is None:
        return _refused()
    named, run_id = req.route_params["profile"], req.route_params["runId"]
    try:
        text = await asyncio.to_thread(run_page, room(), named, run_id, who)
    except Exception as error:  # noqa: BLE001 - whatever it is, nobody is shown the app's insides
        return _trouble(error)
    if text is None:
        return reply(404, _NO_REPORT, _TEXT)
    return reply(200, text, _HTML, {"Content-Security-Policy": policy()})


@blueprint.function_name("decide")
@blueprint.route(route="status/{profile}/{runId}/{answer}", methods=["POST"], auth_level=func.AuthLevel.ANONYMOUS)
@blueprint.durable_client_input(client_name="client")
async def decide(req: func.HttpRequest, client: df.DurableFunctionsClient) -> func.HttpResponse:
    """A button of the page."""
    who = people.person(req.headers)
    if who is None:
        return _refused()
    named, run_id, answer = (req.route_params[name] for name in ("profile", "runId", "answer"))
    if answer not in ("approve", "reject") or board.profile_key(named) != named or not board.is_run_id(run_id):
        return reply(404, _SAID[404], _TEXT)
    try:
        if not people.is_same_origin(req.headers) or not await asyncio.to_thread(_is_ours, req, named, run_id, who):
            return reply(403, _NOT_FROM_HERE, _TEXT)
        said = await asyncio.to_thread(answers.decide, room(), named, run_id, approve=answer == "approve", by=who.name)
    except Exception as error:  # noqa: BLE001 - whatever it is, nobody is shown the app's insides
        return _trouble(error)
    if said.status == HTTPStatus.OK:
        await woken(client, named)
    return await _page(who, said.status)


def _is_ours(req: func.HttpRequest, profile: str, run_id: str, who: Person) -> bool:
    """Whether the form carries the token that this person's page has for this run."""
    import hmac

    body = req.get_body()
    if len(body) > _LARGEST or board.record(room(), profile) is None:
        return False
    sent = parse_qs(body.decode("ascii", "replace")).get("token", [""])[0]
    key = baseline.key(room().store, room().settings.of(profile), profile)
    return hmac.compare_digest(sent.encode(), people.token(key, profile, run_id, who).encode())


async def _page(who: Person, answered: int | None = None) -> func.HttpResponse:
    try:
        text = await asyncio.to_thread(page, room(), who, _SAID.get(answered or 0))
    except Exception as error:  # noqa: BLE001 - whatever it is, nobody is shown the app's insides
        return _trouble(error)
    return reply(answered or 200, text, _HTML, {"Content-Security-Policy": policy()})


def _refused() -> func.HttpResponse:
    return reply(403, people.REFUSED, _TEXT)


def _trouble(error: Exception) -> func.HttpResponse:
    log.error("%s", line("routeFailed", step="status", why=reason(error)))
    return reply(503, _TROUBLE, _TEXT)
