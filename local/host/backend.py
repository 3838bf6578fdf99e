"""The durable engine: durabletask's in-memory backend, on a free loopback port and without its rough edges.

What is changed, and why, stands at each method. Everything else is the package's own behaviour.
"""

import uuid
from collections import deque
from collections.abc import Callable, Iterator
from concurrent import futures
from datetime import UTC, datetime
from typing import cast

import durabletask.internal.orchestrator_service_pb2 as pb
import durabletask.internal.orchestrator_service_pb2_grpc as stubs
import grpc
from durabletask.internal import helpers
from durabletask.testing.in_memory_backend import InMemoryOrchestrationBackend, OrchestrationInstance

from local.host.alarms import Alarms

KEPT = 100
"""Ended instances that can still be asked about; the package keeps all of them for ever."""

_UNLIMITED = [("grpc.max_receive_message_length", -1), ("grpc.max_send_message_length", -1)]


class _LocalCall:
    """Stands in for the gRPC context where the dispatcher calls the backend's methods directly."""

    def is_active(self) -> bool:
        return True

    def abort(self, code: grpc.StatusCode, details: str) -> None:
        raise RuntimeError(f"{code.name}: {details}")


_LOCAL_CALL = cast("grpc.ServicerContext", _LocalCall())


class Backend(InMemoryOrchestrationBackend):
    """Instances live in memory: when the process dies they are gone, and the app must not mind."""

    def __init__(self, start_twice: Callable[[str], bool] = lambda _: False) -> None:
        super().__init__()
        self._alarms = Alarms()
        self._ended: deque[str] = deque()
        self._awaited: dict[str, dict[int, str]] = {}
        self._start_twice = start_twice

    def start(self) -> str:
        """Serve on a free port of this machine alone (the package binds every interface on a fixed port, and
        silently shares it if it is taken). Returns host:port."""
        server = grpc.server(futures.ThreadPoolExecutor(max_workers=10), options=_UNLIMITED)
        stubs.add_TaskHubSidecarServiceServicer_to_server(self, server)
        self._port = server.add_insecure_port("127.0.0.1:0")
        server.start()
        self._server = server
        self._alarms.start()
        return f"127.0.0.1:{self._port}"

    def stop(self, grace: float | None = None) -> None:
        self._alarms.stop()
        super().stop(grace)

    def work_items(self) -> Iterator[pb.WorkItem]:
        """Work as it comes, until `stop`."""
        yield from self.GetWorkItems(pb.GetWorkItemsRequest(), _LOCAL_CALL)

    def complete_orchestrator(self, response: pb.OrchestratorResponse) -> None:
        self.CompleteOrchestratorTask(response, _LOCAL_CALL)
        with self._lock:
            instance = self._instances.get(response.instanceId)
            if instance is None or not self._is_terminal_status(instance.status):
                return
            self._ended.append(response.instanceId)
            while len(self._ended) > KEPT:
                self._forget(self._ended.popleft())

    def complete_activity(self, response: pb.ActivityResponse) -> None:
        """Record an activity's answer (with its work item's completion token), unless it is not, or no longer,
        waited for. The package would take it for an answer to whatever has the same id by now: ids begin anew
        when an instance is continued as new, and a retry has the id of the first try. It would also set an
        instance going that has ended."""
        with self._lock:
            awaited = self._awaited.get(response.instanceId, {})
            if awaited.get(response.taskId) == response.completionToken:
                del awaited[response.taskId]
                self.CompleteActivityTask(response, _LOCAL_CALL)

    def StartInstance(
        self, request: pb.CreateInstanceRequest, context: grpc.ServicerContext
    ) -> pb.CreateInstanceResponse:
        """Under chaos one start may make two instances, as with the real host after a lost acknowledgement."""
        response = super().StartInstance(request, context)
        if self._start_twice(response.instanceId):
            with self._lock:
                self._create_instance_internal(uuid.uuid4().hex, request.name, request.input.value)
        return response

    def SignalEntity(self, request: pb.SignalEntityRequest, context: grpc.ServicerContext) -> pb.SignalEntityResponse:
        context.abort(grpc.StatusCode.UNIMPLEMENTED, f"entities are not supported here: {request.instanceId}")
        return pb.SignalEntityResponse()

    def _process_send_entity_message_action(
        self,
        instance: OrchestrationInstance,
        action: pb.OrchestratorAction,
    ) -> None:
        # The package turns what is raised here into the failure of the orchestration.
        raise RuntimeError(f"entities are not supported here ({instance.name}, action {action.id})")

    def _process_schedule_task_action(self, instance: OrchestrationInstance, action: pb.OrchestratorAction) -> None:
        super()._process_schedule_task_action(instance, action)
        self._awaited.setdefault(instance.instance_id, {})[action.id] = str(instance.completion_token)

    def _process_complete_orchestration_action(
        self, instance: OrchestrationInstance, complete_action: pb.CompleteOrchestrationAction
    ) -> None:
        self._awaited.pop(instance.instance_id, None)
        super()._process_complete_orchestration_action(instance, complete_action)

    def _enqueue_orchestration(self, instance_id: str) -> None:
        # An instance at work is queued when it completes. The package queues it at once, then looks at it again
        # every 100 ms without waking anyone at the completion.
        if instance_id not in self._orchestration_in_flight:
            super()._enqueue_orchestration(instance_id)

    def _process_create_timer_action(self, instance: OrchestrationInstance, action: pb.OrchestratorAction) -> None:
        # One thread serves all timers (the package starts one each, which sleeps to the end even if its instance
        # is long gone), and a timer fires only into the execution that created it.
        created = helpers.new_timer_created_event(action.id, action.createTimer.fireAt.ToDatetime(tzinfo=UTC))
        instance.history.append(created)
        if instance.status == pb.ORCHESTRATION_STATUS_PENDING:
            instance.status = pb.ORCHESTRATION_STATUS_RUNNING
        fire_at = created.timerCreated.fireAt.ToDatetime(tzinfo=UTC)
        self._alarms.at(fire_at.timestamp(), lambda: self._fire(instance, created, fire_at))

    def _fire(self, instance: OrchestrationInstance, created: pb.HistoryEvent, fire_at: datetime) -> None:
        with self._lock:
            if self._is_terminal_status(instance.status):
                return
            if not any(event is created for event in instance.history):
                return
            instance.pending_events.append(helpers.new_timer_fired_event(created.eventId, fire_at))
            instance.last_updated_at = datetime.now(UTC)
            self._enqueue_orchestration(instance.instance_id)

    def _forget(self, instance_id: str) -> None:
        instance = self._instances.get(instance_id)
        if instance is not None and self._is_terminal_status(instance.status):
            del self._instances[instance_id]
