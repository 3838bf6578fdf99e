"""The app's durable functions, as its host finds them: what is registered, under which name."""

from collections.abc import Callable
from functools import cache
from typing import Any

import azure.durable_functions as df
from azure.durable_functions.orchestrator import Orchestrator

from poll_state.blueprint import blueprint

Handle = Callable[[str], str]
"""An orchestrator for the host: base64 of an OrchestratorRequest in, base64 of an OrchestratorResponse out."""


@cache
def registered(kind: str) -> dict[str, Callable[..., Any]]:
    """The functions of this trigger type (`activityTrigger`, `orchestrationTrigger`) by the name that engines know."""
    app = df.DFApp()
    app.register_functions(blueprint)
    field = kind.removesuffix("Trigger")
    found = {}
    for function in app.get_functions():
        trigger = function.get_trigger()
        if trigger is not None and trigger.type == kind:
            found[getattr(trigger, field) or function.get_function_name()] = function.get_user_function()
    return found


def handle(orchestrator: Callable[..., Any]) -> Handle:
    """The SDK's own executor around an orchestrator."""
    return Orchestrator.create(orchestrator)


@cache
def todays() -> Handle:
    """The one that the app registers as `poll_state`."""
    return handle(registered("orchestrationTrigger")["poll_state"].orchestrator_function)  # type: ignore[attr-defined]
