"""`python -m tests.model [--seeds N] [--first N] [--minutes M]`: many more of the model's worlds than the tests play.

A world is one interleaving of three profiles' nights with everything that goes wrong there; its seed says all of it.
"""

import argparse
import logging
import sys
import time
from collections import Counter
from collections.abc import Callable

from . import test_nights as nights
from .test_unkind import (
    check,
    live,
    test_an_idle_day_of_any_inbox_costs_at_most_three_hundred_activities,
    test_no_run_goes_to_another_target_than_its_own,
)
from .world import STRUCK


def _damaged(seed: int) -> None:
    check(live(seed, damaged=True), damaged=True)


KINDS: dict[str, Callable[[int], None]] = {
    "unkind": lambda seed: check(live(seed)),
    "damaged": _damaged,
    "moved": test_no_run_goes_to_another_target_than_its_own,
    "idle": test_an_idle_day_of_any_inbox_costs_at_most_three_hundred_activities,
    "wild": lambda seed: nights.check(nights.live(seed, nights.WILD)),
    "tame": lambda seed: nights.check(nights.live(seed, nights.TAME, sweep=0)),
}


def main() -> int:
    parser = argparse.ArgumentParser(prog="python -m tests.model", description=__doc__)
    parser.add_argument("--seeds", type=int, default=1000, help="worlds of each kind [1000]")
    parser.add_argument("--first", type=int, default=100_000, help="the first seed [100000]")
    parser.add_argument("--minutes", type=float, default=10, help="an end in any case [10]")
    parser.add_argument("--kinds", nargs="+", choices=KINDS, default=list(KINDS), help="which worlds [all]")
    given = parser.parse_args()
    logging.disable(logging.CRITICAL)
    until = time.monotonic() + 60 * given.minutes
    played: Counter[str] = Counter()
    failed: list[str] = []
    for seed in range(given.first, given.first + given.seeds):
        if time.monotonic() > until:
            break
        for kind in given.kinds:
            try:
                KINDS[kind](seed)
            except Exception as error:  # noqa: BLE001 - whatever a world ends with, the others are played
                words = str(error).splitlines()[0] if str(error) else ""
                failed.append(f"{kind} {seed}: {type(error).__name__} {words}")
                sys.stdout.write(failed[-1] + "\n")
                sys.stdout.flush()
            played[kind] += 1
    sys.stdout.write(f"from seed {given.first}: {dict(played)}; {len(failed)} failed\n")
    sys.stdout.write(f"what went wrong in them: {dict(STRUCK.most_common())}\n")
    return 1 if failed else 0


if __name__ == "__main__":
    sys.exit(main())
