"""HTTP answers with the headers that all of them have: nothing is stored, and nothing from elsewhere is run."""

import asyncio
import logging
from collections.abc import Callable, Mapping

import azure.functions as func

from shared.lines import line
from shared.steps.arrive import reason

from .answers import Said, encoded

log = logging.getLogger("rosterdrop")
POLICY = "default-src 'none'; base-uri 'none'; form-action 'none'; frame-ancestors 'none'"
_ALWAYS = {
    "Cache-Control": "no-store",
    "Content-Security-Policy": POLICY,
    "X-Content-Type-Options": "nosniff",
    # Not `no-referrer`: a browser would then send `Origin: null` with the page's own forms.
    "Referrer-Policy": "same-origin",
}
TROUBLE = Said(503, {"error": "the records can't be read now; try again in a minute"})


def reply(
    status: int, body: bytes | str, kind: str = "application/json", headers: Mapping[str, str] | None = None
) -> func.HttpResponse:
    """An answer; `headers` go before the ones that all have."""
    return func.HttpResponse(
        body, status_code=status, headers={**_ALWAYS, **(headers or {})}, mimetype=kind, charset="utf-8"
    )


async def said(route: str, answer: Callable[[], Said]) -> tuple[func.HttpResponse, bool]:
    """What `answer`, called on a thread, says, and whether that is 200. Its trouble is logged, and told in a line."""
    try:
        told = await asyncio.to_thread(answer)
    except Exception as error:  # noqa: BLE001 - whatever it is, nobody is shown the app's insides
        log.error("%s", line("routeFailed", step=route, why=reason(error)))  # noqa: TRY400
        told = TROUBLE
    return reply(told.status, encoded(told)), told.status == 200
