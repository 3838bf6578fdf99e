"""What two programs send of a folder, by the rules that each has for `.funcignore`.

Core Tools, `func azure functionapp publish`: src/Cli/func/Common/GitIgnoreParser.cs and FileSystemHelpers.cs of
Azure/azure-functions-core-tools. azd, `azd deploy`: cli/azd/pkg/project/project_utils.go of Azure/azure-dev, and
denormal/go-gitignore, which it uses. Both take every file that no rule leaves out, hidden ones too.
"""

import os
import re
from collections.abc import Iterator
from fnmatch import fnmatchcase
from pathlib import Path

LEFT_OUT_FOLDERS = {".git", ".vscode"}
LEFT_OUT_FILES = {".funcignore", ".gitignore", "local.settings.json", "project.lock.json"}


def _walk(root: Path, without: set[str]) -> Iterator[str]:
    for folder, folders, files in os.walk(root, followlinks=True):
        folders[:] = sorted(name for name in folders if name.lower() not in without)
        for name in sorted(files):
            yield (Path(folder) / name).relative_to(root).as_posix()


class CoreTools:
    """Core Tools' patterns: anchored at the root, ended by a word's end, and without an order."""

    def __init__(self, text: str) -> None:
        lines = [line.strip() for line in text.split("\n")]
        lines = [line for line in lines if line and not line.startswith("#")]
        self._out = self._any(line for line in lines if not line.startswith("!"))
        self._in = self._any(line.removeprefix("!") for line in lines if line.startswith("!"))

    @staticmethod
    def _any(lines: Iterator[str]) -> "re.Pattern[str] | None":
        patterns = [CoreTools._pattern(line.removeprefix("/")) for line in lines]
        # ECMAScript's \b and \w know ASCII alone.
        return re.compile(rf"^(({')|('.join(patterns)}))\b", re.ASCII) if patterns else None

    @staticmethod
    def _pattern(line: str) -> str:
        escaped = re.sub(r"[-\[\]/{}()+?.\\^$|]", r"\\\g<0>", line)
        return escaped.replace("**", "(.+)").replace("*", r"([^\/]+)")

    def takes(self, name: str) -> bool:
        kept = self._in is not None and self._in.match(name) is not None
        return kept or self._out is None or self._out.match(name) is None


def core_tools(root: Path) -> set[str]:
    """The names that `func azure functionapp publish` sends, packages that it builds apart."""
    rules = CoreTools((root / ".funcignore").read_text(encoding="utf-8"))
    names = _walk(root, LEFT_OUT_FOLDERS)
    return {name for name in names if name.rpartition("/")[2].lower() not in LEFT_OUT_FILES and rules.takes(name)}


class GoGitignore:
    """The patterns of denormal/go-gitignore: `*` of an anchored name goes over slashes, the last wins."""

    def __init__(self, text: str) -> None:
        lines = [line.strip() for line in text.splitlines()]
        self._patterns = [self._parts(line) for line in lines if line and not line.startswith("#")]

    @staticmethod
    def _parts(line: str) -> tuple[bool, bool, bool, list[str]]:
        negated, line = line.startswith("!"), line.removeprefix("!")
        anchored, line = line.startswith("/"), line.removeprefix("/")
        folder, line = line.endswith("/"), line.removesuffix("/")
        parts = line.split("/")
        assert all(part == "**" or "**" not in part for part in parts), f"go-gitignore can't read {line!r}"
        return negated, anchored, folder, parts

    def leaves_out(self, name: str, *, folder: bool) -> bool:
        for negated, anchored, folders, parts in reversed(self._patterns):
            if folders and not folder:
                continue
            if len(parts) == 1 and parts != ["**"]:
                found = fnmatchcase(name if anchored else name.rpartition("/")[2], parts[0])
            else:
                found = self._match(name.split("/"), parts)
            if found:
                return not negated
        return False

    def _match(self, path: list[str], parts: list[str]) -> bool:
        if not parts:
            return not path
        if parts[0] == "**":
            return self._match(path, parts[1:]) or (bool(path) and self._match(path[1:], parts))
        return bool(path) and fnmatchcase(path[0], parts[0]) and self._match(path[1:], parts[1:])


def azd(root: Path) -> set[str]:
    """The names that `azd deploy` sends: a folder that is left out is not looked into."""
    rules = GoGitignore((root / ".funcignore").read_text(encoding="utf-8"))
    sent = set()
    for folder, folders, files in os.walk(root, followlinks=True):
        below = Path(folder).relative_to(root)
        folders[:] = [
            name
            for name in folders
            if name != ".azure" and not rules.leaves_out((below / name).as_posix(), folder=True)
        ]
        names = [(below / name).as_posix() for name in files if name not in {".funcignore", "local.settings.json"}]
        sent |= {name for name in names if not rules.leaves_out(name, folder=False)}
    return sent
