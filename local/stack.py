"""The whole of it on one machine: storage, identity, Graph and the functions host, started and ended together."""

import fcntl
import os
import secrets
import signal
import sys
import tempfile
import threading
from collections.abc import Iterator, Mapping
from contextlib import ExitStack, contextmanager, suppress
from pathlib import Path
from types import FrameType, TracebackType
from typing import TYPE_CHECKING, NoReturn

from local.azurite import Azurite
from local.child import StartError
from local.host_process import HostProcess
from local.identity import PATH, TokenIssuer, identity_app
from local.serve import Server
from shared.settings import BadSetting, Settings

if TYPE_CHECKING:
    from local.emulator import Emulator

ROOT = Path(__file__).parent.parent

PROFILE = "6f2b1c54-9a3e-4d7f-8b21-0c5d9e7a4f10"
"""The profile that is there when SDS_PROFILES names none. The app then takes any GUID."""

QUICK = {
    "SDS_SETTLE_SECONDS": "1",
    "SDS_POLL_SECONDS": "0.5",
    "SDS_POLL_MAX_SECONDS": "2",
    "SDS_INCOMPLETE_AFTER_SECONDS": "5",
    "SDS_SWEEP_SCHEDULE": "*/10 * * * * *",
    "SDS_DRIVER_SECONDS": "10",
    "SDS_START_CONFIRM_SECONDS": "10",
    "SDS_FOLLOW_SECONDS": "120",
}
"""The stack's own settings: what takes minutes in Azure takes seconds here."""


class Stack:
    """Everything runs from the first line of a `with` block to its end, however that comes.

    Settings in the environment go before the stack's own, `settings` before both. Without `graph_url`, Graph is
    the SDS emulator, which loads `scenario` (a name or a file). `data` keeps storage between starts. `chaos`, `events`
    and `die_at` are the host's options.
    """

    def __init__(
        self,
        *,
        api: str = "classic",
        graph_url: str | None = None,
        data: Path | None = None,
        scenario: str | None = None,
        chaos: int | None = None,
        events: bool = True,
        die_at: str | int | None = None,
        settings: Mapping[str, str] | None = None,
        app: Path = ROOT,
        token_seconds: float | None = None,
    ) -> None:
        self._api = api
        self._given = dict(settings or {})
        self._data = data
        self._scenario = scenario
        self._host_options = (("--no-events",) if not events else ()) + (
            ("--chaos", str(chaos)) if chaos is not None else ()
        )
        self._die_at = die_at
        self._app = app
        self._running = ExitStack()
        self.environment: dict[str, str] = {}
        """What the host and the app see."""
        self.tokens = TokenIssuer() if token_seconds is None else TokenIssuer(token_seconds)
        self.emulator: Emulator | None = None
        self.graph_base_url = graph_url or ""
        self.identity_endpoint = ""
        self.identity_header = secrets.token_hex(16)
        self.profiles: dict[str, str] = {}
        """Profile keys (what stands in a drop's path) and their GUIDs."""

    @property
    def connection_string(self) -> str:
        """The account of drop, runs, state and queue."""
        return self.environment["DROP_STORAGE"]

    @property
    def host_log(self) -> Path:
        """What the host and the app print, over all restarts."""
        return self._host.log

    @property
    def host_pid(self) -> int | None:
        """None while no host runs."""
        return self._host.pid

    def kill_host(self) -> None:
        """SIGKILL the host. The task hub, which lives in its memory, is lost with it; storage is not."""
        self._host.kill()

    def wait_for_host_end(self, timeout: float) -> int:
        """Wait until the host has ended by itself and return its exit code. Raises subprocess.TimeoutExpired."""
        return self._host.wait(timeout)

    def restart_host(self, die_at: str | int | None = None) -> None:
        """End the host if it still runs and start it again. Raises StartError."""
        self._host.end()
        self._host.start(die_at)

    def start(self) -> "Stack":
        """Start everything. Raises StartError; then nothing is left running."""
        with self._running:
            self._end_on_sigterm()
            try:
                self._start_services()
            except FileExistsError as error:
                raise StartError(f"{error.filename} is in the way: a folder is needed there") from None
            # From here on `stop` ends what has been started.
            self._running = self._running.pop_all()
        return self

    def stop(self) -> None:
        """End everything, the host first. May be called more than once."""
        self._running.close()

    def _start_services(self) -> None:
        enter = self._running.enter_context
        work = self._data or Path(enter(tempfile.TemporaryDirectory(prefix="rosterdrop-", ignore_cleanup_errors=True)))
        enter(_locked(work))
        settings = self._settings()
        if self._scenario and self.graph_base_url:
            raise StartError("a scenario tells the emulator what to do; with a Graph root of its own there is none")
        azurite = enter(Azurite(work / "azurite"))
        identity = enter(Server(identity_app(self.tokens, self.identity_header), "identity"))
        self.identity_endpoint = identity.url + PATH
        if not self.graph_base_url:
            self.graph_base_url = self._start_emulator(azurite, work / "emulator", settings)
        self.environment = self._environment(azurite)
        _create(self.connection_string, settings)
        self._host = HostProcess(self._app, ROOT, self.environment, self._host_options, work / "host.log")
        self._running.callback(self._host.end)
        self._host.start(self._die_at)

    def _own(self) -> dict[str, str]:
        """The stack's own settings. A longer first interval of the user's makes the longest one longer."""
        own = {**QUICK, "SDS_API": self._api}
        first = {**os.environ, **self._given}.get("SDS_POLL_SECONDS", "")
        with suppress(ValueError):
            if float(first) > float(own["SDS_POLL_MAX_SECONDS"]):
                own["SDS_POLL_MAX_SECONDS"] = first
        return own

    def _settings(self) -> Settings:
        try:
            settings = Settings.load({**self._own(), **os.environ, **self._given})
        except BadSetting as error:
            raise StartError(str(error)) from None
        self.profiles = dict(settings.profiles) or {PROFILE: PROFILE}
        if not self.graph_base_url and "GRAPH_BASE_URL" in {**os.environ, **self._given}:
            self.graph_base_url = settings.graph_base_url
        return settings

    def _start_emulator(self, azurite: Azurite, data: Path, settings: Settings) -> str:
        from local.emulator import BadScenario, Emulator
        from local.identity import audience_of

        data.mkdir(exist_ok=True)
        resource = audience_of(settings.graph_scope)
        emulator = Emulator(self.tokens, azurite.connection_string, data_dir=data, resource=resource)
        self.emulator = self._running.enter_context(emulator)
        targets = [{"id": guid} for guid in self.profiles.values()]
        emulator.load_scenario({"profiles": targets, "flows": targets})
        if self._scenario:
            try:
                emulator.load_scenario(self._scenario)
            except BadScenario as error:
                raise StartError(str(error)) from None
        return self._running.enter_context(Server(emulator.app, "emulator")).url + "/beta"

    def _environment(self, azurite: Azurite) -> dict[str, str]:
        own = {
            **self._own(),
            "SDS_TASK_HUB": "rosterdrop",
            "DROP_STORAGE": azurite.connection_string,
            "AzureWebJobsStorage": azurite.connection_string,
            "AZURE_TOKEN_CREDENTIALS": "ManagedIdentityCredential",
        }
        if self.emulator:
            own["SDS_OPERATION_POLL_SECONDS"] = QUICK["SDS_POLL_SECONDS"]
        fixed = {
            "GRAPH_BASE_URL": self.graph_base_url,
            "IDENTITY_ENDPOINT": self.identity_endpoint,
            "IDENTITY_HEADER": self.identity_header,
        }
        return {**own, **os.environ, **self._given, **fixed}

    def _end_on_sigterm(self) -> None:
        """SIGTERM alone would end this process without a word. A command that handles it is left alone."""
        if threading.current_thread() is not threading.main_thread():
            return
        if signal.getsignal(signal.SIGTERM) == signal.SIG_DFL:
            signal.signal(signal.SIGTERM, _exit)
            self._running.callback(signal.signal, signal.SIGTERM, signal.SIG_DFL)

    def __enter__(self) -> "Stack":
        return self.start()

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.stop()


def _exit(number: int, _: FrameType | None) -> NoReturn:
    sys.exit(128 + number)


@contextmanager
def _locked(data: Path) -> Iterator[None]:
    """Keep a folder for one stack: two storage emulators in one place would overwrite each other's files."""
    try:
        data.mkdir(parents=True, exist_ok=True)
        lock = (data / "lock").open("w")
    except OSError as error:
        raise StartError(f"{data} can't hold the stack's data: {error.strerror}") from None
    with lock:
        try:
            fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            raise StartError(f"{data} is in use by another stack") from None
        yield


def _create(connection_string: str, settings: Settings) -> None:
    """The containers and the queue that a deployment creates."""
    from azure.core.exceptions import AzureError, ResourceExistsError
    from azure.storage.blob import BlobServiceClient
    from azure.storage.queue import QueueServiceClient

    try:
        with BlobServiceClient.from_connection_string(connection_string) as blobs:
            for name in (settings.drop_container, settings.run_container, settings.state_container):
                try:
                    blobs.create_container(name)
                except ResourceExistsError:
                    continue
        with QueueServiceClient.from_connection_string(connection_string) as queues, suppress(ResourceExistsError):
            queues.create_queue(settings.results_queue)
    except (AzureError, ValueError) as error:
        raise StartError(f"DROP_STORAGE can't be used: {str(error).partition(chr(10))[0]}") from None
