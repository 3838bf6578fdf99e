"""A signal ends a command wherever it comes."""

import signal
import time
import weakref

import pytest

from local.cli.ends import Stopped, stoppable


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
