"""The activities: each is one step of `shared.steps`, under its name."""

import logging
import time
import traceback
from collections.abc import Callable
from typing import Any

import azure.durable_functions as df
import msgspec

from shared.decide import Plan, plan_of
from shared.lines import line
from shared.redaction import redact_logs
from shared.room import room
from shared.steps import STEPS, failed, join, leave
from shared.steps.arrive import is_known, reason

from .orchestrator import poll_state

# While not even the record can be written, a step that storage refuses is put off by so much.
_BLIND = 30.0

log = logging.getLogger("rosterdrop")
redact_logs()
blueprint = df.Blueprint()
blueprint.orchestration_trigger(context_name="context", orchestration="poll_state")(poll_state)


class StepFailed(Exception):
    """A step failed for a reason that may pass; the engine runs it again after a while."""


def _activity(name: str, run: Callable[[str, str, Plan | None], Any], *, may_wait: bool = True) -> None:
    def activity(driver: dict) -> Any:  # type: ignore[type-arg]  # the worker's indexer takes no generic annotations
        profile, instance = driver["profile"], driver["instance"]
        plan = plan_of(driver["plan"]) if driver.get("plan") else None
        began = time.monotonic()
        try:
            result = run(profile, instance, plan)
        except Exception as error:  # noqa: BLE001 - whatever it was, the run must come to an end
            # Neither the log nor the engine's history gets the exception's own words: they may quote a file.
            where = "".join(traceback.format_tb(error.__traceback__))
            log.error("%s\n%s", line("stepFailed", profile=profile, step=name, why=reason(error)), where)  # noqa: TRY400
            put_off = _put_off(name, profile, instance, error) if may_wait else None
            if put_off is None:
                raise StepFailed(f"{name}: {reason(error)}") from None
            return msgspec.to_builtins(put_off)
        log.info("%s", line("step", profile=profile, step=name, ms=round((time.monotonic() - began) * 1000)))
        return msgspec.to_builtins(result)

    activity.__name__ = name
    blueprint.activity_trigger(input_name="driver", activity=name)(activity)


def _put_off(name: str, profile: str, instance: str, error: Exception) -> Plan | None:
    try:
        return failed(room(), profile, instance, name, error)
    except Exception:  # noqa: BLE001 - the record can't be written either
        return Plan("wait", _BLIND) if is_known(error) else None


def _step(name: str) -> Callable[[str, str, Plan | None], Any]:
    return lambda profile, instance, plan: STEPS[name](room(), profile, instance, plan)


for _name in STEPS:
    _activity(_name, _step(_name))
_activity("join", lambda profile, instance, _plan: join(room(), profile, instance), may_wait=False)
_activity("leave", lambda profile, instance, _plan: leave(room(), profile, instance), may_wait=False)
