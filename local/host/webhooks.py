"""The webhook that Event Grid posts to: handshakes, and events for blob triggers.

As in the Storage extension (azure-sdk-for-net, Extensions.Storage.Blobs) the function is named in the query and the
key is the one that is called `blobs_extension` in Azure.
"""

import asyncio
import hmac
import json
import logging
from collections.abc import Iterable, Mapping, Sequence
from typing import Any

from local.host.blobs import BlobTrigger
from local.host.invocations import Invocations
from local.host.messages import Asked, Reply

_LOG = logging.getLogger("host.events")

PATH = "/runtime/webhooks/blobs"
_PREFIX = "host.functions."


class BlobWebhook:
    """Answers what is posted to PATH."""

    def __init__(self, triggers: Iterable[BlobTrigger], key: str, invocations: Invocations, *, events: bool) -> None:
        """Without `events` each is accepted and forgotten, as if it had been lost on its way."""
        self._triggers = {trigger.function.name.lower(): trigger for trigger in triggers}
        self._key = key
        self._invocations = invocations
        self._events = events

    async def answer(self, asked: Asked) -> Reply:
        sent = asked.headers.get("x-functions-key", asked.query.get("code", ""))
        if not hmac.compare_digest(sent.encode(), self._key.encode()):
            return Reply(401)
        name = asked.query.get("functionName", "").lower()
        trigger = self._triggers.get(name.removeprefix(_PREFIX))
        if trigger is None:
            return Reply.text(404, f"cannot find function: '{name}'")
        if asked.method == "OPTIONS":  # a CloudEvents subscription's handshake
            return Reply(200, (("WebHook-Allowed-Origin", asked.headers.get("webhook-request-origin", "*")),))
        try:
            return await self._event(asked, trigger)
        except (ValueError, LookupError, TypeError):
            return Reply.text(400, "not an event")

    async def _event(self, asked: Asked, trigger: BlobTrigger) -> Reply:
        match asked.headers.get("aeg-event-type", "").lower():
            case "subscriptionvalidation":
                (first, *_) = _events(asked.body)
                return Reply.json(200, {"validationResponse": first["data"]["validationCode"]})
            case "notification":
                if self._events:
                    # Answered when the function has run: an event whose host dies before is posted again.
                    await self._invocations.start(self._hear(trigger, _events(asked.body)))
                return Reply(202)
            case "unsubscribe":
                return Reply(202)
        return Reply.text(400, "aeg-event-type is missing or not known")

    async def _hear(self, trigger: BlobTrigger, events: Sequence[Mapping[str, Any]]) -> None:
        for outcome in await asyncio.gather(*map(trigger.hear, events), return_exceptions=True):
            if isinstance(outcome, BaseException):
                _LOG.warning("an event for %s was not taken: %s", trigger.function.name, outcome)


def _events(body: bytes) -> list[Mapping[str, Any]]:
    """One event or a list of them. Raises ValueError."""
    content = json.loads(body)
    events = content if isinstance(content, list) else [content]
    if not events or not all(isinstance(one, dict) for one in events):
        raise ValueError("a JSON object or a list of them is needed")
    return events
