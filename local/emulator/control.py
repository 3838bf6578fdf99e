"""The control API below `/control`: JSON, no token, for this machine only. `local.emulator` lists its calls."""

from collections.abc import Callable
from typing import Any

import msgspec
from starlette.responses import Response

from .call import Call, GraphError
from .door import Door
from .faults import Faults
from .log import RequestLog
from .registry import Moving, Registry
from .router import Route
from .scenario import scenario_names
from .specs import Fault, FlowSpec, NamedSpec, ProfileSpec, Spec, patched
from .state import State

type Loader = Callable[[str | dict[str, object]], object]


def _decoded[S: Spec](value: object, kind: type[S]) -> S:
    try:
        return msgspec.convert(value, kind)
    except msgspec.ValidationError as error:
        raise GraphError(400, "BadRequest", str(error)) from None


async def _object(call: Call) -> dict[str, object]:
    value = await call.json_body()
    if not isinstance(value, dict):
        raise GraphError(400, "BadRequest", "The request body must be a JSON object.")
    return value


def routes(state: State, load: Loader, faults: Faults, log: RequestLog, door: Door) -> tuple[Route, ...]:
    """The table, bound to the parts that it controls."""

    async def add_scenario(call: Call) -> Response:
        value = await _object(call)
        name = value.get("name")
        if name is not None and name not in scenario_names():
            raise GraphError(400, "BadRequest", f"No such scenario; there are {', '.join(scenario_names())}.")
        try:
            load(str(name) if name is not None else value)
        except ValueError as error:
            raise GraphError(400, "BadRequest", str(error)) from None
        return call.empty(204)

    async def revoke(call: Call) -> Response:
        door.revoke_all()
        return call.empty(204)

    return (
        Route("POST", "/control/scenario", add_scenario),
        Route("POST", "/control/tokens/revoke", revoke),
        *_log_routes(log),
        *_fault_routes(faults),
        *_run_routes(state),
        *_registry_routes("profiles", state.profiles, ProfileSpec),
        *_registry_routes("flows", state.tenant.flows, FlowSpec),
    )


def _registry_routes[S: NamedSpec, T: Moving[Any]](
    name: str, registry: Registry[S, T], kind: type[S]
) -> tuple[Route, ...]:
    async def read_all(call: Call) -> Response:
        return call.json([item.seen() for item in registry.all()])

    async def put(call: Call) -> Response:
        registry.put(_decoded(await _object(call), kind))
        return call.empty(204)

    async def read(call: Call) -> Response:
        item = registry.get(call.keys["id"])
        if item is None:
            raise GraphError(404, "ResourceNotFound", f"There is no such thing among the {name}.")
        return call.json(item.seen())

    async def patch(call: Call) -> Response:
        try:
            registry.patch(call.keys["id"], await _object(call))
        except msgspec.ValidationError as error:
            raise GraphError(400, "BadRequest", str(error)) from None
        return call.empty(204)

    async def delete(call: Call) -> Response:
        registry.remove(call.keys["id"])
        return call.empty(204)

    return (
        Route("GET", f"/control/{name}", read_all),
        Route("POST", f"/control/{name}", put),
        Route("GET", f"/control/{name}/{{id}}", read),
        Route("PATCH", f"/control/{name}/{{id}}", patch),
        Route("DELETE", f"/control/{name}/{{id}}", delete),
    )


def _run_routes(state: State) -> tuple[Route, ...]:
    runs = state.tenant.runs

    async def read(call: Call) -> Response:
        shown = [await run.shown(poll=False) for run in runs.listed()]
        return call.json(
            {
                "spec": msgspec.to_builtins(runs.spec),
                "started": runs.started,
                "startsUsed": runs.in_window,
                "runs": shown,
            }
        )

    async def change(call: Call) -> Response:
        try:
            runs.change(patched(runs.spec, await _object(call)))
        except msgspec.ValidationError as error:
            raise GraphError(400, "BadRequest", str(error)) from None
        return call.empty(204)

    return Route("GET", "/control/runs", read), Route("PATCH", "/control/runs", change)


def _log_routes(log: RequestLog) -> tuple[Route, ...]:
    async def read(call: Call) -> Response:
        after = call.request.query_params.get("after", "0")
        if not after.isdigit():
            raise GraphError(400, "BadRequest", "after must be an entry's number.")
        return call.json(msgspec.to_builtins(log.entries(after=int(after))))

    async def clear(call: Call) -> Response:
        log.clear()
        return call.empty(204)

    return Route("GET", "/control/log", read), Route("DELETE", "/control/log", clear)


def _fault_routes(faults: Faults) -> tuple[Route, ...]:
    async def read(call: Call) -> Response:
        rows = [{"fault": msgspec.to_builtins(r.fault), "seen": r.seen, "used": r.used} for r in faults.rules]
        return call.json(rows)

    async def add(call: Call) -> Response:
        value = await call.json_body()
        faults.add([_decoded(one, Fault) for one in (value if isinstance(value, list) else [value])])
        return call.empty(204)

    async def clear(call: Call) -> Response:
        faults.clear()
        return call.empty(204)

    return (
        Route("GET", "/control/faults", read),
        Route("POST", "/control/faults", add),
        Route("DELETE", "/control/faults", clear),
    )
