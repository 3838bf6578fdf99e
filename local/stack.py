"""The whole of it on one machine: storage, identity, Graph and the functions host, started and ended together."""

import fcntl
import os
import secrets
import signal
import sys
import tempfile
import threading
from collections.abc import Callable, Iterator, Mapping
from contextlib import ExitStack, contextmanager, suppress
from pathlib import Path
from types import FrameType, TracebackType
from typing import TYPE_CHECKING, Literal, NoReturn

from local.child import StartError
from local.environment import PROFILE, Doors, Own
from local.files import open_private, private_folder
from local.host_process import HostProcess
from local.http1 import listener
from local.identity import PATH, Audience, Endpoint, TokenIssuer, audience_of
from local.rights import POISON, Assignment, assignments
from local.serve import Server
from local.storage.gate import Gate
from local.storage.storage import Storage
from local.subscription import filter_of
from shared.settings import Settings
from status.people import SECRET

if TYPE_CHECKING:
    from local.emulator import Emulator

__all__ = ["PROFILE", "ROOT", "Stack"]

ROOT = Path(__file__).parent.parent


class Stack:
    """Everything runs from the first line of a `with` block to its end, however that comes.

    Settings in the environment go before the stack's own, `settings` before both. Without `graph_url`, Graph is
    the SDS emulator, which loads `scenario` (a name or a file). `data` keeps storage between starts; without it, it is
    on disk as long as the stack runs, or in memory, which is faster and bounded. `chaos`, `events` and `die_at` are the
    host's options. `identity` is which kind of managed identity the app has.
    """

    def __init__(
        self,
        *,
        api: str = "classic",
        graph_url: str | None = None,
        real: bool = False,
        data: Path | None = None,
        in_memory: bool = True,
        scenario: str | None = None,
        chaos: int | None = None,
        events: bool = True,
        die_at: str | int | None = None,
        settings: Mapping[str, str] | None = None,
        app: Path = ROOT,
        identity: Literal["user", "system"] = "user",
        token_seconds: float | None = None,
        ending: Callable[[], None] = lambda: None,
    ) -> None:
        """`real` allows a Graph that is not on this machine. `ending` is called before anything is ended."""
        self._own = Own(api, dict(settings or {}), graph_url or "", real=real, identity=identity)
        self._data = data
        self._in_memory = in_memory and data is None
        self._scenario = scenario
        self._host_options = (("--no-events",) if not events else ()) + (
            ("--chaos", str(chaos)) if chaos is not None else ()
        )
        self._die_at = die_at
        self._app = app
        self._ending = ending
        self._running = ExitStack()
        self.environment: dict[str, str] = {}
        """What the host and the app see."""
        self.tokens = TokenIssuer() if token_seconds is None else TokenIssuer(token_seconds)
        self.identity: Endpoint
        """The identity endpoint: which identities there are, and whether it answers."""
        self.emulator: Emulator | None = None
        self.graph_base_url = ""
        self.identity_endpoint = ""
        self.identity_header = secrets.token_hex(16)
        self.http_base_url = ""
        """Where the app's HTTP functions are, below `/api`."""
        self.http_key = secrets.token_hex(16)
        self._sign_in = secrets.token_hex(16)
        self.profiles: dict[str, str] = {}
        """Profile keys (what stands in a drop's path) and their GUIDs."""

    @property
    def connection_string(self) -> str:
        """The account of drop, runs, state and queue, as people's tools reach it: by key. The app doesn't know it."""
        return self._storage.connection_string

    @property
    def page(self) -> str:
        """The address that signs a browser in, once, and leads to the status page."""
        return f"{self.http_base_url}/api/status?signIn={self._sign_in}"

    @property
    def gate(self) -> Gate:
        """Rights, faults and states of the app's storage, and the log of what was asked of it."""
        return self._storage.gate

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

    def variables(self, identity: str) -> dict[str, str]:
        """What a program needs to reach the storage as one of `identity.CLIENT_IDS` does, and no settings."""
        return self._own.storage_variables(self._doors(), self.identity.identities[identity])

    def start(self) -> "Stack":
        """Start everything. Raises StartError; then nothing is left running."""
        with self._running:
            self._end_on_sigterm()
            try:
                self._start_services()
            except FileExistsError as error:
                self._ending()
                raise StartError(f"{error.filename} is in the way: a folder is needed there") from None
            except BaseException:
                self._ending()
                raise
            # From here on `stop` ends what has been started.
            self._running = self._running.pop_all()
        return self

    def stop(self) -> None:
        """End everything, the host first. May be called more than once."""
        self._ending()
        self._running.close()

    def _start_services(self) -> None:
        """The emulator and the host boot at the same time: each takes a second of a core."""
        enter = self._running.enter_context
        work = self._data or Path(enter(tempfile.TemporaryDirectory(prefix="rosterdrop-", ignore_cleanup_errors=True)))
        enter(_locked(work))
        settings = self._own.settings()
        self.profiles = dict(settings.profiles) or {PROFILE: PROFILE}
        self.graph_base_url = self._own.graph_url
        if self._scenario and self.graph_base_url:
            raise StartError("a scenario tells the emulator what to do; with a Graph root of its own there is none")
        port = enter(listener(shared=True))
        self._storage = Storage(work, self.tokens, self._assignments(settings), in_memory=self._in_memory)
        self._running.callback(self._storage.stop)
        blobs_key = secrets.token_hex(16)
        host_port: int = port.getsockname()[1]
        self._storage.begin(host_port, blobs_key)
        self.identity = Endpoint(self.tokens, self.identity_header, self._own.elsewhere(settings))
        self.identity_endpoint = enter(Server(self.identity.app(), "identity")).url + PATH
        if not self.graph_base_url:
            self.graph_base_url = self._start_emulator(work / "emulator", settings)
        self.http_base_url = f"http://127.0.0.1:{host_port}"
        self.environment = {
            **self._own.environment(self._doors(), host_port, self.http_key, blobs_key),
            SECRET: self._sign_in,
        }
        self._host = HostProcess(self._app, ROOT, self.environment, self._host_options, work / "host.log")
        self._running.callback(self._host.end)
        self._host.begin(self._die_at)
        self._storage.wait()
        _create(self.connection_string, settings)
        self._storage.open_gate()
        self._host.wait_until_ready()
        for function, container in self._host.served.get("sources", {}).items():
            self._storage.subscribe(function, filter_of(container))

    def _assignments(self, settings: Settings) -> tuple[Assignment, ...]:
        """The deployment's; a system-assigned identity has the app's roles if the app has no other."""
        table = assignments(settings)
        return (
            table
            if self._own.identity == "user"
            else tuple(one._replace(identity="system") if one.identity == "app" else one for one in table)
        )

    def _doors(self) -> Doors:
        return Doors(
            graph=self.graph_base_url,
            emulated=self.emulator is not None,
            identity_endpoint=self.identity_endpoint,
            identity_header=self.identity_header,
            blobs=self._storage.addresses["blob"],
            queues=self._storage.addresses["queue"],
            certificates=self._storage.certificates,
        )

    def _start_emulator(self, data: Path, settings: Settings) -> str:
        from local.emulator import BadScenario, Emulator

        private_folder(data)
        resource = audience_of(settings.graph_scope)
        emulator = Emulator(Audience(self.tokens, resource), self.connection_string, data_dir=data, resource=resource)
        self.emulator = self._running.enter_context(emulator)
        targets = [{"id": guid} for guid in self.profiles.values()]
        emulator.load_scenario({"profiles": targets, "flows": targets})
        if self._scenario:
            try:
                emulator.load_scenario(self._scenario)
            except BadScenario as error:
                raise StartError(str(error)) from None
        return self._running.enter_context(Server(emulator.app, "emulator")).url + "/beta"

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
        private_folder(data)
        lock = os.fdopen(open_private(data / "lock"), "w")
    except OSError as error:
        raise StartError(f"{data} can't hold the stack's data: {error.strerror}") from None
    with lock:
        try:
            fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            raise StartError(f"{data} is in use by another stack") from None
        yield


def _create(connection_string: str, settings: Settings) -> None:
    """The containers and queues that a deployment creates."""
    from azure.core.exceptions import ResourceExistsError
    from azure.storage.blob import BlobServiceClient
    from azure.storage.queue import QueueServiceClient

    with BlobServiceClient.from_connection_string(connection_string) as blobs:
        for name in (settings.drop_container, settings.run_container, settings.state_container):
            with suppress(ResourceExistsError):
                blobs.create_container(name)
    with QueueServiceClient.from_connection_string(connection_string) as queues:
        for name in (settings.results_queue, POISON):
            with suppress(ResourceExistsError):
                queues.create_queue(name)
