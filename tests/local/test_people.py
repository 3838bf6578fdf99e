"""The people's three roles, by identity: a writer drops, a subscriber reads the queue, an operator decides."""

import json
import os
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest
from azure.core.exceptions import HttpResponseError

from local.stack import PROFILE, Stack
from shared.azure_connection import AzureConnection
from tests.local.conftest import ROOT
from tests.local.runs import SAMPLE, Run


@pytest.fixture(scope="module")
def stack() -> Iterator[Stack]:
    with Stack() as running:
        yield running


def called(stack: Stack, identity: str, *command: str | Path) -> subprocess.CompletedProcess[str]:
    """Run a program with what one identity needs, and no key."""
    kept = {
        name: value for name, value in os.environ.items() if not name.startswith(("DROP_STORAGE", "SDS_", "AZURE_"))
    }
    environment = kept | stack.variables(identity)
    return subprocess.run(
        [sys.executable, *map(str, command)],
        cwd=ROOT,
        env=environment,
        capture_output=True,
        text=True,
        timeout=60,
        check=False,
    )


def test_each_role_is_enough_for_its_work_and_for_no_other(stack: Stack, tmp_path: Path) -> None:
    dropped = called(stack, "writer", "-m", "local", "drop", SAMPLE, "--profile", PROFILE)
    assert dropped.returncode == 0, dropped.stderr
    refused = called(stack, "subscriber", "-m", "local", "drop", SAMPLE, "--profile", PROFILE)
    assert refused.returncode == 1
    assert "it needs the role 'Rosterdrop Writer' there" in refused.stderr
    assert len(refused.stderr.splitlines()) == 1

    with Run(stack) as run:
        run.wait_for(lambda: run.waiting() == 2, 60)
    shown = called(stack, "subscriber", "-m", "local", "results", "--json")
    assert [json.loads(line)["data"]["outcome"] for line in shown.stdout.splitlines()] == ["started", "succeeded"]
    refused = called(stack, "writer", "-m", "local", "results")
    assert "it needs the role 'Storage Queue Data Message Processor' there" in refused.stderr
    handled = tmp_path / "handled.txt"
    read = called(stack, "subscriber", "samples/subscriber/subscriber.py", "--once", "--handled", handled)
    assert read.returncode == 0, read.stderr
    assert len(read.stdout.splitlines()) == len(handled.read_text().splitlines()) == 2

    assert {call.auth for call in stack.gate.log.calls()} == {"bearer"}
    assert {call.identity for call in stack.gate.log.calls()} == {"app", "writer", "subscriber"}


def test_an_operator_reads_runs_and_changes_state_alone(stack: Stack, monkeypatch: pytest.MonkeyPatch) -> None:
    variables = stack.variables("operator")
    for name in ("IDENTITY_ENDPOINT", "IDENTITY_HEADER"):
        monkeypatch.setenv(name, variables[name])
    account = AzureConnection(variables, app=False)
    with account.blob_service(connection_verify=variables["REQUESTS_CA_BUNDLE"]) as blobs:
        assert list(blobs.get_container_client("sds-runs").list_blobs()) is not None
        blobs.get_blob_client("sds-state", "decision").upload_blob(b"x", overwrite=True)
        for container in ("sds-runs", "sds-drop"):
            with pytest.raises(HttpResponseError) as caught:
                blobs.get_blob_client(container, "x").upload_blob(b"x")
            assert caught.value.status_code == 403
    account.close()
