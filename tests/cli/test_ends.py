"""A signal ends a command wherever it comes."""

import os
import signal
import subprocess
import sys
import time
import weakref
from contextlib import suppress
from pathlib import Path

import pytest

from local.cli.ends import Stopped, stoppable
from local.cli.main import main

ROOT = Path(__file__).parents[2]
STOPS = """
import signal, sys
class Stop:
    def find_spec(self, name, *_):
        if name == "{name}":
            try:
                signal.raise_signal(signal.SIGINT)
            except KeyboardInterrupt:
                raise {error} from None
sys.modules.pop("{name}", None)
sys.meta_path.insert(0, Stop())
"""


class Thing:
    """Something to refer to."""


def test_a_signal_that_comes_where_nothing_can_be_raised_comes_again():
    thing = Thing()
    kept = weakref.ref(thing, lambda _: signal.raise_signal(signal.SIGTERM))
    with pytest.raises(Stopped), stoppable():
        del thing
        deadline = time.monotonic() + 10
        while time.monotonic() < deadline:
            time.sleep(0.01)
    assert kept() is None


@pytest.mark.parametrize(
    ("name", "error"),
    [
        *[(name, "KeyboardInterrupt") for name in ("signal", "local.cli.main", "local.surroundings")],
        *[(name, "ImportError") for name in ("local.cli.main", "msgspec")],  # as C code does that was importing
    ],
)
def test_a_command_that_is_stopped_while_it_is_imported_says_so(name: str, error: str, tmp_path: Path) -> None:
    (tmp_path / "sitecustomize.py").write_text(STOPS.format(name=name, error=error))
    done = subprocess.run(
        [sys.executable, "-m", "local", "run"],
        cwd=ROOT,
        env=os.environ | {"PYTHONPATH": str(tmp_path)},
        capture_output=True,
        text=True,
        check=False,
        timeout=60,
    )
    assert (done.returncode, done.stdout, done.stderr) == (130, "", "python -m local: stopped\n")


def test_a_command_that_is_stopped_while_it_imports_says_so(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    def imports(*numbers: int) -> None:
        def command(_: object) -> int:
            for number in numbers:
                with suppress(Stopped):
                    signal.raise_signal(number)
            raise ImportError("as C code says that was stopped")

        monkeypatch.setattr("local.cli.status.status", command)

    imports(signal.SIGTERM)
    assert main(["status"]) == 128 + signal.SIGTERM
    assert capsys.readouterr().err == "python -m local status: stopped\n"
    imports()
    with pytest.raises(ImportError, match="as C code says"):
        main(["status"])
