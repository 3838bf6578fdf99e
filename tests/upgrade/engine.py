"""A durable engine in simulated time, which keeps each instance's history and hands it on to another app.

The orchestrator runs in the SDK's own executor, replayed from the history that was found; the activities are those that
the app registers.
"""

import heapq
import itertools
import json
from collections.abc import Callable
from datetime import UTC, datetime, timedelta

import durabletask.internal.orchestrator_service_pb2 as pb
from azure.durable_functions.worker import DurableFunctionsWorker
from durabletask.internal import helpers
from durabletask.task import TaskFailedError
from durabletask.worker import _OrchestrationExecutor, _RuntimeOrchestrationContext

from tests.replay.app import registered

_TURN = timedelta(seconds=0.02)
"""From one step to the next."""


class Clock:
    def __init__(self, now: datetime) -> None:
        self.now = now

    def __call__(self) -> datetime:
        return self.now


class _Execution:
    """The SDK's executor at an instance; it is shown each event once, so that many turns cost little."""

    def __init__(self, instance: str) -> None:
        worker = DurableFunctionsWorker()
        orchestrator = registered("orchestrationTrigger")["poll_state"].orchestrator_function
        worker._register_orchestrator_once("poll_state", orchestrator)
        registry, converter = worker._registry, worker._data_converter
        self._executor = _OrchestrationExecutor(registry, worker._logger, converter)
        self._context = _RuntimeOrchestrationContext(instance, registry, data_converter=converter)
        self._shown = 0

    def turn(self, history: list[pb.HistoryEvent], new: list[pb.HistoryEvent]) -> list[pb.OrchestratorAction]:
        """Show what it hasn't seen of the history, and the news.

        Raises NonDeterminismError if this orchestrator would have done otherwise, TaskFailedError if an activity failed
        to its last try.
        """
        for event in (*history[self._shown :], *new):
            self._executor.process_event(self._context, event)
        self._shown = len(history) + len(new)
        return self._context.get_actions()


class Engine:
    """Instances by id; what is to come is on the agenda."""

    def __init__(self, clock: Clock) -> None:
        self.clock = clock
        self.histories: dict[str, list[pb.HistoryEvent]] = {}
        """Of the instances that have not ended."""
        self.activities: list[tuple[datetime, str]] = []
        """What was called, and when."""
        self.working = False
        """An activity is being carried out now."""
        self._executions: dict[str, _Execution] = {}
        self._agenda: list[tuple[datetime, int, Callable[[], None]]] = []
        self._numbers = itertools.count()

    def at(self, moment: datetime, event: Callable[[], None]) -> None:
        heapq.heappush(self._agenda, (moment, next(self._numbers), event))

    def run(self, until: datetime) -> None:
        """Let time pass."""
        while self._agenda and self._agenda[0][0] <= until:
            moment, _, event = heapq.heappop(self._agenda)
            self.clock.now = max(self.clock.now, moment)
            event()
        self.clock.now = max(self.clock.now, until)

    def start(self, profile: str, instance: str) -> None:
        """A new instance, as the client schedules it."""
        self.histories[instance] = []
        self._begin(instance, json.dumps(profile))

    def resume(self, instance: str, history: list[pb.HistoryEvent]) -> None:
        """Go on with an instance of this history: its activity, if one was at work, is carried out (again)."""
        self.histories[instance] = history
        self._executions[instance] = _Execution(instance)
        answered: set[int] = set()
        for event in history:
            answered |= {
                event.taskCompleted.taskScheduledId,
                event.taskFailed.taskScheduledId,
                event.timerFired.timerId,
            }
        for event in history:
            if event.eventId in answered:
                continue
            if event.HasField("taskScheduled"):
                self._later(instance, event.eventId, event.taskScheduled.name, event.taskScheduled.input.value)
            elif event.HasField("timerCreated"):
                self._alarm(instance, event.eventId, event.timerCreated.fireAt.ToDatetime(tzinfo=UTC))

    def _begin(self, instance: str, given: str) -> None:
        self.histories[instance].clear()
        self._executions[instance] = _Execution(instance)
        self._turn(instance, helpers.new_execution_started_event("poll_state", instance, given))

    def _turn(self, instance: str, event: pb.HistoryEvent) -> None:
        history = self.histories[instance]
        new = [helpers.new_orchestrator_started_event(self.clock.now), event]
        try:
            actions = self._executions[instance].turn(history, new)
        except TaskFailedError:  # the orchestration has failed; the sweep will find the profile
            del self.histories[instance], self._executions[instance]
            return
        history += new
        for action in actions:
            self._act(instance, history, action)
        history.append(helpers.new_orchestrator_completed_event())

    def _act(self, instance: str, history: list[pb.HistoryEvent], action: pb.OrchestratorAction) -> None:
        if action.HasField("scheduleTask"):
            name, given = action.scheduleTask.name, action.scheduleTask.input.value
            history.append(helpers.new_task_scheduled_event(action.id, name, given))
            self._later(instance, action.id, name, given)
        elif action.HasField("createTimer"):
            moment = action.createTimer.fireAt.ToDatetime(tzinfo=UTC)
            history.append(helpers.new_timer_created_event(action.id, moment))
            self._alarm(instance, action.id, moment)
        else:
            complete = action.completeOrchestration
            if complete.orchestrationStatus == pb.ORCHESTRATION_STATUS_CONTINUED_AS_NEW:
                self.at(self.clock.now + _TURN, lambda: self._begin(instance, complete.result.value))
                return
            del self.histories[instance], self._executions[instance]
            assert complete.orchestrationStatus == pb.ORCHESTRATION_STATUS_COMPLETED, complete.failureDetails

    def _alarm(self, instance: str, number: int, moment: datetime) -> None:
        fired = helpers.new_timer_fired_event(number, moment)
        self.at(max(moment, self.clock.now), lambda: self._turn(instance, fired))

    def _later(self, instance: str, number: int, name: str, given: str) -> None:
        self.at(self.clock.now + _TURN, lambda: self._activity(instance, number, name, given))

    def _activity(self, instance: str, number: int, name: str, given: str) -> None:
        self.activities.append((self.clock.now, name))
        self.working = True
        try:
            answer = registered("activityTrigger")[name](json.loads(given))
        except Exception as error:  # noqa: BLE001 - what the worker does with any exception of a function
            failed = helpers.new_task_failed_event(number, error)
            self._turn(instance, failed)
        else:
            self._turn(instance, helpers.new_task_completed_event(number, json.dumps(answer)))
        finally:
            self.working = False
