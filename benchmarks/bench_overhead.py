"""From the last file landing to POST /start: the whole app beside the bare calls, against the same emulator.

Settle time and watch interval are taken off: they are the two waits that are meant. Both sides are warm and take
turns in one run; the first drop after the host's start is shown apart.
"""

import json
import os
import statistics
import subprocess
import sys
import time
import uuid
from collections.abc import Mapping, Sequence
from datetime import datetime
from pathlib import Path
from types import TracebackType
from typing import Any

from azure.storage.blob import BlobServiceClient

from local.stack import Stack

ROOT = Path(__file__).parent.parent
DROP = ROOT / "samples" / "drop"
REPEATS = int(os.environ.get("BENCH_REPEATS", "15"))
COLD = 3
SETTLE = 1.0
WATCH = 0.25
"""Seconds between two listings of the local host (`python -m local.host --watch-interval`)."""
SETTINGS = {"SDS_SETTLE_SECONDS": str(SETTLE), "SDS_FOLLOW_SECONDS": "0"}
TIMEOUT = 60.0


class Part:
    """A child process of `overhead_parts`."""

    def __init__(self, part: str, environment: Mapping[str, str]) -> None:
        self._process = subprocess.Popen(
            [sys.executable, "-m", "benchmarks.overhead_parts", part],
            cwd=ROOT,
            env={**environment, "BENCH_FILES": ",".join(sorted(file.name for file in DROP.iterdir()))},
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            text=True,
        )
        self._line()

    def run(self, profile: str) -> dict[str, Any]:
        """One pass over a profile whose files have landed."""
        assert self._process.stdin
        print(profile, file=self._process.stdin, flush=True)
        return self._line()

    def _line(self) -> dict[str, Any]:
        assert self._process.stdout
        line = self._process.stdout.readline()
        if not line:
            raise RuntimeError("a part of the benchmark ended early")
        answer: dict[str, Any] = json.loads(line)
        return answer

    def __enter__(self) -> "Part":
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._process.communicate()


class Bench:
    """A stack, and drops into it."""

    def __init__(self, stack: Stack, blobs: BlobServiceClient) -> None:
        self._stack = stack
        self._blobs = blobs
        self._files = [(file.name, file.read_bytes()) for file in sorted(DROP.iterdir())]

    def profile(self) -> str:
        """A new profile that is provisioned."""
        assert self._stack.emulator
        profile = str(uuid.uuid4())
        self._stack.emulator.load_scenario({"profiles": [{"id": profile}]})
        return profile

    def drop(self, profile: str, container: str) -> float:
        """Land the files; the time at which the last one was in place."""
        target = self._blobs.get_container_client(container)
        for name, content in self._files:
            target.upload_blob(f"{profile}/{name}", content)
        return time.time()

    def started(self, profile: str) -> float:
        """When POST start arrived; waits for it."""
        assert self._stack.emulator
        deadline = time.monotonic() + TIMEOUT
        while time.monotonic() < deadline:
            for entry in self._stack.emulator.log.entries("POST", "/start"):
                if entry.profile == profile:
                    return datetime.fromisoformat(entry.time).timestamp()
            time.sleep(0.05)
        raise RuntimeError("the app did not start the sync")

    def app(self) -> float:
        """Seconds from the last file landing to POST start, less the two meant waits."""
        profile = self.profile()
        landed = self.drop(profile, "sds-drop")
        return self.started(profile) - landed - SETTLE - WATCH

    def bare(self, part: Part) -> float:
        """Seconds from the bare script's first call to its POST start."""
        profile = self.profile()
        self.drop(profile, "bench-drop")
        began: float = part.run(profile)["began"]
        return self.started(profile) - began

    def steps(self, part: Part) -> list[dict[str, Any]]:
        """The steps of one run, without the engine."""
        profile = self.profile()
        self.drop(profile, "bench-drop")
        rows: list[dict[str, Any]] = part.run(profile)["rows"]
        return rows


def _shown(name: str, values: Sequence[float], unit: float) -> str:
    low, middle, high = min(values), statistics.median(values), max(values)
    return f"{name:44}{low * 1000:8.0f}{middle * 1000:8.0f}{high * 1000:8.0f}{middle / unit:8.2f}"


def _steps(runs: Sequence[list[dict[str, Any]]]) -> None:
    print(f"\n{'the steps alone, median ms':44}{'all':>8}{'storage':>8}{'calls':>8}{'service':>8}{'calls':>8}")
    total = [0.0] * 5
    for index, first in enumerate(runs[0]):
        rows = [run[index] for run in runs]
        row = [
            1000 * statistics.median(row["s"] for row in rows),
            1000 * statistics.median(row.get("storage s", 0) for row in rows),
            first.get("storage", 0),
            1000 * statistics.median(row.get("service s", 0) for row in rows),
            first.get("service", 0),
        ]
        total = [a + b for a, b in zip(total, row, strict=True)]
        print(f"  {first['step']:42}" + "".join(f"{value:8.0f}" for value in row))
    print(f"  {'sum':42}" + "".join(f"{value:8.0f}" for value in total))


def main() -> int:
    """Print the tables."""
    with (
        Stack(settings=SETTINGS) as stack,
        BlobServiceClient.from_connection_string(stack.connection_string) as blobs,
    ):
        blobs.create_container("bench-drop")
        bench = Bench(stack, blobs)
        beside = {**stack.environment, "SDS_DROP_CONTAINER": "bench-drop", "SDS_STATE_CONTAINER": "bench-state"}
        cold_app, cold_bare = [], []
        for turn in range(COLD):
            if turn:
                stack.restart_host()
            cold_app.append(bench.app())
            with Part("bare", beside) as part:
                cold_bare.append(bench.bare(part))
        with Part("bare", beside) as bare, Part("steps", {**beside, "SDS_SETTLE_SECONDS": "0"}) as steps:
            bench.bare(bare), bench.steps(steps), bench.app()
            apps, bares, runs = [], [], []
            for _ in range(REPEATS):
                apps.append(bench.app())
                bares.append(bench.bare(bare))
                runs.append(bench.steps(steps))
    files = sum(file.stat().st_size for file in DROP.iterdir())
    print(f"six files, {files:,} bytes; {REPEATS} turns; settle {SETTLE:g} s and watch interval {WATCH:g} s taken off")
    print(f"{'ms from the last file to POST start':44}{'least':>8}{'median':>8}{'most':>8}{'ratio':>8}")
    unit = statistics.median(bares)
    print(_shown("bare calls", bares, unit))
    print(_shown("the app", apps, unit))
    print(_shown("the app, half of the watch interval off", [value + WATCH / 2 for value in apps], unit))
    unit = statistics.median(cold_bare)
    print(_shown(f"bare calls, first of a process ({COLD})", cold_bare, unit))
    print(_shown(f"the app, first after the host's start ({COLD})", cold_app, unit))
    _steps(runs)
    return 0


if __name__ == "__main__":
    sys.exit(main())
