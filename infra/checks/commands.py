"""Holds every `az` command of the pages against the CLI's own help: the command exists, and has those options.

    .cache/checks/azure/bin/python infra/checks/commands.py docs/deploy.md docs/operate.md infra/after_deploy.py

Nothing is run, and no service is asked. Exit 1: a command or an option that the CLI doesn't have.
"""

import re
import subprocess
import sys
from functools import cache
from pathlib import Path

_COMMAND = re.compile(r"\baz((?: [a-z][a-z-]+)+)((?: [^`\n]*)?)")


@cache
def options(words: str) -> set[str] | None:
    """The options that the CLI's help shows for a command, None if there is no such command."""
    shown = subprocess.run(  # noqa: S603 - the interpreter that runs this, and words that the pattern let through
        [sys.executable, "-m", "azure.cli", *words.split(), "--help"], capture_output=True, text=True, check=False
    )
    if shown.returncode or "Arguments" not in shown.stdout:
        return None
    return set(re.findall(r"--[a-z][a-z-]+", shown.stdout))


def wrong(command: str, rest: str) -> str | None:
    """What is wrong with a command, None if nothing is."""
    words, known = command.strip(), None
    while words and (known := options(words)) is None:
        # Words in front of the first option may be values.
        words = words.rpartition(" ")[0]
    if known is None:
        return f"az {command.strip()}: no such command"
    unknown = sorted(set(re.findall(r"(?<!\S)--[a-z][a-z-]+", rest)) - known)
    return f"az {words}: no option {', '.join(unknown)}" if unknown else None


def main(pages: list[str]) -> int:
    found = 0
    faults = set()
    for page in pages:
        text = re.sub(r"\\\n\s*|\"\n\s*f?\"", "", Path(page).read_text(encoding="utf-8"))
        for command, rest in _COMMAND.findall(text):
            if rest.strip() or len(command.split()) > 1:
                found += 1
                faults.add((page, wrong(command, rest)))
    said = [f"{page}: {fault}" for page, fault in sorted(faults, key=str) if fault]
    print("\n".join([*said, f"{found} az commands, {len(said)} wrong"]))
    return 1 if said or not found else 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
