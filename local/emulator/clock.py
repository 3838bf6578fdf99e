"""The emulator's clock, and time as the services write it."""

from collections.abc import Callable
from datetime import UTC, datetime

type Clock = Callable[[], float]
"""Seconds since 1970, as `time.time` gives them. Everything that changes by time asks it, so tests need no sleep."""


def stamp(seconds: float) -> str:
    """A time as Graph writes it: UTC with seven fractional digits, one more than Python's ISO parser keeps."""
    moment = datetime.fromtimestamp(seconds, UTC)
    return f"{moment:%Y-%m-%dT%H:%M:%S}.{moment.microsecond:06d}{moment.microsecond % 10}Z"
