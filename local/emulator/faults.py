"""Misbehaviour on demand: rules that match requests, and the answers they give."""

from collections.abc import Iterable
from datetime import UTC, datetime
from email.utils import format_datetime
from fnmatch import fnmatchcase

from starlette.responses import Response

from .call import Call, GraphError
from .specs import Fault

CODES = {
    400: "BadRequest",
    401: "InvalidAuthenticationToken",
    403: "Forbidden",
    404: "ResourceNotFound",
    409: "Conflict",
    429: "TooManyRequests",
    503: "serviceNotAvailable",
    504: "GatewayTimeout",
}
HTML = "<html><head><title>Service</title></head><body>Our services aren't available right now</body></html>"


class Rule:
    """A fault and how often it has been met."""

    def __init__(self, fault: Fault) -> None:
        self.fault = fault
        self.seen = 0
        """Requests that matched method and path."""
        self.used = 0
        """Requests that were answered by it."""

    def takes(self, method: str, paths: Iterable[str]) -> bool:
        """Whether the rule is for this request; counts it."""
        fault = self.fault
        if fault.method not in ("*", method) or not any(fnmatchcase(path, fault.path.lower()) for path in paths):
            return False
        self.seen += 1
        if self.seen < fault.nth or (fault.times is not None and self.used >= fault.times):
            return False
        self.used += 1
        return True


class Faults:
    """Rules in order; the first that takes a request decides it."""

    def __init__(self) -> None:
        self.rules: list[Rule] = []

    def add(self, faults: Iterable[Fault]) -> None:
        self.rules += [Rule(fault) for fault in faults]

    def clear(self) -> None:
        self.rules.clear()

    def match(self, method: str, *paths: str) -> Fault | None:
        """The fault for a request whose path is known under these spellings."""
        lowered = [path.lower() for path in paths]
        for rule in list(self.rules):
            if rule.takes(method, lowered):
                return rule.fault
        return None


def answers(fault: Fault) -> bool:
    """Whether the fault replaces the answer, so that the request is only worked on if it says `work`."""
    return fault.reset or fault.status is not None or fault.body is not None


def answer_of(fault: Fault, call: Call, worked: Response | None) -> Response:
    """The fault's answer; `worked` is the true one if the work was done."""
    status = fault.status or (worked.status_code if worked else 200)
    headers = _retry_after(fault, call) | fault.headers
    match fault.body:
        case "empty":
            return call.empty(status, headers)
        case "html":
            return Response(HTML, status, call.headers | headers, "text/html")
        case "truncated":
            whole = bytes(worked.body) if worked else b'{"@odata.context":"http://127.0.0.1/beta/$metadata","value":[]}'
            return Response(whole[: max(1, len(whole) // 2)], status, call.headers | headers, "application/json")
        case "json":
            return call.json(fault.json, status, headers)
    code = fault.code or CODES.get(status, "InternalServerError")
    return call.error(GraphError(status, code, fault.message, headers))


def _retry_after(fault: Fault, call: Call) -> dict[str, str]:
    if fault.retry_after is None:
        return {}
    if fault.retry_after_form == "decimal":
        return {"Retry-After": f"{fault.retry_after:g}"}
    moment = datetime.fromtimestamp(call.state.clock() + fault.retry_after, UTC)
    return {"Retry-After": format_datetime(moment, usegmt=True)}
