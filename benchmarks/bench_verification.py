"""Verification of the biggest legal set: whole-process time and peak memory, beside other ways to do it.

`pip install -r benchmarks/requirements.txt` in any environment of Python 3.13 and name its interpreter in
BENCH_PYTHON to get the rows of the other engines.
"""

import os
import subprocess
import sys
import time
from pathlib import Path

from benchmarks.verification_engines import ENGINES
from benchmarks.verification_set import bad_set, clean_set

ROOT = Path(__file__).parent.parent
CACHE = ROOT / ".cache" / "bench"
REPEATS = 5
ONCE = ("frictionless_check",)


def measure(python: str, engine: str, directory: Path) -> tuple[float, float, float] | None:
    """Seconds of wall clock and of processors, and MiB at the peak; the best of some runs. None: not installed."""
    best: tuple[float, float, float] | None = None
    for _ in range(1 if engine in ONCE else REPEATS):
        start = time.perf_counter()
        process = subprocess.Popen(
            [python, "-m", "benchmarks.verification_engines", engine, str(directory)],
            cwd=ROOT,
            stderr=subprocess.DEVNULL,
        )
        _, status, usage = os.wait4(process.pid, 0)
        process.returncode = os.waitstatus_to_exitcode(status)
        wall = time.perf_counter() - start
        if process.returncode:
            return None
        run = (wall, usage.ru_utime + usage.ru_stime, usage.ru_maxrss / 1024)
        best = min(best, run) if best else run
    return best


def main() -> int:
    """Print the table."""
    clean = clean_set(CACHE / "verification")
    bad = bad_set(CACHE / "verification-bad", clean)
    others = os.environ.get("BENCH_PYTHON", sys.executable)
    size = sum(file.stat().st_size for file in clean.iterdir()) / 1e6
    print(f"{size:.0f} MB, 1.1 million rows; best of {REPEATS}")
    print(f"{'':38}{'wall s':>8}{'cpu s':>8}{'peak MiB':>10}")
    rows = [("ours", clean, "ours"), ("ours", bad, "ours, an error in every row")]
    rows += [(name, clean, name) for name in ENGINES if name != "ours"]
    for engine, directory, title in rows:
        python = sys.executable if engine in ("ours", "csv_parse", "csv_rows") else others
        result = measure(python, engine, directory)
        if result is None:
            print(f"{title:38}  not installed: benchmarks/requirements.txt, BENCH_PYTHON")
        else:
            print(f"{title:38}{result[0]:8.2f}{result[1]:8.2f}{result[2]:10.0f}", flush=True)
    return 0


if __name__ == "__main__":
    sys.exit(main())
