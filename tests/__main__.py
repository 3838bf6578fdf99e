"""Every test, in sessions of pytest side by side: most of the time that whole stacks take is waiting.

`python -m tests [FOLDER …]` runs all sessions, or those of these folders, and prints what each said when it ends.
"""

import signal
import subprocess
import sys
import time
from collections.abc import Sequence
from pathlib import Path
from typing import NamedTuple

ROOT = Path(__file__).parent.parent
LOGS = ROOT / ".cache" / "tests"
AT_ONCE = 4
"""On two cores: two that compute, and two that wait."""
REST = "the other tests"
ORDER = (REST, "behaviour", "local", "hostile", "e2e", "steps shared upgrade", "model", "verification", "browser")
"""The longest first: the folders of each session, and what is in no folder named here."""
_LOOK = 0.2


class Session(NamedTuple):
    name: str
    arguments: tuple[str, ...]
    good: tuple[int, ...] = (0,)
    """Exit codes of pytest; 5 is that there was nothing to do."""


class Running(NamedTuple):
    session: Session
    process: subprocess.Popen[bytes]
    log: Path


def sessions(folders: Sequence[str]) -> list[Session]:
    """The sessions to run, the longest first; no folders: all."""
    wanted = {str(Path(folder)) for folder in folders}
    return [one for one in map(_session, ORDER) if not wanted or one.name in wanted or wanted & {*one.arguments}]


def _session(name: str) -> Session:
    own = tuple(f"tests/{folder}" for folder in name.split())
    if name == REST:
        apart = " ".join(named for named in ORDER if named != REST).split()
        return Session(name, ("tests", *(f"--ignore=tests/{folder}" for folder in apart)))
    return Session(" ".join(own), own, (0, 5) if name == "browser" else (0,))


def main(folders: Sequence[str]) -> int:
    """Run them; 1 if one of them failed."""
    waiting = sessions(folders)
    if not waiting:
        print(f"There is no session of {', '.join(folders)}; there are: {', '.join(one.name for one in sessions(()))}")
        return 2
    LOGS.mkdir(parents=True, exist_ok=True)
    running: list[Running] = []
    failed: list[str] = []
    began = time.monotonic()
    try:
        while waiting or running:
            while waiting and len(running) < AT_ONCE:
                running.append(_begin(waiting.pop(0)))
            time.sleep(_LOOK)
            for one in [one for one in running if one.process.poll() is not None]:
                running.remove(one)
                print(f"== {one.session.name}, after {time.monotonic() - began:.0f} s", flush=True)
                print(one.log.read_text(errors="replace"), flush=True)
                if one.process.returncode not in one.session.good:
                    failed.append(one.session.name)
    except KeyboardInterrupt:
        failed.append("ended by a signal")
    finally:
        for one in running:
            one.process.send_signal(signal.SIGINT)
        for one in running:
            one.process.wait()
    print(f"== failed: {', '.join(failed)}" if failed else "== all passed")
    return 1 if failed else 0


def _begin(session: Session) -> Running:
    log = LOGS / f"{session.name.replace('/', '-').replace(' ', '-')}.log"
    with log.open("wb") as output:
        command = [sys.executable, "-m", "pytest", *session.arguments]
        process = subprocess.Popen(command, cwd=ROOT, stdin=subprocess.DEVNULL, stdout=output, stderr=output)
    return Running(session, process, log)


if __name__ == "__main__":
    signal.signal(signal.SIGINT, signal.default_int_handler)
    signal.signal(signal.SIGTERM, signal.default_int_handler)
    sys.exit(main(sys.argv[1:]))
