"""Counts what the hosts did wrong on purpose, as their log tells it."""

import re
from pathlib import Path

from tests.soak.tally import Tally

_LINE = re.compile(r" host\.chaos: (activity|event|start|replay)\b.*: (\w+)$")


class ChaosLog:
    """`read` takes in what was logged since, and keeps lines of errors that nobody expects."""

    def __init__(self, path: Path, tally: Tally) -> None:
        self._path = path
        self._tally = tally
        self._at = 0
        self._rest = ""

    def read(self) -> None:
        if not self._path.exists():
            return
        with self._path.open(encoding="utf-8", errors="replace") as log:
            log.seek(self._at)
            text = self._rest + log.read()
            self._at = log.tell()
        *lines, self._rest = text.split("\n")
        for line in lines:
            if match := _LINE.search(line):
                self._tally.add(f"engine: {match[1]} {match[2]}")
