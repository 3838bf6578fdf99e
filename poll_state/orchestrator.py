"""The orchestrator: look, do what the plan says, look again. Every decision is made in activities, which are never
replayed, so a deployment in the middle of a week-long wait is safe."""

from collections.abc import Generator
from datetime import timedelta
from typing import Any

from durabletask.task import OrchestrationContext, RetryPolicy

ROUNDS = 50
# Storage or the network failing for a while; what fails longer is taken up by the sweep.
RETRY = RetryPolicy(
    first_retry_interval=timedelta(seconds=1),
    max_number_of_attempts=6,
    backoff_coefficient=2,
    max_retry_interval=timedelta(seconds=60),
)


def poll_state(context: OrchestrationContext, profile: str) -> Generator[Any, Any]:
    """Drive one profile until there is nothing to do."""
    driver = {"profile": profile, "instance": context.instance_id}
    if not (yield context.call_activity("join", input=driver, retry_policy=RETRY)):
        return
    plan: dict[str, Any] | None = None
    for _ in range(ROUNDS):
        if plan is None:
            plan = yield context.call_activity("observe", input=driver, retry_policy=RETRY)
            continue
        do = plan["do"]
        if do == "wait":
            yield context.create_timer(timedelta(seconds=plan["seconds"]))
            plan = {"do": plan["then"]} if "then" in plan else None
        elif do == "leave":
            if (yield context.call_activity("leave", input=driver, retry_policy=RETRY)):
                return
            plan = None
        else:
            plan = yield context.call_activity(do, input={**driver, "plan": plan}, retry_policy=RETRY)
    context.continue_as_new(profile)
