"""Carries the durable engine's work items through the app's functions and back, as the Durable extension does."""

import asyncio
import base64
import logging
import threading
from collections.abc import Iterable, Mapping

import durabletask.internal.orchestrator_service_pb2 as pb
from durabletask.internal import helpers

from local.host.app_settings import HostJson
from local.host.backend import Backend
from local.host.boundary import Boundaries
from local.host.chaos import Chaos
from local.host.invocations import Invocations
from local.host.protos import TypedData
from local.host.worker import Function, InvocationFailed, Worker

_LOG = logging.getLogger("host.durable")

LARGE = 65536
"""Bytes. The Durable extension moves larger payloads through blobs; ours are never to be that large."""


class Durable:
    """The dispatcher. Its thread sleeps until the engine has work; the work runs on the host's loop."""

    def __init__(
        self,
        backend: Backend,
        worker: Worker,
        functions: Iterable[Function],
        settings: HostJson,
        chaos: Chaos,
        boundaries: Boundaries,
        invocations: Invocations,
    ) -> None:
        self._backend = backend
        self._worker = worker
        self._orchestrators = _by_name(functions, "orchestrationTrigger", "orchestration")
        self._activities = _by_name(functions, "activityTrigger", "activity")
        self._turns = asyncio.Semaphore(settings.orchestrators_at_once)
        self._slots = asyncio.Semaphore(settings.activities_at_once)
        self._chaos = chaos
        self._boundaries = boundaries
        self._invocations = invocations
        self._thread = threading.Thread(target=self._take, name="durable", daemon=True)
        self._loop = asyncio.get_running_loop()
        self._paused = False

    def start(self) -> None:
        self._thread.start()

    def pause(self) -> None:
        """Begin nothing new, so that what runs can end."""
        self._paused = True

    def join(self) -> None:
        """Wait for the thread's end, after the backend has been stopped."""
        self._thread.join()

    def _take(self) -> None:
        for item in self._backend.work_items():
            self._loop.call_soon_threadsafe(self._begin, item)

    def _begin(self, item: pb.WorkItem) -> None:
        if self._paused:
            return
        if item.HasField("orchestratorRequest"):
            self._invocations.start(self._turn(item.orchestratorRequest, item.completionToken))
        elif item.HasField("activityRequest"):
            self._invocations.start(self._activity(item.activityRequest, item.completionToken))
        else:
            _LOG.error("a work item of a kind that this host does not know was dropped")

    async def _turn(self, request: pb.OrchestratorRequest, token: str) -> None:
        started = [
            event.executionStarted
            for event in (*request.pastEvents, *request.newEvents)
            if event.HasField("executionStarted")
        ]
        name = started[-1].name if started else ""
        async with self._turns:
            response = await self._orchestrate(name, request)
            if self._chaos.replay(request.instanceId):
                response = await self._orchestrate(name, request)
        response.completionToken = token
        self._boundaries.cross(f"after a turn of {name}")
        self._backend.complete_orchestrator(response)
        self._boundaries.cross(f"after recording a turn of {name}")

    async def _orchestrate(self, name: str, request: pb.OrchestratorRequest) -> pb.OrchestratorResponse:
        try:
            text = base64.b64encode(request.SerializeToString()).decode("ascii")
            answer = await self._call(self._orchestrators, name, text, request.instanceId)
            response: pb.OrchestratorResponse = pb.OrchestratorResponse.FromString(base64.b64decode(answer))
        except InvocationFailed as error:
            _LOG.exception("orchestrator %s of %s failed: %s", name, request.instanceId, error)
            complete = pb.CompleteOrchestrationAction(
                orchestrationStatus=pb.ORCHESTRATION_STATUS_FAILED, failureDetails=_details(error)
            )
            action = pb.OrchestratorAction(id=-1, completeOrchestration=complete)
            return pb.OrchestratorResponse(instanceId=request.instanceId, actions=[action])
        return response

    async def _activity(self, request: pb.ActivityRequest, token: str) -> None:
        match self._chaos.activity(request.name):
            case "once":
                self._backend.complete_activity(await self._run(request, token))
            case "twice":
                self._backend.complete_activity(await self._run(request, token))
                await asyncio.sleep(self._chaos.pause())
                self._backend.complete_activity(await self._run(request, token))
            case "lost":
                await self._run(request, token)
                await asyncio.sleep(self._chaos.pause())
                self._backend.complete_activity(await self._run(request, token))
            case "both":
                runs = [asyncio.ensure_future(self._run(request, token)) for _ in range(2)]
                first, others = await asyncio.wait(runs, return_when=asyncio.FIRST_COMPLETED)
                if not self._chaos.second_answer():
                    self._backend.complete_activity(first.pop().result())
                if others:
                    await asyncio.wait(others)
                self._backend.complete_activity(runs[-1].result())

    async def _run(self, request: pb.ActivityRequest, token: str) -> pb.ActivityResponse:
        instance_id = request.orchestrationInstance.instanceId
        response = pb.ActivityResponse(instanceId=instance_id, taskId=request.taskId, completionToken=token)
        text = request.input.value if request.HasField("input") else "null"
        _warn_if_large(request.name, "input", text)
        async with self._slots:
            self._boundaries.cross(f"before activity {request.name}")
            try:
                result = await self._call(self._activities, request.name, text, instance_id)
                _warn_if_large(request.name, "result", result)
                response.result.CopyFrom(helpers.get_string_value(result))
            except InvocationFailed as error:
                _LOG.warning("activity %s of %s failed: %s", request.name, instance_id, error)
                response.failureDetails.CopyFrom(_details(error))
            self._boundaries.cross(f"after activity {request.name}")
        return response

    async def _call(self, functions: Mapping[str, Function], name: str, text: str, instance_id: str) -> str:
        function = functions.get(name.lower())
        if function is None:
            raise InvocationFailed(f"LookupError: the app has no function {name!r} of this kind", "")
        metadata = {"instanceId": TypedData(string=instance_id)}
        answer = await self._worker.invoke(function, TypedData(string=text), metadata)
        return "null" if answer is None else str(answer.value)


def _by_name(functions: Iterable[Function], kind: str, field: str) -> dict[str, Function]:
    # As in the extension, a name in the binding goes before the function's, and case does not matter.
    return {
        str(function.trigger.get(field) or function.name).lower(): function
        for function in functions
        if function.kind == kind
    }


def _details(error: InvocationFailed) -> pb.TaskFailureDetails:
    # The engine takes a failure without a message for a success.
    return pb.TaskFailureDetails(
        errorType=error.kind,
        errorMessage=error.text or error.kind,
        stackTrace=helpers.get_string_value(error.stack_trace),
    )


def _warn_if_large(name: str, what: str, text: str) -> None:
    if len(text.encode()) > LARGE:
        _LOG.warning("the %s of activity %s has %d bytes, more than %d", what, name, len(text.encode()), LARGE)
