"""Record the histories: each path is taken once, on the durable engine of the local host, by the app of this checkout.

`python -m tests.replay.record VERSION [FOLDER [PATH ...]]`. What is recorded stays as it is: instances with these
histories may be waiting still.
"""

import base64
import itertools
import json
import signal
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any

import durabletask.internal.orchestrator_service_pb2 as pb
from durabletask.internal import helpers

from local.host.backend import _LOCAL_CALL, Backend

from .app import registered, todays
from .histories import FOLDER, Execution, Recorded, Turn, as_fields, keep
from .paths import PATHS, Scene

_LONGEST = 90  # seconds for one path


class Engine:
    """Has the engine's work done by the app's own functions, and writes down every turn."""

    def __init__(self, scene: Scene) -> None:
        self._scene = scene
        self._backend = Backend()
        self._orchestrate = todays()
        self._activities = registered("activityTrigger")
        self._executions: list[tuple[str, list[Turn], list[pb.HistoryEvent]]] = []
        self._names = (f"{scene.path}-{number}" for number in itertools.count(1))

    def record(self) -> list[Execution]:
        self._backend.start()
        items = self._backend.work_items()
        self._scene.wake = self._wake
        self._scene.pump = lambda: self._handle(next(items))
        try:
            self._scene.begin()
            while self._busy():
                self._handle(next(items))
        finally:
            self._backend.stop()
        return [
            Execution(instance, [as_fields(event) for event in history], turns)
            for instance, turns, history in self._executions
        ]

    def _wake(self) -> Callable[[], bool]:
        """Start an instance, as a landed file does; returns whether it is still at work."""
        instance = next(self._names)
        request = pb.CreateInstanceRequest(instanceId=instance, name="poll_state")
        request.input.CopyFrom(helpers.get_string_value(json.dumps("north")))
        self._backend.StartInstance(request, _LOCAL_CALL)
        return lambda: self._works(instance)

    def _works(self, instance: str) -> bool:
        return not self._backend._is_terminal_status(self._backend._instances[instance].status)

    def _busy(self) -> bool:
        return any(map(self._works, self._backend._instances))

    def _handle(self, item: pb.WorkItem) -> None:
        if item.HasField("orchestratorRequest"):
            self._turn(item.orchestratorRequest, item.completionToken)
        else:
            self._backend.complete_activity(self._activity(item.activityRequest, item.completionToken))

    def _turn(self, request: pb.OrchestratorRequest, token: str) -> None:
        past, new = list(request.pastEvents), list(request.newEvents)
        if not past:
            self._executions.append((request.instanceId, [], []))
        text = base64.b64encode(request.SerializeToString()).decode("ascii")
        response = pb.OrchestratorResponse.FromString(base64.b64decode(self._orchestrate(text)))
        turns, history = next((t, h) for i, t, h in reversed(self._executions) if i == request.instanceId)
        turns.append(Turn(len(past), len(new), [as_fields(action) for action in response.actions]))
        history[:] = past + new
        response.completionToken = token
        self._backend.complete_orchestrator(response)

    def _activity(self, request: pb.ActivityRequest, token: str) -> pb.ActivityResponse:
        response = pb.ActivityResponse(
            instanceId=request.orchestrationInstance.instanceId, taskId=request.taskId, completionToken=token
        )
        given: dict[str, Any] = json.loads(request.input.value)
        try:
            self._scene.before(request.name, given)
            answer = self._activities[request.name](given)
        except Exception as error:  # noqa: BLE001 - what the worker does with any exception of a function
            response.failureDetails.CopyFrom(
                pb.TaskFailureDetails(errorType=type(error).__name__, errorMessage=str(error) or type(error).__name__)
            )
        else:
            response.result.CopyFrom(helpers.get_string_value(json.dumps(answer)))
        return response


def main(version: str, folder: Path, paths: list[str]) -> None:
    for path, scene in PATHS.items():
        if paths and path not in paths:
            continue
        signal.alarm(_LONGEST)
        executions = Engine(scene(path)).record()
        keep(Recorded(version, path, executions), folder)
        turns = sum(len(each.turns) for each in executions)
        print(f"{path}: {len(executions)} executions, {turns} turns")  # noqa: T201 - a command's output


if __name__ == "__main__":
    main(sys.argv[1], Path(sys.argv[2]) if len(sys.argv) > 2 else FOLDER, sys.argv[3:])
