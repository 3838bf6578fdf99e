"""Reads the emulator's log as it grows, and keeps what the checker needs."""

from fnmatch import fnmatchcase

from local.emulator import Emulator
from local.emulator.log import Entry
from tests.soak.evidence import Asked
from tests.soak.tally import Tally

_WHAT = {
    ("GET", "*/synchronizationprofiles/*/uploadurl"): "upload",
    ("POST", "*/synchronizationprofiles/*/start"): "start",
    ("GET", "*/dataconnectors/*getuploadsession"): "upload",
    ("POST", "*/dataconnectors/*/validate"): "validate",
}


class GraphLog:
    """Its log holds the newest entries only: `read` must be called now and then."""

    def __init__(self, emulator: Emulator, tally: Tally) -> None:
        self._log = emulator.log
        self._tally = tally
        self._after = 0
        self.asked: list[Asked] = []

    def read(self) -> None:
        for entry in self._log.entries(after=self._after):
            self._after = entry.number
            if entry.fault:
                self._tally.add(f"graph: {entry.fault.partition('/')[2]}")
            what = next((w for (m, p), w in _WHAT.items() if entry.method == m and fnmatchcase(entry.plain, p)), None)
            if what is not None:
                self.asked.append(_asked(what, entry))


def _asked(what: str, entry: Entry) -> Asked:
    files = entry.facts.get("files")
    had = {str(file["name"]): str(file["sha256"]) for file in files} if isinstance(files, list) else None
    worked = entry.worked if entry.worked is not None else None
    return Asked(
        what, entry.time, entry.profile or "", entry.phase or "", worked, had, bool(entry.facts.get("started"))
    )
