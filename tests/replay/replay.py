"""Replays a recording turn by turn, as if an instance that waits there were taken over by another orchestrator."""

import base64
import json
from collections.abc import Iterator
from typing import Any

import durabletask.internal.orchestrator_service_pb2 as pb

from .app import Handle
from .histories import Recorded, as_fields


def differences(recording: Recorded, orchestrate: Handle) -> Iterator[str]:
    """Where this orchestrator does not do what was recorded, with the engine's own words if it notices itself."""
    for number, execution in enumerate(recording.executions, 1):
        for turn, request in execution.requests():
            answer = base64.b64decode(orchestrate(request))
            actions = [as_fields(action) for action in pb.OrchestratorResponse.FromString(answer).actions]
            did, does = _told(turn.actions), _told(actions)
            if did != does:
                yield f"{recording.name}, execution {number}, after {turn.past + turn.new} events: {did} became {does}"


def _told(actions: list[dict[str, Any]]) -> list[dict[str, Any]]:
    """Actions without what differs from one engine or SDK to the next: spaces in JSON, stack traces, trace ids."""
    told = []
    for action in actions:
        fields = {kind: dict(of) if isinstance(of, dict) else of for kind, of in action.items()}
        if schedule := fields.get("scheduleTask"):
            schedule.pop("parentTraceContext", None)
            schedule["input"] = json.loads(schedule["input"])
        if complete := fields.get("completeOrchestration"):
            failure = complete.pop("failureDetails", None)
            if failure:
                complete["failure"] = failure["errorMessage"]
        told.append(fields)
    return told
