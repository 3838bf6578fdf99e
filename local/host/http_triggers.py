"""HTTP triggers: routes, keys, and the request as a function gets it."""

import hmac
import logging
import re
from collections.abc import Iterable, Mapping
from typing import Any
from urllib.parse import unquote

from local.child import StartError
from local.host.app_settings import resolve
from local.host.invocations import Invocations
from local.host.messages import Asked, Reply
from local.host.protos import RpcHttp, TypedData
from local.host.worker import Function, InvocationFailed, Worker

_LOG = logging.getLogger("host.http")

_METHODS = ("GET", "POST", "PUT", "DELETE", "PATCH", "HEAD", "OPTIONS")
_PARAMETER = re.compile(r"\{(\*?)(\w+)(\?)?\}")


class Route:
    """Which requests a function answers."""

    def __init__(self, function: Function, prefix: str) -> None:
        """Raises StartError for a route that this host doesn't understand."""
        self.function = function
        trigger = function.trigger
        methods = trigger.get("methods") or _METHODS
        self._methods = {str(getattr(method, "value", method)).upper() for method in methods}
        self.level = str(trigger.get("authLevel") or "function").lower()
        route = resolve(str(trigger.get("route") or function.name)).strip("/")
        self.template = "/".join(filter(None, (prefix.strip("/"), route)))
        self._pattern = re.compile("".join(_pattern(part, function.name) for part in self.template.split("/")), re.I)
        self.literal = sum("{" not in part for part in self.template.split("/"))

    def match(self, method: str, path: str) -> dict[str, str] | None:
        """The route's parameters, decoded; None if the request is not this route's."""
        found = self._pattern.fullmatch(path.rstrip("/"))
        if found is None or method not in self._methods:
            return None
        return {name: unquote(value) for name, value in found.groupdict().items() if value is not None}


def _pattern(segment: str, function: str) -> str:
    if "{" not in segment:
        return "/" + re.escape(segment)
    parameter = _PARAMETER.fullmatch(segment)
    if parameter is None:
        raise StartError(f"the route of {function} has {segment!r}, which this host does not understand")
    rest, name, optional = parameter.groups()
    if rest:
        return f"(?:/(?P<{name}>.*))?"
    return f"(?:/(?P<{name}>[^/]+)){optional or ''}"


class HttpTriggers:
    """Answers with the app's HTTP functions."""

    def __init__(
        self, functions: Iterable[Function], worker: Worker, prefix: str, key: str, invocations: Invocations
    ) -> None:
        """`key` opens what is of the level `function`; there is no key for the level `admin`."""
        self._worker = worker
        self._key = key
        self._invocations = invocations
        routes = [Route(function, prefix) for function in functions if function.kind == "httpTrigger"]
        self._routes = sorted(routes, key=lambda route: -route.literal)

    async def answer(self, asked: Asked) -> Reply:
        for route in self._routes:
            parameters = route.match(asked.method, asked.path)
            if parameters is None:
                continue
            if not self._may(route, asked):
                return Reply(401)
            return await self._call(route.function, asked, parameters)
        return Reply(404)

    def _may(self, route: Route, asked: Asked) -> bool:
        if route.level == "anonymous":
            return True
        sent = asked.headers.get("x-functions-key") or asked.query.get("code", "")
        return route.level == "function" and hmac.compare_digest(sent.encode(), self._key.encode())

    async def _call(self, function: Function, asked: Asked, parameters: Mapping[str, str]) -> Reply:
        request = RpcHttp(
            method=asked.method,
            url=asked.url,
            headers=asked.headers,
            query=asked.query,
            params=parameters,
            body=TypedData(bytes=asked.body),
        )
        metadata = {name: TypedData(string=value) for name, value in (*asked.query.items(), *parameters.items())}
        return await self._invocations.start(self._run(function, request, metadata))

    async def _run(self, function: Function, request: RpcHttp, metadata: Mapping[str, TypedData]) -> Reply:
        try:
            return _reply(await self._worker.invoke(function, TypedData(http=request), metadata))
        except InvocationFailed as error:
            _LOG.warning("%s failed: %s", function.name, error)
            return Reply(500)  # as in Azure, the reason stands in the log alone


def _reply(value: TypedData | None) -> Reply:
    if value is None:
        return Reply(204)
    if value.kind != "http":
        return Reply.text(200, value.value.decode() if isinstance(value.value, bytes) else str(value.value))
    answer: RpcHttp = value.value
    cookies = [("Set-Cookie", str(cookie)) for cookie in answer.cookies or ()]
    body: Any = answer.body.value if answer.body is not None else b""
    content = body if isinstance(body, bytes) else str(body).encode()
    return Reply(int(answer.status_code), (*answer.headers.items(), *cookies), content)
