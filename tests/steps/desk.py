"""One step on a record that is laid down by hand: what it asks, and what it leaves in the record, to the last field."""

from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from random import Random
from typing import Any

from msgspec.structs import replace

from shared import door
from shared.decide import Plan
from shared.door import Edited
from shared.life import Stage
from shared.record import Current, Driver, Drop, DropFile, Record, Target, Times
from shared.sds.port import Answer, Failure, Reply, ServiceMessage
from shared.steps import STEPS
from shared.steps.work import Work
from tests.model.service import MemoryIndustryData, MemorySds
from tests.model.world import GUID, World

NOW = datetime(2026, 11, 22, 2, tzinfo=UTC)
SECOND = timedelta(seconds=1)
HOUR = timedelta(hours=1)
WORDS = Failure("theirs", "their words", "request")
WARNED = ServiceMessage("warning", "School.csv", "one")
ERROR = ServiceMessage("error", "School.csv", "two")
FILES = ("School.csv", "Student.csv")
ME = Driver("me", NOW + HOUR)


def run(stage: Stage = "taken", api: type[MemorySds] = MemorySds, **fields: Any) -> Current:
    files = tuple(DropFile(name, name, f"north/{name}", f"0x{n}", 4) for n, name in enumerate(FILES))
    made = Current("run-1", stage, Target(api.api, GUID), Drop("sdsV1", files), Times(), NOW + HOUR, ready_at=NOW)
    return replace(made, **fields)


def lay(current: Current | None, sds: type[MemorySds] = MemorySds, **fields: Any) -> World:
    """A world in which this is the record, `me` drives, and the run's snapshot is there."""
    world = World(Random(0), sweep=0, sds=sds)
    world.store.written = lambda *_: None  # the test itself sets the stage
    world.services.of(GUID)
    door.save(world.store, world.settings, Record("north", **{"driver": ME, "current": current} | fields), None)
    for file in current.drop.files if current is not None else ():
        world.store.put("sds-runs", f"north/{current.run_id}/files/{file.name}", b"a\n1\n")  # type: ignore[union-attr]
    return world


def do(world: World, step: str, plan: Plan | None = None) -> Plan | None:
    made: Plan | None = STEPS[step](world.room, "north", "me", plan)
    return made


def work(world: World) -> Work:
    return Work(world.room, "north", "me")


def change(world: World, **fields: Any) -> None:
    """Somebody else changes the run."""

    def swap(record: Record) -> Edited[None]:
        assert record.current is not None
        return Edited(replace(record, current=replace(record.current, **fields)), None)

    door.change(world.store, world.settings, "north", swap)


def at(world: World, call: str, event: Callable[[], None]) -> None:
    """Let something happen once, right before this call to the service or operation of storage."""
    left, earlier = [event], world.store.before

    def before(operation: str) -> None:
        if operation == call and left:
            left.pop()()
        earlier(operation)

    world.store.before = world.sds.before = before


def asked(world: World) -> list[str]:
    return [name for _, name in world.sds.calls]


def no(answer: Answer, retry_after: float | None = None, failure: Failure | None = WORDS) -> Reply[Any]:
    return Reply(answer, failure=failure, retry_after=retry_after)


__all__ = ["MemoryIndustryData", "MemorySds"]
