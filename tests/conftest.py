"""What many tests share: one storage emulator a session."""

import signal
from collections.abc import Iterator

import hypothesis
import pytest

from local.azurite import Azurite

# A shell ignores SIGINT for what it runs in the background, and all that is started from there would inherit that.
signal.signal(signal.SIGINT, signal.default_int_handler)

# The same examples in every run: a change alone makes a test fail. `--hypothesis-profile random` tries new ones.
hypothesis.settings.register_profile("random", deadline=None)
hypothesis.settings.register_profile("same", deadline=None, derandomize=True, database=None)
hypothesis.settings.load_profile("same")


@pytest.fixture(scope="session")
def azurite() -> Iterator[str]:
    """A connection string; tests keep apart by the names of their containers and queues."""
    with Azurite() as running:
        yield running.connection_string
