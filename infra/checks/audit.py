"""Asks advisory sources about every pinned package, and says plainly what could not be asked.

    make audit

pip-audit ends with 0 and "No known vulnerabilities found" when the index it reaches knows no advisories; here that is
"NOT CHECKED". Exit: 0 everything was checked and nothing is known, 1 something is known, 3 something was not checked.
"""

import json
import subprocess
import sys
from dataclasses import dataclass
from pathlib import Path
from typing import Any

LOCKS = ("requirements.txt", "requirements-dev.txt")
SOURCES = ("pypi", "osv")


@dataclass(frozen=True)
class Verdict:
    """What one source said about one lock file."""

    lock: str
    source: str
    checked: int = 0
    unchecked: int = 0
    known: tuple[str, ...] = ()
    trouble: str = ""

    @property
    def whole(self) -> bool:
        """Whether the source knew every package."""
        return bool(self.checked) and not self.unchecked and not self.trouble

    def line(self) -> str:
        """For a person."""
        if self.known:
            return f"{self.lock}: KNOWN VULNERABILITIES: {'; '.join(self.known)} ({self.source})"
        if self.whole:
            return f"{self.lock}: {self.checked} packages, no known vulnerability ({self.source})"
        reason = self.trouble or f"the source knows {self.unchecked} of {self.checked + self.unchecked} packages not"
        return f"{self.lock}: NOT CHECKED: no advisory source could be reached ({self.source}: {reason})"


def of_pip_audit(lock: str, source: str, said: str, errors: str) -> Verdict:
    """What pip-audit's JSON amounts to."""
    try:
        found: list[dict[str, Any]] = json.loads(said)["dependencies"]
    except (ValueError, KeyError):
        return Verdict(lock, source, trouble=_last(errors))
    asked = [each for each in found if "skip_reason" not in each]
    known = [f"{each['name']} {each['version']}: {flaw['id']}" for each in asked for flaw in each.get("vulns", [])]
    return Verdict(lock, source, len(asked), len(found) - len(asked), tuple(known))


def of_npm_audit(lock: str, said: str, errors: str) -> Verdict:
    """What `npm audit --json` amounts to."""
    try:
        found = json.loads(said)
    except ValueError:
        return Verdict(lock, "npm", trouble=_last(errors))
    if "auditReportVersion" not in found:
        return Verdict(lock, "npm", trouble=str(found.get("message", "")).partition(" - ")[0] or _last(errors))
    known = [f"{name}: {flaw['severity']}" for name, flaw in found["vulnerabilities"].items()]
    return Verdict(lock, "npm", found["metadata"]["dependencies"]["total"], known=tuple(known))


def _last(text: str) -> str:
    """The last line, cut: an exception's, mostly."""
    lines = text.strip().splitlines() or ["no word"]
    return lines[-1].partition("(Caused by")[0].strip()[:120]


def _run(*command: str) -> tuple[str, str]:
    done = subprocess.run(command, capture_output=True, text=True, check=False)  # noqa: S603 - our own words
    return done.stdout, done.stderr


def _python(lock: str) -> Verdict:
    verdict = Verdict(lock, "none")
    for source in SOURCES:
        program = (sys.executable, "-m", "pip_audit", "--require-hashes", "--disable-pip", "--progress-spinner", "off")
        verdict = of_pip_audit(lock, source, *_run(*program, "--format", "json", "-s", source, "-r", lock))
        if verdict.whole or verdict.known:
            break
    return verdict


def ending(verdicts: list[Verdict]) -> int:
    """The exit code."""
    if any(verdict.known for verdict in verdicts):
        return 1
    return 0 if all(verdict.whole for verdict in verdicts) else 3


def main() -> int:
    verdicts = [_python(lock) for lock in LOCKS if Path(lock).exists()]
    verdicts.append(of_npm_audit("package-lock.json", *_run("npm", "audit", "--package-lock-only", "--json")))
    print("\n".join(verdict.line() for verdict in verdicts))
    return ending(verdicts)


if __name__ == "__main__":
    sys.exit(main())
