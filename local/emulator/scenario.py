"""Scenario files: reading them, by path or by name."""

from pathlib import Path

import msgspec

from .specs import Scenario

SCENARIOS = Path(__file__).parent / "scenarios"


class BadScenario(ValueError):
    """A scenario can't be read; the message says which and why."""


def scenario_names() -> list[str]:
    """The scenarios that come with the emulator."""
    return sorted(path.stem for path in SCENARIOS.glob("*.json"))


def read_scenario(source: Path | str | dict[str, object]) -> Scenario:
    """A scenario from its file, its name (one of `scenario_names`) or its object. Raises BadScenario."""
    if isinstance(source, dict):
        return _converted(msgspec.json.encode(source), "the scenario")
    path = SCENARIOS / f"{source}.json" if str(source) in scenario_names() else Path(source)
    try:
        return _converted(path.read_bytes(), str(source))
    except OSError as error:
        raise BadScenario(
            f"scenario {source}: {error.strerror}; the named ones are {', '.join(scenario_names())}"
        ) from None


def _converted(text: bytes, name: str) -> Scenario:
    try:
        return msgspec.json.decode(text, type=Scenario)
    except msgspec.DecodeError as error:
        raise BadScenario(f"{name}: {error}") from None
