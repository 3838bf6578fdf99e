"""One stack an API and session. All chosen behaviours of an API are played on it at the same time."""

from collections.abc import Iterator
from pathlib import Path

import pytest
from azure.storage.blob import BlobServiceClient

for _module in ("profile", "mailbox", "inbox", "readiness", "starts", "following", "sets"):
    pytest.register_assert_rewrite(f"tests.behaviour.{_module}")

from local.stack import Stack  # noqa: E402 - assertions are rewritten before the modules are imported
from shared.starts import BLOB  # noqa: E402

from .mailbox import Mailbox  # noqa: E402
from .profile import Profile  # noqa: E402
from .together import Playing  # noqa: E402

SETTINGS = {
    "SDS_PROFILES": "",
    "SDS_PREFLIGHT": "report",
    "SDS_SETTLE_SECONDS": "0.3",
    "SDS_SET_SPREAD_SECONDS": "6",
    "SDS_INCOMPLETE_AFTER_SECONDS": "4",
    "SDS_POLL_SECONDS": "1",
    "SDS_POLL_MAX_SECONDS": "2",
    "SDS_OPERATION_POLL_SECONDS": "1",
    "SDS_PROVISION_TIMEOUT_SECONDS": "45",
    "SDS_START_CONFIRM_SECONDS": "2",
    "SDS_FOLLOW_SECONDS": "60",
    "SDS_DRIVER_SECONDS": "30",
    "SDS_SWEEP_SCHEDULE": "*/10 * * * * *",
}


class Stage:
    """A stack with its messages."""

    def __init__(self, api: str, stack: Stack, mailbox: Mailbox, blobs: BlobServiceClient) -> None:
        assert stack.emulator is not None
        self.api = api
        self.emulator = stack.emulator
        self.mailbox = mailbox
        self.host_log: Path = stack.host_log
        self._gate = stack.gate
        self._seen = self._starts = 0
        self._blobs = blobs

    def profile(self) -> Profile:
        return Profile(self.api, self.emulator, self._blobs, self.mailbox)

    def starts_counted(self) -> int:
        """How often the app has written down a start of the tenant's."""
        calls = self._gate.log.calls()
        self._starts += sum(call.method == "PUT" and call.operation.item == BLOB for call in calls[self._seen :])
        self._seen = len(calls)
        return self._starts


@pytest.fixture(scope="session")
def stage(request: pytest.FixtureRequest) -> Iterator[Stage]:
    api: str = request.param
    with (
        Stack(api=api, settings=SETTINGS) as stack,
        Mailbox(stack.connection_string) as mailbox,
        BlobServiceClient.from_connection_string(stack.connection_string) as blobs,
    ):
        stage = Stage(api, stack, mailbox, blobs)
        stage.profile().runs()
        yield stage


@pytest.fixture(scope="session")
def playing(request: pytest.FixtureRequest, stage: Stage) -> Iterator[Playing]:
    names = [
        str(item.callspec.params["behaviour"])
        for item in request.session.items
        if isinstance(item, pytest.Function)
        and item.path.parent == Path(__file__).parent
        and "behaviour" in getattr(getattr(item, "callspec", None), "params", {})
        and item.callspec.params.get("stage") == stage.api
    ]
    playing = Playing(stage.api, names, stage.profile, stage.starts_counted)
    yield playing
    playing.close()
