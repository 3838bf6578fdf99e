"""The SDS emulator."""

from .emulator import Emulator
from .scenario import BadScenario, read_scenario, scenario_names

__all__ = ["BadScenario", "Emulator", "read_scenario", "scenario_names"]
