"""What the engine keeps, forgets and refuses."""

import queue
import threading
import time
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta

import durabletask.internal.orchestrator_service_pb2 as pb
import pytest
from durabletask.client import TaskHubGrpcClient
from durabletask.internal import helpers

from local.host.backend import KEPT, Backend


@pytest.fixture
def backend() -> Iterator[Backend]:
    running = Backend()
    running.address = running.start()
    yield running
    running.stop()


@pytest.fixture
def client(backend: Backend) -> Iterator[TaskHubGrpcClient]:
    with TaskHubGrpcClient(host_address=backend.address) as connected:
        yield connected


def complete(backend: Backend, item: pb.WorkItem, *actions: pb.OrchestratorAction) -> None:
    request = item.orchestratorRequest
    backend.complete_orchestrator(
        pb.OrchestratorResponse(
            instanceId=request.instanceId, completionToken=item.completionToken, actions=list(actions)
        )
    )


def ended() -> pb.OrchestratorAction:
    return helpers.new_complete_orchestration_action(1, pb.ORCHESTRATION_STATUS_COMPLETED, '"done"')


def test_ended_instances_are_forgotten_in_the_end(backend: Backend, client: TaskHubGrpcClient) -> None:
    items = backend.work_items()
    ids = [client.schedule_new_orchestration("some") for _ in range(KEPT + 5)]
    for _ in ids:
        complete(backend, next(items), ended())
    assert client.get_orchestration_state(ids[0]) is None
    assert client.get_orchestration_state(ids[-1]) is not None
    assert len(backend._instances) == KEPT


def test_timers_cost_no_threads_and_fire_once(backend: Backend, client: TaskHubGrpcClient) -> None:
    items = backend.work_items()
    client.schedule_new_orchestration("some")
    soon, later = (datetime.now(UTC) + timedelta(seconds=s) for s in (0.05, 3600))
    threads = threading.active_count()
    timers = [helpers.new_create_timer_action(n, later) for n in range(2, 200)]
    complete(backend, next(items), helpers.new_create_timer_action(1, soon), *timers)
    fired = next(items).orchestratorRequest.newEvents
    assert [event.timerFired.timerId for event in fired if event.HasField("timerFired")] == [1]
    assert threading.active_count() <= threads


def test_an_answer_counts_once_and_never_for_an_ended_instance(backend: Backend, client: TaskHubGrpcClient) -> None:
    items = backend.work_items()
    instance_id = client.schedule_new_orchestration("some")
    complete(backend, next(items), helpers.new_schedule_task_action(1, "work", None, None))
    item = next(items)
    task_id, token = item.activityRequest.taskId, item.completionToken
    backend.complete_activity(pb.ActivityResponse(instanceId=instance_id, taskId=task_id, completionToken="0"))
    answer = pb.ActivityResponse(instanceId=instance_id, taskId=task_id, completionToken=token)
    backend.complete_activity(answer)
    backend.complete_activity(answer)
    turn = next(items)
    assert len([e for e in turn.orchestratorRequest.newEvents if e.HasField("taskCompleted")]) == 1
    complete(backend, turn, ended())
    backend.complete_activity(answer)
    other = client.schedule_new_orchestration("some")
    assert next(items).orchestratorRequest.instanceId == other


def test_what_comes_during_a_turn_is_taken_as_soon_as_it_ends(backend: Backend, client: TaskHubGrpcClient) -> None:
    """Looking again only every 0.1 s would make twenty such turns take a second or more."""
    arrived: queue.Queue[pb.WorkItem] = queue.Queue()
    taker = threading.Thread(target=lambda: [arrived.put(item) for item in backend.work_items()])
    taker.start()
    client.schedule_new_orchestration("some")
    turn = arrived.get(timeout=5)
    works = [helpers.new_schedule_task_action(number, "work", None, None) for number in range(1, 22)]
    complete(backend, turn, *works)
    activities = [arrived.get(timeout=5) for _ in works]
    answer(backend, activities.pop())
    turn = arrived.get(timeout=5)
    began = time.monotonic()
    for activity in activities:
        answer(backend, activity)
        while backend._work_available.is_set():  # until the taker has seen whatever there was to see
            time.sleep(0.001)
        complete(backend, turn)
        turn = arrived.get(timeout=5)
    took = time.monotonic() - began
    backend.stop()
    taker.join()
    assert took < 0.5


def answer(backend: Backend, item: pb.WorkItem) -> None:
    request = item.activityRequest
    backend.complete_activity(
        pb.ActivityResponse(
            instanceId=request.orchestrationInstance.instanceId,
            taskId=request.taskId,
            completionToken=item.completionToken,
        )
    )


def test_results_over_four_mebibytes_can_be_read(backend: Backend, client: TaskHubGrpcClient) -> None:
    from durabletask.grpc_options import GrpcChannelOptions

    items = backend.work_items()
    instance_id = client.schedule_new_orchestration("some")
    big = '"' + "x" * (5 << 20) + '"'
    complete(backend, next(items), helpers.new_complete_orchestration_action(1, pb.ORCHESTRATION_STATUS_COMPLETED, big))
    options = GrpcChannelOptions(max_receive_message_length=-1)
    with TaskHubGrpcClient(host_address=backend.address, channel_options=options) as wide:
        state = wide.get_orchestration_state(instance_id)
    assert state is not None
    assert state.serialized_output == big


def test_entities_are_refused(client: TaskHubGrpcClient) -> None:
    import grpc
    from durabletask.entities import EntityInstanceId

    with pytest.raises(grpc.RpcError, match="entities are not supported here"):
        client.signal_entity(EntityInstanceId("counter", "1"), "add", 1)
