"""What belongs to the tenant as a whole: flows, their sessions, operations and runs."""

import shutil
from pathlib import Path
from uuid import uuid4

from ..clock import Clock, stamp
from ..registry import Registry
from ..specs import FlowSpec, RunsSpec
from .flow import Flow, Validated
from .headers import validated
from .operation import PLAIN, VALIDATE, Operation
from .references import SOURCE_SYSTEM, Connector, References
from .run import Part
from .runs import Begun, Runs
from .sas import Signer
from .session import OWNER_ALONE, Session

TENANT = "5d500000-7e4a-4000-8000-000000000001"
"""Its id, also the filesystem of the upload storage."""


class Tenant:
    def __init__(self, clock: Clock, data: Path) -> None:
        self._clock = clock
        self._uploads = data / "uploads"
        shutil.rmtree(self._uploads, ignore_errors=True)  # sessions don't outlive the emulator that opened them
        self._uploads.mkdir(mode=OWNER_ALONE, parents=True)
        self.signer = Signer()
        self.flows: Registry[FlowSpec, Flow] = Registry(lambda spec: Flow(spec, clock), FlowSpec(id="*"))
        self.references = References(clock())
        self.operations: dict[str, Operation] = {}
        self.runs = Runs(RunsSpec(), clock, self._parts)

    def connectors(self) -> dict[str, Connector]:
        """By id: the ones that were made, and those of the flows of scenarios."""
        theirs = {flow.connector: self.connector_of(flow) for flow in self.flows.all()}
        return self.references.connectors | theirs

    def connector_of(self, flow: Flow) -> Connector:
        """A flow's connector, which is of its format."""
        made = self.references.connectors.get(flow.connector)
        name = made.display_name if made else f"{flow.spec.display_name} files"
        source = made.source_system if made else SOURCE_SYSTEM
        return Connector(flow.connector, name, flow.spec.file_format, source)

    def by_connector(self, connector: str) -> Flow | None:
        """The flow of a connector (id in any case)."""
        key = connector.lower()
        return next((flow for flow in self.flows.all() if flow.connector == key), None)

    def session(self, connector: str, container: str) -> Session | None:
        """The open session of a container, expired or not."""
        flow = self.by_connector(connector)
        session = flow.session if flow else None
        return session if session and session.container == container.lower() else None

    def open_session(self, flow: Flow, *, reset: bool) -> Session:
        """The flow's current session, or a new one with an empty container."""
        now, spec = self._clock(), flow.spec.session
        if flow.session and (reset or flow.session.expires <= now):
            flow.session.discard()
            flow.session = None
        if flow.session is None:
            flow.session = self._new_session(flow)
            for name, text in spec.leftovers.items():
                flow.session.put(name, text.encode())
        return flow.session

    def _new_session(self, flow: Flow) -> Session:
        now, spec = self._clock(), flow.spec.session
        expires, container_expires = now + spec.seconds, now + spec.container_seconds
        return Session(flow.connector, self._uploads / str(uuid4()), expires, container_expires, spec.append_limit)

    def validate(self, flow: Flow) -> Operation | None:
        """End the flow's session and check its files; None if there is no open session. Must run in the event loop."""
        session = flow.session
        if session is None or session.expires <= self._clock():
            return None
        flow.session = None
        if flow.spec.session.survives:
            flow.session = session.copied(self._uploads / str(uuid4()))
        files = {file.name: file.path for file in session.files.values()}
        errors, warnings = validated(flow.spec, files)
        steps, resource = flow.spec.validate.states, f"dataConnectors/{flow.connector}"
        names, shown = [] if errors else sorted(files), flow.spec.validate.shown
        operation = self._add(Operation(self._clock, VALIDATE, resource, steps, errors, warnings, names, shown))
        uploaded: list[dict[str, object]] = [
            {"name": file.name, "size": file.size, "sha256": file.sha256} for file in session.files.values()
        ]
        now = stamp(self._clock())
        flow.validations.append(Validated(now, session.container, operation.id, uploaded, errors, warnings))
        if errors or steps[-1].state == "failed":
            session.discard()
        else:
            flow.accept(session)
        return operation

    def start_run(self) -> tuple[Begun, Operation]:
        """Begin a run. Raises TooManyRuns or RunInProgress."""
        begun = self.runs.start()
        return begun, self._add(Operation(self._clock, PLAIN, "runs", self.runs.spec.start_operation))

    def _add(self, operation: Operation) -> Operation:
        self.operations[operation.id] = operation
        return operation

    def _parts(self) -> list[Part]:
        ready = [flow for flow in self.flows.all() if flow.readiness() == "ready"]
        return [(flow.spec.id, flow.spec.display_name, flow.accepted) for flow in ready]
