"""`python -m benchmarks [NAME ...]`: run every bench_*.py here, or those named, one after the other."""

import importlib
import sys
from collections.abc import Sequence
from pathlib import Path


def names() -> list[str]:
    return sorted(file.stem for file in Path(__file__).parent.glob("bench_*.py"))


def main(arguments: Sequence[str]) -> int:
    wanted = [f"bench_{name.removeprefix('bench_')}" for name in arguments] or names()
    if unknown := sorted(set(wanted) - set(names())):
        known = ", ".join(name.removeprefix("bench_") for name in names()) or "none"
        print(f"no such benchmark: {', '.join(unknown)}; there are: {known}", file=sys.stderr)
        return 2
    worst = 0
    for name in wanted:
        print(f"== {name.removeprefix('bench_')}", flush=True)
        worst = max(worst, importlib.import_module(f"benchmarks.{name}").main() or 0)
    return worst


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
