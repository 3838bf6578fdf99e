"""An account of its own for each test, on the storage emulator."""

import os
import uuid
from collections.abc import Iterator

import pytest
from azure.storage.blob import BlobServiceClient

from shared import door
from shared.azure_store import AzureStore
from shared.record import Record
from shared.settings import Settings


@pytest.fixture(autouse=True)
def _no_settings(monkeypatch: pytest.MonkeyPatch) -> None:
    """What the shell of whoever runs the tests has set plays no part."""
    for name in [name for name in os.environ if name.startswith(("SDS_", "DROP_STORAGE", "GRAPH_", "WEBSITE_"))]:
        monkeypatch.delenv(name)


class Filled:
    """An account with records and runs in it."""

    def __init__(self, store: AzureStore, settings: Settings) -> None:
        self.store = store
        self.settings = settings

    def keep(self, record: Record) -> None:
        door.save(self.store, self.settings, record, None)

    def record(self, profile: str = "north") -> Record:
        return door.load(self.store, self.settings, profile).record

    def run(self, name: str, data: bytes) -> None:
        self.store.write(self.settings.run_container, name, data)


@pytest.fixture
def account(azurite: str, monkeypatch: pytest.MonkeyPatch) -> Iterator[Filled]:
    """Fresh containers, which the environment names."""
    own = uuid.uuid4().hex[:12]
    for kind in ("DROP_CONTAINER", "RUN_CONTAINER", "STATE_CONTAINER", "RESULTS_QUEUE"):
        monkeypatch.setenv(f"SDS_{kind}", f"{kind.partition('_')[0].lower()}-{own}")
    monkeypatch.setenv("DROP_STORAGE", azurite)
    settings = Settings.load()
    with BlobServiceClient.from_connection_string(azurite) as blobs:
        for name in (settings.drop_container, settings.run_container, settings.state_container):
            blobs.create_container(name)
    store = AzureStore(settings, app=False)
    yield Filled(store, settings)
    store.close()
