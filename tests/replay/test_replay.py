"""A deployment meets orchestrations that wait, for a week perhaps: they go on as they began, whatever is new."""

import ast
import inspect
from collections import defaultdict
from collections.abc import Callable
from datetime import UTC, datetime
from typing import Any

import pytest

from poll_state import blueprint, orchestrator
from shared.steps import Room
from tests.model.service import MemorySds
from tests.model.store import MemoryStore

from .app import Handle, handle, registered, todays
from .histories import recorded
from .paths import PATHS, QUICK
from .replay import differences

# The SDK reads an activity's result without a type, once a process.
pytestmark = pytest.mark.filterwarnings("ignore:azure.functions df_loads was called:DeprecationWarning")

RECORDED = {recording.name: recording for recording in recorded()}


@pytest.mark.parametrize("name", RECORDED)
def test_todays_orchestrator_takes_over_at_every_turn(name: str) -> None:
    assert list(differences(RECORDED[name], todays())) == []


def test_every_path_of_the_orchestrator_is_recorded() -> None:
    missing = set(PATHS) - {recording.path for recording in RECORDED.values()}
    assert not missing, "record them: python -m tests.replay.record"


def test_activities_that_waiting_histories_name_are_still_there() -> None:
    names = {name for recording in RECORDED.values() for name, _ in recording.activities()}
    assert names >= {"join", "observe", "take", "verify", "upload", "start", "report", "refuse", "leave"}
    assert names <= set(registered("activityTrigger"))


def test_todays_activities_take_what_waiting_histories_hand_them(monkeypatch: pytest.MonkeyPatch) -> None:
    """A plan of an older app goes to an activity of this one; here nothing is left to do for it."""
    now = datetime(2026, 11, 22, 2, tzinfo=UTC)
    room = Room(MemoryStore(lambda: now), lambda: MemorySds(lambda: now), QUICK, lambda: now)
    monkeypatch.setattr(blueprint, "room", lambda: room)
    activities = registered("activityTrigger")
    for recording in RECORDED.values():
        for name, given in recording.activities():
            assert activities[name](given) in ANSWERS[name], f"{recording.name}: {name} of {given}"


# To an instance that drives an empty inbox, or drives no more.
ANSWERS: dict[str, list[Any]] = defaultdict(lambda: [None, {"do": "leave"}], join=[True, False], leave=[True, False])


def mutated(change: Callable[[str], str]) -> Handle:
    """The orchestrator with its source changed."""
    source = inspect.getsource(orchestrator)
    changed = change(source)
    assert changed != source, "the mutation changes nothing"
    names: dict[str, Any] = {}
    exec(compile(ast.parse(changed), "<mutated>", "exec"), names)  # noqa: S102 - our own source
    return handle(names["poll_state"])


MUTATIONS: dict[str, tuple[str, str]] = {
    "another name for an activity": ('call_activity("observe"', 'call_activity("look"'),
    "two activities changed places": ('"join", input=driver', '"observe", input=driver'),
    "an activity more at the start": (
        "    plan: dict[str, Any] | None = None\n",
        '    yield context.call_activity("greet", input=driver)\n    plan: dict[str, Any] | None = None\n',
    ),
    "a look before the leave": (
        """            if (yield context.call_activity("leave\"""",
        """            yield context.call_activity("observe", input=driver)
            if (yield context.call_activity("leave\"""",
    ),
    "no timer": ("            yield context.create_timer", "            context.create_timer"),
    "another wait": ('plan["seconds"])', 'plan["seconds"] + 1)'),
    "a wait by the clock": ('plan["seconds"])', 'plan["seconds"] + __import__("time").time() % 1 / 1000)'),
    "what follows a wait forgotten": ('plan = {"do": plan["then"]} if "then" in plan else None', "plan = None"),
    "the plan not handed on": ('input={**driver, "plan": plan}', "input=driver"),
    "what follows a step forgotten": ("plan = yield context.call_activity(do,", "yield context.call_activity(do,"),
    "a refused leave ends all the same": (
        """                return
            plan = None""",
        """                return
            return""",
    ),
    "who only pokes goes on": ("        return\n    plan:", "        pass\n    plan:"),
    "fewer rounds": ("ROUNDS = 50", "ROUNDS = 49"),
    "more rounds": ("ROUNDS = 50", "ROUNDS = 51"),
    "another input when continued as new": ("continue_as_new(profile)", "continue_as_new(driver)"),
    "no retries": (", retry_policy=RETRY)\n            continue", ")\n            continue"),
    "one try fewer": ("max_number_of_attempts=6", "max_number_of_attempts=5"),
    "other pauses between tries": ("backoff_coefficient=2", "backoff_coefficient=3"),
    "another first pause": ("first_retry_interval=timedelta(seconds=1)", "first_retry_interval=timedelta(seconds=2)"),
}


@pytest.mark.parametrize("name", MUTATIONS)
def test_a_change_that_waiting_orchestrations_would_not_survive_is_noticed(name: str) -> None:
    orchestrate = mutated(lambda source: source.replace(*MUTATIONS[name], 1))
    assert any(line for recording in RECORDED.values() for line in differences(recording, orchestrate))
