"""Whether somebody listens at an address, so that a mistyped one is one clear line and not a long wait."""

import socket
from urllib.parse import urlsplit

from local.cli.ends import Failed

_PATIENCE = 5.0  # seconds
_PORTS = {"http": 80, "https": 443}


def reach(url: str, what: str, fix: str) -> None:
    """Open a connection to the URL's host and close it. Raises Failed, naming `what`, the URL and the `fix`."""
    parts = urlsplit(url)
    address = (parts.hostname or "", parts.port or _PORTS.get(parts.scheme, 443))
    try:
        socket.create_connection(address, timeout=_PATIENCE).close()
    except OSError as error:
        reason = "no answer" if isinstance(error, TimeoutError) else (error.strerror or str(error)).lower()
        where = f"{parts.scheme}://{parts.netloc}"
        raise Failed(f"{what} can't be reached at {where} ({reason}); {fix}") from None
