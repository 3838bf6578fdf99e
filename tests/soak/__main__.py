"""`python -m tests.soak`: strike a whole stack so often or so long, and check what came of it.

Prints the seed, a line every half a minute, the strikes by kind, the outcomes, and every violation. Exit code 1 if
there is one. A campaign is made of seasons, each with a stack of its own.
"""

import argparse
import os
import secrets
import sys
import time
from collections import Counter
from collections.abc import Callable
from datetime import UTC, datetime

from local.stack import ROOT
from tests.soak.season import Came, play
from tests.soak.tally import Tally

EVERY = 30.0
FOLDER = ROOT / ".cache" / "soak"


def main() -> int:
    parser = argparse.ArgumentParser(prog="python -m tests.soak", description="A long run under kills and faults.")
    parser.add_argument("--api", default="classic", choices=["classic", "industryData"])
    parser.add_argument("--strikes", type=int, default=5000, help="end after so many (default: %(default)s) …")
    parser.add_argument("--kills", type=int, default=500, help="… of which so many kill a host (default: %(default)s)")
    parser.add_argument("--minutes", type=float, default=60, help="end after so long at the latest")
    parser.add_argument("--season", type=float, default=10, help="minutes of one stack's life")
    parser.add_argument("--schools", type=int, default=8, help="profiles that drop")
    parser.add_argument("--seed", default=secrets.token_hex(4), help="default: a new one")
    given = parser.parse_args()
    FOLDER.mkdir(parents=True, exist_ok=True)
    say = _sayer(given.api)
    say(f"seed {given.seed}")
    tally, ended, number = Tally(), time.monotonic() + given.minutes * 60, 0
    broken: list[str] = []
    outcomes: Counter[str] = Counter()
    while not _enough(tally, given) and time.monotonic() < ended:
        number += 1
        name = f"{given.api}-{given.seed}-{number}"
        log = FOLDER / f"{name}.log"
        log.unlink(missing_ok=True)
        season_ends = min(ended, time.monotonic() + given.season * 60)
        over = _over(tally, lambda: _enough(tally, given), season_ends, say)
        came = play(given.api, f"{given.seed}/{number}", given.schools, tally, over, log, say)
        outcomes += _outcomes(came)
        broken += [f"season {number}: {words}" for words in came.violations]
        say(f"season {number} of seed {given.seed}: {_sum(came)}, {len(came.violations)} violations")
        for words in came.violations:
            say(f"  VIOLATION {words}")
        if came.violations:
            (FOLDER / f"{name}.evidence").write_text(repr(came.evidence), encoding="utf-8")
        else:
            log.unlink(missing_ok=True)
    for table in (tally.counts(), outcomes):
        for kind, count in sorted(table.items()):
            say(f"{count:7d}  {kind}")
    say(f"seed {given.seed}: {tally.strikes} strikes, {tally.kills} kills, {len(broken)} violations")
    return 1 if broken else 0


def _sayer(api: str) -> Callable[[str], None]:
    def say(words: str) -> None:
        sys.stdout.write(f"{datetime.now(UTC):%H:%M:%S} {api}: {words}\n")
        sys.stdout.flush()

    return say


def _enough(tally: Tally, given: argparse.Namespace) -> bool:
    return bool(tally.strikes >= given.strikes and tally.kills >= given.kills)


def _over(tally: Tally, enough: Callable[[], bool], ends: float, say: Callable[[str], None]) -> Callable[[], bool]:
    said = time.monotonic()

    def over() -> bool:
        nonlocal said
        if time.monotonic() > said + EVERY:
            said = time.monotonic()
            counts = tally.counts()
            kinds = Counter(dict.fromkeys(("kill", "storage", "graph", "identity", "engine"), 0))
            for kind, count in counts.items():
                kinds[kind.partition(":")[0]] += count
            say(f"{tally.strikes} strikes: {', '.join(f'{kind} {count}' for kind, count in kinds.items())}")
        return enough() or time.monotonic() > ends

    return over


def _outcomes(came: Came) -> Counter[str]:
    found: Counter[str] = Counter()
    for one in {(told.source, told.id): told for told in came.evidence.told}.values():
        code = (one.data.get("failure") or {}).get("code")
        found[f"{one.type.split('.')[1]} {one.data.get('outcome', '')}{f' {code}' if code else ''}"] += 1
    return found


def _sum(came: Came) -> str:
    boots = sorted(came.boots) or [0.0]
    files = len(came.evidence.versions)
    return (
        f"{len(came.evidence.nights)} nights, {files} files, {len(came.evidence.told)} messages, "
        f"{len(came.evidence.asked)} requests that matter, median boot {boots[len(boots) // 2]:.2f} s"
    )


if __name__ == "__main__":
    os.environ.setdefault("PYTHONUNBUFFERED", "1")
    sys.exit(main())
