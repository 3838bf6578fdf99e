"""The machine around a stack: proxies, another account's settings, a second stack, Ctrl-C, readers of files."""

import json
import os
import signal
import subprocess
import sys
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import pytest

from local.surroundings import LOOPBACK, foreign, no_proxy, without_foreign
from tests.local.conftest import ROOT
from tests.local.runs import SAMPLE

NOWHERE = "http://127.0.0.1:1"
PROXIES = {name: NOWHERE for proxy in ("http", "https", "all") for name in (f"{proxy}_proxy", f"{proxy.upper()}_PROXY")}
SHELL = PROXIES | {
    "no_proxy": "intern.example",
    "no_grpc_proxy": "intern.example",
    "DROP_STORAGE": "DefaultEndpointsProtocol=https;AccountName=north;AccountKey=c2VjcmV0",
    "DROP_STORAGE__clientId": "11111111-2222-3333-4444-555555555555",
    "AZURE_CLIENT_ID": "11111111-2222-3333-4444-555555555555",
    "AZURE_TENANT_ID": "11111111-2222-3333-4444-555555555555",
    "AZURE_CLIENT_SECRET": "secret",
    "IDENTITY_ENDPOINT": NOWHERE,
    "REQUESTS_CA_BUNDLE": "/nowhere/ca.pem",
    "SSL_CERT_FILE": "/nowhere/ca.pem",
}


def environment(more: dict[str, str]) -> dict[str, str]:
    ours = ("SDS_", "GRAPH_", "DROP_STORAGE", "AZURE_")
    return {name: value for name, value in os.environ.items() if not name.startswith(ours)} | more


@contextmanager
def up(folder: Path, more: dict[str, str]) -> Iterator[dict[str, Any]]:
    """`up --json` while the block runs; gives what it printed."""
    command = [sys.executable, "-m", "local", "up", "--json", "--data", str(folder / "data")]
    with (
        (folder / "up.log").open("w") as log,
        subprocess.Popen(command, cwd=ROOT, env=environment(more), stdout=subprocess.PIPE, stderr=log) as process,
    ):
        try:
            assert process.stdout is not None
            yield json.loads(process.stdout.readline() or (folder / "up.log").read_text())
        finally:
            process.send_signal(signal.SIGINT)
        assert process.wait(30) == 0


def local(*arguments: str | Path, more: dict[str, str]) -> subprocess.CompletedProcess[str]:
    command = [sys.executable, "-m", "local", *map(str, arguments)]
    return subprocess.run(
        command, cwd=ROOT, env=environment(more), capture_output=True, text=True, timeout=90, check=False
    )


def test_two_stacks_in_a_shell_full_of_other_settings(tmp_path: Path) -> None:
    """Files go through one of them; the other hears nothing; and nobody else on the machine can read what was kept."""
    (tmp_path / "one").mkdir()
    (tmp_path / "two").mkdir()
    with up(tmp_path / "one", SHELL) as one, up(tmp_path / "two", PROXIES) as two:
        first = PROXIES | {"DROP_STORAGE": one["dropStorage"]}
        dropped = local("drop", SAMPLE, more=first)
        assert dropped.returncode == 0, dropped.stderr
        followed = subprocess.Popen(
            [sys.executable, "-m", "local", "results", "--follow", "--json"],
            cwd=ROOT,
            env=environment(first),
            stdout=subprocess.PIPE,
            text=True,
        )
        killer = threading.Timer(90, followed.kill)
        killer.start()
        with followed:
            assert followed.stdout is not None
            outcomes = [json.loads(followed.stdout.readline())["data"]["outcome"] for _ in range(2)]
            followed.send_signal(signal.SIGINT)
            assert followed.wait(20) == 0
        killer.cancel()
        assert outcomes == ["started", "succeeded"]
        assert local("results", "--json", more=PROXIES | {"DROP_STORAGE": two["dropStorage"]}).stdout == ""
        assert not readable(tmp_path / "one" / "data")
    notes = [line for line in (tmp_path / "one" / "up.log").read_text().splitlines() if "not used" in line]
    assert len(notes) == 1
    assert "secret" not in (tmp_path / "one" / "up.log").read_text()
    assert "not used" not in (tmp_path / "two" / "up.log").read_text()


def readable(folder: Path) -> list[str]:
    """Files and folders, this one included, that others than their owner may look into."""
    found = [folder, *folder.rglob("*")]
    assert len(found) > 5
    return [f"{path} {path.stat().st_mode:o}" for path in found if path.stat().st_mode & 0o077]


@pytest.mark.parametrize("after", [0.02, 0.2, 0.6, 1.2, 2.0, 3.0])
def test_ctrl_c_at_any_moment_is_one_line_and_leaves_nothing(after: float, tmp_path: Path) -> None:
    own = {"TMPDIR": str(tmp_path), "PYTHONDONTWRITEBYTECODE": "1"}
    command = [sys.executable, "-m", "local", "run", "--json"]
    process = subprocess.Popen(
        command, cwd=ROOT, env=environment(own), stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True
    )
    if after >= 0.2:
        listens(process.pid)
    threading.Timer(after, process.send_signal, [signal.SIGINT]).start()
    out, err = process.communicate(timeout=60)
    # Before that the interpreter itself may not have come up: then no file of the repository is named.
    early = after <= 0.2 and "Traceback" in err and str(ROOT) not in err
    if after >= 0.2 and not early and "Could not import runpy module" not in err:
        assert "Traceback" not in err
        assert process.returncode == 130, err
        assert all(json.loads(line)["specversion"] == "1.0" for line in out.splitlines())  # what was told before it
    assert list(tmp_path.glob("rosterdrop-*")) == []
    assert not processes_with(str(tmp_path))


def listens(pid: int) -> None:
    """Wait until the process has a handler of its own for SIGINT: on a busy machine an interpreter takes a while."""
    deadline = time.monotonic() + 30
    while True:
        status = Path(f"/proc/{pid}/status").read_text()
        caught = next(line.split()[1] for line in status.splitlines() if line.startswith("SigCgt"))
        if int(caught, 16) >> (signal.SIGINT - 1) & 1:
            return
        assert time.monotonic() < deadline, "it never listened"
        time.sleep(0.002)


def processes_with(text: str) -> list[str]:
    """Command lines of what still runs with this in its environment."""
    found = []
    for path in Path("/proc").glob("[0-9]*/environ"):
        try:
            if f"TMPDIR={text}".encode() in path.read_bytes() and "Z" not in _state(path.parent):
                found.append((path.parent / "cmdline").read_text())
        except OSError:
            continue
    return found


def _state(process: Path) -> str:
    return (process / "stat").read_text().rpartition(")")[2].split()[0]


def test_what_the_host_is_given() -> None:
    kept = without_foreign({**SHELL, "HOME": "/h", "SDS_API": "classic"}, world=False)
    loopback = dict.fromkeys(("no_proxy", "NO_PROXY"), f"intern.example,{LOOPBACK}")
    assert kept == {"HOME": "/h", "SDS_API": "classic"} | loopback
    kept = without_foreign({"HTTPS_PROXY": "http://proxy.example", "NO_PROXY": "a,b"}, world=True)
    assert kept == {"HTTPS_PROXY": "http://proxy.example"} | no_proxy({"NO_PROXY": "a,b"})


def test_what_is_foreign_is_named() -> None:
    assert foreign({"AZURE_CLIENT_ID": "x", "DROP_STORAGE": " ", "HOME": "/h"}) == ["AZURE_CLIENT_ID"]
