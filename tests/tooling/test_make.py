"""What `make` says on a machine that lacks something: one line that tells what and how to get it."""

import os
import shutil
import subprocess
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]


@pytest.fixture
def bare(tmp_path: Path) -> Path:
    """A copy of what make needs, and a `bin` with nothing but a shell's basics."""
    for name in ("Makefile", "requirements-dev.txt", "package-lock.json"):
        shutil.copy(ROOT / name, tmp_path / name)
    (tmp_path / "bin").mkdir()
    for program in ("sh", "rm", "touch", "sed", "expand"):
        found = shutil.which(program)
        assert found
        (tmp_path / "bin" / program).symlink_to(found)
    return tmp_path


def make(directory: Path, *arguments: str) -> "subprocess.CompletedProcess[str]":
    program = shutil.which("make")
    assert program
    return subprocess.run(
        [program, *arguments],
        cwd=directory,
        env={"PATH": str(directory / "bin"), "HOME": str(directory), "LANG": os.environ.get("LANG", "C.UTF-8")},
        stdin=subprocess.DEVNULL,
        capture_output=True,
        text=True,
        check=False,
    )


def test_without_python_one_line_says_so(bare: Path) -> None:
    result = make(bare, "run")
    assert result.returncode
    assert result.stdout == ""
    assert len(result.stderr.splitlines()) == 1
    assert "Python 3.13" in result.stderr
    assert "pyenv install 3.13" in result.stderr


def test_without_node_one_line_says_so(bare: Path) -> None:
    (bare / "bin" / "env").symlink_to("/usr/bin/env")
    python = bare / ".venv" / "bin" / "python"
    python.parent.mkdir(parents=True)
    python.write_text("#!/bin/sh\nexit 0\n")
    python.chmod(0o755)
    (bare / ".venv" / "ready").touch()
    result = make(bare, "run")
    assert result.returncode
    assert len(result.stderr.splitlines()) == 1
    assert "Node.js 20" in result.stderr


def test_an_old_node_is_not_taken(bare: Path) -> None:
    test_without_node_one_line_says_so(bare)
    for name, text in (("npm", ""), ("node", 'case "$2" in *20*) [ "$1" = -e ] || echo false;; esac')):
        program = bare / "bin" / name
        program.write_text(f"#!/bin/sh\n{text}\n")
        program.chmod(0o755)
    result = make(bare, "run")
    assert result.returncode
    assert "Node.js 20" in result.stderr


def test_make_alone_only_says_what_there_is(bare: Path) -> None:
    result = make(bare)
    assert result.returncode == 0
    assert {"make run", "make test", "make bench"} <= {line[:10].strip() for line in result.stdout.splitlines()}
    assert not (bare / ".venv").exists()
