"""Answers as a fault wants them: in place of the true one, or made from it."""

import json
from datetime import UTC, datetime
from email.utils import format_datetime

from starlette.responses import Response

from .call import Call, GraphError
from .specs import Fault

CODES = {
    400: "BadRequest",
    401: "InvalidAuthenticationToken",
    403: "Forbidden",
    404: "ResourceNotFound",
    409: "Conflict",
    423: "Locked",
    429: "TooManyRequests",
    503: "serviceNotAvailable",
    504: "GatewayTimeout",
}
HTML = "<html><head><title>Service</title></head><body>Our services aren't available right now</body></html>"
SOME_JSON = b'{"@odata.context":"http://127.0.0.1/beta/$metadata","value":[]}'


def answers(fault: Fault) -> bool:
    """Whether the fault replaces the answer, so that the request is only worked on if it says `work`."""
    return fault.reset or fault.blackhole is not None or fault.status is not None or fault.body is not None


def answer_of(fault: Fault, call: Call, worked: Response | None) -> Response:
    """The fault's answer in place of the true one; `worked` is that if the work was done."""
    status = fault.status or (worked.status_code if worked else 200)
    headers = _retry_after(fault, call) | fault.headers
    match fault.body:
        case "empty":
            return call.empty(status, headers)
        case "html":
            return Response(HTML, status, call.headers | headers, "text/html")
        case "truncated":
            whole = bytes(worked.body) if worked else SOME_JSON
            return Response(whole[: max(1, len(whole) // 2)], status, call.headers | headers, "application/json")
        case "cut":
            whole = bytes(worked.body) if worked and worked.body else SOME_JSON
            return Response(whole, status, call.headers | headers, "application/json")
        case "json":
            return call.json(fault.json, status, headers)
        case "text":
            return Response(fault.text, status, call.headers | headers, "application/json")
    code = fault.code or CODES.get(status, "InternalServerError")
    return call.error(GraphError(status, code, fault.message, headers))


def marked(fault: Fault, call: Call, response: Response) -> Response:
    """An answer with what the fault adds to any: fields of its JSON, and a clock of its own."""
    if fault.merge and response.status_code < 300 and response.body:
        value = json.loads(bytes(response.body))
        if isinstance(value, dict):
            kept = {name: text for name, text in response.headers.items() if not name.startswith("content-")}
            response = call.json(value | fault.merge, response.status_code, kept)
    if fault.date_skew:
        response.headers["Date"] = _http_date(call.state.clock() + fault.date_skew)
    return response


def _retry_after(fault: Fault, call: Call) -> dict[str, str]:
    if fault.retry_after is None:
        return {}
    if fault.retry_after_form == "decimal":
        return {"Retry-After": f"{fault.retry_after:g}"}
    return {"Retry-After": _http_date(call.state.clock() + fault.retry_after)}


def _http_date(seconds: float) -> str:
    return format_datetime(datetime.fromtimestamp(seconds, UTC), usegmt=True)
