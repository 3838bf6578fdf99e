"""Run an ASGI app on a free port of this machine, in a thread."""

import threading
import time
from types import TracebackType

import uvicorn
from starlette.types import ASGIApp

from local.http1 import listener


class Server:
    """An ASGI app at `url` while its `with` block runs."""

    def __init__(self, app: ASGIApp, name: str = "server") -> None:
        # Binding here, not in uvicorn, gives a port that nobody else can take in between.
        self._socket = listener()
        self.port: int = self._socket.getsockname()[1]
        self.url = f"http://127.0.0.1:{self.port}"
        config = uvicorn.Config(
            app, log_level="error", access_log=False, lifespan="off", ws="none", timeout_graceful_shutdown=1
        )
        self._server = uvicorn.Server(config)
        self._thread = threading.Thread(target=self._run, name=name, daemon=True)

    def start(self, timeout: float = 10) -> "Server":
        """Start and wait until it answers. Raises RuntimeError when it doesn't within `timeout` seconds."""
        self._thread.start()
        deadline = time.monotonic() + timeout
        while not self._server.started:
            if not self._thread.is_alive() or time.monotonic() > deadline:
                self.stop()
                raise RuntimeError(f"the {self._thread.name} server did not start")
            time.sleep(0.005)
        return self

    def stop(self) -> None:
        """Stop answering, end the thread and free the port. May be called more than once."""
        self._server.should_exit = True
        if self._thread.ident is not None:
            self._thread.join(timeout=10)
        self._socket.close()

    def _run(self) -> None:
        self._server.run(sockets=[self._socket])

    def __enter__(self) -> "Server":
        return self.start()

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.stop()
