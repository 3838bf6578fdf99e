"""What many tests share: one storage emulator a session."""

from collections.abc import Iterator

import pytest

from local.azurite import Azurite


@pytest.fixture(scope="session")
def azurite() -> Iterator[str]:
    """A connection string; tests keep apart by the names of their containers and queues."""
    with Azurite() as running:
        yield running.connection_string
