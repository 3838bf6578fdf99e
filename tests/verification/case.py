"""An error of a whole file or set: what is done to a clean set, and what must be found."""

from collections.abc import Callable
from typing import NamedTuple

from tests.verification.changes import Data
from tests.verification.sets import Files, Place, rendered

V1, V21 = "sdsV1", "sdsV2.1"


class Case(NamedTuple):
    """`change` spoils the files of a clean set of `format`; `places` are then found, and nothing else."""

    rule: str
    format: str
    change: Callable[[Data], Data]
    places: set[Place]
    service: str = "classic"
    type: str = "error"
    whole: bool = True
    """Nothing else is found."""


def spoilt(case: Case, files: Files) -> Data:
    """The case's set as bytes."""
    return case.change(rendered(files))
