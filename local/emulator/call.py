"""One request on its way through the emulator, and the answers it can get in Graph's manner."""

import json
import uuid
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from starlette.requests import Request
from starlette.responses import Response

from .clock import stamp
from .paths import Address

if TYPE_CHECKING:
    from .state import State

CONTENT_TYPE = "application/json;odata.metadata=minimal;odata.streaming=true;IEEE754Compatible=false;charset=utf-8"


class GraphError(Exception):
    """Raised by a handler to answer with an error in Graph's shape."""

    def __init__(self, status: int, code: str, message: str, headers: Mapping[str, str] | None = None) -> None:
        super().__init__(message)
        self.status = status
        self.code = code
        self.message = message
        self.headers = dict(headers or {})


@dataclass
class Call:
    """A request with what the emulator knows about it."""

    state: "State"
    request: Request
    address: Address
    keys: dict[str, str] = field(default_factory=dict)
    """What stands at the route's `{names}`."""
    expired_sas: bool = False
    """A fault wants any upload address given out by this call to have expired already."""
    facts: dict[str, object] = field(default_factory=dict)
    """What the work did, for the request log."""
    request_id: str = field(default_factory=lambda: str(uuid.uuid4()))

    @property
    def root(self) -> str:
        """Scheme, host and port that the client used, without a final slash."""
        return str(self.request.base_url).rstrip("/")

    @property
    def graph_root(self) -> str:
        return f"{self.root}/beta"

    @property
    def headers(self) -> dict[str, str]:
        """The headers of every answer; support asks for these ids."""
        headers = {
            "request-id": self.request_id,
            "x-ms-ags-diagnostic": '{"ServerInfo":{"DataCenter":"Loopback","Slice":"E","Ring":"1"}}',
        }
        client = self.request.headers.get("client-request-id")
        return headers | ({"client-request-id": client} if client else {})

    def prefers(self, preference: str) -> bool:
        """Whether a Prefer header asks for something."""
        wishes = ",".join(self.request.headers.getlist("prefer")).lower().split(",")
        return preference.lower() in (wish.strip() for wish in wishes)

    async def json_body(self) -> object:
        """The request's body. Raises GraphError 400 when it isn't JSON."""
        try:
            return json.loads(await self.request.body() or b"{}")
        except ValueError:
            raise GraphError(400, "BadRequest", "The request body is not valid JSON.") from None

    def empty(self, status: int = 200, headers: Mapping[str, str] | None = None) -> Response:
        return Response(status_code=status, headers=self.headers | dict(headers or {}))

    def json(self, value: object, status: int = 200, headers: Mapping[str, str] | None = None) -> Response:
        body = json.dumps(value, separators=(",", ":"))
        return Response(body, status, self.headers | dict(headers or {}), CONTENT_TYPE)

    def error(self, error: GraphError) -> Response:
        return self.json(self.error_body(error), error.status, error.headers)

    def error_body(self, error: GraphError) -> dict[str, object]:
        """Graph's error object; a 429's inner error repeats the status as text (graph throttling sample)."""
        inner: dict[str, object] = {"date": stamp(self.state.clock())[:19], "request-id": self.request_id}
        client = self.request.headers.get("client-request-id")
        inner |= {"client-request-id": client} if client else {}
        inner |= {"code": "429", "status": "429"} if error.status == 429 else {}
        return {"error": {"code": error.code, "message": error.message, "innerError": inner}}
