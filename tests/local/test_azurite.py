"""Azurite starts on free ports, ends cleanly, keeps its data where told, and never outlives its parent."""

import os
import shutil
import signal
import subprocess
import sys
import time
from pathlib import Path

import pytest
from azure.core.exceptions import ServiceRequestError
from azure.storage.blob import BlobServiceClient
from azure.storage.queue import QueueServiceClient

import local.azurite
from local.azurite import _KEEP_ALL, PROGRAM, Azurite
from local.child import StartError


def service(connection_string: str) -> BlobServiceClient:
    return BlobServiceClient.from_connection_string(connection_string, retry_total=0)


def test_blobs_and_queues_answer(azurite: str) -> None:
    with service(azurite) as blobs, QueueServiceClient.from_connection_string(azurite) as queues:
        blobs.create_container("test-azurite")
        blobs.get_blob_client("test-azurite", "a").upload_blob(b"x")
        queues.create_queue("test-azurite").send_message("x")
        assert blobs.get_blob_client("test-azurite", "a").download_blob().readall() == b"x"


def test_data_outlives_a_clean_end(tmp_path: Path) -> None:
    with Azurite(tmp_path) as first, service(first.connection_string) as blobs:
        blobs.create_container("kept").upload_blob("a", b"kept")
    with service(first.connection_string) as blobs, pytest.raises(ServiceRequestError):
        blobs.get_account_information()
    with Azurite(tmp_path) as second, service(second.connection_string) as blobs:
        assert blobs.get_blob_client("kept", "a").download_blob().readall() == b"kept"


def test_it_ends_when_its_parent_is_killed(tmp_path: Path) -> None:
    program = (
        "import pathlib, sys; from local.azurite import Azurite\n"
        "a = Azurite(pathlib.Path(sys.argv[1])).start(); print(a._child.pid, flush=True); sys.stdin.read()"
    )
    parent = subprocess.Popen([sys.executable, "-c", program, tmp_path], stdin=subprocess.PIPE, stdout=subprocess.PIPE)
    assert parent.stdout and parent.stdin
    child = int(parent.stdout.readline())
    os.kill(child, 0)
    parent.send_signal(signal.SIGKILL)
    parent.wait()
    parent.stdin.close()
    parent.stdout.close()
    deadline = time.monotonic() + 10
    while _runs(child):
        assert time.monotonic() < deadline, f"Azurite {child} outlived its parent"
        time.sleep(0.05)


def _runs(pid: int) -> bool:
    try:
        state = Path(f"/proc/{pid}/stat").read_text()
    except FileNotFoundError:
        return False
    return state.rpartition(")")[2].split()[0] != "Z"


def test_missing_parts_are_named_in_one_line(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.setattr(local.azurite, "PROGRAM", tmp_path / "azurite.js")
    with pytest.raises(StartError, match="npm ci"):
        Azurite().start()
    monkeypatch.setenv("PATH", str(tmp_path))
    with pytest.raises(StartError, match="node is not installed"):
        Azurite().start()


def test_a_failed_start_says_why(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    program = tmp_path / "azurite.js"
    program.write_text("console.log('first'); console.log('no room'); process.exit(7)")
    monkeypatch.setattr(local.azurite, "PROGRAM", program)
    with pytest.raises(StartError, match="ended with 7: no room"):
        Azurite().start()
    program.write_text("setTimeout(() => {}, 60000)")
    with pytest.raises(StartError, match="did not answer"):
        Azurite().start(timeout=0.3)


_SWEEP = """
const Collector = require(process.argv[1]).default, deleted = [];
const extents = buckets => ({ iteratorExtents: () => ({ next: async () => buckets.shift() ?? { done: true } }) });
const logger = new Proxy({}, { get: () => () => {} });
const store = { deleteExtents: async ids => deleted.push(...ids) };
const collector = new Collector(extents([]), extents([{ done: false, value: ["new"] }]), store, () => {}, logger);
collector._status = 1;
collector.markSweep().then(() => console.log(deleted.length));
"""


_KEPT = (f"--import=data:text/javascript,{_KEEP_ALL}",)


@pytest.mark.parametrize(
    ("boot", "collector", "deleted"),
    [
        ((), "queue/gc/QueueGCManager.js", "1"),
        (_KEPT, "queue/gc/QueueGCManager.js", "0"),
        (_KEPT, "blob/gc/BlobGCManager.js", "0"),
    ],
)
def test_what_is_in_memory_and_not_yet_named_is_kept(boot: tuple[str, ...], collector: str, deleted: str) -> None:
    node = shutil.which("node")
    assert node is not None
    command = [node, *boot, "-e", _SWEEP, str(PROGRAM.parent / collector)]
    done = subprocess.run(command, capture_output=True, text=True, check=True)
    assert done.stdout.strip() == deleted
