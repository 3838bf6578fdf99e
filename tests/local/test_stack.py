"""The stack starts everything with the right settings, survives its host, and leaves nothing behind."""

import json
import os
import signal
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from pathlib import Path

import httpx
import pytest
from azure.storage.blob import BlobServiceClient
from azure.storage.queue import QueueServiceClient

from local.azurite import KEY
from local.child import StartError
from local.environment import Own
from local.identity import CLIENT_IDS
from local.rights import POISON
from local.stack import PROFILE, Stack
from tests.local.conftest import APP, ROOT


def wait_for(condition: Callable[[], object], seconds: float = 15) -> None:
    deadline = time.monotonic() + seconds
    while not condition():
        assert time.monotonic() < deadline
        time.sleep(0.02)


def runs(pid: int) -> bool:
    try:
        state = Path(f"/proc/{pid}/stat").read_text()
    except FileNotFoundError:
        return False
    return state.rpartition(")")[2].split()[0] != "Z"


class Dropping:
    """Drops into a stack's inbox and reads the small app's journal."""

    def __init__(self, stack: Stack) -> None:
        self._blobs = BlobServiceClient.from_connection_string(stack.connection_string)

    def drop(self, name: str) -> None:
        with self._blobs.get_blob_client("sds-drop", name) as blob:
            blob.upload_blob(b"x")

    def noted(self, name: str) -> bool:
        with self._blobs.get_container_client("sds-runs") as container:
            return bool(list(container.list_blobs(name_starts_with=f"note/{name}/")))

    def close(self) -> None:
        self._blobs.close()


@pytest.fixture(scope="module")
def stack() -> Iterator[Stack]:
    with Stack(app=APP, settings={"SDS_SWEEP_SCHEDULE": "0 0 0 1 1 *"}) as running:
        yield running


@pytest.fixture
def dropping(stack: Stack) -> Iterator[Dropping]:
    dropping = Dropping(stack)
    yield dropping
    dropping.close()


def test_what_the_app_sees(stack: Stack) -> None:
    seen = stack.environment
    assert not {"DROP_STORAGE", "AzureWebJobsStorage"} & set(seen)
    assert not any("AccountKey" in value or KEY in value for value in seen.values())
    assert seen["DROP_STORAGE__blobServiceUri"].startswith("https://127.0.0.1:")
    assert seen["DROP_STORAGE__credential"] == seen["AzureWebJobsStorage__credential"] == "managedidentity"
    assert seen["AzureWebJobsStorage__accountName"]
    assert seen["DROP_STORAGE__clientId"] == seen["AzureWebJobsStorage__clientId"] == CLIENT_IDS["app"]
    assert seen["GRAPH_BASE_URL"] == stack.graph_base_url
    assert seen["IDENTITY_ENDPOINT"] == stack.identity_endpoint
    assert seen["AZURE_TOKEN_CREDENTIALS"] == "ManagedIdentityCredential"
    assert stack.profiles == {PROFILE: PROFILE}
    with QueueServiceClient.from_connection_string(stack.connection_string) as queues:
        assert [queue.name for queue in queues.list_queues()] == ["sds-results", POISON]


def test_the_emulator_takes_tokens_of_the_identity_endpoint(stack: Stack) -> None:
    profiles = f"{stack.graph_base_url}/education/synchronizationProfiles"
    assert httpx.get(profiles).status_code == 401
    asked = httpx.get(
        stack.identity_endpoint,
        params={"api-version": "2019-08-01", "resource": "https://graph.microsoft.com"},
        headers={"X-IDENTITY-HEADER": stack.identity_header},
    )
    token = asked.json()["access_token"]
    answer = httpx.get(profiles, headers={"Authorization": f"Bearer {token}"})
    assert [profile["id"] for profile in answer.json()["value"]] == [PROFILE]


def test_storage_outlives_a_killed_host(stack: Stack, dropping: Dropping) -> None:
    dropping.drop("rounds-before")
    wait_for(lambda: dropping.noted("rounds-before"))
    before = stack.host_pid
    stack.kill_host()
    assert stack.host_pid is None
    dropping.drop("rounds-meanwhile")
    stack.restart_host()
    assert stack.host_pid not in (None, before)
    wait_for(lambda: dropping.noted("rounds-meanwhile"))
    assert "boundary 1: " in stack.host_log.read_text()


def test_a_host_may_die_at_any_boundary(stack: Stack, dropping: Dropping) -> None:
    stack.restart_host(die_at=6)
    dropping.drop("rounds-dying")
    assert stack.wait_for_host_end(15) == -signal.SIGKILL
    stack.restart_host()
    dropping.drop("rounds-dying-again")
    wait_for(lambda: dropping.noted("rounds-dying-again"))


def test_stacks_run_side_by_side(stack: Stack, dropping: Dropping) -> None:
    with Stack(app=APP, graph_url="http://127.0.0.1:1/beta") as other:
        assert other.emulator is None
        assert other.graph_base_url == "http://127.0.0.1:1/beta"
        beside = Dropping(other)
        beside.drop("rounds-beside")
        wait_for(lambda: beside.noted("rounds-beside"))
        assert not dropping.noted("rounds-beside")
        beside.close()
        pid = other.host_pid
    assert pid is not None
    assert not runs(pid)


def test_settings_in_the_environment_go_first(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.setenv("SDS_DROP_CONTAINER", "elsewhere")
    monkeypatch.setenv("SDS_PROFILES", f"north={PROFILE}")
    with Stack(app=APP, data=tmp_path) as stack:
        assert stack.environment["SDS_DROP_CONTAINER"] == "elsewhere"
        assert stack.environment["SDS_SETTLE_SECONDS"] == "1"
        assert stack.profiles == {"north": PROFILE}
        with BlobServiceClient.from_connection_string(stack.connection_string) as blobs:
            assert "elsewhere" in [container.name for container in blobs.list_containers()]
        assert stack.host_log.is_relative_to(tmp_path)
        with pytest.raises(StartError, match="in use by another stack"):
            Stack(app=APP, data=tmp_path).start()


def test_a_data_folder_that_cannot_be_one_is_named(tmp_path: Path) -> None:
    (tmp_path / "file").touch()
    with pytest.raises(StartError, match="file can't hold the stack's data"):
        Stack(app=APP, data=tmp_path / "file").start()


def test_a_scenario_is_for_the_emulator() -> None:
    with pytest.raises(StartError, match="a scenario tells the emulator"):
        Stack(app=APP, scenario="throttled", graph_url="http://127.0.0.1:1/beta").start()
    with pytest.raises(StartError, match="the named ones are"):
        Stack(app=APP, scenario="nope").start()


def test_a_file_in_the_place_of_a_folder_is_named(tmp_path: Path) -> None:
    (tmp_path / "azurite").touch()
    with pytest.raises(StartError, match="azurite is in the way"):
        Stack(app=APP, data=tmp_path).start()


@pytest.mark.parametrize(("first", "longest"), [("0.1", "2"), ("9", "9"), ("soon", "2")])
def test_the_users_first_interval_may_be_longer_than_the_stacks_longest(first: str, longest: str) -> None:
    assert Own("classic", {"SDS_POLL_SECONDS": first}, "").quick()["SDS_POLL_MAX_SECONDS"] == longest


@pytest.mark.parametrize(
    ("settings", "reason"),
    [
        ({"SDS_SETTLE_SECONDS": "soon"}, "SDS_SETTLE_SECONDS is a text of 4 characters"),
        ({"TEST_BAD": "1"}, "the app can't be indexed: ValueError: TEST_BAD is '1'"),
    ],
)
def test_a_stack_that_cannot_start_says_why_and_leaves_nothing(settings: dict[str, str], reason: str) -> None:
    stack = Stack(app=APP, settings=settings)
    before = children()
    with pytest.raises(StartError) as caught:
        stack.start()
    assert str(caught.value).startswith(reason)
    assert children() == before


def children() -> set[str]:
    return set(Path(f"/proc/{os.getpid()}/task/{os.getpid()}/children").read_text().split())


@pytest.mark.parametrize("how", [signal.SIGTERM, signal.SIGINT, signal.SIGKILL])
def test_everything_ends_with_the_process(how: signal.Signals, tmp_path: Path) -> None:
    program = (
        "import json, signal, sys; from pathlib import Path; from local.stack import Stack\n"
        "with Stack(app=Path(sys.argv[1]), data=Path(sys.argv[2])) as stack:\n"
        "    print(json.dumps([stack.host_pid, stack.connection_string]), flush=True); signal.pause()"
    )
    process = subprocess.Popen(
        [sys.executable, "-c", program, APP, tmp_path], cwd=ROOT, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL
    )
    assert process.stdout
    host_pid, connection_string = json.loads(process.stdout.readline())
    port = connection_string.partition("BlobEndpoint=http://127.0.0.1:")[2].partition("/")[0]
    httpx.get(f"http://127.0.0.1:{port}/")
    process.send_signal(how)
    process.wait(15)
    process.stdout.close()
    wait_for(lambda: not runs(host_pid))
    wait_for(lambda: _closed(f"http://127.0.0.1:{port}/"))


def _closed(url: str) -> bool:
    try:
        httpx.get(url)
    except httpx.ConnectError:
        return True
    except httpx.HTTPError:
        return False
    return False
