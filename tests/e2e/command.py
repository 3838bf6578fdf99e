"""`python -m local` as a child process."""

import json
import os
import subprocess
import sys
from collections.abc import Mapping
from pathlib import Path
from typing import Any, NamedTuple

ROOT = Path(__file__).parents[2]
QUICK = {
    "SDS_SETTLE_SECONDS": "0.3",
    "SDS_POLL_SECONDS": "0.2",
    "SDS_OPERATION_POLL_SECONDS": "0.2",
    "SDS_POLL_MAX_SECONDS": "1",
    "SDS_INCOMPLETE_AFTER_SECONDS": "1",
    "SDS_SWEEP_SCHEDULE": "*/3 * * * * *",
}
OURS = ("SDS_", "DROP_STORAGE", "AzureWebJobs", "GRAPH_", "AZURE_", "IDENTITY_")


class Ended(NamedTuple):
    """How a command ended and what it printed."""

    code: int
    out: str
    err: str

    @property
    def events(self) -> list[dict[str, Any]]:
        """The CloudEvents on standard output, which holds nothing else."""
        events = [json.loads(line) for line in self.out.splitlines()]
        assert all(event["specversion"] == "1.0" for event in events)
        return events

    @property
    def told(self) -> list[tuple[str, str]]:
        """Kind and outcome of every event."""
        return [(event["type"].split(".")[1], event["data"]["outcome"]) for event in self.events]


def environment(settings: Mapping[str, str]) -> dict[str, str]:
    """This process's environment with no settings but these."""
    kept = {name: value for name, value in os.environ.items() if not name.startswith(OURS)}
    return kept | dict(settings)


def local(*arguments: str | Path, settings: Mapping[str, str] = QUICK, timeout: float = 120) -> Ended:
    """Run it to its end."""
    ended = subprocess.run(
        [sys.executable, "-m", "local", *map(str, arguments)],
        cwd=ROOT,
        env=environment(settings),
        capture_output=True,
        text=True,
        timeout=timeout,
        check=False,
    )
    return Ended(ended.returncode, ended.stdout, ended.stderr)
