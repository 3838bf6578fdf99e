"""The table of rules is complete: each has a severity, a row in the documentation, and a test that finds it."""

import ast
import re
from pathlib import Path
from typing import get_args

import pytest

from shared.formats import RemarkRule
from shared.formats.values import LISTS
from shared.verification.rules import RULES
from tests.verification.cases import CASES
from tests.verification.plants import PLANTS

ROOT = Path(__file__).parents[2]
DOC = (ROOT / "docs" / "verification.md").read_text(encoding="utf-8")
ROWS = {
    row[0].strip("`"): row[1:]
    for row in (
        [cell.strip() for cell in line.strip("|").split("|")] for line in DOC.splitlines() if line.startswith("| `")
    )
}
BY_THEMSELVES = {"notChecked", "file.tooLarge", "set.tooLarge"}  # in test_cases and test_limits
TYPES = ("error", "warning", "information")


def severity(rule: str, service: str) -> str:
    both = [RULES[rule].severity(service, need) for need in ("required", "optional")]
    return both[0] if both[0] == both[1] else " / ".join(both)


def test_every_rule_is_documented_and_nothing_else():
    assert list(ROWS) == list(RULES)


@pytest.mark.parametrize("rule", RULES)
def test_a_rule_is_complete(rule):
    classic, industry, meaning, _, _, source = ROWS[rule]
    assert (classic, industry) == (severity(rule, "classic"), severity(rule, "industryData"))
    assert meaning
    assert source
    assert {RULES[rule].type, RULES[rule].optional or "error", RULES[rule].industry or "error"} <= set(TYPES)
    assert RULES[rule].says.endswith((".", "{detail}"))


def test_every_rule_is_planted_somewhere():
    tested = {plant.rule for plant in PLANTS} | {case.rule for case in CASES} | BY_THEMSELVES
    assert tested == set(RULES)


def test_every_rule_in_the_code_is_in_the_table():
    """Rule ids are strings where they are used: none may be misspelt."""
    used = set(get_args(RemarkRule))
    for file in (ROOT / "shared" / "verification").glob("*.py"):
        if file.name == "rules.py":
            continue
        for node in ast.walk(ast.parse(file.read_text(encoding="utf-8"))):
            if isinstance(node, ast.Constant) and isinstance(node.value, str):
                used.add(node.value)
    assert set(RULES) <= used


def test_the_classic_services_words_come_first():
    words = (
        r"\{n\} row\(s\) have missing data for the field - \{column\}\.",
        r"\{n\} row\(s\) have an invalid format for the field - \{column\}\.",
        r"\{n\} duplicates found in column \{column\} which requires values to be Unique\.",
        r"\{n\} row\(s\) have referenced data not found in source\. Field - \{column\}\.",
    )
    for pattern in words:
        assert any(re.fullmatch(pattern, rule.says) for rule in RULES.values())


def test_the_lists_of_values_are_documented():
    for values in LISTS:
        assert f"`{values.id}`" in DOC
