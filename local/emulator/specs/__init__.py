"""What can be configured, as typed JSON: profiles, flows, runs, faults, and the scenario that holds them.

Unknown fields are refused, so a typing error in a scenario is seen at once. Times are seconds.
"""

from .base import NamedSpec, Past, Spec, Steps, patched
from .classic import Message, ProfileSpec, StartSpec, SyncProblem, UploadSpec
from .fault import Fault, Kind
from .industry import FileProblem, FlowSpec, Other, RunsSpec, SessionSpec, ValidateSpec

__all__ = [
    "Fault",
    "FileProblem",
    "FlowSpec",
    "Kind",
    "Message",
    "NamedSpec",
    "Other",
    "Past",
    "ProfileSpec",
    "RunsSpec",
    "Scenario",
    "SessionSpec",
    "Spec",
    "StartSpec",
    "Steps",
    "SyncProblem",
    "UploadSpec",
    "ValidateSpec",
    "patched",
]


class Scenario(Spec, frozen=True):
    """A scenario file."""

    description: str = ""
    profiles: tuple[ProfileSpec, ...] = ()
    flows: tuple[FlowSpec, ...] = ()
    runs: RunsSpec | None = None
    faults: tuple[Fault, ...] = ()
