"""The emulator, put together from its parts."""

import tempfile
import time
from pathlib import Path

from .classic.routes import ROUTES as CLASSIC
from .clock import Clock
from .control import routes as control_routes
from .door import Door, Tokens
from .faults import Faults
from .gate import Gate
from .industry.lake import Lake
from .industry.routes import ROUTES as INDUSTRY
from .industry.setup_routes import ROUTES as SETUP
from .log import RequestLog
from .router import Router
from .scenario import read_scenario
from .specs import Scenario
from .state import State

GRAPH_RESOURCE = "https://graph.microsoft.com"


class Emulator:
    """Both SDS services, their upload storage and the control API, as one ASGI app for uvicorn.

    `storage_connection_string` is the account (Azurite) in which the classic service keeps its upload containers.
    `data_dir` is where the industry data service keeps uploaded files; without it, a temporary folder that `close`
    removes. `resource` is what tokens must be for. The app must be the one that uvicorn calls: a middleware around
    it would hide the connection that faults reset.
    """

    def __init__(
        self,
        tokens: Tokens,
        storage_connection_string: str,
        *,
        data_dir: Path | None = None,
        clock: Clock = time.time,
        resource: str = GRAPH_RESOURCE,
    ) -> None:
        self._temporary = None if data_dir else tempfile.TemporaryDirectory(prefix="sds-emulator-")
        self.data = data_dir or Path(self._temporary.name if self._temporary else "")
        """The folder of what it writes; files and folders are for their owner alone."""
        self.data.mkdir(mode=0o700, parents=True, exist_ok=True)
        self.state = State(clock, storage_connection_string, self.data)
        self.log = RequestLog()
        self.faults = Faults(clock)
        door = Door(tokens, resource)
        self.control_routes = control_routes(self.state, self.load_scenario, self.faults, self.log, door)
        self.app = Gate(
            self.state,
            door,
            self.faults,
            self.log,
            graph=Router(CLASSIC + INDUSTRY + SETUP),
            control=Router(self.control_routes),
            storage=Lake(self.state.tenant),
        )

    def load_scenario(self, source: Path | str | dict[str, object]) -> Scenario:
        """Add a scenario's profiles, flows and faults to what is there. Raises BadScenario."""
        scenario = read_scenario(source)
        self.state.add(scenario)
        self.faults.add(scenario.faults)
        return scenario

    def close(self) -> None:
        """Close the connections to the storage account and remove temporary files."""
        self.state.containers.close()
        if self._temporary:
            self._temporary.cleanup()

    def __enter__(self) -> "Emulator":
        return self

    def __exit__(self, *_: object) -> None:
        self.close()
