"""The README knows every setting, outcome and command, and names none that isn't there."""

import re
from pathlib import Path
from typing import get_args

import pytest

from local.cli.arguments import parser
from local.emulator import read_scenario, scenario_names
from shared.results import Outcome, SyncOutcome
from shared.sds.answers import MEANINGS
from shared.settings import TABLE, Setting

README = Path("README.md").read_text(encoding="utf-8")


def table(heading: str) -> str:
    return README.split(f"## {heading}\n", 1)[1].split("\n## ", 1)[0]


def row(setting: Setting) -> str:
    """A setting as the README's table has it."""
    star = "*" if setting.per_profile else ""
    default = f"`{setting.default}`" if setting.default else ""
    return f"| `{setting.name}`{star} | {default} | {setting.meaning} |"


def test_the_settings_are_those_of_the_code() -> None:
    rows = [line for line in table("Settings").splitlines() if line.startswith("| `")]
    assert rows == [row(setting) for setting in TABLE], "\n".join(map(row, TABLE))


@pytest.mark.parametrize("outcome", [*get_args(Outcome), *get_args(SyncOutcome)])
def test_every_outcome_says_what_to_do(outcome: str) -> None:
    assert f"`{outcome}`" in table("Subscribe")


def test_every_scenario_is_described() -> None:
    page = Path("docs/emulator.md").read_text(encoding="utf-8")
    for name in scenario_names():
        assert f"| `{name}` | {read_scenario(name).description} |" in page


def test_every_failure_code_says_what_to_do() -> None:
    phases = [rules for api in MEANINGS.values() for rules in api.values()]
    codes = {rule.code for rules in phases for rule in rules.values() if rule.outcome == "failed"}
    for code in codes | {"uploadRefused", "startedDespiteErrors", "internal"}:
        assert f"`{code}`" in table("Subscribe")


def test_every_option_of_the_command_lines_is_there() -> None:
    options = set()
    for action in parser()._subparsers._group_actions[0].choices.values():  # type: ignore[union-attr, attr-defined]
        options |= {option for a in action._actions for option in a.option_strings if option.startswith("--")}
    named = set(re.findall(r"--[a-z-]+", README))
    assert options - {"--help"} <= named


def test_links_lead_somewhere() -> None:
    for page in (Path("README.md"), *Path("docs").glob("*.md")):
        for link in re.findall(r"\]\((?!https?:)([^)#]+)", page.read_text(encoding="utf-8")):
            assert (page.parent / link).exists(), f"{page}: {link}"
