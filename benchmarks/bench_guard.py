"""What the removal guard takes beside the verification, on the biggest legal set: processor time and peak memory.

Each in a fresh process, in turns. The guard's time is everything that it does: its marks, comparing them with those of
the last accepted drop (of which one in fifty is gone), and what is written for the next one. It is taken in the very
process whose verification it is compared with, so that what else the machine does falls on both.
"""

import json
import os
import statistics
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterable, Sequence
from functools import partial
from pathlib import Path
from typing import NamedTuple

from benchmarks.verification_set import clean_set
from shared.guard import Ids, IdWatch, kinds_of, recall, remember, removed
from shared.guard.marks import Marks
from shared.verification import Source, verify

ROOT = Path(__file__).parent.parent
CACHE = ROOT / ".cache" / "bench"
TURNS = int(os.environ.get("BENCH_REPEATS", "5"))
SHARE, MIB = 0.25, 32
KEY = b"benchmark, 32 bytes and no more."
OFF = {"people": 20.0, "orgs": 20.0, "classes": 100.0, "enrollments": 100.0}
LIMITS = {"verification": None, "with the guard": OFF, "with enrolments too": OFF | {"enrollments": 50.0}}


class Run(NamedTuple):
    """Seconds of the processor that the verification and the guard took, and MiB at the peak."""

    verification: float
    guard: float
    mib: float


class Timed:
    """A watch whose time is taken."""

    def __init__(self, watch: IdWatch) -> None:
        self.columns = watch.columns
        self.seconds = 0.0
        self._watch = watch

    def rows(self, file: str, values: Sequence[Sequence[bytes]], lines: Sequence[int]) -> None:
        began = time.process_time()
        self._watch.rows(file, values, lines)
        self.seconds += time.process_time() - began


def chunks(file: Path) -> Iterable[bytes]:
    with file.open("rb") as data:
        while chunk := data.read(4 << 20):
            yield chunk


def once(title: str, directory: Path, kept: Path) -> tuple[float, float]:
    """Verify the set, with the guard or without it. Gives the processor's seconds for the one and the other."""
    sources = [Source(file.name, None, partial(chunks, file)) for file in sorted(directory.iterdir())]
    limits = LIMITS[title]
    began = time.process_time()
    if limits is None:
        verify(sources, service="industryData")
        return time.process_time() - began, 0
    watch = IdWatch(KEY, kinds_of(limits))
    timed = Timed(watch)
    verification = verify(sources, service="industryData", watch=timed)
    verified = time.process_time()
    ids = watch.ids(verification)
    if kept.exists():
        found = removed(recall(kept.read_bytes(), KEY), ids, limits, 10)
        assert [group.over for group in found] == [False] * len(found)
        assert all(group.entry.removed for group in found if group.entry.before > 1000)
    memory = remember(ids, KEY)
    guarded = time.process_time() - verified
    if not kept.exists():  # as if one in fifty had left since
        earlier = {group: marks[:] for group, marks in ids.taken.items()}
        for marks in earlier.values():
            _change(marks)
        memory = remember(Ids(ids.format, earlier), KEY)
        kept.write_bytes(memory)
    return verified - began - timed.seconds, guarded + timed.seconds


def _change(marks: Marks) -> None:
    for at in range(25, len(marks) - 1, 50):
        marks[at] = (marks[at] + marks[at + 1]) / 2


def measured(title: str, directory: Path, kept: Path) -> Run:
    """Run it in a fresh process."""
    process = subprocess.Popen(
        [sys.executable, "-m", "benchmarks.bench_guard", title, str(directory), str(kept)],
        cwd=ROOT,
        stdout=subprocess.PIPE,
    )
    assert process.stdout is not None
    verification, guard = json.loads(process.stdout.read())
    _, status, usage = os.wait4(process.pid, 0)
    process.returncode = os.waitstatus_to_exitcode(status)
    process.stdout.close()
    if process.returncode:
        raise SystemExit(process.returncode)
    return Run(verification, guard, usage.ru_maxrss / 1024)


def main() -> int:
    """Print the table. 1: the guard takes more than it may."""
    directory = clean_set(CACHE / "verification")
    found: dict[str, list[Run]] = {title: [] for title in LIMITS}
    with tempfile.TemporaryDirectory() as work:
        for title in LIMITS:
            measured(title, directory, Path(work) / title)  # makes what is remembered, and warms the page cache
        for _ in range(TURNS):
            for title, runs in found.items():
                runs.append(measured(title, directory, Path(work) / title))
    size = sum(file.stat().st_size for file in directory.iterdir()) / 1e6
    print(f"{size:.0f} MB, 1.1 million rows, 570,000 ids; medians of {TURNS}, the memory's least")
    print(f"{'':24}{'check s':>9}{'guard s':>9}{'more':>7}{'peak MiB':>10}{'more':>7}")
    least = min(run.mib for run in found["verification"])
    more: dict[str, tuple[float, float]] = {}
    for title, runs in found.items():
        share = statistics.median(run.guard / run.verification for run in runs)
        mib = min(run.mib for run in runs)
        more[title] = share, mib - least
        check, guard = (statistics.median(run[i] for run in runs) for i in (0, 1))
        print(f"{title:24}{check:9.2f}{guard:9.2f}{share:7.0%}{mib:10.0f}{mib - least:7.1f}")
    share, mib = more["with the guard"]
    return int(share > SHARE or mib > MIB)


if __name__ == "__main__":
    print(json.dumps(once(sys.argv[1], Path(sys.argv[2]), Path(sys.argv[3]))))
