"""A real browser before a real stack. Where there is none, and in CI, these tests are left out, and a line says so."""

import os
import sys
from collections.abc import Iterator
from contextlib import ExitStack

import pytest

from .chromium import PLACE, Missing, executable

sys.path.append(str(PLACE / "python"))  # what `make test` installs for these tests alone


def _why_not() -> str | None:
    if os.environ.get("CI"):
        return "CI is set"
    if not (PLACE / "ready").exists():
        return "`make test` installs what they need, and it hasn't run"
    try:
        executable()
    except Missing as error:
        return str(error)
    return None


LEFT_OUT = _why_not()
collect_ignore_glob = ["test_*.py"] if LEFT_OUT else []


def pytest_terminal_summary(terminalreporter: pytest.TerminalReporter) -> None:
    if LEFT_OUT:
        terminalreporter.write_line(f"tests/browser was left out: {LEFT_OUT}")


@pytest.fixture(scope="module")
def site() -> Iterator["Site"]:
    from .site import site

    with ExitStack() as running:
        yield running.enter_context(site(executable()))


if not LEFT_OUT:
    from .site import Site
