"""The world: an agenda of events in simulated time, and a durable engine that may repeat, delay, lose and interleave.

The orchestrator that runs here is the app's own generator and the steps are the app's own functions; only storage, the
service, the clock and the engine are stand-ins. At every storage operation and service call something else may happen:
another instance runs, the exporter writes, or the activity dies.
"""

import heapq
import json
from collections import Counter
from collections.abc import Callable, Generator, Iterator
from contextlib import suppress
from datetime import UTC, datetime, timedelta
from random import Random
from typing import Any

import msgspec
from msgspec.structs import replace

from poll_state.orchestrator import poll_state
from shared.decide import Plan
from shared.door import Newer, Unreadable, decode, load
from shared.inbox import owner_of
from shared.life import FIRST, MOVES
from shared.record import Current, Record
from shared.settings import Settings
from shared.steps import STEPS, Room, failed, join, leave
from shared.steps.sweep import asleep, release
from shared.store import Conflict, Denied

from .service import MemorySds
from .store import MemoryStore

GUID = "11111111-2222-3333-4444-555555555555"
SETTINGS = Settings(
    profiles={"north": GUID}, settle=60, poll=30, poll_max=300, incomplete_after=3600, follow=7200, preflight="report"
)


_TRIES = 6
"""How often the engine tries an activity, as the orchestrator's retry policy has it."""


STRUCK: Counter[str] = Counter()
"""What has gone wrong in all worlds of this process, by kind; `interleaved`: others acted in the middle of a step."""


class Killed(BaseException):
    """The host died in the middle of an activity."""


class Chaos(msgspec.Struct, frozen=True):
    """How likely each misfortune is."""

    repeat: float = 0.0
    kill: float = 0.0
    lose_instance: float = 0.0
    interleave: float = 0.0
    lose_event: float = 0.0
    repeat_event: float = 0.0
    late: float = 0.0
    """A step is done once more, long after."""
    slow_copy: float = 0.0
    lost_answer: float = 0.0
    """The answer of a conditional write that was done gets lost, and the write is sent again."""
    refuse: float = 0.0
    """Storage refuses one kind of operation for a while, as while roles spread."""


CALM = Chaos()


class Context:
    """As much of an orchestration context as the orchestrator uses."""

    def __init__(self, instance_id: str) -> None:
        self.instance_id = instance_id
        self.renewed: str | None = None

    def call_activity(self, name: str, *, input: Any, retry_policy: Any) -> tuple[str, str, Any]:  # noqa: A002
        return "activity", name, json.loads(json.dumps(input))

    def create_timer(self, pause: timedelta) -> tuple[str, timedelta]:
        return "timer", pause

    def continue_as_new(self, profile: str) -> None:
        self.renewed = profile


def legal(old: Current | None, new: Current | None) -> bool:
    """Whether a run may go from here to there in one swap."""
    if old is None or new is None or old.run_id != new.run_id:
        begins = new is None or new.stage == FIRST
        return begins and (old is None or old.stage in ("ended", "synced"))
    return old.stage == new.stage or any(old.stage in move.origins and new.stage == move.to for move in MOVES.values())


class Services:
    """One service for each profile's GUID; the first is the world's own, whoever asks first."""

    def __init__(self, first: MemorySds, make: Callable[[], MemorySds]) -> None:
        self.made: dict[str, MemorySds] = {}
        self.first = first
        self._make = make
        self.before: Callable[[str], None] = lambda call: None

    def of(self, guid: str) -> MemorySds:
        if guid not in self.made:
            self.made[guid] = self._make() if self.made else self.first
            self.made[guid].before = self.before
        return self.made[guid]

    @property
    def all(self) -> list[MemorySds]:
        return list(self.made.values())

    def __getattr__(self, name: str) -> Any:
        kind = type(self.first)
        if not callable(getattr(kind, name)):
            return getattr(kind, name)
        return lambda profile, *rest: getattr(self.of(profile), name)(profile, *rest)


class World:
    """Simulated time, storage, service and engine."""

    def __init__(
        self,
        random: Random,
        chaos: Chaos = CALM,
        settings: Settings = SETTINGS,
        sweep: float = 1200,
        sds: type[MemorySds] = MemorySds,
    ) -> None:
        self.random = random
        self.chaos = chaos
        self.settings: Settings = replace(settings, api=sds.api)
        self.now = datetime(2026, 11, 22, 2, tzinfo=UTC)
        self.store = MemoryStore(lambda: self.now)
        self.sds = sds(lambda: self.now)
        self.services = Services(self.sds, lambda: sds(lambda: self.now))
        self._services = {sds.api: self.services}
        self.room = self._furnished()
        self.activities: Counter[tuple[str, datetime]] = Counter()
        """Activities by profile and hour."""
        self._refused: dict[str, datetime] = {}
        self.agenda: list[tuple[datetime, int, Callable[[], None]]] = []
        self.running: set[str] = set()
        self.landed: dict[str, bytes] = {}
        self.faulty = False
        self.operations = 0
        self.trace: list[str] = []
        self.inject: dict[int, Callable[[], None]] = {}
        self._count = 0
        self._depth = 0
        self._calm = False
        self.store.before = self.sds.before = self.services.before = self._misfortune
        self.store.copy_slow = lambda: self._happens(self.chaos.slow_copy)
        self.store.answer_lost = lambda: self._happens(self.chaos.lost_answer)
        self.store.refused = self._is_refused
        self.store.written = self._written
        if sweep:
            self._sweep(sweep)

    def at(self, delay: float, event: Callable[[], None]) -> None:
        self._count += 1
        heapq.heappush(self.agenda, (self.now + timedelta(seconds=delay), self._count, event))

    def run(self, seconds: float) -> None:
        """Let time pass."""
        until = self.now + timedelta(seconds=seconds)
        while self.agenda and self.agenda[0][0] <= until:
            self._next()
        self.now = max(self.now, until)

    def deploy(self, sds: type[MemorySds] | None = None, **changes: Any) -> None:
        """Other settings from now on, or another API. A step that runs keeps what it began with."""
        api = sds.api if sds is not None else self.settings.api
        if sds is not None and api not in self._services:
            self._services[api] = Services(sds(lambda: self.now), lambda: sds(lambda: self.now))
            self._services[api].before = self._misfortune
            self._services[api].first.before = self._misfortune
        self.services = self._services[api]
        self.settings = replace(self.settings, api=api, **changes)
        self.room = self._furnished()

    @property
    def targets(self) -> Iterator[tuple[str, str, MemorySds]]:
        """API, GUID and service of all that were ever asked."""
        for api, services in self._services.items():
            for guid, service in services.made.items():
                yield api, guid, service

    def interlude(self, seconds: float) -> None:
        """Let others act in the middle of a step, undisturbed, while this one hangs."""
        depth, self._depth = self._depth, 0
        self.run(seconds)
        self._depth = depth

    def land(self, name: str, data: bytes) -> None:
        """The exporter writes a blob, and the event sets out."""
        self.store.put(self.settings.drop_container, name, data)
        self.landed[name] = data
        if self.random.random() >= self.chaos.lose_event:
            times = 2 if self.random.random() < self.chaos.repeat_event else 1
            for _ in range(times):
                self.at(self.random.choice((0.1, 1, 5, 90)), lambda: self.wake(owner_of(name, self.settings)))

    def wake(self, profile: str) -> None:
        self._count += 1
        self._resume(f"i{self._count}", profile)

    def record(self, profile: str = "north") -> Record:
        self._calm = True
        try:
            return load(self.store, self.settings, profile)[0]
        finally:
            self._calm = False

    def messages(self) -> dict[str, dict[str, Any]]:
        """What is on the queue, by id; the same id must have the same bytes."""
        found: dict[str, bytes] = {}
        for message in self.store.sent:
            key = json.loads(message)["id"]
            assert found.setdefault(key, message) == message, f"two contents of {key}"
        return {key: json.loads(message) for key, message in found.items()}

    def _furnished(self) -> Room:
        services = self.services
        return Room(self.store, lambda: services, self.settings, lambda: self.now)

    def _next(self) -> None:
        time, _, event = heapq.heappop(self.agenda)
        self.now = max(self.now, time)
        event()

    def _sweep(self, period: float) -> None:
        def sweep() -> None:
            self.at(period, sweep)
            for profile, driver in self._undisturbed(lambda: asleep(self.room)):
                if driver is not None and driver in self.running:
                    continue
                if driver is not None:
                    release(self.room, profile, driver)
                self.wake(profile)

        self.at(period, sweep)

    def _undisturbed[T](self, call: Callable[[], T]) -> T:
        calm, self._calm = self._calm, True
        try:
            return call()
        finally:
            self._calm = calm

    def _resume(self, instance: str, profile: str) -> None:
        context = Context(instance)
        self.running.add(instance)
        self._advance(instance, context, poll_state(context, profile), None)  # type: ignore[arg-type]

    def _advance(self, instance: str, context: Context, generator: Generator[Any, Any], value: Any) -> None:
        try:
            task = generator.send(value)
        except StopIteration:
            if context.renewed is None:
                self.running.discard(instance)
            else:
                self._resume(instance, context.renewed)
            return
        if self.random.random() < self.chaos.lose_instance:
            STRUCK["lost"] += 1
            self.running.discard(instance)
            return
        if task[0] == "timer":
            self.at(task[1].total_seconds(), lambda: self._advance(instance, context, generator, None))
        else:
            self.at(0.02, lambda: self._activity(instance, context, generator, task[1], task[2]))

    def _activity(
        self, instance: str, context: Context, generator: Any, name: str, given: dict[str, Any], tries: int = 1
    ) -> None:
        try:
            value = self._step(name, given)
            if self.random.random() < self.chaos.repeat:
                STRUCK["repeated"] += 1
                value = self._step(name, given)
            if self.random.random() < self.chaos.late:
                STRUCK["late"] += 1
                self.at(self.random.choice((1, 100, 1000, 5000)), lambda: self._ghost(name, given))
        except Killed:
            self.at(2, lambda: self._activity(instance, context, generator, name, given))
            return
        except (Conflict, Denied, Unreadable) as error:
            # `join` may find the record damaged in the middle; tried again, it mends it.
            put_off = self._put_off(name, given, error)
            if put_off is None and tries < _TRIES:
                pause = 2.0**tries
                self.at(pause, lambda: self._activity(instance, context, generator, name, given, tries + 1))
            elif put_off is None:
                self.running.discard(instance)  # the engine gives it up; the sweep finds it
            if put_off is None:
                return
            value = put_off
        self._advance(instance, context, generator, value)

    def _ghost(self, name: str, given: dict[str, Any]) -> None:
        """A twin that hung for long does its work at last; nobody waits for its answer."""
        with suppress(Killed, Conflict, Denied):
            self._step(name, given)

    def _step(self, name: str, given: dict[str, Any]) -> Any:
        profile, instance = given["profile"], given["instance"]
        self.activities[profile, self.now.replace(minute=0, second=0, microsecond=0)] += 1
        plan = msgspec.convert(given["plan"], Plan) if given.get("plan") else None
        self._depth += 1
        try:
            if name == "join":
                return join(self.room, profile, instance)
            if name == "leave":
                return leave(self.room, profile, instance)
            return msgspec.to_builtins(STEPS[name](self.room, profile, instance, plan))
        finally:
            self._depth -= 1

    def _put_off(self, name: str, given: dict[str, Any], error: Exception) -> dict[str, Any] | None:
        """As the activity does it; join and leave are only tried again."""
        if name in ("join", "leave"):
            return None
        try:
            plan = self._undisturbed(lambda: failed(self.room, given["profile"], given["instance"], name, error))
        except (Conflict, Denied):
            plan = Plan("wait", 30)
        return msgspec.to_builtins(plan) if plan is not None else None

    def _happens(self, chance: float) -> bool:
        return bool(self._depth and not self._calm and chance and self.random.random() < chance)

    def _is_refused(self, operation: str) -> bool:
        if self._calm or not self._depth:
            return False
        if self._happens(self.chaos.refuse):
            STRUCK["refused"] += 1
            self._refused[operation] = self.now + timedelta(seconds=self.random.choice((1, 40, 600, 7000)))
        return self._refused.get(operation, self.now) > self.now

    def _written(self, container: str, name: str, before: bytes | None, after: bytes) -> None:
        """Every swap of a record is one move of the table, or begins or ends a run."""
        if container != self.settings.state_container or not name.endswith(".json") or name.startswith("_starts"):
            return
        profile = name.removesuffix(".json")
        with suppress(Unreadable, Newer):
            old = decode(before, self.settings, profile, None).current if before is not None else None
            new = decode(after, self.settings, profile, None).current
            assert legal(old, new), f"{old and old.stage} to {new and new.stage}"

    def _misfortune(self, operation: str) -> None:
        if self._calm or not self._depth:
            return
        self.operations += 1
        self.trace.append(operation)
        if (injected := self.inject.pop(self.operations, None)) is not None:
            injected()
        if self.random.random() < self.chaos.kill:
            STRUCK["killed"] += 1
            raise Killed(operation)
        if self._depth < 3 and self.random.random() < self.chaos.interleave:
            depth, began = self._depth, self.now
            # A paused process: time goes by, and others act, in the middle of a step.
            STRUCK["interleaved"] += 1
            self.now += timedelta(seconds=self.random.choice((0, 0, 1, 30, 70, 200)))
            for _ in range(self.random.randint(1, 12)):
                if self.agenda and self.agenda[0][0] <= self.now + timedelta(seconds=120):
                    self._next()
            assert self._depth == depth
            if operation == "start" and self.now - began > timedelta(seconds=self.settings.start_confirm):
                self.faulty = True  # the POST itself hung for so long that others may send theirs
