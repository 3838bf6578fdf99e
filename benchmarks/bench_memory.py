"""Peak resident memory of the functions host, for a set of 1 MiB and one of 1 GiB: both through the whole run.

Our own check is on. The emulator's is off: it isn't what is measured.
"""

import os
import sys
import tempfile
import time
from pathlib import Path
from typing import NamedTuple

from local.cli.account import Account
from local.cli.message import Message
from local.generate import generate
from local.stack import PROFILE, Stack
from shared.settings import Settings

ALLOWED = 64.0
"""MiB that the large set may take more than the small one."""
SETS = (("1 MiB", 2**20), ("1 GiB", 2**30))
CACHE = Path(os.environ.get("BENCH_DATA") or tempfile.gettempdir()) / "rosterdrop-bench"
"""Where the sets are made, once; about 4 GiB more are needed there or in the temporary folder while it runs."""
TIMEOUT = 900.0


class Run(NamedTuple):
    """MiB of the host after its start and at its peak, and the seconds from the last file to the sync's message."""

    bytes: int
    idle: float
    peak: float
    seconds: float
    outcomes: tuple[str, ...]


def made(name: str, size: int) -> Path:
    """A set of about this many bytes."""
    directory = CACHE / name.replace(" ", "")
    if not (directory / "complete").exists():
        generate(directory, total_bytes=size)
        (directory / "complete").touch()
    return directory


def peak(pid: int) -> float:
    """MiB of a process's memory that were resident at most."""
    lines = Path(f"/proc/{pid}/status").read_text().splitlines()
    return next(int(line.split()[1]) for line in lines if line.startswith("VmHWM:")) / 1024


def through(directory: Path) -> Run:
    """One set through a stack of its own."""
    files = sorted(directory.glob("*.csv"))
    with (
        Stack(settings={"SDS_INCOMPLETE_AFTER_SECONDS": "600"}, in_memory=False) as stack,
        Account(Settings.load(), stack.environment) as account,
    ):
        assert stack.emulator
        stack.emulator.load_scenario({"profiles": [{"id": PROFILE, "start": {"verify": "none"}}]})
        pid = stack.host_pid
        assert pid
        idle = peak(pid)
        for file in files:
            account.drop(file, PROFILE)
        landed, found = time.monotonic(), list[Message]()
        while not any(message.kind == "sync" for message in found):
            if time.monotonic() - landed > TIMEOUT or stack.host_pid != pid:
                raise RuntimeError(f"the run did not end well: {found}")
            time.sleep(0.2)
            found += account.take()
        seconds = time.monotonic() - landed
        outcomes = tuple(dict.fromkeys(message.outcome for message in found))
        return Run(sum(file.stat().st_size for file in files), idle, peak(pid), seconds, outcomes)


def main() -> int:
    """Print the table; 1 if the large set takes more than it may."""
    print(f"{'set':10}{'bytes':>16}{'idle MiB':>10}{'peak MiB':>10}{'seconds':>10}  outcomes")
    runs = []
    for name, size in SETS:
        run = through(made(name, size))
        runs.append(run)
        print(
            f"{name:10}{run.bytes:16,}{run.idle:10.1f}{run.peak:10.1f}{run.seconds:10.1f}  {', '.join(run.outcomes)}",
            flush=True,
        )
    more = runs[-1].peak - runs[0].peak
    print(f"the large set takes {more:.1f} MiB more (at most {ALLOWED:.0f} allowed)")
    return int(more > ALLOWED)


if __name__ == "__main__":
    sys.exit(main())
