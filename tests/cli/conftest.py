"""Storage of its own for each test."""

import os
import uuid
from collections.abc import Iterator

import pytest

from shared.settings import Settings
from tests.cli.app import Storage


@pytest.fixture(autouse=True)
def _no_settings(monkeypatch: pytest.MonkeyPatch) -> None:
    """What the shell of whoever runs the tests has set plays no part."""
    for name in [name for name in os.environ if name.startswith(("SDS_", "DROP_STORAGE", "GRAPH_"))]:
        monkeypatch.delenv(name)


@pytest.fixture
def storage(azurite: str, monkeypatch: pytest.MonkeyPatch) -> Iterator[Storage]:
    """Fresh containers and queue, which the environment names as an account that is up."""
    own = uuid.uuid4().hex[:12]
    for kind in ("DROP_CONTAINER", "RUN_CONTAINER", "STATE_CONTAINER", "RESULTS_QUEUE"):
        monkeypatch.setenv(f"SDS_{kind}", f"{kind.partition('_')[0].lower()}-{own}")
    monkeypatch.setenv("DROP_STORAGE", azurite)
    made = Storage(azurite, Settings.load())
    yield made
    made.close()
