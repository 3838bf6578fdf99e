"""Long-running operations: what `validate` and `runs/start` hand out an address for."""

from collections.abc import Mapping, Sequence
from uuid import uuid4

from ..clock import Clock, stamp
from ..timetable import Step, Timetable

VALIDATE = "#microsoft.graph.industryData.fileValidateOperation"
PLAIN = "#microsoft.graph.longRunningOperation"


class Operation:
    """Its result is fixed when it begins and shown when it has ended."""

    def __init__(
        self,
        clock: Clock,
        kind: str,
        resource: str,
        steps: Sequence[Step],
        errors: list[dict[str, object]] | None = None,
        warnings: list[dict[str, object]] | None = None,
        files: list[str] | None = None,
        shown: Mapping[str, object] | None = None,
    ) -> None:
        self.id = str(uuid4())
        self.state = Timetable(steps, clock)
        self._created = clock()
        self._kind = kind
        self._resource = resource
        self._errors = errors or []
        self._warnings = warnings or []
        self._files = files or []
        self._instead = dict(shown or {})

    def shown(self, graph_root: str, *, poll: bool) -> dict[str, object]:
        """The operation as JSON. Its resourceLocation lacks `/external`, as in the documented sample."""
        status = self.state.poll() if poll else self.state.state()
        ended = status in ("succeeded", "failed")
        body: dict[str, object] = {
            "@odata.type": self._kind,
            "id": self.id,
            "status": status,
            "statusDetail": "The operation could not be completed." if status == "failed" else None,
            "createdDateTime": stamp(self._created),
            "lastActionDateTime": stamp(self.state.history[-1].time),
            "resourceLocation": f"{graph_root}/industryData/{self._resource}",
        }
        if self._kind == VALIDATE:
            body["validatedFiles"] = self._files if ended else []
            body["errors"] = self._errors if ended else []
            body["warnings"] = self._warnings if ended else []
        return body | self._instead if ended else body
