"""Which Chromium the tests drive: the system's, else on Linux the one inside an npm package."""

import os
import platform
import shutil
import subprocess
from functools import cache
from pathlib import Path

PLACE = Path(__file__).parents[2] / ".cache" / "browser"
_NAMES = ("chromium", "chromium-browser", "google-chrome", "google-chrome-stable", "microsoft-edge")
_MAC = (
    "/Applications/Google Chrome.app/Contents/MacOS/Google Chrome",
    "/Applications/Chromium.app/Contents/MacOS/Chromium",
    "/Applications/Microsoft Edge.app/Contents/MacOS/Microsoft Edge",
)
_UNPACK = "import chromium from '@sparticuz/chromium'; console.log(await chromium.executablePath());"


class Missing(Exception):
    """There is no browser here; the text says what would be one."""


@cache
def executable() -> Path:
    """The browser. Raises Missing."""
    found = [found for name in _NAMES if (found := shutil.which(name))]
    found += [name for name in _MAC if Path(name).exists()]
    if found:
        return Path(found[0])
    if platform.system() != "Linux" or platform.machine() != "x86_64":
        raise Missing("there is no Chrome, Chromium or Edge here")
    return unpacked()


def unpacked() -> Path:
    """The packed browser, unpacked beside its package by the package's own code. Raises Missing."""
    ended = subprocess.run(
        ["node", "--input-type=module", "--eval", _UNPACK],
        cwd=PLACE,
        env={**os.environ, "TMPDIR": str(PLACE)},  # where the package unpacks itself
        capture_output=True,
        text=True,
        check=False,
        timeout=60,
    )
    if ended.returncode:
        raise Missing(f"the browser of @sparticuz/chromium can't be unpacked: {ended.stderr.strip()[-200:]}")
    path = Path(ended.stdout.strip())
    lacking = [line.split()[0] for line in _libraries(path) if "not found" in line]
    if lacking:
        raise Missing(f"there is no Chromium, and the packed one needs {', '.join(lacking)}: apt install chromium")
    return path


def _libraries(path: Path) -> list[str]:
    ldd = subprocess.run(["ldd", str(path)], capture_output=True, text=True, check=False, timeout=20)
    return ldd.stdout.splitlines()
