"""What an engine keeps of orchestrations, as text; and the turns that it had the orchestrator take.

A file is one path: the instances that made it, each with its executions (a new one begins when it is continued as new).
"""

import base64
import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import durabletask.internal.orchestrator_service_pb2 as pb
import msgspec
from google.protobuf.json_format import MessageToDict, ParseDict

FOLDER = Path(__file__).parent / "recorded"


class Turn(msgspec.Struct, frozen=True):
    """One turn of the orchestrator: the history's first `past` events are replayed, the next `new` ones are news."""

    past: int
    new: int
    actions: list[dict[str, Any]]
    """What the orchestrator answered, each an OrchestratorAction."""


class Execution(msgspec.Struct, frozen=True):
    """One execution of an instance from its start to its end, or to where it was continued as new."""

    instance: str
    history: list[dict[str, Any]]
    """HistoryEvents, as the engine had them."""
    turns: list[Turn]

    def requests(self) -> Iterator[tuple[Turn, str]]:
        """The turns, each with what the host handed the orchestrator for it."""
        events = [ParseDict(event, pb.HistoryEvent()) for event in self.history]
        for turn in self.turns:
            request = pb.OrchestratorRequest(
                instanceId=self.instance,
                pastEvents=events[: turn.past],
                newEvents=events[turn.past : turn.past + turn.new],
            )
            yield turn, base64.b64encode(request.SerializeToString()).decode("ascii")


class Recorded(msgspec.Struct, frozen=True):
    """One path of the orchestrator as an app of the version `app` took it."""

    app: str
    path: str
    executions: list[Execution]

    @property
    def name(self) -> str:
        return f"{self.app}/{self.path}"

    def activities(self) -> Iterator[tuple[str, Any]]:
        """The activities that were called: name and input."""
        for execution in self.executions:
            for event in execution.history:
                if scheduled := event.get("taskScheduled"):
                    yield scheduled["name"], json.loads(scheduled["input"])


_DECODER = msgspec.json.Decoder(Recorded)


def recorded() -> list[Recorded]:
    """All that are kept, of every version."""
    return [_DECODER.decode(path.read_bytes()) for path in sorted(FOLDER.glob("*/*.json"))]


def keep(recording: Recorded, folder: Path) -> None:
    """Write a recording below the folder: an event or a turn a line, to be read and compared by people too."""
    path = folder / recording.app / f"{recording.path}.json"
    path.parent.mkdir(parents=True, exist_ok=True)
    executions = ",\n".join(
        f'{{"instance": {json.dumps(each.instance)}, "history": [\n{_lines(each.history)}\n], '
        f'"turns": [\n{_lines(msgspec.to_builtins(each.turns))}\n]}}'
        for each in recording.executions
    )
    head = f'"app": {json.dumps(recording.app)}, "path": {json.dumps(recording.path)}'
    path.write_text(f'{{{head}, "executions": [\n{executions}\n]}}\n')


def as_fields(message: Any) -> dict[str, Any]:
    """An event or action as JSON fields."""
    fields: dict[str, Any] = MessageToDict(message)
    return fields


def _lines(items: list[Any]) -> str:
    return ",\n".join(json.dumps(item) for item in items)
