"""The table of rules is complete: each has a severity, a row in the documentation, and a test that finds it."""

import ast
import re
from pathlib import Path
from typing import get_args

import pytest

from shared.formats import RemarkRule
from shared.formats.values import LISTS
from shared.verification.header import STYLES
from shared.verification.likeness import DIFFERENCES
from shared.verification.rules import RULES, SCOPES, Sure
from shared.verification.suspects import NOTHING, PERHAPS, SHAPES
from shared.verification.width import DELIMITERS
from tests.verification.cases import CASES
from tests.verification.plants import PLANTS

ROOT = Path(__file__).parents[2]
DOC = (ROOT / "docs" / "verification.md").read_text(encoding="utf-8")
ROWS = {
    row[0].split("`")[1]: row
    for row in (
        [cell.strip() for cell in line.strip("|").split("|")] for line in DOC.splitlines() if line.startswith("| <a id")
    )
}
# in test_cases, test_dropped, test_limits, test_people
BY_THEMSELVES = {"notChecked", "hanging", "file.tooLarge", "set.tooLarge", "otherSchool"}
TYPES = ("error", "warning", "information")


def severity(rule: str, service: str) -> str:
    both = [RULES[rule].severity(service, need) for need in ("required", "optional")]
    return both[0] if both[0] == both[1] else " / ".join(both)


def test_every_rule_is_documented_and_nothing_else():
    assert list(ROWS) == [*RULES, *(values.id for values in LISTS)]


@pytest.mark.parametrize("rule", RULES)
def test_a_rule_is_complete(rule):
    name, classic, industry, about, meaning, _, _, source, sure = ROWS[rule]
    assert name == f'<a id="{rule}"></a>`{rule}`'
    assert (classic, industry) == (severity(rule, "classic"), severity(rule, "industryData"))
    assert about == SCOPES[rule]
    assert meaning
    assert source
    assert sure == RULES[rule].sure
    assert {RULES[rule].type, RULES[rule].optional or "error", RULES[rule].industry or "error"} <= set(TYPES)
    assert RULES[rule].says.endswith((".", "{detail}"))


def test_it_is_said_of_every_rule_how_sure_it_is():
    assert {rule.sure for rule in RULES.values()} == set(get_args(Sure))
    legend = DOC.rpartition("How sure it is:")[2]
    assert all(f"**{sure}**" in legend for sure in get_args(Sure))


def test_every_rule_is_planted_somewhere():
    tested = {plant.rule for plant in PLANTS} | {case.rule for case in CASES} | BY_THEMSELVES
    assert tested == set(RULES)


def test_every_rule_in_the_code_is_in_the_table():
    """Rule ids are strings where they are used: none may be misspelt."""
    used = set(get_args(RemarkRule))
    for file in (ROOT / "shared" / "verification").glob("*.py"):
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


@pytest.mark.parametrize("values", LISTS, ids=lambda values: values.id)
def test_a_list_of_values_is_documented_in_full(values):
    name, certain, listed = ROWS[values.id]
    assert name.startswith(f'<a id="list-{values.id}">')
    assert certain == ("yes" if values.certain else "no")
    assert listed == ", ".join(values.spelled)
    assert values.values == {value.lower() for value in values.spelled}


@pytest.mark.parametrize("rule", RULES)
def test_what_decides_about_the_advice_is_documented(rule):
    for shape in RULES[rule].of_shape.keys() - {"*"}:
        assert f"“{shape}”" in DOC


def test_how_names_and_marks_are_written_otherwise_is_documented():
    for style in STYLES:
        assert f"“{style}”" in DOC
    for name in DELIMITERS.values():
        assert f"“{name} between the cells, where the header has commas”" in DOC


def test_damaged_values_are_documented():
    for word in NOTHING | PERHAPS:
        assert f"`{word.decode()}`" in DOC
    for rule, shape in SHAPES:
        assert f"| `{rule}` | {shape} |" in DOC
    for name in DIFFERENCES:
        assert name in DOC
