"""Draw some mutants, run the tests on each, and print every one that no test noticed as a diff: `make mutants`.

All of it happens in a copy of the repository below .cache. Exit code 1 if fewer than nine in ten were noticed.
"""

import argparse
import json
import os
import resource
import secrets
import shutil
import subprocess
import sys
from collections import Counter
from pathlib import Path
from random import Random

from .parts import PARTS, TABLES, Part
from .tables import faults

ROOT = Path(__file__).parents[2]
ENOUGH = 0.9
_MEMORY = 6 * 1024**3
"""Bytes of address space: a mutant that never stops asking for memory ends."""
_FOR_EVER = 1200
"""Seconds after which tests that go on have noticed a fault."""
_SURVIVED = {0: "no test failed", 5: "no test runs it", 33: "no test runs it"}
"""mutmut's exit codes of mutants that were not noticed; a mutant that runs into the time limit was."""


def main() -> int:
    parser = argparse.ArgumentParser(prog="make mutants", description=__doc__)
    parser.add_argument("--of", choices=PARTS, default="core", help="the part of the code (default: core)")
    parser.add_argument("--sample", type=int, default=300, help="how many (default: 300)")
    parser.add_argument("--seed", type=int, default=secrets.randbelow(10_000), help="of the draw (default: any)")
    parser.add_argument("--processes", type=int, default=1, help="mutants tested at a time (default: 1)")
    given = parser.parse_args()
    copy = ROOT / ".cache" / "mutants" / given.of
    _copy(copy, PARTS[given.of])
    log = copy.with_suffix(".log")
    log.unlink(missing_ok=True)
    if given.of == TABLES:
        return _tables(copy, log, given.sample, given.seed)
    whole = copy / ".cache" / "whole"
    whole.unlink(missing_ok=True)
    _call(copy, log, "-m", "tests.mutants.generate")
    whole.touch()
    names = sorted(_results(copy))
    drawn = Random(given.seed).sample(names, min(given.sample, len(names)))
    _say(f"seed {given.seed}: {len(drawn)} of {len(names)} mutants of {given.of}")
    _call(copy, log, "-m", "mutmut", "run", "--max-children", str(given.processes), *drawn)
    results = _results(copy)
    unnoticed = [name for name in sorted(drawn) if results[name] in _SURVIVED]
    untested = [name for name in drawn if results[name] is None]
    for name in unnoticed:
        shown = _call(copy, log, "-m", "mutmut", "show", name, capture=True)
        _say(f"\n{_SURVIVED[results[name] or 0]}: {name}")
        _say("\n".join(line for line in shown.splitlines()[1:] if not line.startswith(("---", "+++"))))
    share = 1 - len(unnoticed) / len(drawn)
    others = Counter(code for name in drawn if (code := results[name]) not in (0, 1, 5, 33))
    told = f"noticed {len(drawn) - len(unnoticed)} of {len(drawn)} ({share:.1%})"
    _say(f"\nseed {given.seed}: {told}; ended otherwise than by a failed test: {dict(others)}")
    return int(share < ENOUGH or bool(untested))


def _tables(copy: Path, log: Path, sample: int, seed: int) -> int:
    """Draw faults of tables and run all tests on each, until one fails."""
    part = PARTS[TABLES]
    files = sorted({path for pattern in part.files for path in copy.glob(pattern)})
    every = [(file, fault) for file in files for fault in faults(file.read_bytes())]
    drawn = Random(seed).sample(every, min(sample, len(every)))
    _say(f"seed {seed}: {len(drawn)} of {len(every)} faults of tables")
    tests = ("-m", "pytest", "-x", "-q", *part.tests)
    _call(copy, log, *tests)  # or each fault would seem to be noticed
    unnoticed = 0
    for file, fault in drawn:
        source = file.read_bytes()
        file.write_bytes(fault.into(source))
        try:
            noticed = _fails(copy, log, *tests)
        finally:
            file.write_bytes(source)
        if not noticed:
            unnoticed += 1
            line = source.count(b"\n", 0, fault.start) + 1
            old = source[fault.start : fault.end].decode()
            _say(f"no test failed: {file.relative_to(copy)}:{line}: {old} became {fault.text.decode()}")
    share = 1 - unnoticed / len(drawn)
    _say(f"\nseed {seed}: noticed {len(drawn) - unnoticed} of {len(drawn)} ({share:.1%})")
    return int(share < ENOUGH)


def _say(text: str) -> None:
    sys.stdout.write(text + "\n")
    sys.stdout.flush()


def _copy(copy: Path, part: Part) -> None:
    """Bring the copy up to date: what git knows of, and mutmut's settings.

    Mutants of files that are as they were are kept, and so is what is known of the tests if they are. Nothing is kept
    if it was interrupted while the mutants were made: some would be missing, and nobody would know.
    """
    if not (copy / ".cache" / "whole").exists():
        shutil.rmtree(copy, ignore_errors=True)
    files = {name: (ROOT / name).read_bytes() for name in _known() if (ROOT / name).is_file()}
    beside = {name.partition("/")[0] for name in files} - {"shared", "tests", "pyproject.toml"}
    files["pyproject.toml"] += _settings(part, sorted(beside)).encode()
    there = {path.relative_to(copy).as_posix(): path for path in copy.rglob("*") if path.is_file()}
    mine = {name: path for name, path in there.items() if not name.startswith(("mutants/", ".cache/"))}
    gone = mine.keys() - files.keys()
    changed = {name for name, data in files.items() if name not in mine or mine[name].read_bytes() != data}
    if gone or any(name in mine for name in changed):
        (copy / "mutants" / "mutmut-stats.json").unlink(missing_ok=True)
    for name in gone:
        for path in (mine[name], copy / "mutants" / name, copy / "mutants" / f"{name}.meta"):
            path.unlink(missing_ok=True)
    for name in changed:
        (copy / name).parent.mkdir(parents=True, exist_ok=True)
        (copy / name).write_bytes(files[name])
    (copy / ".cache" / "tmp").mkdir(parents=True, exist_ok=True)


def _known() -> list[str]:
    listed = subprocess.run(
        ["git", "ls-files", "-co", "--exclude-standard", "-z"], cwd=ROOT, capture_output=True, check=True
    )
    return [name for name in listed.stdout.decode().split("\0") if name]


def _settings(part: Part, beside: list[str]) -> str:
    settings = {
        "source_paths": ["shared"],
        "only_mutate": list(part.files),
        "also_copy": beside,
        "pytest_add_cli_args_test_selection": list(part.tests),
        "timeout_multiplier": 2.0,
        "timeout_constant": 5.0,
        "use_setproctitle": False,
        "track_dependencies": False,
        "use_git_change_detection": False,
    }
    return "\n[tool.mutmut]\n" + "".join(f"{name} = {json.dumps(value)}\n" for name, value in settings.items())


def _call(copy: Path, log: Path, *arguments: str, capture: bool = False) -> str:
    """Run Python in the copy, which must work. What it says goes to the log, or is returned."""
    done = _run(copy, log, *arguments, capture=capture)
    if done.returncode:
        sys.exit(f"{' '.join(arguments)[:80]} failed; what it said is in {log}")
    return done.stdout or ""


def _fails(copy: Path, log: Path, *arguments: str) -> bool:
    """Run Python in the copy, and say whether it fails or takes for ever."""
    try:
        return _run(copy, log, *arguments, seconds=_FOR_EVER).returncode != 0
    except subprocess.TimeoutExpired:
        return True


def _run(
    copy: Path, log: Path, *arguments: str, capture: bool = False, seconds: float | None = None
) -> subprocess.CompletedProcess[str]:
    environment = os.environ | {"TMPDIR": str(copy / ".cache" / "tmp"), "PYTHONDONTWRITEBYTECODE": "1"}
    with log.open("a", encoding="utf-8") as output:
        return subprocess.run(
            [sys.executable, *arguments],
            cwd=copy,
            env=environment,
            stdin=subprocess.DEVNULL,
            stdout=subprocess.PIPE if capture else output,
            stderr=output,
            preexec_fn=lambda: resource.setrlimit(resource.RLIMIT_AS, (_MEMORY, _MEMORY)),
            text=True,
            check=False,
            timeout=seconds,
        )


def _results(copy: Path) -> dict[str, int | None]:
    """The exit code of each mutant's tests, None if it was not run."""
    found: dict[str, int | None] = {}
    for file in (copy / "mutants").rglob("*.py.meta"):
        found |= json.loads(file.read_text(encoding="utf-8"))["exit_code_by_key"]
    return found


if __name__ == "__main__":
    sys.exit(main())
