"""A table of routes. A template's `{name}` stands for one segment; the rest is compared in the plain spelling."""

from collections.abc import Awaitable, Callable, Iterable
from typing import NamedTuple

from starlette.responses import Response

from .call import Call, GraphError

type Handler = Callable[[Call], Awaitable[Response]]


class Route(NamedTuple):
    method: str
    template: str
    handler: Handler


def _keys(template: str, path: str) -> dict[str, str] | None:
    wanted, given = template.lower().split("/"), path.split("/")
    if len(wanted) != len(given):
        return None
    keys: dict[str, str] = {}
    for want, have in zip(wanted, given, strict=True):
        if want.startswith("{") and have:
            keys[want[1:-1]] = have
        elif want != have:
            return None
    return keys


class Router:
    def __init__(self, routes: Iterable[Route]) -> None:
        self._routes = tuple(routes)

    def keys(self, path: str) -> dict[str, str]:
        """What stands at the names of the first route with this path; empty if there is none."""
        for route in self._routes:
            keys = _keys(route.template, path)
            if keys is not None:
                return keys
        return {}

    async def answer(self, call: Call) -> Response:
        """Call the handler of the route that fits; every GraphError becomes an answer."""
        try:
            return await self._handler(call)(call)
        except GraphError as error:
            return call.error(error)

    def _handler(self, call: Call) -> Handler:
        allowed = []
        for route in self._routes:
            keys = _keys(route.template, call.address.path)
            if keys is None:
                continue
            if route.method == call.request.method:
                call.keys = keys
                return route.handler
            allowed.append(route.method)
        if allowed:
            headers = {"Allow": ", ".join(allowed)}
            raise GraphError(405, "MethodNotAllowed", "The OData request is not supported.", headers)
        segment = call.address.path.rpartition("/")[2]
        raise GraphError(404, "ResourceNotFound", f"Resource not found for the segment '{segment}'.")
