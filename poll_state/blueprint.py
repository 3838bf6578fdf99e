"""The activities: each is one step of `shared.steps`, under its name."""

import contextlib
import logging
import traceback
from collections.abc import Callable
from typing import Any

import azure.durable_functions as df
import msgspec

from shared.decide import Plan, plan_of
from shared.record import Displaced
from shared.redaction import redact_logs
from shared.room import room
from shared.steps import STEPS, join, leave
from shared.steps.arrive import fault

from .orchestrator import poll_state

# A step that fails so often for no known reason ends the run, lest it be tried for ever.
FAULTS = 12

log = logging.getLogger("rosterdrop")
redact_logs()
blueprint = df.Blueprint()
blueprint.orchestration_trigger(context_name="context", orchestration="poll_state")(poll_state)


class StepFailed(Exception):
    """A step failed for a reason that may pass; the engine runs it again after a while."""


def _activity(name: str, run: Callable[[str, str, Plan | None], Any]) -> None:
    def activity(driver: dict) -> Any:  # type: ignore[type-arg]  # the worker's indexer takes no generic annotations
        profile, instance = driver["profile"], driver["instance"]
        plan = plan_of(driver["plan"]) if driver.get("plan") else None
        try:
            return msgspec.to_builtins(run(profile, instance, plan))
        except Displaced:
            log.info("%s: another driver has taken over", profile)
            return {"do": "leave"}
        except Exception as error:  # noqa: BLE001 - whatever it was, the run must come to an end
            # Neither the log nor the engine's history gets the exception's own words: they may quote a file.
            where = "".join(traceback.format_tb(error.__traceback__))
            kind = type(error).__name__
            log.error("%s: %s failed with %s at\n%s", profile, name, kind, where)  # noqa: TRY400
            with contextlib.suppress(Exception):
                fault(room(), profile, instance, error, FAULTS)
            raise StepFailed(f"{name}: {kind}") from None

    activity.__name__ = name
    blueprint.activity_trigger(input_name="driver", activity=name)(activity)


def _step(name: str) -> Callable[[str, str, Plan | None], Any]:
    return lambda profile, instance, plan: STEPS[name](room(), profile, instance, plan)


for _name in STEPS:
    _activity(_name, _step(_name))
_activity("join", lambda profile, instance, _plan: join(room(), profile, instance))
_activity("leave", lambda profile, instance, _plan: leave(room(), profile, instance))
