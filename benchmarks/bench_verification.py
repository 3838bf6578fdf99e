"""Verification of the biggest legal set: whole-process time and peak memory, beside other ways to do it.

`pip install -r benchmarks/requirements.txt` in any environment of Python 3.13 and name its interpreter in
BENCH_PYTHON to get the rows of the other engines.
"""

import os
import statistics
import subprocess
import sys
import time
from pathlib import Path
from typing import NamedTuple

from benchmarks.verification_engines import ENGINES
from benchmarks.verification_set import contents, sets

ROOT = Path(__file__).parent.parent
CACHE = ROOT / ".cache" / "bench" / "verification"
REPEATS = int(os.environ.get("BENCH_REPEATS", "5"))
AT_HOME = ("ours", "csv_parse", "csv_rows")
ONCE = ("frictionless_check",)
FLOOR, OTHER = "csv_parse", "frictionless_check"
AIMS = {"csv_parse": 2.0, "frictionless_check": 1 / 9}
"""Ours takes at most so many times what that takes."""
MOST_MIB, LEAST_MB = 192, 15
CONTENT = 6_000_000
"""Bytes of a file of one kind of content."""


class Run(NamedTuple):
    """One process: seconds of wall clock and of processors, and MiB at the peak."""

    wall: float
    cpu: float
    peak: float


def measure(engine: str, directory: Path) -> Run | None:
    """Run an engine once. None: not installed."""
    python = sys.executable if engine in AT_HOME else os.environ.get("BENCH_PYTHON", sys.executable)
    start = time.perf_counter()
    process = subprocess.Popen(
        [python, "-m", "benchmarks.verification_engines", engine, str(directory)], cwd=ROOT, stderr=subprocess.DEVNULL
    )
    _, status, usage = os.wait4(process.pid, 0)
    process.returncode = os.waitstatus_to_exitcode(status)
    wall = time.perf_counter() - start
    return None if process.returncode else Run(wall, usage.ru_utime + usage.ru_stime, usage.ru_maxrss / 1024)


def compare(title: str, directory: Path, engines: list[str]) -> bool:
    """Print what each engine takes for a set, measured in turns. False if an aim is missed."""
    runs: dict[str, list[Run]] = {engine: [] for engine in engines}
    for turn in range(REPEATS):
        for engine in engines:
            if (turn == 0 or (engine not in ONCE and runs[engine])) and (run := measure(engine, directory)):
                runs[engine].append(run)
    size = sum(file.stat().st_size for file in directory.iterdir()) / 1e6
    print(f"{title}: {size:.0f} MB; median of {REPEATS} turns (spread), {', '.join(ONCE)} once")
    print(f"{'':22}{'wall s':>16}{'cpu s':>16}{'peak MiB':>10}{'MB/s of cpu':>13}{'ours/it':>9}")
    ours = _median(runs["ours"], "wall")
    good = True
    for engine, some in runs.items():
        if not some:
            print(f"{engine:22}  not installed: benchmarks/requirements.txt, BENCH_PYTHON")
            continue
        ratio, peak = ours / _median(some, "wall"), max(run.peak for run in some)
        speed = size / _median(some, "cpu")
        print(
            f"{engine:22}{_spread(some, 'wall'):>16}{_spread(some, 'cpu'):>16}{peak:>10.0f}{speed:>13.0f}{ratio:>9.2f}",
            flush=True,
        )
        good = good and ratio <= AIMS.get(engine, ratio) and (engine != "ours" or peak <= MOST_MIB)
    return good


def _median(runs: list[Run], what: str) -> float:
    return float(statistics.median(getattr(run, what) for run in runs))


def _spread(runs: list[Run], what: str) -> str:
    values = [getattr(run, what) for run in runs]
    return f"{statistics.median(values):.2f} ({max(values) - min(values):.2f})"


def by_content() -> bool:
    """Print how fast each kind of content is, and csv.reader beside it. False if one is too slow."""
    import csv
    import io

    from shared.verification import Source, verify

    print(f"{'':42}{'MB/s of cpu':>12}{'csv.reader':>12}")
    good = True
    for name, data in contents(CONTENT):
        text = data.decode()
        start = time.process_time()
        verify([Source("Student.csv", len(data), lambda data=data: [data])], service="industryData")  # type: ignore[misc]
        speed = len(data) / 1e6 / (time.process_time() - start)
        start = time.process_time()
        for _ in csv.reader(io.StringIO(text, newline="")):
            pass
        floor = len(data) / 1e6 / (time.process_time() - start)
        print(f"{name:42}{speed:>12.0f}{floor:>12.0f}", flush=True)
        good = good and speed >= min(LEAST_MB, floor)
    return good


def main() -> int:
    """Print the tables. Exit code 1: an aim is missed."""
    good = True
    for name, directory in sets(CACHE).items():
        engines = list(ENGINES) if name == "sorted" else ["ours", FLOOR, "polars_check", OTHER]
        good = compare(name, directory, engines) and good
        print()
    return 0 if by_content() and good else 1


if __name__ == "__main__":
    sys.exit(main())
